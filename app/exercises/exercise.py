"""What an exercise is made of, and which of its items a couple meets on a day. Pure: no file, no clock, no database."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DEPTHS = ("light", "deeper", "deepest")
REST = timedelta(days=365)
"""How long a question of a love map rests before a couple may meet it again."""

LIGHT_ONLY, NOT_DEEPEST = 6, 15
"""How many questions a couple has behind it before deeper ones come, and before the deepest do."""


@dataclass(frozen=True, slots=True)
class Text:
    """Something said, with the id it is kept under."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Item(Text):
    """A question, topic or nudge. `depth` is "" where there is but one."""

    depth: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Feelings that are near to each other."""

    id: str
    name: str
    words: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One entry of the catalogue. `default_weekdays` counts as ISO does: 1 is Monday."""

    id: str
    name: str
    summary: str
    why: str
    minutes: int
    opens: str
    default_weekdays: frozenset[int]
    items: Mapping[str, Item] = field(default_factory=dict)
    retired: Mapping[str, Item] = field(default_factory=dict)
    needs: tuple[Text, ...] = ()
    families: tuple[Family, ...] = ()
    starters: Mapping[str, tuple[str, ...]]

    def item(self, ident: str) -> Item:
        """The item with this id. One that the files no longer hold is told as such: a page of the past needs it."""
        if found := self.items.get(ident) or self.retired.get(ident):
            return found
        return Item(ident, "A question that is no longer asked.", DEPTHS[0] if self.has_depths else "")

    def starter(self, seed: str, need: str | None = None) -> str:
        """What the two may talk about now: always the same for one `seed`, fitting `need` where there are some."""
        fitting = self.starters.get(need or "") or self.starters["any"]
        return fitting[_draw(seed) % len(fitting)]

    @property
    def has_depths(self) -> bool:
        """Whether its items go from light to deep."""
        return any(item.depth for item in self.items.values())


def choose(exercise: Exercise, couple_id: str, day: date, used: Mapping[str, date]) -> Item | None:
    """The item for a couple and day, the same whenever asked, and another for other couples.

    `used`: item id → the last day this couple had it. A question with a depth rests a year, so that None is left when
    all of them do. The others come round again when all have been there.
    """
    rested = [item for item in exercise.items.values() if item.id not in used or used[item.id] <= day - REST]
    if exercise.has_depths:
        allowed = DEPTHS[: 1 if len(used) < LIGHT_ONLY else 2 if len(used) < NOT_DEEPEST else 3]
        candidates = [item for item in rested if item.depth in allowed] or rested
    else:
        longest_ago = min((used.get(ident, date.min) for ident in exercise.items), default=date.min)
        candidates = [item for item in exercise.items.values() if used.get(item.id, date.min) == longest_ago]
    begun = hashlib.sha256(f"{couple_id}|{day.isoformat()}|".encode())
    return min(candidates, key=lambda item: _draw(item.id, begun.copy()), default=None)


def _draw(text: str, begun: "hashlib._Hash | None" = None) -> int:
    """A number that is the same for the same text, after the same beginning, and as good as chance otherwise."""
    digest = begun or hashlib.sha256()
    digest.update(text.encode())
    return int.from_bytes(digest.digest()[:8], "big")
