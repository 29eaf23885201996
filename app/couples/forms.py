"""What people fill in to become, and to be, a couple."""

from flask_babel import lazy_gettext

from app.core.forms import Form, Line, Yes, Zone


class JoinForm(Form):
    """The code of an invitation."""

    code = Line(longest=100, required=True, error_messages={"required": lazy_gettext("Please type the code.")})


class CoupleForm(Form):
    """What the two share, and whether the other may see that I have answered."""

    zone = Zone()
    shows_answering = Yes()
