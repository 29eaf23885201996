"""A way back in for a therapist who has lost their second factors and their codes: a code from whoever runs the server.

Until it is used, what they show now goes on working. That it was made stays in the account's own record, and they are
told of it when they next sign in. No word of theirs is lost: the key that those are sealed under hangs on no password.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.accounts.codes import new_code, plain
from app.accounts.models import THERAPIST, AccountReset, Authenticator, Passkey, Person
from app.accounts.service.challenges import void_challenges
from app.accounts.service.sessions import end_sessions
from app.core.crypto import vault
from app.core.db import db
from app.core.events import Event, tell

VALID = timedelta(hours=72)
"""How long a code can be used."""


@dataclass(frozen=True, slots=True)
class Reset:
    """That a code was made, and whether and when it was used."""

    made_at: datetime
    used_at: datetime | None


def let_begin_anew(person: Person, *, now: datetime) -> str:
    """A fresh code for a therapist, to be shown this once. One made before and not used is void; all sessions end."""
    if person.role != THERAPIST:
        raise ValueError("only a therapist comes in again by whoever runs the server")
    open_ = (AccountReset.person_id == person.id, AccountReset.used_at.is_(None), AccountReset.expires_at > now)
    db.session.execute(update(AccountReset).where(*open_).values(expires_at=now))
    end_sessions(person.id, now=now)
    void_challenges(person.id)
    code = new_code()
    db.session.add(AccountReset(code_hash=_hash(code), person_id=person.id, made_at=now, expires_at=now + VALID))
    return code


def use_reset(person_id: str, typed: str, *, now: datetime) -> bool:
    """Whether this is an open code of the person. If so it is used up, and their passkeys and app are forgotten."""
    mine = (
        AccountReset.code_hash == _hash(typed),
        AccountReset.person_id == person_id,
        AccountReset.used_at.is_(None),
        AccountReset.expires_at > now,
    )
    used = db.session.execute(update(AccountReset).where(*mine).values(used_at=now, told_at=now))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        return False
    tell(Event.RESET_LINK_USED)
    for table in (Passkey, Authenticator):
        db.session.execute(delete(table).where(table.person_id == person_id))
    return True


def resets_of(person_id: str) -> list[Reset]:
    """All that were ever made for a person, the newest first. One statement."""
    mine = select(AccountReset).where(AccountReset.person_id == person_id)
    rows = db.session.scalars(mine.order_by(AccountReset.made_at.desc(), AccountReset.code_hash))
    return [Reset(row.made_at, row.used_at) for row in rows]


def resets_told(person: Person) -> list[dict[str, str | None]]:
    """The same to take along, the oldest first."""
    return [
        {"made_at": _plain(each.made_at), "used_at": _plain(each.used_at)} for each in reversed(resets_of(person.id))
    ]


def tell_resets(person_id: str, *, now: datetime) -> datetime | None:
    """When one was last made of which they have not been told. From now on they have."""
    news = (AccountReset.person_id == person_id, AccountReset.told_at.is_(None))
    made = db.session.scalars(select(AccountReset.made_at).where(*news)).all()
    if made:
        db.session.execute(update(AccountReset).where(*news).values(told_at=now))
    return max(made, default=None)


def _plain(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None


def _hash(typed: str) -> str:
    return vault().fingerprint(plain(typed), "account-reset")
