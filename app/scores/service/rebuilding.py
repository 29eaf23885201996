"""All weeks anew, from the responses: the same rows as came one rating at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from app.core.db import db
from app.couples.models import Couple
from app.exercises.service import ratings_of
from app.scores.formula import CURRENT, FORMULAS
from app.scores.levels import State
from app.scores.models import WeeklyScore
from app.scores.service.closing import after, results
from app.scores.service.keeping import SUMS, Key, Sums, ends_of, monday_of, sums_of

BATCH = 50
"""Couples of one transaction."""


def couples_to_rebuild() -> int:
    """How many there are."""
    return db.session.scalar(select(func.count()).select_from(Couple)) or 0


def rebuild(after_id: str, *, now: datetime, most: int = BATCH) -> tuple[str, int]:
    """Work out all weeks of the next couples anew: (the last one's id, how many there were; 0 at the end).

    `after_id`: the id that the batch before came to, "" at first. A week keeps the formula that it was closed with. One
    in which a rating was changed after it had closed keeps its sums, too: the responses no longer tell what it was.
    """
    following = select(Couple).where(Couple.id > after_id).order_by(Couple.id).limit(most).with_for_update()
    couples = db.session.scalars(following).all()
    if couples:
        _Couples(couples, now).rebuild()
    return (couples[-1].id if couples else after_id), len(couples)


class _Couples:
    """Some couples, held, with their rows as they are."""

    def __init__(self, couples: Sequence[Couple], now: datetime) -> None:
        self._now = now
        self._couples = {couple.id: couple for couple in couples}
        rows = db.session.scalars(
            select(WeeklyScore)
            .where(WeeklyScore.couple_id.in_(self._couples))
            .order_by(WeeklyScore.couple_id, WeeklyScore.person_id, WeeklyScore.week)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        self._rows: dict[Key, WeeklyScore] = {(row.couple_id, row.person_id, row.week): row for row in rows}
        self._closing: dict[tuple[str, date], datetime] = {}
        for row in self._rows.values():
            place = row.couple_id, row.week
            self._closing[place] = min(row.closes_at, self._closing.get(place, row.closes_at))

    def rebuild(self) -> None:
        found = sums_of(ratings_of(self._couples, until=self._until))
        people: dict[tuple[str, str], list[WeeklyScore]] = defaultdict(list)
        for key in sorted(self._rows.keys() | found.keys()):
            row = self._row(key, found.get(key, {}))
            if row is not None:
                people[key[:2]].append(row)
        for rows in people.values():
            self._score(rows)
        db.session.flush()

    def _until(self, couple_id: str, day: date) -> datetime:
        week = monday_of(day)
        return self._closing.get((couple_id, week)) or ends_of(week, self._couples[couple_id].zone)[1]

    def _row(self, key: Key, sums: Sums) -> WeeklyScore | None:
        """The row of a person's week with its sums, None where nothing is left of it."""
        row = self._rows.get(key)
        if row is not None and row.kept_at:
            return row
        if not sums:
            if row is not None:
                db.session.delete(row)
            return None
        couple_id, person_id, week = key
        if row is None:
            ends, closes = ends_of(week, self._couples[couple_id].zone)
            row = WeeklyScore(couple_id=couple_id, person_id=person_id, week=week, ends_at=ends, closes_at=closes)
            row.kept_at = row.scored_at = row.formula = None
            db.session.add(row)
        # Where the couple has ended, the other may be gone with all they gave: what was open then stays as it was.
        settled = self._couples[couple_id].ended_at is not None and key in self._rows
        for name in SUMS:
            if not (settled and name.startswith("open_")):
                setattr(row, name, sums.get(name, 0))
        return row

    def _score(self, rows: Iterable[WeeklyScore]) -> None:
        """Work out one person's weeks that are over."""
        last: tuple[date, State] | None = None
        for row in rows:
            if row.ends_at > self._now:
                row.scored_at = row.formula = row.level = row.band = row.state = None
                continue
            formula = FORMULAS[row.formula or CURRENT.version]
            columns = [getattr(row, name) for name in SUMS[:8]]
            last = row.week, after(last, row.week, columns, formula)
            for name, value in results(last[1], formula, now=row.scored_at or self._now).items():
                setattr(row, name, value)
