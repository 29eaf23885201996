"""/plan: which exercises the couple does on which weekdays."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core.db import transaction
from app.couples.guards import pair_required
from app.couples.service import Pair
from app.exercises import forms, service

bp = Blueprint("plan", __name__, url_prefix="/plan")


@bp.get("")
@pair_required
def edit(pair: Pair) -> ResponseReturnValue:
    """The plan, to look at and to change."""
    plan = service.plan_of(pair.couple_id)
    return render_template("exercises/plan.html", pair=pair, plan=plan, exercises=service.catalogue().exercises)


@bp.post("")
@pair_required
def update(pair: Pair) -> ResponseReturnValue:
    """Change it, for both."""
    form = forms.PlanForm.read(request.form)
    if not form.sound:
        plan = service.plan_of(pair.couple_id)
        page = render_template(
            "exercises/plan.html", pair=pair, plan=plan, exercises=service.catalogue().exercises, form=form
        )
        return page, 422
    with transaction():
        service.set_plan(pair, {name: frozenset(map(int, days)) for name, days in form.data.items()})
    flash(gettext("Kept. It begins with the next day."))
    return redirect(url_for(".edit"), 303)
