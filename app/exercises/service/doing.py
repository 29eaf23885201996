"""For many couples at once: who did which exercise for which day, in plain days."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import and_, func, select

from app.core.db import db
from app.exercises.mirroring import Last, next_step
from app.exercises.models import MIRRORING, Prompt, Response, Turn

Did = dict[tuple[str, str, str], set[date]]
"""(couple, person, exercise) → the days whose prompt they answered, in time or late."""


def did_of(couple_ids: Collection[str], first: date, last: date) -> Did:
    """What was done for the days from `first` to `last`. Two statements.

    Of a mirroring, somebody has done theirs once they took a turn and the next is not with them.
    """
    found: Did = {}
    there = (Prompt.couple_id.in_(couple_ids), Prompt.day >= first, Prompt.day <= last)
    answered = select(Prompt.couple_id, Response.author_id, Prompt.exercise, Prompt.day).where(*there)
    for couple_id, author_id, exercise, day in db.session.execute(answered.join(Prompt.responses)):
        found.setdefault((couple_id, author_id, exercise), set()).add(day)
    for couple_id, day, author_id, last_turn in _turned(there):
        step = next_step(last_turn, author_id, last_turn.author if last_turn.author != author_id else "")
        if step.kind == "done" or step.actor != author_id:
            found.setdefault((couple_id, author_id, MIRRORING), set()).add(day)
    return found


def _turned(there: tuple[object, ...]) -> list[tuple[str, date, str, Last]]:
    """(couple, day, somebody who took a turn, the last turn there is) for each mirroring and each of the two."""
    turns = select(Turn.prompt_id, Turn.author_id, func.max(Turn.number).label("number"))
    turns = turns.join(Prompt, Prompt.id == Turn.prompt_id).where(*there)  # type: ignore[arg-type]
    own = turns.group_by(Turn.prompt_id, Turn.author_id).subquery()
    newest = select(func.max(Turn.number)).where(Turn.prompt_id == own.c.prompt_id).correlate(own).scalar_subquery()
    rows = (
        select(
            Prompt.couple_id, Prompt.day, own.c.author_id, Turn.kind, Turn.author_id.label("last_by"), Turn.round,
            Turn.attempt,
        )
        .select_from(own)
        .join(Prompt, Prompt.id == own.c.prompt_id)
        .join(Turn, and_(Turn.prompt_id == own.c.prompt_id, Turn.number == newest))
    )  # fmt: skip
    return [
        (row.couple_id, row.day, row.author_id, Last(row.kind, row.last_by, row.round, row.attempt))
        for row in db.session.execute(rows)
    ]
