"""What can be taken along of a couple, in one neutral shape that every writer reads. Pure.

One record is of one partner, or of the couple. That of a partner holds what is theirs alone; that of the couple holds
what both did and nothing that only one of them gave, so that no record can be taken from another to leave the rest.
Days only, never a time of day.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

PARTNER, COUPLE = "partner", "couple"
WHOSE = (COUPLE, "first", "second")
"""Whose record: that of the couple, or that of its first or second partner."""

Row = tuple[object, ...]
Table = tuple[tuple[str, ...], Sequence[Row]]
"""Its head and its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One partner's part of a piece of homework: `state` as in attention, `went` from 0 to 10 where they said so."""

    id: str
    exercise: str
    title: str
    day: date
    state: str
    opened_on: date | None = None
    done_on: date | None = None
    went: int | None = None
    because: str = ""
    """Why it was skipped, where they chose to show it."""
    talked_over_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """A piece of homework that was for both: whether both did it, and since when."""

    id: str
    exercise: str
    title: str
    day: date
    both_done: bool
    both_done_on: date | None = None
    talked_over_on: date | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """One partner's score after a week, 0 to 100 with the ends of its 90 % band; None while it is too early to say."""

    week: date
    level: float | None
    low: float | None
    high: float | None
    change: str
    formula: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a sitting of an instrument came to on one of its scales. `validated`: whether it is a published one."""

    id: str
    instrument: str
    name: str
    version: str
    scale: str
    on: date
    value: float
    lowest: float
    highest: float
    validated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered to a question of a sitting. `id` is that of the sitting."""

    id: str
    on: date
    instrument: str
    name: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Sat:
    """A sitting as FHIR: a Questionnaire, and a QuestionnaireResponse without whose it is and when."""

    id: str
    on: date
    form: Mapping[str, Any]
    response: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A response of their own that a partner chose to show."""

    id: str
    day: date
    exercise: str
    title: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record. `subject` is what the person or couple is called in it: a pseudonym, unless names were asked for."""

    kind: str
    subject: str
    pseudonym: str
    made_on: date
    first: date
    last: date
    homework: tuple[Piece, ...] = ()
    together: tuple[Joint, ...] = ()
    weeks: tuple[Week, ...] = ()
    scored: tuple[Scored, ...] = ()
    answered: tuple[Answered, ...] = ()
    sat: tuple[Sat, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    members: tuple[str, ...] = field(default=())
    """The pseudonyms of the two, in the record of a couple."""


HOMEWORK = ("id", "day", "exercise", "title", "state", "opened_on", "done_on", "went", "because", "talked_over_on")
TOGETHER = ("id", "day", "exercise", "title", "both_done", "both_done_on", "talked_over_on")
WEEKS = ("week", "level", "low", "high", "change", "formula")
SCORED = ("id", "on", "instrument", "name", "version", "scale", "value", "lowest", "highest", "validated")
ANSWERED = ("id", "on", "instrument", "name", "question", "answer")
CHOSEN = ("id", "day", "exercise", "title", "words")
SUBJECT = "subject"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What a record says besides its facts, in one language: `lang` as BCP 47 has it.

    Titles and sentences of the document; tables and columns by their names; what each column means; the values that are
    words, as a reader of paper sees them; and the texts of FHIR. A sentence holds {first}, {last}, {made_on} or {day}.
    `day` tells one as a reader of paper sees it: data has days as ISO does.
    """

    lang: str
    day: Callable[[date], str]
    titles: Mapping[str, str]
    sentences: Mapping[str, str]
    tables: Mapping[str, str]
    columns: Mapping[str, str]
    meanings: Mapping[str, str]
    values: Mapping[str, str]
    fhir: Mapping[str, str]


def tables(record: Record) -> dict[str, Table]:
    """The record in tidy tables by name: one observation a row, the subject first. What is empty is left out."""
    parts: dict[str, tuple[tuple[str, ...], Sequence[object]]] = {
        "homework": (HOMEWORK, record.homework),
        "together": (TOGETHER, record.together),
        "weeks": (WEEKS, record.weeks),
        "assessments": (SCORED, record.scored),
        "answers": (ANSWERED, record.answered),
        "responses": (CHOSEN, record.chosen),
    }
    return {
        name: (
            (SUBJECT, *columns),
            [(record.subject, *(_plain(getattr(row, column)) for column in columns)) for row in rows],
        )
        for name, (columns, rows) in parts.items()
        if rows
    }


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 2) if isinstance(value, float) else value
