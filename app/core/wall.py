"""A time on the wall and the instant that it is, in any zone and across every change of its clocks. Pure.

A time that a clock change skips is the first minute after the gap; one that comes twice is the first of the two.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


@lru_cache(maxsize=65_536)
def instant_of(day: date, at: int, zone: str) -> datetime:
    """The instant (aware, UTC) of `at` minutes past midnight on a date. Raises ZoneInfoNotFoundError."""
    wall, place = time_on(day, at), place_of(zone)
    instant = wall.replace(tzinfo=place).astimezone(UTC)
    if instant.astimezone(place).replace(tzinfo=None) == wall:
        return instant
    # Skipped. With the offset after the change the wall's time lies before it, with the one before, after it.
    before, after = sorted(wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    return change_between(before, after, place)


def wall_of(instant: datetime, zone: str) -> datetime:
    """What a clock on the wall in a zone shows at an instant. Raises ZoneInfoNotFoundError."""
    return instant.astimezone(place_of(zone)).replace(tzinfo=None)


def time_on(day: date, at: int) -> datetime:
    """`at` minutes past midnight on a date, by the clock on a wall, also where that never shows it."""
    return datetime.combine(day, time(at // 60, at % 60))


def change_between(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """The second, after `before` and not after `after`, at which the clocks of a place change between them."""
    old = before.astimezone(place).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        before, after = (middle, after) if middle.astimezone(place).utcoffset() == old else (before, middle)
    return after.replace(microsecond=0)


@cache
def place_of(zone: str) -> ZoneInfo:
    """The zone of this name. Raises ZoneInfoNotFoundError."""
    # The library holds on to eight zones alone, and reads the file of any other again.
    return ZoneInfo(zone)
