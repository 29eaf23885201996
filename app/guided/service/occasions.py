"""Occasions: planned, changed, called off, begun."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from app.core.db import db, lock
from app.core.errors import DomainError, NotFound
from app.couples.models import Couple
from app.couples.service import Pair
from app.guided.flow import SIDES
from app.guided.guide import Guide
from app.guided.models import Occasion
from app.guided.service.gone import ExerciseGone, occasion_of_pair
from app.guided.service.others import guide_for
from app.guided.shelf import load

MOST = 12
"""How many occasions a couple may have ahead."""


class TooManyPlanned(DomainError):
    """There are as many occasions ahead as there may be."""

    message = lazy_gettext("There are twelve planned already. Call one off first.")


class AlreadyBegun(DomainError):
    """What has begun is not planned any more."""

    message = lazy_gettext("This has begun already.")


def guides() -> Mapping[str, Guide]:
    """The longer exercises and their content, read once."""
    return load()


def guide_of(pair: Pair, ident: str) -> Guide:
    """One of them, or one that is for this couple alone. Raises NotFound."""
    found = guide_for(pair.couple_id, ident)
    if found is None:
        raise NotFound
    return found


def occasion_for(pair: Pair, occasion_id: str) -> Occasion:
    """The couple's occasion with this id. Raises NotFound, also when it is another couple's; ExerciseGone."""
    found = occasion_of_pair(pair, occasion_id)
    if guide_for(pair.couple_id, found.exercise) is None:
        raise ExerciseGone
    return found


def ahead_of(pair: Pair) -> list[Occasion]:
    """What has begun and is not over, then what is planned, each in order. One statement."""
    here = (Occasion.couple_id == pair.couple_id, Occasion.ended_at.is_(None))
    rows = db.session.scalars(select(Occasion).where(*here).order_by(Occasion.planned_at, Occasion.created_at))
    known = [row for row in rows if guide_for(pair.couple_id, row.exercise) is not None]
    return sorted(known, key=lambda row: row.begun_at is None)


def variants_had(pair: Pair, exercise: str) -> Counter[str]:
    """Variant → on how many occasions the couple has had it, those ahead counted, too. One statement."""
    here = (Occasion.couple_id == pair.couple_id, Occasion.exercise == exercise)
    rows = select(Occasion.variant, func.count()).where(*here).group_by(Occasion.variant)
    return Counter(dict(db.session.execute(rows).all()))


def plan(pair: Pair, guide: Guide, variant: str, first: str, at: datetime, *, now: datetime) -> Occasion:
    """Plan an exercise for an instant. `variant`: "" for one that is chosen for the couple.

    The same exercise at the same time is planned once. Raises TooManyPlanned.
    """
    _lock_couple(pair)
    ahead = ahead_of(pair)
    for each in ahead:
        if (each.exercise, each.planned_at, each.begun_at) == (guide.id, at, None):
            return each
    if len(ahead) >= MOST:
        raise TooManyPlanned
    return _add(pair, guide, variant, first, now=now, planned_at=at)


def begin(pair: Pair, guide: Guide, variant: str, first: str, *, now: datetime) -> Occasion:
    """Begin an exercise now. One that both have under way already is what is gone on with."""
    # Both may tap in the same instant: the later waits here, then finds the occasion of the earlier.
    _lock_couple(pair)
    for each in ahead_of(pair):
        if each.exercise == guide.id and each.begun_at is not None:
            return each
    return _add(pair, guide, variant, first, now=now, begun_at=now)


def begin_planned(occasion: Occasion, first: str, *, now: datetime) -> None:
    """Begin what was planned, before its time or after; a second time changes nothing."""
    lock(occasion)
    if occasion.begun_at is None:
        occasion.begun_at, occasion.first = now, _side(first)


def plan_anew(occasion: Occasion, at: datetime) -> None:
    """Move what is planned to another time, at which it rings anew. Raises AlreadyBegun."""
    lock(occasion)
    if occasion.begun_at is not None:
        raise AlreadyBegun
    if occasion.planned_at != at:
        occasion.planned_at, occasion.rung_at = at, None


def call_off(occasion: Occasion) -> None:
    """Forget what was planned. Raises AlreadyBegun."""
    lock(occasion)
    if occasion.begun_at is not None:
        raise AlreadyBegun
    db.session.delete(occasion)


def _lock_couple(pair: Pair) -> None:
    lock(db.session.get_one(Couple, pair.couple_id))


def _add(pair: Pair, guide: Guide, variant: str, first: str, *, now: datetime, **others: datetime) -> Occasion:
    if variant not in guide.variants:
        variant = guide.next_for(pair.couple_id, variants_had(pair, guide.id)).id
    made = Occasion(couple_id=pair.couple_id, exercise=guide.id, variant=variant, first=_side(first), created_at=now)
    for name, value in others.items():
        setattr(made, name, value)
    db.session.add(made)
    db.session.flush()
    return made


def _side(side: str) -> str:
    return side if side in SIDES else SIDES[0]
