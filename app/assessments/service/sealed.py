"""A sitting, and how its answers lie in a row: a small JSON object, sealed under its person's key."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.assessments.instrument import Answers, Instrument
from app.assessments.models import ANSWERS, PARTS, PRIVATE, Assessment
from app.core.crypto import seal, unseal

Given = Mapping[str, int | None]
"""Item id → the value that was chosen, None where the item was skipped on purpose."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """A sitting as its own person may see it. `private` is what was given to questions that are asked in private."""

    id: str
    couple_id: str
    instrument: str
    version: str
    locale: str
    wording_hash: str
    started_at: datetime
    finished_at: datetime | None
    finished_on: date | None
    given: Given
    private: Given

    @property
    def answers(self) -> Answers:
        """What was answered, without what is private."""
        return answered(self.given)

    @property
    def all_given(self) -> Given:
        """What was given on all pages."""
        return {**self.given, **self.private}

    def in_words_of(self, instrument: Instrument) -> bool:
        """Whether it was sat in the very words of `instrument`."""
        mine = self.instrument, self.version, self.wording_hash
        return mine == (instrument.id, instrument.version, instrument.wording_hash)


def answered(given: Given) -> dict[str, int]:
    """The answers without what was skipped."""
    return {ident: value for ident, value in given.items() if value is not None}


COLUMNS = (
    Assessment.id, Assessment.couple_id, Assessment.instrument, Assessment.version, Assessment.locale,
    Assessment.wording_hash, Assessment.started_at, Assessment.finished_at, Assessment.finished_on,
    Assessment.answers, Assessment.private_answers,
)  # fmt: skip
_FACTS = tuple(column.key for column in COLUMNS[:-2])


def opened(row: Any, key: bytes, person_id: str, parts: Collection[str] = PARTS) -> Sitting:
    """A row of COLUMNS with these parts open, and no other. Raises Undecipherable."""
    ident, answers, private = row[0], row[-2], row[-1]
    facts: dict[str, Any] = dict(zip(_FACTS, row, strict=False))
    return Sitting(
        **facts,
        given=_unseal(key, ident, "answers", person_id, answers) if ANSWERS in parts else {},
        private=_unseal(key, ident, "private_answers", person_id, private) if private and PRIVATE in parts else {},
    )


def seal_given(key: bytes, ident: str, column: str, person_id: str, given: Given) -> bytes:
    """Seal what was given, for a column of the sitting with this id."""
    text = json.dumps(given, separators=(",", ":"), sort_keys=True)
    return seal(key, text, _about(ident, column, person_id))


def _unseal(key: bytes, ident: str, column: str, person_id: str, sealed: bytes) -> dict[str, int | None]:
    found: dict[str, int | None] = json.loads(unseal(key, sealed, _about(ident, column, person_id)))
    return found


def _about(ident: str, column: str, person_id: str) -> str:
    return f"assessments|{ident}|{column}|{person_id}"
