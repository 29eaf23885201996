"""Prompts, responses and what grows around them. Who may read a response is said here, once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, ForeignKeyConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model
from app.core.ids import Id, new_id

CHECK_IN, APPRECIATION, MIRRORING, LOVE_MAP = "check_in", "appreciation", "mirroring", "love_map"


class PlanEntry(Model):
    """The weekdays on which a couple does an exercise: bit 0 is Monday. A couple without entries has the default."""

    __tablename__ = "plan_entries"

    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True)
    exercise: Mapped[str] = mapped_column(String(32), primary_key=True)
    weekdays: Mapped[int]


class Prompt(Model):
    """One exercise, with its question, given to one couple for one day.

    `take` counts from 1: when a question is set aside ("not this one"), the next take brings another. What stands in
    `brought_by` is the id of what somebody gave besides the plan, where the plan does not have it.
    """

    __tablename__ = "prompts"
    __table_args__ = (UniqueConstraint("couple_id", "day", "exercise", "take"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date)
    exercise: Mapped[str] = mapped_column(String(32))
    take: Mapped[int] = mapped_column(default=1)
    item: Mapped[str | None] = mapped_column(String(64))
    set_aside_at: Mapped[datetime | None]
    brought_by: Mapped[Id | None]

    responses: Mapped[list["Response"]] = relationship(back_populates="prompt", passive_deletes=True)


class Response(Model):
    """What one partner answers to a prompt. `words` are sealed under the author's key, `ratings` are plain numbers.

    Whether somebody may read one is decided by `exchange.Exchange.yours`, nowhere else.
    """

    __tablename__ = "responses"

    prompt_id: Mapped[Id] = mapped_column(ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    ratings: Mapped[dict[str, Any]] = mapped_column(JSON)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    given_on: Mapped[date] = mapped_column(Date)
    submitted_at: Mapped[datetime]
    kept_waiting_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    opened_on: Mapped[date | None] = mapped_column(Date)

    prompt: Mapped[Prompt] = relationship(back_populates="responses")


class Mark(Model):
    """What a partner says of the other's response: how close a guess was, how much an appreciation landed."""

    __tablename__ = "marks"

    prompt_id: Mapped[Id] = mapped_column(primary_key=True)
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    value: Mapped[int]
    words: Mapped[bytes | None] = mapped_column(LargeBinary)
    marked_at: Mapped[datetime]

    __table_args__ = (ForeignKeyConstraint(["prompt_id"], ["prompts.id"], ondelete="CASCADE"),)


class Amendment(Model):
    """A later wording of one field of an open response. Both see it, and the earlier words stay."""

    __tablename__ = "amendments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["prompt_id", "author_id"], ["responses.prompt_id", "responses.author_id"], ondelete="CASCADE"
        ),
    )

    prompt_id: Mapped[Id] = mapped_column(primary_key=True)
    author_id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(String(16))
    words: Mapped[bytes] = mapped_column(LargeBinary)
    amended_at: Mapped[datetime]


class Draft(Model):
    """What a partner has typed and not yet given. Theirs alone, always."""

    __tablename__ = "drafts"

    prompt_id: Mapped[Id] = mapped_column(ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(index=True)


class Turn(Model):
    """One step of a mirroring, open to both from the start. `together` means it was typed side by side on one phone."""

    __tablename__ = "turns"

    prompt_id: Mapped[Id] = mapped_column(ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    round: Mapped[int]
    attempt: Mapped[int]
    rating: Mapped[int | None]
    words: Mapped[bytes] = mapped_column(LargeBinary)
    taken_at: Mapped[datetime]
    together: Mapped[bool] = mapped_column(default=False)


class DayTogether(Model):
    """A day on which both did the same prompt. Written with the second response, so that a month counts at once."""

    __tablename__ = "days_together"

    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
