"""/exercises: all of them, one of them, and how one begins or is planned."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.guards import person_required
from app.accounts.models import THERAPIST
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, NotFound
from app.core.wall import instant_of, wall_of
from app.couples.guards import pair_required, two_required
from app.couples.service import Pair
from app.guided import forms, service
from app.guided.routes.pages import beside, daily, exercise_page
from app.guided.routes.pages import shelf as bp


@bp.get("")
@person_required
def index(visitor: Visitor) -> ResponseReturnValue:
    """All exercises; for a therapist to read only."""
    if visitor.role == THERAPIST:
        exercises = [*daily().values(), *service.guides().values()]
        return render_template("guided/told.html", exercise=None, exercises=exercises)
    return index_for_two()


@pair_required
def index_for_two(pair: Pair) -> ResponseReturnValue:
    """Those of every day, and the longer ones, with what is under way or planned first."""
    ahead = service.ahead_of(pair) if pair.you else []
    return render_template(
        "guided/exercises.html",
        pair=pair,
        daily=daily(),
        guides=service.guides(),
        ahead=[(each, service.guide_of(pair, each.exercise)) for each in ahead],
        wall=lambda at: wall_of(at, pair.zone),
    )


@bp.get("/<exercise>")
@person_required
def show(visitor: Visitor, exercise: str) -> ResponseReturnValue:
    """What an exercise is, why, and how long it takes; for a therapist to read only."""
    if visitor.role != THERAPIST:
        return show_for_two(exercise)
    known = {**daily(), **service.guides()}
    if exercise not in known:
        raise NotFound
    return render_template("guided/told.html", exercise=known[exercise])


@pair_required
def show_for_two(pair: Pair, exercise: str) -> ResponseReturnValue:
    """The same for a partner, with how it begins."""
    if exercise in daily():
        return render_template("guided/daily.html", pair=pair, exercise=daily()[exercise])
    return exercise_page(pair, service.guide_of(pair, exercise), None, now=clock.now())


@bp.post("/<guide>/occasions")
@two_required
def create(pair: Pair, guide: str) -> ResponseReturnValue:
    """Begin a longer exercise now, or plan it."""
    now, chosen = clock.now(), service.guide_of(pair, guide)
    form = forms.OccasionForm.read(request.form, today=pair.today(now))
    data = form.data
    if form.sound and data["variant"] and data["variant"] not in chosen.variants:
        form.errors["variant"] = gettext("Please choose one of those shown.")
    if form.sound and data["when"] == forms.LATER and instant_of(data["day"], data["at"], pair.zone) <= now:
        form.errors["at"] = gettext("That time has gone by.")
    if not form.sound:
        return exercise_page(pair, chosen, form, now=now), 422
    first = data["first"] or pair.me.side
    try:
        with transaction():
            if data["when"] == forms.NOW:
                made = service.begin(pair, chosen, data["variant"], first, now=now)
            else:
                at = instant_of(data["day"], data["at"], pair.zone)
                made = service.plan(pair, chosen, data["variant"], first, at, now=now)
            where = f"/occasions/{made.id}"
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        form.errors["_schema"] = str(error.message)
        return exercise_page(pair, chosen, form, now=now), int(error.status)
    if data["when"] == forms.LATER:
        flash(gettext("Planned, for both of you."))
    return redirect(beside(where, together=data["together"] and data["when"] == forms.NOW), 303)
