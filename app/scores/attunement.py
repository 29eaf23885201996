"""The weekly score of one person: their own ratings in; level, band, parts, change and what moved it out. Pure.

No database, no clock, no words. What a week does to what is known of a person is in `levels`, what was chosen in
`formula`. Nothing here knows of a partner: a score is made of what one person felt, and of nothing else.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.scores.formula import CURRENT, NINETY, PARTS, SPAN, Formula
from app.scores.levels import Ratings, State

UP, STEADY, DOWN, TOO_EARLY = "up", "steady", "down", "too_early"


@dataclass(frozen=True, slots=True)
class Missing:
    """What it is too early for: days of check-in still to come, and whether the band is too wide."""

    days: int
    wide: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `level` with its `band` to either side is None while that is too wide.

    `mean` is that of this week's `count` ratings alone, None without any.
    """

    name: str
    level: float | None
    band: float | None
    count: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """The level (0 to 100) with the ends of its 90 % band, all None while something is `missing`."""

    level: float | None
    low: float | None
    high: float | None
    parts: tuple[Part, ...]
    missing: Missing | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the level stood after one week, its variance, and whether it could be told then."""

    level: float
    variance: float
    told: bool


@dataclass(frozen=True, slots=True)
class Pull:
    """What one part's ratings did to the level in a week: what was `expected`, what was `rated`, points `moved`."""

    part: str
    count: int
    expected: float
    rated: float
    moved: float


def spot(state: State, formula: Formula = CURRENT) -> Spot:
    """Where the level stands."""
    level, variance = state.level(formula), state.variance(formula)
    return Spot(min(max(level, 0.0), 100.0), variance, _missing(state, variance, formula) is None)


def score(state: State, ratings: Ratings, formula: Formula = CURRENT) -> Score:
    """What a week says: the state after it, and its own ratings beside each part."""
    rows = zip(PARTS, state.means, state.variances, ratings.counts, ratings.sums, strict=True)
    parts = tuple(_part(*row, widest=formula.widest) for row in rows)
    here = spot(state, formula)
    if not here.told:
        return Score(None, None, None, parts, _missing(state, here.variance, formula))
    band = NINETY * math.sqrt(here.variance)
    return Score(here.level, max(here.level - band, 0.0), min(here.level + band, 100.0), parts, None)


def change(spots: Sequence[Spot], formula: Formula = CURRENT) -> str:
    """UP, STEADY or DOWN over four weeks, or TOO_EARLY. `spots`: those of all weeks, or the last five, oldest first."""
    if len(spots) <= SPAN or not (spots[-1].told and spots[-1 - SPAN].told):
        return TOO_EARLY
    first, *later = spots[-1 - SPAN :]
    # How much of the first week's error is still in the last one: each week keeps what it does not learn anew.
    kept, before = 1.0, first.variance
    for each in later:
        kept *= each.variance / (before + formula.drift**2)
        before = each.variance
    variance = later[-1].variance + first.variance * (1 - 2 * kept)
    moved = later[-1].level - first.level
    if abs(moved) <= formula.called * math.sqrt(max(variance, 0.0)):
        return STEADY
    return UP if moved > 0 else DOWN


def pulls(before: State, after: State, ratings: Ratings, formula: Formula = CURRENT) -> tuple[Pull, ...]:
    """What moved the level between two states of one week, before and after its ratings: the sum, part by part."""
    columns = list(zip(*after.square(), strict=True))
    found = []
    for part, (count, total) in enumerate(zip(ratings.counts, ratings.sums, strict=True)):
        if count:
            reach = sum(weight * value for weight, value in zip(formula.weights, columns[part], strict=True))
            rated, expected = total / count, before.means[part]
            moved = reach * count / formula.noise**2 * (rated - expected)
            found.append(Pull(PARTS[part], count, expected, rated, moved))
    return tuple(found)


def _missing(state: State, variance: float, formula: Formula) -> Missing | None:
    days, wide = max(formula.enough_days - state.days, 0), NINETY * math.sqrt(variance) >= formula.widest
    return Missing(days, wide) if days or wide else None


def _part(name: str, level: float, variance: float, count: int, total: float, *, widest: float) -> Part:
    band = NINETY * math.sqrt(variance)
    mean = total / count if count else None
    if band >= widest:
        return Part(name, None, None, count, mean)
    return Part(name, min(max(level, 0.0), 100.0), band, count, mean)
