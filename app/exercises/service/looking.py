"""What a partner sees of the day, and of one exchange."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, case, exists, false, func, not_, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db, rows_of
from app.core.errors import NotFound
from app.couples.service import Pair
from app.exercises.catalogue import load
from app.exercises.exchange import FILL_IN, Exchange, from_row, with_marks
from app.exercises.mirroring import ROUNDS, UNDERSTAND
from app.exercises.models import APPRECIATION, LOVE_MAP, MIRRORING, DayTogether, Mark, Prompt, Response, Turn

LOOKS_BACK = timedelta(days=9)
"""How far back today looks for a response of mine that still waits."""

Mine, Theirs = aliased(Response), aliased(Response)
MyMark, TheirMark, LastTurn = aliased(Mark), aliased(Mark), aliased(Turn)
ME: BindParameter[str] = bindparam("me")
YOU: BindParameter[str] = bindparam("you")
_last_number = select(func.max(Turn.number)).where(Turn.prompt_id == Prompt.id).correlate(Prompt).scalar_subquery()
# So that the turns of what has none are not even looked for.
_last_turn = and_(
    LastTurn.prompt_id == Prompt.id, LastTurn.number == case((Prompt.exercise == MIRRORING, _last_number))
)

EXCHANGE: Select[Any] = (
    select(
        Prompt.id, Prompt.day, Prompt.exercise, Prompt.take, Prompt.item, Prompt.brought_by,
        Prompt.set_aside_at.is_not(None).label("set_aside"),
        Mine.ratings.label("m_ratings"), Mine.words.label("m_words"), Mine.submitted_at.label("m_at"),
        Mine.given_on.label("m_on"), Mine.released_at.is_not(None).label("m_released"),
        Mine.kept_waiting_at.is_not(None).label("m_kept"), Mine.opened_on.is_not(None).label("m_opened"),
        Theirs.ratings.label("t_ratings"), Theirs.words.label("t_words"), Theirs.submitted_at.label("t_at"),
        Theirs.given_on.label("t_on"), Theirs.released_at.is_not(None).label("t_released"),
        LastTurn.kind.label("l_kind"), LastTurn.author_id.label("l_author"), LastTurn.round.label("l_round"),
        LastTurn.attempt.label("l_attempt"),
    )
    .select_from(Prompt)
    .outerjoin(Mine, and_(Mine.prompt_id == Prompt.id, Mine.author_id == ME))
    .outerjoin(Theirs, and_(Theirs.prompt_id == Prompt.id, Theirs.author_id == YOU))
    .outerjoin(LastTurn, _last_turn)
    .where(Prompt.couple_id == bindparam("couple"))
)  # fmt: skip
MARKED = (
    EXCHANGE.add_columns(
        MyMark.value.label("mk_value"), MyMark.words.label("mk_words"),
        TheirMark.value.label("tk_value"), TheirMark.words.label("tk_words"),
    )
    .outerjoin(MyMark, and_(MyMark.prompt_id == Prompt.id, MyMark.author_id == ME))
    .outerjoin(TheirMark, and_(TheirMark.prompt_id == Prompt.id, TheirMark.author_id == YOU))
)  # fmt: skip
_TOGETHER = (
    select(func.count())
    .select_from(DayTogether)
    .where(DayTogether.couple_id == bindparam("couple"), DayTogether.day >= bindparam("month"))
)
_of_today, _fillable = Prompt.day == bindparam("today"), Prompt.day >= bindparam("since")
_looked_at = and_(Mine.opened_on.is_not(None), Theirs.submitted_at.is_not(None))
_heard = func.coalesce(and_(LastTurn.kind == UNDERSTAND, LastTurn.round == ROUNDS), false())
_waits = and_(
    Mine.submitted_at.is_not(None),
    Mine.opened_on.is_(None),
    Mine.released_at.is_(None),
    Mine.kept_waiting_at.is_(None),
)
_TODAY = EXCHANGE.add_columns(_TOGETHER.scalar_subquery().label("together")).where(
    Prompt.day <= bindparam("today"),
    Prompt.day >= bindparam("back"),
    # Both follow from the last line, and spare the days gone by most of the looking. An appreciation never waits.
    or_(_fillable, Prompt.exercise != APPRECIATION),
    or_(_fillable, Prompt.exercise == MIRRORING, _waits),
    or_(_of_today, not_(_looked_at)),
    or_(_of_today, not_(_heard)),
    or_(_fillable, LastTurn.kind.is_not(None), and_(_waits, Theirs.submitted_at.is_(None))),
)
_Before = aliased(Prompt)
_set_aside_before = exists().where(
    _Before.couple_id == Prompt.couple_id, _Before.exercise == Prompt.exercise, _Before.item == Prompt.item,
    _Before.day < Prompt.day, _Before.set_aside_at.is_not(None),
)  # fmt: skip
_ONE = MARKED.add_columns(
    case((Prompt.exercise == LOVE_MAP, _set_aside_before.correlate(Prompt)), else_=false()).label("came_round")
).where(Prompt.id == bindparam("prompt"))


def today_of(pair: Pair, *, now: datetime) -> tuple[list[Exchange], int]:
    """(what is open, waits or has just opened, newest first; days together this month). One statement, seldom two."""
    today, couple = pair.today(now), who(pair)
    month, back = today.replace(day=1), today - LOOKS_BACK
    rows = rows_of(_TODAY, **couple, today=today, since=today - FILL_IN, back=back, month=month)
    together = rows[0].together if rows else rows_of(_TOGETHER, couple=pair.couple_id, month=month)[0][0]
    in_order = list(load().exercises)
    rows = sorted(rows, key=lambda row: (-row.day.toordinal(), in_order.index(row.exercise), row.take))
    return exchanges_in(pair, rows, now), together


def exchange_for(pair: Pair, prompt_id: str, *, now: datetime) -> Exchange:
    """One exchange of the couple. One statement. Raises NotFound, also when it is another couple's."""
    row = db.session.execute(_ONE, {**who(pair), "prompt": prompt_id}).first()
    if row is None:
        raise NotFound
    seen = exchange_of(pair, row, now)
    seen.came_round = row.came_round
    return seen


def who(pair: Pair) -> dict[str, str]:
    """The values that EXCHANGE is asked with."""
    return {"couple": pair.couple_id, "me": pair.me.id, "you": pair.you.id if pair.you else ""}


def exchange_of(pair: Pair, row: Any, now: datetime) -> Exchange:
    """The exchange in one row of MARKED, as this partner may see it."""
    return with_marks(exchanges_in(pair, [row], now)[0], row)


def exchanges_in(pair: Pair, rows: Iterable[Any], now: datetime) -> list[Exchange]:
    """The exchanges in rows of EXCHANGE, as this partner may see them."""
    you, you_show = (pair.you.id, pair.you.shows_answering) if pair.you else (None, False)
    today, exercises = pair.today(now), load().exercises
    return [
        from_row(
            row,
            me=pair.me.id,
            you=you,
            you_show=you_show,
            today=today,
            now=now,
            opens=exercises[row.exercise].opens,
        )
        for row in rows
    ]
