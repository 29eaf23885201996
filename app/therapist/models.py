"""A practice; the code that brings couple and therapist together; the guest, the consents, the visits; homework."""

from datetime import date, datetime, timedelta

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id, new_id
from app.therapist.days import Pause, Schedule

NONE, LIMITED, OWN = "none", "limited", "own"
POLICIES = (NONE, LIMITED, OWN)
"""How a therapist handles what one partner tells alone: no secrets, limited ones, or a policy in their own words."""

COMPLETION, SCORES, ASSESSMENTS, RESPONSES = "completion", "scores", "assessments", "responses"
CLASSES = (SCORES, ASSESSMENTS, RESPONSES)
"""What one may say yes to besides completion: whether exercises were opened and done. That comes with every yes."""

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
    new consents. Who ended it is not kept. `changed_at`: when what both said yes to was last another than before, while
    the door stood open.
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
    changed_at: Mapped[datetime | None]
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
    """What one of the two made of a day of homework besides doing it: opened, skipped, or how it went (0 to 10).

    `opened_on` is the couple's day on which they first opened it while it was not done; no instant is kept of it.
    `because` is sealed under their own key, and is for the therapist only where they chose so: then `shared_at` is set.
    """

    __tablename__ = "homework_days"
    __table_args__ = (Index("ix_homework_days_person_id_day", "person_id", "day"),)

    homework_id: Mapped[Id] = mapped_column(ForeignKey("homework.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    skipped_at: Mapped[datetime | None]
    because: Mapped[bytes | None] = mapped_column(LargeBinary)
    shared_at: Mapped[datetime | None]
    went: Mapped[int | None]
    went_at: Mapped[datetime | None]
    opened_on: Mapped[date | None] = mapped_column(Date)


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
