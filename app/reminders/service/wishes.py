"""When somebody wants to be told, and how: their reminders and their settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import bindparam, delete, func, select, text, update

from app.accounts.models import Person
from app.accounts.service import Visitor, person_by_id
from app.core.crypto import seal, unseal, vault
from app.core.db import Instant, db, lock
from app.core.errors import DomainError, NotFound
from app.core.ids import new_id
from app.reminders.models import PLAIN, Reminder, ReminderSettings, ReminderSlot
from app.reminders.schedule import MINUTE, next_due, quiet_until

MOST = 12
"""Reminders of one person."""


class TooManyReminders(DomainError):
    """Somebody has as many reminders as there can be."""

    message = lazy_gettext("That is as many reminders as there can be. Delete one first.")


@dataclass(frozen=True, slots=True)
class Wish:
    """One reminder, opened: minutes past midnight, weekdays with bit 0 for Monday, and the if-then line."""

    slot_id: str
    zone: str
    at: int
    weekdays: int
    window: int
    if_then: str
    next_due_at: datetime


def wishes_of(visitor: Visitor) -> list[Wish]:
    """The reminders of a person, by their time on the wall. One statement."""
    rows = db.session.execute(
        select(ReminderSlot, Reminder.if_then)
        .join(Reminder, Reminder.slot_id == ReminderSlot.id)
        .where(Reminder.person_id == visitor.person_id)
        .order_by(ReminderSlot.at, ReminderSlot.weekdays)
    )
    return [
        Wish(
            slot.id,
            slot.zone,
            slot.at,
            slot.weekdays,
            slot.window,
            opened_line(visitor.person_id, visitor.wrapped_key, slot.id, sealed),
            slot.next_due_at,
        )
        for slot, sealed in rows
    ]


def add_reminder(visitor: Visitor, *, at: int, weekdays: int, window: int, if_then: str, now: datetime) -> None:
    """Ring for the visitor at this time on the wall, in their zone. Raises TooManyReminders."""
    lock(person_by_id(visitor.person_id))
    slot_id = _slot(visitor.zone, at, weekdays, window, now)
    others = (Reminder.person_id == visitor.person_id, Reminder.slot_id != slot_id)
    if (db.session.scalar(select(func.count()).select_from(Reminder).where(*others)) or 0) >= MOST:
        raise TooManyReminders
    db.session.merge(Reminder(slot_id=slot_id, person_id=visitor.person_id, if_then=_sealed(visitor, slot_id, if_then)))


def drop_reminder(visitor: Visitor, slot_id: str) -> None:
    """Ring there no more. Raises NotFound when it was none of the visitor's."""
    mine = delete(Reminder).where(Reminder.slot_id == slot_id, Reminder.person_id == visitor.person_id)
    if not db.session.execute(mine).rowcount:  # type: ignore[attr-defined]
        raise NotFound


def move_to_zone(visitor: Visitor, zone: str, *, now: datetime) -> None:
    """The visitor is somewhere else now: the same times on the wall, there. Nothing rings twice on one day for it."""
    wishes = wishes_of(visitor)
    db.session.execute(update(Person).where(Person.id == visitor.person_id).values(zone=zone))
    db.session.execute(delete(Reminder).where(Reminder.person_id == visitor.person_id))
    for wish in wishes:
        slot_id = _slot(zone, wish.at, wish.weekdays, wish.window, now)
        db.session.merge(
            Reminder(slot_id=slot_id, person_id=visitor.person_id, if_then=_sealed(visitor, slot_id, wish.if_then))
        )


def settings_of(person_id: str) -> ReminderSettings:
    """How somebody wants to be told; the defaults where they have not said."""
    return db.session.get(ReminderSettings, person_id) or default_settings(person_id)


def default_settings(person_id: str) -> ReminderSettings:
    """How somebody is told who has not said how."""
    return ReminderSettings(
        person_id=person_id, quiet_from=22 * 60, quiet_to=7 * 60, level=PLAIN, several=False,
        tells_opened=True, tells_turn=True, tells_week=True,
        tells_occasion=True,
    )  # fmt: skip


def opened_line(person_id: str, wrapped: bytes, slot_id: str, sealed: bytes | None) -> str:
    """The if-then line of a reminder, "" for none. `wrapped`: the person's key. Raises Undecipherable."""
    return unseal(vault().unwrap(wrapped, person_id), sealed, _about(slot_id, person_id)) if sealed else ""


def edit_settings(person_id: str, **changes: Any) -> None:
    """Change some of them."""
    # Two taps in the same instant: the later waits here, then finds the row of the earlier.
    lock(person_by_id(person_id))
    settings = settings_of(person_id)
    for name, value in changes.items():
        setattr(settings, name, value)
    db.session.add(settings)


def pause(person_id: str, *, until: datetime) -> None:
    """Tell nothing until then."""
    edit_settings(person_id, paused_until=until)


def resume(person_id: str) -> None:
    """Tell again."""
    edit_settings(person_id, paused_until=None)


def next_ring(visitor: Visitor, *, now: datetime) -> datetime | None:
    """When the next reminder rings if there is something to do: not in a pause, nor in quiet hours. None for never."""
    settings = settings_of(visitor.person_id)
    after = max(now, settings.paused_until) if settings.paused_until else now
    rings = (_ring_after(after, wish, visitor.zone, settings) for wish in wishes_of(visitor))
    return min((ring for ring in rings if ring), default=None)


def _ring_after(after: datetime, wish: Wish, zone: str, settings: ReminderSettings) -> datetime | None:
    for _ in range(8):
        due = next_due(after, wish.zone, wish.at, wish.weekdays)
        quiet = due and quiet_until(due, zone, settings.quiet_from, settings.quiet_to)
        if due is None or quiet is None or quiet < due + wish.window * MINUTE:
            return quiet or due
        after = due
    return None


_MAKE_SLOT = text(
    'INSERT INTO reminder_slots (id, zone, at, weekdays, "window", next_due_at, cursor)'
    " VALUES (:id, :zone, :at, :weekdays, :window, :due, '') ON CONFLICT DO NOTHING"
).bindparams(bindparam("due", type_=Instant()))


def _slot(zone: str, at: int, weekdays: int, window: int, now: datetime) -> str:
    """The id of the slot for this, made if nobody has it yet, and held, so that it is not swept away meanwhile."""
    due = next_due(now, zone, at, weekdays)
    if due is None:
        raise ValueError("a reminder needs a weekday")
    same = {"zone": zone, "at": at, "weekdays": weekdays, "window": window}
    held = select(ReminderSlot.id).filter_by(**same).with_for_update(read=True, key_share=True)
    found = db.session.scalar(held)
    if found is None:
        # Two may make it in the same instant.
        db.session.execute(_MAKE_SLOT, {"id": new_id(), "due": due, **same})
        found = db.session.scalars(held).one()
    return found


def _sealed(visitor: Visitor, slot_id: str, if_then: str) -> bytes | None:
    key = vault().unwrap(visitor.wrapped_key, visitor.person_id)
    return seal(key, if_then, _about(slot_id, visitor.person_id)) if if_then else None


def _about(slot_id: str, person_id: str) -> str:
    return f"reminders|{slot_id}|if_then|{person_id}"
