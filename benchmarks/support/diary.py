"""Weeks of a couple's days, as rows of SQLite: prompts by the default plan, responses, turns, and what is open today.

Millions of rows: so they are laid down as SQLite keeps them, past SQLAlchemy, which would take four times as long.
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.core.crypto import seal
from app.core.db import Model
from app.core.ids import new_id
from app.exercises.catalogue import load
from app.exercises.mirroring import HEARD, MIRROR, ROUNDS, SPEAK, UNDERSTAND
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING, DayTogether, Prompt, Response, Turn
from app.exercises.words import seal_words
from benchmarks.support.house import Guest

Pair = tuple[Guest, Guest]
Row = tuple[Any, ...]

RATINGS = {"mood": 7, "stress": 4, "understood": 8, "valued": 7, "supported": 9, "guess_mood": 6, "guess_stress": 5}
NUMBERS = {True: json.dumps(RATINGS), False: "{}"}
WORDS: dict[str, dict[str, Any]] = {
    CHECK_IN: {
        "feelings": ["calm", "hopeful"], "need": "listening", "high": "The walk along the river before work.",
        "low": "", "challenge": "Saying no to the second meeting.", "guess_need": "affection",
    },
    APPRECIATION: {"text": "You made tea without a word when I came home late, and sat down beside me."},
    LOVE_MAP: {"answer": "Warm bread, and my grandmother’s kitchen.", "guess": "Rain on dry stone in the summer."},
    MIRRORING: {"text": "When the door closed loudly I felt small."},
}  # fmt: skip
STEPS = (SPEAK, MIRROR, HEARD, UNDERSTAND)
OF_OTHERS = [secrets.token_bytes(len(seal(bytes(32), str(WORDS[CHECK_IN]), ""))) for _ in range(4096)]
"""Words of those who are never asked for: random bytes as long as sealed ones. Nothing opens them."""

COLUMNS: dict[type[Model], str] = {
    Prompt: "id couple_id day exercise item take",
    Response: "prompt_id author_id ratings words given_on submitted_at opened_on",
    Turn: "prompt_id number author_id kind round attempt rating words taken_at together",
    DayTogether: "couple_id day",
}


def past(connection: sa.Connection, pairs: Sequence[Pair], asked: set[str], day: date) -> None:
    """A day gone by on which every pair did all that the plan has. Words of the couples `asked` for are sealed."""
    for exercise in planned(day):
        done = list(zip(pairs, _idents(len(pairs)), strict=True))
        _lay(connection, Prompt, (_prompt(pair, ident, exercise, day) for pair, ident in done))
        if exercise == MIRRORING:
            _lay(connection, Turn, (turn for pair, ident in done for turn in _turns(pair, ident, day, asked)))
        else:
            given = (_response(me, ident, exercise, day, asked, day) for pair, ident in done for me in pair)
            _lay(connection, Response, given)
    _lay(connection, DayTogether, ((first.couple, day.isoformat()) for first, _ in pairs))


def present(connection: sa.Connection, pairs: Sequence[Pair], asked: set[str], day: date) -> None:
    """Today, in four states by turns.

    Nothing done; the first has checked in and was given something; all is given by the first; all is open to both.
    """
    for exercise in planned(day) - {MIRRORING}:
        begun = list(zip(range(len(pairs)), pairs, _idents(len(pairs)), strict=True))
        _lay(connection, Prompt, (_prompt(pair, ident, exercise, day) for _, pair, ident in begun))
        given = (
            _response(pair[which], ident, exercise, day, asked, None)
            for number, pair, ident in begun
            for which in _givers(number % 4, exercise)
        )
        _lay(connection, Response, given)
    _lay(connection, DayTogether, ((first.couple, day.isoformat()) for first, _ in pairs[3::4]))


def _idents(count: int) -> list[str]:
    """Ids for a day's prompts: random, and in order, since an index takes sorted rows much faster."""
    return sorted(new_id() for _ in range(count))


def planned(day: date) -> set[str]:
    """The exercises that the default plan has for a day."""
    return {name for name, exercise in load().exercises.items() if day.isoweekday() in exercise.default_weekdays}


def _givers(state: int, exercise: str) -> tuple[int, ...]:
    """Which of the two have responded: 0 is the first."""
    return ((), {CHECK_IN: (0,), APPRECIATION: (1,)}.get(exercise, ()), (0,), (0, 1))[state]


def _prompt(pair: Pair, ident: str, exercise: str, day: date) -> Row:
    return ident, pair[0].couple, day.isoformat(), exercise, _item(exercise, day), 1


@lru_cache(maxsize=4)
def _item(exercise: str, day: date) -> str | None:
    items = list(load().exercises[exercise].items)
    return items[day.day] if items else None


def _response(me: Guest, prompt: str, exercise: str, day: date, asked: set[str], opened: date | None) -> Row:
    words = _words(me, "responses", prompt, exercise, asked)
    numbers, on = NUMBERS[exercise == CHECK_IN], day.isoformat()
    return prompt, me.id, numbers, words, on, f"{on} 19:30:00.000000", opened and opened.isoformat()


def _turns(pair: Pair, prompt: str, day: date, asked: set[str]) -> Iterator[Row]:
    count = len(STEPS) * ROUNDS
    # Of those who are never asked for, the last turn is enough: it alone says where a mirroring stands.
    for number in range(1 if pair[0].couple in asked else count, count + 1):
        half, step = divmod(number - 1, len(STEPS))
        kind = STEPS[step]
        # Who speaks also says how it was heard; then they swap.
        me = pair[(kind in {MIRROR, UNDERSTAND}) ^ half]
        words = _words(me, "turns", f"{prompt}.{number}", MIRRORING, asked)
        heard = 8 if kind == HEARD else None
        yield prompt, number, me.id, kind, half + 1, 1, heard, words, f"{day} 19:30:00.000000", False


def _words(me: Guest, table: str, row: str, exercise: str, asked: set[str]) -> bytes:
    if me.couple in asked:
        return seal_words(me.key, table, row, me.id, WORDS[exercise])
    return OF_OTHERS[hash(row) % len(OF_OTHERS)]


def _lay(connection: sa.Connection, model: type[Model], rows: Iterator[Row]) -> None:
    columns = COLUMNS[model].split()
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    cursor = connection.connection.cursor()
    cursor.executemany(f"INSERT INTO {model.__tablename__} ({names}) VALUES ({marks})", rows)
    cursor.close()
    connection.connection.commit()
