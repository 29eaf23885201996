"""Rows for tests, built and not saved, each in one line: `save(make_person("Ana"))`. The cast is in README.md."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher

from app.accounts.models import PARTNER, Passkey, Person, PersonKey
from app.assessments.models import Assessment
from app.assessments.service.sealed import seal_given
from app.assessments.shelf import PLAIN, builtin
from app.core.crypto import Vault, seal
from app.core.ids import new_id
from app.couples.models import QUINCE, SLOE, Couple, Membership
from app.exercises.models import Prompt

NOW = datetime(2026, 11, 12, 20, 0, tzinfo=UTC)
"""When the tests happen, unless `at` says otherwise: eight in the evening of a Thursday."""

TODAY = NOW.date()
"""The couple's day at NOW."""

ISO_WEEK = f"{TODAY:%G-W%V}"
"""Its week, as it stands in an address."""

PASSWORD = "seven quiet herons at dusk"
"""Everybody's."""
MASTER, SECRET = b"m" * 32, b"s" * 32


def make_person(name: str, *, role: str = PARTNER, zone: str = "UTC", **others: object) -> Person:
    """Somebody with an account; the login is the name in small letters."""
    ident = new_id()
    key = PersonKey(wrapped=Vault(MASTER).new_key(ident))
    facts = {"login": name.casefold(), "password_hash": _hash(), "created_at": NOW - timedelta(days=40), **others}
    return Person(id=ident, name=name, role=role, zone=zone, locale="en", theme="auto", key=key, **facts)


def make_passkey(person: Person, name: str = "My phone") -> Passkey:
    """A passkey of somebody who is saved already: what lets a therapist look at anything. Nobody can sign by it."""
    ident, key = new_id(), Vault(MASTER).unwrap(person.key.wrapped, person.id)
    sealed = seal(key, name, f"passkeys|{ident}|name|{person.id}")
    facts = {"public_key": "x", "sign_count": 0, "synced": False, "backed_up": False, "created_at": NOW}
    return Passkey(id=ident, person_id=person.id, credential_id=ident, name=sealed, **facts)


def make_couple(first: Person, second: Person | None = None, *, zone: str = "UTC", since: date | None = None) -> Couple:
    """A couple: quince for the first, sloe for the second. Without a second, somebody on their own."""
    since = since or TODAY - timedelta(days=30)
    couple = Couple(id=new_id(), zone=zone, created_at=NOW - timedelta(days=30))
    for person, side in ((first, QUINCE), (second, SLOE)):
        if person is not None:
            couple.memberships.append(Membership(person_id=person.id, side=side, joined_on=since))
    return couple


def make_prompt(couple: Couple, exercise: str = "check_in", day: date = TODAY, item: str | None = None) -> Prompt:
    """An exercise given to a couple for a day."""
    return Prompt(id=new_id(), couple_id=couple.id, exercise=exercise, day=day, item=item)


def make_sitting(
    couple: Couple,
    person: Person,
    of: str = "balance",
    *,
    value: int = 1,
    private: int | None = 0,
    at: datetime = NOW,
    done: bool = True,
) -> Assessment:
    """A sitting with the same given to every question, and to every private one (None: left out)."""
    instrument, ident = builtin()[of, PLAIN], new_id()
    key = Vault(MASTER).unwrap(person.key.wrapped, person.id)
    given = {item.id: value for item in instrument.open_items}
    hidden = {item.id: private for item in instrument.items if item.private}
    sealed = seal_given(key, ident, "private_answers", person.id, hidden) if private is not None else None
    return Assessment(
        id=ident,
        person_id=person.id,
        couple_id=couple.id,
        instrument=instrument.id,
        version=instrument.version,
        locale=instrument.locale,
        wording_hash=instrument.wording_hash,
        answers=seal_given(key, ident, "answers", person.id, given),
        private_answers=sealed,
        started_at=at,
        finished_at=at if done else None,
        finished_on=at.date() if done else None,
    )


@lru_cache(maxsize=1)
def _hash() -> str:
    return PasswordHasher(memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)
