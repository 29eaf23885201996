"""Sets of homework: those that come with Attune, and those that a therapist keeps to give again."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Select, select

from app.core.crypto import seal, unseal
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.ids import new_id
from app.therapist.days import WEEK
from app.therapist.models import SHORT, Homework, HomeworkTemplate
from app.therapist.service.author import Author
from app.therapist.service.giving import Wish, give, homework_of, note_of
from app.therapist.service.longer import longer
from app.therapist.service.refusing import SameAgain
from app.therapist.sets import WEEKS_MOST, Entry, Set, load

SETS_MOST = 30


class NothingToKeep(DomainError):
    """There is no homework on weekdays to make a set of."""

    message = lazy_gettext("There is no homework on weekdays here that a set could be made of.")


class AllGiven(DomainError):
    """There is nothing in the set that they do not have."""

    message = lazy_gettext("They have all of this already.")


class TooManySets(DomainError):
    """As many as one keeps an overview of."""

    message = lazy_gettext("You keep as many sets as fit. Delete one of them first.")


def known_exercises() -> frozenset[str]:
    """The eleven."""
    return SHORT | frozenset(longer())


def usual_sets() -> Mapping[str, Set]:
    """The sets that come with Attune, by id. Raises SetError."""
    return load(known_exercises())


def sets_of(author: Author) -> tuple[list[Set], list[Set]]:
    """(those that come with Attune, the therapist's own by name). One statement."""
    own = [_own(author, row) for row in db.session.scalars(_mine(author))]
    return list(usual_sets().values()), sorted(own, key=lambda each: each.name.casefold())


def set_for(author: Author, set_id: str) -> Set:
    """The set with this id. Raises NotFound."""
    if found := usual_sets().get(set_id):
        return found
    row = db.session.scalar(_mine(author).where(HomeworkTemplate.id == set_id))
    if row is None:
        raise NotFound
    return _own(author, row)


def use_set(author: Author, couple_id: str, chosen: Set, first: date, *, now: datetime, today: date) -> list[Homework]:
    """Give a set to both, from a day on, but for what they have already. Raises TooMuchHomework, NothingAhead,
    AllGiven."""
    before = {row.id for row in homework_of([couple_id], today, None)[couple_id]}
    given = []
    for entry in chosen.entries:
        with suppress(SameAgain):
            given.append(give(author, couple_id, _wish(entry, max(first, today)), now=now, today=today))
    if not (new := [row for row in given if row.id not in before]):
        raise AllGiven
    return new


def keep_set(author: Author, name: str, homework: Iterable[Homework], *, now: datetime) -> str:
    """Keep what a couple has as a set under a name: its id. Raises NothingToKeep, TooManySets."""
    entries = [_entry(author, row) for row in homework if row.weekdays and row.exercise in known_exercises()]
    if not entries:
        raise NothingToKeep
    if len(db.session.scalars(_mine(author)).all()) >= SETS_MOST:
        raise TooManySets
    ident = new_id()
    text = json.dumps({"name": name, "entries": [asdict(each) for each in entries]}, ensure_ascii=False)
    words = seal(author.key, text, _about(ident, author))
    db.session.add(HomeworkTemplate(id=ident, therapist_id=author.id, words=words, created_at=now))
    return ident


def drop_set(author: Author, set_id: str) -> None:
    """Delete one of one's own. What was given from it stays. Raises NotFound."""
    row = db.session.scalar(_mine(author).where(HomeworkTemplate.id == set_id))
    if row is None:
        raise NotFound
    db.session.delete(row)


def _wish(entry: Entry, first: date) -> Wish:
    last = first + entry.weeks * WEEK - timedelta(days=1) if entry.weeks else None
    return Wish(exercise=entry.exercise, first=first, last=last, weekdays=entry.weekdays, note=entry.note)


def _entry(author: Author, row: Homework) -> Entry:
    weeks = min(WEEKS_MOST, -(-((row.last - row.first).days + 1) // 7)) if row.last else 0
    return Entry(row.exercise, row.weekdays, weeks, note_of(author, row))


def words_of_set(author: Author, row: HomeworkTemplate) -> dict[str, Any]:
    """One of them as it lies there. Raises Undecipherable."""
    words: dict[str, Any] = json.loads(unseal(author.key, row.words, _about(row.id, author)))
    return words


def _own(author: Author, row: HomeworkTemplate) -> Set:
    words = words_of_set(author, row)
    return Set(row.id, words["name"], "", tuple(Entry(**each) for each in words["entries"]))


def _mine(author: Author) -> Select[HomeworkTemplate]:
    return select(HomeworkTemplate).where(HomeworkTemplate.therapist_id == author.id)


def _about(ident: str, author: Author) -> str:
    return f"homework_templates|{ident}|words|{author.id}"
