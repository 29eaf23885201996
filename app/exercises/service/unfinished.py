"""For many people at once: how much is open for each today, and what has opened that they have not looked at."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import and_, func, select, tuple_

from app.core.db import db
from app.couples.models import Couple, Membership
from app.couples.service import day_of
from app.exercises.catalogue import load
from app.exercises.exchange import OPENS_BY_TURNS
from app.exercises.mirroring import Last, next_step
from app.exercises.models import MIRRORING, PlanEntry, Prompt, Response, Turn
from app.exercises.service.besides import Besides, besides, of_day, wanted_of

Asked = tuple[str, str]
"""A person, by their id, and the subject of what they are told."""

Plan = dict[str, int]
"""Exercise → its weekdays, as in PlanEntry."""


def open_today(person_ids: Collection[str], *, now: datetime) -> dict[str, int]:
    """How many prompts of their couple's day are open for each, and how many exercises that have no prompt yet.

    Where nobody has looked yet, these are what the plan has; what was given besides is asked of some alone.
    """
    place = {row.person_id: row for row in db.session.execute(_PLACES.where(Membership.person_id.in_(person_ids)))}
    today = {zone: day_of(now, zone) for zone in {row.zone for row in place.values()}}
    days = {row.couple_id: today[row.zone] for row in place.values()}
    prompts = _prompts(days)
    answered = _answered([prompt.id for couple in prompts.values() for prompt in couple])
    turns = _last_turns([prompt.id for couple in prompts.values() for prompt in couple if prompt.exercise == MIRRORING])
    sizes = {row.couple_id: row.size for row in db.session.execute(_SIZES.where(Membership.couple_id.in_(days)))}
    plans = _plans(days.keys() - prompts.keys())
    two = {couple_id for couple_id, size in sizes.items() if size > 1}
    given = besides({couple_id: (day, day) for couple_id, day in days.items() if couple_id in two})
    counts = {}
    for person_id, row in place.items():
        there, day = prompts.get(row.couple_id), days[row.couple_id]
        extra = [each for each in given.get(row.couple_id, ()) if each.day == day]
        if there is None:
            names = _planned(plans.get(row.couple_id, {}), day, two=row.couple_id in two)
        else:
            names = set()
            counts[person_id] = sum(
                # A talk that has begun is asked of both, whoever it was given to.
                (prompt.id in turns or wanted_of(person_id, prompt.brought_by, of_day(extra, day, prompt.exercise)))
                and _is_open(prompt, person_id, answered, turns)
                for prompt in there
            )
        asked = _asked_besides(person_id, extra, names, {prompt.exercise for prompt in there or ()})
        counts[person_id] = counts.get(person_id, 0) + len(asked)
    return counts


def _asked_besides(person_id: str, given: list[Besides], names: set[str], there: set[str]) -> set[str]:
    """What has no prompt yet and is asked of somebody: `names` of the plan, and what was given besides."""
    let_be = {each.exercise for each in given if person_id in each.skipped}
    return (names | {each.exercise for each in given if each.asks(person_id)}) - let_be - there


def still_unseen(asked: Iterable[Asked]) -> set[Asked]:
    """Those for whom it is still news: what has opened and they have not looked at, or a turn that is still theirs.

    The subject of a turn is the prompt's id, a dot, and the number of the turn before it.
    """
    asked = set(asked)
    prompt_ids = {prompt_of(subject) for _, subject in asked}
    here = set(db.session.execute(_HERE.where(Prompt.id.in_(prompt_ids))))
    unseen = set(db.session.execute(_UNSEEN.where(Response.prompt_id.in_(prompt_ids))))
    latest = dict(db.session.execute(_LATEST.where(Turn.prompt_id.in_(prompt_ids))).all())
    news = set()
    for person_id, subject in asked:
        prompt_id, number = prompt_of(subject), subject.rstrip("+").partition(".")[2]
        fresh = str(latest.get(prompt_id)) == number if number else (person_id, prompt_id) in unseen
        if fresh and (person_id, prompt_id) in here:
            news.add((person_id, subject))
    return news


def prompt_of(subject: str) -> str:
    """The id of the prompt that something is told about."""
    return subject.rstrip("+").partition(".")[0]


_HERE = (
    select(Membership.person_id, Prompt.id)
    .join(Prompt, Prompt.couple_id == Membership.couple_id)
    .join(Couple, Couple.id == Membership.couple_id)
    .where(Membership.left_at.is_(None), Couple.ended_at.is_(None), Prompt.set_aside_at.is_(None))
)
"""Whom which prompt still concerns: whoever is in its couple, as long as there is one, and it was not set aside."""

_UNSEEN = select(Response.author_id, Response.prompt_id).where(Response.opened_on.is_(None))
_LATEST = select(Turn.prompt_id, func.max(Turn.number)).group_by(Turn.prompt_id)
_PLACES = (
    select(Membership.person_id, Membership.couple_id, Couple.zone)
    .join(Couple, Couple.id == Membership.couple_id)
    .where(Membership.left_at.is_(None), Couple.ended_at.is_(None))
)
_SIZES = (
    select(Membership.couple_id, func.count().label("size"))
    .where(Membership.left_at.is_(None))
    .group_by(Membership.couple_id)
)


def _prompts(days: dict[str, date]) -> dict[str, list[Prompt]]:
    found: dict[str, list[Prompt]] = {}
    wanted = tuple_(Prompt.couple_id, Prompt.day).in_(list(days.items()))
    for prompt in db.session.scalars(select(Prompt).where(wanted, Prompt.set_aside_at.is_(None))):
        found.setdefault(prompt.couple_id, []).append(prompt)
    return found


def _answered(prompt_ids: list[str]) -> set[Asked]:
    rows = select(Response.author_id, Response.prompt_id).where(Response.prompt_id.in_(prompt_ids))
    return set(db.session.execute(rows))


def _last_turns(prompt_ids: list[str]) -> dict[str, Last]:
    latest = _LATEST.where(Turn.prompt_id.in_(prompt_ids)).subquery()
    rows = select(Turn.prompt_id, Turn.kind, Turn.author_id, Turn.round, Turn.attempt).join(
        latest, and_(latest.c.prompt_id == Turn.prompt_id, latest.c[1] == Turn.number)
    )
    return {row.prompt_id: Last(row.kind, row.author_id, row.round, row.attempt) for row in db.session.execute(rows)}


def _plans(couple_ids: Collection[str]) -> dict[str, Plan]:
    plans: dict[str, Plan] = {}
    for entry in db.session.scalars(select(PlanEntry).where(PlanEntry.couple_id.in_(couple_ids))):
        plans.setdefault(entry.couple_id, {})[entry.exercise] = entry.weekdays
    return plans


def _is_open(prompt: Prompt, person_id: str, answered: set[Asked], turns: dict[str, Last]) -> bool:
    if load().exercises[prompt.exercise].opens != OPENS_BY_TURNS:
        return (person_id, prompt.id) not in answered
    last = turns.get(prompt.id)
    # Whose step it is follows from who is asked: the other has whatever name.
    step = next_step(last, person_id, last.author if last and last.author != person_id else "")
    return step.kind != "done" and step.actor in {None, person_id}


def _planned(plan: Plan, day: date, *, two: bool) -> set[str]:
    names = set()
    for name, exercise in load().exercises.items():
        weekdays = plan.get(name, sum(1 << (weekday - 1) for weekday in exercise.default_weekdays))
        if weekdays >> day.weekday() & 1 and (two or name != MIRRORING):
            names.add(name)
    return names
