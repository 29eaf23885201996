"""A person, their key, the devices they are signed in on, what they show besides a password, and the throttles."""

from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, Boolean, ColumnElement, ForeignKey, LargeBinary, String, exists, or_, type_coerce
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model
from app.core.ids import Id, new_id

PARTNER, THERAPIST = "partner", "therapist"
IDLE, ABSOLUTE, FRESH = timedelta(days=14), timedelta(days=30), timedelta(minutes=5)
SHARED = timedelta(hours=12)
"""How long a session lasts on a device that others use, too."""

LIMITS = {PARTNER: (IDLE, ABSOLUTE), THERAPIST: (timedelta(minutes=30), timedelta(hours=12))}
"""How long a session lasts without a visit, and in all. NIST SP 800-63B asks for less where others' lives are read."""


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

    def prolong(self, now: datetime, role: str) -> None:
        """Note a visit: for as long again as one may stay away, never longer than a session lasts in all."""
        self.seen_on = now.date()
        idle, absolute = LIMITS[role]
        if role == THERAPIST or not self.shared:
            self.expires_at = min(now + idle, self.created_at + absolute)


class RecoveryCode(Model):
    """One of eight codes, each good for one new password. Only its keyed hash is kept."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]


class Passkey(Model):
    """A key pair that a browser or a security key keeps: here is its public half, as WebAuthn tells it (base64url).

    `synced`: it may lie with several devices of one account; `backed_up`: it does so now. `sign_count` only grows.
    """

    __tablename__ = "passkeys"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1364), unique=True)
    public_key: Mapped[str] = mapped_column(String(2000))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    synced: Mapped[bool]
    backed_up: Mapped[bool]
    name: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    used_on: Mapped[date | None]


class Authenticator(Model):
    """An app that shows six digits: by `secret`, and one that is being set up by `fresh`, until it takes its place.

    `used_step` is the last step of thirty seconds whose digits were taken.
    """

    __tablename__ = "authenticators"

    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    fresh: Mapped[bytes | None] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    used_step: Mapped[int | None] = mapped_column(BigInteger)


class Challenge(Model):
    """Something asked once and soon over: a passkey to sign with, or the second step after a password. Only hashes.

    One kind lasts until somebody has come in: it says that a recovery code has set the password.
    """

    __tablename__ = "challenges"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str | None] = mapped_column(String(22), ForeignKey("people.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class TherapistInvitation(Model):
    """A code that lets somebody become a therapist here, once, within 72 hours. Only its keyed hash is kept.

    `name` is who it is meant for, "" if a colleague made it: `inviter_id`, None for whoever runs the server.
    """

    __tablename__ = "therapist_invitations"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    inviter_id: Mapped[str | None] = mapped_column(String(22), ForeignKey("people.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class AccountReset(Model):
    """A code from whoever runs the server, by which a therapist sets their account up anew: its keyed hash alone.

    The row stays as a record of the account; `told_at`: when they were told of it.
    """

    __tablename__ = "account_resets"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class Throttle(Model):
    """How often something was tried lately. `name` is a keyed hash of what is counted, so it tells nothing."""

    __tablename__ = "throttles"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime]
    blocked_until: Mapped[datetime | None] = mapped_column(index=True)


def secured() -> ColumnElement[bool]:
    """Whether `Person` has what they need besides a password, as a part of a statement: a therapist needs something."""
    has_passkey = exists().where(Passkey.person_id == Person.id)
    return type_coerce(or_(Person.role != THERAPIST, has_passkey, has_app(Person.id)), Boolean)


def has_app(person_id: object) -> ColumnElement[bool]:
    """Whether an app that shows digits is confirmed, as a part of a statement."""
    return exists().where(Authenticator.person_id == person_id, Authenticator.secret.is_not(None))
