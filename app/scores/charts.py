"""The lines of weeks as a chart: where each stroke goes, in a box of 320 units. Pure; a page draws it in attributes."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.scores.attunement import Score

WIDTH, LEFT, RIGHT, TOP = 320, 44.0, 300.0, 16.0
STEP = 60.0
"""How far two weeks lie apart at the most, so that two of them do not fill a page."""
DOTTED = 14
"""So many weeks get a dot each; of more, only the last one has one."""
POINT = 2.5
"""Units for one point of the score."""
RULE, LEAST = 20, 40
"""A rule every so many points, and the least that a chart spans."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a week lies."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line. `band` and `run` are paths with a gap wherever it was too early; `last` is where it ends."""

    band: str
    run: str
    dots: tuple[Spot, ...]
    last: Spot | None


@dataclass(frozen=True, slots=True)
class Chart:
    """What to draw. `rules` are heights with their points; `across` is where each week lies, by its place."""

    height: float
    rules: tuple[tuple[float, int], ...]
    across: tuple[float, ...]
    lines: tuple[Drawn, ...]

    @property
    def foot(self) -> float:
        """The height of the words under it."""
        return self.height - 6


def chart(*lines: Sequence[Score]) -> Chart:
    """Lines of the same weeks, oldest first. A week that was too early to say has no point."""
    told = [score for line in lines for score in line if score.level is not None]
    low, high = _span([score.low or 0.0 for score in told], [score.high or 0.0 for score in told])
    across = _across(len(lines[0]))
    drawn = tuple(_drawn(line, across, high) for line in lines)
    rules = tuple((_height(points, high), points) for points in range(low, high + 1, RULE))
    return Chart(_height(low, high) + 26, rules, across, drawn)


def _span(lows: Sequence[float], highs: Sequence[float]) -> tuple[int, int]:
    """The rules that hold everything, and LEAST apart."""
    low = int(min(lows, default=40) // RULE) * RULE
    high = min(-int(-max(highs, default=80) // RULE) * RULE, 100)
    while high - low < LEAST:
        low, high = (low, high + RULE) if high < 100 else (low - RULE, high)
    return low, high


def _across(count: int) -> tuple[float, ...]:
    step = min(STEP, (RIGHT - LEFT) / max(count - 1, 1))
    return tuple(round(RIGHT - (count - 1 - place) * step, 1) for place in range(count))


def _height(points: float, high: int) -> float:
    return round(TOP + (high - points) * POINT, 1)


def _drawn(line: Sequence[Score], across: Sequence[float], high: int) -> Drawn:
    stretches: list[list[tuple[float, Score]]] = [[]]
    for x, score in zip(across, line, strict=True):
        if score.level is None:
            stretches.append([])
        else:
            stretches[-1].append((x, score))
    whole = [stretch for stretch in stretches if stretch]
    spots = tuple(Spot(x, _height(score.level or 0.0, high)) for stretch in whole for x, score in stretch)
    dots = spots if len(line) <= DOTTED else spots[-1:]
    ends = spots[-1] if line and line[-1].level is not None else None
    return Drawn(
        "".join(_band(stretch, high) for stretch in whole),
        "".join(_path([(x, _height(score.level or 0.0, high)) for x, score in stretch]) for stretch in whole),
        dots[:-1] if ends else dots,
        ends,
    )


def _band(stretch: Sequence[tuple[float, Score]], high: int) -> str:
    """Above from the left, below from the right. A week that stands alone gets the width of a dot."""
    if len(stretch) == 1:
        (x, score), *_ = stretch
        stretch = [(x - 3, score), (x + 3, score)]
    above = [(x, _height(score.high or 0.0, high)) for x, score in stretch]
    below = [(x, _height(score.low or 0.0, high)) for x, score in reversed(stretch)]
    return f"{_path(above + below)}Z"


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
