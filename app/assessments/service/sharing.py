"""What a therapist may read: what somebody opened to them, from their own side, and nothing else."""

from dataclasses import replace

from sqlalchemy import select

from app.accounts.models import PersonKey
from app.assessments.models import ANSWERS, PRIVATE, THERAPIST
from app.assessments.service.releases import Author, open_of
from app.assessments.service.sealed import Sitting
from app.core.crypto import vault
from app.core.db import db
from app.couples.models import Couple, Membership


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
