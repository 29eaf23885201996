"""Taking a turn in a mirroring."""

from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy import delete, func, select

from app.core.db import db, lock
from app.core.errors import DomainError, NotFound
from app.couples.service import Pair
from app.exercises.exchange import Exchange
from app.exercises.mirroring import DONE, Last, allowed_kinds, next_step
from app.exercises.models import MIRRORING, Draft, Prompt, Turn
from app.exercises.service.looking import exchange_for
from app.exercises.service.ratings import rating_changed
from app.exercises.service.responses import NEWS_FOR, NotAnswerable, note_day_together
from app.exercises.service.saying import turns_of
from app.exercises.words import seal_words
from app.push import service as push
from app.push.models import TURN


class NotYourTurn(DomainError):
    """The other was quicker, or it is the other's step. What was typed is kept as a draft."""

    message = lazy_gettext("It has moved on since this page opened. Your words are kept below.")


def taken_already(pair: Pair, prompt: Prompt, step: str, kind: str, text: str, *, now: datetime) -> bool:
    """Whether I have taken just this turn before: a double tap, or a phone that did not hear the reply.

    `step` is the name of the step that the page was made for. Raises NotYourTurn when the talk has moved on since.
    """
    lock(prompt)
    if exchange_for(pair, prompt.id, now=now).step.name == step:
        return False
    place = step.split("-")[1:]
    for turn in turns_of(pair, prompt.id):
        here = turn.author.id == pair.me.id or turn.together
        if here and (turn.kind, turn.text, [str(turn.round), str(turn.attempt)]) == (kind, text, place):
            return True
    raise NotYourTurn


def take_turn(
    pair: Pair, prompt: Prompt, kind: str, text: str, rating: int | None, *, together: bool, now: datetime
) -> Exchange:
    """Take the next turn, mine or, side by side on one phone, that of whoever's turn it is. Gives what is then.

    Raises NotYourTurn, NotAnswerable, and NotFound when this is no mirroring or there is nobody to mirror with.
    """
    lock(prompt)
    seen = exchange_for(pair, prompt.id, now=now)
    if prompt.exercise != MIRRORING or pair.you is None:
        raise NotFound
    step = seen.step
    if not seen.fillable:
        raise NotAnswerable
    actor = pair.partner(step.actor) if together and step.actor else pair.me
    if kind not in allowed_kinds(step) or step.actor not in {None, actor.id}:
        raise NotYourTurn
    number = 1 + (db.session.scalar(select(func.max(Turn.number)).where(Turn.prompt_id == prompt.id)) or 0)
    sealed = seal_words(actor.key, "turns", f"{prompt.id}.{number}", actor.id, {"text": text})
    db.session.add(
        Turn(
            prompt_id=prompt.id,
            number=number,
            author_id=actor.id,
            kind=kind,
            round=step.round,
            attempt=step.attempt,
            rating=rating,
            words=sealed,
            taken_at=now,
            together=together,
        )
    )
    db.session.execute(delete(Draft).where(Draft.prompt_id == prompt.id, Draft.author_id == pair.me.id))
    following = next_step(Last(kind, actor.id, step.round, step.attempt), pair.me.id, pair.you.id)
    if following.kind == DONE:
        note_day_together(prompt)
    if following.actor == pair.you.id and not together:
        push.enqueue(pair.you.id, TURN, f"{prompt.id}.{number}", now=now, until=now + NEWS_FOR)
    db.session.flush()
    if rating is not None:
        rating_changed.tell(pair, prompt, now)
    return exchange_for(pair, prompt.id, now=now)
