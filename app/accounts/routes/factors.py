"""What somebody shows besides a password, and an app that shows digits."""

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import ceremony, one_time, service
from app.accounts.forms import Digits
from app.accounts.guards import FACTORS, HOMES, device_label, fresh_required, newcomer_required, person
from app.accounts.routes.door import Tries
from app.accounts.routes.pages import bp
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.pictures import picture

PAGE = "accounts/authenticator.html"


@bp.app_template_global()
def passkeys_work() -> bool:
    """Whether Attune is reached by a name: a browser has no passkey for a number."""
    return ceremony.site_of(current_app.extensions["attune"].base_url) is not None


@bp.get(FACTORS)
@newcomer_required
def index_factors(visitor: Visitor) -> ResponseReturnValue:
    """All of them, and how to add another."""
    me = person(visitor)
    passkeys, app = service.passkeys_of(me), service.factors_of(me.id).app
    return render_template("accounts/factors.html", passkeys=passkeys, app=app, label=device_label())


@bp.post("/settings/authenticator")
@newcomer_required
@fresh_required
def create_authenticator(visitor: Visitor) -> ResponseReturnValue:
    """A fresh secret to put into an app."""
    with transaction():
        service.begin_app(person(visitor))
    return redirect("/settings/authenticator", 303)


@bp.get("/settings/authenticator")
@newcomer_required
@fresh_required
def show_authenticator(visitor: Visitor) -> ResponseReturnValue:
    """The secret as a picture and in letters, and the field for the digits that show it has arrived."""
    return _page(visitor, None)


@bp.post("/settings/authenticator/confirmation")
@newcomer_required
@fresh_required
def create_authenticator_confirmation(visitor: Visitor) -> ResponseReturnValue:
    """From now on its digits are asked for."""
    form = Digits.read(request.form)
    try:
        if form.sound and _confirmed(visitor, form):
            flash(gettext("Your app is set up. From now on you sign in with your password and its digits."))
            return redirect(FACTORS if visitor.secured else HOMES[visitor.role], 303)
    except TooMany as reason:
        form.errors["_schema"] = str(reason.message)
        return _page(visitor, form), reason.status, {"Retry-After": str(reason.wait)}
    return _page(visitor, form), 422


@bp.post("/settings/authenticator/removal")
@newcomer_required
@fresh_required
def destroy_authenticator(visitor: Visitor) -> ResponseReturnValue:
    """Ask for no digits any more."""
    with transaction():
        service.remove_app(person(visitor))
    tell(Event.APP_REMOVED)
    flash(gettext("Removed. You can delete the entry in your app, too."))
    return redirect(FACTORS, 303)


def _confirmed(visitor: Visitor, form: Filled) -> bool:
    tries = Tries("digits", visitor.person_id, visitor.person_id)
    tries.claim()
    with transaction():
        if service.confirm_app(person(visitor), form.data["digits"], now=clock.now()):
            tries.forgive()
            tell(Event.APP_ADDED)
            return True
    form.errors["digits"] = gettext("These are not the digits of this moment. Is the clock of that device right?")
    return False


def _page(visitor: Visitor, form: Filled | None) -> str:
    me = person(visitor)
    secret = service.app_to_confirm(me)
    if secret is None:
        return render_template(PAGE, form=form, secret=None)
    address = one_time.address(secret, me.login)
    size, path = picture(address)
    spelled = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template(PAGE, form=form, secret=spelled, address=address, size=size, path=path)
