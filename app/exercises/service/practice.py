"""How much of what was given was done, and what each guessed of the other, in plain numbers."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, case, func, or_, select

from app.core.db import db
from app.couples.service import Pair
from app.exercises.mirroring import ROUNDS, UNDERSTAND
from app.exercises.models import CHECK_IN, Prompt, Turn
from app.exercises.service.looking import ME, YOU, Mine, Theirs, who
from app.exercises.service.prompts import plan_of
from app.guided.service import closed_between

_both = (
    and_(Mine.prompt_id == Prompt.id, Mine.author_id == ME),
    and_(Theirs.prompt_id == Prompt.id, Theirs.author_id == YOU),
)
_last_words = and_(Turn.kind == UNDERSTAND, Turn.round == ROUNDS)
"""The turn with which a mirroring is done, by both."""
_heard_out = select(Turn.number).where(Turn.prompt_id == Prompt.id, _last_words).correlate(Prompt).exists()
_mine = or_(Mine.submitted_at.is_not(None), _heard_out)
_together = or_(and_(Mine.submitted_at.is_not(None), Theirs.submitted_at.is_not(None)), _heard_out)
_DONE: Select[Any] = (
    select(
        func.coalesce(func.sum(case((_mine, 1), else_=0)), 0),
        func.coalesce(func.sum(case((_together, 1), else_=0)), 0),
        closed_between(bindparam("couple"), bindparam("first"), bindparam("last")),
    )
    .select_from(Prompt)
    .outerjoin(Mine, _both[0])
    .outerjoin(Theirs, _both[1])
    .where(
        Prompt.couple_id == bindparam("couple"),
        Prompt.set_aside_at.is_(None),
        Prompt.day >= bindparam("first"),
        Prompt.day <= bindparam("last"),
    )
)
_GUESSES: Select[Any] = (
    select(Mine.ratings, Theirs.ratings)
    .select_from(Prompt)
    .join(Mine, _both[0])
    .join(Theirs, _both[1])
    .where(Prompt.couple_id == bindparam("couple"), Prompt.exercise == CHECK_IN)
    .order_by(Prompt.day.desc(), Prompt.take.desc())
    .limit(bindparam("most", type_=Integer))
)


def done_of(pair: Pair, first: date, last: date, *, now: datetime) -> tuple[int, int, int]:
    """(what the plan has for these days so far, how much of it I did, how much both did). Two statements.

    The plan as it is now, and not the prompts that are there: these also tell on which days the partner has looked in.
    Of what the partner alone did nothing is told; what both did, both know. A longer exercise that both have closed
    counts as one more that was given and done.
    """
    today = pair.today(now)
    # Who has moved west since the first day may be on the day before it.
    first, last = max(first, min(pair.since, today)), min(last, today)
    plan = plan_of(pair.couple_id)
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    planned = sum(day.isoweekday() in weekdays for weekdays in plan.values() for day in days)
    mine, both, longer = map(int, db.session.execute(_DONE, {**who(pair), "first": first, "last": last}).one())
    return max(planned, mine) + longer, mine + longer, both + longer


def guesses_of(pair: Pair, most: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """My guesses of mood and stress, each with what the other rated, oldest first: the newest `most` that are open."""
    rows = db.session.execute(_GUESSES, {**who(pair), "most": most}).all()
    return [
        ((mine["guess_mood"], mine["guess_stress"]), (theirs["mood"], theirs["stress"]))
        for mine, theirs in reversed(rows)
        if "guess_mood" in mine
    ]
