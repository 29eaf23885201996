"""What a guided exercise is made of: a guide, its variants, their steps. Pure: no file, no clock, no database."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

READ, SPEAK, LISTEN, WRITE, REVEAL, CHOOSE, RATE = "read", "speak", "listen", "write", "reveal", "choose", "rate"
KINDS = (READ, SPEAK, LISTEN, WRITE, REVEAL, CHOOSE, RATE)
FIRST, SECOND = "first", "second"
LIGHT, WARM, DEEP = "light", "warm", "deep"

_NAME = re.compile(r"\{(me|you|first|second)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that two do. `seconds` is None where no time runs; `options` are what there is to choose among."""

    id: str
    kind: str
    title: str
    text: str
    other: str = ""
    who: str = ""
    seconds: int | None = None
    options: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way through a guide. Its steps end with the one that rates."""

    id: str
    title: str
    steps: tuple[Step, ...]

    def step(self, ident: str) -> Step | None:
        """The step with this id, if it is still there."""
        return next((step for step in self.steps if step.id == ident), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A longer exercise. `minutes` is what it takes, typically."""

    id: str
    name: str
    summary: str
    why: str
    minutes: int
    intensity: str
    landing: tuple[str, ...]
    variants: Mapping[str, Variant]

    def variant(self, ident: str) -> Variant:
        """The variant with this id; the first one where it has gone since: a page of the past needs one."""
        return self.variants.get(ident) or next(iter(self.variants.values()))

    def next_for(self, couple: str, had: Mapping[str, int]) -> Variant:
        """One for this couple: none comes again before all have been. `had`: variant → how often they had it."""
        fewest = min(had.get(ident, 0) for ident in self.variants)
        left = [ident for ident in self.variants if had.get(ident, 0) == fewest]
        return self.variants[min(left, key=lambda ident: _draw(couple, self.id, ident, fewest))]


def named(text: str, *, me: str, you: str, first: str, second: str) -> str:
    """A text of an exercise with names in place of what stands for them."""
    names = {"me": me, "you": you, "first": first, "second": second}
    # In one go: a name may itself look like a placeholder.
    return _NAME.sub(lambda found: names[found[1]], text)


def _draw(*of: object) -> str:
    return hashlib.sha256("|".join(map(str, of)).encode()).hexdigest()
