"""HTML forms: what was typed goes in, clean values or a sentence for each field come out, and nothing is lost.

A form is a marshmallow schema that refuses what it does not know. `Form.read` never raises for bad input.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from marshmallow import RAISE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from app.core.zones import zones

WORDS_MAX = 10_000
_BROKEN = re.compile("[\ud800-\udfff\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile("[\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0]")
_WHOLE = re.compile(r"\d{1,2}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::00)?", re.ASCII)


@dataclass
class Filled:
    """A form somebody sent: `data` holds clean values, `errors` a sentence per field, `typed` what they typed."""

    data: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    typed: MultiDict[str, str] = field(default_factory=MultiDict)

    @property
    def sound(self) -> bool:
        """Whether every field was right."""
        return not self.errors

    def value(self, name: str, default: str = "") -> str:
        """What stands in a field, as typed, but for what no page can show."""
        return showable(self.typed.get(name, default))

    def values(self, name: str) -> list[str]:
        """All that was chosen in a field of many, as typed, but for what no page can show."""
        return [showable(value) for value in self.typed.getlist(name)]

    def shown(self) -> list[tuple[str, str]]:
        """All fields in order, as typed, but for what no page can show."""
        return [(name, showable(value)) for name, value in self.typed.items(multi=True)]


class Form(Schema):
    """The base of every form. Unknown and doubled fields are errors, never silently dropped."""

    class Meta:
        """Refuse what is not declared."""

        unknown = RAISE

    @classmethod
    def read(cls, typed: MultiDict[str, str], **context: Any) -> Filled:
        """Check what was typed. `context` becomes attributes of the form, for rules that need to know more."""
        form = cls()
        for name, value in context.items():
            setattr(form, name, value)
        many = {name for name, each in form.fields.items() if isinstance(each, Choices)}
        doubled = [name for name, values in typed.lists() if len(values) > 1 and name not in many]
        raw = {name: values if name in many else values[0] for name, values in typed.lists()}
        filled = Filled(typed=typed)
        try:
            filled.data = dict(form.load(raw))
        except ValidationError as error:
            told = error.normalized_messages()  # type: ignore[no-untyped-call]
            filled.errors = {name: _first(sentences) for name, sentences in told.items()}
            filled.data = dict(error.valid_data) if isinstance(error.valid_data, dict) else {}
        for name in doubled:
            filled.errors[name] = gettext("This was sent twice. Please send it once.")
        for name in set(filled.errors) - set(form.fields) - {"_schema"}:
            filled.errors[name] = gettext("Attune does not know this field.")
        return filled


class Words(fields.Field[str]):
    """What a person writes: any language, several lines. Trimmed at the ends; never changed inside.

    Refuses broken characters and marks that turn text round. Empty means "" and is refused if `required`.
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("This needs a few words."),
        "broken": lazy_gettext("Some characters did not arrive whole. Please write them again."),
        "direction": lazy_gettext("This holds hidden marks that turn text round. Please remove them."),
    }

    def __init__(self, *, longest: int = WORDS_MAX, **options: Any) -> None:
        """`longest`: the most characters allowed."""
        super().__init__(**options)
        self.longest = longest

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        text = self._clean(value)
        if not text and self.required:
            raise self.make_error("required")
        if len(text) > self.longest:
            longest = self.longest
            told = gettext("This is %(length)s characters long; %(longest)s fit.", length=len(text), longest=longest)
            raise ValidationError(told)
        return text

    def _clean(self, value: Any) -> str:
        if not isinstance(value, str) or _BROKEN.search(value.replace("\r\n", "\n").replace("\r", "\n")):
            raise self.make_error("broken")
        if _DIRECTION.search(value):
            raise self.make_error("direction")
        return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


class Line(Words):
    """One line of words, such as a name: no line breaks, no invisible characters at all."""

    def __init__(self, *, longest: int = 60, **options: Any) -> None:
        """`longest`: the most characters allowed."""
        super().__init__(longest=longest, **options)

    def _clean(self, value: Any) -> str:
        text = super()._clean(value)
        if _HIDDEN.search(text):
            raise self.make_error("direction")
        if "\n" in text or "\t" in text:
            raise self.make_error("broken")
        return text


class Secret(fields.Field[str]):
    """A password, exactly as typed: not trimmed, not cut. Up to 256 characters."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("Please type your password."),
        "long": lazy_gettext("A password may have at most 256 characters."),
    }

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        if not isinstance(value, str) or not value or _BROKEN.search(value):
            raise self.make_error("required")
        if len(value) > 256:
            raise self.make_error("long")
        return unicodedata.normalize("NFKC", value)


class Rating(fields.Field[int]):
    """A whole number from 0 to 10."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("Please choose a number from 0 to 10."),
        "range": lazy_gettext("Please choose a number from 0 to 10."),
    }

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value) or int(value) > 10:
            raise self.make_error("range")
        return int(value)


class Choice(fields.Field[str]):
    """One of a few given values. Leave it out, or send "", for none, unless `required`."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("Please choose one."),
        "unknown": lazy_gettext("Please choose one of those shown."),
    }

    def __init__(self, among: Any, **options: Any) -> None:
        """`among`: a collection of the allowed values, or a function that gives it."""
        super().__init__(**options)
        self.among = among

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        if value == "" and not self.required:
            return ""
        if not isinstance(value, str) or value not in (self.among() if callable(self.among) else self.among):
            raise self.make_error("unknown")
        return value


class Zone(Choice):
    """A time zone."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("Please choose your time zone. It says when your day begins."),
        "unknown": lazy_gettext("Please choose a time zone from the list."),
    }

    def __init__(self) -> None:
        """Always required."""
        super().__init__(zones, required=True)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if value == "":
            raise self.make_error("required")
        return super()._deserialize(value, *args, **kwargs)


class Day(fields.Field[date | None]):
    """A day, as browsers send it: 2026-11-12. Leave it out, or send "", for none, unless `required`."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("Please choose a day."),
        "unknown": lazy_gettext("This is no day. Please choose one."),
    }

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> date | None:
        if value == "":
            if self.required:
                raise self.make_error("required")
            return None
        try:
            return date.fromisoformat(value if isinstance(value, str) and _DAY.fullmatch(value) else "")
        except ValueError as error:
            raise self.make_error("unknown") from error


class At(fields.Field[int | None]):
    """A time on the wall, as minutes past midnight. Leave it out, or send "", for none, unless `required`."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("Please give a time, such as 20:30."),
    }

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> int | None:
        if value == "" and not self.required:
            return None
        found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None:
            raise self.make_error("required")
        return int(found[1]) * 60 + int(found[2])


class Choices(fields.Field[list[str]]):
    """Several of a few given values, each once, at most `most`; at least one if `required`."""

    default_error_messages = {"unknown": lazy_gettext("Please choose among those shown.")}  # noqa: RUF012 - as above

    def __init__(self, among: Any, *, most: int, **options: Any) -> None:
        """`among` as for Choice; `most`: how many at the most."""
        super().__init__(**options)
        self.among, self.most = among, most

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> list[str]:
        allowed = self.among() if callable(self.among) else self.among
        chosen = [each for each in value if each != ""] if isinstance(value, list) else None
        if chosen is None or len(set(chosen)) != len(chosen) or not all(each in allowed for each in chosen):
            raise self.make_error("unknown")
        if not chosen and self.required:
            raise self.make_error("required")
        if len(chosen) > self.most:
            raise ValidationError(gettext("That is more than %(most)s. Please leave some out.", most=self.most))
        return chosen


class Yes(fields.Field[bool]):
    """A box that is ticked or not."""

    def __init__(self, **options: Any) -> None:
        """Not ticked means False, since a browser then sends nothing."""
        options.setdefault("load_default", False)
        super().__init__(**options)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> bool:
        if value not in {"on", "yes", "1", ""}:
            raise ValidationError(gettext("Please choose one of those shown."))
        return bool(value)


def showable(text: str) -> str:
    """The text without broken characters, which no page can show."""
    return _BROKEN.sub("", text)


def _first(told: Any) -> str:
    while isinstance(told, dict | list):
        told = next(iter(told.values() if isinstance(told, dict) else told))
    return str(told)
