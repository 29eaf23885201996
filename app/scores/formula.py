"""What the weekly score could choose otherwise, in one place, with a version. Points are those of 0 to 100."""

from dataclasses import dataclass

FELT, HEARD, APPRECIATED, KNOWN = PARTS = ("felt", "heard", "appreciated", "known")
"""The parts, in the order of every tuple: felt understood, heard, appreciated, known."""


@dataclass(frozen=True, slots=True)
class Formula:
    """The numbers of the model. Changed, they get another version."""

    version: int
    weights: tuple[float, float, float, float]
    """What each part counts. They add up to one, and are a choice of ours, not a finding."""
    start: float
    """Where a level is looked for before there is any rating."""
    start_spread: float
    """How far from there it may be, as a standard deviation: so wide that a first week outweighs it at once."""
    offset_spread: float
    """How far the parts of one person lie apart, as a standard deviation."""
    drift: float
    """How far the level moves in a week, as a standard deviation."""
    noise: float
    """How far one rating lies from its part's level, as a standard deviation, with the rounding to whole steps."""
    enough_days: int
    """Days with a check-in before there is a score."""
    widest: float
    """A band of this many points to either side, or more, says too little."""
    called: float
    """Standard deviations that a change must reach to be called up or down.

    More than the band, because people look every week: so that a quarter in which nothing changed shows a false call at
    most once in twenty. `benchmarks/score_validity.py` counts them.
    """


NINETY = 1.645
"""Standard deviations to either side that hold 90 % of a normal distribution."""
SPAN = 4
"""Weeks that a change is told over."""
ENOUGH_DAYS, WIDEST = 4, 12.0
"""A score takes so many days with a check-in, and a band of less than so many points to either side."""

CURRENT = Formula(
    1,
    (0.4, 0.2, 0.2, 0.2),
    start=50,
    start_spread=30,
    offset_spread=8,
    drift=3,
    noise=15.3,
    enough_days=ENOUGH_DAYS,
    widest=WIDEST,
    called=2.4,
)
"""What weeks are closed with."""

FORMULAS = {each.version: each for each in (CURRENT,)}
"""Every formula that a week was ever closed with: an old week never changes its meaning."""
