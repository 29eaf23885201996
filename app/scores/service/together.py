"""What both look at together, while both want to: made of nothing that either could not read already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from app.accounts.service import person_by_id
from app.core.db import db, lock
from app.couples.service import Pair
from app.scores.attunement import Score
from app.scores.models import Opening, WeeklyScore
from app.scores.service.looking import Line, Week, follow

APART, APART_FOR = 20.0, 2
"""Points between the two, and for how many weeks, that are worth a talk."""


@dataclass(frozen=True)
class WeekTogether:
    """A closed week of both. `gap` is how many points lie between the two, None while either is too early to say."""

    week: date
    mine: Score
    yours: Score

    @property
    def gap(self) -> float | None:
        """Never negative: how far, and not who."""
        if self.mine.level is None or self.yours.level is None:
            return None
        return abs(self.mine.level - self.yours.level)


@dataclass(frozen=True)
class Together:
    """The closed weeks of both, oldest first."""

    weeks: tuple[WeekTogether, ...]

    @property
    def apart(self) -> bool:
        """Whether the two have been living the last two weeks differently."""
        latest = self.weeks[-APART_FOR:]
        return len(latest) == APART_FOR and all(each.gap is not None and each.gap >= APART for each in latest)


def open_weeks(pair: Pair, *, now: datetime) -> None:
    """Open my weeks to my partner, all of them, for as long as both want it."""
    lock(person_by_id(pair.me.id))
    if opened_at(pair) is None:
        db.session.add(Opening(couple_id=pair.couple_id, person_id=pair.me.id, opened_at=now))


def shut_weeks(pair: Pair) -> None:
    """Shut them again, at once and for both. Nothing is left that says so."""
    db.session.execute(delete(Opening).where(Opening.couple_id == pair.couple_id, Opening.person_id == pair.me.id))


def opened_at(pair: Pair) -> datetime | None:
    """Since when my weeks are open from my side, None while they are not. Says nothing of the partner."""
    found = db.session.get(Opening, (pair.couple_id, pair.me.id))
    return found.opened_at if found else None


def together(pair: Pair, *, now: datetime) -> Together | None:
    """The weeks of both, None unless both have opened theirs. Two statements.

    Worked out anew from what both could read when each week closed: check-ins that were open, marks, verdicts. So my
    line here can differ from my own page, where my sealed check-ins count, too; and no sealed answer can be worked out
    from it. Only closed weeks are here, so that nobody follows the other from day to day.
    """
    opened = db.session.scalars(select(Opening.person_id).where(Opening.couple_id == pair.couple_id)).all()
    if pair.you is None or not {pair.me.id, pair.you.id} <= set(opened):
        return None
    query = select(WeeklyScore).where(WeeklyScore.couple_id == pair.couple_id, WeeklyScore.closes_at <= now)
    found = db.session.scalars(query.order_by(WeeklyScore.week))
    # A week in which all was sealed is a week off here: not even that it is there may show.
    rows = [row for row in found if any(row.open_ratings.counts)]
    if not rows:
        return Together(())
    line = Line(pair.zone, rows[-1].week, open_only=True)
    mine, yours = (_weeks(who.id, rows, line, now) for who in (pair.me, pair.you))
    both = sorted(mine.keys() & yours.keys())
    return Together(tuple(WeekTogether(week, mine[week].score, yours[week].score) for week in both))


def _weeks(person_id: str, rows: Sequence[WeeklyScore], line: Line, now: datetime) -> dict[date, Week]:
    """One's weeks by their Mondays, to the last week that either has."""
    own = [row for row in rows if row.person_id == person_id]
    return {each.week: each for each in follow(own, line, now=now)} if own else {}
