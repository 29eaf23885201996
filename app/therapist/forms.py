"""What therapists and couples fill in."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext, lazy_gettext
from marshmallow import ValidationError, fields, validates_schema

from app.core.forms import Choice, Choices, Day, Form, Line, Rating, Words, Yes
from app.therapist.models import OWN, POLICIES
from app.therapist.own_guide import (
    CHOOSE,
    FIRST,
    INTENSITIES,
    KINDS,
    LANDING,
    LANDINGS,
    LISTEN,
    LONGEST,
    MINUTES,
    OPTION,
    OPTIONS,
    READ,
    REVEAL,
    SECOND,
    SECONDS,
    SPEAK,
    WRITE,
    unknown_placeholder,
)

POLICY_MAX = 2_000
"""Characters of a policy in one's own words."""


class PracticeForm(Form):
    """What a couple is to know first."""

    name = Line(longest=80, load_default="")
    policy = Choice(
        POLICIES, required=True, error_messages={"required": lazy_gettext("Please choose how you handle secrets.")}
    )
    own = Words(longest=POLICY_MAX, load_default="")

    @validates_schema(skip_on_field_errors=False)
    def said(self, data: dict[str, Any], **_options: Any) -> None:
        """A policy of one's own has words."""
        if data.get("policy") == OWN and data.get("own") == "":
            raise ValidationError(str(lazy_gettext("Please write how you handle secrets.")), "own")


class GuestCodeForm(Form):
    """A therapist's code, typed by a couple."""

    code = Line(longest=100, required=True, error_messages={"required": lazy_gettext("Please type the code.")})


class ConsentForm(Form):
    """What one partner says yes to, besides whether exercises were done."""

    scores = Yes()
    assessments = Yes()
    responses = Yes()


NOTE_MAX, BECAUSE_MAX = 1_000, 500
"""Characters."""

BOTH = "both"
DATES_AHEAD = 35
"""Days, from today on, that single dates are chosen among."""

LATEST = timedelta(days=730)
"""How far ahead homework may begin or end."""


class _AnyDay:
    """All days, as ISO has them."""

    def __contains__(self, value: object) -> bool:
        try:
            return isinstance(value, str) and len(value) == 10 and date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False


class HomeworkForm(Form):
    """One exercise on weekdays or on dates, from a day to another or on and on. What there is comes with `read`."""

    exercises: Collection[str] = ()
    partners: Collection[str] = ()
    today: date = date.min

    exercise = Line(longest=32, required=True, error_messages={"required": lazy_gettext("Please choose an exercise.")})
    weekdays = Choices(tuple("1234567"), most=7, load_default=list)
    dates = Choices(_AnyDay(), most=DATES_AHEAD, load_default=list)
    first = Day(load_default=None)
    last = Day(load_default=None)
    whom = Line(longest=22, load_default=BOTH)
    note = Words(longest=NOTE_MAX, load_default="")

    @validates_schema(skip_on_field_errors=False)
    def _among(self, data: dict[str, Any], **_: object) -> None:
        for name, allowed in (("exercise", self.exercises), ("whom", {BOTH, *self.partners})):
            if name in data and data[name] not in allowed:
                raise ValidationError(gettext("Please choose one of those shown."), name)

    @validates_schema(skip_on_field_errors=False)
    def _some_days(self, data: dict[str, Any], **_: object) -> None:
        weekdays, dates = data.get("weekdays"), data.get("dates")
        if weekdays == [] and dates == []:
            raise ValidationError(gettext("Please choose weekdays, or single dates."), "weekdays")
        if weekdays and dates:
            raise ValidationError(gettext("Choose weekdays or single dates, not both."), "dates")
        last = self.today + timedelta(days=DATES_AHEAD)
        if any(not self.today <= date.fromisoformat(day) < last for day in dates or ()):
            raise ValidationError(gettext("Please choose among those shown."), "dates")

    @validates_schema(skip_on_field_errors=False)
    def _in_order(self, data: dict[str, Any], **_: object) -> None:
        first, last = data.get("first"), data.get("last")
        for name, day in (("first", first), ("last", last)):
            if day is not None and day > self.today + LATEST:
                raise ValidationError(gettext("That is too far ahead. Two years fit."), name)
        if last is not None and last < max(first or self.today, self.today):
            raise ValidationError(gettext("That is before it begins."), "last")


class PauseForm(Form):
    """From when to when homework rests; without an end, until it is taken up again."""

    today: date = date.min

    since = Day(required=True)
    until = Day(load_default=None)

    @validates_schema(skip_on_field_errors=False)
    def _in_order(self, data: dict[str, Any], **_: object) -> None:
        since, until = data.get("since"), data.get("until")
        if since is not None and not self.today <= since <= self.today + LATEST:
            raise ValidationError(gettext("What lies behind stays as it is. Choose today or a later day."), "since")
        if since and until and until < since:
            raise ValidationError(gettext("That is before it begins."), "until")


class SkipForm(Form):
    """Why not this time, in words if one likes, and whether the therapist may read them."""

    because = Words(longest=BECAUSE_MAX, load_default="")
    share = Yes()


class WentForm(Form):
    """How it went."""

    went = Rating(required=True)


class UseSetForm(Form):
    """From which day on."""

    today: date = date.min

    first = Day(load_default=None)

    @validates_schema(skip_on_field_errors=False)
    def _ahead(self, data: dict[str, Any], **_: object) -> None:
        first = data.get("first")
        if first is not None and not self.today <= first <= self.today + LATEST:
            raise ValidationError(gettext("Please choose today or a later day."), "first")


class KeepSetForm(Form):
    """What a set of one's own is called."""

    name = Line(required=True)


class Number(fields.Field[Any]):
    """A whole number among those in `among`. Leave it out, or send "", for none, unless `required`."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("Please write a number.")
    }

    def __init__(self, among: range, **options: Any) -> None:
        """`among`: the numbers that may be."""
        super().__init__(**options)
        self.among = among

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> int | None:
        if value == "" and not self.required:
            return None
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6 else -1
        if number not in self.among:
            least, most = self.among[0], self.among[-1]
            raise ValidationError(gettext("Please write a number from %(least)s to %(most)s.", least=least, most=most))
        return number


class Lines(Words):
    """Several texts, one a line."""

    def __init__(self, *, each: int, number: range, **options: Any) -> None:
        """`each`: the most characters of one; `number`: how many there may be."""
        super().__init__(**options)
        self.each, self.number = each, number

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        found = [line.strip() for line in super()._deserialize(value, *args, **kwargs).split("\n") if line.strip()]
        if found and len(found) not in self.number:
            least, most = self.number[0], self.number[-1]
            raise ValidationError(gettext("Please write %(least)s to %(most)s, one a line.", least=least, most=most))
        if any(len(line) > self.each for line in found):
            raise ValidationError(gettext("One of them is too long; %(longest)s characters fit.", longest=self.each))
        if len({line.casefold() for line in found}) < len(found):
            raise ValidationError(gettext("One of them stands there twice."))
        return found


class _WithNames(Form):
    """Texts in which the names of the two may stand."""

    @validates_schema(skip_on_field_errors=False)
    def _placeholders(self, data: dict[str, Any], **_: object) -> None:
        for name, value in data.items():
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and (found := unknown_placeholder(name, text)):
                    raise ValidationError(gettext("%(found)s means nothing here.", found=found), name)


class NewOwnForm(_WithNames):
    """What an exercise of one's own is called."""

    name = Line(longest=LONGEST["name"], required=True)


class OwnForm(_WithNames):
    """What is told of an exercise of one's own before it is opened, and at its end. All of it may still be missing."""

    name = Line(longest=LONGEST["name"], required=True)
    summary = Line(longest=LONGEST["summary"], load_default="")
    why = Line(longest=LONGEST["why"], load_default="")
    minutes = Number(MINUTES, required=True)
    intensity = Choice(INTENSITIES, required=True)
    landing = Lines(each=LANDING, number=LANDINGS, load_default=list)
    closing = Words(longest=LONGEST["text"], load_default="")


class ReadStep(_WithNames):
    """A step that both read; time may pass."""

    kind = Choice(KINDS, required=True)
    title = Line(longest=LONGEST["title"], required=True)
    text = Words(longest=LONGEST["text"], required=True)
    seconds = Number(SECONDS, load_default=None)


class ListenStep(ReadStep):
    """A step in which both are quiet."""

    seconds = Number(SECONDS, required=True)


class SpeakStep(ListenStep):
    """A step in which one speaks."""

    other = Words(longest=LONGEST["other"], required=True)
    who = Choice((FIRST, SECOND), required=True)


class WriteStep(_WithNames):
    """A step in which each writes, for oneself or for both."""

    kind = Choice(KINDS, required=True)
    title = Line(longest=LONGEST["title"], required=True)
    text = Words(longest=LONGEST["text"], required=True)
    label = Line(longest=LONGEST["label"], required=True)


class ChooseStep(_WithNames):
    """A step in which each picks."""

    kind = Choice(KINDS, required=True)
    title = Line(longest=LONGEST["title"], required=True)
    text = Words(longest=LONGEST["text"], required=True)
    options = Lines(each=OPTION, number=OPTIONS, required=True)


STEPS: dict[str, type[Form]] = {
    READ: ReadStep,
    SPEAK: SpeakStep,
    LISTEN: ListenStep,
    WRITE: WriteStep,
    REVEAL: WriteStep,
    CHOOSE: ChooseStep,
}


def step_form(kind: str) -> type[Form]:
    """The form for a step of this kind; that of one to read for a kind that there is not, which it refuses."""
    return STEPS.get(kind, ReadStep)
