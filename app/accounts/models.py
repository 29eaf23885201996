"""A person, their key, the devices they are signed in on, their recovery codes, and the throttles."""

from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model
from app.core.ids import Id, new_id

PARTNER, THERAPIST = "partner", "therapist"
IDLE, ABSOLUTE, FRESH = timedelta(days=14), timedelta(days=30), timedelta(minutes=5)
SHARED = timedelta(hours=12)
"""How long a session lasts on a device that others use, too."""


class Person(Model):
    """Somebody with an account. `login` is a user name or e-mail address, casefolded, and shown to nobody else."""

    __tablename__ = "people"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(16), default=PARTNER)
    password_hash: Mapped[str] = mapped_column(String(255))
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    locale: Mapped[str] = mapped_column(String(16), default="en")
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    key: Mapped["PersonKey"] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class PersonKey(Model):
    """The key that a person's words are sealed under, itself wrapped. In a table of its own, to be backed up apart."""

    __tablename__ = "person_keys"

    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class AuthSession(Model):
    """One browser that is, or was, signed in. The cookie's value itself is not kept, only its hash."""

    __tablename__ = "auth_sessions"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    seen_on: Mapped[date]
    fresh_until: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]

    @property
    def shared(self) -> bool:
        """Whether it was opened on a device that others use, too. Such a session is never prolonged."""
        return self.expires_at <= self.created_at + SHARED

    def prolong(self, now: datetime) -> None:
        """Note a visit: 14 days from now, never more than 30 in all."""
        self.seen_on = now.date()
        if not self.shared:
            self.expires_at = min(now + IDLE, self.created_at + ABSOLUTE)


class RecoveryCode(Model):
    """One of eight codes, each good for one new password. Only its keyed hash is kept."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]


class Throttle(Model):
    """How often something was tried lately. `name` is a keyed hash of what is counted, so it tells nothing."""

    __tablename__ = "throttles"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime]
    blocked_until: Mapped[datetime | None] = mapped_column(index=True)
