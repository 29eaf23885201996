"""The day of a couple begins at four in the morning, wherever the two are and whatever the clocks do that night."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.zones import zones
from app.couples.day import day_of, start_of

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
ZONES = sorted(zones())


@lru_cache(maxsize=1)
def telling_days():
    """(zone, day) for each zone: the first of every month, and the days around each change of its clocks."""
    found = set()
    for zone in ZONES:
        before = None
        for day in (FIRST + number * DAY for number in range((LAST - FIRST).days + 1)):
            offset = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).utcoffset()
            if before not in {None, offset}:
                found |= {(zone, day + number * DAY) for number in (-2, -1, 0, 1)}
            if day.day == 1:
                found.add((zone, day))
            before = offset
    return sorted(found)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Asia/Kathmandu", "America/St_Johns"])
def test_the_night_belongs_to_the_evening_before(zone):
    day = date(2026, 11, 12)
    four = datetime(2026, 11, 12, 4, tzinfo=ZoneInfo(zone))
    assert day_of(four, zone) == day
    assert day_of(four - INSTANT, zone) == day - DAY
    assert day_of(four + timedelta(hours=20, minutes=30), zone) == day
    assert day_of(four + DAY - INSTANT, zone) == day
    assert day_of(four + DAY, zone) == day + DAY


def test_the_same_instant_is_another_day_elsewhere():
    now = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
    assert day_of(now, "Pacific/Kiritimati") == date(2026, 11, 13)
    assert day_of(now, "Europe/Berlin") == date(2026, 11, 12)
    assert day_of(datetime(2026, 11, 12, 3, 59, tzinfo=UTC), "UTC") == date(2026, 11, 11)


def test_every_day_has_a_first_instant_in_every_zone():
    changed = {zone for zone, day in telling_days() if day.day != 1}
    assert {"Europe/Athens", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"} <= changed
    assert len(telling_days()) > 36 * len(ZONES)
    for zone, day in telling_days():
        start = start_of(day, zone)
        assert start.tzinfo is UTC
        assert (day_of(start, zone), day_of(start - INSTANT, zone)) == (day, day - DAY), (zone, day)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - made UTC
    st.sampled_from(ZONES),
)
def test_every_instant_lies_in_its_day(instant, zone):
    day = day_of(instant, zone)
    assert start_of(day, zone) <= instant < start_of(day + DAY, zone)


@given(st.dates(FIRST, date(2099, 12, 31)), st.sampled_from(ZONES))
def test_days_follow_one_another_without_a_gap(day, zone):
    start = start_of(day, zone)
    assert timedelta(hours=22) <= start_of(day + DAY, zone) - start <= timedelta(hours=26)
    wall = start.astimezone(ZoneInfo(zone))
    assert (wall.date(), wall.hour, wall.minute) == (day, 4, 0)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 28), 23),
        ("Europe/Berlin", date(2026, 10, 24), 25),
        ("Europe/Athens", date(2026, 3, 28), 23),
        ("Europe/Athens", date(2026, 10, 24), 25),
        ("Australia/Lord_Howe", date(2026, 10, 3), 23.5),
        ("Antarctica/Troll", date(2026, 3, 28), 22),
        ("Asia/Tokyo", date(2026, 3, 28), 24),
    ],
)
def test_a_day_is_longer_or_shorter_where_the_clocks_change_in_its_night(zone, day, hours):
    assert start_of(day + DAY, zone) - start_of(day, zone) == timedelta(hours=hours)


def test_where_the_clocks_skip_four_the_day_begins_after_the_gap():
    """In Baku they went from four to five, until 2015."""
    zone, day = "Asia/Baku", date(2015, 3, 29)
    start = start_of(day, zone)
    assert start.astimezone(ZoneInfo(zone)).hour == 5
    assert (day_of(start, zone), day_of(start - INSTANT, zone)) == (day, day - DAY)
