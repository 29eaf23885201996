"""Accounts: sessions first. Nothing here commits or asks the time."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from app.accounts.models import AuthSession, Person, PersonKey
from app.core.crypto import Undecipherable, seal, unseal, vault
from app.core.db import db

IDLE, ABSOLUTE, FRESH = timedelta(days=14), timedelta(days=30), timedelta(minutes=5)


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
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """The person's id, for Flask-Login."""
        return self.person_id


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
    )
    .select_from(AuthSession)
    .join(Person, Person.id == AuthSession.person_id)
    .join(PersonKey, PersonKey.person_id == Person.id)
    .where(AuthSession.ended_at.is_(None), Person.disabled_at.is_(None))
)


def visitor_of(token: str, *, now: datetime) -> Visitor | None:
    """The visitor who holds this session token, unless it ended or expired or the person is disabled."""
    live = _VISITOR.where(AuthSession.token_hash == _hash(token), AuthSession.expires_at > now)
    row = db.session.execute(live).first()
    return Visitor(*row) if row else None


def open_session(person: Person, label: str, *, now: datetime) -> str:
    """Sign a person in on one browser: the fresh token for the cookie. The only place that makes a session."""
    token = secrets.token_urlsafe(32)
    session = AuthSession(
        token_hash=_hash(token),
        person_id=person.id,
        label=label[:80],
        created_at=now,
        seen_on=now.date(),
        fresh_until=now + FRESH,
        expires_at=now + IDLE,
    )
    db.session.add(session)
    return token


def note_visit(visitor: Visitor, *, now: datetime) -> None:
    """Keep a session alive: 14 days from the last visit, never more than 30 in all. Once a day is enough."""
    session = db.session.get_one(AuthSession, visitor.session_id)
    session.seen_on = now.date()
    session.expires_at = min(now + IDLE, session.created_at + ABSOLUTE)


def end_sessions(person_id: str, *, now: datetime, but: str | None = None) -> None:
    """Sign a person out everywhere, or everywhere `but` one session. Takes effect at the next request."""
    living = update(AuthSession).where(AuthSession.person_id == person_id, AuthSession.ended_at.is_(None))
    db.session.execute((living.where(AuthSession.id != but) if but else living).values(ended_at=now))


def hold(token: str, path: str, typed: Mapping[str, str]) -> str:
    """Seal what somebody was sending when their session had ended, for the sign-in page to carry.

    Only the same person can open it again. Empty when the token was never a session of ours.
    """
    row = db.session.execute(
        select(PersonKey.person_id, PersonKey.wrapped)
        .join(AuthSession, AuthSession.person_id == PersonKey.person_id)
        .where(AuthSession.token_hash == _hash(token))
    ).first()
    if row is None:
        return ""
    text = json.dumps({"path": path, "typed": [list(pair) for pair in _pairs(typed)]})
    return base64.urlsafe_b64encode(seal(vault().unwrap(row[1], row[0]), text, f"held|{row[0]}")).decode()


def held_by(person: Person, held: str) -> tuple[str, list[tuple[str, str]]] | None:
    """(path, what was typed) that `hold` sealed for this person, or None when it is not theirs."""
    try:
        key = vault().unwrap(person.key.wrapped, person.id)
        kept = json.loads(unseal(key, base64.urlsafe_b64decode(held.encode()), f"held|{person.id}"))
    except (Undecipherable, ValueError):
        return None
    return str(kept["path"]), [(str(name), str(value)) for name, value in kept["typed"]]


def person_by_id(person_id: str) -> Person:
    """The row of a person who is known to exist."""
    return db.session.get_one(Person, person_id)


def _pairs(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    items = getattr(typed, "items")
    try:
        return list(items(multi=True))
    except TypeError:
        return list(items())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
