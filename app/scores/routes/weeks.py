"""/weeks: my latest week, an older one, and one to print. For me alone, and made of my own ratings."""

from datetime import timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import NotFound
from app.couples.guards import pair_required, two_required
from app.couples.service import Pair
from app.scores import service
from app.scores.attunement import Pull
from app.scores.formula import NINETY
from app.scores.routes import wording
from app.scores.routes.pages import TREND, bp, line_of, monday_asked
from app.scores.service import Week
from app.scores.suggesting import suggestion


@bp.get("")
@pair_required
def index(pair: Pair) -> ResponseReturnValue:
    """My latest week that is over; the running one where none is yet."""
    if pair.you is None:
        return render_template("scores/alone.html")
    weeks = service.weeks_of(pair, now=clock.now())
    if len(weeks) > 1:
        weeks = weeks[:-1] if not weeks[-1].over else weeks
    return _page("scores/week.html", pair, weeks, reading=service.reading_of(pair))


@bp.get("/<week>")
@two_required
def show(pair: Pair, week: str) -> ResponseReturnValue:
    """One week."""
    return _page("scores/week.html", pair, _until(pair, week))


@bp.get("/<week>/recap")
@two_required
def show_recap(pair: Pair, week: str) -> ResponseReturnValue:
    """One week with nothing folded away, to print."""
    return _page("scores/recap.html", pair, _until(pair, week))


def _until(pair: Pair, week: str) -> list[Week]:
    """My weeks up to the one that is asked for. Raises NotFound where I have none then."""
    weeks = service.weeks_until(pair, monday_asked(week), now=clock.now())
    if not weeks:
        raise NotFound
    return weeks


def _page(template: str, pair: Pair, weeks: list[Week], **others: Any) -> str:
    week, now = weeks[-1], clock.now()
    before = weeks[-2] if len(weeks) > 1 else None
    trend = weeks[-TREND:]
    while len(trend) > 1 and trend[0].score.level is None:
        trend = trend[1:]
    return render_template(
        template,
        pair=pair,
        week=week,
        before=before,
        trend_weeks=trend,
        chart=line_of(trend),
        practice=service.practice_of(pair, week.week, week.week + timedelta(days=6), now=now),
        suggested=suggestion(week.score.parts) if week.score.level is not None else None,
        pulls=_pulls(week, before),
        sum=_sum(week, before),
        words=wording,
        following=None if week.week == service.monday_of(pair.today(now)) else week.week + timedelta(days=7),
        **others,
    )


def _pulls(week: Week, before: Week | None) -> list[Pull]:
    """What moved it, most first. Nothing where the line only begins: then there is nothing that was moved."""
    if before is None or before.score.level is None or week.score.level is None:
        return []
    return sorted(week.pulls, key=lambda pull: -abs(pull.moved))


def _sum(week: Week, before: Week | None) -> dict[str, Any]:
    """The full sum: where each part stands and what it weighs, and the band."""
    parts = [
        (part.name, mean, weight, mean * weight)
        for part, mean, weight in zip(week.score.parts, week.after.means, week.formula.weights, strict=True)
    ]
    return {
        "parts": parts,
        "level": week.after.level(week.formula),
        "before": week.before.level(week.formula),
        "band": NINETY * week.after.variance(week.formula) ** 0.5,
        "pulls": week.pulls,
        "begun": before is not None,
    }
