"""What a therapist keeps of a couple beside what the two show, and what a partner chose to show."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.caseload.attention import IN_A_ROW
from app.core.db import Model
from app.core.ids import Id, new_id


class Care(Model):
    """How a therapist looks at a couple: how many missed in a row are told, and whether it is put away."""

    __tablename__ = "cares"

    therapist_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True, index=True)
    in_a_row: Mapped[int] = mapped_column(default=IN_A_ROW)
    archived_at: Mapped[datetime | None]


class Session(Model):
    """A day on which therapist and couple meet. The time of day is theirs to remember."""

    __tablename__ = "sessions"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    therapist_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), index=True)
    day: Mapped[date] = mapped_column(Date)


class TalkedOver(Model):
    """That a day of homework was talked over, and on which day that was."""

    __tablename__ = "talked_over"

    homework_id: Mapped[Id] = mapped_column(ForeignKey("homework.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    talked_on: Mapped[date] = mapped_column(Date)


class Note(Model):
    """A note of a therapist's own, sealed under their key: for them alone, whatever the couple takes along."""

    __tablename__ = "therapist_notes"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    therapist_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), index=True)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime]


class BriefLine(Model):
    """What a partner adds to the brief of a session, sealed under their key. Both and the therapist read it."""

    __tablename__ = "brief_lines"

    session_id: Mapped[Id] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime]


class BriefLook(Model):
    """That a partner has looked at the brief of a session. Told to nobody but as: both have."""

    __tablename__ = "brief_looks"

    session_id: Mapped[Id] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    looked_on: Mapped[date] = mapped_column(Date)


class Shown(Model):
    """A response of their own that a partner chose to show to a therapist. Taking it back deletes the row."""

    __tablename__ = "shown_responses"

    prompt_id: Mapped[Id] = mapped_column(ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    therapist_id: Mapped[str] = mapped_column(
        String(22), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    shown_at: Mapped[datetime]
