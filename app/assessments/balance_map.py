"""The map of balance: where each mark, each tie and each name goes, in a box of 328 by 330 units. Pure.

From the start to the end: the first partner carries it, both alike, the second does. Upwards: the more of it there is.
Both phones show the same picture. Answers are whole steps, so that several share a place: they lie side by side there.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

WIDTH, HEIGHT = 328, 330
LEFT, RIGHT, TOP, BOTTOM = 26.0, 302.0, 44.0, 270.0
"""Where the outermost answers lie."""
RADIUS = 7.5
ACROSS, DOWN, ROW = 19.0, 18.0, 3
"""How far marks in one place lie apart, and how many lie in a row."""
LETTER, LINE, GAP = 7.5, 15.0, 5.0
"""What a letter and a line of a name take, and what is left free beside a mark."""

STEPS = 40
"""In how many steps a tie is followed, to keep names off it."""

FIRST, SECOND, BOTH = "first", "second", "both"

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One's view of a domain: who carries it, from 0 (the first partner) to 1 (the second), and how much there is."""

    who: float
    much: float


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain as the first and the second partner see it; None where one has not answered."""

    name: str
    first: Seen | None
    second: Seen | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A half of the first or the second partner, or a whole disc of both."""

    x: float
    y: float
    whose: str


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map, with the end of it that stands at x: "start", "middle" or "end"."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Map:
    """What to draw. `ties` are (x, y, x, y) between two marks of one domain."""

    marks: tuple[Mark, ...]
    ties: tuple[tuple[float, float, float, float], ...]
    labels: tuple[Label, ...]


def drawn(domains: Sequence[Domain]) -> Map:
    """The map of these domains, the most important names first: a name that would lie on another is left out."""
    ends = _ends(domains)
    marks = tuple(mark for both in ends for mark in both)
    ties = tuple((one.x, one.y, other.x, other.y) for one, other in (both for both in ends if len(both) == 2))
    return Map(marks, ties, tuple(_labels(domains, ends, marks)))


def _ends(domains: Sequence[Domain]) -> list[tuple[Mark, ...]]:
    """The marks of each domain: one of both, or one of each who has answered."""
    views = [_views(domain) for domain in domains]
    here: dict[Seen, list[tuple[int, str]]] = defaultdict(list)
    for number, found in enumerate(views):
        for whose, seen in found:
            here[seen].append((number, whose))
    made: list[list[Mark]] = [[] for _ in domains]
    for seen, sharing in here.items():
        for (number, whose), (x, y) in zip(sharing, _places(seen, len(sharing)), strict=True):
            made[number].append(Mark(x, y, whose))
    return [tuple(sorted(marks, key=lambda mark: mark.whose)) for marks in made]


def _views(domain: Domain) -> list[tuple[str, Seen]]:
    if domain.first is not None and domain.first == domain.second:
        return [(BOTH, domain.first)]
    return [(whose, seen) for whose, seen in ((FIRST, domain.first), (SECOND, domain.second)) if seen is not None]


def _places(seen: Seen, count: int) -> Iterator[tuple[float, float]]:
    """Where marks lie that share a place: in rows about its middle."""
    middle_x, middle_y = LEFT + seen.who * (RIGHT - LEFT), BOTTOM - seen.much * (BOTTOM - TOP)
    rows = -(-count // ROW)
    for place in range(count):
        row, column = divmod(place, ROW)
        in_row = min(ROW, count - row * ROW)
        yield (
            round(middle_x + (column - (in_row - 1) / 2) * ACROSS, 1),
            round(middle_y + (row - (rows - 1) / 2) * DOWN, 1),
        )


def _labels(domains: Sequence[Domain], ends: Sequence[tuple[Mark, ...]], marks: Sequence[Mark]) -> Iterator[Label]:
    taken = [(mark.x - RADIUS, mark.y - RADIUS, mark.x + RADIUS, mark.y + RADIUS) for mark in marks]
    lines = [box for both in ends if len(both) == 2 for box in _along(*both)]
    for domain, both in zip(domains, ends, strict=True):
        free = [label for label in _tries(domain.name, both) if _fits(_box(label), taken)]
        # Best where no tie runs through it, else wherever no mark and no other name is.
        best = next((label for label in free if _fits(_box(label), lines)), next(iter(free), None))
        if best is not None:
            taken.append(_box(best))
            yield best


def _fits(box: Box, taken: Sequence[Box]) -> bool:
    inside = box[0] >= -2 and box[2] <= WIDTH + 2 and box[1] >= TOP - 20 and box[3] <= BOTTOM + 8
    return inside and not any(_meet(box, each) for each in taken)


def _along(one: Mark, other: Mark) -> Iterator[Box]:
    """Small boxes along a tie."""
    for step in range(1, STEPS):
        x, y = (start + (end - start) * step / STEPS for start, end in ((one.x, other.x), (one.y, other.y)))
        yield x - 2, y - 2, x + 2, y + 2


def _tries(name: str, both: Sequence[Mark]) -> Iterator[Label]:
    """Where a name may stand: beside a mark, above or below it, or along the tie."""
    side = RADIUS + GAP
    for mark in both:
        yield Label(mark.x + side, mark.y + 5, "start", name)
        yield Label(mark.x - side, mark.y + 5, "end", name)
    if len(both) == 2:
        one, other = both
        x, y = (one.x + other.x) / 2, (one.y + other.y) / 2
        yield from (Label(round(x, 1), round(y + shift, 1), "middle", name) for shift in (-7.0, 17.0))
    for mark, (shift, (across, anchor)) in product(
        both, product((-RADIUS - 4, RADIUS + 14), ((0.0, "middle"), (-RADIUS, "start"), (RADIUS, "end")))
    ):
        yield Label(mark.x + across, mark.y + shift, anchor, name)


def _box(label: Label) -> Box:
    width = len(label.text) * LETTER
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return left - 2, label.y - LINE + 4, left + width + 2, label.y + 4


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
