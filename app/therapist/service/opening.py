"""That somebody opened homework and had not done it: the day of the first time, for their therapist and themselves."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.core.db import db
from app.couples.service import Pair
from app.exercises.service import Besides
from app.therapist.days import FILL_IN
from app.therapist.models import Homework, HomeworkDay
from app.therapist.service.saying import day_of_homework
from app.therapist.service.standing import in_force


def unopened(pair: Pair, given: Iterable[Besides], *, now: datetime) -> list[Besides]:
    """Those of them that are asked of me, are still to be done, and have not been opened by me. One statement at most.

    `given` is what the prompt or the occasion that I look at is for; it is in force for whoever came along with it.
    """
    today = pair.today(now)
    mine = [each for each in given if each.is_for(pair.me.id) and today <= (each.until or each.day + FILL_IN)]
    if not mine:
        return []
    opened = select(HomeworkDay.homework_id, HomeworkDay.day).where(
        HomeworkDay.homework_id.in_({each.id for each in mine}),
        HomeworkDay.person_id == pair.me.id,
        HomeworkDay.opened_on.is_not(None),
    )
    known = {(homework_id, day) for homework_id, day in db.session.execute(opened)}
    return [each for each in mine if (each.id, each.day) not in known]


def note_opened(pair: Pair, given: Iterable[Besides], *, now: datetime) -> None:
    """Keep the couple's day on which I opened them, if the therapist's door is open. Again changes nothing."""
    for each in sorted(given, key=lambda one: one.id):
        row = db.session.scalar(
            select(Homework).where(Homework.id == each.id, Homework.couple_id == pair.couple_id, in_force())
        )
        if row is not None:
            kept = day_of_homework(row, pair.me.id, each.day)
            kept.opened_on = kept.opened_on or pair.today(now)
