"""One couple's homework, day by day, with what each of the two made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from app.caseload.attention import DONE, NOT_ASKED, SKIPPED
from app.caseload.models import TalkedOver
from app.core.db import db, lock
from app.couples.service import Partner
from app.therapist.models import Homework
from app.therapist.service import Author, days_said, did_of, done_on, homework_for, homework_of, name_of, state
from app.therapist.service.own import own_name, own_rows
from app.therapist.service.saying import because_of


@dataclass(frozen=True, slots=True)
class Part:
    """One partner's part of a day of homework. `because` only where they let it be read.

    `done_on` of a short exercise is the day that it was for, `opened_on` the day on which they first looked at it.
    """

    state: str
    done_on: date | None = None
    went: int | None = None
    because: str = ""
    opened_on: date | None = None

    @property
    def left_open(self) -> bool:
        """Whether they opened it and have not done it."""
        return self.opened_on is not None and self.state != DONE

    @property
    def opened_before(self) -> date | None:
        """The day on which they opened it, where they did it on a later one or not at all."""
        return self.opened_on if self.opened_on and (self.done_on is None or self.opened_on < self.done_on) else None


NOBODYS = Part(NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Piece:
    """A day of homework: the first partner's part, and the second's."""

    homework_id: str
    day: date
    parts: tuple[Part, Part]
    talked_on: date | None

    @property
    def both_asked(self) -> bool:
        """Whether it was for both."""
        return all(part.state != NOT_ASKED for part in self.parts)

    @property
    def both_done(self) -> bool:
        """Whether both did it."""
        return all(part.state == DONE for part in self.parts)

    def of(self, who: int) -> "Piece":
        """What is one partner's own of it."""
        mine = self.parts[who]
        return replace(self, parts=(mine, NOBODYS) if who == 0 else (NOBODYS, mine))


@dataclass(frozen=True, slots=True)
class Strand:
    """One exercise that was given, with its days in order."""

    homework_id: str
    exercise: str
    name: str
    pieces: tuple[Piece, ...]

    def of(self, who: int) -> "Strand":
        """What is one partner's own of it."""
        return replace(self, pieces=tuple(each.of(who) for each in self.pieces if each.parts[who].state != NOT_ASKED))

    @property
    def together(self) -> tuple[int, int]:
        """(done by both, given to both)."""
        both = [each for each in self.pieces if each.both_asked]
        return sum(each.both_done for each in both), len(both)

    def left_open(self, who: int) -> int:
        """How many of its days one partner opened and has not done."""
        return sum(each.parts[who].left_open for each in self.pieces)

    def asked(self, who: int) -> int:
        """How many of its days were for one partner."""
        return sum(each.parts[who].state != NOT_ASKED for each in self.pieces)

    @property
    def talked_over(self) -> int:
        """How many of its days were talked over."""
        return sum(each.talked_on is not None for each in self.pieces)


Two = tuple[Partner, Partner]


def strands_of(author: Author, couple_id: str, two: Two, *, first: date, today: date, reasons: bool) -> list[Strand]:
    """What this therapist gave a couple from a day on, so far. Six statements at most.

    `reasons`: both let answers be read, so that a word on why something was skipped may be, where its author chose so.
    """
    rows = [row for row in homework_of([couple_id], first, today)[couple_id] if row.therapist_id == author.id]
    did, said = did_of([couple_id], first, today), days_said([couple_id], first, today)
    talked, own = _talked(rows, first), own_rows({row.exercise for row in rows})
    series: dict[str, list[Piece]] = {}
    latest: dict[str, Homework] = {}
    for row in rows:
        days = [day for day in row.schedule.days(first, today) if day <= today]
        parts = []
        for partner in two:
            done = done_on(row.schedule, days, did.get((couple_id, partner.id, row.exercise), []))
            made: list[Part] = []
            for day in days:
                word = said.get((row.id, partner.id, day))
                skipped = word is not None and word.skipped_at is not None
                told = reasons and word is not None and word.shared_at is not None
                made.append(
                    Part(
                        state(row.schedule, day, today=today, done=day in done, skipped=skipped),
                        done.get(day),
                        word.went if word is not None and day in done else None,
                        because_of(word, partner.key) if word is not None and told else "",
                        word.opened_on if word is not None else None,
                    )
                    if row.schedule.is_for(partner.id)
                    else NOBODYS
                )
            parts.append(made)
        pieces = [
            Piece(row.id, day, (one, two_), talked.get((row.id, day)))
            for day, one, two_ in zip(days, *parts, strict=True)
        ]
        series.setdefault(row.series_id, []).extend(pieces)
        latest[row.series_id] = row
    return [
        Strand(
            latest[ident].id,
            latest[ident].exercise,
            own_name(own.get(latest[ident].exercise), author.id, author.key) or name_of(latest[ident].exercise),
            tuple(sorted(pieces, key=lambda piece: piece.day)),
        )
        for ident, pieces in series.items()
        if pieces
    ]


def qualities(strands: Sequence[Strand], who: int) -> list[tuple[date, str, int]]:
    """(day, exercise, how it went from 0 to 10) of one partner, oldest first."""
    found = [
        (piece.day, strand.name, went)
        for strand in strands
        for piece in strand.pieces
        for went in [piece.parts[who].went]
        if went is not None
    ]
    return sorted(found)


def skipped_because(strands: Sequence[Strand], who: int) -> list[tuple[date, str, str]]:
    """(day, exercise, why) of what one partner skipped and let the why be read, oldest first."""
    found = [
        (piece.day, strand.name, piece.parts[who].because)
        for strand in strands
        for piece in strand.pieces
        if piece.parts[who].state == SKIPPED and piece.parts[who].because
    ]
    return sorted(found)


def talk_over(author: Author, couple_id: str, homework_id: str, *, today: date) -> None:
    """Note that the days so far of one homework, with what it followed, were talked over today. Raises NotFound."""
    given = homework_for(author.id, couple_id, homework_id)
    lock(given)
    rows = db.session.scalars(select(Homework).where(Homework.series_id == given.series_id)).all()
    known = set(_talked(rows, date.min))
    for row in rows:
        for day in row.schedule.days(row.first, today):
            if (row.id, day) not in known:
                db.session.add(TalkedOver(homework_id=row.id, day=day, talked_on=today))


def _talked(rows: Sequence[Homework], first: date) -> dict[tuple[str, date], date]:
    query = select(TalkedOver).where(TalkedOver.homework_id.in_([row.id for row in rows]), TalkedOver.day >= first)
    return {(each.homework_id, each.day): each.talked_on for each in db.session.scalars(query)}
