"""Occasions on which two do a longer exercise, the moves they make in it, and what is typed and not yet given."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id, new_id


class Occasion(Model):
    """One time that a couple does, or plans to do, a guided exercise. `first` is the side of who begins.

    It ends when both have closed it, or early. Where it stands meanwhile follows from its moves, see `flow.Flow`.
    """

    __tablename__ = "occasions"
    __table_args__ = (
        Index("ix_occasions_couple_id_ended_on", "couple_id", "ended_on"),
        Index(
            "ix_occasions_planned_at_to_ring",
            "planned_at",
            sqlite_where=text("rung_at IS NULL AND begun_at IS NULL"),
            postgresql_where=text("rung_at IS NULL AND begun_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"))
    exercise: Mapped[str] = mapped_column(String(32))
    variant: Mapped[str] = mapped_column(String(32))
    first: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    planned_at: Mapped[datetime | None]
    rung_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_on: Mapped[date | None] = mapped_column(Date)
    stopped_at: Mapped[datetime | None]


class Move(Model):
    """One thing that somebody did in an occasion. Step, lane and number are its natural key, see `flow.Key`.

    `words` are sealed under the author's key; who may read them is decided by `flow.Flow.reads`, nowhere else. `rating`
    is a plain number, and its author's alone. `together` means it was made side by side on one phone.
    """

    __tablename__ = "moves"

    occasion_id: Mapped[Id] = mapped_column(ForeignKey("occasions.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(String(32), primary_key=True)
    lane: Mapped[str] = mapped_column(String(8), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    pick: Mapped[int | None]
    rating: Mapped[int | None]
    words: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    together: Mapped[bool] = mapped_column(default=False)


class StepDraft(Model):
    """What somebody has typed in a step and not yet given. Theirs alone, always."""

    __tablename__ = "step_drafts"

    occasion_id: Mapped[Id] = mapped_column(ForeignKey("occasions.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(String(32), primary_key=True)
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(index=True)
