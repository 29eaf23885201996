"""The only look at the wall clock. Everything below a route or a job is handed the time as `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)
