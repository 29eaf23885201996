"""A practice, homework, what the two say of its days, and what a therapist keeps to give again."""

from datetime import date, datetime

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id, new_id
from app.therapist.days import Pause, Schedule

NONE, LIMITED, OWN = "none", "limited", "own"
POLICIES = (NONE, LIMITED, OWN)
"""How a therapist handles what one partner tells alone: no secrets, limited ones, or a policy in their own words."""


class Practice(Model):
    """What a couple is to know of a therapist before anything else. Its name, and a policy of their own, are sealed."""

    __tablename__ = "practices"

    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    policy: Mapped[str] = mapped_column(String(8))
    words: Mapped[bytes] = mapped_column(LargeBinary)


SHORT = frozenset({"check_in", "appreciation", "mirroring", "love_map"})
"""The exercises of a day. All others take an evening."""

OWN_EXERCISE = "own."
"""What stands before the id of a therapist's own exercise where an exercise is named."""


class Homework(Model):
    """An exercise that a therapist gives to a couple, or to one of them (`whom`). The note is sealed under their key.

    Of what has had a day, only `last`, `pauses` and `ended_at` ever change, and they from today on: a change of
    anything else ends this row and begins another of the same series, which has the id of its first. `dates` holds ISO
    days, `pauses` pairs of such, the second None while it goes on. Without a therapist (one who was erased) no note can
    be read any more, and nothing more is given.
    """

    __tablename__ = "homework"
    __table_args__ = (Index("ix_homework_couple_id_last", "couple_id", "last"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"))
    therapist_id: Mapped[str | None] = mapped_column(
        String(22), ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
    exercise: Mapped[str] = mapped_column(String(32))
    weekdays: Mapped[int] = mapped_column(default=0)
    dates: Mapped[list[str]] = mapped_column(JSON, default=list)
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date | None] = mapped_column(Date)
    pauses: Mapped[list[list[str | None]]] = mapped_column(JSON, default=list)
    whom: Mapped[str | None] = mapped_column(String(22), ForeignKey("people.id", ondelete="CASCADE"), index=True)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    series_id: Mapped[Id] = mapped_column(index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def schedule(self) -> Schedule:
        """When it is given, and to whom."""
        return schedule_of(self.exercise, self.first, self.last, self.weekdays, self.dates, self.pauses, self.whom)


class HomeworkDay(Model):
    """What one of the two says of a day of homework: that they skipped it, or how it went (0 to 10).

    `because` is sealed under their own key, and is for the therapist only where they chose so: then `shared_at` is set.
    """

    __tablename__ = "homework_days"

    homework_id: Mapped[Id] = mapped_column(ForeignKey("homework.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    skipped_at: Mapped[datetime | None]
    because: Mapped[bytes | None] = mapped_column(LargeBinary)
    shared_at: Mapped[datetime | None]
    went: Mapped[int | None]
    went_at: Mapped[datetime | None]


class HomeworkTemplate(Model):
    """A set of homework that a therapist gives more than once: its name and entries, sealed under their key."""

    __tablename__ = "homework_templates"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    therapist_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class OwnExercise(Model):
    """A longer exercise in a therapist's own words, sealed under their key. Once given it stays as it was given."""

    __tablename__ = "own_exercises"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    therapist_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    put_away_at: Mapped[datetime | None]


def schedule_of(
    exercise: str,
    first: date,
    last: date | None,
    weekdays: int,
    dates: list[str],
    pauses: list[list[str | None]],
    whom: str | None,
) -> Schedule:
    """A schedule out of the columns of a row, for who reads columns only."""
    return Schedule(
        first=first,
        last=last,
        weekdays=weekdays,
        dates=tuple(date.fromisoformat(each) for each in dates),
        pauses=tuple(_pause(*pause) for pause in pauses),
        whom=whom,
        longer=exercise not in SHORT,
    )


def _pause(first: str | None, last: str | None) -> Pause:
    return date.fromisoformat(first or ""), date.fromisoformat(last) if last else None
