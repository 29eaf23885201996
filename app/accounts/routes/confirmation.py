"""The password once more, before something that matters."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service
from app.accounts.forms import Confirmation
from app.accounts.guards import person, person_required
from app.accounts.places import own_path
from app.accounts.routes.door import Tries, let_in
from app.accounts.routes.pages import again, bp, wait
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import TooMany
from app.core.forms import Filled
from app.core.hashing import hasher

PAGE = "accounts/confirm.html"


@bp.get("/confirm")
@person_required
def new_confirmation(visitor: Visitor) -> ResponseReturnValue:
    """The form."""
    after = own_path(request.args.get("next", ""), "/settings")
    return render_template(PAGE, form=None, after=after, login=person(visitor).login)


@bp.post("/confirm")
@person_required
def create_confirmation(visitor: Visitor) -> ResponseReturnValue:
    """Five fresh minutes, and a new session token."""
    form = Confirmation.read(request.form)
    after, login = own_path(form.data.get("next", ""), "/settings"), person(visitor).login
    try:
        right = form.sound and is_password(visitor, form, "password")
    except TooMany as reason:
        return wait(PAGE, form, reason, after=after, login=login)
    if not right:
        return again(PAGE, form, after=after, login=login)
    with transaction():
        token, shared = service.renew_session(visitor, now=clock.now())
    response = redirect(after, 303)
    let_in(response, token, shared=shared)
    return response


def is_password(visitor: Visitor, form: Filled, field: str) -> bool:
    """Whether the field holds the visitor's password; if not, it says so. Raises TooMany."""
    kept = service.person_by_id(visitor.person_id).password_hash
    tries = Tries("confirm", visitor.person_id, visitor.person_id)
    tries.claim()
    if not hasher().fits(form.data[field], kept):
        form.errors[field] = gettext("This is not your password.")
        return False
    with transaction():
        tries.forgive()
    return True
