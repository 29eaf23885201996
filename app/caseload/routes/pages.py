"""What the pages of a caseload share."""

from datetime import date, datetime

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.guards import current_visitor
from app.caseload import service
from app.caseload.service import Case
from app.core import clock
from app.core.errors import NotFound
from app.couples.service import day_of
from app.therapist import service as therapist
from app.therapist.guards import author, give_words_back, words_of_request
from app.therapist.service import Opened

bp = Blueprint("caseload", __name__)

LOOK, BRIEF, EXPORT = "couple", "brief", "export"
"""The kinds of visit that are kept for the couple."""


def today_here(now: datetime) -> date:
    """The day of the therapist who looks."""
    visitor = current_visitor()
    return day_of(now, visitor.zone) if visitor else now.date()


def case_at(door: Opened, *, now: datetime) -> Case:
    """The couple whose door is open. Raises NotFound where it has been shut since."""
    return service.case_of(author().id, door.couple.id, today=today_here(now), now=now)


@bp.errorhandler(NotFound)
def give_back(error: NotFound) -> ResponseReturnValue:
    """Their own words, to whoever has written them for a couple, or for a session, that is none for them any more."""
    pair, guest_id = g.get("pair"), (request.view_args or {}).get("guest_id", "")
    if pair is None or not (words := words_of_request()):
        return give_words_back(error)
    try:
        therapist.guest_of(pair, guest_id, now=clock.now())
    except NotFound:
        return give_words_back(error)
    return render_template("therapist/shut.html", words=words), int(error.status)
