"""When people want to be told, and how.

Reminders that come at the same minute on the same weekdays in the same zone share a slot. A slot knows when it is due
next, so that a tick looks at one index and moves one row for all who are in it, however many people there are.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id, new_id

EVERY_DAY = 0b1111111
LEVELS = BARE, PLAIN, WARM = ("bare", "plain", "warm")
"""How much a lock screen says: the name of the app alone · a neutral line (the default) · a friendlier one."""

WINDOW = 180
"""Minutes for which a reminder is worth ringing, by default."""


class ReminderSlot(Model):
    """One time on the wall, on some weekdays, in one zone. `at` and `window` in minutes, bit 0 of `weekdays` is Monday.

    While a tick works through a slot, `cursor` is the last person it came to; a worker that dies leaves it there.
    """

    __tablename__ = "reminder_slots"
    __table_args__ = (UniqueConstraint("zone", "at", "weekdays", "window"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    zone: Mapped[str] = mapped_column(String(64))
    at: Mapped[int]
    weekdays: Mapped[int]
    window: Mapped[int] = mapped_column(default=WINDOW)
    next_due_at: Mapped[datetime] = mapped_column(index=True)
    cursor: Mapped[str] = mapped_column(String(22), default="")


class Reminder(Model):
    """That somebody wants to be told in a slot. `if_then` is their own line to go with it, sealed."""

    __tablename__ = "reminders"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class

    slot_id: Mapped[Id] = mapped_column(ForeignKey("reminder_slots.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    if_then: Mapped[bytes | None] = mapped_column(LargeBinary)


class ReminderSettings(Model):
    """How somebody wants to be told. No row means that these defaults hold. Times in minutes past midnight."""

    __tablename__ = "reminder_settings"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class

    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    quiet_from: Mapped[int] = mapped_column(default=22 * 60)
    quiet_to: Mapped[int] = mapped_column(default=7 * 60)
    level: Mapped[str] = mapped_column(String(8), default=PLAIN)
    several: Mapped[bool] = mapped_column(default=False)
    tells_opened: Mapped[bool] = mapped_column(default=True)
    tells_turn: Mapped[bool] = mapped_column(default=True)
    tells_week: Mapped[bool] = mapped_column(default=True)
    tells_occasion: Mapped[bool] = mapped_column(default=True, server_default=true())
    paused_until: Mapped[datetime | None]
    feed_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    mail: Mapped[bytes | None] = mapped_column(LargeBinary)
    mail_confirmed_at: Mapped[datetime | None]
