"""A therapist as the author of notes, sets and exercises."""

from dataclasses import dataclass
from functools import cached_property

from app.accounts.service import Visitor
from app.core.crypto import vault


@dataclass(frozen=True)
class Author:
    """A therapist, and the key that their words are sealed under."""

    id: str
    wrapped: bytes

    @classmethod
    def of(cls, visitor: Visitor) -> "Author":
        """Whoever is signed in."""
        return cls(visitor.person_id, visitor.wrapped_key)

    @cached_property
    def key(self) -> bytes:
        """The key itself."""
        return vault().unwrap(self.wrapped, self.id)
