"""A pack: the words of an instrument in one language, with licence and permission. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_ITEMS, MAX_STEPS, MAX_TEXT, MAX_LINE = 200, 20, 1000, 200
_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,19}")
_IDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_BRACES = re.compile(r"\{(?!you\})|(?<!\{you)\}")
_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""What turns the direction of writing, and could make a question look like another."""


class Refused(ValueError):
    """A pack that cannot be installed. The message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of a format. `steps` and `mirrored` only where the key leaves them to the pack."""

    labels: tuple[str, ...]
    steps: tuple[int, ...] = ()
    mirrored: bool | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of an item. Without labels of its own it has those of its format."""

    text: str
    labels: tuple[str, ...] = ()
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The words above a section."""

    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The words of an instrument, each text sound by itself. Whether they fit the key is for `binding.bind` to say."""

    instrument: str
    version: str
    locale: str
    licence: str
    permission: str
    name: str = ""
    about: str = ""
    wording_hash: str = ""
    formats: Mapping[str, Labels] = field(default_factory=dict)
    sections: Mapping[str, Heading] = field(default_factory=dict)
    scales: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, Wording] = field(default_factory=dict)


def from_table(table: Mapping[str, Any]) -> Pack:
    """The pack in a table as TOML reads it. Raises Refused for what is missing, surplus or no sound text."""
    lists = {"formats", "sections", "scales", "items"}
    plain = {"instrument", "version", "locale", "licence", "permission", "name", "about", "wording_hash"}
    for surplus in sorted(set(table) - lists - plain):
        raise Refused(f"The pack holds {surplus[:40]!r}, which means nothing here.")
    for lacking in ("licence", "permission"):
        if not str(table.get(lacking, "")).strip():
            raise Refused(f"The pack names no {lacking}: {_WHY[lacking]}")
    fields = {name: _text(table[name], name) for name in sorted(plain & set(table))}
    for lacking, form in (("instrument", _IDENT), ("version", _VERSION), ("locale", _LOCALE)):
        if not form.fullmatch(fields.get(lacking, "")):
            raise Refused(f"The pack's {lacking} must be {_FORMS[lacking]}.")
    items = _entries(table, "items", MAX_ITEMS)
    return Pack(
        **fields,
        formats={ident: _labels(each, f"format {ident}") for ident, each in _entries(table, "formats", 20).items()},
        sections={ident: _heading(each, f"section {ident}") for ident, each in _entries(table, "sections", 20).items()},
        scales={
            ident: _text(each, f"scale {ident}", MAX_LINE) for ident, each in _entries(table, "scales", 50).items()
        },
        items={ident: _wording(each, f"item {ident}") for ident, each in items.items()},
    )


_WHY = {
    "licence": "say under which terms its words may be used.",
    "permission": "say who permitted their use and when, or which words of the licence do.",
}
_FORMS = {
    "instrument": "the id of a key",
    "version": "at most 20 letters, digits, dots and dashes",
    "locale": "a language such as en or pt_BR",
}


def _entries(table: Mapping[str, Any], name: str, most: int) -> dict[str, Any]:
    found = table.get(name, {})
    if not isinstance(found, dict):
        raise Refused(f"The pack's {name} must be a table.")
    if len(found) > most:
        raise Refused(f"The pack has {len(found)} {name}; {most} fit.")
    for ident in found:
        if not _IDENT.fullmatch(ident):
            raise Refused(f"The pack's {name} hold {ident[:40]!r}, which is no id.")
    return found


def _wording(found: Any, where: str) -> Wording:
    if isinstance(found, str):
        return Wording(_text(found, where))
    table = _known(found, where, {"text", "labels", "scale"})
    labels = _line_up(table["labels"], where) if "labels" in table else ()
    return Wording(_text(table.get("text"), where), labels, _text(table.get("scale", ""), where, empty=True))


def _labels(found: Any, where: str) -> Labels:
    table = _known(found, where, {"labels", "steps", "mirrored"})
    steps, mirrored = table.get("steps", []), table.get("mirrored")
    if not isinstance(steps, list) or not all(type(step) is int and abs(step) <= 1000 for step in steps):
        raise Refused(f"The steps of {where} must be a list of whole numbers.")
    if mirrored is not None and type(mirrored) is not bool:
        raise Refused(f"Whether {where} is mirrored must be true or false.")
    labels = () if steps and "labels" not in table else _line_up(table.get("labels"), where)
    return Labels(labels, tuple(steps), mirrored)


def _heading(found: Any, where: str) -> Heading:
    table = _known(found, where, {"title", "text"})
    title, text = (_text(table.get(name, ""), where, empty=True) for name in ("title", "text"))
    return Heading(title, text)


def _known(found: Any, where: str, names: set[str]) -> dict[str, Any]:
    if not isinstance(found, dict) or not set(found) <= names:
        raise Refused(f"In the pack, {where} must be a table of {', '.join(sorted(names))}.")
    return found


def _line_up(found: Any, where: str) -> tuple[str, ...]:
    if not isinstance(found, list) or not 2 <= len(found) <= MAX_STEPS:
        raise Refused(f"The labels of {where} must be a list of 2 to {MAX_STEPS}.")
    return tuple(_text(each, f"a label of {where}", MAX_LINE, empty=True) for each in found)


def _text(found: Any, where: str, most: int = MAX_TEXT, *, empty: bool = False) -> str:
    if not isinstance(found, str) or not (found.strip() or empty):
        raise Refused(f"In the pack, {where} must be a text.")
    text = unicodedata.normalize("NFC", found.strip())
    if len(text) > most:
        raise Refused(f"In the pack, {where} is {len(text)} characters long; {most} fit.")
    if any(unicodedata.category(each) in {"Cc", "Cs"} or unicodedata.bidirectional(each) in _TURNING for each in text):
        raise Refused(f"In the pack, {where} holds characters that cannot be shown.")
    if _BRACES.search(text):
        raise Refused(f"In the pack, {where} holds a brace; {{you}} alone may, for the partner's name.")
    return text
