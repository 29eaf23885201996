"""What partners fill in: one form for each kind of response, turn, mark and amendment."""

from collections.abc import Iterable

from flask_babel import gettext, lazy_gettext
from marshmallow import ValidationError, validates_schema

from app.core.forms import Choice, Choices, Form, Rating, Words, Yes
from app.exercises.catalogue import load
from app.exercises.exercise import Exercise
from app.exercises.mirroring import HEARD, MISSING, NAMES, VERDICT
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP

SPOT_ON, CLOSE, NOT_YET = "spot_on", "close", "not_yet"
MARKS = {SPOT_ON: 100, CLOSE: 60, NOT_YET: 20}
SHORT = 2_000


def check_in() -> Exercise:
    """The daily check-in of the catalogue, for the words and needs one may choose."""
    return load().exercises[CHECK_IN]


def feelings() -> set[str]:
    """The ids of all feeling words."""
    return {word.id for family in check_in().families for word in family.words}


def needs() -> set[str]:
    """The ids of all needs."""
    return {need.id for need in check_in().needs}


class CheckInAloneForm(Form):
    """The check-in of somebody on their own: nothing about a partner."""

    mood = Rating(required=True)
    stress = Rating(required=True)
    feelings = Choices(feelings, most=3, load_default=list)
    need = Choice(needs, required=True)
    high = Words(longest=SHORT, load_default="")
    low = Words(longest=SHORT, load_default="")
    challenge = Words(longest=SHORT, load_default="")


class CheckInForm(CheckInAloneForm):
    """The check-in of two: also how it felt with the partner, and three guesses."""

    understood = Rating(required=True)
    valued = Rating(required=True)
    supported = Rating(required=True)
    guess_mood = Rating(required=True)
    guess_stress = Rating(required=True)
    guess_need = Choice(needs, required=True)


class AppreciationForm(Form):
    """One thing the partner did or said."""

    text = Words(required=True, longest=SHORT)


class LoveMapAloneForm(Form):
    """An answer to a question about one's own inner world."""

    answer = Words(required=True, longest=SHORT)


class LoveMapForm(LoveMapAloneForm):
    """The answer, and a guess at the partner's."""

    guess = Words(required=True, longest=SHORT)


class GuessMarkForm(Form):
    """How close the partner's guess came."""

    closeness = Choice(MARKS, required=True)


class LandingForm(Form):
    """How much an appreciation landed, and thanks if one likes."""

    landed = Rating(required=True)
    thanks = Words(longest=SHORT, load_default="")


class AmendmentForm(Form):
    """A later wording of one field of an open response. `fields_allowed` comes with `read`."""

    fields_allowed: Iterable[str] = ()
    field = Choice(("high", "low", "challenge", "text", "answer"), required=True)
    text = Words(required=True, longest=SHORT)

    @validates_schema
    def _amendable(self, data: dict[str, str], **_: object) -> None:
        if data["field"] not in set(self.fields_allowed):
            raise ValidationError(gettext("These words cannot be amended."), "field")


class TurnForm(Form):
    """Speaking, mirroring or understanding: words. `together` when typed side by side on one phone.

    `step` is the name of the step that the page was made for: the talk may have moved on since.
    """

    step = Choice(NAMES, load_default="")
    text = Words(required=True, longest=SHORT)
    together = Yes()


class VerdictForm(TurnForm):
    """How well it was heard, and whether something is still missing."""

    heard = Rating(required=True)
    verdict = Choice((HEARD, MISSING), required=True)
    text = Words(longest=SHORT, load_default="")

    @validates_schema
    def _missing_what(self, data: dict[str, object], **_: object) -> None:
        if data["verdict"] == MISSING and not data["text"]:
            raise ValidationError(str(lazy_gettext("Please say what is still missing.")), "text")


class PlanForm(Form):
    """The weekdays of each exercise of the catalogue, as numbers from 1 (Monday) to 7."""

    check_in = Choices(tuple("1234567"), most=7, load_default=list)
    appreciation = Choices(tuple("1234567"), most=7, load_default=list)
    mirroring = Choices(tuple("1234567"), most=7, load_default=list)
    love_map = Choices(tuple("1234567"), most=7, load_default=list)


RATINGS = frozenset({"mood", "stress", "understood", "valued", "supported", "guess_mood", "guess_stress"})
AMENDABLE = {CHECK_IN: ("high", "low", "challenge"), APPRECIATION: ("text",), LOVE_MAP: ("answer",)}


def response_form(exercise: str, *, alone: bool) -> type[Form]:
    """The form for a response to this exercise."""
    return {
        CHECK_IN: CheckInAloneForm if alone else CheckInForm,
        APPRECIATION: AppreciationForm,
        LOVE_MAP: LoveMapAloneForm if alone else LoveMapForm,
    }[exercise]


def turn_form(kind: str) -> type[Form]:
    """The form for a step of this kind in a mirroring."""
    return VerdictForm if kind == VERDICT else TurnForm
