"""The plan of a couple, and the prompts it brings."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext
from sqlalchemy import case, func, select

from app.core.db import db, lock
from app.core.errors import DomainError, NotFound
from app.couples.models import Couple
from app.couples.service import Pair
from app.exercises.catalogue import Catalogue, load
from app.exercises.exchange import FILL_IN
from app.exercises.exercise import Exercise, choose
from app.exercises.models import MIRRORING, PlanEntry, Prompt
from app.exercises.service.besides import besides

TAKES = 4


class SetAsideTooOften(DomainError):
    """A day brings a question and three others at most."""

    message = lazy_gettext("That was the last one for today. Tomorrow brings another.")


def catalogue() -> Catalogue:
    """All exercises and their content, read once."""
    return load()


def plan_of(couple_id: str) -> dict[str, frozenset[int]]:
    """Exercise id → the ISO weekdays (1 is Monday) on which this couple does it."""
    chosen = dict(
        db.session.execute(select(PlanEntry.exercise, PlanEntry.weekdays).where(PlanEntry.couple_id == couple_id)).all()
    )
    return {
        name: _weekdays(chosen[name]) if name in chosen else exercise.default_weekdays
        for name, exercise in catalogue().exercises.items()
    }


def set_plan(pair: Pair, plan: Mapping[str, frozenset[int]]) -> None:
    """Change the weekdays of exercises, for both, from the next day's prompts on."""
    lock(db.session.get_one(Couple, pair.couple_id))
    for name, weekdays in plan.items():
        bits = sum(1 << (weekday - 1) for weekday in weekdays)
        db.session.merge(PlanEntry(couple_id=pair.couple_id, exercise=name, weekdays=bits))


def ensure_prompts(pair: Pair, today: date) -> None:
    """Give the couple the prompts of today, and of the days before that can still be filled in, where it has none:
    those of its plan, and what it has been given besides.

    Idempotent, also for two at the same instant.
    """
    lock(db.session.get_one(Couple, pair.couple_id))
    # In a zone further west, today may lie before the day on which they began.
    first = min(max(pair.since, today - FILL_IN), today)
    given = besides({pair.couple_id: (first, today)})[pair.couple_id]
    for day in (first + timedelta(days) for days in range((today - first).days + 1)):
        known = set(
            db.session.scalars(select(Prompt.exercise).where(Prompt.couple_id == pair.couple_id, Prompt.day == day))
        )
        # A day gone by keeps the plan that it had.
        plan = planned(pair, day) if day == today or not known else set()
        brought = {each.exercise: each.id for each in given if each.day == day and not each.longer}
        for name in sorted((plan | brought.keys()) - known):
            exercise = catalogue().exercises[name]
            item = _next_item(exercise, pair, day)
            by = None if name in plan else brought[name]
            if item or not exercise.items:
                prompt = Prompt(couple_id=pair.couple_id, day=day, exercise=name, take=1, item=item, brought_by=by)
                db.session.add(prompt)
        db.session.flush()


def planned(pair: Pair, day: date) -> set[str]:
    """The exercises the plan has for a day. Mirroring needs two."""
    names = {name for name, weekdays in plan_of(pair.couple_id).items() if day.isoweekday() in weekdays}
    return names - {MIRRORING} if pair.you is None else names


def prompt_for(pair: Pair, prompt_id: str) -> Prompt:
    """The couple's prompt with this id. Raises NotFound, also when it is another couple's."""
    found = db.session.scalar(select(Prompt).where(Prompt.id == prompt_id, Prompt.couple_id == pair.couple_id))
    if found is None:
        raise NotFound
    return found


def set_aside(pair: Pair, prompt: Prompt, *, now: datetime) -> Prompt:
    """ "Not this one": put a question aside for both, without a reason, and bring another for the same day.

    A response that was given to it stays its author's. It goes the same way whether there is one or not,
    so that nobody learns from it. Raises SetAsideTooOften after three.
    """
    lock(prompt)
    if prompt.item is None or pair.today(now) != prompt.day:
        raise NotFound
    if prompt.set_aside_at is not None:
        return _latest_take(prompt)
    item = _next_item(catalogue().exercises[prompt.exercise], pair, prompt.day)
    if item is None or prompt.take >= TAKES:
        raise SetAsideTooOften
    prompt.set_aside_at = now
    other = Prompt(
        couple_id=pair.couple_id,
        day=prompt.day,
        exercise=prompt.exercise,
        take=prompt.take + 1,
        item=item,
        brought_by=prompt.brought_by,
    )
    db.session.add(other)
    db.session.flush()
    return other


def _latest_take(prompt: Prompt) -> Prompt:
    same = select(Prompt).where(
        Prompt.couple_id == prompt.couple_id, Prompt.day == prompt.day, Prompt.exercise == prompt.exercise
    )
    return db.session.scalars(same.order_by(Prompt.take.desc())).first() or prompt


def _next_item(exercise: Exercise, pair: Pair, day: date) -> str | None:
    """The id of the item this couple has next, or None for what has no items."""
    asked = (Prompt.couple_id == pair.couple_id, Prompt.exercise == exercise.id, Prompt.item.is_not(None))
    kept = case((Prompt.set_aside_at.is_(None), Prompt.day))
    rows = select(Prompt.item, func.max(Prompt.day), func.max(kept)).where(*asked).group_by(Prompt.item)
    used: dict[str, date] = {}
    not_set_aside: dict[str, date] = {}
    for item, last, last_kept in db.session.execute(rows):
        used[item] = last
        if last_kept:
            not_set_aside[item] = last_kept
    chosen = choose(exercise, pair.couple_id, day, used, not_set_aside)
    return chosen.id if chosen else None


def _weekdays(bits: int) -> frozenset[int]:
    return frozenset(weekday for weekday in range(1, 8) if bits & 1 << (weekday - 1))
