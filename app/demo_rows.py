"""What the people of the demo give to prompts, as rows: sealed, dated and opened as the services do it."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.core.db import Model, db
from app.couples.day import day_of, start_of
from app.couples.service import Pair
from app.exercises.mirroring import Last
from app.exercises.models import Amendment, DayTogether, Mark, Prompt, Response, Turn
from app.exercises.words import seal_words

DAY = timedelta(days=1)
TABLES = (Prompt, Response, Amendment, Mark, Turn, DayTogether)
"""In the order in which they point to each other."""

AFTER = {"amended": timedelta(hours=14), "let_go": timedelta(hours=50)}
"""How long after an answer its author says it better, or lets it go."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When things have happened, in one zone, up to `now`."""

    zone: str
    now: datetime

    @property
    def today(self) -> date:
        """The day that it is."""
        return day_of(self.now, self.zone)

    def at(self, day: date, hour: float) -> datetime:
        """An hour of a day, from 4 to 28. Today has gone only so far, so that its hours lie closer together."""
        if day < self.today:
            wall = datetime.combine(day, time(), ZoneInfo(self.zone)) + timedelta(hours=hour)
            return wall.astimezone(UTC)
        begun = start_of(day, self.zone)
        return begun + (self.now - begun) * ((hour - 4) / 24)


def id_of(*parts: object) -> str:
    """An id that is the same for the same parts, so that the same day always tells the same."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def lay_down(rows: Sequence[Model], tables: Iterable[type[Model]]) -> None:
    """Write rows, inside a transaction, table by table in this order: a few statements, however many they are."""
    for table in tables:
        db.session.add_all(row for row in rows if isinstance(row, table))
        db.session.flush()


@dataclass(frozen=True, slots=True)
class Given:
    """What one of them gave to a prompt, and when."""

    at: datetime
    words: Mapping[str, Any]
    ratings: Mapping[str, int]
    fate: str = ""
    """What became of it while it waited alone: kept, released, or "" for nothing."""
    seen: bool = True
    """Whether they have looked at it since both are in."""


class Rows:
    """The rows of one couple. `later`: a text → how its author said it again, once it was open to both."""

    def __init__(self, seed: str, pair: Pair, calendar: Calendar, later: Mapping[str, str]) -> None:
        self._seed, self._pair, self._calendar, self._later = seed, pair, calendar, later
        self._keys = {each.id: each.key for each in (pair.me, pair.you) if each}
        self._made: list[Model] = []
        self._together: set[date] = set()

    def save(self) -> None:
        """Write them all, inside a transaction."""
        self._made += [DayTogether(couple_id=self._pair.couple_id, day=day) for day in sorted(self._together)]
        lay_down(self._made, TABLES)

    def prompt(self, day: date, exercise: str, item: str | None, *, instead_of: str = "") -> Prompt:
        """Give the couple an exercise for a day, after it has put aside the question `instead_of`, if there is one."""
        if instead_of:
            self._take(day, exercise, 1, instead_of).set_aside_at = self._calendar.at(day, 18)
        return self._take(day, exercise, 2 if instead_of else 1, item)

    def respond(self, prompt: Prompt, given: Mapping[str, Given], *, at_once: bool = False) -> None:
        """Keep what each (by id) gave. What both gave is open; `at_once`: also what one did."""
        both = len(given) == 2
        for author, thing in given.items():
            opened = max(each.at for each in given.values()) if both and thing.seen else None
            gone = thing.at + AFTER["let_go"]
            response = Response(
                prompt_id=prompt.id,
                author_id=author,
                ratings=dict(thing.ratings),
                words=self._seal("responses", prompt.id, author, thing.words),
                given_on=self._day(thing.at),
                submitted_at=thing.at,
                kept_waiting_at=gone if thing.fate == "kept" else None,
                released_at=gone if thing.fate == "released" else None,
                opened_on=self._day(opened) if opened else None,
            )
            self._made.append(response)
            if both or at_once:
                self._amend(response, thing)
        if both:
            self._together.add(prompt.day)

    def mark(self, prompt: Prompt, author: str, value: int, at: datetime, thanks: str = "") -> None:
        """Keep what one made of the other's response."""
        words = self._seal("marks", prompt.id, author, {"thanks": thanks}) if thanks else None
        self._made.append(Mark(prompt_id=prompt.id, author_id=author, value=value, words=words, marked_at=at))

    def turn(self, prompt: Prompt, number: int, last: Last, said: tuple[str, int | None], **others: Any) -> None:
        """Keep a turn, which was the last then. `said`: its text, and its rating if it has one."""
        text, rating = said
        turn = Turn(prompt_id=prompt.id, number=number, author_id=last.author, kind=last.kind, rating=rating, **others)
        turn.round, turn.attempt = last.round, last.attempt
        turn.words = self._seal("turns", f"{prompt.id}.{number}", last.author, {"text": text})
        self._made.append(turn)

    def heard(self, prompt: Prompt) -> None:
        """They have heard each other to the end."""
        self._together.add(prompt.day)

    def _amend(self, response: Response, thing: Given) -> None:
        again = [(name, later) for name, text in thing.words.items() if (later := self._later.get(str(text)))]
        for number, (name, text) in enumerate(again, 1):
            words = self._seal("amendments", f"{response.prompt_id}.{number}", response.author_id, {"text": text})
            self._made.append(
                Amendment(
                    prompt_id=response.prompt_id,
                    author_id=response.author_id,
                    number=number,
                    field=name,
                    words=words,
                    amended_at=min(thing.at + AFTER["amended"], self._calendar.now),
                )
            )

    def _take(self, day: date, exercise: str, take: int, item: str | None) -> Prompt:
        # The same id for the same day: what the two may talk about follows from it.
        ident = id_of(self._seed, day, exercise, take)
        couple = self._pair.couple_id
        prompt = Prompt(id=ident, couple_id=couple, day=day, exercise=exercise, take=take, item=item)
        self._made.append(prompt)
        return prompt

    def _seal(self, table: str, row: str, author: str, words: Mapping[str, Any]) -> bytes:
        return seal_words(self._keys[author], table, row, author, words)

    def _day(self, at: datetime) -> date:
        return day_of(at, self._calendar.zone)
