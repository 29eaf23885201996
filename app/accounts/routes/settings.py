"""What a person can change about themselves, and the way to everything else: the page called More."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service
from app.accounts.forms import THEMES, Account, NewPassword
from app.accounts.guards import fresh_required, person, person_required
from app.accounts.passwords import suggestion
from app.accounts.routes.confirmation import is_password
from app.accounts.routes.door import let_in
from app.accounts.routes.pages import again, bp, wait
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.hashing import hasher

ACCOUNT, PASSWORD = "accounts/account.html", "accounts/password.html"


@bp.get("/settings")
@person_required
def show_settings(_visitor: Visitor) -> ResponseReturnValue:
    """The list of all that can be set."""
    return render_template("accounts/settings.html")


@bp.get("/settings/account")
@person_required
def edit_account(visitor: Visitor) -> ResponseReturnValue:
    """Name, time zone, appearance."""
    return render_template(ACCOUNT, form=None, login=person(visitor).login, themes=THEMES)


@bp.post("/settings/account")
@person_required
def update_account(visitor: Visitor) -> ResponseReturnValue:
    """Keep them."""
    form = Account.read(request.form)
    if not form.sound:
        return again(ACCOUNT, form, login=person(visitor).login, themes=THEMES)
    with transaction():
        service.edit_person(person(visitor), **form.data)
    flash(gettext("Kept."))
    return redirect("/settings", 303)


@bp.get("/settings/password")
@person_required
def edit_password(visitor: Visitor) -> ResponseReturnValue:
    """The password that is, and the one that is to be."""
    return render_template(PASSWORD, form=None, login=person(visitor).login, suggestion=suggestion())


@bp.post("/settings/password")
@person_required
def update_password(visitor: Visitor) -> ResponseReturnValue:
    """Keep the new one, and sign out everywhere else."""
    login = person(visitor).login
    form = NewPassword.read(request.form, names=(login, visitor.name))
    try:
        right = form.sound and is_password(visitor, form, "current_password")
    except TooMany as reason:
        return wait(PASSWORD, form, reason, login=login, suggestion=suggestion())
    if not right:
        return again(PASSWORD, form, login=login, suggestion=suggestion())
    return _changed(visitor, form)


@bp.get("/settings/recovery-codes")
@person_required
@fresh_required
def show_codes(visitor: Visitor) -> ResponseReturnValue:
    """How many codes are left; never the codes, which nobody knows any more."""
    return render_template("accounts/codes.html", left=service.codes_left(visitor.person_id))


@bp.post("/settings/recovery-codes")
@person_required
@fresh_required
def create_codes(visitor: Visitor) -> ResponseReturnValue:
    """Eight new ones, shown this once. The ones before are void."""
    with transaction():
        codes = service.renew_codes(person(visitor))
    tell(Event.RECOVERY_CODES_RENEWED)
    return render_template("accounts/codes_shown.html", codes=codes, after="/settings", first=False)


def _changed(visitor: Visitor, form: Filled) -> ResponseReturnValue:
    now, password_hash = clock.now(), hasher().hash(form.data["password"])
    with transaction():
        service.change_password(person(visitor), password_hash)
        service.end_sessions(visitor.person_id, now=now, but=visitor.session_id)
        token, shared = service.renew_session(visitor, now=now)
    tell(Event.PASSWORD_CHANGED)
    flash(gettext("Your new password holds. You are signed out everywhere else."))
    response = redirect("/settings", 303)
    let_in(response, token, shared=shared)
    return response
