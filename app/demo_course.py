"""How the people of the demo feel from day to day, and what they guess of each other. Pure, and the same every time."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WEEKDAYS = (0.5, 0.3, 0.1, 0.2, -0.2, -1.0, -1.1)
"""What a weekday adds to stress, Monday first."""

FEELINGS = (
    (lambda felt: felt.mood >= 8, ("bright", "close", "calm")),
    (lambda felt: felt.mood >= 6 and felt.stress <= 5, ("calm", "close", "bright")),
    (lambda felt: felt.stress >= 7, ("tense", "uneasy", "tired")),
    (lambda felt: felt.mood <= 4, ("low", "tired", "uneasy")),
    (bool, ("tired", "calm", "close")),
)
"""The families of feelings that fit; the first line that is true counts."""

NEEDS = (
    (lambda felt: felt.stress >= 7, {"help": 3, "space": 3, "listening": 2, "affection": 2}),
    (lambda felt: felt.mood <= 4, {"affection": 4, "listening": 4, "space": 1, "advice": 1}),
    (lambda felt: felt.mood >= 7, {"nothing": 4, "affection": 3, "listening": 2, "advice": 1}),
    (bool, {"listening": 3, "affection": 3, "nothing": 2, "space": 2, "advice": 1, "help": 1}),
)
"""What would do good, with its weight; the first line that is true counts."""


@dataclass(frozen=True, slots=True)
class Felt:
    """How one person is on one day. The last three are None for somebody on their own."""

    mood: int
    stress: int
    understood: int | None = None
    valued: int | None = None
    supported: int | None = None


def chance(*about: object) -> random.Random:
    """A source of chance that is the same for the same words."""
    return random.Random("|".join(map(str, about)))  # noqa: S311 - nothing here is a secret


def course(arcs: Mapping[str, Mapping[str, Sequence[float]]], weekdays: Sequence[int]) -> dict[str, list[Felt]]:
    """Who → how they are on each day. `arcs` holds a value for each week; `weekdays` count from 0, Monday."""
    found: dict[str, list[Felt]] = {who: [] for who in arcs}
    for day, weekday in enumerate(weekdays):
        # What happens to both, so that their moods go together.
        shared = chance("weather", *arcs, day).gauss(0, 0.7)
        for who, arc in arcs.items():
            own, strain = chance(who, day), WEEKDAYS[weekday]
            mood = along(arc["mood"], day) + shared - strain / 2 + own.gauss(0, 0.8)
            stress = along(arc["stress"], day) - shared + strain + own.gauss(0, 0.8)
            met = [along(arc["felt"], day) + shared / 2 + own.gauss(0, 0.9) for _ in range(3)] if "felt" in arc else []
            found[who].append(Felt(*map(step, (mood, stress, *met))))
    return found


def along(weeks: Sequence[float], day: int) -> float:
    """The value for a day, on a line from the middle of one week to that of the next."""
    place = min(max((day - 3) / 7, 0), len(weeks) - 1)
    before = int(place)
    after = min(before + 1, len(weeks) - 1)
    return weeks[before] + (weeks[after] - weeks[before]) * (place - before)


def step(value: float) -> int:
    """The nearest step of a scale of 0 to 10."""
    return min(max(round(value), 0), 10)


def feelings(felt: Felt, families: Mapping[str, Sequence[str]], luck: random.Random) -> list[str]:
    """None to three feeling words that fit, the strongest left out. `families`: id → words, mild ones first."""
    fitting = next(names for fits, names in FEELINGS if fits(felt))
    words = [word for name in fitting[:2] for word in families[name][:5]] + list(families[fitting[2]][:2])
    return luck.sample(words, luck.choice((0, 1, 1, 2, 2, 3)))


def need(felt: Felt, luck: random.Random) -> str:
    """What would do them good."""
    weights = next(weights for fits, weights in NEEDS if fits(felt))
    return luck.choices(list(weights), list(weights.values()))[0]


def guess(truth: Felt, needed: str, how: Mapping[str, Any], day: int, luck: random.Random) -> dict[str, Any]:
    """What the other thinks. `how` holds, for each week, how far numbers `miss` and how often the need is right."""
    week = min(day // 7, len(how["miss"]) - 1)
    others = sorted(set(NEEDS[-1][1]) - {needed})
    return {
        "guess_mood": step(luck.gauss(truth.mood, how["miss"][week])),
        "guess_stress": step(luck.gauss(truth.stress, how["miss"][week])),
        "guess_need": needed if luck.random() < how["knows"][week] else luck.choice(others),
    }
