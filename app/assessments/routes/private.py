"""/sittings/<id>/private: what is asked in private, and only of who wants that; later, what was answered there."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.assessments import service
from app.assessments.models import PARTNER, PRIVATE
from app.assessments.paging import pages_of
from app.assessments.routes import wording
from app.assessments.routes.pages import bp, elsewhere, mine, sat, words_of
from app.couples.guards import pair_required, two_required
from app.couples.service import Pair


@sat.get("/<sitting_id>/private")
@pair_required
def show_private(pair: Pair, sitting_id: str) -> ResponseReturnValue:
    """Whether somebody wants these questions at all; once the sitting is finished, what they answered."""
    sitting, words = mine(pair, sitting_id)
    first = next((page.number for page in pages_of(words) if page.private), None)
    if first is None or (sitting.finished_at and not sitting.private):
        return elsewhere(sitting)
    template = "assessments/private_answers.html" if sitting.finished_at else "assessments/private.html"
    return render_template(
        template,
        pair=pair,
        instrument=words,
        sitting=sitting,
        first=first,
        opened=service.opened_of(pair, sitting_id),
        may_open=lambda part, audience: service.may_open(pair, sitting, words, part, audience),
        afraid=wording.shows_fear(words, sitting.private),
        words=wording,
    )


@sat.get("/<sitting_id>/release")
@pair_required
def new_release(pair: Pair, sitting_id: str) -> ResponseReturnValue:
    """What to think of before one's private answers are opened to the partner."""
    sitting, words = mine(pair, sitting_id)
    if not (sitting.finished_at and service.may_open(pair, sitting, words, PRIVATE, PARTNER)):
        return elsewhere(sitting)
    return render_template("assessments/release.html", pair=pair, instrument=words, sitting=sitting, form=None)


@bp.get("/told")
@two_required
def show_told(pair: Pair) -> ResponseReturnValue:
    """What my partner lets me read of what they answered in private. Nothing is there unless they do."""
    told = [(sitting, words_of(sitting)) for sitting in reversed(service.told_by_partner(pair))]
    return render_template("assessments/told.html", pair=pair, told=told, words=wording)
