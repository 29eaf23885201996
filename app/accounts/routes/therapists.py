"""To become a therapist: a code, an account, eight codes, and then something besides the password."""

from flask import make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from app.accounts import service
from app.accounts.forms import NewTherapist, TherapistCode
from app.accounts.guards import FACTORS, current_visitor, device_label, locale, network
from app.accounts.passwords import suggestion
from app.accounts.routes.door import know_device, let_in
from app.accounts.routes.pages import again, bp, wait
from app.accounts.service import LoginTaken, NoWelcome, Particulars
from app.core import clock
from app.core.db import transaction
from app.core.errors import TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.hashing import hasher
from app.core.policy import public

CODE, PAGE = "accounts/therapist_code.html", "accounts/therapist_new.html"
WELCOMED = "welcomed"
"""Where the signed notes of a browser carry the code from one page to the next."""

FREE = 10
"""Codes that one network may try in an hour at no wait."""


@bp.get("/therapists/invited")
@public
def show_welcome() -> ResponseReturnValue:
    """Where the link leads. The code stands behind #, so that no server sees it, nor whatever previews links."""
    current_visitor()
    return render_template(CODE, form=None)


@bp.post("/therapists/invited")
@public
def create_welcome() -> ResponseReturnValue:
    """Carry a code that is one on to the form."""
    current_visitor()
    form, now = TherapistCode.read(request.form), clock.now()
    if form.sound:
        try:
            with transaction():
                service.claim_try(f"therapist|{network()}", free=FREE, now=now)
        except TooMany as reason:
            return wait(CODE, form, reason)
        if service.therapist_invited(form.data["code"], now=now) is not None:
            session[WELCOMED] = form.data["code"]
            return redirect("/therapists/new", 303)
        form.errors["code"] = str(NoWelcome.message)
    return again(CODE, form)


@bp.get("/therapists/new")
@public
def new_therapist() -> ResponseReturnValue:
    """The form."""
    name = _invited()
    if name is None:
        return redirect("/therapists/invited", 303)
    return render_template(PAGE, form=None, name=name, suggestion=suggestion())


@bp.post("/therapists/new")
@public
def create_therapist() -> ResponseReturnValue:
    """Make the account, sign in, and show the codes this once."""
    name = _invited()
    if name is None:
        return redirect("/therapists/invited", 303)
    form = NewTherapist.read(request.form)
    if form.sound:
        try:
            return _registered(form)
        except LoginTaken as taken:
            form.errors["login"] = str(taken.message)
        except NoWelcome as gone:
            form.errors["_schema"] = str(gone.message)
    return again(PAGE, form, name=name, suggestion=suggestion())


def _invited() -> str | None:
    current_visitor()
    return service.therapist_invited(session.get(WELCOMED, ""), now=clock.now())


def _registered(form: Filled) -> ResponseReturnValue:
    data, now = form.data, clock.now()
    password_hash = hasher().hash(data["password"])
    particulars = Particulars(data["login"], data["name"], data["zone"], locale())
    with transaction():
        person = service.register_therapist(session[WELCOMED], particulars, password_hash, now=now)
        person_id, codes = person.id, service.renew_codes(person)
        token = service.open_session(person, device_label(), now=now)
    tell(Event.REGISTERED)
    session.pop(WELCOMED)
    response = make_response(render_template("accounts/codes_shown.html", codes=codes, after=FACTORS, first=True))
    let_in(response, token, shared=True)
    know_device(response, person_id)
    return response
