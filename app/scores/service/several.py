"""The weeks of somebody out of a few columns of their rows, for who has many to follow at once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.scores.attunement import TOO_EARLY, Spot, change, spot
from app.scores.formula import FORMULAS, NINETY
from app.scores.levels import unpacked, waited
from app.scores.service.looking import WEEK

Kept = tuple[date, str, int]
"""The Monday of a week that is worked out, what is known after it (`WeeklyScore.state`), and its formula."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the level stood after a week: 0 to 100 with the ends of its 90 % band, None while too early to say."""

    week: date
    level: float | None
    low: float | None
    high: float | None
    formula: int


def stands_of(rows: Sequence[Kept], until: date) -> tuple[list[Stand], str]:
    """(the weeks of one person from the first of these rows up to a Monday, their change over four weeks).

    `rows` are oldest first, and may be the last few. A week without one is a week off: the same level, less surely.
    Their own, made of all their ratings: only for who they show it to.
    """
    if not rows:
        return [], TOO_EARLY
    known = {week: (packed, version) for week, packed, version in rows}
    week, first, version = rows[0]
    state = unpacked(first)
    found: list[Stand] = []
    spots: list[Spot] = []
    while week <= until:
        formula = FORMULAS[version]
        if week in known:
            packed, version = known[week]
            state, formula = unpacked(packed), FORMULAS[version]
        elif found:
            state = waited(state, 1, formula)
        here = spot(state, formula)
        spots.append(here)
        found.append(_stand(week, here, version))
        week += WEEK
    return found, change(spots, FORMULAS[version])


def _stand(week: date, here: Spot, version: int) -> Stand:
    if not here.told:
        return Stand(week, None, None, None, version)
    band = NINETY * math.sqrt(here.variance)
    return Stand(week, here.level, max(here.level - band, 0.0), min(here.level + band, 100.0), version)
