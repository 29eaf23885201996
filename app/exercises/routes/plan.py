"""/plan: which exercises the couple does on which weekdays."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from app.core.db import transaction
from app.core.forms import Filled
from app.couples.guards import pair_required
from app.couples.service import Pair
from app.exercises import forms, service

bp = Blueprint("plan", __name__, url_prefix="/plan")


@bp.get("")
@pair_required
def edit(pair: Pair) -> ResponseReturnValue:
    """The plan, to look at and to change."""
    return render(pair, None)


@bp.post("")
@pair_required
def update(pair: Pair) -> ResponseReturnValue:
    """Change it, for both."""
    form = forms.PlanForm.read(request.form)
    if not form.sound:
        return render(pair, form), 422
    with transaction():
        service.set_plan(pair, {name: frozenset(map(int, days)) for name, days in form.data.items()})
    flash(gettext("Kept. If today holds something already, today stays as it is."))
    return redirect(url_for(".edit"), 303)


def render(pair: Pair, form: Filled | None) -> str:
    """The page of the plan."""
    locale = get_locale()
    short, long = locale.days["stand-alone"]["narrow"], locale.days["stand-alone"]["wide"]
    return render_template(
        "exercises/plan.html",
        pair=pair,
        form=form,
        plan=service.plan_of(pair.couple_id),
        exercises=service.catalogue().exercises,
        weekdays=[(short[day], long[day]) for day in range(7)],
    )
