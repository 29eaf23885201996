"""Passkeys: to come in, to show that it is still you, and the list of them. A script asks the browser and sends on."""

from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from app.accounts import ceremony, service
from app.accounts.ceremony import Site
from app.accounts.forms import HELD_MAX, NewPasskey, PasskeyEntry, PasskeyProof
from app.accounts.guards import FACTORS, HOMES, fresh_required, network, newcomer_required, person
from app.accounts.places import own_path
from app.accounts.routes.door import enter, let_in
from app.accounts.routes.pages import bp
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.policy import public
from app.core.taps import say_to_tap


class Nameless(DomainError):
    """The host is an IP address, to which browsers bind no passkey."""

    message = lazy_gettext("Passkeys need an address with a name. This Attune is reached by a number.")


FREE = 60
"""Times an hour that one network may be asked for a passkey at no wait."""


@bp.post("/sign-in/passkey/options")
@public
def create_sign_in_options() -> ResponseReturnValue:
    """What a browser needs to sign somebody in: the same for everybody, but for the challenge."""
    now = clock.now()
    with transaction():
        service.claim_try(f"passkey|{network()}", free=FREE, now=now)
        return service.ask_to_sign_in(site(), now=now)


@bp.post("/sign-in/passkey")
@public
def create_passkey_session() -> ResponseReturnValue:
    """Sign in by a passkey alone: it is two factors by itself."""
    request.max_content_length = request.max_form_memory_size = HELD_MAX
    form = PasskeyEntry.read(request.form)
    if not form.sound:
        return {"errors": form.errors}, 422
    now, after = clock.now(), own_path(form.data["next"])
    try:
        with transaction():
            person = service.show_passkey(site(), form.data["answer"], now=now)
            entry = enter(person, after, held=form.data["held"], shared=form.data["shared"], now=now)
    except DomainError as refused:
        tell(Event.SIGN_IN_FAILED)
        return _refused(form, refused)
    # What nobody has kept the script sends once more, to where it was meant for.
    on = {"next": entry.back.path, "typed": entry.back.typed} if entry.back else {"next": entry.after}
    return entry.give(current_app.make_response(on))


@bp.post("/confirm/passkey/options")
@newcomer_required
def create_confirmation_options(visitor: Visitor) -> ResponseReturnValue:
    """What a browser needs to show that it is still them."""
    now = clock.now()
    with transaction():
        service.claim_try(f"passkey|{visitor.person_id}", free=FREE, now=now)
        return service.ask_to_confirm(visitor.person_id, site(), now=now)


@bp.post("/confirm/passkey")
@newcomer_required
def create_passkey_confirmation(visitor: Visitor) -> ResponseReturnValue:
    """Five fresh minutes, and a new session token."""
    form = PasskeyProof.read(request.form)
    if not form.sound:
        return {"errors": form.errors}, 422
    now = clock.now()
    try:
        with transaction():
            service.show_passkey(site(), form.data["answer"], person_id=visitor.person_id, now=now)
            token, shared = service.renew_session(visitor, now=now)
    except DomainError as refused:
        tell(Event.PROOF_FAILED)
        return _refused(form, refused)
    after = own_path(form.data["next"], "/settings")
    say_to_tap(visitor.person_id, after)
    response = current_app.make_response({"next": after})
    let_in(response, token, shared=shared)
    return response


@bp.post("/settings/passkeys/options")
@newcomer_required
@fresh_required
def create_passkey_options(visitor: Visitor) -> ResponseReturnValue:
    """What a browser needs to make a passkey."""
    now = clock.now()
    with transaction():
        service.claim_try(f"passkey|{visitor.person_id}", free=FREE, now=now)
        return service.ask_to_make(person(visitor), site(), now=now)


@bp.post("/settings/passkeys")
@newcomer_required
@fresh_required
def create_passkey(visitor: Visitor) -> ResponseReturnValue:
    """Keep what the browser has made."""
    form = NewPasskey.read(request.form)
    if not form.sound:
        return {"errors": form.errors}, 422
    try:
        with transaction():
            service.add_passkey(person(visitor), site(), form.data["answer"], form.data["name"], now=clock.now())
    except DomainError as refused:
        return _refused(form, refused)
    tell(Event.PASSKEY_ADDED)
    flash(gettext("Your passkey is kept. You can sign in by it from now on."))
    return {"next": FACTORS if visitor.secured else HOMES[visitor.role]}


@bp.post("/settings/passkeys/<passkey_id>/removal")
@newcomer_required
@fresh_required
def destroy_passkey(visitor: Visitor, passkey_id: str) -> ResponseReturnValue:
    """Let it open nothing any more."""
    with transaction():
        service.remove_passkey(person(visitor), passkey_id)
    tell(Event.PASSKEY_REMOVED)
    flash(gettext("Removed. It may still lie in your browser or phone, where it opens nothing here."))
    return redirect(FACTORS, 303)


def site() -> Site:
    """Where passkeys are bound to. Raises Nameless."""
    found = ceremony.site_of(current_app.extensions["attune"].base_url)
    if found is None:
        raise Nameless
    return found


def _refused(form: Filled, refused: DomainError) -> ResponseReturnValue:
    form.errors["answer"] = str(refused.message)
    headers = {"Retry-After": str(refused.wait)} if isinstance(refused, TooMany) else {}
    return {"errors": form.errors}, refused.status, headers
