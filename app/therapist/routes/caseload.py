"""The codes by which a therapist invites couples, and the end of being a guest."""

from flask import current_app, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.accounts.guards import person
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.events import Event, tell
from app.therapist import service
from app.therapist.guards import therapist_required
from app.therapist.routes.pages import bp

FREE = 30
"""Codes that one therapist may make in an hour at no wait."""


@bp.post("/caseload/<couple_id>/ending")
@therapist_required
def create_ending(visitor: Visitor, couple_id: str) -> ResponseReturnValue:
    """Be their guest no longer. The couple sees the same as if one of them had ended it."""
    with transaction():
        service.end_access(visitor, couple_id, now=clock.now())
    tell(Event.CONSENT_CHANGED)
    flash(gettext("Your access has ended."))
    return redirect("/caseload", 303)


@bp.get("/caseload/codes")
@therapist_required
def index_codes(visitor: Visitor) -> ResponseReturnValue:
    """The codes that are open."""
    codes, base = service.codes_of(visitor, now=clock.now()), current_app.extensions["attune"].base_url
    practice = service.practice_of(person(visitor))
    return render_template("therapist/codes.html", codes=codes, link=f"{base}/therapist-invited", practice=practice)


@bp.post("/caseload/codes")
@therapist_required
def create_code(visitor: Visitor) -> ResponseReturnValue:
    """A code for one couple."""
    return _made(visitor, standing=False)


@bp.post("/caseload/codes/own")
@therapist_required
def create_own_code(visitor: Visitor) -> ResponseReturnValue:
    """A code of one's own for any couple, in place of the one before."""
    return _made(visitor, standing=True)


@bp.post("/caseload/codes/<code_id>/withdrawal")
@therapist_required
def create_code_withdrawal(visitor: Visitor, code_id: str) -> ResponseReturnValue:
    """Make a code worthless."""
    with transaction():
        service.withdraw_code(visitor, code_id, now=clock.now())
    flash(gettext("That code no longer works."))
    return redirect("/caseload/codes", 303)


def _made(visitor: Visitor, *, standing: bool) -> ResponseReturnValue:
    now = clock.now()
    with transaction():
        accounts.claim_try(f"couple-code|{visitor.person_id}", free=FREE, now=now)
        service.make_code(visitor, standing=standing, now=now)
    return redirect("/caseload/codes", 303)
