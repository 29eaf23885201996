"""What lies between two partners' answers, domain by domain or factor by factor. Never a total. Pure.

Both views are told as the first of the two sees the axis: `who` runs from oneself (low) over even (the middle) to the
partner (high), so that the second one's answers are turned over.
"""

from dataclasses import dataclass

from app.assessments.instrument import MUCH, Answers, Instrument, Item, Scale
from app.assessments.scoring import check, keyed, mean, needed

ALIKE, APART = "alike", "apart"


@dataclass(frozen=True, slots=True)
class View:
    """How one sees a domain: who carries more of it, and how much of it there is. None is not answered.

    Whole steps in balance; a mean over the items of a factor elsewhere, where `much` is always None.
    """

    who: float | None
    much: float | None
    middle: float
    """Where `who` is even."""

    def leans(self) -> int:
        """-1 where it is more oneself, 0 where it is even or not answered, 1 where it is more the partner."""
        return 0 if self.who is None else (self.who > self.middle) - (self.who < self.middle)


@dataclass(frozen=True, slots=True)
class Between:
    """A domain in the eyes of two. `theirs` is turned over: both views have one axis."""

    scale: Scale
    mine: View
    theirs: View

    @property
    def gap(self) -> float | None:
        """Steps between the two on `who`: above zero when the partner sees more on the partner's side than I do."""
        return _difference(self.mine.who, self.theirs.who)

    @property
    def gap_much(self) -> float | None:
        """Steps between the two on `much`: above zero when the partner sees more of it than I do."""
        return _difference(self.mine.much, self.theirs.much)

    @property
    def who(self) -> str | None:
        """ALIKE or APART on who carries it. None where one has not answered, or no line is drawn (`Scale.apart`)."""
        return self._finding(self.gap)

    @property
    def much(self) -> str | None:
        """ALIKE or APART on how much of it there is; None as for `who`."""
        return self._finding(self.gap_much)

    @property
    def even_but_little(self) -> bool:
        """Whether both call it even, and both say that there is little of it: two who have both stepped back."""
        return is_even_but_little(self.scale, self.mine) and is_even_but_little(self.scale, self.theirs)

    def _finding(self, gap: float | None) -> str | None:
        if gap is None or self.scale.apart is None:
            return None
        return APART if abs(gap) >= self.scale.apart else ALIKE


def is_even_but_little(scale: Scale, view: View) -> bool:
    """Whether one calls it even while there is little of it, up to `Scale.little`."""
    if view.who is None or view.much is None or scale.little is None:
        return False
    return view.who == view.middle and view.much <= scale.little


def views(instrument: Instrument, answers: Answers, *, turned: bool = False) -> tuple[tuple[Scale, View], ...]:
    """How one sees each domain or factor, in their order; `turned`: as the partner has it. Raises WrongAnswer."""
    check(instrument, answers)
    items = {item.id: item for item in instrument.items}
    return tuple(
        (scale, _view([items[ident] for ident in scale.items], scale, answers, turned=turned))
        for scale in instrument.compared
    )


def between(instrument: Instrument, mine: Answers, theirs: Answers) -> tuple[Between, ...]:
    """What lies between two sittings of one instrument, in its order. Raises WrongAnswer."""
    pairs = zip(views(instrument, mine), views(instrument, theirs, turned=True), strict=True)
    return tuple(Between(scale, one, other) for (scale, one), (_, other) in pairs)


def _view(items: list[Item], scale: Scale, answers: Answers, *, turned: bool) -> View:
    carried = [item for item in items if item.asks != MUCH]
    given = [_seen(item, keyed(item, scale, answers[item.id]), turned=turned) for item in carried if item.id in answers]
    enough = len(given) >= max(1, needed(scale) if len(carried) == len(items) else 1)
    much = next((answers.get(item.id) for item in items if item.asks == MUCH), None)
    middle = (carried[0].lowest + carried[0].highest) / 2
    return View(mean(given) if enough else None, much, middle)


def _seen(item: Item, value: int, *, turned: bool) -> int:
    return item.lowest + item.highest - value if turned and item.mirrored else value


def _difference(mine: float | None, theirs: float | None) -> float | None:
    return None if mine is None or theirs is None else theirs - mine
