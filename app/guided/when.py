"""From a day and a time on the wall of a couple to an instant, across every change of the clocks. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def instant_of(day: date, at: int, zone: str) -> datetime:
    """The instant (aware, UTC) of `at` minutes past midnight in a zone: the first where there are two of it.

    Where the clocks skip it, the first minute after the gap.
    """
    wall, place = datetime.combine(day, time(at // 60, at % 60)), ZoneInfo(zone)
    instant = wall.replace(tzinfo=place).astimezone(UTC)
    if wall_of(instant, zone) == wall:
        return instant
    # Skipped. Read with the offset after the change the wall's time lies before it; from there the change is near.
    instant = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    while wall_of(instant, zone) < wall:
        instant += MINUTE
    return instant


def wall_of(instant: datetime, zone: str) -> datetime:
    """What a clock on the wall in a zone shows at an instant."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
