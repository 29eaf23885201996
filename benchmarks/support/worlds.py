"""Made-up people who rate their weeks: how levels move there, how ratings scatter, and who answers when."""

import math
import operator
import random
from dataclasses import dataclass, field, replace

from app.scores.formula import CURRENT
from app.scores.levels import Ratings

ASKED = (7, 2, 7, 3)
"""Check-ins, mirrorings, appreciations and love maps of a week."""
STEP = 15.0
"""A true change that has to be seen within four weeks."""


@dataclass(frozen=True)
class World:
    """How people are there, and how they rate. Points are those of the score."""

    name: str
    mean: float = 65
    between: float = 12
    offsets: float = 8
    noise: float = 15
    drift: float = 3
    """How far the level goes in a week, as a standard deviation."""
    steps: float = 0
    """How often, in a week, it takes a step of some 12 points instead."""
    heavy: bool = False
    """Whether the noise of days has heavy tails: as wide, but with three degrees of freedom."""
    narrow: bool = False
    """Whether people use only the steps from 6 to 9: all that they feel lies between those for them."""
    marks: bool = False
    """Whether the guesses of love maps are marked in the three steps of the app, and not in whole points."""
    unhappy: float = 0
    """How much less often the lower half of days is answered."""


HOME = World("as the filter takes it to be")
UNHAPPY = replace(HOME, name="unhappy days answered a little less", unhappy=0.05)
STEPS = World("steps instead of drift", drift=0, steps=0.15)
HEAVY = World("heavier day noise", heavy=True)
NARROW = World("only 6 to 9 of the scale", narrow=True)
ALL = World("all three, guesses in three steps", drift=0, steps=0.15, heavy=True, narrow=True, marks=True, unhappy=0.1)
GLOOMY = World("unhappy days answered a quarter less", unhappy=0.25)
MEANT, FOREIGN = (HOME, UNHAPPY), (STEPS, HEAVY, NARROW, GLOOMY, ALL)
"""The worlds in which something is asked of the score, and those that it was not made for."""


@dataclass
class Life:
    """One person's weeks: where the four parts truly stood, weighted, and what was rated."""

    truths: list[float] = field(default_factory=list)
    weeks: list[Ratings] = field(default_factory=list)


def live(world: World, rate: float, weeks: int, luck: random.Random, step_at: int = 0) -> Life:
    """Somebody's weeks there. With `step_at` the level moves by STEP before that week, and else as the world has it."""
    level = luck.gauss(world.mean, world.between)
    offsets = [luck.gauss(0, world.offsets) for _ in ASKED]
    life = Life()
    for week in range(1, weeks + 1):
        if week == step_at:
            level += STEP if level < world.mean else -STEP
        elif week > 1:
            level += _moved(world, luck)
        # Nobody stands beyond the ends of the scale, and so no part does.
        level = min(max(level, 0.0), 100.0)
        stands = [min(max(level + offset, 0.0), 100.0) for offset in offsets]
        rated = [_rated(world, rate, where, part, luck) for part, where in enumerate(stands)]
        truth = sum(map(operator.mul, CURRENT.weights, stands))
        life.truths.append(_narrowed(truth) if world.narrow else truth)
        life.weeks.append(Ratings(tuple(map(len, rated)), tuple(map(float, map(sum, rated)))))
    return life


def _moved(world: World, luck: random.Random) -> float:
    if world.steps:
        return luck.gauss(0, 12) if luck.random() < world.steps else 0.0
    return luck.gauss(0, world.drift) if world.drift else 0.0


def _rated(world: World, rate: float, level: float, part: int, luck: random.Random) -> list[int]:
    found = []
    for _ in range(ASKED[part]):
        noise = world.noise * _noise(world, luck)
        if luck.random() < rate * (1 - world.unhappy * (noise < 0)):
            found.append(_step(world, level + noise, part))
    return found


def _noise(world: World, luck: random.Random) -> float:
    if not world.heavy:
        return luck.gauss(0, 1)
    # Student's t with three degrees of freedom, made as wide as the others.
    return luck.gauss(0, 1) / math.sqrt(luck.gammavariate(1.5, 2) / 3) / math.sqrt(3)


def _step(world: World, value: float, part: int) -> int:
    if world.marks and part == 3:
        return 100 if value >= 80 else 60 if value >= 40 else 20
    value = min(max(value, 0.0), 100.0)
    return 10 * round((_narrowed(value) if world.narrow else value) / 10)


def _narrowed(value: float) -> float:
    """Where something between 0 and 100 comes to lie for somebody who knows only 6 to 9."""
    return 60 + 0.3 * value
