"""Recovery codes: eight of 24 characters, 120 random bits each."""

import secrets

from app.core import codes

COUNT, LENGTH = 8, 24


def new_code() -> str:
    """A fresh code in groups of four."""
    return codes.spelled(secrets.randbits(LENGTH * codes.BITS), LENGTH)


def plain(typed: str) -> str:
    """A recovery code as it is kept, however it was typed; "" when it cannot be one."""
    return codes.plain(typed, LENGTH)
