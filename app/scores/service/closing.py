"""Closing weeks that are over: from the state after the week before and the sums of this one, nothing else is read."""

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, and_, bindparam, func, select, text
from sqlalchemy.orm import aliased

from app.core.db import Instant, db
from app.scores.attunement import spot
from app.scores.formula import CURRENT, NINETY, Formula
from app.scores.levels import State, after_week, unpacked
from app.scores.models import WeeklyScore, ratings_of

BATCH = 1_000

_Before, _Earlier = aliased(WeeklyScore), aliased(WeeklyScore)
_last_week = (
    select(func.max(_Earlier.week))
    .where(
        _Earlier.couple_id == WeeklyScore.couple_id,
        _Earlier.person_id == WeeklyScore.person_id,
        _Earlier.week < WeeklyScore.week,
    )
    .correlate(WeeklyScore)
    .scalar_subquery()
)
_PLACE = (WeeklyScore.couple_id, WeeklyScore.person_id, WeeklyScore.week)
_RATED = (
    WeeklyScore.felt_count, WeeklyScore.felt_sum, WeeklyScore.heard_count, WeeklyScore.heard_sum,
    WeeklyScore.appreciated_count, WeeklyScore.appreciated_sum, WeeklyScore.known_count, WeeklyScore.known_sum,
)  # fmt: skip
_OVER = (
    select(*_PLACE, *_RATED, WeeklyScore.ends_at, _Before.week.label("before"), _Before.state.label("known"))
    .outerjoin(
        _Before,
        and_(
            _Before.couple_id == WeeklyScore.couple_id,
            _Before.person_id == WeeklyScore.person_id,
            _Before.week == _last_week,
        ),
    )
    .where(WeeklyScore.scored_at.is_(None), WeeklyScore.ends_at <= bindparam("now"))
    # Oldest first, so that each week finds the one before it done.
    .order_by(WeeklyScore.ends_at, WeeklyScore.couple_id, WeeklyScore.person_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=WeeklyScore)
)
# Plain, since it runs for everybody at the same hour: the expression language costs more than the arithmetic.
_SCORED = text(
    "UPDATE weekly_scores"
    " SET scored_at = :scored_at, formula = :formula, level = :level, band = :band, state = :state"
    " WHERE couple_id = :couple AND person_id = :person AND week = :week"
).bindparams(bindparam("scored_at", type_=Instant()), bindparam("week", type_=Date()))


Ready = tuple[str, date, datetime]
"""A person, the Monday of a week of theirs, and when that week was over."""


def close_weeks(*, now: datetime, most: int = BATCH, tell: Callable[[list[Ready]], None] = lambda _ready: None) -> int:
    """Work out up to `most` weeks that are over and not yet worked out, the oldest first. How many it were.

    `tell` is handed those that now have a number.
    Costs one reading and one writing statement, and memory for `most` rows, however long anybody's history is.
    """
    connection = db.session.connection()
    rows = connection.execute(_OVER, {"now": now, "most": most}).all()
    states: dict[tuple[str, str], tuple[date, State]] = {}
    done = []
    ready: list[Ready] = []
    for couple, person, week, *sums, ends_at, before, known in rows:
        # Of two weeks of one person in the same batch, the later finds the earlier here.
        last = states.get((couple, person)) or (known and (before, unpacked(known)))
        if before and not last:
            # Somebody else is at the week before just now: this one comes next time.
            continue
        state = after(last or None, week, sums)
        states[couple, person] = week, state
        done.append({"couple": couple, "person": person, "week": week, **results(state, now=now)})
        if done[-1]["level"] is not None:
            ready.append((person, week, ends_at))
    if done:
        connection.execute(_SCORED, done)
        db.session.expire_all()
        tell(ready)
    return len(done)


def results(state: State, formula: Formula = CURRENT, *, now: datetime) -> dict[str, Any]:
    """What a closed week keeps, by column."""
    here = spot(state, formula)
    return {
        "scored_at": now,
        "formula": formula.version,
        "level": here.level if here.told else None,
        "band": NINETY * math.sqrt(here.variance) if here.told else None,
        "state": state.packed(),
    }


def after(last: tuple[date, State] | None, week: date, sums: Sequence[int], formula: Formula = CURRENT) -> State:
    """The state after a week, from that after the last one before it that was rated, and the columns of its sums."""
    if last is None:
        return after_week(None, ratings_of(*sums), formula)
    before, state = last
    return after_week(state, ratings_of(*sums), formula, weeks=(week - before).days // 7)
