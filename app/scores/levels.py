"""Where somebody stands, week by week: a Kalman filter over the sums of a person's own ratings. Pure.

The model is a local level (A. C. Harvey, *Forecasting, Structural Time Series Models and the Kalman Filter*, 1989,
chapters 3 and 4): one level that moves slowly, a stable offset for each of the four parts, day noise. Level and offsets
are five unknowns, but no rating ever meets them except as the sum of the level and one offset. So these four sums are
kept, which is all that can be known of the five; the score is their weighted mean.
"""

import struct
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass

from app.scores.formula import CURRENT, Formula

_PACKED = struct.Struct("<14dI")


@dataclass(frozen=True, slots=True)
class Ratings:
    """A person's ratings of one week: how many for each part, and their sums, each rating from 0 to 100."""

    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    sums: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a person after a week: where each part stands, how surely, and how many days it rests on."""

    means: tuple[float, float, float, float]
    """The level of each part, not held to 0 to 100."""
    spread: tuple[float, ...]
    """Their covariances, the upper triangle by rows: ten numbers."""
    days: int
    """Days with a check-in so far."""

    def packed(self) -> str:
        """156 letters, from which `unpacked` makes the very same state."""
        return b2a_base64(_PACKED.pack(*self.means, *self.spread, self.days), newline=False).decode()

    def square(self) -> list[list[float]]:
        """The covariances in full."""
        a, b, c, d, e, f, g, h, i, j = self.spread
        return [[a, b, c, d], [b, e, f, g], [c, f, h, i], [d, g, i, j]]

    @property
    def variances(self) -> tuple[float, ...]:
        """How unsure each part is."""
        a, _, _, _, e, _, _, h, _, j = self.spread
        return a, e, h, j

    def level(self, formula: Formula) -> float:
        """The weighted mean of the parts, not held to 0 to 100."""
        (p, q, r, s), (k, m, n, o) = formula.weights, self.means
        return p * k + q * m + r * n + s * o

    def variance(self, formula: Formula) -> float:
        """How unsure the level is."""
        p, q, r, s = formula.weights
        a, b, c, d, e, f, g, h, i, j = self.spread
        across = p * (q * b + r * c + s * d) + q * (r * f + s * g) + r * s * i
        return p * p * a + q * q * e + r * r * h + s * s * j + 2 * across


def unpacked(packed: str) -> State:
    """The state that `packed` came from."""
    a, b, c, d, *spread, days = _PACKED.unpack(a2b_base64(packed))
    return State((a, b, c, d), tuple(spread), days)


def beginning(formula: Formula = CURRENT) -> State:
    """What is known of a person before their first week: nothing but how far parts lie apart."""
    shared, own = formula.start_spread**2, formula.offset_spread**2
    spread = tuple(shared + own * (row == column) for row in range(4) for column in range(row, 4))
    return State((formula.start, formula.start, formula.start, formula.start), spread, 0)


def waited(state: State, weeks: int, formula: Formula = CURRENT) -> State:
    """The state some weeks on, of which nothing is known yet: the same level, less surely."""
    moved = weeks * formula.drift**2
    return State(state.means, tuple([value + moved for value in state.spread]), state.days)


def learned(state: State, ratings: Ratings, formula: Formula = CURRENT) -> State:
    """The state once a week's ratings are known. A part without any adds nothing."""
    means, noise = state.means, formula.noise**2
    a, b, c, d, e, f, g, h, i, j = state.spread
    for part, count in enumerate(ratings.counts):
        if count:
            # Written out, since a hundred thousand couples close their week at the same hour.
            with_part = ((a, b, c, d), (b, e, f, g), (c, f, h, i), (d, g, i, j))[part]
            whole = with_part[part] + noise / count
            surprise = ratings.sums[part] / count - means[part]
            p, q, r, s = with_part
            t, u, v, w = p / whole, q / whole, r / whole, s / whole
            k, m, n, o = means
            means = (k + t * surprise, m + u * surprise, n + v * surprise, o + w * surprise)
            a, b, c, d = a - t * p, b - t * q, c - t * r, d - t * s
            e, f, g = e - u * q, f - u * r, g - u * s
            h, i, j = h - v * r, i - v * s, j - w * s
    return State(means, (a, b, c, d, e, f, g, h, i, j), state.days + ratings.counts[0])


def after_week(state: State | None, ratings: Ratings, formula: Formula = CURRENT, *, weeks: int = 1) -> State:
    """The state after a week, from that of `weeks` before (None: it is the person's first) and the ratings since."""
    before = beginning(formula) if state is None else waited(state, weeks, formula)
    return learned(before, ratings, formula)
