"""Giving homework, changing what lies ahead of it, letting it rest, ending it. What was done is never touched."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from app.accounts.service import person_by_id
from app.core.crypto import seal, unseal
from app.core.db import db, lock
from app.core.errors import NotFound
from app.core.ids import new_id
from app.couples.service import day_of
from app.therapist.days import DAY, Pause, cut, resumed
from app.therapist.models import Guest, Homework, HomeworkDay
from app.therapist.service.author import Author
from app.therapist.service.doing import did_for
from app.therapist.service.refusing import NothingAhead, SameAgain, TooMuchHomework, once, twice

RUNNING_MOST = 40
"""How many rows of homework may lie ahead of a couple at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a therapist wants to give. `weekdays` or `dates`, not both; `whom` is a person's id, None for both."""

    exercise: str
    first: date
    last: date | None = None
    weekdays: int = 0
    dates: tuple[date, ...] = ()
    whom: str | None = None
    note: str = ""


def give(author: Author, couple_id: str, wish: Wish, *, now: datetime, today: date) -> Homework:
    """Give it to a couple. What they have just so is not given once more. Raises NothingAhead, TooMuchHomework,
    SameAgain."""
    # The same form may come twice in one instant.
    lock(person_by_id(author.id))
    ahead = [row for row in homework_of([couple_id], today, None)[couple_id] if row.ended_at is None]
    new = _begin(author, couple_id, wish, max(wish.first, today), [], None, now=now)
    like = [row for row in ahead if twice(row, new)]
    if same := next((row for row in like if _told(author, row) == _told(author, new)), None):
        return same
    if like:
        raise SameAgain
    if len(ahead) >= RUNNING_MOST:
        raise TooMuchHomework
    return _kept(new)


def change(author: Author, homework: Homework, wish: Wish, *, now: datetime, today: date) -> Homework:
    """Let it be another from today on, or from tomorrow where today is done already. Raises NothingAhead, SameAgain.

    Gives the row that holds from then: the same one where none of its days has come.
    """
    lock(homework)
    since = today + DAY if _touched(homework, today) else today
    if homework.ended_at is not None:
        raise NothingAhead
    others = [row for row in homework_of([homework.couple_id], since, None)[homework.couple_id] if row is not homework]
    if homework.first >= since:
        _fill(author, homework, wish, max(wish.first, since))
        once(homework, others)
        return homework
    pauses = [(max(first, since), last) for first, last in homework.schedule.pauses if last is None or last >= since]
    new = _begin(author, homework.couple_id, wish, max(wish.first, since), pauses, homework.series_id, now=now)
    _stop(homework, since - DAY, now=now)
    once(new, others)
    return _kept(new)


def pause(homework: Homework, since: date, until: date | None, *, today: date) -> None:
    """Let it rest from a day on, today at the earliest, to another, or until it is taken up again."""
    lock(homework)
    _rest(homework, cut(homework.schedule, max(since, today), until))


def resume(homework: Homework, *, today: date) -> None:
    """Take it up again from today on. The days that it rested stay as they were."""
    lock(homework)
    _rest(homework, resumed(homework.schedule.pauses, today))


def rest_while_shut(guest: Guest, zone: str, today: date) -> None:
    """Before a door opens anew: let homework have rested on the days since it was shut, up to yesterday.

    Nobody was asked for it on these, and what was done all the same is not for the therapist.
    """
    before = (Guest.couple_id == guest.couple_id, Guest.therapist_id == guest.therapist_id)
    shut = db.session.scalar(select(func.max(Guest.ended_at)).where(*before, Guest.opened_at.is_not(None)))
    if shut is None or (since := day_of(shut, zone) + DAY) >= today:
        return
    for row in homework_of([guest.couple_id], since, today - DAY)[guest.couple_id]:
        if row.therapist_id == guest.therapist_id:
            lock(row)
            _rest(row, sorted([*row.schedule.pauses, (since, today - DAY)], key=lambda pause: pause[0]))


def end(homework: Homework, *, now: datetime, today: date) -> None:
    """No more of it: from today on, or from tomorrow where today is done already."""
    lock(homework)
    if homework.ended_at is None:
        _stop(homework, today if _touched(homework, today) else today - DAY, now=now)


def homework_for(therapist_id: str, couple_id: str, homework_id: str) -> Homework:
    """One that this therapist gave to this couple. Raises NotFound. Whether they may look is asked before."""
    mine = (Homework.therapist_id == therapist_id, Homework.couple_id == couple_id)
    found = db.session.scalar(select(Homework).where(Homework.id == homework_id, *mine))
    if found is None:
        raise NotFound
    return found


def homework_of(couple_ids: Collection[str], first: date, last: date | None) -> dict[str, list[Homework]]:
    """Couple → its homework with days from `first` to `last` (None: and all that lies ahead). One statement."""
    found: dict[str, list[Homework]] = {couple_id: [] for couple_id in couple_ids}
    wanted = [Homework.couple_id.in_(couple_ids), or_(Homework.last.is_(None), Homework.last >= first)]
    if last is not None:
        wanted.append(Homework.first <= last)
    for row in db.session.scalars(select(Homework).where(*wanted).order_by(Homework.first, Homework.created_at)):
        found[row.couple_id].append(row)
    return found


def note_of(author: Author, row: Homework) -> str:
    """The note of a therapist's own homework."""
    return unseal(author.key, row.note, note_about(row.id, author.id)) if row.note else ""


def note_about(homework_id: str, therapist_id: str) -> str:
    """What a note is bound to."""
    return f"homework|{homework_id}|note|{therapist_id}"


def _begin(
    author: Author,
    couple_id: str,
    wish: Wish,
    first: date,
    pauses: Sequence[Pause],
    series_id: str | None,
    *,
    now: datetime,
) -> Homework:
    ident = new_id()
    row = Homework(id=ident, couple_id=couple_id, therapist_id=author.id, series_id=series_id or ident, created_at=now)
    _rest(row, pauses)
    _fill(author, row, wish, first)
    return row


def _kept(row: Homework) -> Homework:
    db.session.add(row)
    db.session.flush()
    return row


def _told(author: Author, row: Homework) -> tuple[object, ...]:
    """All that somebody has filled in of it."""
    return row.first, row.last, row.weekdays, row.dates, row.whom, note_of(author, row)


def _fill(author: Author, row: Homework, wish: Wish, first: date) -> None:
    dates = sorted(day for day in wish.dates if day >= first)
    last = dates[-1] if dates else wish.last
    if (not dates and not wish.weekdays) or (last is not None and last < first):
        raise NothingAhead
    row.exercise, row.weekdays, row.dates = wish.exercise, wish.weekdays, [day.isoformat() for day in dates]
    row.first, row.last, row.whom = first, last, wish.whom
    row.note = seal(author.key, wish.note, note_about(row.id, author.id)) if wish.note else None


def _rest(row: Homework, pauses: Sequence[Pause]) -> None:
    row.pauses = [[first.isoformat(), last.isoformat() if last else None] for first, last in pauses]


def _stop(row: Homework, last: date, *, now: datetime) -> None:
    row.last, row.ended_at = last if row.last is None else min(row.last, last), now


def _touched(homework: Homework, today: date) -> bool:
    """Whether somebody has done, or said something of, what it has for today."""
    if not homework.schedule.given_on(today):
        return False
    # Who has opened it, and no more, has neither done it nor said a thing.
    word = or_(HomeworkDay.skipped_at.is_not(None), HomeworkDay.went_at.is_not(None))
    said = select(HomeworkDay.day).where(HomeworkDay.homework_id == homework.id, HomeworkDay.day == today, word)
    if db.session.scalar(said.limit(1)) is not None:
        return True
    return any(today in days for days in did_for([homework], today, today).values())
