"""What is chosen on a page of a sitting, and to whom a part of one is opened."""

from functools import lru_cache
from typing import Any

from marshmallow import fields

from app.assessments.instrument import Item
from app.assessments.models import AUDIENCES, PARTS
from app.core.forms import Choice, Form, Yes

SKIP = "skip"
"""What is sent for a question that somebody would rather not answer."""
NEXT, BACK, LEAVE = WAYS = ("next", "back", "leave")
"""Where to go from a page. Whichever it is, what was chosen on it is kept."""


class OpenForm(Form):
    """A part of a sitting, and to whom it is opened. `sure`: that the warning was read, where there is one."""

    part = Choice(PARTS, required=True)
    audience = Choice(AUDIENCES, required=True)
    sure = Yes()


class ShutForm(Form):
    """A part of a sitting, and to whom it is shut again."""

    part = Choice(PARTS, required=True)
    audience = Choice(AUDIENCES, required=True)


@lru_cache(maxsize=256)
def page_form(items: tuple[Item, ...]) -> type[Form]:
    """The form of these items: for each the value of an option, or SKIP. None need be there; see `unanswered`."""
    questions: dict[str, fields.Field[Any]] = {
        item.id: Choice((*(str(option.value) for option in item.options), SKIP)) for item in items
    }
    return type("PageForm", (Form,), {**questions, "go": Choice(WAYS)})


def given_on(items: tuple[Item, ...], data: dict[str, Any]) -> dict[str, int | None]:
    """What a sound form gives for items: the value of each that was answered, None for each that was skipped."""
    chosen = {item.id: data.get(item.id, "") for item in items}
    return {ident: None if value == SKIP else int(value) for ident, value in chosen.items() if value}
