"""Making a move: under a lock, judged by the machine, once."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy import delete

from app.core.crypto import seal
from app.core.db import db, lock
from app.core.errors import DomainError
from app.core.news import News
from app.couples.service import Pair, Partner
from app.guided.flow import KNOWN, NEW, OTHERS, SIDES, Key
from app.guided.models import Move, Occasion, StepDraft
from app.guided.service.looking import Seen, seen_of
from app.guided.service.words import about, words_of

BOTH = "both"
"""The lane of a move that two make at once, side by side on one phone: it goes into that of each."""

page_opened: News[[Pair, str, datetime]] = News()
"""(who, exercise, now): one of the two looks at one that is under way. Told outside of any transaction, once the page
is made: a hearer that has something to keep opens one."""

closed: News[[Pair, datetime]] = News()
"""Both have closed an occasion, to its last step, now."""


class MovedOn(DomainError):
    """The step is over, or not reached, since the page was made. What was typed is kept."""

    message = lazy_gettext("It has moved on since this page opened. Here is where you are.")


class NotYours(DomainError):
    """It is the other's to do."""

    message = lazy_gettext("This one is not yours to do. Here is where you are.")


class AlreadyGiven(DomainError):
    """Other words were given in this step before; those stay."""

    message = lazy_gettext("You have given this already, and that stays. What you typed now is below.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A move that somebody wants to make: where, and what it holds."""

    step: str
    lane: str
    number: int = 1
    text: str = ""
    pick: int | None = None
    rating: int | None = None
    together: bool = False


def make_move(pair: Pair, occasion: Occasion, wish: Wish, *, now: datetime) -> bool:
    """Make a move, or both of those of two on one phone. Whether it is new: the same one again changes nothing.

    Raises MovedOn, NotYours, and AlreadyGiven for other words in the same place.
    """
    # Both may tap in the same instant: the later waits here, then sees what the earlier did.
    lock(occasion)
    lanes = SIDES if wish.lane == BOTH and wish.together else (wish.lane,)
    new = [_make(pair, occasion, wish, lane, now=now) for lane in lanes]
    if any(new):
        _settle(pair, seen_of(pair, occasion, now=now), now=now)
    return any(new)


def _make(pair: Pair, occasion: Occasion, wish: Wish, lane: str, *, now: datetime) -> bool:
    seen = seen_of(pair, occasion, now=now)
    if seen.planned:
        raise MovedOn
    author = seen.on(lane) if lane in SIDES else pair.me
    if author.id != pair.me.id and not wish.together:
        raise NotYours
    number = wish.number
    if wish.lane == BOTH:
        # On one phone both choose as one, also where one of them has chosen before on a phone of their own.
        number = min(number, seen.flow.next_number(wish.step, lane))
    key = Key(wish.step, lane, number)
    verdict = seen.flow.judge(key)
    if verdict == KNOWN:
        _compare(pair, seen.rows[key], wish, author)
        return False
    if verdict != NEW:
        raise NotYours if verdict == OTHERS else MovedOn
    db.session.add(_move(occasion, key, wish, author, now=now))
    if lane in SIDES:
        here = (StepDraft.occasion_id == occasion.id, StepDraft.step == wish.step, StepDraft.author_id == author.id)
        db.session.execute(delete(StepDraft).where(*here))
    db.session.flush()
    return True


def _compare(pair: Pair, move: Move, wish: Wish, author: Partner) -> None:
    """A doubled move is none the less welcome. Raises AlreadyGiven where it holds something else."""
    # What the other gave on a phone of their own is compared with nothing: it could be guessed at.
    typed_here = author.id == pair.me.id or move.together
    if wish.text and not (typed_here and words_of(move, author) == wish.text):
        raise AlreadyGiven


def _move(occasion: Occasion, key: Key, wish: Wish, author: Partner, *, now: datetime) -> Move:
    sealed = seal(author.key, wish.text, about(occasion.id, key, author.id)) if wish.text else None
    return Move(
        occasion_id=occasion.id,
        step=key.step,
        lane=key.lane,
        number=key.number,
        author_id=author.id,
        pick=wish.pick,
        rating=wish.rating,
        words=sealed,
        made_at=now,
        together=wish.together,
    )


def _settle(pair: Pair, seen: Seen, *, now: datetime) -> None:
    """Note the end in the same transaction as the move that brings it."""
    occasion = seen.occasion
    if not seen.flow.ended or occasion.ended_at is not None:
        return
    occasion.ended_at, occasion.ended_on = now, pair.today(now)
    if seen.flow.stopped:
        occasion.stopped_at = now
    else:
        closed.tell(pair, now)
    db.session.flush()
