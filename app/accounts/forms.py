"""What people type about themselves. Passwords are checked here for strength, and elsewhere for being right."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import ValidationError, validates_schema

from app.accounts import passwords
from app.core.forms import Choice, Form, Line, Secret, Yes, Zone

HELD_MAX = 256 * 1024
"""How much a sign-in may send: held words are longer, sealed, than when they were typed."""

ANSWER_MAX = 20_000
"""Characters that a browser's answer about a passkey may have."""

THEMES = ("auto", "light", "dark")
WEAK = {
    passwords.SHORT: lazy_gettext("This is too short. Use at least 15 characters; five plain words are enough."),
    passwords.PATTERN: lazy_gettext("This repeats itself or walks along the keyboard. Five plain words are better."),
    passwords.COMMON: lazy_gettext("This is among the first that others would try. Five plain words are better."),
}


class Login(Line):
    """A user name or e-mail address, in small letters whatever was typed."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("Please type a name to sign in with, or your e-mail address."),
        "spaces": lazy_gettext("This name has a space in it. Please leave it out."),
    }

    def __init__(self) -> None:
        """Always required."""
        super().__init__(longest=254, required=True)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFKC", super()._deserialize(value, *args, **kwargs)).casefold()
        if any(letter.isspace() for letter in text):
            raise self.make_error("spaces")
        return text


class Name(Line):
    """What the partner sees."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "required": lazy_gettext("Please say what you are called."),
    }


class Registration:
    """What everybody says who registers."""

    login = Login()
    name = Name(required=True)
    password = Secret(required=True)
    zone = Zone()

    @validates_schema(skip_on_field_errors=False)
    def strong(self, data: dict[str, Any], **_options: Any) -> None:
        """The password is not easy to guess for somebody who knows the person."""
        refuse_weak(data, "password", (data.get("login", ""), data.get("name", "")))


class NewPerson(Registration, Form):
    """To register. `code` is an invitation, asked for where not everybody may come in; `next` is where to go then."""

    adult = Yes()
    code = Line(longest=100, load_default="")
    next = Line(longest=2000, load_default="")

    @validates_schema(skip_on_field_errors=False)
    def grown(self, data: dict[str, Any], **_options: Any) -> None:
        """The box is ticked."""
        if data.get("adult") is False:
            raise ValidationError(str(lazy_gettext("Attune is for adults who choose it. Please tick this.")), "adult")


class TherapistCode(Form):
    """The code that lets somebody become a therapist here."""

    code = Line(longest=100, required=True, error_messages={"required": lazy_gettext("Please type the code.")})


class NewTherapist(Registration, Form):
    """To become one."""

    bound = Yes()

    @validates_schema(skip_on_field_errors=False)
    def held_to_silence(self, data: dict[str, Any], **_options: Any) -> None:
        """The box is ticked."""
        if data.get("bound") is False:
            raise ValidationError(str(lazy_gettext("Without this nobody works with couples here.")), "bound")


class SignIn(Form):
    """To sign in. `next` is where to go then; `held` are words from a session that had ended."""

    login = Login()
    password = Secret(required=True)
    next = Line(longest=2000, load_default="")
    held = Line(longest=HELD_MAX, load_default="")
    shared = Yes()


class SecondStep(Form):
    """What is shown after the password. `next`, `held` and `shared` come along from the first step."""

    code = Line(longest=100, required=True, error_messages={"required": lazy_gettext("Please type the six digits.")})
    next = Line(longest=2000, load_default="")
    held = Line(longest=HELD_MAX, load_default="")
    shared = Yes()


class PasskeyProof(Form):
    """What a browser says when it was asked for a passkey: JSON, as WebAuthn has it."""

    answer = Line(longest=ANSWER_MAX, required=True)
    next = Line(longest=2000, load_default="")


class PasskeyEntry(PasskeyProof):
    """A passkey to sign in by."""

    held = Line(longest=HELD_MAX, load_default="")
    shared = Yes()


class NewPasskey(Form):
    """A passkey that a browser has made, and what its owner calls it."""

    answer = Line(longest=ANSWER_MAX, required=True)
    name = Line(required=True)


class Digits(Form):
    """The six digits that an app shows."""

    digits = Line(longest=20, required=True, error_messages={"required": lazy_gettext("Please type the six digits.")})


class Confirmation(Form):
    """The password, once more."""

    password = Secret(required=True)
    next = Line(longest=2000, load_default="")


class Recovery(Form):
    """A recovery code for a new password. The name itself is not looked at: that would tell whether it exists."""

    login = Login()
    code = Line(longest=100, required=True, error_messages={"required": lazy_gettext("Please type one of your codes.")})
    password = Secret(required=True)

    @validates_schema(skip_on_field_errors=False)
    def strong(self, data: dict[str, Any], **_options: Any) -> None:
        """The password is not easy to guess."""
        refuse_weak(data, "password", (data.get("login", ""),))


class NewPassword(Form):
    """Another password, by somebody who knows the one before. Read it with `names`: what the person is called."""

    names: Iterable[str] = ()
    current_password = Secret(required=True)
    password = Secret(required=True)

    @validates_schema(skip_on_field_errors=False)
    def strong(self, data: dict[str, Any], **_options: Any) -> None:
        """The new one is not easy to guess for somebody who knows the person."""
        refuse_weak(data, "password", self.names)


class Account(Form):
    """What a person may change about themselves at any time."""

    name = Name(required=True)
    zone = Zone()
    theme = Choice(THEMES, required=True)


def refuse_weak(data: dict[str, Any], field: str, names: Iterable[str]) -> None:
    """Raise ValidationError for `field` when it holds a weak password."""
    fault = passwords.fault(data[field], names) if field in data else ""
    if fault:
        raise ValidationError(str(WEAK[fault]), field)
