"""Occasions for tests, built and not saved, with the moves that lead up to a step: `save(*make_occasion(…))`."""

from datetime import datetime, timedelta

from app.accounts.models import Person
from app.core.crypto import Vault, seal
from app.core.db import Model
from app.core.ids import new_id
from app.couples.models import QUINCE, SLOE, Couple
from app.guided.flow import Key
from app.guided.guide import CHOOSE, FIRST, RATE, SPEAK, Step
from app.guided.models import Move, Occasion
from app.guided.service.words import about
from app.guided.shelf import load
from tests.factories import MASTER, NOW

HEART, TALK, MEMORIES = "heart_to_heart", "mindful_listening", "happy_memories"
END = "end"


def make_occasion(
    couple: Couple, two: tuple[Person, Person], exercise: str = HEART, *, until: str = "", **others: object
) -> list[Model]:
    """An occasion, then its moves up to the first step of the kind `until`: "" for none, END for all.

    The first of the two is quince and begins. Words are those of `words`, "" for none.
    """
    words = str(others.pop("words", ""))
    at = others.get("begun_at", NOW - timedelta(hours=1))
    assert isinstance(at, datetime)
    variant = next(iter(load()[exercise].variants.values()))
    facts: dict[str, object] = {"created_at": at, "begun_at": None if others.get("planned_at") else at, **others}
    occasion = Occasion(id=new_id(), couple_id=couple.id, exercise=exercise, variant=variant.id, first=QUINCE, **facts)
    rows: list[Model] = [occasion]
    for step in variant.steps if until else ():
        if step.kind == until:
            break
        for person, side in zip(two, (QUINCE, SLOE), strict=True):
            if step.kind != SPEAK or (side == QUINCE) == (step.who == FIRST):
                rows.append(_move(occasion, step, side, person, at, words))
    if until == END:
        occasion.ended_at, occasion.ended_on = at, at.date()
    return rows


def _move(occasion: Occasion, step: Step, side: str, person: Person, at: datetime, words: str) -> Move:
    key, sealed = Key(step.id, side), None
    if words and step.kind in {"write", "reveal", RATE}:
        own = Vault(MASTER).unwrap(person.key.wrapped, person.id)
        sealed = seal(own, words, about(occasion.id, key, person.id))
    return Move(
        occasion_id=occasion.id,
        step=step.id,
        lane=side,
        number=1,
        author_id=person.id,
        pick=0 if step.kind == CHOOSE else None,
        rating=7 if step.kind == RATE else None,
        words=sealed,
        made_at=at,
        together=False,
    )
