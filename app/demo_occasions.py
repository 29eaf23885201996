"""The longer exercises of the demo: the two go through them as anybody would, and one lies ahead of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.core.wall import instant_of
from app.couples.service import Pair, Partner
from app.demo_rows import DAY, Calendar
from app.guided import service
from app.guided.flow import SIDES, is_shared, takes_words
from app.guided.guide import CHOOSE, RATE, Step

PACE = timedelta(minutes=2)
"""How long they take for a step."""


def hold(pair: Pair, told: Mapping[str, Any], calendar: Calendar) -> None:
    """Let the couple have gone through the occasions that a story tells of, inside a transaction."""
    for each in told.get("occasions", ()):
        at = calendar.at(calendar.today - each["ago"] * DAY, 20.5)
        guide = service.guides()[each["exercise"]]
        first = _called(pair, each["first"]).side
        occasion = service.begin(pair, guide, each["variant"], first, now=at)
        words = {name: list(each[name]["words"]) for name in ("sam", "noor") if name in each}
        while (step := (seen := service.seen_of(pair, occasion, now=at)).step) is not None:
            at += PACE
            for author in [seen.speaker] if seen.speaker else [seen.on(side) for side in SIDES]:
                wish = _wish(step, author, each, words, together=each.get("together", False))
                service.make_move(_seen_by(pair, author), occasion, wish, now=at)


def plan_ahead(pair: Pair, told: Mapping[str, Any], calendar: Calendar) -> None:
    """Let the couple have planned what a story tells of, for the next such weekday that is not today."""
    planned = told["planned"]
    day = calendar.today + DAY
    while day.isoweekday() != planned["weekday"]:
        day += DAY
    hour, minute = map(int, planned["at"].split(":"))
    at = instant_of(day, hour * 60 + minute, calendar.zone)
    guide = service.guides()[planned["exercise"]]
    service.plan(pair, guide, planned["variant"], pair.me.side, at, now=calendar.now)


def _wish(
    step: Step, author: Partner, each: Mapping[str, Any], words: Mapping[str, list[str]], *, together: bool
) -> service.Wish:
    name, text, rating = author.name.casefold(), "", None
    if step.kind == RATE:
        text, rating = each[name]["line"], each[name]["rating"]
    elif takes_words(step):
        text = words[name].pop(0)
    pick = 0 if step.kind == CHOOSE else None
    shared = together and is_shared(step)
    return service.Wish(step=step.id, lane=author.side, text=text, pick=pick, rating=rating, together=shared)


def _called(pair: Pair, login: str) -> Partner:
    partners = [each for each in (pair.me, pair.you) if each is not None]
    return next(each for each in partners if each.name.casefold() == login)


def _seen_by(pair: Pair, author: Partner) -> Pair:
    """The same couple, as this one of them looks at it."""
    if author == pair.me or pair.you is None:
        return pair
    return Pair(pair.couple_id, pair.zone, pair.you, pair.me, pair.since)
