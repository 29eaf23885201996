"""The day of a couple. It begins at 04:00 in the couple's zone, so half past midnight still belongs to the evening."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BEGINS = timedelta(hours=4)


def day_of(instant: datetime, zone: str) -> date:
    """The couple's day that `instant` (aware) falls into, for a couple in `zone` (an IANA name)."""
    return (instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - BEGINS).date()


def start_of(day: date, zone: str) -> datetime:
    """The first instant (aware, UTC) of a couple's day.

    Where the clocks skip 04:00 that day, the first instant after the gap.
    """
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + BEGINS
    instant = local.astimezone(UTC)
    return instant if day_of(instant, zone) == day else instant + timedelta(hours=1)
