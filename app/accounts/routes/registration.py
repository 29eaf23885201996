"""To register: an account, and eight codes for the day a password is forgotten."""

from typing import Any

from flask import current_app, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service
from app.accounts.forms import NewPerson
from app.accounts.guards import HOMES, INVITATION, current_visitor, device_label, locale, network, way_on
from app.accounts.passwords import suggestion
from app.accounts.places import own_path
from app.accounts.routes.door import know_device, let_in
from app.accounts.routes.pages import again, bp, wait
from app.accounts.service import LoginTaken, Particulars
from app.core import clock
from app.core.db import transaction
from app.core.errors import TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.hashing import hasher
from app.core.policy import public

PAGE = "accounts/register.html"
FREE = 10
"""Accounts that one network may try to make in an hour at no wait."""


@bp.get("/register")
@public
def new_person() -> ResponseReturnValue:
    """The form, with a password to take or leave."""
    after = own_path(request.args.get("next", ""))
    if visitor := current_visitor():
        return redirect(way_on(visitor.role, after), 303)
    return render_template(PAGE, form=None, **_page(after))


@bp.post("/register")
@public
def create_person() -> ResponseReturnValue:
    """Make the account, sign in, and show the codes this once.

    Without mail, a login that is taken has to be told on the page. It is told in a sentence that stands for any
    name that cannot be had, after the same work, and so seldom that nobody tells a list of names this way.
    """
    if visitor := current_visitor():
        return redirect(HOMES[visitor.role], 303)
    form = NewPerson.read(request.form)
    after = own_path(form.data.get("next", ""))
    try:
        if form.sound:
            _claim_try()
            _check_invitation(form)
    except TooMany as reason:
        return wait(PAGE, form, reason, **_page(after))
    if form.sound:
        try:
            return _registered(form, after)
        except LoginTaken as taken:
            form.errors["login"] = str(taken.message)
    return again(PAGE, form, **_page(after))


def closed() -> bool:
    """Whether an invitation is needed to register."""
    return bool(current_app.extensions["attune"].registration == "closed")


def _page(after: str) -> dict[str, Any]:
    invitation = session.get(INVITATION, "")
    return {"suggestion": suggestion(), "closed": closed(), "after": after, "invitation": invitation}


def _claim_try() -> None:
    with transaction():
        service.claim_try(f"register|{network()}", free=FREE, now=clock.now())


def _check_invitation(form: Filled) -> None:
    check = current_app.extensions.get("invitation_check")
    code = form.data["code"]
    if closed() and not (check and code and check(code)):
        form.errors["code"] = gettext("To come in here you need an invitation. This code is not one, or is used up.")


def _registered(form: Filled, after: str) -> ResponseReturnValue:
    data, now = form.data, clock.now()
    password_hash = hasher().hash(data["password"])
    particulars = Particulars(data["login"], data["name"], data["zone"], locale())
    with transaction():
        person = service.register(particulars, password_hash, now=now)
        person_id, codes = person.id, service.renew_codes(person)
        token = service.open_session(person, device_label(), now=now)
    tell(Event.REGISTERED)
    response = make_response(render_template("accounts/codes_shown.html", codes=codes, after=after, first=True))
    let_in(response, token)
    know_device(response, person_id)
    return response
