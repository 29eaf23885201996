"""A planned occasion rings once, at its time, for both; and every page knows what is ahead of who looks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

from sqlalchemy import String, case, cast, func, select

from app.accounts.models import Person
from app.core.db import db
from app.couples.models import Couple, Membership
from app.guided.models import Occasion
from app.guided.service.others import guide_for
from app.push import service as push
from app.push.models import OCCASION

LATE = timedelta(hours=3)
"""For how long after its time it is worth ringing."""

_PARTS = (
    Occasion.id,
    Occasion.exercise,
    Occasion.couple_id,
    case((Occasion.begun_at.is_not(None), "begun"), else_=func.coalesce(cast(Occasion.planned_at, String), "")),
    cast(func.count().over(), String),
)
AHEAD: Any = (
    select(reduce(lambda told, part: told + "|" + part, _PARTS))
    .join(Membership, Membership.couple_id == Occasion.couple_id)
    .where(Membership.person_id == Person.id, Membership.left_at.is_(None), Occasion.ended_at.is_(None))
    .order_by(Occasion.begun_at.is_(None), Occasion.planned_at, Occasion.created_at)
    .limit(1)
    .correlate(Person)
    .scalar_subquery()
)
"""What is under way for a person, or else planned next: its id, exercise, couple and time, and how many there are.

To be asked along."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is ahead of two: `at` is None once it has begun. `others`: how many more there are."""

    id: str
    exercise: str
    name: str
    minutes: int
    at: datetime | None
    others: int = 0


def ahead_in(fact: str | None) -> Ahead | None:
    """What AHEAD told of a visitor."""
    ident, exercise, couple_id, at, count = fact.split("|") if fact else ("", "", "", "", "1")
    guide = guide_for(couple_id, exercise) if ident else None
    if guide is None:
        return None
    instant = None if at in {"begun", ""} else datetime.fromisoformat(at)
    if instant is not None and instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return Ahead(ident, exercise, guide.name, guide.minutes, instant, int(count) - 1)


def ring_planned(*, now: datetime, most: int = 200) -> bool:
    """Lay into the outbox what is planned for now, for both. Whether there may be more: then call again."""
    due = (Occasion.planned_at <= now, Occasion.rung_at.is_(None), Occasion.begun_at.is_(None))
    rows = select(Occasion).where(*due).order_by(Occasion.planned_at).limit(most)
    # Held, so that whoever moves it to another time meanwhile is waited for, and no other worker takes it.
    found = db.session.scalars(rows.with_for_update(skip_locked=True)).all()
    for occasion in found:
        occasion.rung_at = now
    people: dict[str, list[str]] = {}
    here = (Membership.couple_id.in_([each.couple_id for each in found]), Membership.left_at.is_(None))
    for couple_id, person_id in db.session.execute(select(Membership.couple_id, Membership.person_id).where(*here)):
        people.setdefault(couple_id, []).append(person_id)
    for occasion in found:
        if occasion.planned_at is not None and now < occasion.planned_at + LATE and occasion.couple_id in people:
            until = occasion.planned_at + LATE
            subject = f"{occasion.id}.{int(occasion.planned_at.timestamp())}"
            push.enqueue_each(people[occasion.couple_id], OCCASION, subject, now=now, until=until)
    db.session.flush()
    return len(found) == most


def planned_for(person_id: str) -> list[tuple[str, datetime]]:
    """(id, when) of what is planned for somebody and has not begun. One statement, where it is on the shelf."""
    parts = (Occasion.id, Occasion.planned_at, Occasion.couple_id, Occasion.exercise)
    rows = select(*parts).join(Membership, Membership.couple_id == Occasion.couple_id)
    here = (Membership.person_id == person_id, Membership.left_at.is_(None), Occasion.begun_at.is_(None))
    found = db.session.execute(rows.where(*here).order_by(Occasion.planned_at))
    return [(ident, at) for ident, at, *which in found if at is not None and guide_for(*which)]


def occasion_of(subject: str) -> str:
    """The id of the occasion that something is told about."""
    return subject.partition(".")[0]


def still_ahead(subjects: Collection[str]) -> set[str]:
    """Those of these subjects that are planned for the same time still, in a couple that there is.

    One statement, and one more for each whose exercise is not on the shelf.
    """
    ids = {occasion_of(subject) for subject in subjects}
    parts = (Occasion.id, Occasion.planned_at, Occasion.couple_id, Occasion.exercise)
    rows = select(*parts).join(Couple, Couple.id == Occasion.couple_id)
    here = (Occasion.id.in_(ids), Occasion.begun_at.is_(None), Couple.ended_at.is_(None))
    planned = {
        f"{ident}.{int(at.timestamp())}"
        for ident, at, *which in db.session.execute(rows.where(*here))
        if at is not None and guide_for(*which)
    }
    return {subject for subject in subjects if subject.rstrip("+") in planned}
