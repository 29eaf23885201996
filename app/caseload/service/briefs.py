"""The brief of a session: both partners see it first, and each may add a line that all three read."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from app.caseload.models import BriefLine, BriefLook, Session
from app.core.crypto import seal, unseal
from app.core.db import db, lock
from app.couples.service import Partner


@dataclass(frozen=True, slots=True)
class Line:
    """What a partner added."""

    author: Partner
    words: str


def look_at(session: Session, person_id: str, *, today: date) -> None:
    """Keep that a partner has seen it. Nobody is told, but that both have."""
    lock(session)
    if db.session.get(BriefLook, (session.id, person_id)) is None:
        db.session.add(BriefLook(session_id=session.id, person_id=person_id, looked_on=today))


def has_looked(session: Session, person_id: str) -> bool:
    """Whether a partner has seen it: to be asked of oneself alone."""
    return db.session.get(BriefLook, (session.id, person_id)) is not None


def open_to_therapist(session: Session, *, today: date) -> bool:
    """Whether the therapist may see it: once both have, and on the day of the session in any case."""
    if session.day <= today:
        return True
    looks = select(BriefLook.person_id).where(BriefLook.session_id == session.id)
    return len(set(db.session.scalars(looks))) >= 2


def add_line(session: Session, me: Partner, words: str, *, now: datetime) -> None:
    """Add a line, or put it anew; "" takes it away."""
    lock(session)
    db.session.execute(delete(BriefLine).where(BriefLine.session_id == session.id, BriefLine.author_id == me.id))
    if words:
        sealed = seal(me.key, words, line_about(session.id, me.id))
        db.session.add(BriefLine(session_id=session.id, author_id=me.id, words=sealed, written_at=now))


def lines_of(session: Session, two: tuple[Partner, Partner]) -> list[Line]:
    """What each has added, in the order of the two. All three read it."""
    rows = db.session.scalars(select(BriefLine).where(BriefLine.session_id == session.id))
    found = {row.author_id: row.words for row in rows}
    return [
        Line(each, unseal(each.key, found[each.id], line_about(session.id, each.id)))
        for each in two
        if each.id in found
    ]


def line_about(session_id: str, author_id: str) -> str:
    """What a line is bound to."""
    return f"brief_lines|{session_id}|words|{author_id}"
