"""What two of the demo do on the path: chosen, written and offered through the service, in the order of days."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.couples.service import Pair
from app.demo_rows import DAY, Calendar
from app.path import service

EVENING = 19.0
"""The hour at which they sit down for it."""

Act = tuple[int, Callable[[], None]]
"""How many days ago, and what was done then."""


def write(told: Mapping[str, Any], pairs: Mapping[str, Pair], calendar: Calendar) -> None:
    """Do all that the content tells, inside a transaction. `pairs`: login → the couple as that one sees it."""
    for _ago, act in sorted(_acts(told, pairs, calendar), key=lambda each: -each[0]):
        act()


def _acts(told: Mapping[str, Any], pairs: Mapping[str, Pair], calendar: Calendar) -> Iterator[Act]:
    def on(ago: int, step: Callable[..., None], pair: Pair, *given: Any) -> Act:
        at = calendar.at(calendar.today - ago * DAY, EVENING)
        return ago, lambda: step(pair, *given, now=at)

    for who, aims in told["aims"].items():
        yield on(told["chosen"][who], service.choose_aims, pairs[who], aims)
    for line in told["lines"]:
        who = next(name for name in pairs if name in line)
        yield on(line["ago"], service.write, pairs[who], line["step"], line[who])
    for step, ago in told["behind"].items():
        yield on(ago, service.mark_behind, next(iter(pairs.values())), step)
    who = next(name for name in pairs if name in told["wording"])
    yield on(told["wording"]["ago"], service.offer, pairs[who], told["wording"][who])
