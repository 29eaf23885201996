"""What one person's answers come to, scale by scale. Pure: the same answers give the same scores, whenever asked.

A scale is the sum or the mean of its items, reversed ones turned over first. Where some are not answered, the others
stand in for them with their mean, as long as the share that the key asks for is answered; else there is no score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from app.assessments.instrument import SUM, Answers, Instrument, Item, Scale

_EXACT = 1e-9
"""What binary fractions may be off by: 0.8 of five items are four."""


class WrongAnswer(ValueError):
    """An answer to an item that is not there, or one that its item does not offer. The message names it."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a scale came to. `value` is None when too few of its items are answered.

    `filled` are unanswered items that the others stood in for: a score with some is an estimate, and is to be told so.
    """

    scale: Scale
    value: float | None
    answered: int

    @property
    def filled(self) -> int:
        """How many items the others stood in for."""
        return 0 if self.value is None else len(self.scale.items) - self.answered

    @property
    def below_cut(self) -> bool | None:
        """Whether it counts as troubled in the source. None without a score or without a cut-off."""
        return None if self.value is None or self.scale.cut is None else self.value < self.scale.cut.at


def check(instrument: Instrument, answers: Answers) -> None:
    """Raise WrongAnswer for an answer that the instrument does not offer. Unanswered items are no fault.

    An item whose options went with its pack (`binding.bare`) has taken whole numbers, and no more can be said of it.
    """
    items = {item.id: item for item in instrument.items}
    for ident, value in answers.items():
        if ident not in items:
            raise WrongAnswer(f"{instrument.id} has no item {ident}.")
        offered = {option.value for option in items[ident].options}
        if type(value) is not int or (offered and value not in offered):
            raise WrongAnswer(f"{value!r} is no answer to {ident}.")


def scores(instrument: Instrument, answers: Answers) -> tuple[Score, ...]:
    """A score for each scale that gives one person a number, in their order. Empty for balance. Raises WrongAnswer."""
    check(instrument, answers)
    items = {item.id: item for item in instrument.items}
    return tuple(_score(items, scale, answers) for scale in instrument.scored)


def missing(instrument: Instrument, answers: Answers) -> tuple[Item, ...]:
    """The items that are not answered yet, in the order in which they are asked: where a sitting goes on."""
    return tuple(item for item in instrument.items if item.id not in answers)


def keyed(item: Item, scale: Scale, value: int) -> int:
    """What an answer counts: itself, or turned over on its own range where the scale reverses the item."""
    return item.lowest + item.highest - value if item.id in scale.reverse else value


def needed(scale: Scale) -> int:
    """How many items of a scale must be answered for a score."""
    return ceil(scale.answered * len(scale.items) - _EXACT)


def mean(values: list[int]) -> float:
    """The plain mean of at least one value."""
    return sum(values) / len(values)


def _score(items: Mapping[str, Item], scale: Scale, answers: Answers) -> Score:
    values = [keyed(items[ident], scale, answers[ident]) for ident in scale.items if ident in answers]
    if len(values) < max(1, needed(scale)):
        return Score(scale, None, len(values))
    # Multiplied before it is divided: a sum without gaps stays whole.
    whole = sum(values) * len(scale.items) / len(values) if scale.rule == SUM else mean(values)
    return Score(scale, whole, len(values))
