"""The code by which a couple and a therapist find each other. It is not kept: it follows from the id of its row."""

from app.core import codes
from app.core.crypto import vault

LENGTH = 13
"""Characters of a code: 65 bits."""


def code_of(code_id: str) -> str:
    """The code of a row, in groups of four characters."""
    return codes.spelled(int(vault().fingerprint(code_id, "couple-code"), 16), LENGTH)


def hash_of(typed: str) -> str:
    """What a code is looked up by, however it was typed."""
    return vault().fingerprint(codes.plain(typed, LENGTH), "couple-code-hash")
