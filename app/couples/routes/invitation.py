"""To invite: think first, make a code, hand it over, and confirm who used it."""

from flask import current_app, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.accounts.guards import fresh_required
from app.core import clock
from app.core.db import transaction
from app.core.pictures import picture
from app.couples import service
from app.couples.guards import pair_required
from app.couples.routes.pages import bp
from app.couples.service import Pair

FREE = 10
"""Invitations a person may make in an hour at no wait."""


@bp.get("/before-pairing")
@pair_required
def show_before(pair: Pair) -> ResponseReturnValue:
    """Is this right for us now: the same for everybody, with nothing to fill in, so that nothing can be kept."""
    if pair.you is not None:
        return redirect("/couple", 303)
    now = clock.now()
    if service.invitation_of(pair, now=now):
        return redirect("/invitation", 303)
    if service.claim_of(pair, now=now):
        return redirect("/joining", 303)
    return render_template("couples/before.html")


@bp.get("/invitation")
@pair_required
def show_invitation(pair: Pair) -> ResponseReturnValue:
    """The code to hand over; or, once it is claimed, by whom."""
    found = None if pair.you else service.invitation_of(pair, now=clock.now())
    if found is None:
        return redirect("/before-pairing", 303)
    if found.claimant:
        return render_template("couples/confirm.html", pair=pair, invitation=found)
    link = f"{current_app.extensions['attune'].base_url}/invited#{found.code}"
    size, path = picture(link)
    return render_template("couples/invitation.html", pair=pair, invitation=found, link=link, size=size, path=path)


@bp.post("/invitation")
@pair_required
@fresh_required
def create_invitation(pair: Pair) -> ResponseReturnValue:
    """Make a code. One made before no longer works."""
    with transaction():
        accounts.claim_try(f"invite|{pair.me.id}", free=FREE, now=clock.now())
        service.invite(pair, now=clock.now())
    return redirect("/invitation", 303)


@bp.post("/invitation/withdrawal")
@pair_required
def create_withdrawal(pair: Pair) -> ResponseReturnValue:
    """Make the code worthless, also when somebody has used it: it was not them."""
    with transaction():
        service.withdraw(pair, now=clock.now())
    flash(gettext("The invitation is withdrawn. Nothing was shared."))
    return redirect("/today", 303)


@bp.post("/invitation/<invitation_id>/confirmation")
@pair_required
@fresh_required
def create_confirmation(pair: Pair, invitation_id: str) -> ResponseReturnValue:
    """It is them: from now on the two are a couple."""
    with transaction():
        service.confirm(pair, invitation_id, now=clock.now())
    flash(gettext("Now you are two. What you wrote alone stays yours, under “From before” in the journal."))
    return redirect("/today", 303)
