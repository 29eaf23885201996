"""/path: the eleven steps and where the couple is; /path/<step>: to read, to do, and to answer together."""

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.guards import person
from app.core import clock
from app.core.db import transaction
from app.core.forms import Filled
from app.couples.guards import pair_required, two_required
from app.couples.service import Pair
from app.path import service
from app.path.forms import LineForm
from app.path.routes.pages import bp, kept_from_before, meant_for_others, step_asked
from app.path.steps import Step, load


@bp.get("")
@pair_required
def index(pair: Pair) -> ResponseReturnValue:
    """All steps, what the two want, and the words that they stand by."""
    return render_template(
        "path/index.html",
        pair=pair,
        way=load(),
        seen=service.overview(pair),
        aims=service.aims_of(pair),
        recommitment=service.recommitment_of(pair),
    )


@bp.get("/<step>")
@pair_required
def show(pair: Pair, step: str) -> ResponseReturnValue:
    """One step."""
    return render(pair, step_asked(step), None)


@bp.post("/<step>/line")
@pair_required
def create_line(pair: Pair, step: str) -> ResponseReturnValue:
    """Keep words on its question."""
    asked = step_asked(step)
    form = LineForm.read(request.form)
    if not form.sound:
        return render(pair, asked, form), 422
    now, (text, to) = clock.now(), (form.data[name] for name in ("text", "to"))
    with transaction():
        if meant_for_others(pair, to):
            return kept_from_before(person(g.visitor), to, asked.id, text, now=now)
        service.write(pair, asked.id, text, now=now)
    return redirect(f"/path/{asked.id}", 303)


@bp.post("/<step>/done")
@two_required
def create_done(pair: Pair, step: str) -> ResponseReturnValue:
    """We have done this."""
    asked = step_asked(step)
    with transaction():
        service.mark_behind(pair, asked.id, now=clock.now())
    return redirect(f"/path/{asked.id}", 303)


@bp.post("/<step>/undoing")
@two_required
def create_undoing(pair: Pair, step: str) -> ResponseReturnValue:
    """Not yet, after all."""
    asked = step_asked(step)
    with transaction():
        service.undo_behind(pair, asked.id)
    return redirect(f"/path/{asked.id}", 303)


def render(pair: Pair, step: Step, form: Filled | None) -> str:
    """The page of a step."""
    way = load()
    before, after = way.beside(step.id)
    return render_template(
        "path/step.html",
        pair=pair,
        step=step,
        number=way.number(step.id),
        count=len(way.steps),
        before=before,
        after=after,
        written=service.written(pair, step.id),
        behind=service.overview(pair).behind.get(step.id),
        form=form,
    )
