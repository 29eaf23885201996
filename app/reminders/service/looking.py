"""What somebody may look up about their reminders: whether there are any, and what did not get through."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, exists, func, select

from app.accounts.models import Person
from app.core.db import db
from app.couples.service import day_of
from app.push.models import FAILED, MISSED, REMINDER, Notification
from app.push.service import PUBLIC_KEY
from app.reminders.models import Reminder

LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Lost:
    """A notification that rang nowhere: its kind and day, and whether its time was over or no device took it."""

    kind: str
    day: date
    outcome: str


RUNG_BY = case((exists().where(Reminder.person_id == Person.id).correlate(Person), func.coalesce(PUBLIC_KEY, "")))
"""The key that a person's devices subscribe with; NULL for who wants no reminders. To be asked along."""


def has_reminders(person_id: str) -> bool:
    """Whether somebody wants to be told at all. One statement."""
    return bool(db.session.scalar(select(exists().where(Reminder.person_id == person_id))))


def lost_lately(person_id: str, zone: str, *, now: datetime) -> list[Lost]:
    """What did not get through to them in the last week, the newest first."""
    rows = select(Notification).where(
        Notification.person_id == person_id,
        Notification.outcome.in_((MISSED, FAILED)),
        Notification.finished_at > now - LATELY,
    )
    found = db.session.scalars(rows.order_by(Notification.finished_at.desc(), Notification.id))
    return [Lost(row.kind, _day(row, zone), row.outcome or "") for row in found]


def _day(row: Notification, zone: str) -> date:
    # A reminder knows its day: after an outage it is laid into the outbox on a later one.
    return date.fromisoformat(row.subject[:10]) if row.kind == REMINDER else day_of(row.created_at, zone)
