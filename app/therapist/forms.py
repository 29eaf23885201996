"""What therapists and couples fill in."""

from typing import Any

from flask_babel import lazy_gettext
from marshmallow import ValidationError, validates_schema

from app.core.forms import Choice, Form, Line, Words, Yes
from app.therapist.models import OWN, POLICIES

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
