"""The tick: which slots are due, and a notification for everybody in them. One transaction takes a part of one slot,
or, where they are small, several slots.

Whoever moves a slot's cursor, or its next time, has done that part: any number of workers may tick at once.
"""

import logging
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy import bindparam, delete, exists, func, literal, select, text, update

from app.core.db import Instant, db
from app.couples.service import day_of
from app.push.models import REMINDER
from app.reminders.models import Reminder, ReminderSlot
from app.reminders.schedule import DAY, next_due

log = logging.getLogger(__name__)

AT_A_TIME, SLOTS = 5_000, 200
"""People, and slots, that one transaction takes at most."""

LOOKS_BACK = timedelta(days=30)
"""How much of an outage is gone through day by day. What is older would be swept out of the outbox at once."""

_IDS = {
    "sqlite": ":run || lower(hex(randomblob(7)))",
    "postgresql": ":run || substr(replace(gen_random_uuid()::text, '-', ''), 1, 14)",
}
"""Ids that are made in one transaction begin alike, so that an index takes them in as a run and not all over."""

_LAY = """
INSERT INTO notifications
    (id, person_id, kind, subject, created_at, expires_at, next_try_at, tries, finished_at, outcome)
SELECT {ident}, r.person_id, :kind, CASE WHEN s.several THEN :day || :at ELSE :day END,
    :now, :until, :next, 0, :finished, :outcome
FROM reminders r LEFT JOIN reminder_settings s ON s.person_id = r.person_id
WHERE r.slot_id = :slot AND r.person_id > :first AND r.person_id <= COALESCE(:last, r.person_id)
    AND (s.paused_until IS NULL OR s.paused_until <= :now)
ON CONFLICT (person_id, kind, subject) DO UPDATE SET
    created_at = excluded.created_at, expires_at = excluded.expires_at, next_try_at = excluded.next_try_at,
    tries = 0, finished_at = NULL, outcome = NULL
WHERE notifications.outcome IN ('missed', 'skipped', 'failed') AND excluded.outcome IS NULL
"""
_INSTANTS = ("now", "until", "next", "finished")
LAY = {
    name: text(_LAY.format(ident=ident)).bindparams(*(bindparam(each, type_=Instant()) for each in _INSTANTS))
    for name, ident in _IDS.items()
}
"""A notification for each person of a slot after `first` up to `last`, unless paused or told that day already.

An earlier one that came to nothing is none that told: it begins anew.
"""


def dispatch(*, now: datetime, at_a_time: int = AT_A_TIME) -> bool:
    """Take the next part of what is due. Whether there was one: call again, in a transaction of its own, until not."""
    slots = _due(now, 1)
    if not slots:
        return False
    sizes = _sizes(slots, at_a_time)
    if (size := max(sizes[slots[0].id], 1)) * 2 <= at_a_time:
        # No more than are likely to fit: what is held here, no other worker can take.
        slots = _due(now, min(at_a_time // size, SLOTS))
        sizes = _sizes(slots, at_a_time)
    laid: list[dict[str, Any]] = []
    room, run = at_a_time, secrets.token_hex(4)
    for slot in slots:
        if room <= 0:
            break
        last = _boundary(slot, room) if sizes[slot.id] > room else None
        room -= sizes[slot.id]
        laid += _advance(slot, last, now)
    if laid:
        db.session.execute(LAY[db.engine.dialect.name], [{**part, "run": run} for part in laid])
    return True


def refresh_slots(*, now: datetime) -> None:
    """Reckon anew when each slot is due, since a country may have changed its clocks since."""
    waiting = select(
        ReminderSlot.id, ReminderSlot.zone, ReminderSlot.at, ReminderSlot.weekdays, ReminderSlot.next_due_at
    ).where(ReminderSlot.next_due_at > now)
    for ident, zone, at, weekdays, known in db.session.execute(waiting).all():
        try:
            due = next_due(now, zone, at, weekdays)
        except ZoneInfoNotFoundError:
            continue
        if due is not None and due != known:
            # Unless a tick has moved it on meanwhile.
            same = update(ReminderSlot).where(ReminderSlot.id == ident, ReminderSlot.next_due_at == known)
            db.session.execute(same.values(next_due_at=due))


def sweep_slots() -> None:
    """Forget the slots that nobody is in."""
    empty = ~exists().where(Reminder.slot_id == ReminderSlot.id)
    # Held first and looked at again, so that nobody steps into one while it goes.
    held = db.session.scalars(select(ReminderSlot.id).where(empty).with_for_update(skip_locked=True)).all()
    db.session.execute(delete(ReminderSlot).where(ReminderSlot.id.in_(held), empty))


def _due(now: datetime, most: int) -> list[ReminderSlot]:
    due = select(ReminderSlot).where(ReminderSlot.next_due_at <= now)
    in_turn = due.order_by(ReminderSlot.next_due_at, ReminderSlot.id).limit(most)
    return list(db.session.scalars(in_turn.with_for_update(skip_locked=True)))


def _sizes(slots: Sequence[ReminderSlot], most: int) -> dict[str, int]:
    """How many people each slot still has before it; one more than `most` stands for any more."""
    rest = select(literal(1)).where(Reminder.slot_id == ReminderSlot.id, Reminder.person_id > ReminderSlot.cursor)
    size = select(func.count()).select_from(rest.limit(most + 1).correlate(ReminderSlot).subquery())
    ids = [slot.id for slot in slots]
    rows = select(ReminderSlot.id, size.scalar_subquery()).where(ReminderSlot.id.in_(ids))
    return dict(db.session.execute(rows).all())


def _boundary(slot: ReminderSlot, at_a_time: int) -> str | None:
    """The last person of this part, or None when the rest of the slot fits."""
    rest = select(Reminder.person_id).where(Reminder.slot_id == slot.id, Reminder.person_id > slot.cursor)
    return db.session.scalar(rest.order_by(Reminder.person_id).offset(at_a_time - 1).limit(1))


def _advance(slot: ReminderSlot, last: str | None, now: datetime) -> Iterator[dict[str, Any]]:
    """Move a slot on, to after `last` or to its next time. Gives what LAY is told of the part, unless it cannot be."""
    try:
        # What an outage has skipped is gone through one by one, so that it stands recorded as missed.
        following = next_due(max(slot.next_due_at, now - LOOKS_BACK), slot.zone, slot.at, slot.weekdays)
    except ZoneInfoNotFoundError:
        # A zone that this machine does not know (any more) must not stand before all the others.
        log.error("there is no zone %s here, so nobody in it is told", slot.zone)  # noqa: TRY400
        slot.cursor, slot.next_due_at = "", now + DAY
        return
    until = slot.next_due_at + timedelta(minutes=slot.window)
    missed = until <= now
    yield {
        "kind": REMINDER, "day": day_of(slot.next_due_at, slot.zone).isoformat(), "at": f"+{slot.at}",
        "slot": slot.id, "first": slot.cursor, "last": last, "now": now, "until": until,
        "next": None if missed else now, "finished": now if missed else None, "outcome": "missed" if missed else None,
    }  # fmt: skip
    if last is not None:
        slot.cursor = last
    else:
        slot.cursor, slot.next_due_at = "", following or now + timedelta(days=7)
