"""Couples: who is in one, what the two may change, and how one leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import and_, bindparam, delete, select, update
from sqlalchemy.orm import aliased

from app.accounts.models import Person, PersonKey
from app.accounts.service import Visitor
from app.core.crypto import vault
from app.core.db import db, lock, rows_of
from app.core.errors import NotFound
from app.couples.day import day_of
from app.couples.models import QUINCE, SLOE, Couple, Invitation, Membership


@dataclass(frozen=True)
class Partner:
    """One of the two, as pages and services need them."""

    id: str
    name: str
    side: str
    shows_answering: bool
    wrapped_key: bytes

    @cached_property
    def key(self) -> bytes:
        """The key this partner's words are sealed under."""
        return vault().unwrap(self.wrapped_key, self.id)


@dataclass(frozen=True, slots=True)
class Pair:
    """The couple of the one who looks: `me`, and `you`, who is None while one is still on one's own."""

    couple_id: str
    zone: str
    me: Partner
    you: Partner | None
    since: date
    """The couple's first day."""

    def today(self, now: datetime) -> date:
        """The couple's day that `now` falls into."""
        return day_of(now, self.zone)

    def partner(self, person_id: str) -> Partner:
        """The one of the two with this id. Raises NotFound."""
        for each in (self.me, self.you):
            if each is not None and each.id == person_id:
                return each
        raise NotFound

    @property
    def your_side(self) -> str:
        """The colour of the other side, also before anybody has taken it."""
        return SLOE if self.me.side == QUINCE else QUINCE


_Other, _OtherPerson, _OtherKey = aliased(Membership), aliased(Person), aliased(PersonKey)
_PAIR = (
    select(
        Couple.id,
        Couple.zone,
        Membership.side,
        Membership.shows_answering,
        Membership.joined_on,
        _Other.person_id,
        _Other.side,
        _Other.shows_answering,
        _OtherPerson.name,
        _OtherKey.wrapped,
    )
    .select_from(Membership)
    .join(Couple, Couple.id == Membership.couple_id)
    .outerjoin(
        _Other,
        and_(_Other.couple_id == Couple.id, _Other.person_id != Membership.person_id, _Other.left_at.is_(None)),
    )
    .outerjoin(_OtherPerson, _OtherPerson.id == _Other.person_id)
    .outerjoin(_OtherKey, _OtherKey.person_id == _Other.person_id)
    .where(Membership.person_id == bindparam("me"), Membership.left_at.is_(None), Couple.ended_at.is_(None))
)


def pair_of(visitor: Visitor) -> Pair | None:
    """The visitor's couple, or None when they have left or not begun one. One statement."""
    rows = rows_of(_PAIR, me=visitor.person_id)
    if not rows:
        return None
    row = rows[0]
    me = Partner(visitor.person_id, visitor.name, row[2], row[3], visitor.wrapped_key)
    you = Partner(row[5], row[8], row[6], row[7], row[9]) if row[5] else None
    return Pair(row[0], row[1], me, you, row[4])


def paired(people: Iterable[str]) -> set[str]:
    """Those of these people (by their ids) who are in a couple with somebody now. One statement."""
    query = (
        select(Membership.person_id)
        .join(Couple, Couple.id == Membership.couple_id)
        .join(_Other, and_(_Other.couple_id == Membership.couple_id, _Other.person_id != Membership.person_id))
        .where(
            Membership.person_id.in_(people),
            Membership.left_at.is_(None),
            _Other.left_at.is_(None),
            Couple.ended_at.is_(None),
        )
    )
    return set(db.session.scalars(query))


def begin_alone(person: Person, *, now: datetime) -> Couple:
    """Open a couple with this person as its first partner, in their zone, keeping the other side free."""
    couple = Couple(zone=person.zone, created_at=now)
    couple.memberships.append(Membership(person=person, side=QUINCE, joined_on=day_of(now, person.zone)))
    db.session.add(couple)
    db.session.flush()
    return couple


def edit_couple(pair: Pair, *, zone: str, shows_answering: bool) -> None:
    """Change the zone of the day, for both, and whether the other may see that I have answered, for me."""
    db.session.get_one(Couple, pair.couple_id).zone = zone
    db.session.get_one(Membership, (pair.couple_id, pair.me.id)).shows_answering = shows_answering


def leave_couple(pair: Pair, *, now: datetime) -> None:
    """End the couple, at once and for both. Each keeps their own words, and begins alone when they come back."""
    couple = db.session.get_one(Couple, pair.couple_id)
    lock(couple)
    end_couple(couple, now=now)


def erase_deserted() -> None:
    """Remove the couples of which all have been erased, with what was given to them and who looked at them."""
    somebody = select(Membership.person_id).where(Membership.couple_id == Couple.id).exists()
    db.session.execute(delete(Couple).where(~somebody))
    db.session.expire_all()


def end_couple(couple: Couple, *, now: datetime) -> None:
    """Let nobody be in this couple any more, nor come into it."""
    couple.ended_at = couple.ended_at or now
    here = (Membership.couple_id == couple.id, Membership.left_at.is_(None))
    db.session.execute(update(Membership).where(*here).values(left_at=now))
    open_still = (
        Invitation.couple_id == couple.id,
        Invitation.confirmed_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    db.session.execute(update(Invitation).where(*open_still).values(withdrawn_at=now))
