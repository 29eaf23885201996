"""Weeks of a couple's days, as rows: prompts by the default plan, responses, turns, and what is open today."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from app.core.crypto import seal
from app.core.db import Model
from app.core.ids import new_id
from app.exercises.catalogue import load
from app.exercises.mirroring import HEARD, MIRROR, ROUNDS, SPEAK, UNDERSTAND
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING, DayTogether, Prompt, Response, Turn
from app.exercises.words import seal_words
from benchmarks.support.house import Guest

Pair = tuple[Guest, Guest]
Laid = tuple[type[Model], list[dict[str, Any]]]

RATINGS = {"mood": 7, "stress": 4, "understood": 8, "valued": 7, "supported": 9, "guess_mood": 6, "guess_stress": 5}
WORDS: dict[str, dict[str, Any]] = {
    CHECK_IN: {
        "feelings": ["calm", "hopeful"], "need": "listening", "high": "The walk along the river before work.",
        "low": "", "challenge": "Saying no to the second meeting.", "guess_need": "affection",
    },
    APPRECIATION: {"text": "You made tea without a word when I came home late, and sat down beside me."},
    LOVE_MAP: {"answer": "Warm bread, and my grandmother’s kitchen.", "guess": "Rain on dry stone in the summer."},
}  # fmt: skip
TURNS = (SPEAK, MIRROR, HEARD, UNDERSTAND)
OF_OTHERS = [secrets.token_bytes(len(seal(bytes(32), str(WORDS[CHECK_IN]), ""))) for _ in range(4096)]
"""Words of those who are never asked for: random bytes as long as sealed ones. Nothing opens them."""


def past(pairs: Sequence[Pair], asked: set[str], day: date) -> Iterator[Laid]:
    """A day gone by on which every pair did all that the plan has. Words of the couples `asked` for are sealed."""
    for exercise in planned(day):
        prompts = [_prompt(pair, exercise, day) for pair in pairs]
        yield Prompt, prompts
        done = list(zip(pairs, prompts, strict=True))
        if exercise == MIRRORING:
            yield Turn, [row for pair, prompt in done for row in _turns(pair, prompt, pair[0].couple in asked)]
        else:
            yield (
                Response,
                [_response(me, prompt, me.couple in asked, opened=True) for pair, prompt in done for me in pair],
            )
    yield DayTogether, [{"couple_id": first.couple, "day": day} for first, _ in pairs]


def present(pairs: Sequence[Pair], asked: set[str], day: date) -> Iterator[Laid]:
    """Today, in four states by turns: nothing done; the first has checked in and was given something; all given
    by the first; all open.
    """
    together = []
    for exercise in planned(day) - {MIRRORING}:
        prompts, responses = [], []
        for number, (ana, ben) in enumerate(pairs):
            prompts.append(prompt := _prompt((ana, ben), exercise, day))
            by = {0: (), 1: {CHECK_IN: (ana,), APPRECIATION: (ben,)}.get(exercise, ()), 2: (ana,), 3: (ana, ben)}
            responses += [_response(me, prompt, me.couple in asked, opened=False) for me in by[number % 4]]
        yield Prompt, prompts
        yield Response, responses
    together = [{"couple_id": ana.couple, "day": day} for ana, _ in pairs[3::4]]
    yield DayTogether, together


def planned(day: date) -> set[str]:
    """The exercises that the default plan has for a day."""
    return {name for name, exercise in load().exercises.items() if day.isoweekday() in exercise.default_weekdays}


def _prompt(pair: Pair, exercise: str, day: date) -> dict[str, Any]:
    items = list(load().exercises[exercise].items)
    item = items[day.toordinal() % len(items)] if items else None
    return {"id": new_id(), "couple_id": pair[0].couple, "day": day, "exercise": exercise, "item": item}


def _response(me: Guest, prompt: dict[str, Any], asked: bool, *, opened: bool) -> dict[str, Any]:
    exercise, day = prompt["exercise"], prompt["day"]
    words = seal_words(me.key, "responses", prompt["id"], me.id, WORDS[exercise]) if asked else _of_others()
    return {
        "prompt_id": prompt["id"], "author_id": me.id, "ratings": RATINGS if exercise == CHECK_IN else {},
        "words": words, "given_on": day, "submitted_at": _evening(day), "opened_on": day if opened else None,
    }  # fmt: skip


def _turns(pair: Pair, prompt: dict[str, Any], asked: bool) -> Iterator[dict[str, Any]]:
    for number in range(len(TURNS) * ROUNDS):
        kind, half = TURNS[number % len(TURNS)], number // len(TURNS)
        # Who speaks also says how it was heard; then they swap.
        me = pair[(kind in {MIRROR, UNDERSTAND}) ^ half]
        row, text = f"{prompt['id']}.{number + 1}", {"text": "When the door closed loudly I felt small."}
        yield {
            "prompt_id": prompt["id"], "number": number + 1, "author_id": me.id, "kind": kind, "round": half + 1,
            "attempt": 1, "rating": 8 if kind == HEARD else None, "taken_at": _evening(prompt["day"]),
            "words": seal_words(me.key, "turns", row, me.id, text) if asked else _of_others(),
        }  # fmt: skip


def _evening(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T19:30:00+00:00")


def _of_others() -> bytes:
    return OF_OTHERS[secrets.randbelow(len(OF_OTHERS))]
