"""What homework knows of the longer exercises: their names, when they were closed, and how one's own are read."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, String, null, type_coerce

LONGER = {
    "heart_to_heart": "Heart to heart",
    "reading_the_signs": "Reading the signs",
    "mindful_presence": "Mindful presence",
    "happy_memories": "Happy memories",
    "appreciation_game": "The appreciation game",
    "doing_together": "Doing together",
    "mindful_listening": "Mindful listening",
}

Closed = dict[tuple[str, str, str], list[date]]
"""(couple, person, exercise) → the days on which they closed it, once for each time."""


def closed_of(couple_ids: Collection[str], first: date, last: date) -> Closed:  # noqa: ARG001 - until there are any
    """The occasions that each closed from `first` to `last`. One statement."""
    return {}


def closed_lately() -> ColumnElement[str | None]:
    """The same for whoever looks, to be asked along: exercise and day, as `along` reads them."""
    return type_coerce(null(), String)
