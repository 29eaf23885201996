"""Passwords at rest: Argon2id, and never more than two at work at once.

Hash outside of `transaction()`: it takes longer than everything a write lock is held for.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import lazy_gettext

from app.core.errors import TooMany

AT_ONCE, PATIENCE = 2, 5.0
"""How many are hashed at once, and for how many seconds a request waits for its turn."""


class Busy(TooMany):
    """Too many sign in at this moment for this machine."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = lazy_gettext("Many are at the door just now. Please try again in a moment.")


class Hasher:
    """Makes and checks password hashes at one cost."""

    def __init__(self, cost: tuple[int, int]) -> None:
        """`cost`: memory in KiB, and passes."""
        memory, passes = cost
        self._argon2 = PasswordHasher(memory_cost=memory, time_cost=passes, parallelism=1)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self._argon2.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The hash to keep. Raises Busy."""
        with self._turn():
            return self._argon2.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether this is the password of `kept`. Without one the answer is no, and takes as long. Raises Busy."""
        with self._turn():
            try:
                self._argon2.verify(kept or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return bool(kept)

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made at another cost than today's."""
        return self._argon2.check_needs_rehash(kept)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE):
            raise Busy(int(PATIENCE))
        try:
            yield
        finally:
            self._turns.release()


def hasher() -> Hasher:
    """The hasher of the running app."""
    found: Hasher = current_app.extensions["hasher"]
    return found
