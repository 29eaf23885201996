"""What can be taken along of a couple: one record for each partner, and one of the couple. Never one in another."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext

from app.caseload.attention import DONE, NOT_ASKED
from app.caseload.record import COUPLE, PARTNER, WHOSE, Chosen, Joint, Piece, Record, Week
from app.caseload.service import chosen, measured
from app.caseload.service.cases import Case
from app.caseload.service.detail import Strand, strands_of
from app.core.crypto import vault
from app.therapist.models import ASSESSMENTS, RESPONSES
from app.therapist.service import Author, Opened


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be in a record. Without `named` a pseudonym stands for the name; without `words` no word is in it."""

    whose: str
    named: bool = False
    words: bool = False


def record_of(author: Author, door: Opened, case: Case, wanted: Wanted, *, now: datetime) -> Record:
    """The record of one partner or of the couple, as far as both consent at this moment."""
    two = door.couple.partners
    reasons = RESPONSES in door.classes
    strands = strands_of(author, door.couple.id, two, first=door.couple.since, today=case.today, reasons=reasons)
    if wanted.whose == COUPLE:
        return _of_couple(author, door, case, strands, named=wanted.named)
    who = WHOSE.index(wanted.whose) - 1
    me, you = two[who], two[1 - who]
    pair = chosen.pair_for(door.couple.id, door.couple.zone, me, you, door.couple.since)
    shown = chosen.shown_by(pair, author.id, now=now) if wanted.words and RESPONSES in door.classes else []
    partner = you.name if wanted.named else gettext("your partner")
    told = measured.told_of(door.couple.id, me, partner) if ASSESSMENTS in door.classes else []
    pseudonym = pseudonym_of(author, me.id, "P")
    return Record(
        kind=PARTNER,
        subject=me.name if wanted.named else pseudonym,
        pseudonym=pseudonym,
        made_on=case.today,
        first=door.couple.since,
        last=case.today,
        homework=tuple(_pieces(strands, who, words=wanted.words)),
        weeks=_weeks(case, who),
        scored=measured.scored(told),
        answered=measured.answered(told),
        sat=measured.sat(told),
        chosen=tuple(
            Chosen(id=own.prompt_id, day=own.day, exercise=own.exercise, title=own.title, words=own.words)
            for own in shown
        ),
    )


def pseudonym_of(author: Author, ident: str, letter: str) -> str:
    """What somebody is called in the records of one therapist: always the same, and another for any other therapist."""
    return f"{letter}-{vault().fingerprint(f'{author.id}|{ident}', 'pseudonym')[:8].upper()}"


def _of_couple(author: Author, door: Opened, case: Case, strands: list[Strand], *, named: bool) -> Record:
    pseudonym = pseudonym_of(author, door.couple.id, "C")
    return Record(
        kind=COUPLE,
        subject=case.name if named else pseudonym,
        pseudonym=pseudonym,
        made_on=case.today,
        first=door.couple.since,
        last=case.today,
        members=tuple(pseudonym_of(author, each.id, "P") for each in door.couple.partners),
        together=tuple(
            Joint(
                id=_ident(piece.homework_id, piece.day, "both"),
                exercise=strand.exercise,
                title=strand.name,
                day=piece.day,
                both_done=piece.both_done,
                both_done_on=max(part.done_on or piece.day for part in piece.parts) if piece.both_done else None,
                talked_over_on=piece.talked_on,
            )
            for strand in strands
            for piece in strand.pieces
            if piece.both_asked
        ),
    )


def _pieces(strands: list[Strand], who: int, *, words: bool) -> list[Piece]:
    return [
        Piece(
            id=_ident(piece.homework_id, piece.day, str(who)),
            exercise=strand.exercise,
            title=strand.name,
            day=piece.day,
            state=part.state,
            opened_on=part.opened_on,
            done_on=part.done_on if part.state == DONE else None,
            went=part.went,
            because=part.because if words else "",
            talked_over_on=piece.talked_on,
        )
        for strand in strands
        for piece in strand.pieces
        for part in [piece.parts[who]]
        if part.state != NOT_ASKED
    ]


def _weeks(case: Case, who: int) -> tuple[Week, ...]:
    line = case.facts.lines[who]
    if line is None:
        return ()
    last = line.weeks[-1].week if line.weeks else None
    return tuple(
        Week(each.week, each.level, each.low, each.high, line.change if each.week == last else "", each.formula)
        for each in line.weeks
    )


def _ident(homework_id: str, day: date, whose: str) -> str:
    """An id for a row, as FHIR allows it: letters, digits and dashes."""
    return f"{vault().fingerprint(f'{homework_id}|{whose}', 'pseudonym')[:12]}-{day:%Y%m%d}"
