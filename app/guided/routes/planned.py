"""What is planned: begun, moved to another time, called off."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import clock
from app.core.db import transaction
from app.core.wall import instant_of
from app.couples.guards import two_required
from app.couples.service import Pair
from app.guided import forms, service
from app.guided.routes.occasions import render
from app.guided.routes.pages import beside
from app.guided.routes.pages import occasions as bp


@bp.post("/<occasion_id>/beginning")
@two_required
def create_beginning(pair: Pair, occasion_id: str) -> ResponseReturnValue:
    """Begin what was planned."""
    now, occasion = clock.now(), service.occasion_for(pair, occasion_id)
    form = forms.BeginningForm.read(request.form)
    if not form.sound:
        return render(pair, service.seen_of(pair, occasion, now=now), form), 422
    with transaction():
        service.begin_planned(service.occasion_for(pair, occasion_id), form.data["first"] or pair.me.side, now=now)
    return redirect(beside(f"/occasions/{occasion_id}", together=form.data["together"]), 303)


@bp.post("/<occasion_id>/time")
@two_required
def update_time(pair: Pair, occasion_id: str) -> ResponseReturnValue:
    """Move it to another time, for both."""
    now, occasion = clock.now(), service.occasion_for(pair, occasion_id)
    form = forms.TimeForm.read(request.form, today=pair.today(now))
    at = instant_of(form.data["day"], form.data["at"], pair.zone) if form.sound else now
    if form.sound and at <= now:
        form.errors["at"] = gettext("That time has gone by.")
    if not form.sound:
        return render(pair, service.seen_of(pair, occasion, now=now), form), 422
    with transaction():
        service.plan_anew(service.occasion_for(pair, occasion_id), at)
    flash(gettext("Kept, for both of you."))
    return redirect(f"/occasions/{occasion_id}", 303)


@bp.post("/<occasion_id>/calling-off")
@two_required
def create_calling_off(pair: Pair, occasion_id: str) -> ResponseReturnValue:
    """Forget that it was planned."""
    with transaction():
        service.call_off(service.occasion_for(pair, occasion_id))
    flash(gettext("Called off. It is not planned any more."))
    return redirect("/exercises", 303)
