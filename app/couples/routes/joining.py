"""To join: follow an invitation, ask with its code, and wait until whoever made it confirms."""

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.accounts.guards import INVITATION, current_visitor, is_fresh, network
from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, TooMany
from app.core.forms import Filled
from app.core.policy import public
from app.core.taps import note_tap
from app.couples import service
from app.couples.forms import JoinForm
from app.couples.guards import pair_required
from app.couples.routes.pages import bp
from app.couples.service import Pair

FREE, FREE_NETWORK = 5, 20
"""Codes that a person, and a network, may try in an hour at no wait."""


@bp.get("/invited")
@public
def show_invited() -> ResponseReturnValue:
    """Where the link leads. The code stands behind #, so that no server sees it, nor whatever previews links."""
    current_visitor()
    return render_template("couples/invited.html", form=None)


@bp.post("/invited")
@public
def create_invited() -> ResponseReturnValue:
    """Carry the code on. Whether it is one is not looked at yet."""
    visitor = current_visitor()
    form = JoinForm.read(request.form)
    if not form.sound:
        return render_template("couples/invited.html", form=form), 422
    session[INVITATION] = form.data["code"]
    return redirect("/joining" if visitor else "/register?next=/joining", 303)


@bp.get("/joining")
@pair_required
def show_joining(pair: Pair) -> ResponseReturnValue:
    """The code to ask with; or, once asked, the four words to compare."""
    if pair.you is not None:
        if pair.since == pair.today(clock.now()):
            flash(gettext("Now you are two. What you wrote alone stays yours, under “From before” in the journal."))
        return redirect("/today", 303)
    claim = service.claim_of(pair, now=clock.now())
    if claim is not None:
        return render_template("couples/waiting.html", pair=pair, claim=claim)
    return _page(None)


@bp.post("/joining")
@pair_required
def create_joining(pair: Pair) -> ResponseReturnValue:
    """Ask whoever made the code."""
    form = JoinForm.read(request.form)
    if not form.sound:
        return _page(form), 422
    session[INVITATION] = form.data["code"]
    if not is_fresh():
        note_tap(pair.me.id, "/joining", gettext("Ask to join"))
        return redirect("/confirm?next=/joining", 303)
    now = clock.now()
    try:
        with transaction():
            accounts.claim_try(f"join|{pair.me.id}", free=FREE, now=now)
            accounts.claim_try(f"join|{network()}", free=FREE_NETWORK, now=now)
        with transaction():
            service.claim(pair, form.data["code"], now=now)
    except DomainError as refused:
        form.errors["code"] = str(refused.message)
        headers = {"Retry-After": str(refused.wait)} if isinstance(refused, TooMany) else {}
        return _page(form), refused.status, headers
    session.pop(INVITATION, None)
    return redirect("/joining", 303)


@bp.post("/joining/withdrawal")
@pair_required
def create_joining_withdrawal(pair: Pair) -> ResponseReturnValue:
    """Ask no longer."""
    with transaction():
        service.take_back_claim(pair, now=clock.now())
    flash(gettext("You are no longer asking. Nothing was shared."))
    return redirect("/today", 303)


def _page(form: Filled | None) -> str:
    return render_template("couples/joining.html", form=form, code=session.get(INVITATION, ""))
