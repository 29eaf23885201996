"""The steps: what was written at each, and which the two have behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, delete, func, select

from app.core.db import db, rows_of
from app.couples.service import Pair, Partner
from app.path.models import Line, StepBehind
from app.path.sealing import opened, sealed
from app.path.service.holding import hold
from app.path.steps import Step, load


@dataclass(frozen=True, slots=True)
class Written:
    """A line at a step."""

    author: Partner
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """Where the two are: step → who has written there (ids), and step → the day on which it was said to be done."""

    wrote: Mapping[str, frozenset[str]]
    behind: Mapping[str, date]

    @property
    def next(self) -> Step | None:
        """The first step that they do not have behind them: a suggestion. None when all are."""
        return next((step for step in load().steps.values() if step.id not in self.behind), None)


_WROTE = select(Line.step, Line.author_id).where(Line.couple_id == bindparam("couple")).distinct()
_BEHIND = select(StepBehind.step, StepBehind.done_on).where(StepBehind.couple_id == bindparam("couple"))
_LINES = (
    select(Line.number, Line.author_id, Line.words, Line.written_at)
    .where(Line.couple_id == bindparam("couple"), Line.step == bindparam("step"))
    .order_by(Line.number)
)


def overview(pair: Pair) -> Overview:
    """Where the couple is on its path. Two statements."""
    wrote: dict[str, set[str]] = {}
    for step, author_id in rows_of(_WROTE, couple=pair.couple_id):
        wrote.setdefault(step, set()).add(author_id)
    behind = dict(rows_of(_BEHIND, couple=pair.couple_id))
    return Overview({step: frozenset(who) for step, who in wrote.items()}, behind)


def written(pair: Pair, step: str) -> list[Written]:
    """All that was written at a step in this couple, in order. One statement."""
    found = []
    for number, author_id, words, at in rows_of(_LINES, couple=pair.couple_id, step=step):
        author = pair.partner(author_id)
        text = opened(author.key, "path_lines", f"{pair.couple_id}.{number}", author.id, words)
        found.append(Written(author, text, at))
    return found


def write(pair: Pair, step: str, text: str, *, now: datetime) -> None:
    """Keep words at a step. The partner, where there is one, reads them from now on. The same twice is kept once."""
    hold(pair)
    last = written(pair, step)[-1:]
    if last and last[0].author.id == pair.me.id and last[0].text == text:
        # A double tap, or a phone that did not hear the reply.
        return
    number = 1 + (db.session.scalar(select(func.max(Line.number)).where(Line.couple_id == pair.couple_id)) or 0)
    words = sealed(pair.me.key, "path_lines", f"{pair.couple_id}.{number}", pair.me.id, text)
    row = Line(couple_id=pair.couple_id, number=number, author_id=pair.me.id, step=step, words=words, written_at=now)
    db.session.add(row)


def mark_behind(pair: Pair, step: str, *, now: datetime) -> None:
    """We have done this. A second time changes nothing."""
    hold(pair)
    if db.session.get(StepBehind, (pair.couple_id, step)) is None:
        db.session.add(StepBehind(couple_id=pair.couple_id, step=step, done_on=pair.today(now)))


def undo_behind(pair: Pair, step: str) -> None:
    """Not yet, after all."""
    db.session.execute(delete(StepBehind).where(StepBehind.couple_id == pair.couple_id, StepBehind.step == step))
