"""The reminder of somebody who has no day of their own here: once a week, that there is something to look at.

Whether there is, a floor above knows; it is asked at the last moment. Else it is a reminder like any other.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import THERAPIST, Person
from app.accounts.service import Visitor
from app.core.db import db, lock
from app.push.models import REMINDER, SENT, Notification
from app.push.service import Due
from app.reminders.service.wishes import Wish, add_reminder, drop_reminder, wishes_of

WINDOW = 360
"""Minutes for which it is worth ringing: nothing of it is urgent."""

APART = timedelta(days=6)
"""Within this time nobody is told twice, whatever weekday they choose meanwhile."""

ToLookAt = Callable[[str, datetime], bool]
"""(person, now) → whether there is something that they may look at now."""


class Weekly:
    """Who knows whether somebody's week holds anything. Nobody does until the roof says so."""

    def __init__(self) -> None:
        self._asked: list[ToLookAt] = []

    def ask(self, known: ToLookAt) -> None:
        """Ask this one, too; a second time changes nothing."""
        if known not in self._asked:
            self._asked.append(known)

    def worth(self, person_id: str, now: datetime) -> bool:
        """Whether anybody knows of something."""
        return any(known(person_id, now) for known in self._asked)


weekly = Weekly()
"""The one register of this app."""


def weekly_of(visitor: Visitor) -> Wish | None:
    """When somebody is told once a week, None where they do not want to be."""
    return next(iter(wishes_of(visitor)), None)


def tell_weekly(visitor: Visitor, *, at: int, weekday: int, now: datetime) -> None:
    """Tell them on this weekday (0 is Monday) at this time on the wall, in their zone, and at no other."""
    stop_weekly(visitor)
    add_reminder(visitor, at=at, weekdays=1 << weekday, window=WINDOW, if_then="", now=now)


def stop_weekly(visitor: Visitor) -> None:
    """Tell them no more."""
    # Two tabs at once: the later waits here, so that there is never more than one.
    lock(db.session.get_one(Person, visitor.person_id))
    for wish in wishes_of(visitor):
        drop_reminder(visitor, wish.slot_id)


def due_weekly(due: Sequence[Due], people: Collection[Person], *, now: datetime) -> set[str]:
    """The ids of those weekly notices that are still worth ringing: one for each person, who was not told lately."""
    therapists = {person.id for person in people if person.role == THERAPIST}
    mine = [each for each in due if each.kind == REMINDER and each.person_id in therapists]
    if not mine:
        return set()
    lately = select(Notification.person_id).where(
        Notification.person_id.in_({each.person_id for each in mine}),
        Notification.kind == REMINDER,
        Notification.outcome == SENT,
        Notification.finished_at > now - APART,
    )
    told = set(db.session.scalars(lately))
    first = {each.person_id: each.id for each in reversed(mine) if each.person_id not in told}
    return {ident for person_id, ident in first.items() if weekly.worth(person_id, now)}
