"""Whether one person's score has moved by more than chance moves it. Pure.

The reliable change index: a difference counts when it is greater than 1.96 · √2 · SD · √(1 − r), which chance alone
exceeds once in twenty (Jacobson & Truax 1991, Journal of Consulting and Clinical Psychology 59:12-19). It is asked of
the higher reliability that is known and of the lower one. What passes neither is *probably noise*, what passes the
first alone *possible*, what passes both *clear*.
"""

from dataclasses import dataclass
from math import inf, sqrt

from app.assessments.instrument import BASES, Reliability, Scale

NOISE, POSSIBLE, CLEAR = VERDICTS = ("noise", "possible", "clear")
CERTAIN = 1.96
"""Standard deviations to either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Points that a difference must exceed to be more than noise, and to be clear (infinite where one reliability is
    all that is known). `basis` is the weakest one among the figures that went in.
    """

    noise: float
    clear: float
    basis: str


@dataclass(frozen=True, slots=True)
class Change:
    """The way from one score to a later one: `points` are above zero when it rose."""

    points: float
    verdict: str
    crossed: bool
    """Whether the two stand on different sides of the cut-off. With a clear change, that is what clinics look for."""
    basis: str


def limits(scale: Scale) -> Limits | None:
    """What a difference on a scale is measured by. None without a reliability: then no change may be claimed."""
    if not scale.reliabilities:
        return None
    reached = sorted(index(each) for each in scale.reliabilities)
    bases = [basis for each in scale.reliabilities for basis in (each.basis, each.sd_basis)]
    return Limits(reached[0], reached[-1] if len(reached) > 1 else inf, max(bases, key=BASES.index))


def change(scale: Scale, before: float | None, after: float | None) -> Change | None:
    """How one score of a scale relates to a later one. None where either is missing, or no reliability is known."""
    found = limits(scale)
    if found is None or before is None or after is None:
        return None
    points = after - before
    verdict = CLEAR if abs(points) > found.clear else POSSIBLE if abs(points) > found.noise else NOISE
    crossed = scale.cut is not None and (before < scale.cut.at) != (after < scale.cut.at)
    return Change(points, verdict, crossed, found.basis)


def band(scale: Scale, value: float) -> tuple[float, float] | None:
    """The ends of the 95 % band around one score, by the lowest reliability, cut at the ends of the scale.

    1.96 · SD · √(1 − r) to either side. None where no reliability is known.
    """
    if not scale.reliabilities:
        return None
    half = max(CERTAIN * each.sd * sqrt(1 - each.r) for each in scale.reliabilities)
    return max(scale.lowest, value - half), min(scale.highest, value + half)


def index(reliability: Reliability) -> float:
    """The points that chance exceeds once in twenty, under one reliability."""
    return CERTAIN * sqrt(2) * reliability.sd * sqrt(1 - reliability.r)
