"""How a second partner joins: an invitation is made, claimed by code, and confirmed by whoever made it.

The two begin a new couple then. What each wrote alone stays in the couple that each had alone, and so their own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, Select, and_, select, update

from app.accounts.models import Person
from app.core.db import db, lock
from app.core.errors import DomainError
from app.core.ids import new_id
from app.couples.day import day_of
from app.couples.models import QUINCE, SLOE, Couple, Invitation, Membership
from app.couples.service.pairs import Pair, end_couple
from app.couples.signs import code_of, hash_of, words_of

VALID = timedelta(hours=72)
"""How long an invitation can be claimed, and once claimed, confirmed."""


class Coupled(DomainError):
    """One of the two is in a couple of two."""

    message = lazy_gettext("One of you is in a couple already. Who wants to begin another leaves that one first.")


class NoInvitation(DomainError):
    """No invitation with this code is open."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = lazy_gettext("No invitation with this code is open. Codes end after 72 hours, and each works once.")


class OwnInvitation(DomainError):
    """Somebody typed the code that they made themselves."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = lazy_gettext("This is the code you made. It is for your partner, on their own account.")


class NothingToConfirm(DomainError):
    """The claim is gone: taken back, withdrawn, or too old."""

    message = lazy_gettext("This invitation is no longer open. You can make a new one.")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as its maker sees it. `claimant` is the name of who claimed it, "" while nobody has."""

    id: str
    code: str
    expires_at: datetime
    claimant: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """An invitation as the one who claimed it sees it."""

    inviter: str
    words: tuple[str, ...]
    expires_at: datetime


def invite(pair: Pair, *, now: datetime) -> None:
    """Make an invitation. One that I had made before is withdrawn. Raises Coupled."""
    couple_id = _held_alone(pair)
    withdraw(pair, now=now)
    ident = new_id()
    db.session.add(
        Invitation(
            id=ident,
            couple_id=couple_id,
            inviter_id=pair.me.id,
            code_hash=hash_of(code_of(ident)),
            created_at=now,
            expires_at=now + VALID,
        )
    )


def invitation_of(pair: Pair, *, now: datetime) -> Invited | None:
    """My open invitation, if there is one. One statement."""
    found = db.session.execute(
        select(Invitation, Person.name)
        .outerjoin(Person, Person.id == Invitation.claimed_by)
        .where(Invitation.inviter_id == pair.me.id, _open(now))
    ).first()
    if found is None:
        return None
    invitation, name = found
    words = _signs(invitation) if invitation.claimed_by else ()
    return Invited(invitation.id, code_of(invitation.id), invitation.expires_at, name or "", words)


def withdraw(pair: Pair, *, now: datetime) -> None:
    """Make my open invitation worthless, also when somebody has claimed it."""
    mine = and_(Invitation.inviter_id == pair.me.id, _open(now))
    db.session.execute(update(Invitation).where(mine).values(withdrawn_at=now))


def invitation_open(typed: str, *, now: datetime) -> bool:
    """Whether this is the code of an invitation that can still be claimed."""
    return db.session.scalar(_claimable(typed, now).with_only_columns(Invitation.id)) is not None


def claim(pair: Pair, typed: str, *, now: datetime) -> None:
    """Ask to join whoever made this code; it is then used up. Raises NoInvitation, OwnInvitation, Coupled."""
    _held_alone(pair)
    invitation = db.session.scalar(_claimable(typed, now))
    if invitation is None:
        raise NoInvitation
    if invitation.inviter_id == pair.me.id:
        raise OwnInvitation
    lock(invitation)
    if invitation.claimed_by is not None or invitation.withdrawn_at is not None:
        raise NoInvitation
    take_back_claim(pair, now=now)
    invitation.claimed_by, invitation.claimed_at = pair.me.id, now


def claim_of(pair: Pair, *, now: datetime) -> Claim | None:
    """What I have claimed and nobody has confirmed yet. One statement."""
    found = db.session.execute(
        select(Invitation, Person.name)
        .join(Person, Person.id == Invitation.inviter_id)
        .where(Invitation.claimed_by == pair.me.id, _open(now))
    ).first()
    return Claim(found[1], _signs(found[0]), found[0].expires_at) if found else None


def take_back_claim(pair: Pair, *, now: datetime) -> None:
    """Ask no longer. The code stays used up."""
    mine = and_(Invitation.claimed_by == pair.me.id, _open(now))
    db.session.execute(update(Invitation).where(mine).values(withdrawn_at=now))


def confirm(pair: Pair, invitation_id: str, *, now: datetime) -> None:
    """It is them: begin a couple of two. Raises NothingToConfirm, Coupled."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or invitation.inviter_id != pair.me.id or invitation.claimed_by is None:
        raise NothingToConfirm
    # Both, always in the same order: two who confirm each other at the same instant must not wait for one another.
    for person_id in sorted((invitation.inviter_id, invitation.claimed_by)):
        lock(db.session.get_one(Person, person_id))
    lock(invitation)
    if invitation.confirmed_at or invitation.withdrawn_at or invitation.expires_at <= now:
        raise NothingToConfirm
    before = [_alone(person_id) for person_id in (invitation.inviter_id, invitation.claimed_by)]
    invitation.confirmed_at = now
    db.session.flush()
    # Whom else either had asked must not bring them into a couple later, after this one.
    asked = and_(Invitation.claimed_by.in_((invitation.inviter_id, invitation.claimed_by)), _open(now))
    db.session.execute(update(Invitation).where(asked).values(withdrawn_at=now))
    for couple in before:
        if couple is not None:
            end_couple(couple, now=now)
    _begin(pair.zone, invitation, now=now)


def _begin(zone: str, invitation: Invitation, *, now: datetime) -> None:
    couple = Couple(zone=zone, created_at=now)
    for person_id, side in ((invitation.inviter_id, QUINCE), (invitation.claimed_by, SLOE)):
        couple.memberships.append(Membership(person_id=person_id, side=side, joined_on=day_of(now, zone)))
    db.session.add(couple)
    db.session.flush()


def _held_alone(pair: Pair) -> str:
    """The couple that I have alone, looked at again: somebody may have confirmed me since the page. Raises Coupled."""
    lock(db.session.get_one(Person, pair.me.id))
    return couple.id if (couple := _alone(pair.me.id)) else pair.couple_id


def _alone(person_id: str) -> Couple | None:
    """The couple that a person has alone, None when they have not begun one. Raises Coupled."""
    here = select(Couple).join(Membership).where(Membership.person_id == person_id, Membership.left_at.is_(None))
    couple = db.session.scalar(here)
    if couple is not None and len([each for each in couple.memberships if each.left_at is None]) > 1:
        raise Coupled
    return couple


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(Invitation.confirmed_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > now)


def _claimable(typed: str, now: datetime) -> Select[Invitation]:
    return select(Invitation).where(Invitation.code_hash == hash_of(typed), Invitation.claimed_by.is_(None), _open(now))


def _signs(invitation: Invitation) -> tuple[str, ...]:
    return words_of(invitation.id, invitation.inviter_id, invitation.claimed_by or "")
