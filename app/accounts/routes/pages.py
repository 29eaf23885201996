"""What the pages of accounts share: the blueprint, and a form that comes back."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.errors import TooMany
from app.core.forms import Filled

bp = Blueprint("accounts", __name__)


def again(template: str, form: Filled, **context: Any) -> ResponseReturnValue:
    """The form once more, with its sentences and what was typed."""
    return render_template(template, form=form, **context), 422


def wait(template: str, form: Filled, reason: TooMany, **context: Any) -> ResponseReturnValue:
    """The form once more, with the request to wait a little."""
    form.errors["_schema"] = str(reason.message)
    return render_template(template, form=form, **context), reason.status, {"Retry-After": str(reason.wait)}
