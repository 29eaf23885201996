"""/api/v1: one's own weeks as JSON, made of one's own ratings alone, sealed ones among them: never anybody else's."""

from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.api import ADDRESS, Blueprint
from app.core.errors import NotFound
from app.couples.guards import pair_required
from app.couples.service import Pair
from app.scores import schemas, service
from app.scores.routes.pages import iso_week, monday_asked

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
    weeks = service.weeks_until(pair, monday_asked(week), now=clock.now())
    if not weeks:
        raise NotFound
    return weeks[-1]


def _told(week: service.Week) -> dict[str, Any]:
    """The week with its name."""
    own = ("over", "settled", "formula", "score", "change")
    named = {"name": iso_week(week.week), "monday": week.week, "ratings": sum(week.ratings.counts)}
    return named | {name: getattr(week, name) for name in own}
