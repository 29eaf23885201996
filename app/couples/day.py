"""The day of a couple, or of a person. It begins at 04:00 in their zone: half past midnight belongs to the evening."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BEGINS = timedelta(hours=4)


def day_of(instant: datetime, zone: str) -> date:
    """The day that `instant` (aware) falls into, in `zone` (an IANA name). Raises ZoneInfoNotFoundError."""
    return (instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - BEGINS).date()


def start_of(day: date, zone: str) -> datetime:
    """The first instant (aware, UTC) of a couple's day. Where the clocks go from 04:00 to 05:00 then, it is 05:00."""
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + BEGINS
    return local.astimezone(UTC)
