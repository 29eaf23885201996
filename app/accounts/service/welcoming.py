"""How somebody becomes a therapist here: by a code from whoever runs the server or, where that is set, a colleague."""

import secrets
from datetime import datetime, timedelta
from http import HTTPStatus

from flask_babel import lazy_gettext
from sqlalchemy import delete, or_, select, update

from app.accounts.models import THERAPIST, Person, TherapistInvitation
from app.accounts.service.people import Particulars, register
from app.core import codes
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import DomainError

LENGTH = 13
"""Characters of a code: 65 bits."""

WELCOME = timedelta(hours=72)
"""How long a code can be used."""


class NoWelcome(DomainError):
    """No invitation with this code is open."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = lazy_gettext("No invitation with this code is open. Codes end after 72 hours, and each works once.")


def invite_therapist(name: str, inviter: Person | None, *, now: datetime) -> str:
    """A fresh code, to be shown this once. One that a colleague had made before is void."""
    if inviter is not None:
        db.session.execute(delete(TherapistInvitation).where(TherapistInvitation.inviter_id == inviter.id))
    code = codes.spelled(secrets.randbits(LENGTH * codes.BITS), LENGTH)
    inviter_id = inviter.id if inviter else None
    db.session.add(
        TherapistInvitation(code_hash=_hash(code), name=name, inviter_id=inviter_id, expires_at=now + WELCOME)
    )
    return code


def therapist_invited(typed: str, *, now: datetime) -> str | None:
    """Who the open invitation with this code is meant for, None when there is none."""
    open_ = (TherapistInvitation.used_at.is_(None), TherapistInvitation.expires_at > now)
    return db.session.scalar(
        select(TherapistInvitation.name).where(TherapistInvitation.code_hash == _hash(typed), *open_)
    )


def register_therapist(typed: str, particulars: Particulars, password_hash: str, *, now: datetime) -> Person:
    """Make a therapist's account, and use up the code. Raises NoWelcome, LoginTaken."""
    open_ = (
        TherapistInvitation.code_hash == _hash(typed),
        TherapistInvitation.used_at.is_(None),
        TherapistInvitation.expires_at > now,
    )
    used = db.session.execute(update(TherapistInvitation).where(*open_).values(used_at=now))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise NoWelcome
    person = register(particulars, password_hash, now=now)
    person.role = THERAPIST
    return person


def sweep_therapist_invitations(*, before: datetime) -> None:
    """Forget those that were over before then."""
    over = or_(TherapistInvitation.used_at < before, TherapistInvitation.expires_at < before)
    db.session.execute(delete(TherapistInvitation).where(over))


def _hash(typed: str) -> str:
    return vault().fingerprint(codes.plain(typed, LENGTH), "therapist-invitation")
