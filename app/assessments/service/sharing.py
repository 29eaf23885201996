"""What a therapist may read: what somebody opened to them, from their own side, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.models import PersonKey
from app.assessments import fhir
from app.assessments.addressing import addressed, called
from app.assessments.models import ANSWERS, PRIVATE, THERAPIST
from app.assessments.scoring import Score, WrongAnswer, scores
from app.assessments.service.releases import Author, open_of
from app.assessments.service.sealed import Sitting, answered
from app.assessments.service.wordings import Wordings
from app.core.crypto import vault
from app.core.db import db
from app.couples.models import Couple, Membership


@dataclass(frozen=True, slots=True)
class Told:
    """What a sitting tells a therapist, as far as it is open to them.

    `scores` are those that came to a number. `answers` are (question, answer), without words that are gone from here.
    `form` and `response` are the same as FHIR, None where the words are gone; whose it is, and when, is left to others.
    """

    id: str
    instrument: str
    name: str
    version: str
    on: date
    validated: bool
    scores: tuple[Score, ...]
    answers: tuple[tuple[str, str], ...]
    form: Mapping[str, Any] | None
    response: Mapping[str, Any] | None


def told_to_therapist(person_id: str, couple_id: str, you: str) -> list[Told]:
    """What the sittings of somebody that are open to their therapist tell, the oldest first. `you`: what
    their partner is called in the texts. Whether the therapist may see any at all is for others to say.
    """
    wordings = Wordings()
    return [_told(each, wordings, you) for each in shared_with_therapist(person_id, couple_id)]


def _told(sitting: Sitting, wordings: Wordings, you: str) -> Told:
    key, given = wordings.of(sitting), answered(sitting.all_given)
    worded = sitting.in_words_of(key) and sitting.finished_at is not None
    at = sitting.finished_at or sitting.started_at
    whole = fhir.Sitting(id=sitting.id, person="", instrument=key, answers=given, at=at, complete=True)
    try:
        found = tuple(score for score in scores(key, sitting.answers) if score.value is not None)
    except WrongAnswer:
        found, worded = (), False
    return Told(
        id=sitting.id,
        instrument=key.id,
        name=key.name,
        version=sitting.version,
        on=sitting.finished_on or at.date(),
        validated=key.validated,
        scores=found,
        answers=tuple(
            (called(item.text, you), called(item.label(given[item.id]), you)) for item in key.items if item.id in given
        )
        if worded
        else (),
        form=addressed(fhir.questionnaire(key), you) if worded else None,
        response=addressed(fhir.response(whole), you) if worded else None,
    )


def shared_with_therapist(person_id: str, couple_id: str) -> list[Sitting]:
    """The sittings of somebody in a couple that are open to its therapist, the oldest first, with the parts that are
    open and no other: `given` and `private` are empty where they are not.

    Empty once the couple has ended. Whether the therapist may see any at all is for others to say.
    """
    key = db.session.scalar(
        select(PersonKey.wrapped)
        .join(Membership, Membership.person_id == PersonKey.person_id)
        .join(Couple, Couple.id == Membership.couple_id)
        .where(
            PersonKey.person_id == person_id,
            Couple.id == couple_id,
            Membership.left_at.is_(None),
            Couple.ended_at.is_(None),
        )
    )
    if key is None:
        return []
    author = Author(person_id, vault().unwrap(key, person_id))
    answers = {each.id: each for each in open_of(author, couple_id, ANSWERS, THERAPIST)}
    private = {each.id: each for each in open_of(author, couple_id, PRIVATE, THERAPIST)}
    both = {ident: replace(each, private=private[ident].private) for ident, each in answers.items() if ident in private}
    found = {**private, **answers, **both}
    return sorted(found.values(), key=lambda each: (each.finished_at, each.id))
