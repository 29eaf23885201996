"""/today: what is open for me, what waits, what has opened."""

from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.guards import current_visitor
from app.core import clock
from app.core.db import transaction
from app.couples.guards import pair_required
from app.couples.service import Pair
from app.exercises import service
from app.exercises.exchange import Exchange
from app.guided.service import Ahead, ahead_in

bp = Blueprint("today", __name__)

OPEN = {"open", "theirs_in", "received", "your_turn"}
HIDDEN = {"missed", "read", "released"}


@bp.get("/today")
@pair_required
def show(pair: Pair) -> ResponseReturnValue:
    """The day of the couple."""
    now = clock.now()
    today = pair.today(now)
    exchanges, together = service.today_of(pair, now=now)
    if not any(seen.day == today for seen in exchanges) and service.planned(pair, today):
        with transaction():
            service.ensure_prompts(pair, today)
        exchanges, together = service.today_of(pair, now=now)
    catalogue = service.catalogue()
    return render_template(
        "exercises/today.html",
        pair=pair,
        today=today,
        together=together,
        to_do=[seen for seen in exchanges if seen.day == today and seen.state in OPEN],
        waiting=[seen for seen in exchanges if seen.state == "waiting"],
        done=[seen for seen in exchanges if shown_as_done(seen)],
        earlier=[seen for seen in exchanges if seen.day < today and seen.state in OPEN],
        exercises=catalogue.exercises,
        said=lambda seen: service.said(pair, seen),
        ahead=ahead_of_visitor(),
        wall=lambda at: at.astimezone(ZoneInfo(pair.zone)).replace(tzinfo=None),
    )


def shown_as_done(seen: Exchange) -> bool:
    """Whether an exchange stands among the day's settled ones: those of today, and older ones just opened."""
    if seen.state in OPEN | HIDDEN | {"waiting"} or (seen.set_aside and seen.mine is None):
        return False
    if seen.day == seen.today:
        return True
    unseen = seen.state == "revealed" and seen.mine is not None and not seen.mine.opened
    return unseen or seen.state == "their_turn"


def ahead_of_visitor() -> Ahead | None:
    """The longer exercise that is under way, or planned next. It came along with the one who looks."""
    visitor = current_visitor()
    return ahead_in(visitor.facts["ahead"]) if visitor else None
