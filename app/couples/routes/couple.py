"""The two of you: what is shared, how it ends, and whom else to talk to."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.guards import current_visitor, fresh_required
from app.core import clock
from app.core.db import transaction
from app.core.forms import Filled
from app.core.policy import public
from app.couples import service
from app.couples.forms import CoupleForm
from app.couples.guards import pair_required, two_required
from app.couples.help_lines import help_lines
from app.couples.routes.pages import bp
from app.couples.service import Pair


@bp.get("/couple")
@pair_required
def edit_couple(pair: Pair) -> ResponseReturnValue:
    """Who the two are, where their day begins, and what each shows."""
    return _page(pair, None)


@bp.post("/couple")
@pair_required
def update_couple(pair: Pair) -> ResponseReturnValue:
    """Change the shared zone, and what I show."""
    form = CoupleForm.read(request.form)
    if not form.sound:
        return _page(pair, form), 422
    with transaction():
        service.edit_couple(pair, **form.data)
    flash(gettext("Kept."))
    return redirect("/couple", 303)


@bp.get("/leaving")
@pair_required
def new_leaving(pair: Pair) -> ResponseReturnValue:
    """What leaving means."""
    return render_template("couples/leaving.html", pair=pair)


@bp.post("/leaving")
@two_required
@fresh_required
def create_leaving(pair: Pair) -> ResponseReturnValue:
    """Leave: at once, alone, and without a word to anybody."""
    with transaction():
        service.leave_couple(pair, now=clock.now())
    flash(gettext("You have left. What you wrote is still yours, under “From before”."))
    return redirect("/history/earlier", 303)


@bp.get("/help-lines")
@public
def index_help_lines() -> ResponseReturnValue:
    """Somebody to talk to, by country. Nothing is kept of who looks."""
    current_visitor()
    known = help_lines()
    asked = request.args.get("country", "")
    chosen = next((country for country in known.countries if country.code == asked), None)
    return render_template("couples/help_lines.html", known=known, chosen=chosen)


def _page(pair: Pair, form: Filled | None) -> str:
    return render_template("couples/couple.html", pair=pair, form=form)
