"""When a time on the wall comes next, in any zone and across every change of its clocks. Pure.

A time that a clock change skips rings at the first minute after the gap; one that comes twice rings once, the first
time. A weekday is that of the date on the wall, also for times before four, when the couple's day is still the last.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
MINUTES = 24 * 60


def next_due(after: datetime, zone: str, at: int, weekdays: int) -> datetime | None:
    """The first instant (aware, UTC) after `after` when it is `at` minutes past midnight on one of the weekdays.

    `weekdays`: bit 0 is Monday; None when no bit is set. Raises ZoneInfoNotFoundError.
    """
    first = after.astimezone(_place(zone)).date() - DAY
    for day in (first + timedelta(days) for days in range(10)):
        if weekdays >> day.weekday() & 1 and (rings := ring_of(day, zone, at)) > after:
            return rings
    return None


@lru_cache(maxsize=65_536)
def ring_of(day: date, zone: str, at: int) -> datetime:
    """The instant (aware, UTC) of a time on the wall on a date; the end of the gap where it is skipped."""
    wall = datetime.combine(day, time(at // 60, at % 60))
    place = _place(zone)
    instant = wall.replace(tzinfo=place).astimezone(UTC)
    if instant.astimezone(place).replace(tzinfo=None) == wall:
        return instant
    # Skipped. With the offset after the change the wall's time lies before it, with the one before, after it.
    before, after = sorted(wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    return _change(before, after, place)


def quiet_until(instant: datetime, zone: str, begins: int, ends: int) -> datetime | None:
    """The end (aware, UTC) of the quiet hours that an instant lies in, or None when it does not.

    `begins` and `ends` in minutes past midnight; equal means no quiet hours at all. Raises ZoneInfoNotFoundError.
    """
    place, now = _place(zone), instant.astimezone(UTC)
    while _is_quiet(now.astimezone(place), begins, ends):
        local = now.astimezone(place)
        end = now + ((ends - local.hour * 60 - local.minute) % MINUTES) * MINUTE
        end -= timedelta(seconds=local.second, microseconds=local.microsecond)
        # Where the clocks change before it, the quiet hours may be over by that, or go on for longer.
        now = end if end.astimezone(place).utcoffset() == local.utcoffset() else _change(now, end, place)
    return now if now > instant else None


def _is_quiet(local: datetime, begins: int, ends: int) -> bool:
    minute = local.hour * 60 + local.minute
    return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends


def _change(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """The second, after `before` and not after `after`, at which the clocks of a place change between them."""
    old = before.astimezone(place).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        before, after = (middle, after) if middle.astimezone(place).utcoffset() == old else (before, middle)
    return after.replace(microsecond=0)


@cache
def _place(zone: str) -> ZoneInfo:
    # The library holds on to eight zones alone, and reads the file of any other again.
    return ZoneInfo(zone)
