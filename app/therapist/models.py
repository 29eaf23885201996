"""A practice; the code that brings couple and therapist together; the guest, the consents of both, and the visits."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id, new_id

NONE, LIMITED, OWN = "none", "limited", "own"
POLICIES = (NONE, LIMITED, OWN)
"""How a therapist handles what one partner tells alone: no secrets, limited ones, or a policy in their own words."""

COMPLETION, SCORES, ASSESSMENTS, RESPONSES = "completion", "scores", "assessments", "responses"
CLASSES = (SCORES, ASSESSMENTS, RESPONSES)
"""What one may say yes to besides completion: whether exercises were done. That comes with every yes."""

VALID = timedelta(hours=72)
"""How long a code for one couple can be used."""

WAITS = timedelta(days=30)
"""How long a couple may take to say yes."""

VISIT = timedelta(minutes=30)
"""Looks at one kind of page within this time are one visit."""

EXPORT = "export"
"""The kind of visit that is never taken together with another."""


class Practice(Model):
    """What a couple is to know of a therapist before anything else. Its name, and a policy of their own, are sealed."""

    __tablename__ = "practices"

    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    policy: Mapped[str] = mapped_column(String(8))
    words: Mapped[bytes] = mapped_column(LargeBinary)


class CoupleCode(Model):
    """A code by which a couple lets a therapist ask: for one couple and three days, or, without an end, for any.

    The code itself follows from the id, and is kept as a hash alone.
    """

    __tablename__ = "couple_codes"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    therapist_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Guest(Model):
    """A therapist who asks, was let in, or was a guest of one couple.

    The door opens once, when both have said yes, and after its end never again: to begin anew takes a new code and two
    new consents. Who ended it is not kept.
    """

    __tablename__ = "guests"
    __table_args__ = (
        Index(
            "uq_guests_therapist_id_couple_id_living",
            "therapist_id",
            "couple_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    therapist_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Consent(Model):
    """What one partner has said to one guest: no, or yes to completion, and to what else. Nobody else sees it."""

    __tablename__ = "consents"

    guest_id: Mapped[Id] = mapped_column(ForeignKey("guests.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    said_at: Mapped[datetime]
    given: Mapped[bool]
    scores: Mapped[bool]
    assessments: Mapped[bool]
    responses: Mapped[bool]


class Visit(Model):
    """A look that a therapist took at one kind of page, or one export.

    Kinds are the same whatever classes are open: else the log would tell one partner what the other said yes to.
    """

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_guest_id_kind_began_at", "guest_id", "kind", "began_at"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    guest_id: Mapped[Id] = mapped_column(ForeignKey("guests.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    began_at: Mapped[datetime]
