"""What stands beside the score, and never in it: practice, and reading each other."""

from datetime import date, datetime

from app.couples.service import Pair
from app.exercises.service import done_of, guesses_of
from app.scores.reading import WINDOW, Guess, Practice, Reading, reading


def practice_of(pair: Pair, first: date, last: date, *, now: datetime) -> Practice:
    """How much of what the plan has for these days was done: by me, and by both. Two statements."""
    return Practice(*done_of(pair, first, last, now=now))


def reading_of(pair: Pair) -> Reading:
    """How well I read my partner's days, from the newest check-ins that are open to both. One statement."""
    return reading([Guess(guessed, rated) for guessed, rated in guesses_of(pair, WINDOW)])
