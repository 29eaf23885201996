"""What a therapist and partners fill in about a caseload."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import fields

from app.caseload.attention import LEAST_IN_A_ROW, MOST_IN_A_ROW
from app.caseload.record import WHOSE
from app.core.forms import Choice, Day, Form, Words, Yes

IN_A_ROW = tuple(str(number) for number in range(LEAST_IN_A_ROW, MOST_IN_A_ROW + 1))
FORMATS = ("pdf", "csv", "xlsx", "json", "fhir")
WEEKDAYS = tuple(str(day) for day in range(1, 8))
"""Monday first."""
HOURS = tuple(str(hour) for hour in range(7, 22))
"""Those in which nobody's quiet hours lie who has chosen none."""
NOTE_MAX, LINE_MAX = 5_000, 300
"""Characters of a note, and of a line in a brief."""


class DayAhead(Day):
    """A day from today on, next year at the latest. `today` comes with `read`."""

    default_error_messages = {"unknown": lazy_gettext("Please choose a day from today on.")}  # noqa: RUF012 - as there

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date | None:
        day = super()._deserialize(value, *args, **kwargs)
        today: date = getattr(self.root, "today", date.min)
        if day is not None and not today <= day <= date(today.year + 2, 1, 1):
            raise self.make_error("unknown")
        return day


class CareForm(Form):
    """The next session, how many missed in a row are told, and whether the couple is put away."""

    session = DayAhead(load_default=None)
    in_a_row = Choice(IN_A_ROW, required=True)
    archived = Yes()


class NoticeForm(Form):
    """On which weekday, and at which hour by the clock of who chooses, they are told of their week."""

    weekday = Choice(WEEKDAYS, required=True)
    hour = Choice(HOURS, required=True)


class Known(fields.Field[str]):
    """One of the ids that stand on the page. They come with `read`, as `known`."""

    default_error_messages = {  # noqa: RUF012 - as above
        "required": lazy_gettext("Please choose one of those shown."),
        "unknown": lazy_gettext("Please choose one of those shown."),
    }

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        if not isinstance(value, str) or value not in getattr(self.root, "known", ()):
            raise self.make_error("unknown")
        return value


class TalkedForm(Form):
    """Which homework was talked over."""

    homework = Known(required=True)


class NoteForm(Form):
    """A note of the therapist's own."""

    words = Words(required=True, longest=NOTE_MAX)


class ExportForm(Form):
    """Whose record, in which shape, and what is in it."""

    whose = Choice(WHOSE, required=True)
    format = Choice(FORMATS, required=True)
    named = Yes()
    words = Yes()


class BriefLineForm(Form):
    """A line for the session."""

    line = Words(longest=LINE_MAX, load_default="")


class ShowAnswerForm(Form):
    """One response of one's own, and whether it is shown."""

    prompt = Known(required=True)
    shown = Yes()
