"""What somebody has typed in a step and not yet given. It survives a reload, an error, and signing in again."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import LargeBinary, bindparam, select, text

from app.accounts.models import Person
from app.core.crypto import Undecipherable, seal, unseal, vault
from app.core.db import Instant, db
from app.core.forms import showable
from app.couples.models import Membership
from app.couples.service import Pair
from app.guided.models import Occasion, StepDraft

PATH, EARLIER = "/occasions/", "/history/earlier"
Typed = list[tuple[str, str]]

_KEEP = text(
    "INSERT INTO step_drafts (occasion_id, step, author_id, words, saved_at)"
    " VALUES (:occasion, :step, :author, :words, :now)"
    " ON CONFLICT (occasion_id, step, author_id) DO UPDATE SET words = excluded.words, saved_at = excluded.saved_at"
).bindparams(bindparam("words", type_=LargeBinary()), bindparam("now", type_=Instant()))
"""One draft in place of another. What is typed may be sent twice in the same instant."""


def save_draft(pair: Pair, occasion: Occasion, typed: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """Keep what I have typed in the step that it names, instead of what was kept before."""
    _save(occasion.id, pair.me.id, pair.me.key, typed, now=now)


def draft_of(pair: Pair, occasion_id: str, step: str) -> tuple[Typed, datetime] | None:
    """(what I had typed in a step, when), if anything is kept and opens."""
    kept = db.session.get(StepDraft, (occasion_id, step, pair.me.id))
    typed = opened_draft(pair.me.id, pair.me.key, kept) if kept else None
    return (typed, kept.saved_at) if kept and typed is not None else None


def drafts_of(pair: Pair, occasion_id: str) -> list[str]:
    """What I had typed in an occasion and not given: the words alone. One statement."""
    mine = select(StepDraft).where(StepDraft.occasion_id == occasion_id, StepDraft.author_id == pair.me.id)
    kept = [opened_draft(pair.me.id, pair.me.key, row) or [] for row in db.session.scalars(mine)]
    return [value for typed in kept for name, value in typed if name == "text" and value]


def keep_former_words(pair: Pair, occasion_id: str, typed: Typed, *, now: datetime) -> bool:
    """Keep what I was writing for a couple that has ended meanwhile. False when I was never in it."""
    membership = _membership(pair.me.id, occasion_id)
    if membership is None or membership.left_at is None:
        return False
    _save(occasion_id, pair.me.id, pair.me.key, typed, now=now)
    return True


def keep_held_words(person: Person, path: str, typed: Typed, *, now: datetime) -> str | None:
    """Keep, as a draft, what a person was sending when their session had ended. Gives the page to go on at.

    None when the path is no occasion of theirs.
    """
    occasion_id = path.removeprefix(PATH).split("/")[0]
    membership = _membership(person.id, occasion_id)
    if membership is None or dict(typed).get("together"):
        return None
    _save(occasion_id, person.id, vault().unwrap(person.key.wrapped, person.id), typed, now=now)
    return PATH + occasion_id if membership.left_at is None else EARLIER


def opened_draft(author: str, key: bytes, draft: StepDraft) -> Typed | None:
    """The fields as they were typed, in order; None where they do not open any more."""
    try:
        fields = json.loads(unseal(key, draft.words, _about(draft.occasion_id, draft.step, author)))
    except Undecipherable:
        return None
    return [(str(name), str(value)) for name, value in fields]


def _membership(person_id: str, occasion_id: str) -> Membership | None:
    occasion = db.session.get(Occasion, occasion_id)
    return db.session.get(Membership, (occasion.couple_id, person_id)) if occasion else None


def _save(occasion_id: str, author: str, key: bytes, typed: Iterable[tuple[str, str]], *, now: datetime) -> None:
    kept = [[showable(name), showable(value)] for name, value in typed]
    step = dict(kept).get("step", "")[:32]
    words = seal(key, json.dumps(kept, ensure_ascii=False), _about(occasion_id, step, author))
    kept_at = {"occasion": occasion_id, "step": step, "author": author}
    db.session.execute(_KEEP, {**kept_at, "words": words, "now": now})


def _about(occasion_id: str, step: str, author: str) -> str:
    return f"step_drafts|{occasion_id}.{step}|words|{author}"
