"""A therapist's couples."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.guards import person
from app.accounts.service import Visitor
from app.therapist import service
from app.therapist.guards import therapist_required
from app.therapist.routes.pages import bp


@bp.get("/caseload")
@therapist_required
def index(visitor: Visitor) -> ResponseReturnValue:
    """All of them."""
    return render_template("therapist/caseload.html", practice=service.practice_of(person(visitor)))
