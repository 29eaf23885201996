"""What a partner says of a day of homework: not this time, and why if they like; or how it went."""

from datetime import date, datetime

from flask_babel import lazy_gettext
from sqlalchemy import delete, select

from app.core.crypto import Undecipherable, seal, unseal
from app.core.db import db, lock
from app.core.errors import DomainError
from app.couples.models import Membership
from app.couples.service import Pair
from app.therapist.days import DONE, OPEN, SKIPPED
from app.therapist.models import Homework, HomeworkDay
from app.therapist.service.seeing import DaySeen


class NotDoneYet(DomainError):
    """How it went is to be said of what was done."""

    message = lazy_gettext("Once you have done it, you can say how it went.")


class NotToSkip(DomainError):
    """It is done, or its time is over."""

    message = lazy_gettext("This one is not open any more.")


def skip(pair: Pair, seen: DaySeen, because: str, *, shared: bool, now: datetime) -> None:
    """Not this time. The words are for the therapist where `shared`, else for nobody. Raises NotToSkip."""
    if seen.state not in {OPEN, SKIPPED}:
        raise NotToSkip
    row = day_of_homework(seen.row, pair.me.id, seen.day)
    row.skipped_at = now
    row.because = seal(pair.me.key, because, because_about(row)) if because else None
    row.shared_at = now if because and shared else None


def take_up(pair: Pair, seen: DaySeen) -> None:
    """After all: let it be open again. The words go. Where nothing was said, nothing happens."""
    lock(seen.row)
    row = db.session.get(HomeworkDay, (seen.row.id, pair.me.id, seen.day))
    if row is None:
        return
    row.skipped_at = row.because = row.shared_at = None
    if row.went is None and row.opened_on is None:
        db.session.delete(row)


def rate(pair: Pair, seen: DaySeen, went: int, *, now: datetime) -> None:
    """Say how it went, from 0 to 10, or say it anew. Raises NotDoneYet."""
    if seen.state != DONE:
        raise NotDoneYet
    row = day_of_homework(seen.row, pair.me.id, seen.day)
    row.went, row.went_at = went, now


def day_of_homework(homework: Homework, person_id: str, day: date) -> HomeworkDay:
    """What is kept of a day of it for one of the two: what is there, else a row to be filled.

    Two pages of one person may come to it in the same instant: the later waits here, then sees what the earlier kept.
    """
    lock(homework)
    found = db.session.get(HomeworkDay, (homework.id, person_id, day))
    if found is None:
        found = HomeworkDay(homework_id=homework.id, person_id=person_id, day=day)
        db.session.add(found)
    return found


def because_of(row: HomeworkDay, key: bytes) -> str:
    """Why somebody did not do it, opened by their key. Who may read it is decided before."""
    return unseal(key, row.because, because_about(row)) if row.because else ""


def because_about(row: HomeworkDay) -> str:
    """What the words are bound to."""
    return f"homework_days|{row.homework_id}.{row.day.isoformat()}|because|{row.person_id}"


def days_taken_along(person_id: str, key: bytes) -> list[dict[str, object]]:
    """All that is kept of somebody's days of homework besides what they gave, for an export, in the order of days."""
    rows = select(HomeworkDay, Homework.exercise).join(Homework, Homework.id == HomeworkDay.homework_id)
    mine = rows.where(HomeworkDay.person_id == person_id).order_by(HomeworkDay.day, Homework.exercise, Homework.id)
    return [
        {
            "day": row.day.isoformat(),
            "exercise": exercise,
            "opened_on": row.opened_on.isoformat() if row.opened_on else None,
            "not_this_time": row.skipped_at is not None,
            "because": _opened(row, key),
            "therapist_may_read_it": row.shared_at is not None,
            "went": row.went,
        }
        for row, exercise in db.session.execute(mine)
    ]


def forget_former_days(pair: Pair) -> None:
    """Delete what is kept of one's days of homework in couples that have ended."""
    left = select(Homework.id).join(Membership, Membership.couple_id == Homework.couple_id)
    there = left.where(Membership.person_id == pair.me.id, Membership.left_at.is_not(None))
    mine = delete(HomeworkDay).where(HomeworkDay.person_id == pair.me.id)
    db.session.execute(mine.where(HomeworkDay.homework_id.in_(there)))


def _opened(row: HomeworkDay, key: bytes) -> str | None:
    try:
        return because_of(row, key)
    except Undecipherable:
        return None
