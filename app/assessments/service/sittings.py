"""Sittings: begun, filled in a page at a time, finished, thrown away. Each is its own person's, for ever."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Select, bindparam, delete, select

from app.accounts.service import person_by_id
from app.assessments.instrument import Instrument
from app.assessments.models import Assessment
from app.assessments.service.sealed import COLUMNS, Given, Sitting, opened, seal_given
from app.core.db import db, lock, rows_of
from app.core.errors import DomainError, NotFound
from app.couples.service import Pair


class NothingAnswered(DomainError):
    """A sitting without a single answer cannot be finished."""

    message = lazy_gettext("There is no answer yet. Answer one question at least, or throw it away.")


class AlreadyFinished(DomainError):
    """A sitting that is finished stays as it is."""

    message = lazy_gettext("This is finished, and stays as it is.")


ALL: Select[*tuple[Any, ...]] = (
    select(*COLUMNS).where(Assessment.person_id == bindparam("me")).order_by(Assessment.started_at, Assessment.id)
)
_ONE: Select[*tuple[Any, ...]] = select(*COLUMNS).where(
    Assessment.person_id == bindparam("me"), Assessment.id == bindparam("id")
)


def sittings_of(pair: Pair) -> list[Sitting]:
    """All that I have sat, in whatever couple, the oldest first. One statement."""
    return [opened(row, pair.me.key, pair.me.id) for row in rows_of(ALL, me=pair.me.id)]


def sitting_of(pair: Pair, sitting_id: str) -> Sitting:
    """One of mine, also from before. Raises NotFound for what is not mine or not there. One statement."""
    rows = rows_of(_ONE, me=pair.me.id, id=sitting_id)
    if not rows:
        raise NotFound
    return opened(rows[0], pair.me.key, pair.me.id)


def begin(pair: Pair, instrument: Instrument, *, now: datetime) -> str:
    """The id of my unfinished sitting of an instrument: the one there is, else a fresh one.

    One that was begun in words which have changed since is thrown away: half of each would be neither.
    """
    lock(person_by_id(pair.me.id))
    mine = select(Assessment).where(
        Assessment.person_id == pair.me.id,
        Assessment.couple_id == pair.couple_id,
        Assessment.instrument == instrument.id,
        Assessment.finished_at.is_(None),
    )
    found = db.session.scalar(mine)
    if found is not None:
        if (found.version, found.wording_hash) == (instrument.version, instrument.wording_hash):
            return found.id
        db.session.delete(found)
        db.session.flush()
    return add(pair, instrument, now=now).id


def add(pair: Pair, instrument: Instrument, *, now: datetime) -> Assessment:
    """A fresh sitting without an answer."""
    row = Assessment(
        person_id=pair.me.id,
        couple_id=pair.couple_id,
        instrument=instrument.id,
        version=instrument.version,
        locale=instrument.locale,
        wording_hash=instrument.wording_hash,
        answers=b"",
        started_at=now,
    )
    db.session.add(row)
    db.session.flush()
    row.answers = seal_given(pair.me.key, row.id, "answers", pair.me.id, {})
    return row


def save(pair: Pair, sitting_id: str, given: Given, *, private: Iterable[str] = ()) -> None:
    """Keep what was given on a page, over what was given there before; `private`: the items that are asked in private.

    Raises NotFound, AlreadyFinished.
    """
    row, hidden = _held(pair, sitting_id), set(private)
    kept = opened(_columns(row), pair.me.key, pair.me.id)
    some = {ident: value for ident, value in given.items() if ident not in hidden}
    rest = {ident: value for ident, value in given.items() if ident in hidden}
    if some:
        row.answers = seal_given(pair.me.key, row.id, "answers", pair.me.id, {**kept.given, **some})
    if rest:
        both = {**kept.private, **rest}
        row.private_answers = seal_given(pair.me.key, row.id, "private_answers", pair.me.id, both)


def finish(pair: Pair, sitting_id: str, *, now: datetime) -> None:
    """Let it stand as it is from now on. Raises NotFound, AlreadyFinished, NothingAnswered."""
    row = _held(pair, sitting_id)
    if not opened(_columns(row), pair.me.key, pair.me.id).answers:
        raise NothingAnswered
    row.finished_at, row.finished_on = now, pair.today(now)


def throw_away(pair: Pair, sitting_id: str) -> None:
    """Erase a sitting of mine, finished or not, with all that was opened of it. Raises NotFound."""
    row = _locked(pair, sitting_id)
    db.session.execute(delete(Assessment).where(Assessment.id == row.id))
    db.session.expire_all()


def _held(pair: Pair, sitting_id: str) -> Assessment:
    row = _locked(pair, sitting_id)
    if row.finished_at is not None:
        raise AlreadyFinished
    return row


def _locked(pair: Pair, sitting_id: str) -> Assessment:
    mine = select(Assessment).where(Assessment.id == sitting_id, Assessment.person_id == pair.me.id)
    row = db.session.scalar(mine)
    if row is None:
        raise NotFound
    # Two pages of one sitting may be sent in the same instant: each is laid over what the other has left.
    lock(row)
    return row


def _columns(row: Assessment) -> tuple[Any, ...]:
    return tuple(getattr(row, column.key) for column in COLUMNS)
