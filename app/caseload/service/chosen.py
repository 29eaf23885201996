"""Responses that their author chose to show to a therapist, one at a time. Only what is open to both can be chosen."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from app.accounts.service import person_by_id
from app.caseload.models import Shown
from app.core.db import db, lock
from app.core.errors import NotFound
from app.couples.service import Pair, Partner
from app.exercises import service as exercises
from app.exercises.models import LOVE_MAP, Prompt
from app.exercises.service import Said

LOOKS_BACK = 56
"""Days of which responses can be chosen."""
FIELDS = ("high", "low", "challenge", "text", "answer")
"""The words that can be shown. A guess is a picture of the other, and not one's own."""


@dataclass(frozen=True, slots=True)
class Own:
    """A response of one's own that both can read: what was asked, and the words. `shown`: to this therapist."""

    prompt_id: str
    day: date
    exercise: str
    title: str
    words: str
    shown: bool


def own_of(pair: Pair, therapist_id: str, *, now: datetime) -> list[Own]:
    """What I could show, the newest first, and whether I do."""
    shown = _shown(pair.couple_id, pair.me.id, therapist_id)
    before = pair.today(now) + timedelta(days=1)
    seen, _older = exercises.exchanges_of(pair, now=now, before=before, days=LOOKS_BACK)
    found = []
    for each in seen:
        mine = exercises.said(pair, each)[0] if each.mine and each.open_to_both else None
        words = words_of(mine) if mine else ""
        if words:
            found.append(
                Own(each.id, each.day, each.exercise, _title(each.exercise, each.item), words, each.id in shown)
            )
    return sorted(found, key=lambda own: own.day, reverse=True)


def show(pair: Pair, therapist_id: str, prompt_id: str, *, now: datetime) -> None:
    """Show a response of my own. Raises NotFound for what is not mine, or not open to both."""
    seen = exercises.exchange_for(pair, prompt_id, now=now)
    if seen.mine is None or not seen.open_to_both:
        raise NotFound
    lock(person_by_id(pair.me.id))
    if db.session.get(Shown, (prompt_id, pair.me.id, therapist_id)) is None:
        db.session.add(Shown(prompt_id=prompt_id, author_id=pair.me.id, therapist_id=therapist_id, shown_at=now))


def take_back(pair: Pair, therapist_id: str, prompt_id: str) -> None:
    """Show it no longer, from the next request on. Nothing is left that says so."""
    mine = (Shown.author_id == pair.me.id, Shown.therapist_id == therapist_id, Shown.prompt_id == prompt_id)
    db.session.execute(delete(Shown).where(*mine))


def forget_shown(couple_id: str, therapist_id: str, _now: datetime) -> None:
    """What the two have shown to a therapist, who comes anew or has gone: they choose again."""
    there = select(Prompt.id).where(Prompt.couple_id == couple_id)
    db.session.execute(delete(Shown).where(Shown.therapist_id == therapist_id, Shown.prompt_id.in_(there)))


def shown_by(pair: Pair, therapist_id: str, *, now: datetime) -> list[Own]:
    """What the one of the pair called `me` shows to a therapist and both partners can read, the newest first.

    Whether the couple lets answers be read is decided before.
    """
    found = []
    for prompt_id in _shown(pair.couple_id, pair.me.id, therapist_id):
        seen = exercises.exchange_for(pair, prompt_id, now=now)
        mine = exercises.said(pair, seen, amended=True)[0] if seen.open_to_both else None
        words = words_of(mine) if mine else ""
        if words:
            found.append(Own(seen.id, seen.day, seen.exercise, _title(seen.exercise, seen.item), words, shown=True))
    return sorted(found, key=lambda own: own.day, reverse=True)


def words_of(said: Said) -> str:
    """All that somebody wrote in a response, a line for each field, in the newest wording."""
    return "\n".join(text for text in (said.latest(name) for name in FIELDS) if text)


def pair_for(couple_id: str, zone: str, me: Partner, you: Partner, since: date) -> Pair:
    """The two as a pair seen by one of them."""
    return Pair(couple_id, zone, me, you, since)


def _title(exercise: str, item: str | None) -> str:
    found = exercises.catalogue().exercises[exercise]
    return found.item(item).text if item and exercise == LOVE_MAP else found.name


def _shown(couple_id: str, author_id: str, therapist_id: str) -> set[str]:
    mine = (Shown.author_id == author_id, Shown.therapist_id == therapist_id, Prompt.couple_id == couple_id)
    return set(db.session.scalars(select(Shown.prompt_id).join(Prompt, Prompt.id == Shown.prompt_id).where(*mine)))
