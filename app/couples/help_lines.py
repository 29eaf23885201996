"""Help lines per country, from `content/help_lines.toml`: read once, checked to the last entry."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "content" / "help_lines.toml"
ABOUT = ("abuse", "crisis", "relationship")
DIALS = frozenset("0123456789+*#")
"""What a phone dials."""


class HelpLinesError(ValueError):
    """The file is not whole. The message names entry and field."""


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody to talk to. `about` is one of ABOUT; `hours` and `site` may be ""."""

    name: str
    about: str
    phone: str
    hours: str
    site: str

    @property
    def number(self) -> str:
        """The phone number as a phone dials it."""
        return "".join(each for each in self.phone if each in DIALS)


@dataclass(frozen=True, slots=True)
class Country:
    """A country with its emergency number and its lines."""

    code: str
    name: str
    emergency: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class HelpLines:
    """All countries by name, and the day on which somebody last looked at each of them."""

    checked_on: date
    countries: tuple[Country, ...]


@lru_cache(maxsize=1)
def help_lines() -> HelpLines:
    """The help lines of this Attune. Raises HelpLinesError."""
    return read(FILE)


def read(path: Path) -> HelpLines:
    """The help lines in a file. Raises HelpLinesError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise HelpLinesError(f"{path.name} cannot be read ({error}).") from error
    checked_on = table.get("checked_on")
    if type(checked_on) is not date:
        raise HelpLinesError(f"{path.name}: checked_on must be a day, such as 2026-11-25.")
    countries = tuple(_country(path.name, each) for each in _tables(path.name, table, "countries"))
    for country in countries:
        if sum(each.code == country.code for each in countries) > 1:
            raise HelpLinesError(f"{path.name} {country.code}: code stands there twice.")
    return HelpLines(checked_on, countries)


def _country(file: str, table: dict[str, Any]) -> Country:
    where = f"{file} {table.get('code', 'a country without a code')}"
    code, name, emergency = (_text(where, table, field) for field in ("code", "name", "emergency"))
    if not set(emergency) <= DIALS:
        raise HelpLinesError(f"{where}: emergency must be a number as a phone dials it.")
    return Country(code, name, emergency, tuple(_line(where, each) for each in _tables(where, table, "lines")))


def _line(where: str, table: dict[str, Any]) -> Line:
    name = _text(f"{where}, a line", table, "name")
    where = f"{where} {name}"
    about, phone = (_text(where, table, field) for field in ("about", "phone"))
    hours, site = (_text(where, table, field) if field in table else "" for field in ("hours", "site"))
    line = Line(name, about, phone, hours, site)
    if line.about not in ABOUT:
        raise HelpLinesError(f"{where}: about must be one of {', '.join(ABOUT)}.")
    if not line.number:
        raise HelpLinesError(f"{where}: phone holds no number.")
    if line.site and not line.site.startswith(("https://", "http://")):
        raise HelpLinesError(f"{where}: site must be an address on the web.")
    return line


def _tables(where: str, table: dict[str, Any], field: str) -> list[dict[str, Any]]:
    tables = table.get(field)
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise HelpLinesError(f"{where}: {field} must be tables, at least one.")
    return tables


def _text(where: str, table: dict[str, Any], field: str) -> str:
    text = table.get(field)
    if not isinstance(text, str) or not text.strip():
        raise HelpLinesError(f"{where}: {field} must be a text.")
    return text
