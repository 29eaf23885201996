"""People of the tests as the services of reminders see them."""

from app.accounts.models import Person
from app.accounts.service import Visitor
from tests.factories import NOW


def visitor_of(person: Person, session_id: str = "") -> Visitor:
    """The person, as if signed in."""
    known = (person.id, person.name, person.role, person.zone, person.locale, person.theme, person.key.wrapped)
    return Visitor(*known, session_id, NOW.date(), NOW)
