"""A therapist's practice: what it is called, and how secrets are handled there."""

import json
from dataclasses import dataclass

from app.accounts.models import Person
from app.accounts.service import person_by_id
from app.core.crypto import Undecipherable, seal, unseal, vault
from app.core.db import db, lock
from app.therapist.models import Practice


@dataclass(frozen=True, slots=True)
class Told:
    """What a couple reads first. `policy` is one of POLICIES, "" while the therapist has said nothing yet."""

    name: str
    policy: str
    own: str


def practice_of(therapist: Person) -> Told:
    """What a therapist has said of their practice."""
    return told_by(db.session.get(Practice, therapist.id), therapist.key.wrapped)


def told_by(row: Practice | None, wrapped: bytes) -> Told:
    """The same, from a row that somebody has read already; `wrapped` is the therapist's key."""
    if row is None:
        return Told("", "", "")
    words = json.loads(unseal(vault().unwrap(wrapped, row.person_id), row.words, _about(row.person_id)))
    return Told(words["name"], row.policy, words["own"])


def practice_taken_along(therapist: Person) -> dict[str, str] | None:
    """The practice for an export, None for somebody who has none, or where it does not open any more."""
    try:
        told = practice_of(therapist)
    except Undecipherable:
        return None
    return {"name": told.name, "policy": told.policy, "own": told.own} if told.policy else None


def edit_practice(therapist: Person, *, name: str, policy: str, own: str) -> None:
    """Say it anew."""
    lock(person_by_id(therapist.id))
    text = json.dumps({"name": name, "own": own}, ensure_ascii=False)
    words = seal(vault().unwrap(therapist.key.wrapped, therapist.id), text, _about(therapist.id))
    row = db.session.get(Practice, therapist.id)
    if row is None:
        db.session.add(Practice(person_id=therapist.id, policy=policy, words=words))
    else:
        row.policy, row.words = policy, words


def _about(person_id: str) -> str:
    return f"practices|{person_id}|words|{person_id}"
