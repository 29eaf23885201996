"""What people say of when and how they want to be told."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext, lazy_gettext
from marshmallow import ValidationError, validates_schema

from app.core.forms import At, Choice, Choices, Form, Line, Yes, Zone
from app.reminders.models import LEVELS
from app.reminders.schedule import quiet_until

WEEKDAYS = ("1", "2", "3", "4", "5", "6", "7")
"""Monday first."""

WINDOWS = ("60", "180", "360")
"""For how many minutes a reminder may be worth ringing."""

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
_A_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class Address(Line):
    """An e-mail address, of letters that every mail server takes."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        if text and not _ADDRESS.fullmatch(text):
            raise ValidationError(gettext("This is not an address that Attune can write to, such as me@example.org."))
        return text


class ReminderForm(Form):
    """One reminder. Read it with `quiet`: from and to, in which nothing rings."""

    quiet: tuple[int, int] = (0, 0)
    at = At(required=True)
    weekdays = Choices(
        WEEKDAYS, most=7, required=True, error_messages={"required": lazy_gettext("Please choose at least one day.")}
    )
    window = Choice(WINDOWS, required=True)
    if_then = Line(longest=120, load_default="")

    @validates_schema(skip_on_field_errors=False)
    def outside(self, data: dict[str, Any], **_options: Any) -> None:
        """It does not lie in the quiet hours."""
        if "at" in data and is_quiet(data["at"], *self.quiet):
            begins, ends = map(clock_of, self.quiet)
            told = gettext(
                "This lies in your quiet hours, %(begins)s to %(ends)s. Choose another time, or change those first.",
                begins=begins,
                ends=ends,
            )
            raise ValidationError(told, "at")


class SettingsForm(Form):
    """How somebody wants to be told. Read it with `times`: when their reminders ring, which must not be quiet hours."""

    times: Iterable[int] = ()
    quiet_from = At(required=True)
    quiet_to = At(required=True)
    level = Choice(LEVELS, required=True)
    several = Yes()
    tells_opened = Yes()
    tells_turn = Yes()
    tells_week = Yes()
    tells_occasion = Yes()

    @validates_schema(skip_on_field_errors=False)
    def outside(self, data: dict[str, Any], **_options: Any) -> None:
        """No reminder lies in the quiet hours."""
        if not {"quiet_from", "quiet_to"} <= set(data):
            return
        within = [at for at in self.times if is_quiet(at, data["quiet_from"], data["quiet_to"])]
        if within:
            told = gettext("Your reminder at %(time)s lies in these hours. Delete it first.", time=clock_of(within[0]))
            raise ValidationError(told, "quiet_from")


class MailForm(Form):
    """Where to write to."""

    address = Address(longest=254, required=True)


class ZoneForm(Form):
    """Where the reminders are to ring from now on."""

    zone = Zone()


def is_quiet(at: int, begins: int, ends: int) -> bool:
    """Whether a time on the wall lies in the hours from `begins` to `ends`. All in minutes past midnight."""
    return quiet_until(_A_DAY + timedelta(minutes=at), "UTC", begins, ends) is not None


def clock_of(minutes: int) -> str:
    """A time on the wall in figures, such as 20:30."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
