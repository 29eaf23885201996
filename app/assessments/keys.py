"""Scoring keys: what an instrument asks and how it is scored, without a word of it. Pure but for the files it reads.

`content/keys/<id>.toml` holds id, name, aliases, validated, basis, every_weeks, minutes, terms, sources, then

    [formats.<id>]    steps = [values in the order they are shown]; mirrored = true where it runs from me to them.
                      Without steps, the pack brings them, and says whether it is mirrored
    [[sections]]      id; private = true where no answer is ever opened to the partner. Without any there is one, "all"
    [[items]]         id, format; section, domain, asks
    [[scales]]        id, name, rule, items, reverse, answered, apart, little. Without items, the pack tells them
    [scales.cut]      at, basis, source
    [[scales.reliabilities]]    kind, r, sd, n, basis, sd_basis, source

What a figure rests on stands beside it: `basis` is one of BASES.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.assessments.instrument import ASKS, BASES, BETWEEN, KINDS, RULES, Cut, Reliability, Scale, Section

KEYS = Path(__file__).parent / "content" / "keys"
ORDER = ("balance", "satisfaction", "csi_4", "csi_16", "ras", "kms", "rba")
"""All keys, in the order in which a shelf shows them."""


class KeyFault(ValueError):
    """A key is not whole. The message names file and entry."""


@dataclass(frozen=True, slots=True)
class Format:
    """How items are answered: the values in the order they are shown. Empty: the pack brings them."""

    id: str
    steps: tuple[int, ...]
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Place:
    """An item without its words."""

    id: str
    format: str
    section: str
    domain: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Everything about an instrument but its words. `aliases` are the names by which others know it.

    `basis` is what its shape rests on: how many items there are, answered how, counted in which direction.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    validated: bool
    basis: str
    every_weeks: int
    minutes: int
    terms: str
    sources: tuple[str, ...]
    formats: Mapping[str, Format]
    sections: tuple[Section, ...]
    items: tuple[Place, ...]
    scales: tuple[Scale, ...]

    @property
    def asks_for_factors(self) -> bool:
        """Whether a pack must say which item belongs to which scale."""
        return any(not scale.items for scale in self.scales)

    def called(self, name: str) -> bool:
        """Whether this is what others mean by a name: spelled the same, but for case, spaces and dashes."""
        return _bare(name) in {_bare(each) for each in (self.id, self.name, *self.aliases)}


@lru_cache(maxsize=1)
def keys() -> Mapping[str, Key]:
    """All keys by id, in ORDER. Raises KeyFault."""
    return {ident: read(KEYS / f"{ident}.toml") for ident in ORDER}


def read(path: Path) -> Key:
    """The key in a file that is named after it. Raises KeyFault."""
    try:
        key = _key(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise KeyFault(f"{path.name} cannot be read ({error!r}).") from error
    for fault in (*_faults(key), *(["is named otherwise"] if key.id != path.stem else [])):
        raise KeyFault(f"{path.name}: {fault}.")
    return key


def _key(table: dict[str, Any]) -> Key:
    formats = table.pop("formats")
    sections = tuple(Section(**each) for each in table.pop("sections", [])) or (Section("all"),)
    items = tuple(Place(**({"section": sections[0].id} | each)) for each in table.pop("items"))
    return Key(
        aliases=tuple(table.pop("aliases", ())),
        sources=tuple(table.pop("sources")),
        formats={ident: _format(ident, each) for ident, each in formats.items()},
        sections=sections,
        items=items,
        scales=tuple(_scale(each, {item.id: formats[item.format] for item in items}) for each in table.pop("scales")),
        **table,
    )


def _format(ident: str, table: dict[str, Any]) -> Format:
    return Format(ident, tuple(table.get("steps", ())), table.get("mirrored", False))


def _scale(table: dict[str, Any], formats: dict[str, dict[str, Any]]) -> Scale:
    items, cut = tuple(table.pop("items", ())), table.pop("cut", None)
    reliabilities = tuple(Reliability(**each) for each in table.pop("reliabilities", []))
    steps = [formats[ident]["steps"] for ident in items]
    # A sum reaches from the sum of the least to that of the greatest, a mean as far as an item.
    share = len(items) if table["rule"] == "mean" else 1
    scored = bool(items) and table["rule"] != BETWEEN
    return Scale(
        items=items,
        reverse=frozenset(table.pop("reverse", ())),
        cut=Cut(**cut) if cut else None,
        reliabilities=reliabilities,
        lowest=sum(map(min, steps)) / share if scored else 0,
        highest=sum(map(max, steps)) / share if scored else 0,
        **table,
    )


def _faults(key: Key) -> Iterator[str]:
    idents = [item.id for item in key.items]
    if len(set(idents)) != len(idents):
        yield "an item stands there twice"
    sections = {section.id for section in key.sections}
    if key.basis not in BASES or any(
        item.section not in sections or item.asks not in ("", *ASKS) for item in key.items
    ):
        yield "an item is in no section, or asks what nobody knows"
    for scale in key.scales:
        if scale.rule not in RULES or not 0 < scale.answered <= 1:
            yield f"scale {scale.id} has no such rule"
        if not scale.reverse <= set(scale.items) <= set(idents):
            yield f"scale {scale.id} names an item that is not there"
        yield from _faults_of_figures(scale)


def _faults_of_figures(scale: Scale) -> Iterator[str]:
    if scale.cut is not None and not (scale.cut.basis in BASES and scale.lowest < scale.cut.at < scale.highest):
        yield f"the cut-off of scale {scale.id} lies outside of it, or rests on nothing"
    for each in scale.reliabilities:
        if not ({each.basis, each.sd_basis} <= set(BASES) and each.kind in KINDS and 0 < each.r < 1 and each.sd > 0):
            yield f"a reliability of scale {scale.id} is none"


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
