"""What was done of homework, and what the two said of its days, for many couples at once."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import select

from app.core.db import db
from app.exercises import service as exercises
from app.therapist.days import WEEK, done_on, states_of
from app.therapist.models import Homework, HomeworkDay
from app.therapist.service.longer import closed_of

Did = dict[tuple[str, str, str], list[date]]
"""(couple, person, exercise) → the days they did it: of a short one the days it was for, of a longer one those they
closed it on, once for each time."""


def did_of(couple_ids: Collection[str], first: date, last: date) -> Did:
    """What was done from `first` to `last`, of every exercise. Three statements, however many couples."""
    short = {who: sorted(days) for who, days in exercises.did_of(couple_ids, first, last).items()}
    return {**short, **closed_of(couple_ids, first - WEEK, last + WEEK)}


def did_for(homework: Iterable[Homework], first: date, last: date) -> dict[tuple[str, str], dict[date, date]]:
    """(homework, person) → its days from `first` to `last` that they did, with the day on which. Three statements."""
    rows = list(homework)
    did, found = did_of({row.couple_id for row in rows}, first, last), {}
    for row in rows:
        days = list(row.schedule.days(first, last))
        for (couple_id, person_id, exercise), done in did.items():
            if (couple_id, exercise) == (row.couple_id, row.exercise):
                found[row.id, person_id] = done_on(row.schedule, days, done)
    return found


def states_for(
    row: Homework, person_id: str, span: tuple[date, date], *, today: date, did: Did, said: "Said"
) -> dict[date, str]:
    """Day → what it is for one of the two, over a time, out of what was asked for many."""
    skipped = {
        day for (homework_id, who, day), each in said.items() if (homework_id, who) == (row.id, person_id)
        and each.skipped_at is not None
    }  # fmt: skip
    done = did.get((row.couple_id, person_id, row.exercise), [])
    return states_of(row.schedule, *span, today=today, did=done, skipped=skipped)


Said = dict[tuple[str, str, date], HomeworkDay]
"""(homework, person, day) → what they said of it."""


def days_said(couple_ids: Collection[str], first: date, last: date) -> Said:
    """What was said of the days from `first` to `last`. One statement."""
    rows = select(HomeworkDay).join(Homework, Homework.id == HomeworkDay.homework_id)
    there = rows.where(Homework.couple_id.in_(couple_ids), HomeworkDay.day >= first, HomeworkDay.day <= last)
    return {(row.homework_id, row.person_id, row.day): row for row in db.session.scalars(there)}
