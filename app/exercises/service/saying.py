"""Words, opened for whoever may read them when a page shows them.

What may be read is not decided here, but by `exchange.Exchange`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, select

from app.core.db import db
from app.couples.service import Pair, Partner
from app.exercises.exchange import Answer, Exchange, Given
from app.exercises.models import Amendment, Prompt, Turn
from app.exercises.words import open_words

Later = dict[str, list[tuple[str, str]]]
"""Author → the later wordings of (field, text), in order."""


@dataclass(kw_only=True)
class Said:
    """A response that may be read: who said it, ratings, words, later wordings, what the other made of it."""

    prompt_id: str
    author: Partner
    other: Partner | None
    late: bool
    amendments: list[tuple[str, str]]
    answer: Answer = field(repr=False)
    given: Given | None = field(repr=False)

    @property
    def ratings(self) -> Mapping[str, int]:
        """The numbers, by the names of their fields."""
        return self.answer.ratings

    @cached_property
    def words(self) -> dict[str, Any]:
        """What was written, by the names of the fields."""
        return open_words(self.author.key, "responses", self.prompt_id, self.author.id, self.answer.sealed)

    @property
    def mark(self) -> int | None:
        """The number that the other gave it, if they have."""
        return self.given.value if self.given else None

    @cached_property
    def thanks(self) -> str:
        """What the other wrote back, or ""."""
        if self.given is None or not self.given.sealed or self.other is None:
            return ""
        thanks: str = open_words(self.other.key, "marks", self.prompt_id, self.other.id, self.given.sealed)["thanks"]
        return thanks

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
    """(mine, yours). `yours` is None unless I may read it. With `amended`, later wordings too."""
    later = _amendments(pair, seen) if amended and (seen.open_to_both or seen.yours) else {}
    mine = _said(pair.me, pair.you, seen, seen.mine, seen.your_mark, later) if seen.mine else None
    yours = _said(pair.you, pair.me, seen, seen.yours, seen.my_mark, later) if seen.yours and pair.you else None
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


def _said(
    author: Partner, other: Partner | None, seen: Exchange, answer: Answer, given: Given | None, later: Later
) -> Said:
    return Said(
        prompt_id=seen.id,
        author=author,
        other=other,
        late=answer.given_on > seen.day,
        amendments=later.get(author.id, []),
        answer=answer,
        given=given,
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
