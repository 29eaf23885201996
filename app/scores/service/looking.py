"""A person's own weeks, for that person alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import select

from app.core.db import db
from app.couples.service import Pair
from app.scores.attunement import Pull, Score, Spot, change, pulls, score, spot
from app.scores.formula import CURRENT, FORMULAS, Formula
from app.scores.levels import Ratings, State, beginning, learned, unpacked, waited
from app.scores.models import WeeklyScore
from app.scores.service.keeping import ends_of, monday_of

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """One week of one person. In one that is not `settled`, a late or coming rating still counts."""

    week: date
    """Its Monday."""
    ratings: Ratings
    """How many ratings of each part, and their sums, 0 to 100."""
    formula: Formula
    over: bool
    settled: bool
    change: str
    """Over four weeks: up, steady, down or too_early, as in attunement."""
    before: State = field(repr=False)
    after: State = field(repr=False)

    @cached_property
    def score(self) -> Score:
        """Level, band and parts, or what is missing."""
        return score(self.after, self.ratings, self.formula)

    @cached_property
    def pulls(self) -> tuple[Pull, ...]:
        """What moved the level since the week before, part by part; they add up."""
        return pulls(self.before, self.after, self.ratings, self.formula)

    @property
    def begun(self) -> bool:
        """Whether anything had been rated by the end of it, in this week or before."""
        return self.after != beginning(self.formula)

    @property
    def rated(self) -> bool:
        """Whether anything was rated at all: a week off has a level too, that of the week before, less surely."""
        return any(self.ratings.counts)


def weeks_of(pair: Pair, *, now: datetime, until: date | None = None) -> list[Week]:
    """My weeks in this couple, oldest first, none left out, from the first that I rated to the running one.

    The running week is always there. With `until`, a Monday: up to that week. One statement. Made of my own ratings
    alone, those in responses that are still sealed among them: never to be shown to anybody else.
    """
    last = min(until or date.max, monday_of(pair.today(now)))
    rows = db.session.scalars(
        select(WeeklyScore)
        .where(WeeklyScore.couple_id == pair.couple_id, WeeklyScore.person_id == pair.me.id, WeeklyScore.week <= last)
        .order_by(WeeklyScore.week)
    ).all()
    return follow(rows, Line(pair.zone, last), now=now)


def weeks_until(pair: Pair, week: date, *, now: datetime) -> list[Week]:
    """The same up to my week with this Monday; none before the first that I rated, and for one that has not begun."""
    weeks = weeks_of(pair, now=now, until=week)
    shown = weeks[-1].begun or week == monday_of(pair.today(now))
    return weeks if weeks[-1].week == week and shown else []


@dataclass(frozen=True)
class Line:
    """Which weeks are wanted of a person: up to the Monday `last`, for a couple in `zone`.

    With `open_only` they are worked out anew from what the partner could read; without, as they were closed.
    """

    zone: str
    last: date
    open_only: bool = False


def follow(rows: Sequence[WeeklyScore], line: Line, *, now: datetime) -> list[Week]:
    """The weeks of one person from their rows, in order, with those in between that have none."""
    known = {row.week: row for row in rows}
    weeks: list[Week] = []
    spots: list[Spot] = []
    state: State | None = None
    for monday in _mondays(min(known, default=line.last), line.last):
        row = known.get(monday)
        formula = FORMULAS[row.formula] if row and row.formula else CURRENT
        before = beginning(formula) if state is None else waited(state, 1, formula)
        rated = Ratings() if row is None else row.open_ratings if line.open_only else row.ratings
        if row and row.scored_at and row.state and not line.open_only:
            state = unpacked(row.state)
        else:
            state = learned(before, rated, formula)
        spots.append(spot(state, formula))
        ends, closes = (row.ends_at, row.closes_at) if row else ends_of(monday, line.zone)
        weeks.append(Week(monday, rated, formula, ends <= now, closes <= now, change(spots, formula), before, state))
    return weeks


def _mondays(first: date, last: date) -> Iterable[date]:
    while first <= last:
        yield first
        first += WEEK
