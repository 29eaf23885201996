"""What a partner says of a day of homework: not this time, and why if they like; or how it went."""

from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy import delete, select

from app.core.crypto import Undecipherable, seal, unseal
from app.core.db import db
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
    row = _row(pair, seen)
    row.skipped_at = now
    row.because = seal(pair.me.key, because, because_about(row)) if because else None
    row.shared_at = now if because and shared else None


def take_up(pair: Pair, seen: DaySeen) -> None:
    """After all: let it be open again. The words go. Where nothing was said, nothing happens."""
    row = db.session.get(HomeworkDay, (seen.row.id, pair.me.id, seen.day))
    if row is None:
        return
    row.skipped_at = row.because = row.shared_at = None
    if row.went is None:
        db.session.delete(row)


def rate(pair: Pair, seen: DaySeen, went: int, *, now: datetime) -> None:
    """Say how it went, from 0 to 10, or say it anew. Raises NotDoneYet."""
    if seen.state != DONE:
        raise NotDoneYet
    row = _row(pair, seen)
    row.went, row.went_at = went, now


def because_of(row: HomeworkDay, key: bytes) -> str:
    """Why somebody did not do it, opened by their key. Who may read it is decided before."""
    return unseal(key, row.because, because_about(row)) if row.because else ""


def because_about(row: HomeworkDay) -> str:
    """What the words are bound to."""
    return f"homework_days|{row.homework_id}.{row.day.isoformat()}|because|{row.person_id}"


def days_taken_along(person_id: str, key: bytes) -> list[dict[str, object]]:
    """All that somebody said of days of homework, for an export, in the order of days."""
    rows = select(HomeworkDay, Homework.exercise).join(Homework, Homework.id == HomeworkDay.homework_id)
    mine = rows.where(HomeworkDay.person_id == person_id).order_by(HomeworkDay.day, Homework.exercise, Homework.id)
    return [
        {
            "day": row.day.isoformat(),
            "exercise": exercise,
            "not_this_time": row.skipped_at is not None,
            "because": _opened(row, key),
            "therapist_may_read_it": row.shared_at is not None,
            "went": row.went,
        }
        for row, exercise in db.session.execute(mine)
    ]


def forget_former_days(pair: Pair) -> None:
    """Delete what one said of homework in couples that have ended."""
    left = select(Homework.id).join(Membership, Membership.couple_id == Homework.couple_id)
    there = left.where(Membership.person_id == pair.me.id, Membership.left_at.is_not(None))
    mine = delete(HomeworkDay).where(HomeworkDay.person_id == pair.me.id)
    db.session.execute(mine.where(HomeworkDay.homework_id.in_(there)))


def _opened(row: HomeworkDay, key: bytes) -> str | None:
    try:
        return because_of(row, key)
    except Undecipherable:
        return None


def _row(pair: Pair, seen: DaySeen) -> HomeworkDay:
    found = db.session.get(HomeworkDay, (seen.row.id, pair.me.id, seen.day))
    if found is None:
        found = HomeworkDay(homework_id=seen.row.id, person_id=pair.me.id, day=seen.day)
        db.session.add(found)
    return found
