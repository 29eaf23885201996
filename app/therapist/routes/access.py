"""A couple's side: let a therapist ask, say yes or no alone, and see who looked."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.accounts.guards import current_visitor, is_fresh, network
from app.accounts.models import THERAPIST
from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.policy import public
from app.couples.guards import pair_required, two_required
from app.couples.service import Pair, pair_of
from app.therapist import service
from app.therapist.forms import ConsentForm, GuestCodeForm
from app.therapist.models import CLASSES
from app.therapist.routes.pages import bp

CODE = "therapist-code"
"""Where the signed notes of a browser carry a therapist's code to the page that uses it."""

TICKED = "therapist-ticked-by"
"""Where they carry who ticked what for which guest past the page that asks for a password."""

FREE, FREE_NETWORK = 5, 20
"""Codes that a person, and a network, may try in an hour at no wait."""


@bp.get("/therapist-invited")
@public
def show_invited() -> ResponseReturnValue:
    """Where a therapist's link leads. The code stands behind #, so that no server sees it."""
    return _invited(None)


@bp.post("/therapist-invited")
@public
def create_invited() -> ResponseReturnValue:
    """Carry the code on. Whether it is one is not looked at yet."""
    visitor = current_visitor()
    form = GuestCodeForm.read(request.form)
    if not form.sound:
        return _invited(form), 422
    session[CODE] = form.data["code"]
    return redirect("/therapist-access" if visitor else "/sign-in?next=/therapist-access", 303)


@bp.get("/therapist-access")
@pair_required
def index_guests(pair: Pair) -> ResponseReturnValue:
    """The couple's therapists, and the field for a code."""
    return _page(pair, None)


@bp.post("/therapist-access")
@two_required
def create_guest(pair: Pair) -> ResponseReturnValue:
    """Let the therapist whose code this is ask both."""
    form, now = GuestCodeForm.read(request.form), clock.now()
    if not form.sound:
        return _page(pair, form), 422
    try:
        with transaction():
            accounts.claim_try(f"guest|{pair.me.id}", free=FREE, now=now)
            accounts.claim_try(f"guest|{network()}", free=FREE_NETWORK, now=now)
        with transaction():
            guest_id = service.let_ask(pair, form.data["code"], now=now)
            accounts.take_back(f"guest|{pair.me.id}")
            accounts.take_back(f"guest|{network()}")
    except DomainError as refused:
        form.errors["code"] = str(refused.message)
        headers = {"Retry-After": str(refused.wait)} if isinstance(refused, TooMany) else {}
        return _page(pair, form), refused.status, headers
    session.pop(CODE, None)
    return redirect(f"/therapist-access/{guest_id}", 303)


@bp.get("/therapist-visits")
@two_required
def index_visits(pair: Pair) -> ResponseReturnValue:
    """When a therapist looked, and at what kind of page."""
    return render_template("therapist/visits.html", visits=service.visits_of(pair))


@bp.get("/therapist-access/<guest_id>")
@two_required
def show_guest(pair: Pair, guest_id: str) -> ResponseReturnValue:
    """Who asks, how they handle secrets, and what I have said."""
    return _guest_page(pair, guest_id, None)


@bp.post("/therapist-access/<guest_id>")
@two_required
def update_guest(pair: Pair, guest_id: str) -> ResponseReturnValue:
    """Say yes, to completion and to what is ticked: to anything more, by somebody who has just shown that it is them.

    What is ticked no longer is taken back at once, as all of it can be."""
    form = ConsentForm.read(request.form)
    if not form.sound:
        return _guest_page(pair, guest_id, form), 422
    chosen = {each for each in CLASSES if form.data[each]}
    with transaction():
        known = service.keep_within(pair, guest_id, chosen, now=clock.now())
    if not known and not is_fresh():
        # What was ticked is there again on the way back: nobody remembers it over a password.
        session[TICKED] = [pair.me.id, guest_id, *(each for each in CLASSES if each in chosen)]
        return redirect(url_for("accounts.new_confirmation", next=f"/therapist-access/{guest_id}"), 303)
    with transaction():
        service.say_yes(pair, guest_id, chosen, now=clock.now())
    tell(Event.CONSENT_CHANGED)
    flash(gettext("Kept. Only you see what you chose."))
    return redirect(f"/therapist-access/{guest_id}", 303)


@bp.post("/therapist-access/<guest_id>/refusal")
@two_required
def create_refusal(pair: Pair, guest_id: str) -> ResponseReturnValue:
    """Say no, or take a yes back: at once, and without a word to anybody."""
    with transaction():
        service.say_no(pair, guest_id, now=clock.now())
    tell(Event.CONSENT_CHANGED)
    flash(gettext("Kept. Nobody is told."))
    return redirect("/therapist-access", 303)


def _invited(form: Filled | None) -> str:
    """The page of a link: two who are signed in ask from here, everybody else goes on to where they can."""
    visitor = current_visitor()
    pair = pair_of(visitor) if visitor and visitor.role != THERAPIST else None
    return render_template("therapist/invited.html", form=form, pair=pair)


def _page(pair: Pair, form: Filled | None) -> str:
    guests = service.guests_of(pair, now=clock.now()) if pair.you else []
    return render_template("therapist/access.html", pair=pair, guests=guests, form=form, code=session.get(CODE, ""))


def _guest_page(pair: Pair, guest_id: str, form: Filled | None) -> str:
    guest = service.guest_of(pair, guest_id, now=clock.now())
    # Also by whom: the other may have signed in on this browser since.
    by, of, *ticked = session.pop(TICKED, None) or ["", ""]
    kept = ticked if (by, of) == (pair.me.id, guest_id) and is_fresh() else None
    return render_template("therapist/guest.html", pair=pair, guest=guest, form=form, ticked=kept)
