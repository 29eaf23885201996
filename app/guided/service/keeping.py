"""What the two have behind them, what stays one's own from before, and how much of it both have closed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, delete, func, select

from app.accounts.models import Person
from app.core.crypto import Undecipherable, vault
from app.core.db import db, rows_of
from app.couples.models import Membership
from app.couples.service import Pair
from app.guided.flow import SIDES
from app.guided.guide import named
from app.guided.models import Move, Occasion, StepDraft
from app.guided.service.drafts import opened_draft
from app.guided.service.others import guide_for
from app.guided.service.words import words_in

A_PAGE = 60
"""How many a page of the journal shows at the most, which are more than a couple has in a week."""

_ENDED: Any = (
    select(
        Occasion.id,
        Occasion.exercise,
        Occasion.variant,
        Occasion.ended_on,
        Occasion.stopped_at.is_not(None).label("stopped"),
    )
    .where(Occasion.couple_id == bindparam("couple"), Occasion.ended_on < bindparam("before"))
    .order_by(Occasion.ended_on.desc(), Occasion.ended_at.desc())
)
_PAST = _ENDED.limit(A_PAGE)
_PAST_OF = _ENDED.where(Occasion.exercise == bindparam("exercise")).limit(A_PAGE + 1)


@dataclass(frozen=True, slots=True)
class Past:
    """An occasion that is over, as a line of the journal shows it."""

    id: str
    name: str
    title: str
    day: date
    stopped: bool


@dataclass(slots=True)
class FormerOccasion:
    """What I gave on one occasion of a couple that has ended: my words in order, and what I had only typed."""

    name: str
    day: date
    words: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    rating: int | None = None


def past_of(pair: Pair, first: date, before: date) -> tuple[list[Past], date | None]:
    """(what ended from a day on, before another, newest first; the latest day before these, if any). One statement."""
    rows = rows_of(_PAST, couple=pair.couple_id, before=before)
    earlier = next((row.ended_on for row in rows if row.ended_on < first), None)
    return [_past(pair, row) for row in rows if row.ended_on >= first], earlier


def past_with(pair: Pair, exercise: str, before: date) -> tuple[list[Past], date | None]:
    """(what has ended of one exercise before a day, newest first; the day to ask with for more). One statement."""
    rows = rows_of(_PAST_OF, couple=pair.couple_id, before=before, exercise=exercise)
    if len(rows) <= A_PAGE:
        return [_past(pair, row) for row in rows], None
    # No day is cut in two, since days are what one asks with.
    whole = [row for row in rows if row.ended_on != rows[-1].ended_on]
    return [_past(pair, row) for row in whole], whole[-1].ended_on if whole else None


def closed_between(couple: Any, first: Any, last: Any) -> ScalarSelect[int]:
    """How many occasions a couple has closed together in some days, as part of a larger statement."""
    here = (Occasion.couple_id == couple, Occasion.ended_on >= first, Occasion.ended_on <= last)
    return select(func.count(Occasion.id)).where(*here, Occasion.stopped_at.is_(None)).scalar_subquery()


def former_occasions(pair: Pair) -> list[FormerOccasion]:
    """What I gave and typed on occasions of couples that have ended, newest first. Two statements."""
    left = and_(
        Membership.couple_id == Occasion.couple_id,
        Membership.person_id == pair.me.id,
        Membership.left_at.is_not(None),
    )
    return _own(pair.me.id, pair.me.key, left)


def own_occasions(person: Person) -> list[dict[str, Any]]:
    """What somebody takes along of all their occasions, in plain values: what they gave, rated and typed."""
    key = vault().unwrap(person.key.wrapped, person.id)
    here = and_(Membership.couple_id == Occasion.couple_id, Membership.person_id == person.id)
    return [
        {
            "exercise": each.name,
            "day": each.day.isoformat(),
            "words": each.words,
            "how_it_went": each.rating,
            "typed": each.typed,
        }
        for each in reversed(_own(person.id, key, here))
    ]


def erase_former_moves(pair: Pair) -> None:
    """Delete all that I gave and typed on occasions of couples that have ended."""
    left = select(Membership.couple_id).where(Membership.person_id == pair.me.id, Membership.left_at.is_not(None))
    there = select(Occasion.id).where(Occasion.couple_id.in_(left))
    for table in (Move, StepDraft):
        db.session.execute(delete(table).where(table.author_id == pair.me.id, table.occasion_id.in_(there)))


def _own(author: str, key: bytes, membership: ColumnElement[bool]) -> list[FormerOccasion]:
    found: dict[str, FormerOccasion] = {}
    for move, occasion, side in _rows(Move, author, membership, Move.made_at, Move.number):
        if move.lane in SIDES and (move.words or move.rating is not None or move.pick is not None):
            each = found.setdefault(occasion.id, _former(occasion))
            each.rating = move.rating if move.rating is not None else each.rating
            each.words += filter(None, [_opened(move, author, key), _picked(move, occasion, side)])
    for draft, occasion, _side in _rows(StepDraft, author, membership, StepDraft.saved_at):
        typed = [value for name, value in opened_draft(author, key, draft) or [] if name == "text" and value]
        if typed:
            found.setdefault(occasion.id, _former(occasion)).typed += typed
    return sorted(found.values(), key=lambda each: each.day, reverse=True)


def _rows(table: Any, author: str, membership: ColumnElement[bool], *order: Any) -> Iterable[Any]:
    mine = (
        select(table, Occasion, Membership.side)
        .join(Occasion, Occasion.id == table.occasion_id)
        .join(Membership, membership)
    )
    return db.session.execute(mine.where(table.author_id == author).order_by(*order)).all()


def _former(occasion: Occasion) -> FormerOccasion:
    guide = guide_for(occasion.couple_id, occasion.exercise)
    day = occasion.ended_on or (occasion.begun_at or occasion.created_at).date()
    return FormerOccasion(guide.name if guide else gettext("A longer exercise"), day)


def _opened(move: Move, author: str, key: bytes) -> str:
    """What was written, or "" where it does not open any more: the rest is still worth having."""
    try:
        return words_in(move, author, key)
    except Undecipherable:
        return ""


def _picked(move: Move, occasion: Occasion, side: str) -> str:
    guide = guide_for(occasion.couple_id, occasion.exercise)
    step = guide.variant(occasion.variant).step(move.step) if guide else None
    options = step.options if step else ()
    return _told(options[move.pick], occasion, side) if move.pick is not None and move.pick < len(options) else ""


def _told(text: str, occasion: Occasion, side: str) -> str:
    """A text of an exercise for one who reads it alone, and long after: without the partner's name."""
    me, you = gettext("me"), gettext("your partner")
    first, second = (me, you) if occasion.first == side else (you, me)
    return named(text, me=me, you=you, first=first, second=second)


def _past(pair: Pair, row: Any) -> Past:
    guide = guide_for(pair.couple_id, row.exercise)
    name, title = (guide.name, guide.variant(row.variant).title) if guide else (gettext("A longer exercise"), "")
    return Past(row.id, name, title, row.ended_on, row.stopped)
