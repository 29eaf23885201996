"""When a time on the wall comes next, in any zone and across every change of its clocks. Pure.

A time that a clock change skips rings at the first minute after the gap; one that comes twice rings once, the first
time. A weekday is that of the date on the wall, also for times before four, when the couple's day is still the last.
"""

from datetime import UTC, datetime, timedelta

from app.core.wall import change_between, instant_of, place_of

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MINUTES = 24 * 60


def next_due(after: datetime, zone: str, at: int, weekdays: int) -> datetime | None:
    """The first instant (aware, UTC) after `after` when it is `at` minutes past midnight on one of the weekdays.

    `weekdays`: bit 0 is Monday; None when no bit is set. Raises ZoneInfoNotFoundError.
    """
    first = after.astimezone(place_of(zone)).date() - DAY
    for day in (first + timedelta(days) for days in range(10)):
        if weekdays >> day.weekday() & 1 and (rings := instant_of(day, at, zone)) > after:
            return rings
    return None


def quiet_until(instant: datetime, zone: str, begins: int, ends: int) -> datetime | None:
    """The end (aware, UTC) of the quiet hours that an instant lies in, or None when it does not.

    `begins` and `ends` in minutes past midnight; equal means no quiet hours at all. Raises ZoneInfoNotFoundError.
    """
    place, now = place_of(zone), instant.astimezone(UTC)
    while _is_quiet(now.astimezone(place), begins, ends):
        local = now.astimezone(place)
        end = now + ((ends - local.hour * 60 - local.minute) % MINUTES) * MINUTE
        end -= timedelta(seconds=local.second, microseconds=local.microsecond)
        # Where the clocks change before it, the quiet hours may be over by that, or go on for longer.
        now = end if end.astimezone(place).utcoffset() == local.utcoffset() else change_between(now, end, place)
    return now if now > instant else None


def _is_quiet(local: datetime, begins: int, ends: int) -> bool:
    minute = local.hour * 60 + local.minute
    return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends
