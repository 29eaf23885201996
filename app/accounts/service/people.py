"""People: they register, change what is known of them, and erase themselves."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person, PersonKey
from app.accounts.service.challenges import void_challenges
from app.accounts.service.sessions import end_sessions, living_sessions
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import DomainError
from app.core.ids import new_id


class LoginTaken(DomainError):
    """Somebody has this login. The sentence does not say so, and stands for any name that cannot be had."""

    message = lazy_gettext("This name cannot be used. Please choose another.")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a person says of themselves at the start."""

    login: str
    name: str
    zone: str
    locale: str


def register(particulars: Particulars, password_hash: str, *, now: datetime) -> Person:
    """Make an account with a key for its words. Raises LoginTaken."""
    if person_by_login(particulars.login) is not None:
        raise LoginTaken
    ident = new_id()
    person = Person(
        id=ident,
        login=particulars.login,
        name=particulars.name,
        zone=particulars.zone,
        locale=particulars.locale,
        password_hash=password_hash,
        created_at=now,
        key=PersonKey(wrapped=vault().new_key(ident)),
    )
    db.session.add(person)
    try:
        db.session.flush()
    except IntegrityError as error:
        # On PostgreSQL two may take the same login in the same instant.
        raise LoginTaken from error
    return person


def person_by_login(login: str) -> Person | None:
    """The person with this login, as it is kept: casefolded."""
    return db.session.scalar(select(Person).where(Person.login == login))


def person_by_id(person_id: str) -> Person:
    """The row of a person who is known to exist."""
    return db.session.get_one(Person, person_id)


def edit_person(person: Person, *, name: str, zone: str, theme: str) -> None:
    """Change what a person is called, where their clock is, and how pages look to them."""
    person.name, person.zone, person.theme = name, zone, theme


def change_password(person: Person, password_hash: str) -> None:
    """Keep another password. Who is half way in by the one before has to begin anew."""
    void_challenges(person.id)
    person.password_hash = password_hash


def sign_out(person_id: str | None, *, now: datetime) -> int:
    """Sign a person out everywhere, or everybody for None, also who is half way in. Gives how many browsers that were.

    For whoever runs the server; a person ends sessions by `end_session` and `end_sessions`.
    """
    browsers = living_sessions(person_id, now=now)
    void_challenges(person_id)
    end_sessions(person_id, now=now)
    return browsers


def erase_person(person: Person) -> None:
    """Remove a person and, by the database's cascades, all that is theirs alone. Their key is gone with them."""
    db.session.execute(delete(Person).where(Person.id == person.id))
    db.session.expire_all()
