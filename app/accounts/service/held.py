"""Words that somebody was sending when their session had ended: sealed for them, carried by the sign-in page."""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from sqlalchemy import select

from app.accounts.models import AuthSession, Person, PersonKey
from app.accounts.service.sessions import hash_of
from app.core.crypto import Undecipherable, seal, unseal, vault
from app.core.db import db
from app.core.forms import showable

Typed = list[tuple[str, str]]
Keep = Callable[..., str | None]
"""`keep(person, path, typed, now=now)`: where to go on, None where it keeps nothing of this. In a transaction."""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What somebody was sending to `path`, for them to send once more; `words`: what of it they had written."""

    path: str
    typed: Typed
    words: list[str]


class HeldWords:
    """Who looks after words that were held, by the addresses they were sent to: patterns, with * for anything.

    Some are kept at once, as drafts or for good. Others their author gets back, to send them once more. All of that is
    said at the roof, where everything meets.
    """

    def __init__(self) -> None:
        """Nobody looks after anything yet."""
        self._keepers: dict[str, Keep] = {}
        self._written: dict[str, frozenset[str]] = {}

    def kept(self, at: str, keep: Keep) -> None:
        """Let this one keep what was sent to such an address."""
        self._keepers[at] = keep

    def given_back(self, at: str, *names: str) -> None:
        """Let what nobody keeps be given back, where one of these fields has words in it."""
        self._written[at] = frozenset(names)

    def know(self, path: str, typed: Typed) -> bool:
        """Whether somebody looks after this."""
        return any(fnmatchcase(path, at) for at in self._keepers) or bool(self.words_in(path, typed))

    def look_after(self, person: Person, path: str, typed: Typed, *, now: datetime) -> str | GivenBack | None:
        """Where to go on, or what to give back; None where there are no words, or nobody looks after them."""
        for at, keep in self._keepers.items():
            if fnmatchcase(path, at) and (where := keep(person, path, typed, now=now)):
                return where
        again = [(name, showable(value)) for name, value in typed]
        words = self.words_in(path, again)
        return GivenBack(path, again, words) if words else None

    def words_in(self, path: str, typed: Iterable[tuple[str, str]]) -> list[str]:
        """What somebody wrote in a form of theirs, if it is one that is given back."""
        names = {name for at, each in self._written.items() if fnmatchcase(path, at) for name in each}
        return [value.strip() for name, value in typed if name in names and value.strip()]


held_words = HeldWords()


def hold(token: str, path: str, typed: Iterable[tuple[str, str]]) -> str:
    """Seal what somebody was sending to `path`. Passwords and codes are left out.

    Only the same person can open it again. Empty when the token was never a session of ours, and where nobody looks
    after what was sent.
    """
    words = [(name, value) for name, value in typed if "password" not in name and "code" not in name]
    if not held_words.know(path, words):
        return ""
    row = db.session.execute(
        select(PersonKey.person_id, PersonKey.wrapped)
        .join(AuthSession, AuthSession.person_id == PersonKey.person_id)
        .where(AuthSession.token_hash == hash_of(token))
    ).first()
    if row is None:
        return ""
    text = json.dumps({"path": path, "typed": words}, ensure_ascii=False)
    return base64.urlsafe_b64encode(seal(vault().unwrap(row[1], row[0]), text, f"held|{row[0]}")).decode()


def held_by(person: Person, held: str) -> tuple[str, Typed] | None:
    """(path, what was typed) that `hold` sealed for this person, or None when it is not theirs."""
    try:
        key = vault().unwrap(person.key.wrapped, person.id)
        kept = json.loads(unseal(key, base64.urlsafe_b64decode(held.encode()), f"held|{person.id}"))
    except (Undecipherable, ValueError):
        return None
    return str(kept["path"]), [(str(name), str(value)) for name, value in kept["typed"]]
