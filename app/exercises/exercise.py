"""What an exercise is made of, and which of its items a couple meets on a day. Pure: no file, no clock, no database."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DEPTHS = ("light", "deeper", "deepest")
REST = timedelta(days=365)
"""How long a question of a love map that was not set aside rests before a couple meets it again."""

_NAME = re.compile(r"\{(me|you)\}")

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


def named(text: str, *, me: str, you: str) -> str:
    """A starter with names in place of {me} and {you}."""
    # In one go: a name may itself look like a placeholder.
    return _NAME.sub(lambda found: me if found[1] == "me" else you, text)


def choose(
    exercise: Exercise, couple_id: str, day: date, used: Mapping[str, date], kept: Mapping[str, date] | None = None
) -> Item | None:
    """The item for a couple and day, the same whenever asked, and another for other couples. None where there is none.

    `used`: item id → the last day this couple had it; `kept`: the last on which it was not set aside, all of `used`
    where that is not told. A question with a depth rests a year. Only while all of them do, one comes that was set
    aside and not kept in that year, the longest ago: with more of them than a year has days there always is one.
    The others come round again when all have been there.
    """
    items = exercise.items.values()
    if not exercise.has_depths:
        candidates = _longest_ago(items, used)
    elif rested := _rested(items, used, day):
        allowed = DEPTHS[: 1 if len(used) < LIGHT_ONLY else 2 if len(used) < NOT_DEEPEST else 3]
        candidates = [item for item in rested if item.depth in allowed] or rested
    else:
        candidates = _longest_ago(_rested(items, used if kept is None else kept, day) or items, used)
    begun = hashlib.sha256(f"{couple_id}|{day.isoformat()}|".encode())
    return min(candidates, key=lambda item: _draw(item.id, begun.copy()), default=None)


def _rested(items: Iterable[Item], since: Mapping[str, date], day: date) -> list[Item]:
    return [item for item in items if item.id not in since or since[item.id] <= day - REST]


def _longest_ago(items: Collection[Item], used: Mapping[str, date]) -> list[Item]:
    longest_ago = min((used.get(item.id, date.min) for item in items), default=date.min)
    return [item for item in items if used.get(item.id, date.min) == longest_ago]


def _draw(text: str, begun: "hashlib._Hash | None" = None) -> int:
    """A number that is the same for the same text, after the same beginning, and as good as chance otherwise."""
    digest = begun or hashlib.sha256()
    digest.update(text.encode())
    return int.from_bytes(digest.digest()[:8], "big")
