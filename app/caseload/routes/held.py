"""The note that a therapist was keeping when their session had ended: kept after all, once they have signed in."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from werkzeug.datastructures import MultiDict

from app.accounts.models import THERAPIST, Person
from app.accounts.service import Visitor
from app.caseload import service
from app.caseload.forms import NoteForm
from app.core.errors import NotFound
from app.therapist import service as therapist
from app.therapist.service import Author

Typed = list[tuple[str, str]]
Keep = Callable[..., str | None]


def init_app(app: Flask) -> None:
    """Look after held notes; whoever looked after others' words before goes on to do so."""
    before: Keep = app.extensions["keep_held"]

    def keep(person: Person, path: str, typed: Typed, *, now: datetime) -> str | None:
        return keep_note(person, path, typed, now=now) or before(person, path, typed, now=now)

    app.extensions["keep_held"] = keep


def keep_note(person: Person, path: str, typed: Typed, *, now: datetime) -> str | None:
    """Keep it, inside a transaction. The page of the notes; None where it was no note, or the door is shut now."""
    start, _, end = path.partition("/caseload/")
    couple_id, _, what = end.partition("/")
    form = NoteForm.read(MultiDict(typed))
    if person.role != THERAPIST or start or what != "notes" or not form.sound:
        return None
    visitor = Visitor.of(person, now=now)
    try:
        therapist.couple_of_therapist(visitor, couple_id)
    except NotFound:
        return None
    service.note_down(Author.of(visitor), couple_id, form.data["words"], now=now)
    return path
