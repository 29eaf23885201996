"""One's own weeks as JSON. Points are 0 to 100, rounded to two digits; null is what is too early to say."""

from typing import Any

from marshmallow import fields, validate

from app.core.schemas import Whole
from app.scores.attunement import DOWN, STEADY, TOO_EARLY, UP
from app.scores.formula import ENOUGH_DAYS, FORMULAS, PARTS
from app.scores.reading import ENOUGH

DIGITS = 2
ISO_WEEK = "^[0-9]{4}-W[0-9]{2}$"


class Number(fields.Float):
    """A number with as many digits as mean anything."""

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> float | None:
        return None if value is None else round(float(value), DIGITS)


def points(says: str, *, least: int | None = 0, empty: bool = False, attribute: str | None = None) -> Number:
    """A field of points: at least `least`, or any if that is None, at most 100; null where `empty`."""
    limits = {} if least is None else {"minimum": least, "maximum": 100}
    return Number(required=True, allow_none=empty, attribute=attribute, metadata={"description": says, **limits})


def count(says: str, **others: Any) -> fields.Integer:
    """A field of how many."""
    return fields.Integer(required=True, metadata={"description": says, "minimum": 0}, **others)


def truth(says: str) -> fields.Boolean:
    """A field of yes or no."""
    return fields.Boolean(required=True, metadata={"description": says})


class Missing(Whole):
    """What it is too early for."""

    days = count(f"Days with a check-in still to come, of {ENOUGH_DAYS}.")
    wide = truth("Whether the band is too wide to say anything.")


class Week(Whole):
    """What one week says: the level, the ends of its 90 % band, and its change."""

    week = fields.String(
        required=True,
        validate=validate.Regexp(ISO_WEEK),
        metadata={"description": "By ISO 8601, such as 2026-W46."},
        attribute="name",
    )
    monday = fields.Date(required=True, metadata={"description": "Its first day."})
    over = truth("Whether its last day has ended, in the couple's zone.")
    settled = truth("Whether late ratings have stopped counting, a day after that.")
    formula = fields.Integer(
        required=True,
        validate=validate.OneOf(sorted(FORMULAS)),
        attribute="formula.version",
        metadata={"description": "The version of the formula."},
    )
    level = points("The level after this week.", empty=True, attribute="score.level")
    low = points("The lower end of the band.", empty=True, attribute="score.low")
    high = points("The upper end of the band.", empty=True, attribute="score.high")
    missing = fields.Nested(Missing, required=True, allow_none=True, attribute="score.missing")
    change = fields.String(
        required=True,
        validate=validate.OneOf((UP, STEADY, DOWN, TOO_EARLY)),
        metadata={"description": "Over four weeks."},
    )
    ratings = count("How many ratings it has.")


class Weeks(Whole):
    """All weeks from the first that has a rating to the running one, oldest first, none left out."""

    weeks = fields.List(fields.Nested(Week), required=True)


class Pull(Whole):
    """What the ratings of a part did to the level in a week."""

    expected = points("What was expected of a rating.", least=None)
    rated = points("What was rated, in the mean.")
    moved = points("By how many points that moved the level.", least=None)


class Part(Whole):
    """One part of a week. Its level is null while the band is too wide."""

    name = fields.String(required=True, validate=validate.OneOf(PARTS))
    level = points("Where it stands after the week.", empty=True)
    band = points("Points to either side that hold 90 %.", empty=True)
    count = count("How many ratings the week has.")
    mean = points("Their mean.", empty=True)
    pull = fields.Nested(Pull, required=True, allow_none=True)


class Parts(Whole):
    """The four parts of a week."""

    parts = fields.List(fields.Nested(Part), required=True, validate=validate.Length(equal=len(PARTS)))


class Practice(Whole):
    """How much of what the plan has for a week was done so far. What the partner alone did is not told."""

    given = count("What the plan has.")
    mine = count("What I did.")
    together = count("What both did.")


class Reading(Whole):
    """How well one reads the other's days, from check-ins that are open to both."""

    skill = points("0 is no better than the same guesses on other days.", empty=True)
    days = count(f"Days with a guess that it rests on; it takes {ENOUGH}.")
