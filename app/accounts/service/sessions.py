"""Sessions: opened, kept alive, renewed and ended. The only place that makes one."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, delete, func, or_, select, update

from app.accounts.models import FRESH, LIMITS, SHARED, THERAPIST, AuthSession, Person, PersonKey, secured
from app.core.db import db, rows_of
from app.core.errors import NotFound

LATELY = bindparam("lately", type_=Date)
BACK = timedelta(days=40)
"""How far back that is: all that can still be done, also by a date that was told five weeks before."""

NOTED = timedelta(minutes=1)
"""How exactly a session that soon ends knows of the last visit: each note is a write."""

KEPT = timedelta(days=30)
"""How long a session that is over stays, so that its browser can still have its held words sealed."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person, as a request sees them. Also what Flask-Login calls the user."""

    person_id: str
    name: str
    role: str
    zone: str
    locale: str
    theme: str
    wrapped_key: bytes
    session_id: str
    seen_on: date
    fresh_until: datetime
    expires_at: datetime | None = None
    secured: bool = True
    """Whether they show what they have to besides a password. A therapist who does not may do that and nothing else."""
    facts: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    """What other features let be asked along, see `ask_along`."""
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @classmethod
    def of(cls, person: Person, *, now: datetime) -> "Visitor":
        """A person who is about to come in, as services want them: without a session, a password shown, or facts."""
        known = (person.id, person.name, person.role, person.zone, person.locale, person.theme, person.key.wrapped)
        return cls(*known, session_id="", seen_on=now.date(), fresh_until=now)

    def get_id(self) -> str:
        """The person's id, for Flask-Login."""
        return self.person_id

    def noted(self, now: datetime) -> bool:
        """Whether this visit needs no note: there is one of today, or of this minute where a session ends soon."""
        if self.role != THERAPIST or self.expires_at is None:
            return self.seen_on == now.date()
        idle, _absolute = LIMITS[self.role]
        return self.expires_at > now + idle - NOTED


_VISITOR = (
    select(
        Person.id,
        Person.name,
        Person.role,
        Person.zone,
        Person.locale,
        Person.theme,
        PersonKey.wrapped,
        AuthSession.id,
        AuthSession.seen_on,
        AuthSession.fresh_until,
        AuthSession.expires_at,
        secured().label("secured"),
    )
    .select_from(AuthSession)
    .join(Person, Person.id == AuthSession.person_id)
    .join(PersonKey, PersonKey.person_id == Person.id)
    .where(
        AuthSession.token_hash == bindparam("token"),
        AuthSession.expires_at > bindparam("now"),
        AuthSession.ended_at.is_(None),
        Person.disabled_at.is_(None),
    )
)
_KNOWN = len(_VISITOR.selected_columns)
_along: dict[str, ColumnElement[Any]] = {}


def ask_along(name: str, fact: ColumnElement[Any]) -> None:
    """Let every Visitor bring one more of its `facts`, a scalar about `Person.id`, without a statement of its own.

    It may hold LATELY, a day some way back, where it would grow with the years.
    """
    _along[name] = fact
    _asked.cache_clear()


def visitor_of(token: str, *, now: datetime) -> Visitor | None:
    """The visitor who holds this session token, unless it ended or expired or the person is disabled."""
    rows = rows_of(_asked(), token=hash_of(token), now=now, lately=now.date() - BACK)
    if not rows:
        return None
    known, facts = rows[0][:_KNOWN], rows[0][_KNOWN:]
    return Visitor(*known, facts=dict(zip(_along, facts, strict=True)))


@lru_cache(maxsize=1)
def _asked() -> Select[Any]:
    return _VISITOR.add_columns(*(fact.label(name) for name, fact in _along.items()))


def open_session(person: Person, label: str, *, now: datetime, shared: bool = False) -> str:
    """Sign a person in on one browser: the fresh token for the cookie. `shared`: others use the device, too."""
    token = secrets.token_urlsafe(32)
    session = AuthSession(
        token_hash=hash_of(token),
        person_id=person.id,
        label=label[:80],
        created_at=now,
        seen_on=now.date(),
        fresh_until=now + FRESH,
        expires_at=now + (SHARED if shared and person.role != THERAPIST else LIMITS[person.role][0]),
    )
    db.session.add(session)
    return token


def note_visit(visitor: Visitor, *, now: datetime) -> None:
    """Keep a session alive."""
    db.session.get_one(AuthSession, visitor.session_id).prolong(now, visitor.role)


def renew_session(visitor: Visitor, *, now: datetime) -> tuple[str, bool]:
    """The person has just shown their password again: a fresh token for the cookie; the old one is dead.

    Also gives whether others use the device, too.
    """
    token = secrets.token_urlsafe(32)
    session = db.session.get_one(AuthSession, visitor.session_id)
    session.token_hash, session.fresh_until = hash_of(token), now + FRESH
    return token, session.shared


def sessions_of(visitor: Visitor, *, now: datetime) -> list[AuthSession]:
    """Where the visitor is signed in, this browser first, then by the last visit."""
    living = select(AuthSession).where(
        AuthSession.person_id == visitor.person_id, AuthSession.ended_at.is_(None), AuthSession.expires_at > now
    )
    by_visit = db.session.scalars(living.order_by(AuthSession.seen_on.desc(), AuthSession.created_at.desc()))
    return sorted(by_visit, key=lambda session: session.id != visitor.session_id)


def end_session(visitor: Visitor, session_id: str, *, now: datetime) -> None:
    """End one of the visitor's own sessions. Raises NotFound for any other."""
    mine = update(AuthSession).where(
        AuthSession.id == session_id, AuthSession.person_id == visitor.person_id, AuthSession.ended_at.is_(None)
    )
    if not db.session.execute(mine.values(ended_at=now)).rowcount:  # type: ignore[attr-defined]
        raise NotFound


def end_sessions(person_id: str | None, *, now: datetime, but: str | None = None) -> None:
    """Sign a person out everywhere, or everywhere `but` one session; everybody for None. At the next request."""
    # Also those that have run out: a device rings on until its session is ended.
    going = update(AuthSession).where(AuthSession.ended_at.is_(None), AuthSession.id != (but or ""))
    db.session.execute((going.where(AuthSession.person_id == person_id) if person_id else going).values(ended_at=now))


def living_sessions(person_id: str | None, *, now: datetime) -> int:
    """How many browsers a person is signed in on, or everybody for None."""
    living = select(func.count()).where(AuthSession.ended_at.is_(None), AuthSession.expires_at > now)
    return db.session.scalar(living.where(AuthSession.person_id == person_id) if person_id else living) or 0


def end_token(token: str, *, now: datetime) -> None:
    """End the session with this token, if there is one."""
    held = update(AuthSession).where(AuthSession.token_hash == hash_of(token), AuthSession.ended_at.is_(None))
    db.session.execute(held.values(ended_at=now))


def sweep_sessions(*, now: datetime) -> None:
    """Forget the sessions that have been over for a month."""
    over = or_(AuthSession.ended_at < now - KEPT, AuthSession.expires_at < now - KEPT)
    db.session.execute(delete(AuthSession).where(over))


def hash_of(token: str) -> str:
    """The form in which a token is kept. It is random through and through, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
