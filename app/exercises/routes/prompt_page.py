"""The page of a prompt in each of its states, and what every act on one does alike."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.forms import Filled
from app.couples.service import Pair
from app.exercises import forms, service
from app.exercises.exchange import OPENS_BY_TURNS, OPENS_TO_BOTH, Exchange
from app.exercises.exercise import Exercise, named
from app.exercises.models import Prompt

ANSWERABLE = {"open", "theirs_in", "received"}
CHANGEABLE = {"sealed", "waiting"}

Act = Callable[[Prompt], object]


def render(pair: Pair, seen: Exchange, form: Filled | None, *, trouble: str = "") -> str:
    """The page for the state an exchange is in; `form` holds what was typed and what is wrong with it."""
    exercise = service.catalogue().exercises[seen.exercise]
    mine, yours = service.said(pair, seen, amended=True)
    item = exercise.item(seen.item) if seen.item else None
    draft = service.draft_of(pair, seen.id) if form is None else None
    if draft and draft_fits(dict(draft.typed), seen):
        form = Filled(typed=MultiDict(draft.typed))
    shared = {"pair": pair, "seen": seen, "exercise": exercise, "item": item, "mine": mine, "yours": yours}
    given = service.besides_at_hand(pair, (seen.day, seen.day))
    shared["given"] = [each for each in service.of_day(given, seen.day, seen.exercise) if each.is_for(pair.me.id)]
    shared["needs"] = [(need.id, need.text) for need in exercise.needs]
    shared |= {"takes": service.TAKES, "form": form, "trouble": trouble, "saved_at": draft.saved_at if draft else None}
    if seen.opens == OPENS_BY_TURNS:
        turns = service.turns_of(pair, seen.id)
        together = side_by_side() or bool(form and form.value("together"))
        starter = starter_of(pair, exercise, seen)
        return render_template("exercises/mirroring.html", turns=turns, together=together, starter=starter, **shared)
    if seen.state == "received" and seen.opens == OPENS_TO_BOTH and "answer" not in request.args and form is None:
        return render_template("exercises/opened.html", amendable={}, **shared)
    editing = seen.state in CHANGEABLE and seen.fillable and ("edit" in request.args or form is not None)
    if seen.state in ANSWERABLE or editing:
        if editing and form is None and mine is not None:
            shared["form"] = Filled(typed=typed_again(mine.ratings, mine.words))
        return render_template(f"exercises/{seen.exercise}.html", editing=editing, **shared)
    if seen.state in {"revealed", "given", "read", "released"}:
        shared["starter"] = starter_of(pair, exercise, seen, yours.words.get("need") if yours else None)
        return render_template("exercises/opened.html", amendable=forms.AMENDABLE, **shared)
    return render_template("exercises/sealed.html", **shared)


def starter_of(pair: Pair, exercise: Exercise, seen: Exchange, need: str | None = None) -> str:
    """What the two may talk about now, with their names; "" for somebody alone."""
    return named(exercise.starter(seen.id, need), me=pair.me.name, you=pair.you.name) if pair.you else ""


def draft_fits(typed: Mapping[str, str], seen: Exchange) -> bool:
    """Whether a draft may stand in this page. On one phone, side by side, nobody finds there what the other typed."""
    if seen.opens != OPENS_BY_TURNS:
        return True
    if typed.get("together"):
        return typed.get("step") == seen.step.name
    return not side_by_side() or seen.step.actor in {None, seen.me}


def side_by_side() -> bool:
    """Whether the page is asked for on one phone for both."""
    return request.args.get("together") == "1"


def again(pair: Pair, seen: Exchange, form: Filled) -> ResponseReturnValue:
    """The same page with every word still in it. No draft: that is of what I respond, not of what I say of it."""
    return render(pair, seen, form), 422


def kept(pair: Pair, prompt_id: str, form: Filled, status: int, trouble: str = "") -> ResponseReturnValue:
    """The same page with every word still in it, which are kept as a draft, too."""
    now = clock.now()
    with transaction():
        service.save_draft(pair, service.prompt_for(pair, prompt_id), typed(form.typed), now=now)
    seen = service.exchange_for(pair, prompt_id, now=now)
    return render(pair, seen, form, trouble=trouble), status


def step(pair: Pair, prompt_id: str, form: Filled, act: Act, after: str | None = None) -> ResponseReturnValue:
    """Do one thing in one transaction; when the rules forbid it, say so and keep the words."""
    try:
        with transaction():
            act(service.prompt_for(pair, prompt_id))
    except DomainError as error:
        if error.status == 404:
            raise
        return kept(pair, prompt_id, form, int(error.status), str(error.message))
    return redirect(after or url_for(".show", prompt_id=prompt_id), 303)


def plainly(pair: Pair, prompt_id: str, act: Act, *, home: bool = False) -> ResponseReturnValue:
    """Do one thing that takes no words."""
    with transaction():
        act(service.prompt_for(pair, prompt_id))
    return redirect(url_for("today.show") if home else url_for(".show", prompt_id=prompt_id), 303)


def typed(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The fields as they were typed, in order."""
    return [(name, value) for name, value in form.items(multi=True) if value]


def typed_again(ratings: Mapping[str, int], words: Mapping[str, Any]) -> MultiDict[str, str]:
    """A given response as if it had just been typed, to be changed."""
    again: MultiDict[str, str] = MultiDict()
    for name, value in {**ratings, **words}.items():
        for each in value if isinstance(value, list) else [value]:
            again.add(name, str(each))
    return again
