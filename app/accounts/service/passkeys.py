"""Passkeys: made, used, listed and removed."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select

from app.accounts import ceremony
from app.accounts.ceremony import Refused, Site
from app.accounts.models import Passkey, Person
from app.accounts.service.challenges import CONFIRM, MAKE, SIGN_IN, pose, take
from app.accounts.service.factors import keep_one
from app.core.crypto import Undecipherable, seal, unseal, vault
from app.core.db import db, lock
from app.core.errors import DomainError, NotFound
from app.core.ids import new_id

MOST = 10
"""How many passkeys one person may have."""


class PasskeyRefused(DomainError):
    """A passkey that is not known here, or an answer that came too late or proves nothing: all told alike."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = lazy_gettext("This passkey did not work here. Please try again, or use your password.")


class Enough(DomainError):
    """As many passkeys as one person may have."""

    message = lazy_gettext("You have as many passkeys as Attune keeps. Remove one that you no longer use.")


@dataclass(frozen=True, slots=True)
class Known:
    """A passkey in the list of its owner. `synced`: whoever can use that account on another device has it there."""

    id: str
    name: str
    synced: bool
    created_at: datetime
    used_on: date | None


def ask_to_make(person: Person, site: Site, *, now: datetime) -> dict[str, Any]:
    """What a browser needs to make a passkey for this person."""
    return ceremony.to_make(site, pose(MAKE, person.id, now=now), person.id, person.login, _credentials(person.id))


def ask_to_sign_in(site: Site, *, now: datetime) -> dict[str, Any]:
    """What a browser needs to sign somebody in. The same whoever it is."""
    return ceremony.to_use(site, pose(SIGN_IN, None, now=now))


def ask_to_confirm(person_id: str, site: Site, *, now: datetime) -> dict[str, Any]:
    """What a browser needs to show that it is this person."""
    return ceremony.to_use(site, pose(CONFIRM, person_id, now=now), _credentials(person_id))


def add_passkey(person: Person, site: Site, sent: str, name: str, *, now: datetime) -> None:
    """Keep what a browser has made. Raises PasskeyRefused, Enough."""
    lock(person)
    if len(_credentials(person.id)) >= MOST:
        raise Enough
    try:
        answer = ceremony.read(sent)
        if not take(MAKE, person.id, answer.challenge, now=now):
            raise PasskeyRefused
        made = ceremony.made(site, answer)
    except Refused as error:
        raise PasskeyRefused from error
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise PasskeyRefused
    ident = new_id()
    db.session.add(
        Passkey(
            id=ident,
            person_id=person.id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            synced=made.synced,
            backed_up=made.backed_up,
            name=seal(_key(person), name, _about(ident, person.id)),
            created_at=now,
        )
    )


def show_passkey(site: Site, sent: str, *, person_id: str | None = None, now: datetime) -> Person:
    """Who has shown a passkey: `person_id`, to confirm; anybody, to sign in. Raises PasskeyRefused."""
    try:
        answer = ceremony.read(sent)
        if not take(SIGN_IN if person_id is None else CONFIRM, person_id, answer.challenge, now=now):
            raise PasskeyRefused
        passkey = db.session.scalar(select(Passkey).where(Passkey.credential_id == answer.credential_id))
        meant = {person_id, answer.person_id} - {None, ""}
        if passkey is None or meant - {passkey.person_id}:
            raise PasskeyRefused
        # Two that sign at once with one count: the second one looks again.
        lock(passkey)
        count, backed_up = ceremony.used(site, answer, passkey.public_key, passkey.sign_count)
    except Refused as error:
        raise PasskeyRefused from error
    passkey.sign_count, passkey.backed_up, passkey.used_on = count, backed_up, now.date()
    person = db.session.get_one(Person, passkey.person_id)
    if person.disabled_at is not None:
        raise PasskeyRefused
    return person


def passkeys_of(person: Person) -> list[Known]:
    """All of a person's, in the order in which they were made."""
    key, mine = _key(person), select(Passkey).where(Passkey.person_id == person.id)
    return [
        Known(each.id, unseal(key, each.name, _about(each.id, person.id)), each.synced, each.created_at, each.used_on)
        for each in db.session.scalars(mine.order_by(Passkey.created_at, Passkey.id))
    ]


def passkeys_told(person: Person) -> list[dict[str, Any]]:
    """All of a person's for their export. What does not open any more is None."""
    key, told = _key(person), []
    for each in db.session.scalars(select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.created_at)):
        try:
            name = unseal(key, each.name, _about(each.id, person.id))
        except Undecipherable:
            name = None
        told.append({"name": name, "synced": each.synced, "created_on": each.created_at.date().isoformat()})
    return told


def remove_passkey(person: Person, passkey_id: str) -> None:
    """Let a passkey open nothing any more. Raises NotFound for what is not the person's, LastFactor."""
    passkey = db.session.get(Passkey, passkey_id)
    if passkey is None or passkey.person_id != person.id:
        raise NotFound
    keep_one(person)
    db.session.delete(passkey)


def _credentials(person_id: str) -> list[str]:
    return list(db.session.scalars(select(Passkey.credential_id).where(Passkey.person_id == person_id)))


def _about(passkey_id: str, person_id: str) -> str:
    return f"passkeys|{passkey_id}|name|{person_id}"


def _key(person: Person) -> bytes:
    return vault().unwrap(person.key.wrapped, person.id)
