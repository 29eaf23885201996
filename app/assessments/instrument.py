"""What an instrument is: its questions in words, how they are answered, and what may be made of the answers. Pure.

An instrument is a key (`keys.py`: what shape its questions have, and how they are scored) in the words of a pack
(`pack.py`). All here is frozen and whole: `shelf.py` and `service/packs.py` hand out nothing that was not checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Answers = Mapping[str, int]
"""Item id → the value of the option that was chosen, as it stands in the option. What is not there was not answered."""

FOUND, KNOWN, INFERENCE, ASSUMED = BASES = ("found", "known", "inference", "assumed")
"""How good a figure is: read in the source named, remembered of it, worked out from others, taken for want of any."""

SUM, MEAN, BETWEEN = RULES = ("sum", "mean", "between")
"""What comes of the answers to a scale: a sum, a mean, or nothing but what lies between two partners."""

ALPHA, RETEST = KINDS = ("alpha", "retest")
"""Of reliabilities: how well the items go together, and how alike two sittings are. The second is the stricter one."""

WHO, MUCH = ASKS = ("who", "much")
"""The two questions about a domain of balance: who carries more, and how much of it there is at all."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `label` may be empty between the two ends of a scale; {you} in it is the partner's name."""

    value: int
    label: str


@dataclass(frozen=True, slots=True)
class Section:
    """Items that are asked together. What is answered in a private one is never opened to the partner."""

    id: str
    title: str = ""
    text: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question. {you} in its text is the partner's name.

    `options` stand as they are to be shown, which need not be by value. A `mirrored` item goes from oneself to the
    partner: what one calls 2 is the other's -2. `domain` and `asks` are empty outside of balance.
    """

    id: str
    text: str
    options: tuple[Option, ...]
    section: str
    private: bool = False
    domain: str = ""
    asks: str = ""
    mirrored: bool = False

    @property
    def lowest(self) -> int:
        """The least value that can be answered."""
        return min(option.value for option in self.options)

    @property
    def highest(self) -> int:
        """The greatest value that can be answered."""
        return max(option.value for option in self.options)

    def label(self, value: int) -> str:
        """What an answer is called; the bare number where the option has no name of its own."""
        return next((option.label for option in self.options if option.value == value), "") or str(value)


@dataclass(frozen=True, slots=True)
class Cut:
    """A score below `at` counts as troubled in the source, one at or above it does not."""

    at: float
    basis: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How far a score can be trusted: `r` of one of KINDS, from `n` people (None: not told), `sd` points apart."""

    kind: str
    r: float
    sd: float
    basis: str
    sd_basis: str
    source: str
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What is made of some items. `name` is in the language of the words, or a plain English one.

    `reverse`: items whose value is turned over (lowest + highest - value) before it counts. `answered`: the least share
    of its items that must be answered; the rest then count as the mean of those. More is better on every scale with a
    rule of SUM or MEAN; BETWEEN has no better, no cut and no reliabilities.

    `apart`: from how many steps on two partners are said to see it differently; None where the source draws no line.
    `little`: up to this answer to MUCH there is little of it. Both are choices of ours, of balance alone.
    """

    id: str
    name: str
    items: tuple[str, ...]
    rule: str
    reverse: frozenset[str] = frozenset()
    answered: float = 1.0
    answered_basis: str = ASSUMED
    lowest: float = 0
    highest: float = 0
    cut: Cut | None = None
    reliabilities: tuple[Reliability, ...] = ()
    apart: float | None = None
    little: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """An instrument that can be sat. `validated` is true of published scales alone; others are labelled so.

    A sitting keeps `id`, `version`, `locale` and `wording_hash`. Two sittings can be compared when they have the first
    and the last in common: other words make another scale. `every_weeks` is how long to wait for the next.
    """

    id: str
    name: str
    about: str
    version: str
    locale: str
    wording_hash: str
    licence: str
    permission: str
    terms: str
    sources: tuple[str, ...]
    validated: bool
    built_in: bool
    every_weeks: int
    minutes: int
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]

    def item(self, ident: str) -> Item:
        """The item with this id. Raises KeyError."""
        return {item.id: item for item in self.items}[ident]

    def scale(self, ident: str) -> Scale:
        """The scale with this id. Raises KeyError."""
        return {scale.id: scale for scale in self.scales}[ident]

    def of_section(self, section: Section) -> tuple[Item, ...]:
        """The items of a section, in the order in which they are asked."""
        return tuple(item for item in self.items if item.section == section.id)

    @property
    def open_items(self) -> tuple[Item, ...]:
        """The items whose answers may be opened to the partner, once both release them."""
        return tuple(item for item in self.items if not item.private)

    @property
    def scored(self) -> tuple[Scale, ...]:
        """The scales that give one person a number."""
        return tuple(scale for scale in self.scales if scale.rule != BETWEEN)

    @property
    def compared(self) -> tuple[Scale, ...]:
        """The scales of which only what lies between two partners is told: the domains of balance, in their order."""
        return tuple(scale for scale in self.scales if scale.rule == BETWEEN)
