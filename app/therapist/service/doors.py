"""The door to a couple, as a therapist finds it: open while both say yes, and looked at anew in each request.

Whatever shows a therapist something of a couple begins here: with an `Opened`, or with `open_doors` as a part of its
own statement. Neither remembers anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person, PersonKey
from app.accounts.service import Visitor
from app.core.db import db, lock, rows_of
from app.core.errors import NotFound
from app.core.news import News
from app.couples.models import QUINCE, SLOE, Couple, Membership
from app.couples.service import Pair, Partner, day_of
from app.therapist.models import CLASSES, COMPLETION, EXPORT, VISIT, Consent, Guest, Visit

doors_changed: News[[str, str, datetime]] = News()
"""(couple, therapist, now): a therapist has become the guest of a couple, or is one no more."""


@dataclass(frozen=True, slots=True)
class OpenCouple:
    """The two whose door is open: quince first."""

    id: str
    zone: str
    partners: tuple[Partner, Partner]
    since: date
    """The couple's day on which the door opened."""

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called."""
        return self.partners[0].name, self.partners[1].name


@dataclass(frozen=True, slots=True)
class Opened:
    """An open door, at the moment of one request. `classes` holds what both have said yes to; COMPLETION always."""

    couple: OpenCouple
    classes: frozenset[str]
    guest_id: str
    visited_at: datetime | None
    """When the last visit of the kind that was asked for began."""


@dataclass(frozen=True, slots=True)
class Shut:
    """A door that was open once: since when, and until which day. No name, no reason."""

    since: date
    until: date


_One, _Two = aliased(Membership), aliased(Membership)
_OnePerson, _TwoPerson = aliased(Person), aliased(Person)
_OneKey, _TwoKey = aliased(PersonKey), aliased(PersonKey)
_OneSays, _TwoSays = aliased(Consent), aliased(Consent)


def open_doors() -> Select[str, str]:
    """(guest id, couple id) of each open door of the therapist who is bound as `therapist`, to build upon.

    Open means: the couple is one, both are in it, both say yes, and nobody has ended it. `_One` is quince.
    """
    return (
        select(Guest.id, Guest.couple_id)
        .select_from(Guest)
        .join(Couple, and_(Couple.id == Guest.couple_id, Couple.ended_at.is_(None)))
        .join(_One, and_(_One.couple_id == Couple.id, _One.side == QUINCE, _One.left_at.is_(None)))
        .join(_Two, and_(_Two.couple_id == Couple.id, _Two.side == SLOE, _Two.left_at.is_(None)))
        .join(_OneSays, and_(_OneSays.guest_id == Guest.id, _OneSays.person_id == _One.person_id, _OneSays.given))
        .join(_TwoSays, and_(_TwoSays.guest_id == Guest.id, _TwoSays.person_id == _Two.person_id, _TwoSays.given))
        .where(Guest.therapist_id == bindparam("therapist"), Guest.opened_at.is_not(None), Guest.ended_at.is_(None))
    )


_visited = (
    select(func.max(Visit.began_at))
    .where(Visit.guest_id == Guest.id, Visit.kind == bindparam("kind"))
    .correlate(Guest)
    .scalar_subquery()
)
_DOORS = (
    open_doors()
    .add_columns(Couple.zone, Guest.opened_at, _visited.label("visited_at"))
    .add_columns(*(and_(getattr(_OneSays, each), getattr(_TwoSays, each)).label(each) for each in CLASSES))
    .add_columns(_One.person_id, _OnePerson.name, _One.side, _One.shows_answering, _OneKey.wrapped)
    .add_columns(_Two.person_id, _TwoPerson.name, _Two.side, _Two.shows_answering, _TwoKey.wrapped)
    .join(_OnePerson, _OnePerson.id == _One.person_id)
    .join(_TwoPerson, _TwoPerson.id == _Two.person_id)
    .join(_OneKey, _OneKey.person_id == _One.person_id)
    .join(_TwoKey, _TwoKey.person_id == _Two.person_id)
    .order_by(func.lower(_OnePerson.name), Guest.id)
)
_DOOR = _DOORS.where(Guest.couple_id == bindparam("couple"))
_ONE_AT, _TWO_AT = 8, 13
"""Where in a row each partner begins."""


def caseload_of(visitor: Visitor) -> list[Opened]:
    """All couples whose door is open to this therapist, by name. One statement."""
    return [_opened(row) for row in rows_of(_DOORS, therapist=visitor.person_id, kind="")]


def couple_of_therapist(visitor: Visitor, couple_id: str, *, kind: str = "") -> Opened:
    """The couple with this id, if its door is open to this therapist. One statement. Raises NotFound."""
    rows = rows_of(_DOOR, therapist=visitor.person_id, couple=couple_id, kind=kind)
    if not rows:
        raise NotFound
    return _opened(rows[0])


def visits_of(pair: Pair, *, most: int = 200) -> list[tuple[str, str, datetime]]:
    """(therapist, kind, when) of each visit to this couple, the newest first. One statement."""
    rows = db.session.execute(
        select(Person.name, Visit.kind, Visit.began_at)
        .join(Guest, Guest.id == Visit.guest_id)
        .join(Person, Person.id == Guest.therapist_id)
        .where(Guest.couple_id == pair.couple_id)
        .order_by(Visit.began_at.desc(), Visit.id)
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def ended_of(visitor: Visitor) -> list[Shut]:
    """The doors that were open to this therapist and are not any more, the last one first. One statement."""
    rows: Iterable[Any] = db.session.execute(
        select(Guest.opened_at, Guest.ended_at, Couple.ended_at, Couple.zone)
        .join(Couple, Couple.id == Guest.couple_id)
        .where(Guest.therapist_id == visitor.person_id, Guest.opened_at.is_not(None))
        .where(Guest.ended_at.is_not(None) | Couple.ended_at.is_not(None))
    ).all()
    shut = [
        Shut(day_of(opened, zone), day_of(min(filter(None, (ended, couple_ended))), zone))
        for opened, ended, couple_ended, zone in rows
    ]
    return sorted(shut, key=lambda each: (each.until, each.since), reverse=True)


def was_open(visitor: Visitor, couple_id: str) -> bool:
    """Whether the door of the couple with this id was open to this therapist once, and is not now. Two statements."""
    if rows_of(_DOOR, therapist=visitor.person_id, couple=couple_id, kind=""):
        return False
    before = select(Guest.id).where(Guest.therapist_id == visitor.person_id, Guest.couple_id == couple_id)
    return db.session.scalar(before.where(Guest.opened_at.is_not(None)).limit(1)) is not None


def end_access(visitor: Visitor, couple_id: str, *, now: datetime) -> None:
    """Be this couple's guest no longer. Raises NotFound."""
    guest = db.session.get_one(Guest, couple_of_therapist(visitor, couple_id).guest_id)
    lock(guest)
    guest.ended_at = guest.ended_at or now
    doors_changed.tell(couple_id, visitor.person_id, now)


def note_visit(door: Opened, kind: str, *, now: datetime) -> None:
    """Keep for the couple that their therapist looked at a kind of page: once in half an hour; each export."""
    lock(db.session.get_one(Guest, door.guest_id))
    same = select(func.max(Visit.began_at)).where(Visit.guest_id == door.guest_id, Visit.kind == kind)
    last = db.session.scalar(same)
    if kind == EXPORT or last is None or last + VISIT <= now:
        db.session.add(Visit(guest_id=door.guest_id, kind=kind, began_at=now))


def visit_due(door: Opened, kind: str, *, now: datetime) -> bool:
    """Whether a look at this moment is a visit of its own."""
    return kind == EXPORT or door.visited_at is None or door.visited_at + VISIT <= now


def _opened(row: Any) -> Opened:
    guest_id, couple_id, zone, opened_at, visited_at, *given = row[:_ONE_AT]
    one, two = Partner(*row[_ONE_AT:_TWO_AT]), Partner(*row[_TWO_AT:])
    classes = {COMPLETION} | {each for each, yes in zip(CLASSES, given, strict=True) if yes}
    couple = OpenCouple(couple_id, zone, (one, two), day_of(opened_at, zone))
    return Opened(couple, frozenset(classes), guest_id, visited_at)
