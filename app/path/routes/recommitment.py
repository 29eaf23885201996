"""/path/recommitment: the words that two stand by. One offers them, the other agrees or offers others."""

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.guards import person
from app.core import clock
from app.core.db import transaction
from app.core.forms import Filled
from app.couples.guards import pair_required, two_required
from app.couples.service import Pair
from app.path import service
from app.path.forms import WordingForm
from app.path.routes.pages import bp, kept_from_before, meant_for_others


@bp.get("/recommitment")
@pair_required
def show_recommitment(pair: Pair) -> ResponseReturnValue:
    """What stands, what is on offer, and a field for another wording."""
    return render(pair, None)


@bp.post("/recommitment")
@pair_required
def create_wording(pair: Pair) -> ResponseReturnValue:
    """Offer a wording. Whose couple has ended meanwhile gets the words back."""
    form = WordingForm.read(request.form)
    if not form.sound or pair.you is None:
        return render(pair, form), 422 if pair.you else 409
    now, (wording, to) = clock.now(), (form.data[name] for name in ("wording", "to"))
    with transaction():
        if meant_for_others(pair, to):
            return kept_from_before(person(g.visitor), to, None, wording, now=now)
        service.offer(pair, wording, now=now)
    return redirect("/path/recommitment", 303)


@bp.post("/recommitment/<int:number>/agreement")
@two_required
def create_agreement(pair: Pair, number: int) -> ResponseReturnValue:
    """Agree to the wording that I have read: the one with this number in that couple. Else I read what is there now."""
    try:
        with transaction():
            service.agree(pair, request.form.get("to", ""), number, now=clock.now())
    except service.WordingChanged as error:
        return render(pair, None, changed=str(error.message)), error.status
    return redirect("/path/recommitment", 303)


def render(pair: Pair, form: Filled | None, *, changed: str = "") -> str:
    """The page of what two stand by. `changed`: why what I agreed to is not."""
    found = service.recommitment_of(pair)
    return render_template("path/recommitment.html", pair=pair, found=found, form=form, changed=changed)
