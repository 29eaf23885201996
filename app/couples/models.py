"""A couple, who is in it, and the invitation that brings the second partner."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.db import Model
from app.core.ids import Id, new_id

QUINCE, SLOE = "quince", "sloe"


class Couple(Model):
    """Two partners with one shared day. Somebody on their own is in a couple that waits for its second partner."""

    __tablename__ = "couples"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="couple", passive_deletes=True)


class Membership(Model):
    """One partner's place in a couple. `joined_on` is the couple's day: what was before stays the other's own."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_person_id_active",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    side: Mapped[str] = mapped_column(String(8))
    joined_on: Mapped[date]
    shows_answering: Mapped[bool] = mapped_column(default=False)
    left_at: Mapped[datetime | None]

    couple: Mapped[Couple] = relationship(back_populates="memberships")
    person: Mapped[Person] = relationship()


class Invitation(Model):
    """A code that lets one person ask to join, once, within 72 hours; the inviter then confirms who it is."""

    __tablename__ = "invitations"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), index=True)
    inviter_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(String(22), ForeignKey("people.id", ondelete="CASCADE"), index=True)
    claimed_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    inviter: Mapped[Person] = relationship(foreign_keys=[inviter_id])
    claimant: Mapped[Person | None] = relationship(foreign_keys=[claimed_by])
