"""The note that a therapist was keeping when their session had ended: kept after all, once they have signed in."""

from datetime import datetime

from werkzeug.datastructures import MultiDict

from app.accounts.models import THERAPIST, Person
from app.accounts.service import Typed, Visitor
from app.caseload import service
from app.caseload.forms import NoteForm
from app.core.errors import NotFound
from app.therapist import service as therapist
from app.therapist.service import Author


def keep_note(person: Person, path: str, typed: Typed, *, now: datetime) -> str | None:
    """Keep it, inside a transaction. The page of the notes; None where it is no sound note, or the door is shut now."""
    form, couple_id = NoteForm.read(MultiDict(typed)), path.split("/")[2]
    if person.role != THERAPIST or not form.sound:
        return None
    visitor = Visitor.of(person, now=now)
    try:
        therapist.couple_of_therapist(visitor, couple_id)
    except NotFound:
        return None
    service.note_down(Author.of(visitor), couple_id, form.data["words"], now=now)
    return path
