"""What stands beside the score and never in it: how much was practised, and how well one reads the other. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WINDOW = 56
"""The days of check-ins that reading is told from, the newest ones."""
ENOUGH = 7
"""Days with a guess before there is anything to say."""


@dataclass(frozen=True, slots=True)
class Practice:
    """What the plan has for some days: how much was `given`, how much of it I did (`mine`), how much both (`together`).

    What the partner alone did is not here: whether somebody has answered is theirs to show.
    """

    given: int
    mine: int
    together: int


@dataclass(frozen=True, slots=True)
class Guess:
    """One check-in that is open to both: mood and stress (0 to 10) as guessed by one, and as rated by the other."""

    guessed: tuple[int, int]
    rated: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """How well one reads the other's days, 0 to 100: 0 is no better than the same guesses on other days.

    `skill` is None while there are too few `days`, or where the other's days did not differ.
    """

    skill: float | None
    days: int


def reading(guesses: Sequence[Guess]) -> Reading:
    """How well these guesses (oldest first) go with the days that they were made for.

    The misses are held against those of the same guesses dealt out to the days in every other order: the mean and the
    variance over all permutations are known (W. Hoeffding, *A combinatorial central limit theorem*, 1951), so nothing
    is drawn by chance. Who always guesses 8, or only ever their own mood, misses by as much in any order.
    What is left is shrunk by how far it stands out from chance (W. James and C. Stein, 1961), hence most on few days.
    """
    latest = guesses[-WINDOW:]
    if len(latest) < ENOUGH or len({guess.rated for guess in latest}) == 1:
        return Reading(None, len(latest))
    misses = [[_miss(mine.guessed, other.rated) for other in latest] for mine in latest]
    found = sum(misses[day][day] for day in range(len(latest)))
    expected, variance = _over_all_orders(misses)
    gained = expected - found
    if gained <= 0 or gained**2 <= variance:
        return Reading(0.0, len(latest))
    return Reading(100 * gained / expected * (1 - variance / gained**2), len(latest))


def _miss(guessed: tuple[int, int], rated: tuple[int, int]) -> int:
    return abs(guessed[0] - rated[0]) + abs(guessed[1] - rated[1])


def _over_all_orders(misses: Sequence[Sequence[int]]) -> tuple[float, float]:
    """(mean, variance) of the sum of misses, over all ways to deal the guesses out to the days."""
    size = len(misses)
    rows = [sum(row) / size for row in misses]
    columns = [sum(column) / size for column in zip(*misses, strict=True)]
    # In whole numbers, so that who guesses the same every day gains nothing, not even by rounding.
    whole = sum(map(sum, misses))
    mean = whole / size**2
    squares = math.fsum(
        (value - row - column + mean) ** 2
        for line, row in zip(misses, rows, strict=True)
        for value, column in zip(line, columns, strict=True)
    )
    return whole / size, squares / (size - 1)
