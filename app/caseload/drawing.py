"""Where the strokes of a therapist's charts go: a fortnight, the lines of eight weeks, homework in two lanes. Pure.

A page draws them in attributes. The first partner is above the seam or at the start, the second below or at the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.caseload.attention import DONE, FORTNIGHT, NOT_ASKED, Given, Line

STEP, FIRST_AT, RADIUS = 18.8, 11.0, 7.6
"""A day's width in a fortnight, where the first one lies, and how large a disc is."""
SPARK = 8
"""Weeks of the small lines."""
LANES_LEFT, LANES_RIGHT, SEAM, DISC = 12.0, 308.0, 30.0, 6.5
"""Where lanes begin and end in a box of 320, the height of their seam, and how large half a disc is."""
OPENED_AT = (SEAM - 14.5, SEAM + 14.5)
"""The heights of the small circles of the first and the second partner."""

IN, SOME, OUT, NONE = "in", "some", "not", ""
"""Half a disc of a day: filled, outlined, dotted, or not there since nothing was given."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a fortnight: both halves, and the middle of the disc."""

    x: float
    first: str
    second: str


def fortnight(given: Iterable[Given], today: date) -> tuple[Day, ...]:
    """Fourteen days up to today. Of several pieces on one day a half is filled once all are done."""
    begin = today - timedelta(days=FORTNIGHT - 1)
    found: dict[date, list[Given]] = {}
    for each in given:
        found.setdefault(each.day, []).append(each)
    return tuple(
        Day(round(FIRST_AT + number * STEP, 1), *(_half(found.get(day, ()), who) for who in (0, 1)))
        for number in range(FORTNIGHT)
        for day in [begin + timedelta(days=number)]
    )


def _half(pieces: Sequence[Given], who: int) -> str:
    states = [each.states[who] for each in pieces if each.states[who] != NOT_ASKED]
    if not states:
        return NONE
    done = states.count(DONE)
    return IN if done == len(states) else SOME if done else OUT


@dataclass(frozen=True, slots=True)
class Spark:
    """One partner's last weeks, small: its band, its line, and where it ends."""

    band: str
    run: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """Where lines go: how wide and high the box is, and how many weeks it has room for."""

    width: float
    height: float
    weeks: int


SMALL, LARGE = Box(120, 44, SPARK), Box(320, 150, 52)
"""The small lines of a list, and those of a couple's page."""


def sparks(lines: Sequence[Line | None], box: Box = SMALL) -> tuple[Spark | None, ...]:
    """The last weeks of each in a box, on one scale, the same week at one place. None where nothing can be told."""
    last = max((line.weeks[-1].week for line in lines if line and line.weeks), default=date.min)
    told = [
        [
            (box.weeks - 1 - back, week.level, week.low, week.high)
            for week in (line.weeks if line else ())
            for back in [(last - week.week).days // 7]
            if week.level is not None and back < box.weeks
        ]
        for line in lines
    ]
    low = min((each[2] or 0.0 for line in told for each in line), default=0.0)
    high = max((each[3] or 0.0 for line in told for each in line), default=100.0)
    begin = min((each[0] for line in told for each in line), default=0)
    step = (box.width - 15) / max(box.weeks - 1 - begin if box is LARGE else box.weeks - 1, 1)
    shift = begin if box is LARGE else 0
    stretch = (box.height - 8) / max(high - low, 20.0)

    def place(number: int, points: float | None) -> tuple[float, float]:
        return round(6 + (number - shift) * step, 1), round(box.height - 4 - ((points or 0.0) - low) * stretch, 1)

    return tuple(
        Spark(
            _path([place(at, top) for at, _, _, top in line] + [place(at, foot) for at, _, foot, _ in reversed(line)])
            + "Z",
            _path([place(at, level) for at, level, _, _ in line]),
            *place(line[-1][0], line[-1][1]),
        )
        if line
        else None
        for line in told
    )


@dataclass(frozen=True, slots=True)
class Span:
    """The days of an axis, both included."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Where a day lies."""
        return round(LANES_LEFT + (LANES_RIGHT - LANES_LEFT) * (day - self.first).days / max(self.length, 1), 1)

    @property
    def length(self) -> int:
        """From the first to the last."""
        return (self.last - self.first).days

    @property
    def ticks(self) -> tuple[date, ...]:
        """The days that get a label: the first, the last, and at most two between."""
        steps = 3 if self.length >= 12 else 1
        return tuple(self.first + timedelta(days=round(self.length * each / steps)) for each in range(steps + 1))


@dataclass(frozen=True, slots=True)
class Lane:
    """One piece of homework on the axis: the stroke of its day, what each made of it, and if it was talked over."""

    given: float
    opened: tuple[float | None, float | None]
    """Where each one's small circle lies, off the seam on their side: opened, and done on a later day or not."""
    done: tuple[str, str]
    """Each one's half disc, "" where they have not done it."""
    until: float
    """Where the last thing that anybody made of it lies."""
    talked_over: float | None


Part = tuple[date | None, date | None]
"""When one partner opened a piece, if they did not do it on that day, and when they did it."""


def lane(day: date, parts: tuple[Part, Part], talked_over: bool, span: Span) -> Lane:
    """Where a piece of homework lies. What lies outside the axis is drawn at its end."""
    opened = [span.x(_within(on, span)) if on else None for on, _ in parts]
    done = [span.x(_within(on, span)) if on else None for _, on in parts]
    given, did = span.x(day), [x for x in done if x is not None]
    return Lane(
        given,
        (opened[0], opened[1]),
        (_disc(done[0], above=True), _disc(done[1], above=False)),
        max([given, *did, *(x for x in opened if x is not None)]),
        max(did, default=given) if talked_over else None,
    )


def _disc(x: float | None, *, above: bool) -> str:
    """Half a disc on its side of the seam, "" for none."""
    if x is None:
        return ""
    y, turn = (SEAM - 1, 1) if above else (SEAM + 1, 0)
    return f"M{round(x - DISC, 1):g} {y:g}A{DISC} {DISC} 0 0 {turn} {round(x + DISC, 1):g} {y:g}Z"


WENT_TOP, WENT_STEP = 12.0, 7.0
"""Where a 10 lies in a box of 90, and how far one step is."""


def went(rated: Iterable[tuple[date, int]], span: Span) -> tuple[tuple[float, float], ...]:
    """Where each "how did it go", 0 to 10, lies on the axis of a span."""
    return tuple((span.x(day), round(WENT_TOP + (10 - value) * WENT_STEP, 1)) for day, value in rated)


def _within(day: date, span: Span) -> date:
    return min(max(day, span.first), span.last)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
