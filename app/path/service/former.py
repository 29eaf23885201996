"""One's own words of the path: those from couples that have ended, and all of them to take along. Nobody else's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select

from app.accounts.models import Person
from app.core.crypto import Undecipherable, vault
from app.core.db import db, lock
from app.couples.models import Couple, Membership
from app.couples.service import Pair
from app.path.models import Choice, Line, Wording
from app.path.sealing import opened, sealed
from app.path.steps import Step, load


@dataclass(frozen=True, slots=True)
class Former:
    """What I wrote in a couple that has ended: at a step, or as a wording of what we stand by, with None for step."""

    step: Step | None
    text: str
    written_at: datetime


def former_words(pair: Pair) -> list[Former]:
    """What I wrote in couples that I am no longer in, the newest first."""
    me, steps = pair.me, load().steps
    found = []
    for line in db.session.scalars(select(Line).join(Membership, _left(pair, Line)).where(Line.author_id == me.id)):
        text = opened(me.key, "path_lines", f"{line.couple_id}.{line.number}", me.id, line.words)
        found.append(Former(steps.get(line.step), text, line.written_at))
    mine = select(Wording).join(Membership, _left(pair, Wording)).where(Wording.author_id == me.id)
    for wording in db.session.scalars(mine):
        text = opened(me.key, "path_wordings", f"{wording.couple_id}.{wording.number}", me.id, wording.words)
        found.append(Former(None, text, wording.written_at))
    return sorted(found, key=lambda former: former.written_at, reverse=True)


def keep_former(person: Person, couple_id: str, step: str | None, text: str, *, now: datetime) -> bool:
    """Keep what somebody was writing in a couple that has ended meanwhile: at a step, or with None as a wording.

    Theirs alone. False when they were never in that couple.
    """
    membership = db.session.get(Membership, (couple_id, person.id))
    if membership is None or membership.left_at is None:
        return False
    lock(db.session.get_one(Couple, couple_id))
    table, name = (Line, "path_lines") if step else (Wording, "path_wordings")
    number = 1 + (db.session.scalar(select(func.max(table.number)).where(table.couple_id == couple_id)) or 0)
    words = sealed(vault().unwrap(person.key.wrapped, person.id), name, f"{couple_id}.{number}", person.id, text)
    row = table(couple_id=couple_id, number=number, author_id=person.id, words=words, written_at=now)
    if isinstance(row, Line) and step:
        row.step = step
    db.session.add(row)
    return True


def forget_former(pair: Pair) -> None:
    """Delete all that I wrote and chose on the path in couples that have ended."""
    left = select(Membership.couple_id).where(Membership.person_id == pair.me.id, Membership.left_at.is_not(None))
    for table, author in ((Line, Line.author_id), (Wording, Wording.author_id), (Choice, Choice.person_id)):
        db.session.execute(delete(table).where(author == pair.me.id, table.couple_id.in_(left)))


def taken_along(person: Person) -> dict[str, Any]:
    """All that somebody wrote, chose and agreed to on the path, in plain values.

    Where words do not open any more there is None, or no aim: the others are still worth taking away.
    """
    key = vault().unwrap(person.key.wrapped, person.id)

    def words(table: str, row: str, sealed: bytes) -> str | None:
        try:
            return opened(key, table, row, person.id, sealed)
        except Undecipherable:
            return None

    lines = select(Line).where(Line.author_id == person.id).order_by(Line.written_at, Line.couple_id, Line.number)
    wordings = select(Wording).where(Wording.author_id == person.id)
    choices = select(Choice).where(Choice.person_id == person.id).order_by(Choice.chosen_at)
    agreed = select(Wording.agreed_at).where(Wording.agreed_by_id == person.id).order_by(Wording.agreed_at)
    return {
        "lines": [
            {
                "step": line.step,
                "title": step.title if (step := load().steps.get(line.step)) else None,
                "question": step.question if step else None,
                "written_at": line.written_at.isoformat(timespec="seconds"),
                "text": words("path_lines", f"{line.couple_id}.{line.number}", line.words),
            }
            for line in db.session.scalars(lines)
        ],
        "aims": [
            {
                "chosen_at": choice.chosen_at.isoformat(timespec="seconds"),
                "aims": (chosen := (words("path_choices", choice.couple_id, choice.aims) or "").split()),
                "titles": [aim.title for aim in load().aims.values() if aim.id in chosen],
            }
            for choice in db.session.scalars(choices)
        ],
        "wordings": [
            {
                "written_at": wording.written_at.isoformat(timespec="seconds"),
                "text": words("path_wordings", f"{wording.couple_id}.{wording.number}", wording.words),
            }
            for wording in db.session.scalars(wordings.order_by(Wording.written_at, Wording.couple_id, Wording.number))
        ],
        "agreed_at": [at.isoformat(timespec="seconds") for at in db.session.scalars(agreed) if at],
    }


def _left(pair: Pair, table: type[Line | Wording]) -> Any:
    mine = and_(Membership.person_id == pair.me.id, Membership.left_at.is_not(None))
    return and_(Membership.couple_id == table.couple_id, mine)
