"""Sets of homework to begin with: read once from TOML, checked to the last entry. Pure, but for the file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content" / "sets.toml"
LONGEST = {"name": 60, "summary": 160, "note": 400}
"""Characters that a text may have."""

WEEKS_MOST = 52


class SetError(ValueError):
    """The content is not whole. The message names file, set, entry and field."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exercise of a set. `weekdays` has bit 0 for Monday; `weeks` is 0 where it goes on until further notice."""

    exercise: str
    weekdays: int
    weeks: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Set:
    """Homework that goes together."""

    id: str
    name: str
    summary: str
    entries: tuple[Entry, ...]


@lru_cache(maxsize=1)
def load(exercises: frozenset[str]) -> Mapping[str, Set]:
    """The sets of this Attune, by id; `exercises` are those that there are. Raises SetError."""
    return read(CONTENT, exercises)


def read(path: Path, exercises: frozenset[str]) -> Mapping[str, Set]:
    """The sets in a file. Raises SetError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return {ident: _set(ident, each, exercises) for ident, each in table.items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SetError(f"{path.name} cannot be read ({error}).") from error
    except SetError as error:
        raise SetError(f"{path.name}: {error}") from None


def _set(ident: str, table: Any, exercises: frozenset[str]) -> Set:
    if not isinstance(table, dict) or set(table) != {"name", "summary", "entries"} or not table["entries"]:
        raise SetError(f"{ident} must have a name, a summary and entries.")
    name, summary = (_text(ident, field, table[field]) for field in ("name", "summary"))
    return Set(ident, name, summary, tuple(_entry(ident, each, exercises) for each in table["entries"]))


def _entry(ident: str, table: Any, exercises: frozenset[str]) -> Entry:
    if not isinstance(table, dict) or set(table) != {"exercise", "weekdays", "weeks", "note"}:
        raise SetError(f"An entry of {ident} must have exercise, weekdays, weeks and note.")
    if table["exercise"] not in exercises:
        raise SetError(f"{ident} names {table['exercise']}, which is no exercise.")
    days, weeks = table["weekdays"], table["weeks"]
    if not isinstance(days, list) or not days or len(set(days)) < len(days) or not set(days) <= set(range(1, 8)):
        raise SetError(f"{ident} {table['exercise']} must have weekdays from 1 to 7, each once.")
    if type(weeks) is not int or not 0 <= weeks <= WEEKS_MOST:
        raise SetError(f"{ident} {table['exercise']} must have weeks from 0 to {WEEKS_MOST}.")
    bits = sum(1 << (day - 1) for day in days)
    return Entry(table["exercise"], bits, weeks, _text(ident, "note", table["note"]))


def _text(ident: str, name: str, text: Any) -> str:
    if not isinstance(text, str) or text != text.strip() or not 0 < len(text) <= LONGEST[name]:
        raise SetError(f"{ident} {name} must be a text of at most {LONGEST[name]} characters, without space around it.")
    return text
