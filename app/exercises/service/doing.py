"""For many couples at once: who did which exercise for which day, in plain days."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, case, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.exercises.mirroring import ROUNDS, UNDERSTAND
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
    turned = took_their_turn(Prompt.couple_id, Prompt.day).where(*there)
    for couple_id, day, author_id in db.session.execute(turned):
        found.setdefault((couple_id, author_id, MIRRORING), set()).add(day)
    return found


def took_their_turn(*of: Any) -> Select[Any]:
    """Of each mirroring that somebody took a turn in while the next is not with them: these columns, and who, last.

    The next turn is with who spoke last only once they said what makes sense of the first of the two: then they speak.
    """
    took, last, later = aliased(Turn), aliased(Turn), aliased(Turn)
    after = select(later.number).where(later.prompt_id == last.prompt_id, later.number > last.number)
    understood = last.kind == UNDERSTAND
    who = took.author_id.label("author_id")
    return (
        select(*of, who)
        .distinct()
        .select_from(Prompt)
        .join(last, last.prompt_id == Prompt.id)
        .join(took, took.prompt_id == Prompt.id)
        .where(
            Prompt.exercise == MIRRORING,
            ~after.exists(),
            case(
                (last.author_id == took.author_id, or_(~understood, last.round >= ROUNDS)),
                else_=understood,
            ),
        )
    )
