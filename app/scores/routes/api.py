"""/api/v1: one's own weeks as JSON, made of one's own ratings alone, sealed ones among them: never anybody else's."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.core.api import ADDRESS, Blueprint
from app.core.errors import NotFound
from app.couples.guards import pair_required
from app.couples.service import Pair
from app.scores import schemas, service

bp = Blueprint("scores", __name__, url_prefix=ADDRESS, description="One's own weeks.")

WEEK = {
    "in": "path",
    "name": "week",
    "description": "By ISO 8601, such as 2026-W46.",
    "schema": {"type": "string", "pattern": schemas.ISO_WEEK},
    "example": "2026-W46",
}


@bp.shows("/weeks", schemas.Weeks)
@pair_required
def index_weeks(pair: Pair) -> Any:
    """All weeks of this couple that I have."""
    return {"weeks": [_told(week) for week in service.weeks_of(pair, now=clock.now())]}


@bp.shows("/weeks/<week>", schemas.Week, WEEK)
@pair_required
def show_week(pair: Pair, week: str) -> Any:
    """One week."""
    return _told(_asked(pair, week))


@bp.shows("/weeks/<week>/parts", schemas.Parts, WEEK)
@pair_required
def show_parts(pair: Pair, week: str) -> Any:
    """Its four parts, and what each did to the level."""
    found = _asked(pair, week)
    moved = {pull.part: pull for pull in found.pulls}
    parts = found.score.parts
    return {
        "parts": [
            {
                "name": part.name,
                "level": part.level,
                "band": part.band,
                "count": part.count,
                "mean": part.mean,
                "pull": moved.get(part.name),
            }
            for part in parts
        ]
    }


@bp.shows("/weeks/<week>/practice", schemas.Practice, WEEK)
@pair_required
def show_practice(pair: Pair, week: str) -> Any:
    """How much was practised in it."""
    monday = _asked(pair, week).week
    return service.practice_of(pair, monday, monday + timedelta(days=6), now=clock.now())


@bp.shows("/reading", schemas.Reading)
@pair_required
def show_reading(pair: Pair) -> Any:
    """How well I read my partner."""
    return service.reading_of(pair)


def _asked(pair: Pair, week: str) -> service.Week:
    """My week by the name in an address. Raises NotFound."""
    found = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", week)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        monday = None
    mine = service.week_of(pair, monday, now=clock.now()) if monday else None
    if mine is None:
        raise NotFound
    return mine


def _told(week: service.Week) -> dict[str, Any]:
    """The week with its name."""
    year, number, _ = week.week.isocalendar()
    counts: Sequence[int] = week.ratings.counts
    own = ("over", "settled", "formula", "score", "change")
    named = {"name": f"{year:04}-W{number:02}", "monday": week.week, "ratings": sum(counts)}
    return named | {name: getattr(week, name) for name in own}
