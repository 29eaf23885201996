"""What two write on the path: lines at a step, what each wants, the words they stand by; and which steps are behind."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id


class Line(Model):
    """What one of a couple wrote at a step. Both read it from then on; of somebody alone it is a note of their own.

    It never changes: who means it otherwise by now writes another.
    """

    __tablename__ = "path_lines"

    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counts the lines of a couple, from 1."""
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(40))
    words: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime]


class StepBehind(Model):
    """That a couple says of a step: we have done this. Who of the two said so is kept nowhere; undoing deletes it."""

    __tablename__ = "path_steps_behind"

    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(String(40), primary_key=True)
    done_on: Mapped[date] = mapped_column(Date)


class Choice(Model):
    """The aims that one of a couple has chosen, sealed. Both read both once both have chosen."""

    __tablename__ = "path_choices"

    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    aims: Mapped[bytes] = mapped_column(LargeBinary)
    chosen_at: Mapped[datetime]


class Wording(Model):
    """A wording of what the two stand by, as one of them wrote it. It stands once the other has agreed to it."""

    __tablename__ = "path_wordings"

    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counts the wordings of a couple, from 1: only the last one can be agreed to."""
    author_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[str | None] = mapped_column(
        String(22), ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
