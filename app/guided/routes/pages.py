"""The blueprints of the longer exercises, and what their pages share."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, render_template, request

from app.core.forms import Filled
from app.core.wall import wall_of
from app.couples.service import Pair
from app.guided import service
from app.guided.guide import Guide

shelf = Blueprint("shelf", __name__, url_prefix="/exercises")
occasions = Blueprint("occasions", __name__, url_prefix="/occasions")

DAILY = "daily_exercises"
"""Where the exercises of every day, which live a floor above, say of themselves what this page lists."""


def daily() -> Mapping[str, Any]:
    """The exercises of every day, by id: each with name, summary, why and minutes."""
    found: Mapping[str, Any] = current_app.extensions.get(DAILY, dict)()
    return found


def side_by_side() -> bool:
    """Whether the page is asked for on one phone for both."""
    return request.args.get("together") == "1"


def beside(path: str, *, together: bool) -> str:
    """An address, in the way in which they do it."""
    return f"{path}?together=1" if together else path


def exercise_page(pair: Pair, guide: Guide, form: Filled | None, *, now: datetime) -> str:
    """The page that tells of a longer exercise and lets two begin or plan it."""
    ahead = [each for each in service.ahead_of(pair) if each.exercise == guide.id]
    past, _older = service.past_with(pair, guide.id, pair.today(now) + timedelta(days=1))
    return render_template(
        "guided/exercise.html",
        pair=pair,
        guide=guide,
        form=form,
        ahead=ahead,
        had=service.variants_had(pair, guide.id),
        past=past[:3],
        titles=[(variant.id, variant.title) for variant in guide.variants.values()],
        soon=wall_of(now, pair.zone).date() + timedelta(days=1),
        wall=lambda at: wall_of(at, pair.zone),
    )
