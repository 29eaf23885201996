"""What somebody shows besides a password: passkeys, the six digits of an app, or a recovery code in their place."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy import delete, func, select

from app.accounts import one_time
from app.accounts.models import THERAPIST, Authenticator, Passkey, Person, has_app
from app.accounts.service.challenges import PASSWORD_GIVEN
from app.accounts.service.recovery import use_code
from app.core.crypto import seal, unseal, vault
from app.core.db import db, lock
from app.core.errors import DomainError


class LastFactor(DomainError):
    """A therapist would be left with a password alone."""

    message = lazy_gettext("This is the last thing you show besides your password. Add another first.")


@dataclass(frozen=True, slots=True)
class Factors:
    """How many passkeys somebody has, and whether an app is confirmed."""

    passkeys: int
    app: bool

    @property
    def number(self) -> int:
        """How many there are in all."""
        return self.passkeys + self.app


def factors_of(person_id: str) -> Factors:
    """What a person can show. One statement."""
    passkeys = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id).scalar_subquery()
    row = db.session.execute(select(passkeys, has_app(person_id))).one()
    return Factors(row[0], bool(row[1]))


def second_wanted(person: Person) -> bool:
    """Whether a password alone does not let this person in: they have an app, or are a therapist with a passkey."""
    found = factors_of(person.id)
    return found.app or (person.role == THERAPIST and found.passkeys > 0)


def show_second(person: Person, shown: str, typed: str, *, now: datetime) -> bool:
    """Whether these are the digits of the moment, or, after a password, an unused recovery code. Each works once."""
    if _use_digits(person, typed, now=now):
        return True
    return shown == PASSWORD_GIVEN and use_code(person.id, typed, now=now)


def begin_app(person: Person, secret: str = "") -> None:
    """A fresh secret for an app, or this one. One that is confirmed already goes on until this one is, too."""
    lock(person)
    row = db.session.get(Authenticator, person.id)
    if row is None:
        row = Authenticator(person_id=person.id)
        db.session.add(row)
    row.fresh = seal(_key(person), secret or one_time.new_secret(), _about(person, "fresh"))


def app_to_confirm(person: Person) -> str | None:
    """The secret of an app that is being set up. Once it is confirmed it is shown no more."""
    row = db.session.get(Authenticator, person.id)
    return unseal(_key(person), row.fresh, _about(person, "fresh")) if row is not None and row.fresh else None


def confirm_app(person: Person, typed: str, *, now: datetime) -> bool:
    """Whether the app that is being set up shows what it should. From then on its digits are asked for."""
    lock(person)
    secret = app_to_confirm(person)
    step = one_time.step_of(secret, typed, now, after=None) if secret else None
    if secret is None or step is None:
        return False
    row = db.session.get_one(Authenticator, person.id)
    row.secret, row.fresh = seal(_key(person), secret, _about(person, "secret")), None
    row.confirmed_at, row.used_step = now, step
    return True


def remove_app(person: Person) -> None:
    """Ask for no digits any more. Raises LastFactor."""
    row = db.session.get(Authenticator, person.id)
    if row is not None and row.secret is not None:
        keep_one(person)
    db.session.execute(delete(Authenticator).where(Authenticator.person_id == person.id))


def keep_one(person: Person) -> None:
    """Before one goes: raises LastFactor when a therapist has no other. Two that go at once wait for each other."""
    lock(person)
    if person.role == THERAPIST and factors_of(person.id).number <= 1:
        raise LastFactor


def _use_digits(person: Person, typed: str, *, now: datetime) -> bool:
    row = db.session.get(Authenticator, person.id)
    if row is None or row.secret is None:
        return False
    lock(row)
    secret = unseal(_key(person), row.secret, _about(person, "secret"))
    step = one_time.step_of(secret, typed, now, after=row.used_step)
    if step is None:
        return False
    row.used_step = step
    return True


def _about(person: Person, column: str) -> str:
    return f"authenticators|{person.id}|{column}|{person.id}"


def _key(person: Person) -> bytes:
    return vault().unwrap(person.key.wrapped, person.id)
