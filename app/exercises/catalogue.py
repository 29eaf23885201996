"""The catalogue: every exercise with its content, read once from TOML and checked to the last entry.

`content/<exercise>.toml` holds name, summary, why, minutes, opens and weekdays, then the tables:

    [items]            id = "text"; in love_map one table for each depth: [items.light], [items.deeper], [items.deepest]
    [needs]            id = "text"                        (check_in)
    [feelings.<id>]    name and words = { id = "text" }   (check_in)
    [starters]         any = [texts], and a list of its own for a need; {you} and {me} become names

An item that is no longer to be asked moves to [retired], so that what was written about it keeps its question.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.exercises.exercise import DEPTHS, Exercise, Family, Item, Text

CONTENT = Path(__file__).parent / "content"
EXERCISES = ("check_in", "appreciation", "mirroring", "love_map")
"""The order in which a day shows them."""

NEEDED = {"check_in": ("needs", "feelings")} | dict.fromkeys(EXERCISES[1:], ("items",))
"""The tables without which an exercise has nothing to ask or to offer."""

OPENS = ("both", "at_once", "turns")
_ID = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_PLACEHOLDER = re.compile(r"\{.*?\}")
_LONGEST = 200


class CatalogueError(ValueError):
    """The content is not whole. The message names file, entry and field."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All exercises by id, in the order of a day."""

    exercises: Mapping[str, Exercise]


@lru_cache(maxsize=1)
def load() -> Catalogue:
    """The catalogue of this Attune. Raises CatalogueError."""
    return read(CONTENT)


def read(folder: Path) -> Catalogue:
    """The catalogue in a folder, one file for each of EXERCISES. Raises CatalogueError."""
    return Catalogue({name: _File(folder / f"{name}.toml").exercise() for name in EXERCISES})


class _File:
    """One file of content, and the checks that tell where in it something is wrong."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            self._table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise self._fault("", "", f"cannot be read ({error})") from error

    def exercise(self) -> Exercise:
        """The exercise that the file holds."""
        ident = self._name.removesuffix(".toml")
        known = {"name", "summary", "why", "minutes", "opens", "weekdays"}
        tables = {"items", "retired", "needs", "feelings", "starters"}
        for surplus in sorted(set(self._table) - known - tables):
            raise self._fault("", surplus, "is not known")
        for lacking in NEEDED[ident]:
            if not self._table.get(lacking):
                raise self._fault(lacking, "", "needs at least one entry")
        needs = self._texts("needs", self._table.get("needs", {}))
        retired = self._texts("retired", self._table.get("retired", {}))
        return Exercise(
            id=ident,
            name=self._text("", "name", self._table.get("name")),
            summary=self._text("", "summary", self._table.get("summary")),
            why=self._text("", "why", self._table.get("why")),
            minutes=self._minutes(),
            opens=self._opens(),
            default_weekdays=self._weekdays(),
            items=self._items(),
            retired={text.id: Item(text.id, text.text) for text in retired},
            needs=needs,
            families=self._families(),
            starters=self._starters({need.id for need in needs}),
        )

    def _minutes(self) -> int:
        minutes = self._table.get("minutes")
        if type(minutes) is not int or not 1 <= minutes <= 60:
            raise self._fault("", "minutes", "must be a whole number from 1 to 60")
        return minutes

    def _opens(self) -> str:
        opens = self._table.get("opens")
        if opens not in OPENS:
            raise self._fault("", "opens", f"must be one of {', '.join(OPENS)}")
        return str(opens)

    def _weekdays(self) -> frozenset[int]:
        weekdays = self._table.get("weekdays")
        if not isinstance(weekdays, list) or not all(type(each) is int and 1 <= each <= 7 for each in weekdays):
            raise self._fault("", "weekdays", "must be a list of numbers from 1 (Monday) to 7")
        return frozenset(weekdays)

    def _items(self) -> dict[str, Item]:
        table = self._within("items", self._table.get("items", {}))
        if not any(isinstance(each, dict) for each in table.values()):
            return {text.id: Item(text.id, text.text) for text in self._texts("items", table)}
        found: dict[str, Item] = {}
        for depth, texts in table.items():
            if depth not in DEPTHS:
                raise self._fault("items", depth, f"must be one of {', '.join(DEPTHS)}")
            for text in self._texts(f"items.{depth}", texts):
                if text.id in found:
                    raise self._fault(f"items.{depth}", text.id, "stands in another depth, too")
                found[text.id] = Item(text.id, text.text, depth)
        return found

    def _families(self) -> tuple[Family, ...]:
        found, seen = [], set()
        for ident, table in self._within("feelings", self._table.get("feelings", {})).items():
            entry = f"feelings.{ident}"
            words = self._texts(f"{entry}.words", self._within(entry, table).get("words", {}))
            for word in words:
                if word.id in seen:
                    raise self._fault(f"{entry}.words", word.id, "stands in another family, too")
                seen.add(word.id)
            found.append(Family(ident, self._text(entry, "name", table.get("name")), words))
        return tuple(found)

    def _starters(self, needs: set[str]) -> dict[str, tuple[str, ...]]:
        table = self._within("starters", self._table.get("starters", {}))
        if not table.get("any"):
            raise self._fault("starters", "any", "needs at least one text")
        found = {}
        for need, texts in table.items():
            if need not in needs | {"any"}:
                raise self._fault("starters", need, "is no need of this file")
            if not isinstance(texts, list) or not texts:
                raise self._fault("starters", need, "must be a list of texts")
            found[need] = tuple(self._text("starters", need, text, ("{you}", "{me}")) for text in texts)
        return found

    def _texts(self, entry: str, table: Any) -> tuple[Text, ...]:
        found: list[Text] = []
        ids: dict[str, str] = {}
        for ident, text in self._within(entry, table).items():
            if not _ID.fullmatch(ident) or len(ident) > 40:
                raise self._fault(entry, ident, "must be an id of at most 40 small letters, digits and dashes")
            found.append(Text(ident, self._text(entry, ident, text)))
            if (twin := ids.setdefault(text.casefold(), ident)) != ident:
                raise self._fault(entry, ident, f"says the same as {twin}")
        return tuple(found)

    def _text(self, entry: str, name: str, text: Any, placeholders: tuple[str, ...] = ()) -> str:
        if not isinstance(text, str) or not text.strip() or text != text.strip():
            raise self._fault(entry, name, "must be a text without space around it")
        if len(text) > _LONGEST:
            raise self._fault(entry, name, f"is {len(text)} characters long; {_LONGEST} fit")
        for unknown in set(_PLACEHOLDER.findall(text)) - set(placeholders):
            raise self._fault(entry, name, f"holds the placeholder {unknown}, which means nothing here")
        return text

    def _within(self, entry: str, table: Any) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self._fault(entry, "", "must be a table")
        return table

    def _fault(self, entry: str, name: str, says: str) -> CatalogueError:
        where = " ".join(part for part in (self._name, f"[{entry}]" if entry else "", name) if part)
        return CatalogueError(f"{where} {says}.")
