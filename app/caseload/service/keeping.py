"""What a therapist sets and notes about a couple: the next session, what is flagged, what is put away, their notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.accounts.service import person_by_id
from app.caseload.models import Care, Note, Session
from app.core.crypto import seal, unseal
from app.core.db import db, lock
from app.core.errors import NotFound
from app.core.ids import new_id
from app.therapist.service import Author


@dataclass(frozen=True, slots=True)
class Noted:
    """A note, opened for who wrote it."""

    id: str
    couple_id: str
    words: str
    written_at: datetime


def set_care(
    author: Author, couple_id: str, *, session: date | None, in_a_row: int, archived: bool, today: date, now: datetime
) -> None:
    """Set the day of the next session (None: none), how many missed in a row are told, and whether it is put away."""
    lock(person_by_id(author.id))
    care = db.session.get(Care, (author.id, couple_id))
    if care is None:
        care = Care(therapist_id=author.id, couple_id=couple_id)
        db.session.add(care)
    care.in_a_row = in_a_row
    care.archived_at = (care.archived_at or now) if archived else None
    ahead = _sessions(author, couple_id, Session.day >= today)
    for each in ahead[1:] if session else ahead:
        db.session.delete(each)
    if session and ahead:
        ahead[0].day = session
    elif session:
        db.session.add(Session(therapist_id=author.id, couple_id=couple_id, day=session))


def next_session(therapist_id: str, couple_id: str, today: date) -> Session | None:
    """The next one that is set. One statement."""
    query = select(Session).where(Session.therapist_id == therapist_id, Session.couple_id == couple_id)
    return db.session.scalar(query.where(Session.day >= today).order_by(Session.day).limit(1))


def notes_of(author: Author, couple_id: str | None = None) -> list[Noted]:
    """A therapist's notes on a couple, or on all, the newest first. For them alone. One statement."""
    query = select(Note).where(Note.therapist_id == author.id).order_by(Note.written_at.desc(), Note.id)
    rows = db.session.scalars(query if couple_id is None else query.where(Note.couple_id == couple_id))
    return [
        Noted(row.id, row.couple_id, unseal(author.key, row.words, note_about(row.id, author.id)), row.written_at)
        for row in rows
    ]


def note_down(author: Author, couple_id: str, words: str, *, now: datetime) -> None:
    """Keep a note."""
    ident = new_id()
    sealed = seal(author.key, words, note_about(ident, author.id))
    db.session.add(Note(id=ident, therapist_id=author.id, couple_id=couple_id, words=sealed, written_at=now))


def erase_note(author: Author, couple_id: str, note_id: str) -> None:
    """Delete a note. Raises NotFound."""
    row = db.session.get(Note, note_id)
    if row is None or (row.therapist_id, row.couple_id) != (author.id, couple_id):
        raise NotFound
    db.session.delete(row)


def _sessions(author: Author, couple_id: str, which: object) -> Sequence[Session]:
    query = select(Session).where(Session.therapist_id == author.id, Session.couple_id == couple_id)
    return db.session.scalars(query.where(which).order_by(Session.day)).all()  # type: ignore[arg-type]


def note_about(note_id: str, therapist_id: str) -> str:
    """What a note is bound to."""
    return f"therapist_notes|{note_id}|words|{therapist_id}"
