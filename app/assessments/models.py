"""Sittings of instruments, and to whom somebody has opened one; the packs that the operator installed."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id, new_id

PARTNER, THERAPIST = AUDIENCES = ("partner", "therapist")
ANSWERS, PRIVATE = PARTS = ("answers", "private")
"""What can be opened of a sitting: its answers, and those to what is asked in private. Each by itself."""


class InstrumentPack(Model):
    """The words of one instrument in one language and version, checked when it was installed. Nobody's own."""

    __tablename__ = "instrument_packs"

    instrument: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The id of the key that it is for."""
    locale: Mapped[str] = mapped_column(String(6), primary_key=True)
    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    wording_hash: Mapped[str] = mapped_column(String(71))
    licence: Mapped[str] = mapped_column(Text)
    permission: Mapped[str] = mapped_column(Text)
    installed_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)
    """The whole pack as TOML."""


class Assessment(Model):
    """One sitting of an instrument by one person, in the words that it had for them then.

    Answers are sealed under the person's key, numbers like words. Those to what is asked in private lie by themselves,
    so that nothing that opens the others comes near them. The couple is the one it was about; leaving changes nothing.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        Index("ix_assessments_person_id_couple_id_instrument", "person_id", "couple_id", "instrument"),
        Index(
            "uq_assessments_person_id_couple_id_instrument_open",
            "person_id",
            "couple_id",
            "instrument",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), index=True)
    instrument: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(6))
    wording_hash: Mapped[str] = mapped_column(String(71))
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    private_answers: Mapped[bytes | None] = mapped_column(LargeBinary)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    finished_on: Mapped[date | None] = mapped_column(Date)
    """The couple's day on which it was finished."""


class Release(Model):
    """That somebody has opened a part of a sitting to their partner or to their therapist, and when they shut it again.

    A part is open to an audience while there is a row that was not withdrawn.
    """

    __tablename__ = "assessment_releases"
    __table_args__ = (
        Index(
            "uq_assessment_releases_assessment_id_part_audience_open",
            "assessment_id",
            "part",
            "audience",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[Id] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(8))
    audience: Mapped[str] = mapped_column(String(9))
    released_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Hint(Model):
    """How somebody wants to hear on their first page that something can be sat: not before a day, or not at all."""

    __tablename__ = "assessment_hints"

    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    not_before: Mapped[date | None] = mapped_column(Date)
    off_at: Mapped[datetime | None]
