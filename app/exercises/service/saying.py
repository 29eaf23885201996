"""Words opened for whoever may read them. What may be read is not decided here, but by `exchange.Exchange`."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select

from app.core.db import db
from app.couples.service import Pair, Partner
from app.exercises.exchange import Answer, Exchange
from app.exercises.models import Amendment, Prompt, Turn
from app.exercises.words import open_words

Later = dict[str, list[tuple[str, str]]]
"""Author → the later wordings of (field, text), in order."""


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


def said(pair: Pair, seen: Exchange, *, amended: bool = False) -> tuple[Said | None, Said | None]:
    """(mine, yours), opened. `yours` is None unless I may read it. With `amended`, later wordings too."""
    later = _amendments(pair, seen) if amended and (seen.open_to_both or seen.yours) else {}
    mine = _open(pair, seen, seen.mine, later, seen.your_mark, pair.you) if seen.mine else None
    yours = _open(pair, seen, seen.yours, later, seen.my_mark, pair.me) if seen.yours else None
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


def _open(
    pair: Pair,
    seen: Exchange,
    answer: Answer,
    later: dict[str, list[tuple[str, str]]],
    mark: Any,
    marker: Partner | None,
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


def _amendments(pair: Pair, seen: Exchange) -> Later:
    readable = [answer.author for answer in (seen.mine, seen.yours) if answer is not None]
    of_them: ColumnElement[bool] = Amendment.author_id.in_(readable)
    rows = db.session.scalars(
        select(Amendment).where(Amendment.prompt_id == seen.id, of_them).order_by(Amendment.number)
    )
    found: Later = {}
    for row in rows:
        author = pair.partner(row.author_id)
        words = open_words(author.key, "amendments", f"{seen.id}.{row.number}", author.id, row.words)
        found.setdefault(author.id, []).append((row.field, words["text"]))
    return found
