"""/path/aims: what the two want. Until I have chosen, nothing tells whether the other has."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.db import transaction
from app.core.forms import Filled
from app.couples.guards import pair_required, two_required
from app.couples.service import Pair
from app.path import service
from app.path.forms import MOST, AimsForm
from app.path.routes.pages import bp
from app.path.steps import load


@bp.get("/aims")
@pair_required
def show_aims(pair: Pair) -> ResponseReturnValue:
    """The six to choose from, or what both have chosen."""
    return render(pair, None)


@bp.post("/aims")
@two_required
def create_aims(pair: Pair) -> ResponseReturnValue:
    """Say what I want."""
    form = AimsForm.read(request.form)
    if not form.sound:
        return render(pair, form), 422
    with transaction():
        service.choose_aims(pair, form.data["aims"], now=clock.now())
    return redirect("/path/aims", 303)


def render(pair: Pair, form: Filled | None) -> str:
    """The page of the aims."""
    return render_template(
        "path/aims.html", pair=pair, aims=service.aims_of(pair), known=load().aims.values(), most=MOST, form=form
    )
