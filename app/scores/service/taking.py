"""All weeks that somebody has, in whatever couple, to take along. Their own alone."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, select

from app.core.db import db
from app.couples.models import Couple, Membership
from app.couples.service import day_of
from app.scores.attunement import Score
from app.scores.models import Opening, WeeklyScore
from app.scores.service.keeping import ends_of, monday_of
from app.scores.service.looking import Line, Week, follow

DIGITS = 4
"""More than mean anything, so that who works a week out anew sees that it is the same."""

Closings = Mapping[tuple[str, date], datetime]
Level = tuple[str, float | None, float | None, float | None, int, float | None]


def all_weeks_of(person_id: str, *, now: datetime) -> dict[str, list[Week]]:
    """Somebody's weeks by couple, oldest first, none left out: up to the running one, or to the last before it ended.

    One statement. As `weeks_of`, never to be shown to anybody else.
    """
    here = and_(Membership.couple_id == WeeklyScore.couple_id, Membership.person_id == WeeklyScore.person_id)
    rows = db.session.execute(
        select(WeeklyScore, Couple.zone, Membership.left_at)
        .join(Couple, Couple.id == WeeklyScore.couple_id)
        .join(Membership, here)
        .where(WeeklyScore.person_id == person_id)
        .order_by(WeeklyScore.couple_id, WeeklyScore.week)
    ).all()
    found = {}
    for couple_id, group in groupby(rows, key=lambda row: row[0].couple_id):
        own = list(group)
        weeks, (_, zone, left_at) = [row[0] for row in own], own[-1]
        last = weeks[-1].week if left_at else max(weeks[-1].week, monday_of(day_of(now, zone)))
        found[couple_id] = follow(weeks, Line(zone, last), now=now)
    return found


def closings_of(person_id: str) -> Closings:
    """(couple, Monday) → from when on nothing counts any more that was given for a day of that week. One statement."""
    query = select(WeeklyScore.couple_id, WeeklyScore.week, WeeklyScore.closes_at)
    rows = db.session.execute(query.where(WeeklyScore.person_id == person_id))
    return {(row.couple_id, row.week): row.closes_at for row in rows}


def in_time(closings: Closings, couple_id: str, zone: str, day: date, at: datetime) -> bool:
    """Whether what was given at an instant for a day still counted for its week."""
    week = monday_of(day)
    return at < (closings.get((couple_id, week)) or ends_of(week, zone)[1])


def taken_along(person_id: str, numbers: Mapping[str, int], *, now: datetime) -> dict[str, Any]:
    """Somebody's weeks in plain values, and since when they are open from their side. `numbers`: those of couples."""
    here = and_(Membership.couple_id == Opening.couple_id, Membership.person_id == Opening.person_id)
    mine = select(Opening.opened_at).join(Membership, here).where(Opening.person_id == person_id)
    opened = db.session.scalar(mine.where(Membership.left_at.is_(None)))
    weeks = all_weeks_of(person_id, now=now)
    return {
        "open_since": opened.isoformat(timespec="seconds") if opened else None,
        "weeks": [
            {"couple": numbers[couple], **_plain(week)}
            for couple in sorted(weeks, key=numbers.__getitem__)
            for week in weeks[couple]
        ],
    }


def levels_of(score: Score) -> list[Level]:
    """The whole, named attunement, then each part: (name, level, low, high, ratings, their mean)."""
    counts = sum(part.count for part in score.parts)
    found: list[Level] = [("attunement", _short(score.level), _short(score.low), _short(score.high), counts, None)]
    for part in score.parts:
        level, band = part.level, part.band
        low = max(level - band, 0.0) if level is not None and band is not None else None
        high = min(level + band, 100.0) if level is not None and band is not None else None
        found.append((part.name, _short(level), _short(low), _short(high), part.count, _short(part.mean)))
    return found


def _plain(week: Week) -> dict[str, Any]:
    names = ("name", "level", "low", "high", "ratings", "mean")
    return {
        "week": week.week.isoformat(),
        "over": week.over,
        "settled": week.settled,
        "formula": week.formula.version,
        "change": week.change,
        "levels": [dict(zip(names, each, strict=True)) for each in levels_of(week.score)],
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
