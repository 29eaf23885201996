"""Everything one person has written, gathered to take away: as JSON, as a page to read, as a table of numbers.

Their own alone. Of the partner there is the name they show, and nothing else: no word, rating, count, or instant; of a
former one not even that, since it may be another by now, or gone.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, select

from app import fhir, readable, research
from app.accounts import service as accounts
from app.accounts.models import Person
from app.assessments import service as assessments
from app.caseload import service as caseload
from app.core.crypto import Undecipherable, vault
from app.core.db import db
from app.couples.day import day_of
from app.couples.models import Couple, Membership
from app.exercises import service as exercises
from app.exercises.models import Amendment, Draft, Mark, Prompt, Response, Turn
from app.exercises.words import open_words
from app.guided import service as guided
from app.path import service as path
from app.reminders import service as reminders
from app.scores import service as scores
from app.therapist import service as therapist

FORMAT = 1


def archive(person: Person, *, now: datetime) -> bytes:
    """A zip of export.json, readable.html, ratings.csv and assessments.fhir.json. It is never laid down anywhere."""
    found = gather(person, now=now)
    parts = {
        "export.json": json.dumps(found, ensure_ascii=False, indent=1),
        "readable.html": readable.page(found),
        "ratings.csv": research.ratings(person),
        "assessments.fhir.json": json.dumps(fhir.bundle_of(person, key_of(person)), ensure_ascii=False, indent=1),
    }
    return research.packed(parts, now)


def gather(person: Person, *, now: datetime) -> dict[str, Any]:
    """All that is the person's own, in plain values, in the order of days."""
    return {
        "format": FORMAT,
        "made_at": _instant(now),
        "account": {
            "login": person.login,
            "name": person.name,
            "role": person.role,
            "zone": person.zone,
            "locale": person.locale,
            "theme": person.theme,
            "created_at": _instant(person.created_at),
        },
        "practice": therapist.practice_taken_along(person),
        "consents": therapist.consents_taken_along(person),
        "care": caseload.taken_along(person),
        "passkeys": accounts.passkeys_told(person),
        "links_to_begin_anew": accounts.resets_told(person),
        "memberships": _memberships(person),
        **_Own(person).everything(),
        "path": path.taken_along(person),
        "occasions": guided.own_occasions(person),
        **therapist.homework_taken_along(person),
        "reminders": reminders.taken_along(person),
        "scores": scores.taken_along(person.id, research.numbers_of(person), now=now),
        "assessments": assessments.taken_along(person.id, key_of(person), research.numbers_of(person)),
    }


class _Own:
    """What a person gave, kept and said in the exercises."""

    def __init__(self, person: Person) -> None:
        self._id = person.id
        self._key = key_of(person)
        mine = select(Amendment).where(Amendment.author_id == person.id).order_by(Amendment.prompt_id, Amendment.number)
        later = groupby(db.session.scalars(mine), key=lambda amendment: amendment.prompt_id)
        self._later = {prompt_id: list(amendments) for prompt_id, amendments in later}

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """By kind, each in the order of days."""
        return {
            "responses": [self._response(*row) for row in self._rows(Response)],
            "marks": [self._mark(*row) for row in self._rows(Mark)],
            "turns": [self._turn(*row) for row in self._rows(Turn, Turn.number)],
            "drafts": [self._draft(*row) for row in self._rows(Draft)],
        }

    def _rows(self, table: Any, *then: Any) -> Iterable[Any]:
        mine: Select[Any] = select(table, Prompt).join(Prompt, Prompt.id == table.prompt_id)
        order = (Prompt.day, Prompt.exercise, Prompt.take, Prompt.id, *then)
        return db.session.execute(mine.where(table.author_id == self._id).order_by(*order)).all()

    def _response(self, response: Response, prompt: Prompt) -> dict[str, Any]:
        return {
            **_question(prompt),
            "given_on": response.given_on.isoformat(),
            "submitted_at": _instant(response.submitted_at),
            "released_at": _instant(response.released_at),
            "ratings": dict(response.ratings),
            "words": self._words("responses", prompt.id, response.words),
            "amendments": [
                {
                    "field": amendment.field,
                    "amended_at": _instant(amendment.amended_at),
                    "words": self._words("amendments", f"{prompt.id}.{amendment.number}", amendment.words),
                }
                for amendment in self._later.get(prompt.id, ())
            ],
        }

    def _mark(self, mark: Mark, prompt: Prompt) -> dict[str, Any]:
        words = self._words("marks", prompt.id, mark.words) if mark.words else {}
        return {**_question(prompt), "marked_at": _instant(mark.marked_at), "value": mark.value, "words": words}

    def _turn(self, turn: Turn, prompt: Prompt) -> dict[str, Any]:
        return {
            **_question(prompt),
            "taken_at": _instant(turn.taken_at),
            "kind": turn.kind,
            "rating": turn.rating,
            "words": self._words("turns", f"{prompt.id}.{turn.number}", turn.words),
        }

    def _draft(self, draft: Draft, prompt: Prompt) -> dict[str, Any]:
        words = self._words("drafts", prompt.id, draft.words)
        return {**_question(prompt), "saved_at": _instant(draft.saved_at), "typed": (words or {}).get("typed", [])}

    def _words(self, table: str, row: str, sealed: bytes) -> dict[str, Any] | None:
        """The words, or None where they do not open any more: the others are still worth taking away."""
        try:
            return open_words(self._key, table, row, self._id, sealed)
        except Undecipherable:
            return None


def key_of(person: Person) -> bytes:
    """The key that somebody's words are sealed under."""
    return vault().unwrap(person.key.wrapped, person.id)


def _memberships(person: Person) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Membership, Couple.zone)
        .join(Couple, Couple.id == Membership.couple_id)
        .where(Membership.person_id == person.id)
        .order_by(Membership.joined_on, Membership.left_at, Membership.couple_id)
    )
    return [
        {
            "joined_on": mine.joined_on.isoformat(),
            "left_on": day_of(mine.left_at, zone).isoformat() if mine.left_at else None,
            "zone": zone,
            "side": mine.side,
            "shows_answering": mine.shows_answering,
            "with": sorted(db.session.scalars(_others(mine))) if mine.left_at is None else [],
        }
        for mine, zone in rows
    ]


def _others(mine: Membership) -> Select[str]:
    """What the others in a couple are called."""
    here = select(Person.name).join(Membership, Membership.person_id == Person.id)
    return here.where(Membership.couple_id == mine.couple_id, Person.id != mine.person_id)


def _question(prompt: Prompt) -> dict[str, Any]:
    exercise = exercises.catalogue().exercises[prompt.exercise]
    item = exercise.item(prompt.item) if prompt.item else None
    return {
        "day": prompt.day.isoformat(),
        "exercise": prompt.exercise,
        "title": exercise.name,
        "question": item.text if item else None,
    }


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None
