"""What people fill in on the path."""

from flask_babel import lazy_gettext

from app.core.forms import Choices, Form, Line, Words
from app.path.steps import load

LONGEST = 2_000
MOST = 3
"""How many aims one may choose."""


def aims() -> set[str]:
    """The ids of all aims."""
    return set(load().aims)


class LineForm(Form):
    """Words on the question of a step. `to`: the couple that the page was made for."""

    text = Words(required=True, longest=LONGEST)
    to = Line(longest=22, load_default="")


class AimsForm(Form):
    """One aim to three."""

    aims = Choices(
        aims, most=MOST, required=True, error_messages={"required": lazy_gettext("Please choose at least one.")}
    )


class WordingForm(Form):
    """What the two stand by, as one of them would say it. `to`: the couple that the page was made for."""

    wording = Words(required=True, longest=LONGEST)
    to = Line(longest=22, load_default="")
