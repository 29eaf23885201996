"""What somebody takes along of what they wrote here, and what is forgotten of couples that are over."""

from typing import Any

from sqlalchemy import delete, select

from app.accounts.models import Person
from app.caseload.models import BriefLine, Note, Session, Shown
from app.caseload.service.briefs import line_about
from app.caseload.service.keeping import note_about
from app.core.crypto import Undecipherable, unseal, vault
from app.core.db import db
from app.couples.models import Membership
from app.couples.service import Pair


def taken_along(person: Person) -> dict[str, Any]:
    """A person's own notes and lines in briefs, and which of their answers they show, in plain values."""
    key = vault().unwrap(person.key.wrapped, person.id)
    notes = db.session.scalars(select(Note).where(Note.therapist_id == person.id).order_by(Note.written_at, Note.id))
    lines = db.session.execute(
        select(BriefLine, Session.day)
        .join(Session, Session.id == BriefLine.session_id)
        .where(BriefLine.author_id == person.id)
        .order_by(Session.day, Session.id)
    )
    shown = db.session.execute(
        select(Shown, Person.name)
        .join(Person, Person.id == Shown.therapist_id)
        .where(Shown.author_id == person.id)
        .order_by(Shown.shown_at, Shown.prompt_id)
    )
    return {
        "notes": [
            {"written_at": _instant(row), "words": _words(key, row.words, note_about(row.id, person.id))}
            for row in notes
        ],
        "brief_lines": [
            {
                "session": day.isoformat(),
                "written_at": _instant(row),
                "words": _words(key, row.words, line_about(row.session_id, person.id)),
            }
            for row, day in lines
        ],
        "shown_answers": [
            {"answer": row.prompt_id, "to": name, "since": row.shown_at.isoformat(timespec="seconds")}
            for row, name in shown
        ],
    }


def forget_former(pair: Pair) -> None:
    """Delete the lines of the one who looks in couples that have ended. What they showed goes with the answers."""
    mine = (Membership.person_id == pair.me.id, Membership.left_at.is_not(None))
    over = select(Session.id).where(Session.couple_id.in_(select(Membership.couple_id).where(*mine)))
    db.session.execute(delete(BriefLine).where(BriefLine.author_id == pair.me.id, BriefLine.session_id.in_(over)))


def _instant(row: Note | BriefLine) -> str:
    return row.written_at.isoformat(timespec="seconds")


def _words(key: bytes, sealed: bytes, about: str) -> str | None:
    """The words, or None where they do not open any more: the others are still worth taking away."""
    try:
        return unseal(key, sealed, about)
    except Undecipherable:
        return None
