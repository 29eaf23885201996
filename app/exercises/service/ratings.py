"""What partners rated, in plain numbers, for whoever adds it up."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from app.core.db import db
from app.core.news import News
from app.couples.service import Pair
from app.exercises.mirroring import HEARD, MISSING
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING, Mark, Prompt, Response, Turn

FELT = ("understood", "valued", "supported")
"""The ratings of a check-in that are about the partner."""

RATED = frozenset((CHECK_IN, MIRRORING, APPRECIATION, LOVE_MAP))
"""The exercises in which one rates what came from the other."""

rating_changed: News[[Pair, Prompt, datetime]] = News()
"""Something was rated, rated anew, taken back or opened, in a prompt of this couple, now."""

former_erased: News[[Pair]] = News()
"""The one who looks has erased all that they wrote in couples that have ended."""

Until = Callable[[str, date], datetime]
"""From when on nothing counts any more that was given to a couple's prompt of a day."""


@dataclass(frozen=True, slots=True)
class Rated:
    """How one partner rated what came from the other, once. `steps` as chosen: a check-in has the sum of its three.

    `open` is whether the other could read it, too.
    """

    couple_id: str
    person_id: str
    day: date
    exercise: str
    steps: int
    open: bool


def ratings_of(
    couples: Collection[str],
    *,
    until: Until,
    exercises: Collection[str] = RATED,
    first: date = date.min,
    last: date = date.max,
) -> Iterator[Rated]:
    """All that was rated in some couples, from a first day to a last. One statement for each kind of rating."""
    here = (Prompt.couple_id.in_(couples), Prompt.exercise.in_(exercises), Prompt.day >= first, Prompt.day <= last)
    if CHECK_IN in exercises:
        yield from _check_ins(here, until)
    if MIRRORING in exercises:
        yield from _verdicts(here, until)
    if not {APPRECIATION, LOVE_MAP}.isdisjoint(exercises):
        yield from _marks(here, until)


def _check_ins(here: tuple[ColumnElement[bool], ...], until: Until) -> Iterator[Rated]:
    query = _of_prompts(
        Response, here, Response.author_id, Response.ratings, Response.submitted_at, Response.released_at
    )
    query = query.where(Prompt.exercise == CHECK_IN).order_by(Prompt.id)
    for _, of_prompt in groupby(db.session.execute(query), key=lambda row: row.id):
        rows = list(of_prompt)
        end = until(rows[0].couple_id, rows[0].day)
        given = [row for row in rows if row.submitted_at < end]
        for row in given:
            # As Exchange.open_to_both has it, for what opens when both are in, at the end of the time.
            is_open = len(given) == 2 or (row.released_at is not None and row.released_at < end)
            if all(name in row.ratings for name in FELT):
                steps = sum(row.ratings[name] for name in FELT)
                yield Rated(row.couple_id, row.author_id, row.day, CHECK_IN, steps, is_open)


def _verdicts(here: tuple[ColumnElement[bool], ...], until: Until) -> Iterator[Rated]:
    query = _of_prompts(Turn, here, Turn.author_id, Turn.round, Turn.rating, Turn.taken_at)
    query = query.where(Turn.kind.in_((HEARD, MISSING)), Turn.rating.is_not(None)).order_by(Prompt.id, Turn.number)
    for _, tries in groupby(db.session.execute(query), key=lambda row: (row.id, row.round, row.author_id)):
        counted = [row for row in tries if row.taken_at < until(row.couple_id, row.day)]
        # How well it was heard in the end: a try on the way there is not yet the answer.
        if counted:
            row = counted[-1]
            yield Rated(row.couple_id, row.author_id, row.day, MIRRORING, row.rating, open=True)


def _marks(here: tuple[ColumnElement[bool], ...], until: Until) -> Iterator[Rated]:
    query = _of_prompts(Mark, here, Prompt.exercise, Mark.author_id, Mark.value, Mark.marked_at)
    for row in db.session.execute(query):
        if row.marked_at < until(row.couple_id, row.day):
            yield Rated(row.couple_id, row.author_id, row.day, row.exercise, row.value, open=True)


def _of_prompts(table: Any, here: tuple[ColumnElement[bool], ...], *columns: Any) -> Select[Any]:
    return (
        select(Prompt.id, Prompt.couple_id, Prompt.day, *columns)
        .join_from(Prompt, table, table.prompt_id == Prompt.id)
        .where(*here)
    )
