"""A way back in for somebody who has forgotten their password and kept their codes."""

from datetime import datetime

from flask import flash, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service
from app.accounts.forms import Recovery
from app.accounts.guards import FACTORS, HOMES
from app.accounts.models import PARTNER, Person
from app.accounts.passwords import suggestion
from app.accounts.routes.door import HALF, Tries, enter
from app.accounts.routes.pages import again, bp, wait
from app.accounts.routes.second import second_page
from app.core import clock
from app.core.db import transaction
from app.core.errors import TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.hashing import hasher
from app.core.policy import public

PAGE = "accounts/recover.html"


@bp.get("/recovery")
@public
def new_recovery() -> ResponseReturnValue:
    """The form."""
    return render_template(PAGE, form=None, suggestion=suggestion())


@bp.post("/recovery")
@public
def create_recovery() -> ResponseReturnValue:
    """Use up a code for a new password. Ends every session of the person and begins one here."""
    form = Recovery.read(request.form)
    if form.sound:
        try:
            if response := _recovered(form):
                return response
        except TooMany as reason:
            return wait(PAGE, form, reason, suggestion=suggestion())
        tell(Event.RECOVERY_FAILED)
        form.errors["code"] = gettext("This name and this code do not go together, or the code is used up.")
    return again(PAGE, form, suggestion=suggestion())


def _recovered(form: Filled) -> ResponseReturnValue | None:
    """The way on for somebody with one of their codes, else None. Both take one hash."""
    data, now = form.data, clock.now()
    person = service.person_by_login(data["login"])
    person_id = person.id if person and not person.disabled_at else ""
    tries = Tries("recovery", data["login"], person_id)
    tries.claim()
    password_hash = hasher().hash(data["password"])
    with transaction():
        anew = service.use_reset(person_id, data["code"], now=now)
        if not anew and not service.use_code(person_id, data["code"], now=now):
            return None
        person = service.person_by_id(person_id)
        service.change_password(person, password_hash)
        tell(Event.PASSWORD_CHANGED)
        service.end_sessions(person_id, now=now)
        tries.forgive()
        if anew:
            return _anew(person, now=now)
        left = service.codes_left(person_id)
        if service.second_wanted(person):
            session[HALF], _shown = service.pose_second(person_id, service.CODE_GIVEN, now=now)
            entry = None
        else:
            entry = enter(person, HOMES[PARTNER], now=now)
    flash(gettext("Your new password holds. You are signed out everywhere else. Codes left: %(left)s.", left=left))
    if entry is None:
        return second_page((person_id, service.CODE_GIVEN), None, after=HOMES[PARTNER], held="", shared=False)
    return entry.give(redirect(entry.after, 303))


def _anew(person: Person, *, now: datetime) -> ResponseReturnValue:
    """A therapist has lost all but their name: eight codes, then something to show besides. In a transaction."""
    codes, entry = service.renew_codes(person), enter(person, FACTORS, now=now)
    told = gettext("Your new password holds. What you showed besides the old one is forgotten; nothing you wrote is.")
    flash(told)
    page = render_template("accounts/codes_shown.html", codes=codes, after=FACTORS, first=False)
    return entry.give(make_response(page))
