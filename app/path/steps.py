"""What the path says: aims to choose from and steps in their order, read once from TOML and checked to the last entry.

`content/path.toml` holds

    [[aims]]     id, title, hint
    [[steps]]    id, title, exercise (an id of the catalogue), practice (what to do there), text (paragraphs), question
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

CONTENT = Path(__file__).parent / "content" / "path.toml"

LONGEST = {"id": 40, "title": 60, "hint": 120, "exercise": 40, "practice": 140, "question": 140, "text": 900}
"""Characters of each entry at the most."""
WORDS = range(60, 111)
"""How many words a step's text may have: it is read in half a minute."""
RESERVED = {"aims", "earlier", "recommitment"}
"""What stands behind /path in an address and is no step."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_EXERCISE = re.compile(r"[a-z]+(?:_[a-z]+)*")


class PathError(ValueError):
    """The content is not whole. The message names entry and field."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a couple may want of the path."""

    id: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps: something to read, to do, and to answer together."""

    id: str
    title: str
    exercise: str
    practice: str
    text: str
    question: str

    @property
    def paragraphs(self) -> list[str]:
        """The text, paragraph by paragraph."""
        return self.text.split("\n\n")


@dataclass(frozen=True, slots=True)
class Way:
    """The whole path: aims and steps by their ids, in order."""

    aims: Mapping[str, Aim]
    steps: Mapping[str, Step]

    def number(self, step: str) -> int:
        """Which step it is, from 1."""
        return list(self.steps).index(step) + 1

    def beside(self, step: str) -> tuple[Step | None, Step | None]:
        """The steps before and after one."""
        inorder = [None, *self.steps.values(), None]
        place = self.number(step)
        return inorder[place - 1], inorder[place + 1]


@lru_cache(maxsize=1)
def load() -> Way:
    """The path of this Attune. Raises PathError."""
    return read(CONTENT)


def read(path: Path) -> Way:
    """The path in a file. Raises PathError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PathError(f"{path.name} cannot be read ({error}).") from error
    for surplus in sorted(set(table) - {"aims", "steps"}):
        raise PathError(f"{path.name} {surplus} is not known.")
    way = Way(_entries(Aim, "aims", table), _entries(Step, "steps", table))
    for step in way.steps.values():
        if step.id in RESERVED:
            raise _fault("steps", step.id, "id", "is the name of a page")
        if not _EXERCISE.fullmatch(step.exercise):
            raise _fault("steps", step.id, "exercise", "must be the id of an exercise")
        if len(step.text.split()) not in WORDS:
            raise _fault("steps", step.id, "text", f"must have {WORDS[0]} to {WORDS[-1]} words")
    return way


_Entry = TypeVar("_Entry", Aim, Step)


def _entries(kind: type[_Entry], name: str, table: Mapping[str, Any]) -> dict[str, _Entry]:
    entries = table.get(name)
    if not isinstance(entries, list) or not entries or not all(isinstance(each, dict) for each in entries):
        raise _fault(name, "", "", "must be a list of at least one table")
    found: dict[str, _Entry] = {}
    for entry in entries:
        known, ident = [each.name for each in fields(kind)], str(entry.get("id", ""))
        for odd in sorted(set(known) ^ set(entry)):
            raise _fault(name, ident, odd, "is missing" if odd in known else "is not known")
        for field in known:
            _check(name, ident, field, entry[field])
        if ident in found:
            raise _fault(name, ident, "id", "stands there twice")
        found[ident] = kind(**entry)
    return found


def _check(name: str, ident: str, field: str, text: Any) -> None:
    if not isinstance(text, str) or not text or text != text.strip():
        raise _fault(name, ident, field, "must be a text without space around it")
    if len(text) > LONGEST[field]:
        raise _fault(name, ident, field, f"is {len(text)} characters long; {LONGEST[field]} fit")
    if field == "id" and not _ID.fullmatch(text):
        raise _fault(name, ident, field, "must be of small letters, digits and dashes")


def _fault(name: str, ident: str, field: str, says: str) -> PathError:
    return PathError(" ".join(part for part in ("path.toml", f"[[{name}]]", ident, field, says) if part) + ".")
