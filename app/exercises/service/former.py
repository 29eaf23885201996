"""One's own words from before: from a couple that has ended, or from when one began alone. Nobody else's, ever."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select

from app.core.db import db
from app.couples.models import Membership
from app.couples.service import Pair
from app.exercises.models import Amendment, Draft, Mark, Prompt, Response, Turn
from app.exercises.service.ratings import former_erased
from app.exercises.words import open_words
from app.guided import service as guided

WRITTEN = (Response, Turn, Mark)
"""What stays of what somebody did with a prompt; an amendment is there only beside a response."""


@dataclass(slots=True)
class Former:
    """All that I gave to one prompt: its row (id, day, exercise, item), my numbers, and my words in their order."""

    row: Any
    ratings: dict[str, Any] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    later: list[str] = field(default_factory=list)
    """As I said it again once it was open."""

    turns: list[str] = field(default_factory=list)
    mark: int | None = None
    """How much what I was given landed, or how close the other's guess was."""

    thanks: str = ""


def former_words(pair: Pair, *, before: date | None = None, most: int = 40) -> tuple[list[Former], date | None]:
    """(what I gave in couples that have ended, newest first; the day to ask with for more, if any)."""
    query = _there(pair).where(or_(*(_mine(table, pair) for table in WRITTEN))).limit(most + 1)
    rows = db.session.execute(query.where(Prompt.day < before) if before else query).all()
    older = None
    if len(rows) > most:
        # No day is cut in two, since days are what one asks with.
        rows = [row for row in rows if row.day != rows[-1].day]
        older = rows[-1].day
    found = {row.id: Former(row) for row in rows}
    _fill(pair, found)
    return list(found.values()), older


def former_drafts(pair: Pair) -> list[tuple[Any, list[tuple[str, str]]]]:
    """What I was writing when a couple ended: (row of day, exercise, item; what was typed), newest first."""
    mine = and_(Draft.prompt_id == Prompt.id, Draft.author_id == pair.me.id)
    query = _there(pair).join(Draft, mine).add_columns(Draft.words)
    opened = [(row, _opened(pair, "drafts", row.id, row.words)) for row in db.session.execute(query)]
    return [(row, [(name, value) for name, value in words["typed"]]) for row, words in opened]


def erase_former(pair: Pair) -> None:
    """Delete all that I wrote, marked and said in couples that have ended."""
    there = _there(pair).with_only_columns(Prompt.id).order_by(None)
    for table in (*WRITTEN, Draft):
        db.session.execute(delete(table).where(table.author_id == pair.me.id, table.prompt_id.in_(there)))
    guided.erase_former_moves(pair)
    former_erased.tell(pair)


def _there(pair: Pair) -> Select[str, date, str, str | None]:
    """The prompts of the couples that I have left, newest first."""
    left = and_(
        Membership.couple_id == Prompt.couple_id,
        Membership.person_id == pair.me.id,
        Membership.left_at.is_not(None),
    )
    row = select(Prompt.id, Prompt.day, Prompt.exercise, Prompt.item)
    return row.join(Membership, left).order_by(Prompt.day.desc(), Prompt.exercise, Prompt.take)


def _mine(table: type[Response | Turn | Mark], pair: Pair) -> ColumnElement[bool]:
    return exists().where(table.prompt_id == Prompt.id, table.author_id == pair.me.id)


def _fill(pair: Pair, found: dict[str, Former]) -> None:
    for response in _rows(Response, pair, found):
        former = found[response.prompt_id]
        former.ratings = response.ratings
        former.words = _opened(pair, "responses", response.prompt_id, response.words)
    for later in _rows(Amendment, pair, found, Amendment.number):
        words = _opened(pair, "amendments", f"{later.prompt_id}.{later.number}", later.words)
        found[later.prompt_id].later.append(words["text"])
    for turn in _rows(Turn, pair, found, Turn.number):
        words = _opened(pair, "turns", f"{turn.prompt_id}.{turn.number}", turn.words)
        found[turn.prompt_id].turns += filter(None, [words.get("text", "")])
    for mark in _rows(Mark, pair, found):
        found[mark.prompt_id].mark = mark.value
        if mark.words:
            found[mark.prompt_id].thanks = _opened(pair, "marks", mark.prompt_id, mark.words).get("thanks", "")


def _rows(table: Any, pair: Pair, found: dict[str, Former], *order: Any) -> Iterable[Any]:
    mine = select(table).where(table.author_id == pair.me.id, table.prompt_id.in_(found))
    return db.session.scalars(mine.order_by(*order))


def _opened(pair: Pair, table: str, row: str, sealed: bytes) -> dict[str, Any]:
    return open_words(pair.me.key, table, row, pair.me.id, sealed)
