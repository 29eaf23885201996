"""One's results over time as a chart: where each stroke goes, in a box of 320 units. Pure; a page draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

LEFT, RIGHT, TOP, BOTTOM = 44.0, 300.0, 14.0, 154.0
HEIGHT = 180
APART, AT_MOST = 26.0, 90.0
"""How far two sittings lie apart: at the least, as long as there is room, and at the most."""


@dataclass(frozen=True, slots=True)
class Point:
    """A result: on which day, how much, and between what it very likely lies. `run` counts the wordings."""

    day: date
    value: float
    band: tuple[float, float] | None
    run: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a result lies."""

    x: float
    y: float
    last: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """What to draw. A line joins results in the same words alone; `rules` are heights with what they stand for."""

    runs: tuple[str, ...]
    bands: tuple[str, ...]
    spots: tuple[Spot, ...]
    rules: tuple[tuple[float, float], ...]
    cut: float | None


def lines_of(points: Sequence[Point], lowest: float, highest: float, cut: float | None) -> Lines:
    """The chart of at least one result, the oldest first, on a scale from `lowest` to `highest`."""
    across = _across([point.day for point in points])

    def height(value: float) -> float:
        return round(BOTTOM - (value - lowest) / (highest - lowest) * (BOTTOM - TOP), 1)

    spots = [Spot(x, height(point.value), place == len(points) - 1) for place, (x, point) in
             enumerate(zip(across, points, strict=True))]  # fmt: skip
    runs, bands = [], []
    for run in sorted({point.run for point in points}):
        here = [(spot, point) for spot, point in zip(spots, points, strict=True) if point.run == run]
        runs.append(_path([(spot.x, spot.y) for spot, _ in here]))
        likely = [(spot.x, point.band) for spot, point in here if point.band is not None]
        if len(likely) == 1:
            # A result that stands alone gets the width of a dot.
            likely = [(likely[0][0] - 4, likely[0][1]), (likely[0][0] + 4, likely[0][1])]
        if likely:
            above = [(x, height(ends[1])) for x, ends in likely]
            below = [(x, height(ends[0])) for x, ends in reversed(likely)]
            bands.append(f"{_path(above + below)}Z")
    rules = tuple((height(value), value) for value in (lowest, highest))
    return Lines(tuple(runs), tuple(bands), tuple(spots), rules, None if cut is None else height(cut))


def _across(days: Sequence[date]) -> list[float]:
    """The newest at the end; the others as far before it as the days say, but never so near that they touch."""
    room = (RIGHT - LEFT) / max(len(days) - 1, 1)
    least = min(APART, room)
    span = max((days[-1] - days[0]).days, 1)
    steps = [(after - before).days for before, after in pairwise(days)]
    wide = [min(max(step / span * (RIGHT - LEFT), least), AT_MOST) for step in steps]
    scale = min(1.0, (RIGHT - LEFT) / sum(wide)) if wide else 1.0
    found = [RIGHT]
    for step in reversed(wide):
        found.insert(0, found[0] - step * scale)
    return [round(x, 1) for x in found]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
