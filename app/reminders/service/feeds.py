"""A private address for one's reminders as a calendar. Whoever has it can read the times; it can be taken back."""

import secrets
from datetime import datetime

from flask_babel import force_locale, gettext
from sqlalchemy import select

from app.accounts.models import Person
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.core.wall import instant_of
from app.couples.service import day_of
from app.guided import service as guided
from app.reminders.calendar import Entry, Once, feed
from app.reminders.models import Reminder, ReminderSettings, ReminderSlot
from app.reminders.service.wishes import edit_settings


def open_feed(person_id: str) -> str:
    """A fresh token for the address; the one before is worth nothing any more. It is shown this once."""
    token = secrets.token_urlsafe(24)
    edit_settings(person_id, feed_hash=_hash(token))
    return token


def close_feed(person_id: str) -> None:
    """Take the address back."""
    edit_settings(person_id, feed_hash=None)


def calendar_of(token: str, *, now: datetime) -> bytes:
    """The calendar under this token. Raises NotFound for any that is not one, or not one any more."""
    row = db.session.execute(
        select(Person, ReminderSettings.paused_until)
        .join(ReminderSettings, ReminderSettings.person_id == Person.id)
        .where(ReminderSettings.feed_hash == _hash(token), Person.disabled_at.is_(None))
    ).first()
    if row is None:
        raise NotFound
    person, paused_until = row
    # Of today all; in a week off nothing before it ends, nor on the day of its end what would have rung before that.
    begun = instant_of(day_of(now, person.zone), 0, person.zone)
    since = paused_until if paused_until and paused_until > now else begun
    slots = select(ReminderSlot).join(Reminder, Reminder.slot_id == ReminderSlot.id)
    mine = slots.where(Reminder.person_id == person.id).order_by(ReminderSlot.at, ReminderSlot.id)
    entries = [Entry(_uid(person.id, slot.id), slot.zone, slot.at, slot.weekdays) for slot in db.session.scalars(mine)]
    with force_locale(person.locale):
        title = gettext("A quiet minute")
    once = [Once(_uid(person.id, ident), at) for ident, at in guided.planned_for(person.id) if at >= max(now, since)]
    return feed(entries, title=title, since=since, made_at=now, once=once)


def _uid(person_id: str, slot_id: str) -> str:
    return vault().fingerprint(f"{person_id}|{slot_id}", "calendar-entry")[:32] + "@attune"


def _hash(token: str) -> str:
    return vault().fingerprint(token, "calendar-feed")
