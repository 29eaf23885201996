"""A therapist's week: which of their couples have a session, and which are worth a look."""

from datetime import datetime

from app.accounts.models import Person
from app.caseload.service.cases import Case, caseload_of
from app.core.db import db
from app.couples.service import day_of

SOON_DAYS = 7


def is_soon(case: Case) -> bool:
    """Whether there is a session within the next seven days."""
    return case.session is not None and (case.session - case.today).days <= SOON_DAYS


def worth_a_look(person_id: str, now: datetime) -> bool:
    """Whether the list of the week of a therapist has anything in it, as far as consent goes now."""
    person = db.session.get_one(Person, person_id)
    cases = caseload_of(person_id, today=day_of(now, person.zone), now=now)
    return any(case.flags or is_soon(case) for case in cases if not case.archived)
