"""What a partner sees: today, one exchange, the days gone by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.errors import NotFound
from app.couples.models import Couple, Membership
from app.couples.service import Pair, Partner
from app.exercises.catalogue import load
from app.exercises.exchange import FILL_IN, Answer, Exchange, from_row
from app.exercises.models import APPRECIATION, LOVE_MAP, Amendment, DayTogether, Mark, Prompt, Response, Turn
from app.exercises.words import open_words

LOOKS_BACK = timedelta(days=9)
"""How far back today looks for a response of mine that still waits."""

_Mine, _Theirs = aliased(Response), aliased(Response)
_MyMark, _TheirMark, _Last = aliased(Mark), aliased(Mark), aliased(Turn)
_ME, _YOU = bindparam("me"), bindparam("you")
_last_number = select(func.max(Turn.number)).where(Turn.prompt_id == Prompt.id).correlate(Prompt).scalar_subquery()

EXCHANGE: Select[Any] = (
    select(
        Prompt.id, Prompt.day, Prompt.exercise, Prompt.take, Prompt.item, Prompt.set_aside_at,
        _Mine.ratings.label("m_ratings"), _Mine.words.label("m_words"), _Mine.submitted_at.label("m_at"),
        _Mine.given_on.label("m_on"), _Mine.released_at.label("m_released"), _Mine.kept_waiting_at.label("m_kept"),
        _Mine.opened_on.label("m_opened"),
        _Theirs.ratings.label("t_ratings"), _Theirs.words.label("t_words"), _Theirs.submitted_at.label("t_at"),
        _Theirs.given_on.label("t_on"), _Theirs.released_at.label("t_released"),
        _MyMark.value.label("mk_value"), _MyMark.words.label("mk_words"),
        _TheirMark.value.label("tk_value"), _TheirMark.words.label("tk_words"),
        _Last.kind.label("l_kind"), _Last.author_id.label("l_author"), _Last.round.label("l_round"),
        _Last.attempt.label("l_attempt"),
    )
    .select_from(Prompt)
    .outerjoin(_Mine, and_(_Mine.prompt_id == Prompt.id, _Mine.author_id == _ME))
    .outerjoin(_Theirs, and_(_Theirs.prompt_id == Prompt.id, _Theirs.author_id == _YOU))
    .outerjoin(_MyMark, and_(_MyMark.prompt_id == Prompt.id, _MyMark.author_id == _ME))
    .outerjoin(_TheirMark, and_(_TheirMark.prompt_id == Prompt.id, _TheirMark.author_id == _YOU))
    .outerjoin(_Last, and_(_Last.prompt_id == Prompt.id, _Last.number == _last_number))
    .where(Prompt.couple_id == bindparam("couple"))
)  # fmt: skip
_TODAY = (
    EXCHANGE.add_columns(
        select(func.count())
        .select_from(DayTogether)
        .where(DayTogether.couple_id == bindparam("couple"), DayTogether.day >= bindparam("month"))
        .scalar_subquery()
        .label("together")
    )
    .where(
        Prompt.day <= bindparam("today"),
        Prompt.day >= bindparam("back"),
        or_(
            Prompt.day >= bindparam("since"),
            _Last.kind.is_not(None),
            and_(
                _Mine.submitted_at.is_not(None),
                _Theirs.submitted_at.is_(None),
                _Mine.released_at.is_(None),
                _Mine.kept_waiting_at.is_(None),
            ),
        ),
    )
    .order_by(Prompt.day.desc(), Prompt.exercise, Prompt.take)
)
_ONE = EXCHANGE.where(Prompt.id == bindparam("prompt"))


@dataclass(frozen=True, slots=True)
class Said:
    """A response that may be read: who said it, ratings, opened words, later wordings, what the other made of it."""

    author: Partner
    ratings: dict[str, int]
    words: dict[str, Any]
    late: bool
    amendments: list[tuple[str, str]] = field(default_factory=list)
    mark: int | None = None
    thanks: str = ""

    def latest(self, name: str) -> str:
        """The newest wording of a field."""
        return next((text for each, text in reversed(self.amendments) if each == name), self.words.get(name, ""))

    def earlier(self, name: str) -> list[str]:
        """The wordings of a field before the newest, oldest first."""
        later = [text for each, text in self.amendments if each == name]
        return [self.words.get(name, ""), *later][:-1] if later else []


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn of a mirroring, opened."""

    author: Partner
    kind: str
    round: int
    attempt: int
    rating: int | None
    text: str
    together: bool


def today_of(pair: Pair, *, now: datetime) -> tuple[list[Exchange], int]:
    """(what is open, waits or has opened, newest first; days together this month). One statement."""
    today = pair.today(now)
    rows = db.session.execute(
        _TODAY,
        {
            **_who(pair),
            "today": today,
            "since": today - FILL_IN,
            "back": today - LOOKS_BACK,
            "month": today.replace(day=1),
        },
    ).all()
    return [_exchange(pair, row, now) for row in rows], (rows[0].together if rows else 0)


def exchange_for(pair: Pair, prompt_id: str, *, now: datetime) -> Exchange:
    """One exchange of the couple. One statement. Raises NotFound, also when it is another couple's."""
    row = db.session.execute(_ONE, {**_who(pair), "prompt": prompt_id}).first()
    if row is None:
        raise NotFound
    return _exchange(pair, row, now)


def exchanges_of(
    pair: Pair, *, now: datetime, before: date, days: int = 14, exercise: str | None = None, most: int = 60
) -> list[Exchange]:
    """Past exchanges before a day, newest first: those of `days` days, or `most` of one exercise. One statement."""
    found = EXCHANGE.where(
        Prompt.day < before,
        or_(_Mine.submitted_at.is_not(None), _Theirs.submitted_at.is_not(None), _Last.kind.is_not(None)),
    )
    found = found.where(Prompt.exercise == exercise) if exercise else found.where(Prompt.day >= before - timedelta(days))
    newest = found.order_by(Prompt.day.desc(), Prompt.exercise, Prompt.take).limit(most)
    return [_exchange(pair, row, now) for row in db.session.execute(newest, _who(pair))]


def days_before(pair: Pair, day: date) -> date | None:
    """The latest day before `day` with a prompt of the couple."""
    return db.session.scalar(
        select(func.max(Prompt.day)).where(Prompt.couple_id == pair.couple_id, Prompt.day < day)
    )


def said(pair: Pair, seen: Exchange, *, amended: bool = False) -> tuple[Said | None, Said | None]:
    """(mine, yours), opened. `yours` is None unless I may read it. With `amended`, later wordings too."""
    later = _amendments(pair, seen) if amended and (seen.open_to_both or seen.yours) else {}
    mine = seen.mine and _open(pair, seen, seen.mine, later, seen.your_mark, pair.you)
    yours = seen.yours and _open(pair, seen, seen.yours, later, seen.my_mark, pair.me)
    return mine, yours


def turns_of(pair: Pair, prompt_id: str) -> list[Spoken]:
    """The turns of a mirroring in order. Both partners read all of them."""
    turns = db.session.execute(
        select(Turn).join(Prompt).where(Turn.prompt_id == prompt_id, Prompt.couple_id == pair.couple_id)
        .order_by(Turn.number)
    ).scalars()  # fmt: skip
    return [
        Spoken(
            (author := pair.partner(turn.author_id)), turn.kind, turn.round, turn.attempt, turn.rating,
            open_words(author.key, "turns", f"{prompt_id}.{turn.number}", author.id, turn.words)["text"],
            turn.together,
        )
        for turn in turns
    ]  # fmt: skip


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
        EXCHANGE.where(Prompt.exercise == APPRECIATION, _Theirs.submitted_at.is_not(None))
        .order_by(Prompt.day.desc(), Prompt.take)
        .offset(which)
        .limit(1),
        _who(pair),
    ).first()
    now = row.t_at if row else None
    return count, which, _exchange(pair, row, now) if row and now else None


def known_map(pair: Pair) -> Sequence[Any]:
    """The love-map prompts both answered, oldest first: rows of id, day, item, and the marks given by me and by you."""
    query = (
        select(Prompt.id, Prompt.day, Prompt.item, _MyMark.value.label("by_me"), _TheirMark.value.label("by_you"))
        .join(_Mine, and_(_Mine.prompt_id == Prompt.id, _Mine.author_id == _ME))
        .join(_Theirs, and_(_Theirs.prompt_id == Prompt.id, _Theirs.author_id == _YOU))
        .outerjoin(_MyMark, and_(_MyMark.prompt_id == Prompt.id, _MyMark.author_id == _ME))
        .outerjoin(_TheirMark, and_(_TheirMark.prompt_id == Prompt.id, _TheirMark.author_id == _YOU))
        .where(Prompt.couple_id == bindparam("couple"), Prompt.exercise == LOVE_MAP)
        .order_by(Prompt.day, Prompt.take)
    )
    return db.session.execute(query, _who(pair)).all()


def former_words(pair: Pair, *, before: date | None = None, most: int = 40) -> list[tuple[Any, dict[str, Any]]]:
    """My own words from couples that have ended: (row of day, exercise, item, ratings; words), newest first."""
    query = (
        select(Prompt.id, Prompt.day, Prompt.exercise, Prompt.item, Response.ratings, Response.words)
        .join(Response, Response.prompt_id == Prompt.id)
        .join(Couple, Couple.id == Prompt.couple_id)
        .join(Membership, and_(Membership.couple_id == Couple.id, Membership.person_id == Response.author_id))
        .where(Response.author_id == pair.me.id, Membership.left_at.is_not(None))
        .order_by(Prompt.day.desc(), Prompt.exercise)
        .limit(most)
    )
    if before:
        query = query.where(Prompt.day < before)
    key = pair.me.key
    return [(row, open_words(key, "responses", row.id, pair.me.id, row.words)) for row in db.session.execute(query)]


def _who(pair: Pair) -> dict[str, str]:
    return {"couple": pair.couple_id, "me": pair.me.id, "you": pair.you.id if pair.you else ""}


def _exchange(pair: Pair, row: Any, now: datetime) -> Exchange:
    return from_row(
        row,
        me=pair.me.id,
        you=pair.you.id if pair.you else None,
        you_show=bool(pair.you and pair.you.shows_answering),
        today=pair.today(now),
        now=now,
        opens=load().exercises[row.exercise].opens,
    )


def _open(
    pair: Pair, seen: Exchange, answer: Answer, later: dict[str, list[tuple[str, str]]], mark: Any, marker: Partner | None
) -> Said:
    author = pair.partner(answer.author)
    words = open_words(author.key, "responses", seen.id, author.id, answer.sealed)
    thanks = ""
    if mark is not None and mark.sealed and marker is not None:
        thanks = open_words(marker.key, "marks", seen.id, marker.id, mark.sealed)["thanks"]
    return Said(
        author,
        dict(answer.ratings),
        words,
        late=answer.given_on > seen.day,
        amendments=later.get(author.id, []),
        mark=mark.value if mark is not None else None,
        thanks=thanks,
    )


def _amendments(pair: Pair, seen: Exchange) -> dict[str, list[tuple[str, str]]]:
    readable = [answer.author for answer in (seen.mine, seen.yours) if answer is not None]
    of_them: ColumnElement[bool] = Amendment.author_id.in_(readable)
    rows = db.session.scalars(
        select(Amendment).where(Amendment.prompt_id == seen.id, of_them).order_by(Amendment.number)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        author = pair.partner(row.author_id)
        words = open_words(author.key, "amendments", f"{seen.id}.{row.number}", author.id, row.words)
        found.setdefault(author.id, []).append((row.field, words["text"]))
    return found
