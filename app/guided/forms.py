"""What two fill in: when and how to begin, and one form for each kind of step."""

import re
from datetime import date
from functools import cache
from typing import Any

from flask_babel import gettext, lazy_gettext
from marshmallow import ValidationError, fields, validates_schema

from app.core.forms import At, Choice, Day, Form, Rating, Words, Yes
from app.guided.flow import LANES, SIDES
from app.guided.guide import CHOOSE, RATE, REVEAL, WRITE
from app.guided.shelf import load

SHORT, LINE = 2_000, 300
NOW, LATER = "now", "later"

OTHER_VARIANT = "own"
OTHER_STEPS = frozenset({"went", *(f"step-{number}" for number in range(1, 1000))})
"""What a guide that is not on the shelf calls its variant and its steps."""


@cache
def steps() -> frozenset[str]:
    """The ids of all steps that there are, and those that the steps of other guides may have."""
    variants = [variant for guide in load().values() for variant in guide.variants.values()]
    return frozenset(step.id for variant in variants for step in variant.steps) | OTHER_STEPS


@cache
def variants() -> frozenset[str]:
    """The ids of all variants that there are, and that of the one of another guide."""
    return frozenset(ident for guide in load().values() for ident in guide.variants) | {OTHER_VARIANT}


class Count(fields.Field[int]):
    """A number from 1 to 9999."""

    default_error_messages = {"count": lazy_gettext("Please open the page once more.")}  # noqa: RUF012 - as above

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[1-9]\d{0,3}", value, re.ASCII):
            raise self.make_error("count")
        return int(value)


class TimeForm(Form):
    """When something is planned for, by the couple's clock. Read it with `today`, the first day there may be."""

    today: date = date.min
    day = Day(load_default=None)
    at = At(load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def _ahead(self, data: dict[str, Any], **_: object) -> None:
        if not self.wanted(data):
            return
        if data["day"] is None or data["day"] < self.today or (data["day"] - self.today).days > 366:
            raise ValidationError(gettext("Please choose a day from today on, within a year."), "day")
        if data["at"] is None:
            raise ValidationError(gettext("Please give a time, such as 20:30."), "at")

    def wanted(self, _data: dict[str, Any]) -> bool:
        """Whether day and time are needed."""
        return True


class OccasionForm(TimeForm):
    """Which variant ("" for one that is chosen for them), who begins, and whether now or later."""

    variant = Choice(variants, load_default="")
    first = Choice(SIDES, load_default="")
    when = Choice((NOW, LATER), required=True)
    together = Yes()

    def wanted(self, data: dict[str, Any]) -> bool:
        """Day and time are for later."""
        return bool(data["when"] == LATER)


class BeginningForm(Form):
    """Who begins, and whether side by side on one phone."""

    first = Choice(SIDES, load_default="")
    together = Yes()


class MoveForm(Form):
    """A tap: ready, done, the timer, a pause, an early end. Where it goes is said by the page it comes from."""

    step = Choice(steps, load_default="")
    lane = Choice((*LANES, "both"), required=True)
    number = Count(load_default=1)
    together = Yes()


class WriteForm(MoveForm):
    """Words of one's own."""

    text = Words(required=True, longest=SHORT)


class RevealForm(MoveForm):
    """Words that open when both are in, or none."""

    text = Words(longest=SHORT, load_default="")
    passing = Choice(("yes",), load_default="")

    @validates_schema(skip_on_field_errors=True)
    def _something(self, data: dict[str, Any], **_: object) -> None:
        if not data["text"] and not data["passing"]:
            raise ValidationError(gettext("This needs a few words, or you pass."), "text")


class PickForm(MoveForm):
    """One of the options, by its number from 0."""

    pick = Choice(tuple("01234567"), required=True)


class ClosingForm(MoveForm):
    """How it went, and a line if one likes."""

    rating = Rating(required=True)
    text = Words(longest=LINE, load_default="")


def move_form(kind: str) -> type[MoveForm]:
    """The form for what one gives in a step of this kind."""
    return {WRITE: WriteForm, REVEAL: RevealForm, CHOOSE: PickForm, RATE: ClosingForm}.get(kind, MoveForm)
