"""A document as PDF: tagged, with a title and a language, so that it reads aloud (PDF/UA-1). Set by typst.

What it says goes in as data, never as markup: nothing that somebody wrote can become part of the typesetting.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import typst

from app.caseload.record import COUPLE, PARTNER, Record, Row, Texts, tables

CONTENT = Path(__file__).parent.parent / "content"
STANDARD: Literal["ua-1"] = "ua-1"
EMPTY = "–"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a document. `widths` are shares of the page, one for each column."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part: sentences, then what was said by whom, then a table."""

    heading: str
    sentences: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    grid: Grid | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document. `foot` stands below every page, `made_on` is the only day it bears."""

    title: str
    about: tuple[str, ...]
    sections: tuple[Section, ...]
    foot: str
    made_on: date
    lang: str = "en"

    def pdf(self) -> bytes:
        """The document. Where a letter is in none of our faces, the system's are asked, without the promise of UA-1."""
        told = json.dumps(
            {
                "title": self.title,
                "about": self.about,
                "foot": self.foot,
                "lang": self.lang,
                "sections": [_plain(section) for section in self.sections],
            }
        )
        stamp = datetime(self.made_on.year, self.made_on.month, self.made_on.day, tzinfo=UTC)
        try:
            return _set(told, stamp, own_faces=True)
        except typst.TypstError:
            return _set(told, stamp, own_faces=False)


def _set(told: str, stamp: datetime, *, own_faces: bool) -> bytes:
    return typst.compile(
        str(CONTENT / "paper.typ"),
        font_paths=[str(CONTENT / "fonts")],
        ignore_system_fonts=own_faces,
        format="pdf",
        sys_inputs={"told": told},
        pdf_standards=STANDARD if own_faces else None,
        timestamp=stamp,
    )


def _plain(section: Section) -> dict[str, object]:
    whole: dict[str, object] = {
        "heading": section.heading,
        "sentences": section.sentences,
        "said": section.said,
    }
    if section.grid:
        whole["table"] = {
            "head": section.grid.head,
            "rows": section.grid.rows,
            "widths": section.grid.widths,
        }
    return whole


WIDTHS = {
    "title": 5,
    "state": 3,
    "day": 3,
    "week": 3,
    "on": 3,
    "opened_on": 3,
    "done_on": 3,
    "talked_over_on": 3,
    "both_done_on": 3,
    "question": 7,
    "answer": 4,
    "words": 8,
    "because": 4,
    "name": 4,
    "exercise": 3,
}
LEFT_OUT = frozenset({"id", "subject", "formula", "exercise", "instrument"})
"""Columns that a reader of paper does without."""


def paper(record: Record, texts: Texts) -> bytes:
    """The record as a document."""
    span = texts.sentences["span"].format(
        first=texts.day(record.first), last=texts.day(record.last), made_on=texts.day(record.made_on)
    )
    sections = [_table(name, head, rows, texts) for name, (head, rows) in tables(record).items()]
    nothing = [Section(texts.titles["nothing"], (texts.sentences["nothing"],))]
    return Paper(
        f"{texts.titles[COUPLE if record.kind == COUPLE else PARTNER]}: {record.subject}",
        (span, texts.sentences["note"]),
        tuple(sections or nothing),
        f"Attune · {record.subject}",
        record.made_on,
        texts.lang,
    ).pdf()


def _table(name: str, head: tuple[str, ...], rows: Sequence[Row], texts: Texts) -> Section:
    # A column in which nobody has anything is no use on paper.
    filled = {at for at in range(len(head)) if any(row[at] not in {None, ""} for row in rows)}
    kept = [at for at, column in enumerate(head) if column not in LEFT_OUT and at in filled]
    columns = [head[at] for at in kept]
    return Section(
        texts.tables[name],
        grid=Grid(
            tuple(texts.columns[column] for column in columns),
            tuple(tuple(_cell(head[at], row[at], texts) for at in kept) for row in rows),
            tuple(WIDTHS.get(column, 2) for column in columns),
        ),
    )


WORDED = frozenset({"state", "change", "both_done", "validated"})
"""Columns whose values are words of ours."""

DAYS = frozenset({"day", "week", "on", "opened_on", "done_on", "both_done_on", "talked_over_on"})
"""Columns of days."""

ROUNDED = frozenset({"level", "low", "high"})
"""Points of 100, which a reader is told in whole ones, as on the pages: the band is wider than any fraction."""


def _cell(column: str, value: object, texts: Texts) -> str:
    if value in {None, ""}:
        return EMPTY
    if column in DAYS:
        return texts.day(date.fromisoformat(str(value)))
    if column in ROUNDED and isinstance(value, float):
        return f"{value:.0f}"
    return texts.values[str(value)] if column in WORDED else str(value)
