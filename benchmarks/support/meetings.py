"""Prompts for two to respond to, with words that can be told from all others wherever they turn up."""

import secrets
from collections import Counter, deque
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.couples.day import day_of
from app.exercises.catalogue import load
from app.exercises.models import LOVE_MAP, DayTogether, Prompt, Response
from app.exercises.words import open_words
from benchmarks.support.house import Guest, House, couples, insert
from benchmarks.support.wire import post

DAYS = 3
"""On how many days a couple has a prompt: today and as many before as stay open, should a day begin meanwhile."""


@dataclass(frozen=True)
class Giving:
    """What one of two gives to a prompt, and the request that does it."""

    prompt: str
    day: date
    me: Guest
    words: dict[str, str]
    request: bytes

    def is_on(self, page: str) -> bool:
        """Whether any of these words are on a page."""
        return any(word in page for word in self.words.values())


Meeting = tuple[Giving, Giving]
Next = TypeVar("Next")


def arrange(house: House, count: int) -> list[Meeting]:
    """Bring couples into the house, and give them `count` prompts, at most one for a couple on a day."""
    now = clock.now()
    today, items = day_of(now, "UTC"), list(load().exercises[LOVE_MAP].items)
    with house.loading() as connection:
        pairs = couples(house, connection, -(-count // DAYS), now=now)
        chosen = [(pair, today - timedelta(back)) for back in range(DAYS) for pair in pairs][:count]
        rows = [
            {"id": new_id(), "couple_id": pair[0].couple, "day": day, "exercise": LOVE_MAP, "item": items[day.day]}
            for pair, day in chosen
        ]
        insert(connection, Prompt, rows)
        connection.commit()
    return [
        (_giving(row["id"], day, pair[0]), _giving(row["id"], day, pair[1]))
        for (pair, day), row in zip(chosen, rows, strict=True)
    ]


def _giving(prompt: str, day: date, me: Guest) -> Giving:
    words = {"answer": f"answer-{secrets.token_hex(8)}", "guess": f"guess-{secrets.token_hex(8)}"}
    return Giving(prompt, day, me, words, post(f"/prompts/{prompt}/response", me.token, words))


def taken(waiting: deque[Next]) -> Next | None:
    """The next of those that wait, if there is one: several threads take from one queue."""
    try:
        return waiting.popleft()
    except IndexError:
        return None


class Ledger:
    """What should be in the database, held against what is."""

    def __init__(self, house: House, meetings: list[Meeting]) -> None:
        """Nothing has been looked at yet."""
        self._house = house
        self._givings = {(each.prompt, each.me.id): each for meeting in meetings for each in meeting}
        self._days = {meeting[0].prompt: (meeting[0].me.couple, meeting[0].day) for meeting in meetings}
        self._read: dict[tuple[str, str], bytes] = {}

    def wrong(self, acknowledged: set[tuple[str, str]]) -> dict[str, int]:
        """How many responses are lost, doubled or not as they were given, and how many reveals are but half."""
        rows = [tuple(row) for row in self._house.look(select(Response.prompt_id, Response.author_id, Response.words))]
        there = {(prompt, author) for prompt, author, _ in rows}
        changed = sum(not self._as_given((prompt, author), sealed) for prompt, author, sealed in rows)
        both = {self._days[prompt] for prompt, in_ in Counter(prompt for prompt, _ in there).items() if in_ == 2}
        counted = {(couple, day) for couple, day in self._house.look(select(DayTogether.couple_id, DayTogether.day))}
        return {
            "lost": len(acknowledged - there),
            "doubled": len(rows) - len(there),
            "changed": changed,
            "half revealed": len(both ^ counted),
        }

    def _as_given(self, which: tuple[str, str], sealed: bytes) -> bool:
        """Whether the words in a row are those that were given. What was opened once is held against its bytes."""
        if self._read.get(which) != sealed:
            giving = self._givings.get(which)
            if giving is None or open_words(giving.me.key, "responses", *which, sealed) != giving.words:
                return False
            self._read[which] = sealed
        return True
