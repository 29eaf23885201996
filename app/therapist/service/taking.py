"""What a person takes along: what they said to therapists and of homework; a therapist, what they wrote."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.core.crypto import Undecipherable, vault
from app.core.db import db
from app.therapist.models import CLASSES, Consent, Guest, Homework, HomeworkTemplate, OwnExercise
from app.therapist.service.author import Author
from app.therapist.service.giving import note_of
from app.therapist.service.keeping_sets import words_of_set
from app.therapist.service.own import words_of_own
from app.therapist.service.saying import days_taken_along


def homework_taken_along(person: Person) -> dict[str, list[dict[str, Any]]]:
    """All of it in plain values. Of a couple nothing is in there but what this person gave or said. Four statements."""
    author = Author(person.id, person.key.wrapped)
    mine = select(Homework).where(Homework.therapist_id == person.id).order_by(Homework.created_at, Homework.id)
    sets = select(HomeworkTemplate).where(HomeworkTemplate.therapist_id == person.id).order_by(HomeworkTemplate.id)
    owns = select(OwnExercise).where(OwnExercise.therapist_id == person.id).order_by(OwnExercise.id)
    return {
        "homework_days": days_taken_along(person.id, vault().unwrap(person.key.wrapped, person.id)),
        "homework_given": [
            {
                "exercise": row.exercise,
                "first": row.first.isoformat(),
                "last": row.last.isoformat() if row.last else None,
                "weekdays": [day + 1 for day in range(7) if row.weekdays >> day & 1],
                "dates": row.dates,
                "note": _opened(partial(note_of, author, row)),
            }
            for row in db.session.scalars(mine)
        ],
        "homework_sets": [_opened(partial(words_of_set, author, row)) for row in db.session.scalars(sets)],
        "own_exercises": [_opened(partial(words_of_own, author, row)) for row in db.session.scalars(owns)],
    }


def _opened(words: Callable[[], Any]) -> Any:
    try:
        return words()
    except Undecipherable:
        return None


def consents_taken_along(person: Person) -> list[dict[str, object]]:
    """What a person has said to therapists, for their export: to whom, when, and to what."""
    rows = db.session.execute(
        select(Person.name, Consent)
        .join(Guest, Guest.id == Consent.guest_id)
        .join(Person, Person.id == Guest.therapist_id)
        .where(Consent.person_id == person.id)
        .order_by(Consent.said_at, Consent.guest_id)
    ).all()
    return [
        {"therapist": name, "said_at": said.said_at.isoformat(timespec="seconds"), "yes": said.given}
        | {each: getattr(said, each) for each in CLASSES}
        for name, said in rows
    ]
