"""When a time on the wall comes next: in every zone, around every change of its clocks, against a walk by the minute.

The oracle knows of no gap and no fold: it walks through UTC a minute at a time, with an eye on the clock on the wall,
and a time rings in the first minute that shows it or, where the clock jumps over it, a later one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.wall import instant_of
from app.core.zones import zones
from app.couples import day as couples
from app.couples.day import BEGINS, day_of
from app.reminders.schedule import next_due, quiet_until

YEARS = (2025, 2026, 2027, 2028)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OF_A_DAY = DAY // MINUTE
QUARTERS = range(0, OF_A_DAY, 15)
AROUND = 4
"""Days that a walk goes through: the one before the change, its own, and two after."""

some_zone = st.sampled_from(sorted(zones()))
some_minute = st.integers(0, OF_A_DAY - 1)
some_instant = st.integers(0, 1400 * DAY // SECOND).map(
    lambda seconds: datetime(YEARS[0], 1, 1, tzinfo=UTC) + seconds * SECOND
)
in_any_time = settings(deadline=None)


@dataclass(frozen=True)
class Stretch:
    """A few days of a zone, with one change of its clocks or none; in whole minutes, since the epoch or beside UTC."""

    first: date
    change: int
    before: int
    after: int

    def wall(self, minute: int) -> int:
        """What the clock on the wall shows in a minute."""
        return minute + (self.before if minute < self.change else self.after)


def stretches(zone: str) -> Iterator[Stretch]:
    """A stretch around each change of the clocks in YEARS, and one without any."""
    place, ordinary = ZoneInfo(zone), datetime(2026, 7, 3, tzinfo=UTC)
    noon, end = datetime(YEARS[0], 1, 1, 12, tzinfo=UTC), datetime(YEARS[-1] + 1, 1, 1, tzinfo=UTC)
    beside = _beside(noon, place)
    while noon < end:
        following = _beside(noon + DAY, place)
        if beside != following or noon - ordinary == 12 * HOUR:
            yield _stretch(noon, place)
        noon, beside = noon + DAY, following


def _stretch(noon: datetime, place: ZoneInfo) -> Stretch:
    low, high = noon, noon + DAY
    before, after = _beside(low, place), _beside(high, place)
    while high - low > MINUTE and before != after:
        middle = low + (high - low) // 2 // MINUTE * MINUTE
        low, high = (middle, high) if _beside(middle, place) == before else (low, middle)
    stretch = Stretch((high + before * MINUTE).date() - DAY, (high - EPOCH) // MINUTE, before, after)
    for day in range(-3, AROUND + 1):
        there = high + DAY * day
        assert stretch.wall((there - EPOCH) // MINUTE) * MINUTE == there - EPOCH + _beside(there, place) * MINUTE
    return stretch


def _beside(instant: datetime, place: ZoneInfo) -> int:
    offset = instant.astimezone(place).utcoffset()
    assert offset is not None
    assert not offset % MINUTE
    return offset // MINUTE


@cache
def walk(stretch: Stretch) -> dict[int, list[datetime]]:
    """Quarter of an hour → when it rings on each date of a stretch, in order."""
    rings: dict[int, list[datetime]] = {at: [] for at in QUARTERS}
    midnight = (stretch.first - EPOCH.date()) // DAY * OF_A_DAY
    left = iter([midnight + OF_A_DAY * number + at for number in range(AROUND) for at in QUARTERS])
    now, following = midnight - OF_A_DAY, next(left)
    while True:
        while following <= stretch.wall(now):
            rings[following % OF_A_DAY].append(EPOCH + now * MINUTE)
            if (later := next(left, None)) is None:
                return rings
            following = later
        now += 1


_walked: set[Stretch] = set()


def differences(zone: str) -> Iterator[str]:
    """Where `next_due` and the walk do not agree, one sentence each."""
    for number, stretch in enumerate(stretches(zone)):
        days = [stretch.first + DAY * each for each in range(AROUND)]
        change = EPOCH + stretch.change * MINUTE
        # Where several zones share their clocks, all quarters with the first of them, some with each of the others.
        quarters = QUARTERS[number % 8 :: 8] if stretch in _walked else QUARTERS
        _walked.add(stretch)
        for at in quarters:
            rings = walk(stretch)[at]
            # Every day, then one weekday alone: that of the change, then of the day after it.
            for weekdays in (127, 1 << days[1 + number % 2].weekday()):
                wanted = [ring for day, ring in zip(days, rings, strict=True) if weekdays >> day.weekday() & 1]
                for after in (rings[0] - SECOND, rings[0], min(change, wanted[-1] - SECOND)):
                    expected = next(ring for ring in wanted if ring > after)
                    found = next_due(after, zone, at, weekdays)
                    if found != expected:
                        wall = f"{at // 60:02}:{at % 60:02}"
                        yield f"{zone} {wall} on {weekdays:07b} after {after}: {found}, not {expected}"


@pytest.mark.parametrize("part", range(4))
def test_a_reminder_rings_at_its_minute_in_every_zone_and_across_every_change_of_clocks(part) -> None:
    assert [fault for zone in sorted(zones())[part::4] for fault in differences(zone)] == []


# What the walk cannot reach: a week ahead, and what people call things


@pytest.mark.parametrize(
    ("zone", "at", "evening_before", "expected"),
    [
        ("Europe/Berlin", "02:30", "2026-03-28", "2026-03-29T03:00+02:00"),
        ("Europe/Berlin", "02:30", "2026-10-24", "2026-10-25T02:30+02:00"),
        ("America/New_York", "01:30", "2026-10-31", "2026-11-01T01:30-04:00"),
        ("Africa/Cairo", "00:15", "2026-04-23", "2026-04-24T01:00+03:00"),
        ("Asia/Beirut", "00:00", "2026-03-28", "2026-03-29T01:00+03:00"),
        ("America/Santiago", "00:00", "2026-09-05", "2026-09-06T01:00-03:00"),
        ("Australia/Lord_Howe", "02:15", "2026-10-03", "2026-10-04T02:30+11:00"),
        ("Antarctica/Troll", "01:30", "2026-03-28", "2026-03-29T03:00+02:00"),
        ("Pacific/Kiritimati", "08:00", "2026-12-31", "2027-01-01T08:00+14:00"),
    ],
)
def test_a_skipped_time_rings_after_the_gap_and_a_doubled_one_the_first_time(zone, at, evening_before, expected):
    evening = datetime.fromisoformat(f"{evening_before}T21:00").replace(tzinfo=ZoneInfo(zone))
    hour, minute = map(int, at.split(":"))
    found = next_due(evening, zone, hour * 60 + minute, 127)
    assert found == datetime.fromisoformat(expected)
    assert next_due(found, zone, hour * 60 + minute, 127) > found + 20 * HOUR


@in_any_time
@given(some_instant, some_zone, some_minute, st.integers(1, 127))
def test_the_next_ring_is_the_first_of_its_weekdays_that_is_still_to_come(after, zone, at, weekdays) -> None:
    found = next_due(after, zone, at, weekdays)
    today = after.astimezone(ZoneInfo(zone)).date()
    rings = [(today + DAY * number, instant_of(today + DAY * number, at, zone)) for number in range(-1, 10)]
    assert found == next(ring for day, ring in rings if ring > after and weekdays >> day.weekday() & 1)
    assert found.tzinfo is UTC


@in_any_time
@given(some_instant, some_zone, some_minute)
def test_a_reminder_without_a_weekday_never_rings(after, zone, at) -> None:
    assert next_due(after, zone, at, 0) is None


def test_a_weekday_is_that_of_the_date_on_the_wall_also_after_midnight() -> None:
    friday_evening, saturdays = datetime(2026, 11, 13, 23, 0, tzinfo=UTC), 1 << 5
    assert next_due(friday_evening, "UTC", 30, saturdays) == datetime(2026, 11, 14, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("ask", [lambda zone: next_due(EPOCH, zone, 0, 1), lambda zone: day_of(EPOCH, zone)])
def test_a_zone_that_does_not_exist_is_an_error_and_no_other_zone(ask) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        ask("Europe/Atlantis")


# Days


@in_any_time
@given(some_instant, some_zone)
def test_a_day_is_the_same_for_a_reminder_as_for_the_couple(instant, zone) -> None:
    assert day_of(instant, zone) == couples.day_of(instant, zone)
    assert BEGINS == couples.BEGINS


@in_any_time
@given(some_instant, some_zone)
def test_a_day_begins_at_four_on_the_wall(instant, zone) -> None:
    wall = instant.astimezone(ZoneInfo(zone))
    assert day_of(instant, zone) == (wall.date() if wall.hour >= 4 else wall.date() - DAY)


# Quiet hours


@cache
def some_changes() -> list[tuple[str, datetime]]:
    """(zone, instant) of clock changes all over the world."""
    return [
        (zone, EPOCH + stretch.change * MINUTE)
        for zone in sorted(zones())[::7]
        for stretch in stretches(zone)
        if stretch.before != stretch.after
    ]


def is_quiet(instant: datetime, zone: str, begins: int, ends: int) -> bool:
    """What quiet hours are: those from `begins` to `ends` on the dial, whichever way the day turns between."""
    local = instant.astimezone(ZoneInfo(zone))
    return (local.hour * 60 + local.minute - begins) % OF_A_DAY < (ends - begins) % OF_A_DAY


@in_any_time
@given(st.data(), st.integers(-1500, 1500), st.integers(0, 59), some_minute, some_minute)
def test_quiet_hours_end_at_the_first_minute_that_is_not_quiet_also_when_the_clocks_change(
    data, distance, second, begins, ends
) -> None:
    zone, change = data.draw(st.sampled_from(some_changes()))
    asked = change + distance * MINUTE + second * SECOND
    until, now = None, asked
    while is_quiet(now, zone, begins, ends):
        now = until = now.replace(second=0) + MINUTE
    assert quiet_until(asked, zone, begins, ends) == until


@in_any_time
@given(some_instant, some_zone, some_minute)
def test_quiet_hours_that_begin_when_they_end_are_none(instant, zone, minute) -> None:
    assert quiet_until(instant, zone, minute, minute) is None
