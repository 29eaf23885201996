"""What the pages of the path share."""

from datetime import datetime

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.models import Person
from app.core.errors import NotFound
from app.couples.service import Pair
from app.path import service
from app.path.steps import Step, load

EARLIER = "/path/earlier"

bp = Blueprint("path", __name__, url_prefix="/path")


def step_asked(ident: str) -> Step:
    """The step in an address. Raises NotFound."""
    step = load().steps.get(ident)
    if step is None:
        raise NotFound
    return step


def meant_for_others(pair: Pair, to: str) -> bool:
    """Whether words from a page that was made for one alone, or for another couple, would now be read by a partner."""
    return pair.you is not None and to not in {"", pair.couple_id}


def kept_from_before(person: Person, to: str, step: str | None, text: str, *, now: datetime) -> ResponseReturnValue:
    """Such words stay their author's, among those from before. In a transaction. Raises NotFound."""
    if not service.keep_former(person, to, step, text, now=now):
        raise NotFound
    flash(gettext("Your couple is not as it was when you opened that page. Your words are kept here."))
    return redirect(EARLIER, 303)
