"""How words lie in a row: a small JSON object, sealed under the author's key and bound to its row."""

import json
from collections.abc import Mapping
from typing import Any

from app.core.crypto import seal, unseal


def seal_words(key: bytes, table: str, row: str, author: str, words: Mapping[str, Any]) -> bytes:
    """Seal `words` for `table` and `row` (the prompt's id, with a number after it where there are several)."""
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return seal(key, text, f"{table}|{row}|words|{author}")


def open_words(key: bytes, table: str, row: str, author: str, sealed: bytes) -> dict[str, Any]:
    """The words that `seal_words` took. Raises Undecipherable when key or row do not fit."""
    words: dict[str, Any] = json.loads(unseal(key, sealed, f"{table}|{row}|words|{author}"))
    return words
