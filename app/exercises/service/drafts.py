"""What somebody has typed and not yet given. It survives a reload, an error, and signing in again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, bindparam, text

from app.accounts.models import Person
from app.core.crypto import Undecipherable, vault
from app.core.db import Instant, db
from app.core.forms import showable
from app.couples.models import Membership
from app.couples.service import Pair, Partner
from app.exercises import models
from app.exercises.models import Prompt
from app.exercises.words import open_words, seal_words

PATH, EARLIER = "/prompts/", "/history/earlier"

_KEEP = text(
    "INSERT INTO drafts (prompt_id, author_id, words, saved_at) VALUES (:prompt, :author, :words, :now)"
    " ON CONFLICT (prompt_id, author_id) DO UPDATE SET words = excluded.words, saved_at = excluded.saved_at"
).bindparams(bindparam("words", type_=LargeBinary()), bindparam("now", type_=Instant()))
"""One draft in place of another. What is typed may be sent twice in the same instant."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields as they were typed, in order, and when."""

    typed: list[tuple[str, str]]
    saved_at: datetime


def save_draft(pair: Pair, prompt: Prompt, typed: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """Keep what I have typed for this prompt, instead of what was kept before."""
    _save(prompt.id, pair.me.id, pair.me.key, typed, now=now)


def draft_of(pair: Pair, prompt_id: str) -> Draft | None:
    """What I had typed for this prompt, if anything is kept."""
    kept = db.session.get(models.Draft, (prompt_id, pair.me.id))
    if kept is None:
        return None
    try:
        words = open_words(pair.me.key, "drafts", prompt_id, pair.me.id, kept.words)
    except Undecipherable:
        return None
    return Draft([(name, value) for name, value in words["typed"]], kept.saved_at)


def keep_former(me: Partner, prompt_id: str, typed: Iterable[tuple[str, str]], *, now: datetime) -> bool:
    """Keep what I was writing for a couple that has ended meanwhile. False when I was never in it."""
    membership = _membership(me.id, prompt_id)
    if membership is None or membership.left_at is None:
        return False
    _save(prompt_id, me.id, me.key, typed, now=now)
    return True


def keep_held(person: Person, path: str, typed: list[tuple[str, str]], *, now: datetime) -> str | None:
    """Keep, as a draft, what a person was sending when their session had ended. Gives the page to go on at.

    None when the path is no prompt of theirs.
    """
    prompt_id = path.removeprefix(PATH).split("/")[0]
    membership = _membership(person.id, prompt_id)
    if membership is None:
        return None
    _save(prompt_id, person.id, vault().unwrap(person.key.wrapped, person.id), typed, now=now)
    return PATH + prompt_id if membership.left_at is None else EARLIER


def _membership(person_id: str, prompt_id: str) -> Membership | None:
    """The person's place, now or before, in the couple that the prompt was given to."""
    prompt = db.session.get(Prompt, prompt_id)
    return db.session.get(Membership, (prompt.couple_id, person_id)) if prompt else None


def _save(prompt_id: str, author: str, key: bytes, typed: Iterable[tuple[str, str]], *, now: datetime) -> None:
    kept = [[showable(name), showable(value)] for name, value in typed]
    words = seal_words(key, "drafts", prompt_id, author, {"typed": kept})
    db.session.execute(_KEEP, {"prompt": prompt_id, "author": author, "words": words, "now": now})
