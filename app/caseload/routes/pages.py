"""What the pages of a caseload share."""

from datetime import date, datetime

from flask import Blueprint

from app.accounts.guards import current_visitor
from app.caseload import service
from app.caseload.service import Case
from app.couples.service import day_of
from app.therapist.guards import author
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
