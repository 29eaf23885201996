"""How words lie in a row of the path: sealed under their author's key, and bound to the row."""

from app.core.crypto import seal, unseal


def sealed(key: bytes, table: str, row: str, author: str, text: str) -> bytes:
    """Seal a text for `table` and `row`: the couple's id, with a number after it where there are several."""
    return seal(key, text, f"{table}|{row}|words|{author}")


def opened(key: bytes, table: str, row: str, author: str, words: bytes) -> str:
    """The text that `sealed` took. Raises Undecipherable when key or row do not fit."""
    return unseal(key, words, f"{table}|{row}|words|{author}")
