"""Occasions whose exercise is not there any more: one that a therapist wrote goes with their account, since its texts
are sealed under their key. What the two wrote stays theirs: each reads their own words.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFound
from app.couples.models import Couple
from app.couples.service import Pair, day_of
from app.guided.models import Move, Occasion
from app.guided.service.drafts import drafts_of
from app.guided.service.others import guide_for
from app.guided.service.words import words_of
from app.guided.shelf import load


class ExerciseGone(NotFound):
    """The couple's occasion is there, and the exercise that it follows is not. Nobody but the couple is told."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What one has left of such an occasion: their own words in the order in which they gave them, and their rating.

    What the other gave is not among it: which of it was open to both stood in the exercise.
    """

    day: date
    begun: bool
    stopped: bool
    words: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    rating: int | None = None


def was_shelved(occasion: Occasion) -> bool:
    """Whether its exercise was one that all couples had. The id of any other holds a dot, which none of these may."""
    return "." not in occasion.exercise


def occasion_of_pair(pair: Pair, occasion_id: str) -> Occasion:
    """The couple's occasion with this id, whatever has become of its exercise. Raises NotFound."""
    here = select(Occasion).where(Occasion.id == occasion_id, Occasion.couple_id == pair.couple_id)
    found: Occasion | None = db.session.scalar(here)
    if found is None:
        raise NotFound
    return found


def remains_of(pair: Pair, occasion: Occasion) -> Remains:
    """What is left of it for the one who looks. Two statements."""
    mine = select(Move).where(Move.occasion_id == occasion.id, Move.author_id == pair.me.id)
    moves = db.session.scalars(mine.where(Move.lane == pair.me.side).order_by(Move.made_at, Move.number)).all()
    return Remains(
        day=occasion.ended_on or day_of(occasion.begun_at or occasion.created_at, pair.zone),
        begun=occasion.begun_at is not None,
        stopped=occasion.stopped_at is not None or occasion.ended_at is None,
        words=[words_of(move, pair.me) for move in moves if move.words],
        typed=drafts_of(pair, occasion.id),
        rating=next((move.rating for move in reversed(moves) if move.rating is not None), None),
    )


def end_without_exercise(*, now: datetime) -> None:
    """End what is under way by an exercise that is gone, as ended early, and forget what was planned by one."""
    open_: Any = select(Occasion, Couple.zone).join(Couple, Couple.id == Occasion.couple_id)
    rows = open_.where(Occasion.ended_at.is_(None), Occasion.exercise.not_in(load())).with_for_update(of=Occasion)
    for occasion, zone in db.session.execute(rows).all():
        if guide_for(occasion.couple_id, occasion.exercise) is not None:
            continue
        if occasion.begun_at is None:
            db.session.delete(occasion)
        else:
            occasion.ended_at = occasion.stopped_at = now
            occasion.ended_on = day_of(now, zone)
    db.session.flush()
