"""Responding, opening, and what comes after."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Date, bindparam, delete, func, select, text

from app.core.db import db, lock
from app.core.errors import DomainError, NotFound
from app.couples.service import Pair, Partner
from app.exercises.exchange import OPENS_TO_BOTH, Answer, Exchange
from app.exercises.models import Amendment, Draft, Mark, Prompt, Response
from app.exercises.service.looking import exchange_for
from app.exercises.service.ratings import rating_changed
from app.exercises.words import open_words, seal_words
from app.push import service as push
from app.push.models import OPENED

NEWS_FOR = timedelta(hours=12)
"""For how long it is news that both are open, or whose turn it is."""


# Two prompts of one day, each with a lock of its own, may open in the same instant.
_COUNT_DAY = text(
    "INSERT INTO days_together (couple_id, day) VALUES (:couple, :day) ON CONFLICT DO NOTHING"
).bindparams(bindparam("day", type_=Date()))


class AlreadyOpen(DomainError):
    """An open response is not changed any more; it can be amended, with the earlier words kept."""

    message = lazy_gettext("This is open to both now, so it stays as it is. You can add to it below.")


class NotAnswerable(DomainError):
    """The day of this prompt is more than three days past, or its question was set aside."""

    message = lazy_gettext("This one is closed now. Your words are kept as a draft.")


def submit_response(
    pair: Pair, prompt: Prompt, ratings: Mapping[str, int], words: Mapping[str, Any], *, now: datetime
) -> bool:
    """Give, or change, my response. True when it is the one that opens both.

    Raises AlreadyOpen once it can be read by the other, NotAnswerable when the time for it is over.
    """
    # Both may respond in the same instant: the later waits here, then sees the earlier.
    lock(prompt)
    seen = exchange_for(pair, prompt.id, now=now)
    me = pair.me
    if seen.open_to_both:
        # A double tap, or a phone that did not hear the reply.
        if seen.mine and _same(me, prompt, seen.mine, ratings, words):
            return False
        raise AlreadyOpen
    if not seen.fillable and seen.mine is None:
        raise NotAnswerable
    response = db.session.get(Response, (prompt.id, me.id)) or Response(prompt_id=prompt.id, author_id=me.id)
    if seen.mine is None:
        response.submitted_at, response.given_on = now, pair.today(now)
    response.ratings = dict(ratings)
    response.words = seal_words(me.key, "responses", prompt.id, me.id, words)
    db.session.add(response)
    _drop_draft(pair, prompt)
    db.session.flush()
    opens = seen.theirs is not None
    if opens:
        note_day_together(prompt)
    if opens and seen.opens == OPENS_TO_BOTH and pair.you:
        push.enqueue(pair.you.id, OPENED, prompt.id, now=now, until=now + NEWS_FOR)
    rating_changed.tell(pair, prompt, now)
    return opens


def _same(me: Partner, prompt: Prompt, mine: Answer, ratings: Mapping[str, int], words: Mapping[str, Any]) -> bool:
    return mine.ratings == ratings and open_words(me.key, "responses", prompt.id, me.id, mine.sealed) == words


def _drop_draft(pair: Pair, prompt: Prompt) -> None:
    db.session.execute(delete(Draft).where(Draft.prompt_id == prompt.id, Draft.author_id == pair.me.id))


def note_day_together(prompt: Prompt) -> None:
    """Count the prompt's day as one on which both were there."""
    db.session.execute(_COUNT_DAY, {"couple": prompt.couple_id, "day": prompt.day})


def note_closed(pair: Pair, now: datetime) -> None:
    """Both have closed a longer exercise: count this day as one on which both were there."""
    db.session.execute(_COUNT_DAY, {"couple": pair.couple_id, "day": pair.today(now)})


def keep_waiting(pair: Pair, prompt: Prompt, *, now: datetime) -> None:
    """Leave my sealed response as it is, and do not ask again."""
    _own_sealed(pair, prompt, now=now).kept_waiting_at = now


def release(pair: Pair, prompt: Prompt, *, now: datetime) -> None:
    """Let the partner read my response without theirs."""
    _own_sealed(pair, prompt, now=now).released_at = now
    rating_changed.tell(pair, prompt, now)


def discard(pair: Pair, prompt: Prompt, *, now: datetime) -> None:
    """Take my sealed response back for good, with what I had begun to change in it."""
    db.session.delete(_own_sealed(pair, prompt, now=now))
    _drop_draft(pair, prompt)
    rating_changed.tell(pair, prompt, now)


def _own_sealed(pair: Pair, prompt: Prompt, *, now: datetime) -> Response:
    lock(prompt)
    seen = exchange_for(pair, prompt.id, now=now)
    if seen.mine is None:
        raise NotFound
    if seen.open_to_both:
        raise AlreadyOpen
    return db.session.get_one(Response, (prompt.id, pair.me.id))


def mark(pair: Pair, prompt: Prompt, value: int, thanks: str, *, now: datetime) -> None:
    """Say of the partner's response how close the guess was, or how much it landed. May be changed."""
    lock(prompt)
    seen = exchange_for(pair, prompt.id, now=now)
    if seen.yours is None:
        raise NotFound
    me = pair.me
    sealed = seal_words(me.key, "marks", prompt.id, me.id, {"thanks": thanks}) if thanks else None
    db.session.merge(Mark(prompt_id=prompt.id, author_id=me.id, value=value, words=sealed, marked_at=now))
    rating_changed.tell(pair, prompt, now)


def amend(pair: Pair, prompt: Prompt, field: str, text: str, *, now: datetime) -> None:
    """Add a later wording of one field of my open response. Both see it; the earlier words stay."""
    lock(prompt)
    seen = exchange_for(pair, prompt.id, now=now)
    if seen.mine is None or not seen.open_to_both:
        raise NotFound
    me = pair.me
    mine = (Amendment.prompt_id == prompt.id, Amendment.author_id == me.id)
    number = 1 + (db.session.scalar(select(func.max(Amendment.number)).where(*mine)) or 0)
    sealed = seal_words(me.key, "amendments", f"{prompt.id}.{number}", me.id, {"text": text})
    db.session.add(
        Amendment(prompt_id=prompt.id, author_id=me.id, number=number, field=field, words=sealed, amended_at=now)
    )
    _drop_draft(pair, prompt)


def note_opening(pair: Pair, seen: Exchange, *, now: datetime) -> None:
    """Remember that I have looked at what opened, so that it unfolds only once."""
    response = db.session.get(Response, (seen.id, pair.me.id))
    if response is not None and response.opened_on is None:
        response.opened_on = pair.today(now)
