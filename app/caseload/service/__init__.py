"""What a therapist looks at and keeps. Nothing here commits, asks the time, or knows of HTTP."""

from app.caseload.service.awaited import ALONG, Awaited, awaited
from app.caseload.service.briefs import Line, add_line, has_looked, lines_of, look_at, open_to_therapist
from app.caseload.service.cases import Case, Side, case_of, caseload_of
from app.caseload.service.chosen import Own, forget_shown, own_of, pair_for, show, shown_by, take_back
from app.caseload.service.detail import Part, Piece, Strand, qualities, skipped_because, strands_of, talk_over
from app.caseload.service.keeping import Noted, erase_note, next_session, note_down, notes_of, set_care
from app.caseload.service.measured import told_of
from app.caseload.service.records import Wanted, pseudonym_of, record_of
from app.caseload.service.taking import forget_former, taken_along
from app.caseload.service.texts import texts_of_records
from app.caseload.service.week import is_soon, worth_a_look

__all__ = [
    "ALONG",
    "Awaited",
    "Case",
    "Line",
    "Noted",
    "Own",
    "Part",
    "Piece",
    "Side",
    "Strand",
    "Wanted",
    "add_line",
    "awaited",
    "case_of",
    "caseload_of",
    "erase_note",
    "forget_former",
    "forget_shown",
    "has_looked",
    "is_soon",
    "lines_of",
    "look_at",
    "next_session",
    "note_down",
    "notes_of",
    "open_to_therapist",
    "own_of",
    "pair_for",
    "pseudonym_of",
    "qualities",
    "record_of",
    "set_care",
    "show",
    "shown_by",
    "skipped_because",
    "strands_of",
    "take_back",
    "taken_along",
    "talk_over",
    "texts_of_records",
    "told_of",
    "worth_a_look",
]
