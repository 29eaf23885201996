"""/today: what is open for me, what waits, what has opened."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.guards import current_visitor
from app.core import clock
from app.core.db import transaction
from app.core.wall import wall_of
from app.couples.guards import pair_required
from app.couples.service import Pair
from app.exercises import service
from app.exercises.exchange import FILL_IN, Exchange
from app.exercises.service import Besides
from app.guided.service import Ahead, ahead_in

bp = Blueprint("today", __name__)

OPEN = {"open", "theirs_in", "received", "your_turn"}
CALM = {"open", "theirs_in"}
"""Open, with nothing of the other's in it that I could read, or have to answer."""

HIDDEN = {"missed", "read", "released"}


@bp.get("/today")
@pair_required
def show(pair: Pair) -> ResponseReturnValue:
    """The day of the couple."""
    now = clock.now()
    today = pair.today(now)
    exchanges, together = service.today_of(pair, now=now)
    given = service.besides_at_hand(pair, (today - FILL_IN, today))
    there = {seen.exercise for seen in exchanges if seen.day == today}
    lacking = {each.exercise for each in given if each.day == today and not each.longer} - there
    if lacking or (not there and service.planned(pair, today)):
        with transaction():
            service.ensure_prompts(pair, today)
        exchanges, together = service.today_of(pair, now=now)
    ahead = ahead_of_visitor()
    begun = ahead.exercise if ahead and ahead.at is None else ""
    return render_template(
        "exercises/today.html",
        pair=pair,
        today=today,
        together=together,
        exercises=service.catalogue().exercises,
        said=lambda seen: service.said(pair, seen),
        ahead=ahead,
        wall=lambda at: wall_of(at, pair.zone),
        **sorted_out(pair, [seen for seen in exchanges if not gone(seen, given)], given, begun),
    )


def sorted_out(pair: Pair, exchanges: list[Exchange], given: list[Besides], begun: str) -> dict[str, object]:
    """The exchanges by where they stand on the page, and what each has been given by, besides the plan.

    `begun`: the longer exercise that is under way, which stands there already.
    """
    by = {seen.id: service.of_day(given, seen.day, seen.exercise) for seen in exchanges}
    answerable = [seen for seen in exchanges if seen.state in OPEN]
    aside = {seen.id for seen in answerable if seen.state in CALM and not wanted(pair, seen, by[seen.id])}
    to_do = [seen for seen in answerable if seen.id not in aside]
    return {
        "to_do": [seen for seen in to_do if seen.day == seen.today],
        "waiting": [seen for seen in exchanges if seen.state == "waiting"],
        "done": [seen for seen in exchanges if shown_as_done(seen)],
        "earlier": [seen for seen in to_do if seen.day < seen.today],
        "aside": [seen for seen in answerable if seen.id in aside and seen.day == seen.today],
        "evenings": [each for each in given if each.longer and each.exercise != begun and each.asks(pair.me.id)],
        "given_by": by,
    }


def gone(seen: Exchange, given: list[Besides]) -> bool:
    """Whether a prompt that was given besides the plan is given no more, and nothing is in it."""
    return seen.brought_by is not None and seen.untouched and not service.of_day(given, seen.day, seen.exercise)


def wanted(pair: Pair, seen: Exchange, by: list[Besides]) -> bool:
    """Whether it is asked of me, and not of the other alone or let be."""
    return service.wanted_of(pair.me.id, seen.brought_by, by)


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
