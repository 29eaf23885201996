"""Homework as one of the two sees it: what is given, until when, the note, what they did, and what both did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, select

from app.accounts.models import Person, PersonKey
from app.core.crypto import unseal, vault
from app.core.db import db
from app.core.errors import NotFound
from app.couples.service import Pair
from app.exercises.models import Prompt
from app.therapist.days import OPEN, Tally, both_done, tally
from app.therapist.models import Homework, HomeworkDay, OwnExercise
from app.therapist.service.doing import Did, Said, days_said, did_of, states_for
from app.therapist.service.giving import note_about
from app.therapist.service.names import name_of
from app.therapist.service.own import own_name, own_rows
from app.therapist.service.standing import in_force

ALWAYS = timedelta(days=366)
"""How far back the page looks. Nothing leads further ahead, either."""

SOON = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class HomeworkSeen:
    """One row of homework. `states` are mine alone, by day; `both` counts the days that both did, which both know."""

    row: Homework
    name: str
    by: str
    note: str
    stands: bool
    states: dict[date, str] = field(default_factory=dict)
    both: int | None = None

    @property
    def tally(self) -> Tally:
        """How much of it I did."""
        return tally(self.states.values())

    @property
    def open_days(self) -> list[date]:
        """The days on which it is open for me."""
        return [day for day, state in self.states.items() if state == OPEN]


@dataclass(frozen=True, slots=True)
class DaySeen:
    """One day of homework, mine. `prompt_id` is the prompt to answer, if it is there yet."""

    row: Homework
    day: date
    name: str
    by: str
    note: str
    state: str
    until: date
    said: HomeworkDay | None
    prompt_id: str | None


def homework_seen(pair: Pair, *, now: datetime) -> tuple[list[HomeworkSeen], list[HomeworkSeen]]:
    """(what is given now or ahead, what is over), the newest first. Five statements."""
    today = pair.today(now)
    rows = db.session.execute(_ROWS.where(Homework.couple_id == pair.couple_id)).all()
    span = (today - ALWAYS, today + SOON)
    did, said = did_of([pair.couple_id], *span), days_said([pair.couple_id], *span)
    own = own_rows({found.Homework.exercise for found in rows})
    seen = [_seen(pair, found, span, today, did, said, own) for found in rows]
    now_given = [each for each in seen if each.stands and not _over(each, today)]
    return now_given, [each for each in seen if each not in now_given and each.tally.given]


def day_seen(pair: Pair, homework_id: str, day: date, *, now: datetime) -> DaySeen:
    """One day of homework that is asked of me. Raises NotFound for any other, and once it stands no more."""
    mine = (Homework.couple_id == pair.couple_id, Homework.id == homework_id, in_force())
    found = db.session.execute(_ROWS.where(*mine)).first()
    if found is None or not found.Homework.schedule.is_for(pair.me.id):
        raise NotFound
    row, today = found.Homework, pair.today(now)
    if not row.schedule.given_on(day) or day > today + ALWAYS:
        raise NotFound
    first, last = row.schedule.window(day)
    span = (min(first, day - timedelta(days=7)), max(last, day))
    said = days_said([pair.couple_id], day, day)
    states = states_for(row, pair.me.id, span, today=today, did=did_of([pair.couple_id], *span), said=said)
    prompt = select(Prompt.id).where(
        Prompt.couple_id == pair.couple_id, Prompt.day == day, Prompt.exercise == row.exercise
    )
    return DaySeen(
        row=row,
        day=day,
        name=_name(found, own_rows([row.exercise])),
        by=found.name or "",
        note=_note(found),
        state=states[day],
        until=last,
        said=said.get((row.id, pair.me.id, day)),
        prompt_id=db.session.scalar(prompt.order_by(Prompt.take.desc()).limit(1)),
    )


_ROWS = (
    select(Homework, Person.name, PersonKey.wrapped, in_force().label("stands"))
    .outerjoin(Person, Person.id == Homework.therapist_id)
    .outerjoin(PersonKey, and_(PersonKey.person_id == Person.id))
    .order_by(Homework.first.desc(), Homework.created_at.desc())
)


def _seen(
    pair: Pair,
    found: Any,
    span: tuple[date, date],
    today: date,
    did: Did,
    said: Said,
    own: Mapping[str, OwnExercise],
) -> HomeworkSeen:
    row: Homework = found.Homework
    mine = row.schedule.is_for(pair.me.id)
    states = states_for(row, pair.me.id, span, today=today, did=did, said=said) if mine else {}
    both = None
    if row.whom is None and pair.you is not None:
        both = both_done(states, states_for(row, pair.you.id, span, today=today, did=did, said={}))
    note = _note(found) if mine and found.stands else ""
    return HomeworkSeen(row, _name(found, own), found.name or "", note, bool(found.stands), states, both)


def _over(seen: HomeworkSeen, today: date) -> bool:
    return seen.row.last is not None and seen.row.schedule.window(seen.row.last)[1] < today


def _note(found: Any) -> str:
    row: Homework = found.Homework
    if row.note is None or row.therapist_id is None or found.wrapped is None:
        return ""
    return unseal(_key(found), row.note, note_about(row.id, row.therapist_id))


def _name(found: Any, own: Mapping[str, OwnExercise]) -> str:
    row: Homework = found.Homework
    key = _key(found) if row.exercise in own and found.wrapped is not None else None
    return own_name(own.get(row.exercise), row.therapist_id, key) or name_of(row.exercise)


def _key(found: Any) -> bytes:
    return vault().unwrap(found.wrapped, found.Homework.therapist_id)
