"""The password, or a passkey, once more, before something that matters."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service
from app.accounts.forms import Confirmation
from app.accounts.guards import newcomer_required, person
from app.accounts.places import own_path
from app.accounts.routes.door import Tries, let_in
from app.accounts.routes.pages import again, bp, wait
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.hashing import hasher
from app.core.taps import say_to_tap

PAGE = "accounts/confirm.html"


@bp.get("/confirm")
@newcomer_required
def new_confirmation(visitor: Visitor) -> ResponseReturnValue:
    """The form."""
    after = own_path(request.args.get("next", ""), "/settings")
    return render_template(PAGE, form=None, after=after, **_page(visitor))


@bp.post("/confirm")
@newcomer_required
def create_confirmation(visitor: Visitor) -> ResponseReturnValue:
    """Five fresh minutes, and a new session token."""
    form = Confirmation.read(request.form)
    after = own_path(form.data.get("next", ""), "/settings")
    try:
        right = form.sound and is_password(visitor, form, "password")
    except TooMany as reason:
        return wait(PAGE, form, reason, after=after, **_page(visitor))
    if not right:
        return again(PAGE, form, after=after, **_page(visitor))
    with transaction():
        token, shared = service.renew_session(visitor, now=clock.now())
    say_to_tap(visitor.person_id, after)
    response = redirect(after, 303)
    let_in(response, token, shared=shared)
    return response


def _page(visitor: Visitor) -> dict[str, Any]:
    return {"login": person(visitor).login, "passkeys": service.factors_of(visitor.person_id).passkeys}


def is_password(visitor: Visitor, form: Filled, field: str) -> bool:
    """Whether the field holds the visitor's password; if not, it says so. Raises TooMany."""
    kept = service.person_by_id(visitor.person_id).password_hash
    tries = Tries("confirm", visitor.person_id, visitor.person_id)
    tries.claim()
    if not hasher().fits(form.data[field], kept):
        tell(Event.PROOF_FAILED)
        form.errors[field] = gettext("This is not your password.")
        return False
    with transaction():
        tries.forgive()
    return True
