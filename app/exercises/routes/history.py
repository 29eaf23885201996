"""/history: by day, by exercise, the jar of appreciations, and the map of what is known of each other."""

import math
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.guards import fresh_required
from app.core import clock
from app.core.db import transaction
from app.couples.guards import pair_required
from app.couples.service import Pair
from app.exercises import service
from app.exercises.models import LOVE_MAP
from app.guided import service as guided

bp = Blueprint("history", __name__, url_prefix="/history")

GOLDEN = math.pi * (3 - math.sqrt(5))
FIRST = date(1970, 1, 1)
"""No couple has a day before this one."""


@bp.get("")
@pair_required
def index(pair: Pair) -> ResponseReturnValue:
    """A week of days, newest first."""
    now = clock.now()
    before = day_asked() or pair.today(now) + timedelta(days=1)
    exchanges, older = service.exchanges_of(pair, now=now, before=before)
    longer, latest = guided.past_of(pair, before - timedelta(days=7), before)
    by_day: dict[date, list[Any]] = {}
    for seen in exchanges:
        by_day.setdefault(seen.day, []).append((seen, *service.said(pair, seen)))
    closed: dict[date, list[Any]] = {}
    for each in longer:
        closed.setdefault(each.day, []).append(each)
    days = sorted({*by_day, *closed}, reverse=True)
    older = max(filter(None, (older, latest and latest + timedelta(days=1))), default=None)
    shown = {"days": days, "by_day": by_day, "closed": closed, "older": older}
    return page("exercises/history.html", pair, year=pair.today(now).year, **shown)


@bp.get("/<exercise>")
@pair_required
def show(pair: Pair, exercise: str) -> ResponseReturnValue:
    """One exercise over time."""
    now = clock.now()
    before = day_asked() or pair.today(now) + timedelta(days=1)
    guide = None if exercise in service.catalogue().exercises else guided.guide_for(pair.couple_id, exercise)
    if guide is not None:
        past, older = guided.past_with(pair, exercise, before)
        return page("exercises/history_longer.html", pair, guide=guide, past=past, older=older)
    if exercise not in service.catalogue().exercises:
        abort(404)
    exchanges, older = service.exchanges_with(pair, exercise, now=now, before=before)
    shown = [(seen, *service.said(pair, seen)) for seen in exchanges]
    return page("exercises/history_of.html", pair, exercise=exercise, shown=shown, older=older)


@bp.get("/jar")
@pair_required
def jar(pair: Pair) -> ResponseReturnValue:
    """One appreciation out of the jar of those I was given."""
    asked = request.args.get("draw", "")
    draw = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    count, which, seen = service.appreciations(pair, draw)
    yours = service.said(pair, seen, amended=True)[1] if seen else None
    step = next((step for step in (7, 5, 3, 11, 1) if count and math.gcd(step, count) == 1), 1)
    return page("exercises/jar.html", pair, count=count, seen=seen, yours=yours, following=which + step)


@bp.get("/map")
@pair_required
def known(pair: Pair) -> ResponseReturnValue:
    """The map of love-map answers: one disc for each question both answered, growing outwards, as answered last."""
    questions = service.known_map(pair)
    items = service.catalogue().exercises[LOVE_MAP]
    discs = [
        {
            "row": row,
            "before": before,
            "item": items.item(row.item),
            "x": round(9 * math.sqrt(number + 0.6) * math.cos(number * GOLDEN), 1),
            "y": round(9 * math.sqrt(number + 0.6) * math.sin(number * GOLDEN), 1),
        }
        for number, (row, *before) in enumerate(questions)
    ]
    reach = 9 * math.sqrt(len(discs) + 1) + 12
    listed = sorted(discs, key=lambda disc: disc["row"].day)[::-1]
    return page("exercises/map.html", pair, discs=discs, listed=listed, reach=round(reach, 1))


@bp.get("/earlier")
@pair_required
def earlier(pair: Pair) -> ResponseReturnValue:
    """My own words from before: from a couple that has ended, or from when I began alone."""
    before = day_asked()
    shown, older = service.former_words(pair, before=before)
    drafts, longer = ([], []) if before else (service.former_drafts(pair), guided.former_occasions(pair))
    return page("exercises/earlier.html", pair, shown=shown, drafts=drafts, longer=longer, older=older)


@bp.post("/earlier/deletion")
@pair_required
@fresh_required
def create_deletion(pair: Pair) -> ResponseReturnValue:
    """Delete my own words from before, for good."""
    with transaction():
        service.erase_former(pair)
    flash(gettext("Your words from before are deleted."))
    return redirect("/history/earlier", 303)


def day_asked() -> date | None:
    """The day in ?before=, or None when there is none or it is no day of a couple."""
    try:
        asked = date.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None
    return asked if asked >= FIRST else None


def page(template: str, pair: Pair, **shown: Any) -> str:
    """A page of the journal."""
    return render_template(template, pair=pair, exercises=service.catalogue().exercises, **shown)
