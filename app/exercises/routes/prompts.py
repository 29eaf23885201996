"""One prompt: respond, see it sealed, see it open, and all that can be done with it."""

from contextlib import suppress

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound, told
from app.core.security import asked_ahead
from app.couples.guards import pair_required, two_required
from app.couples.service import Pair
from app.exercises import forms, service
from app.exercises.exchange import OPENS_BY_TURNS, OPENS_TO_BOTH
from app.exercises.mirroring import UNDERSTAND
from app.exercises.models import APPRECIATION, LOVE_MAP, Prompt
from app.exercises.routes.prompt_page import ANSWERABLE, again, kept, plainly, render, step, typed

bp = Blueprint("prompts", __name__, url_prefix="/prompts")

MINE_TO_DO = ANSWERABLE | {"your_turn"}


@bp.get("/<prompt_id>")
@pair_required
def show(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """The page of a prompt, in the state it is in for this partner."""
    now = clock.now()
    seen = service.exchange_for(pair, prompt_id, now=now)
    page = render(pair, seen, None)
    if asked_ahead():
        return page
    if seen.state == "revealed" and seen.mine is not None and not seen.mine.opened:
        # Once the page is made, so that it unfolds this once.
        with transaction():
            service.note_opening(pair, seen, now=now)
    elif seen.state in MINE_TO_DO:
        service.page_opened.tell(pair, seen.exercise, seen.day, now)
    return page


@bp.post("/<prompt_id>/response")
@pair_required
def create_response(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Seal, or change, my response; the second one opens both."""
    now = clock.now()
    seen = service.exchange_for(pair, prompt_id, now=now)
    if seen.opens == OPENS_BY_TURNS:
        return redirect(url_for(".show", prompt_id=prompt_id), 303)
    form = forms.response_form(seen.exercise, alone=pair.you is None).read(request.form)
    if not form.sound:
        return kept(pair, prompt_id, form, 422)
    ratings = {name: value for name, value in form.data.items() if name in forms.RATINGS}
    words = {name: value for name, value in form.data.items() if name not in forms.RATINGS}
    return step(pair, prompt_id, form, lambda prompt: service.submit_response(pair, prompt, ratings, words, now=now))


@bp.errorhandler(NotFound)
def keep_for_former(error: NotFound) -> ResponseReturnValue:
    """The couple may have ended while somebody was writing: their words are kept among those from before."""
    pair, prompt_id = g.get("pair"), (request.view_args or {}).get("prompt_id")
    # Whatever is raised here, out of a handler, would be an unforeseen error.
    with suppress(HTTPException):
        if request.method == "POST" and pair and prompt_id and (written := typed(request.form)):
            with transaction():
                kept_on = service.keep_former(pair.me, prompt_id, written, now=clock.now())
            if kept_on:
                flash(gettext("Your couple is not as it was when you opened that page. Your words are kept here."))
                return redirect(url_for("history.earlier"), 303)
    return told(error)


@bp.post("/<prompt_id>/draft")
@pair_required
def create_draft(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Keep what is typed so far. Without script, a button of the form leads here and back."""
    with transaction():
        prompt = service.prompt_for(pair, prompt_id)
        service.save_draft(pair, prompt, typed(request.form), now=clock.now())
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return "", 204
    flash(gettext("Kept. Only you can see it."))
    return redirect(url_for("today.show"), 303)


@bp.post("/<prompt_id>/turn")
@two_required
def create_turn(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Take a turn in a mirroring."""
    now = clock.now()
    seen = service.exchange_for(pair, prompt_id, now=now)
    asked = request.form.get("step") or seen.step.name
    expected = asked.split("-")[0]
    form = forms.turn_form(expected).read(request.form)
    if not form.sound:
        return kept(pair, prompt_id, form, 422)
    kind, text, rating = form.data.get("verdict", expected), form.data["text"], form.data.get("heard")
    together = form.data["together"]

    def take(prompt: Prompt) -> None:
        if not service.taken_already(pair, prompt, asked, kind, text, now=now):
            service.take_turn(pair, prompt, kind, text, rating, together=together, now=now)

    after = url_for(".handover", prompt_id=prompt_id) if together else None
    if together and expected == UNDERSTAND:
        # Whoever says what makes sense speaks next, with the phone in hand.
        after = url_for(".show", prompt_id=prompt_id, together=1)
    return step(pair, prompt_id, form, take, after=after)


@bp.get("/<prompt_id>/handover")
@two_required
def handover(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Between two turns on one phone: no words, only whom to hand it to."""
    seen = service.exchange_for(pair, prompt_id, now=clock.now())
    if seen.opens != OPENS_BY_TURNS or seen.step.actor is None:
        return redirect(url_for(".show", prompt_id=prompt_id), 303)
    onward = url_for(".show", prompt_id=prompt_id, together=1)
    return render_template("parts/handover.html", pair=pair, actor=pair.partner(seen.step.actor), onward=onward)


@bp.post("/<prompt_id>/mark")
@two_required
def create_mark(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Say how close a guess was, or how much an appreciation landed."""
    now = clock.now()
    seen = service.exchange_for(pair, prompt_id, now=now)
    form = (forms.GuessMarkForm if seen.exercise == LOVE_MAP else forms.LandingForm).read(request.form)
    if not form.sound:
        return again(pair, seen, form)
    value = forms.MARKS[form.data["closeness"]] if "closeness" in form.data else form.data["landed"]
    thanks = form.data.get("thanks", "")
    # Back to what it is about: it stands below the first screen.
    after = url_for(".show", prompt_id=prompt_id, _anchor="mark")
    return step(pair, prompt_id, form, lambda prompt: service.mark(pair, prompt, value, thanks, now=now), after=after)


@bp.post("/<prompt_id>/amendment")
@pair_required
def create_amendment(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Add a later wording to what is open."""
    now = clock.now()
    seen = service.exchange_for(pair, prompt_id, now=now)
    form = forms.AmendmentForm.read(request.form, fields_allowed=forms.AMENDABLE.get(seen.exercise, ()))
    if not form.sound:
        return again(pair, seen, form)
    field, text = form.data["field"], form.data["text"]
    return step(pair, prompt_id, form, lambda prompt: service.amend(pair, prompt, field, text, now=now))


@bp.post("/<prompt_id>/keeping")
@two_required
def create_keeping(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Let my response wait on."""
    now = clock.now()
    return plainly(pair, prompt_id, lambda prompt: service.keep_waiting(pair, prompt, now=now))


@bp.post("/<prompt_id>/release")
@two_required
def create_release(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Let the other read mine without theirs."""
    now = clock.now()
    return plainly(pair, prompt_id, lambda prompt: service.release(pair, prompt, now=now))


@bp.post("/<prompt_id>/discarding")
@pair_required
def create_discarding(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Take my sealed response back for good."""
    now = clock.now()
    return plainly(pair, prompt_id, lambda prompt: service.discard(pair, prompt, now=now), home=True)


@bp.post("/<prompt_id>/setting-aside")
@pair_required
def create_setting_aside(pair: Pair, prompt_id: str) -> ResponseReturnValue:
    """Not this one: another question for the day. What the other has given meanwhile, and I may read, keeps its own."""
    now = clock.now()
    seen = service.exchange_for(pair, prompt_id, now=now)
    if seen.both_in or (seen.opens != OPENS_TO_BOTH and not seen.untouched):
        return redirect(url_for(".show", prompt_id=prompt_id), 303)
    with transaction():
        other = service.set_aside(pair, service.prompt_for(pair, prompt_id), now=now)
        # A nudge is no question: what was begun under one fits the next.
        if seen.exercise == APPRECIATION and (draft := service.draft_of(pair, prompt_id)):
            service.save_draft(pair, other, draft.typed, now=now)
        new_id = other.id
    return redirect(url_for(".show", prompt_id=new_id), 303)
