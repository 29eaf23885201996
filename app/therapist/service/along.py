"""What homework has for the couple's day, told to the exercises: asked for many, or along with whoever looks."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select

from app.accounts.models import Person
from app.accounts.service import LATELY
from app.core.db import db
from app.core.gathered import gathered, rows_in
from app.couples.models import Membership
from app.couples.service import Pair
from app.exercises.service import Besides, Span
from app.therapist.days import Schedule, done_on
from app.therapist.models import Homework, HomeworkDay, schedule_of
from app.therapist.service.doing import days_said
from app.therapist.service.longer import closed_lately, closed_of
from app.therapist.service.names import name_of
from app.therapist.service.standing import in_force

_SKIPPED, _RATED = "skipped", "rated"

AHEAD = timedelta(days=31)
"""How far ahead a longer exercise, which may be done by a date, is told of."""


@dataclass(frozen=True, slots=True)
class Given:
    """One row of homework, as far as the day needs it. `by` is the name of the therapist."""

    id: str
    exercise: str
    schedule: Schedule
    by: str


def homework_along() -> ColumnElement[str | None]:
    """All homework of the couple that whoever looks is in, in force and not long over, as one text."""
    therapist = Person.__table__.alias("giver")
    cells = (
        Homework.id, Homework.exercise, cast(Homework.weekdays, String), cast(Homework.first, String),
        func.coalesce(cast(Homework.last, String), ""), func.coalesce(Homework.whom, ""),
        cast(Homework.dates, String), cast(Homework.pauses, String), therapist.c.name,
    )  # fmt: skip
    here = and_(Membership.couple_id == Homework.couple_id, Membership.left_at.is_(None))
    rows = (
        select(gathered(*cells))
        .select_from(Homework)
        .join(Membership, here)
        .join(therapist, therapist.c.id == Homework.therapist_id)
        .where(Membership.person_id == Person.id, _lately(), in_force())
    )
    return rows.correlate(Person).scalar_subquery()


def said_along() -> ColumnElement[str | None]:
    """What whoever looks has said of days of homework lately, as one text."""
    what = case((HomeworkDay.skipped_at.is_not(None), _SKIPPED), else_=_RATED)
    told = or_(HomeworkDay.skipped_at.is_not(None), HomeworkDay.went.is_not(None))
    rows = select(gathered(HomeworkDay.homework_id, cast(HomeworkDay.day, String), what)).select_from(HomeworkDay)
    mine = rows.where(HomeworkDay.person_id == Person.id, HomeworkDay.day >= LATELY, told)
    return mine.correlate(Person).scalar_subquery()


ALONG = {"homework": homework_along, "homework_said": said_along, "homework_closed": closed_lately}
"""The facts that come along, by name."""


def at_hand(pair: Pair, facts: Mapping[str, Any], span: Span) -> list[Besides]:
    """What the couple of whoever looks has been given for these days, out of the facts that came along."""
    given = _read(facts.get("homework"))
    said = {(ident, date.fromisoformat(day)): what for ident, day, what in rows_in(facts.get("homework_said"))}
    closed: dict[str, list[date]] = {}
    for exercise, day in rows_in(facts.get("homework_closed")):
        closed.setdefault(exercise, []).append(date.fromisoformat(day))
    me = pair.me.id

    def mine(each: Besides, what: str) -> frozenset[str]:
        return frozenset({me} if said.get((each.id, each.day)) == what else ())

    return [
        replace(each, skipped=mine(each, _SKIPPED), rated=mine(each, _RATED))
        for row in given
        for each in _of(row, span, {me: closed.get(row.exercise, [])})
    ]


def given_to(couples: Mapping[str, Span]) -> dict[str, list[Besides]]:
    """The same for many couples, each with its days. Three statements."""
    first, last = min(span[0] for span in couples.values()), max(span[1] for span in couples.values())
    rows = _asked(couples, first)
    found: dict[str, list[Besides]] = {couple_id: [] for couple_id in couples}
    if not rows:
        return found
    said = days_said({couple_id for couple_id, _ in rows}, first, last + AHEAD)
    longer = {couple_id for couple_id, row in rows if row.schedule.longer}
    closed = closed_of(longer, first - AHEAD, last + AHEAD) if longer else {}
    for couple_id, row in rows:
        by_person = {
            person: days for (couple, person, exercise), days in closed.items()
            if (couple, exercise) == (couple_id, row.exercise)
        }  # fmt: skip
        for each in _of(row, couples[couple_id], by_person):
            told = {person: day for (ident, person, at), day in said.items() if (ident, at) == (row.id, each.day)}
            skipped = frozenset(person for person, day in told.items() if day.skipped_at is not None)
            rated = frozenset(person for person, day in told.items() if day.went is not None)
            found[couple_id].append(replace(each, skipped=skipped, rated=rated))
    return found


def _of(row: Given, span: Span, closed: Mapping[str, Collection[date]]) -> list[Besides]:
    """What one row has for these days; of a longer exercise, the next time that is not done while its time runs."""
    shared: dict[str, Any] = {"id": row.id, "exercise": row.exercise, "by": row.by, "whom": row.schedule.whom}
    shared["name"] = name_of(row.exercise)
    if not row.schedule.longer:
        return [Besides(day=day, path=path_of(row.id, day), **shared) for day in row.schedule.days(*span)]
    today = span[1]
    days = list(row.schedule.days(today - AHEAD, today + AHEAD))
    on = [day for day in days if row.schedule.window(day)[0] <= today <= row.schedule.window(day)[1]]
    done = {person: done_on(row.schedule, days, each) for person, each in closed.items()}
    everybody = [day for day in on if not (done and all(day in each for each in done.values()))]
    return [
        Besides(
            day=day,
            longer=True,
            until=row.schedule.window(day)[1],
            path=path_of(row.id, day),
            done=frozenset(person for person, each in done.items() if day in each),
            **shared,
        )
        for day in everybody[:1]
    ]


def path_of(homework_id: str, day: date) -> str:
    """Where a partner finds one day of homework."""
    return f"/homework/{homework_id}/{day.isoformat()}"


def _asked(couple_ids: Collection[str], first: date) -> list[tuple[str, Given]]:
    columns = (
        Homework.couple_id, Homework.id, Homework.exercise, Homework.first, Homework.last, Homework.weekdays,
        Homework.dates, Homework.pauses, Homework.whom, Person.name,
    )  # fmt: skip
    asked = select(*columns).join(Person, Person.id == Homework.therapist_id)
    open_still = or_(Homework.last.is_(None), Homework.last >= first)
    there = db.session.execute(asked.where(Homework.couple_id.in_(couple_ids), open_still, in_force()))
    return [
        (couple_id, Given(ident, exercise, schedule_of(exercise, *schedule), name))
        for couple_id, ident, exercise, *schedule, name in there
    ]


def _lately() -> ColumnElement[bool]:
    return or_(Homework.last.is_(None), Homework.last >= LATELY)


def _read(text: str | None) -> list[Given]:
    found = []
    for ident, exercise, weekdays, first, last, whom, dates, pauses, by in rows_in(text):
        begins, ends = date.fromisoformat(first), date.fromisoformat(last) if last else None
        lists = json.loads(dates), json.loads(pauses)
        schedule = schedule_of(exercise, begins, ends, int(weekdays), *lists, whom or None)
        found.append(Given(ident, exercise, schedule, by))
    return found
