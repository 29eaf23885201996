"""What is asked once: a challenge for a passkey, and the step between a password and a second factor."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.accounts.models import Challenge
from app.accounts.service.sessions import hash_of
from app.core.db import db

SIGN_IN, CONFIRM, MAKE = "sign-in", "confirm", "make"
"""What a passkey is asked for."""

PASSWORD_GIVEN, CODE_GIVEN = "password", "recovery"
"""What has been shown before a second factor is asked for. Who has used a recovery code shows no second one."""

RECOVERED = "recovered"
"""That the password of now came by a recovery code, and nobody has come in by it yet. Nothing is asked by it."""

VALID, LASTING = timedelta(minutes=5), timedelta(days=36_525)


def pose(purpose: str, person_id: str | None, *, now: datetime, valid: timedelta = VALID) -> str:
    """A fresh challenge of 256 bits, good once and for five minutes."""
    token = secrets.token_urlsafe(32)
    db.session.add(Challenge(token_hash=hash_of(token), purpose=purpose, person_id=person_id, expires_at=now + valid))
    return token


def take(purpose: str, person_id: str | None, token: str, *, now: datetime) -> bool:
    """Whether this was posed for this purpose and person, and nobody has answered it yet. It is used up then."""
    posed = (
        Challenge.token_hash == hash_of(token),
        Challenge.purpose == purpose,
        Challenge.person_id.is_(None) if person_id is None else Challenge.person_id == person_id,
        Challenge.expires_at > now,
    )
    return db.session.execute(delete(Challenge).where(*posed)).rowcount == 1  # type: ignore[attr-defined, no-any-return]


def half_way(token: str, *, now: datetime) -> tuple[str, str] | None:
    """(person id, what they have shown) of somebody who is half way in, or None."""
    row = db.session.execute(
        select(Challenge.person_id, Challenge.purpose).where(
            Challenge.token_hash == hash_of(token),
            Challenge.purpose.in_((PASSWORD_GIVEN, CODE_GIVEN)),
            Challenge.expires_at > now,
        )
    ).first()
    return (row[0], row[1]) if row is not None and row[0] is not None else None


def pose_second(person_id: str, shown: str, *, now: datetime) -> tuple[str, str]:
    """Ask for a second factor of somebody who has shown their password, or a code: (what to carry there, what counts).

    A password that a recovery code has set counts as the code did, until somebody has come in by it.
    """
    if shown == CODE_GIVEN:
        pose(RECOVERED, person_id, now=now, valid=LASTING)
    elif db.session.scalar(
        select(Challenge.purpose).where(Challenge.person_id == person_id, Challenge.purpose == RECOVERED).limit(1)
    ):
        shown = CODE_GIVEN
    return pose(shown, person_id, now=now), shown


def void_challenges(person_id: str | None) -> None:
    """Whatever was asked of a person, or of everybody for None, is void.

    That a password was set by a recovery code stays known.
    """
    asked = delete(Challenge).where(Challenge.purpose != RECOVERED)
    db.session.execute(asked.where(Challenge.person_id == person_id) if person_id else asked)


def forget_challenges(person_id: str) -> None:
    """They have come in with all that is asked of them: there is nothing to know any more."""
    db.session.execute(delete(Challenge).where(Challenge.person_id == person_id))


def sweep_challenges(*, now: datetime) -> None:
    """Forget what nobody has answered."""
    db.session.execute(delete(Challenge).where(Challenge.expires_at < now))
