"""The longer exercises: every guide with its variants, read once from TOML and checked to the last step.

`content/<guide>.toml` holds name, summary, why, minutes, intensity and landing, then the tables:

    [[steps]]            id, kind, title, text; other, who and seconds to speak; seconds to listen (and, if one likes,
                         to read); label to write or reveal; options to choose
    [variants.<id>]      title, and slots of any name: a text that takes the place of {name} in a step, or a list that
                         a step names as its options
    [[variants.<id>.steps]]   steps of its own, in place of the common ones

{me} and {you} become names as the reader sees them, {first} and {second} those of who begins and who does not.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.guided.guide import (
    CHOOSE,
    DEEP,
    FIRST,
    KINDS,
    LIGHT,
    LISTEN,
    RATE,
    READ,
    REVEAL,
    SECOND,
    SPEAK,
    WARM,
    WRITE,
    Guide,
    Step,
    Variant,
)

CONTENT = Path(__file__).parent / "content"
GUIDES = (
    "heart_to_heart",
    "reading_the_signs",
    "mindful_presence",
    "happy_memories",
    "appreciation_game",
    "doing_together",
    "mindful_listening",
)
"""The order in which a page lists them."""

NAMES = ("{me}", "{you}", "{first}", "{second}")

LONGEST = {"name": 40, "summary": 140, "why": 200, "title": 60, "text": 400, "other": 400, "label": 80}
_SLOT, _OPTION, _LANDING = 200, 120, 280
_ID = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_PLACEHOLDER = re.compile(r"\{.*?\}")
_OWN = {
    READ: {"seconds"},
    SPEAK: {"seconds", "other", "who"},
    LISTEN: {"seconds"},
    WRITE: {"label"},
    REVEAL: {"label"},
    CHOOSE: {"options"},
    RATE: set(),
}
"""What a step of a kind may hold besides id, kind, title and text."""


class GuideError(ValueError):
    """The content is not whole. The message names file, entry and field."""


@lru_cache(maxsize=1)
def load() -> Mapping[str, Guide]:
    """The guides of this Attune, by id. Raises GuideError."""
    return read(CONTENT)


def read(folder: Path) -> Mapping[str, Guide]:
    """The guides in a folder, in the order of GUIDES. Raises GuideError, also for a file that is none of them."""
    files = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    for stranger in sorted(files.keys() - set(GUIDES)):
        raise GuideError(f"{stranger}.toml is none of the guides.")
    return {name: _read(files[name]) for name in GUIDES if name in files}


def made(ident: str, table: Mapping[str, Any]) -> Guide:
    """A guide out of a table like that of a file. Raises GuideError."""
    return _Table(ident, table).guide()


def _read(path: Path) -> Guide:
    try:
        return _Table(path.name, tomllib.loads(path.read_text(encoding="utf-8"))).guide()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GuideError(f"{path.name} cannot be read ({error}).") from error


class _Table:
    """One guide as a table, and the checks that tell where in it something is wrong."""

    def __init__(self, name: str, table: Mapping[str, Any]) -> None:
        self._name, self._table = name, table

    def guide(self) -> Guide:
        """The guide that the file holds."""
        known = {"name", "summary", "why", "minutes", "intensity", "landing", "steps", "variants"}
        for surplus in sorted(set(self._table) - known):
            raise self._fault("", surplus, "is not known")
        return Guide(
            id=self._name.removesuffix(".toml"),
            name=self._text("", "name", self._table.get("name")),
            summary=self._text("", "summary", self._table.get("summary")),
            why=self._text("", "why", self._table.get("why")),
            minutes=self._number("", "minutes", self._table.get("minutes"), 1, 120),
            intensity=self._one_of("", "intensity", self._table.get("intensity"), (LIGHT, WARM, DEEP)),
            landing=self._texts("", "landing", self._table.get("landing"), range(1, 5), _LANDING, NAMES),
            variants=self._variants(),
        )

    def _variants(self) -> dict[str, Variant]:
        found: dict[str, Variant] = {}
        titles: dict[str, str] = {}
        for ident, table in self._within("variants", self._table.get("variants", {})).items():
            entry = f"variants.{ident}"
            self._id("variants", ident)
            slots = dict(self._within(entry, table))
            title = self._text(entry, "title", slots.pop("title", None))
            if (twin := titles.setdefault(title.casefold(), ident)) != ident:
                raise self._fault(entry, "title", f"says the same as that of {twin}")
            steps = slots.pop("steps", None)
            where = "steps" if steps is None else f"{entry}.steps"
            checked = self._slots(entry, slots)
            found[ident] = Variant(ident, title, self._steps(where, steps or self._table.get("steps"), checked))
        if not found:
            raise self._fault("variants", "", "needs at least one entry")
        return found

    def _slots(self, entry: str, slots: dict[str, Any]) -> dict[str, str | tuple[str, ...]]:
        checked: dict[str, str | tuple[str, ...]] = {}
        for name, value in slots.items():
            self._id(entry, name)
            if isinstance(value, list):
                checked[name] = self._texts(entry, name, value, range(2, 9), _OPTION)
            else:
                checked[name] = self._text(entry, name, value, longest=_SLOT, placeholders=NAMES)
        return checked

    def _steps(self, entry: str, steps: Any, slots: Mapping[str, str | tuple[str, ...]]) -> tuple[Step, ...]:
        if not isinstance(steps, list) or not 2 <= len(steps) <= 40:
            raise self._fault(entry, "", "must be a list of 2 to 40 steps")
        found = tuple(self._step(entry, number, step, slots) for number, step in enumerate(steps, 1))
        for number, step in enumerate(found, 1):
            if any(step.id == other.id for other in found[: number - 1]):
                raise self._fault(entry, step.id, "stands there twice")
            if (step.kind == RATE) != (number == len(found)):
                raise self._fault(entry, step.id, "must not rate, but as the last step, which must")
        return found

    def _step(self, entry: str, number: int, table: Any, slots: Mapping[str, str | tuple[str, ...]]) -> Step:
        step = self._within(f"{entry} {number}", table)
        ident = step.get("id")
        self._id(f"{entry} {number}", ident)
        where = f"{entry} {ident}"
        kind = self._one_of(where, "kind", step.get("kind"), KINDS)
        for surplus in sorted(set(step) - {"id", "kind", "title", "text"} - _OWN[kind]):
            raise self._fault(where, surplus, f"is not known in a step of kind {kind}")
        timed = kind in {SPEAK, LISTEN} or "seconds" in step
        told = {name for name in ("title", "text", "other", "label") if name in step} | {"title", "text"}
        told |= _OWN[kind] & {"other", "label"}
        return Step(
            id=str(ident),
            kind=kind,
            who=self._one_of(where, "who", step.get("who"), (FIRST, SECOND)) if kind == SPEAK else "",
            seconds=self._number(where, "seconds", step.get("seconds"), 10, 3600) if timed else None,
            options=self._options(where, step.get("options"), slots) if kind == CHOOSE else (),
            **{name: self._filled(where, name, step.get(name), slots) for name in sorted(told)},
        )

    def _filled(self, where: str, name: str, text: Any, slots: Mapping[str, str | tuple[str, ...]]) -> str:
        words = {f"{{{slot}}}": value for slot, value in slots.items() if isinstance(value, str)}
        filled = self._text(where, name, text, placeholders=(*NAMES, *words))
        for slot, value in words.items():
            filled = filled.replace(slot, value)
        return filled

    def _options(self, where: str, options: Any, slots: Mapping[str, str | tuple[str, ...]]) -> tuple[str, ...]:
        if isinstance(options, list):
            return self._texts(where, "options", options, range(2, 9), _OPTION)
        found = slots.get(options) if isinstance(options, str) else None
        if not isinstance(found, tuple):
            raise self._fault(where, "options", "must be a list, or the name of one in the variant")
        return found

    def _texts(
        self, entry: str, name: str, texts: Any, sizes: range, longest: int, placeholders: tuple[str, ...] = NAMES
    ) -> tuple[str, ...]:
        if not isinstance(texts, list) or len(texts) not in sizes:
            raise self._fault(entry, name, f"must be a list of {sizes.start} to {sizes.stop - 1} texts")
        found = tuple(self._text(entry, name, text, longest=longest, placeholders=placeholders) for text in texts)
        if len({text.casefold() for text in found}) < len(found):
            raise self._fault(entry, name, "says the same twice")
        return found

    def _text(self, entry: str, name: str, text: Any, *, longest: int = 0, placeholders: tuple[str, ...] = ()) -> str:
        if not isinstance(text, str) or not text.strip() or text != text.strip():
            raise self._fault(entry, name, "must be a text without space around it")
        if len(text) > (longest := longest or LONGEST[name]):
            raise self._fault(entry, name, f"is {len(text)} characters long; {longest} fit")
        for unknown in sorted(set(_PLACEHOLDER.findall(text)) - set(placeholders)):
            raise self._fault(entry, name, f"holds the placeholder {unknown}, which means nothing here")
        return text

    def _number(self, entry: str, name: str, number: Any, least: int, most: int) -> int:
        if type(number) is not int or not least <= number <= most:
            raise self._fault(entry, name, f"must be a whole number from {least} to {most}")
        return number

    def _one_of(self, entry: str, name: str, value: Any, among: tuple[str, ...]) -> str:
        if value not in among:
            raise self._fault(entry, name, f"must be one of {', '.join(among)}")
        return str(value)

    def _id(self, entry: str, ident: Any) -> None:
        if not isinstance(ident, str) or not _ID.fullmatch(ident) or len(ident) > 32:
            raise self._fault(entry, str(ident), "must be an id of at most 32 small letters, digits and dashes")

    def _within(self, entry: str, table: Any) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self._fault(entry, "", "must be a table")
        return table

    def _fault(self, entry: str, name: str, says: str) -> GuideError:
        where = " ".join(part for part in (self._name, f"[{entry}]" if entry else "", name) if part)
        return GuideError(f"{where} {says}.")
