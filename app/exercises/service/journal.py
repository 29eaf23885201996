"""What the two have kept: the days gone by, the jar, the map, and one's own words from before."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db, rows_of
from app.couples.service import Pair
from app.exercises.catalogue import load
from app.exercises.exchange import OPENS_AT_ONCE, Exchange
from app.exercises.models import APPRECIATION, LOVE_MAP, Prompt, Response
from app.exercises.service.looking import (
    EXCHANGE,
    MARKED,
    ME,
    YOU,
    LastTurn,
    Mine,
    MyMark,
    TheirMark,
    Theirs,
    exchange_of,
    exchanges_in,
    who,
)


def exchanges_of(pair: Pair, *, now: datetime, before: date, days: int = 7) -> tuple[list[Exchange], date | None]:
    """(what I may see of the `days` days before a day, newest first; the day to ask with for those before, if any).

    One statement; two when there is nothing.
    """
    first = before - timedelta(days)
    rows = rows_of(_since(), **who(pair), before=before, first=first)
    latest: date | None = rows[0].latest if rows else rows_of(_LATEST, couple=pair.couple_id, first=first)[0][0]
    return exchanges_in(pair, rows, now), latest and latest + timedelta(1)


def exchanges_with(
    pair: Pair, exercise: str, *, now: datetime, before: date, most: int = 30
) -> tuple[list[Exchange], date | None]:
    """(what I may see of one exercise before a day, newest first; the day to ask with for more, if any)."""
    newest = rows_of(_newest(most + 1), **who(pair), before=before, exercise=exercise)
    rows, older = _whole_days(newest, most)
    return exchanges_in(pair, rows, now), older


_Earlier = aliased(Prompt)
_LATEST = select(func.max(_Earlier.day)).where(
    _Earlier.couple_id == bindparam("couple"), _Earlier.day < bindparam("first")
)


@lru_cache(maxsize=1)
def _since() -> Select[Any]:
    return _past().add_columns(_LATEST.scalar_subquery().label("latest")).where(Prompt.day >= bindparam("first"))


@lru_cache(maxsize=8)
def _newest(most: int) -> Select[Any]:
    return _past().where(Prompt.exercise == bindparam("exercise")).limit(most)


def _past() -> Select[Any]:
    """The exchanges before a day that hold anything I may see: `Exchange.yours`, for the database.

    Not even that something is there may show of what is sealed.
    """
    at_once = [Prompt.exercise == name for name, each in load().exercises.items() if each.opens == OPENS_AT_ONCE]
    open_to_me = and_(Theirs.submitted_at.is_not(None), or_(Theirs.released_at.is_not(None), *at_once))
    seen = or_(Mine.submitted_at.is_not(None), LastTurn.kind.is_not(None), open_to_me)
    return EXCHANGE.where(Prompt.day < bindparam("before"), seen).order_by(
        Prompt.day.desc(), Prompt.exercise, Prompt.take
    )


def _whole_days(rows: Sequence[Any], most: int) -> tuple[Sequence[Any], date | None]:
    """(at most `most` of the rows, which are one more if there are more; the day to ask with for those).

    No day is cut in two, since days are what one asks with.
    """
    if len(rows) <= most:
        return rows, None
    whole = [row for row in rows if row.day != rows[-1].day]
    return whole, whole[-1].day


def appreciations(pair: Pair, draw: int | None = None) -> tuple[int, int, Exchange | None]:
    """(how many I was given, which one this is, that one): the jar. `draw` picks one; any number does."""
    if pair.you is None:
        return 0, 0, None
    mine = and_(Prompt.couple_id == pair.couple_id, Prompt.exercise == APPRECIATION)
    count = db.session.scalar(
        select(func.count()).select_from(Response).join(Prompt).where(mine, Response.author_id == pair.you.id)
    )
    if not count:
        return 0, 0, None
    which = (draw or 0) % count
    row = db.session.execute(
        MARKED.where(Prompt.exercise == APPRECIATION, Theirs.submitted_at.is_not(None))
        .order_by(Prompt.day.desc(), Prompt.take)
        .offset(which)
        .limit(1),
        who(pair),
    ).first()
    now = row.t_at if row else None
    return count, which, exchange_of(pair, row, now) if row and now else None


def known_map(pair: Pair) -> list[Sequence[Any]]:
    """The questions both answered, the one known longest first: for each the prompts it was met with, newest first.

    A prompt is a row of id, day, item, and the marks given by me and by you.
    """
    query = (
        select(Prompt.id, Prompt.day, Prompt.item, MyMark.value.label("by_me"), TheirMark.value.label("by_you"))
        .join(Mine, and_(Mine.prompt_id == Prompt.id, Mine.author_id == ME))
        .join(Theirs, and_(Theirs.prompt_id == Prompt.id, Theirs.author_id == YOU))
        .outerjoin(MyMark, and_(MyMark.prompt_id == Prompt.id, MyMark.author_id == ME))
        .outerjoin(TheirMark, and_(TheirMark.prompt_id == Prompt.id, TheirMark.author_id == YOU))
        .where(Prompt.couple_id == bindparam("couple"), Prompt.exercise == LOVE_MAP)
        .order_by(Prompt.day, Prompt.take)
    )
    known: dict[str, list[Any]] = {}
    for row in db.session.execute(query, who(pair)):
        known.setdefault(row.item, []).insert(0, row)
    return list(known.values())
