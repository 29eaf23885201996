"""What somebody takes along of their reminders, in plain values. All of it is their own."""

from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.core.crypto import Undecipherable
from app.core.db import db
from app.push.service import devices_of
from app.reminders.models import Reminder, ReminderSlot
from app.reminders.service.mail import mails_of
from app.reminders.service.wishes import opened_line, settings_of


def taken_along(person: Person) -> dict[str, Any]:
    """When somebody is told and how, and the devices that ring. Of an address that is a secret, only that there is one.

    Times in minutes past midnight by the clock of `zone`; weekdays by ISO 8601, 1 for Monday.
    """
    settings = settings_of(person.id)
    mail = mails_of([settings]).get(person.id)
    return {
        "times": _times(person),
        "quiet_from": settings.quiet_from,
        "quiet_to": settings.quiet_to,
        "level": settings.level,
        "several": settings.several,
        "tells": {
            "opened": settings.tells_opened,
            "turn": settings.tells_turn,
            "week": settings.tells_week,
            "occasion": settings.tells_occasion,
        },
        "paused_until": settings.paused_until.isoformat() if settings.paused_until else None,
        "calendar": settings.feed_hash is not None,
        "mail": mail.address if mail else None,
        "devices": [
            {"label": device.label, "service": device.service, "since": device.created_at.date().isoformat()}
            for device in devices_of(person.id)
        ],
    }


def _times(person: Person) -> list[dict[str, Any]]:
    mine = select(ReminderSlot, Reminder.if_then).join(Reminder, Reminder.slot_id == ReminderSlot.id)
    rows = mine.where(Reminder.person_id == person.id).order_by(ReminderSlot.at, ReminderSlot.weekdays, ReminderSlot.id)
    return [
        {
            "at": slot.at,
            "zone": slot.zone,
            "weekdays": [day + 1 for day in range(7) if slot.weekdays >> day & 1],
            "window": slot.window,
            "if_then": _line(person, slot.id, sealed),
        }
        for slot, sealed in db.session.execute(rows)
    ]


def _line(person: Person, slot_id: str, sealed: bytes | None) -> str | None:
    """The line, or None where it does not open any more: the rest is still worth taking away."""
    try:
        return opened_line(person.id, person.key.wrapped, slot_id, sealed)
    except Undecipherable:
        return None
