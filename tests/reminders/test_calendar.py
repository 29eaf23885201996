"""Reminders as a calendar: the right times, neutral, and for whoever has the address alone."""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from dateutil.rrule import rrulestr

from app.core.db import transaction
from app.reminders import calendar, service
from app.reminders.schedule import next_due
from tests.factories import NOW, make_person
from tests.guided.rows import make_occasion
from tests.reminders.people import visitor_of

WORDS = "After we clear the table, we open it"


@pytest.fixture
def address(app, as_user):
    """`address(ana)`: where Ana's calendar is, with one reminder in it."""

    def make(person, at=20 * 60 + 30, weekdays=0b0010101):
        with app.app_context(), transaction():
            service.add_reminder(visitor_of(person), at=at, weekdays=weekdays, window=180, if_then=WORDS, now=NOW)
        page = as_user(person).post("/reminders/calendar").text
        return re.search(r"http://localhost:8000(/reminders/calendar/[\w-]+\.ics)", page)[1]

    return make


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Kolkata", "UTC"])
def test_a_calendar_rings_when_the_engine_does(app, save, client, address, zone) -> None:
    ana = save(make_person("Ana", zone=zone))
    answer = client.get(address(ana))
    assert answer.mimetype == "text/calendar"
    [event] = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    begins = event.decoded("dtstart")
    # By RFC 5545, 3.8.5.3, a calendar rings then, too, whatever the rule says.
    assert 0b0010101 >> begins.weekday() & 1
    rings = rrulestr(event["rrule"].to_ical().decode(), dtstart=begins)
    moment = NOW
    for expected in rings.between(NOW - timedelta(days=1), NOW + timedelta(days=200)):
        if expected.astimezone(UTC) > moment:
            moment = next_due(moment, zone, 20 * 60 + 30, 0b0010101)
            assert expected.astimezone(UTC) == moment


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("zone", "at", "begun"),
    [
        ("Europe/Berlin", 150, NOW),
        ("Africa/Cairo", 15, NOW),
        ("America/New_York", 90, NOW),
        # Asked for on the very day on which the clocks skip it.
        ("Europe/Berlin", 150, datetime(2027, 3, 28, 12, tzinfo=UTC)),
    ],
)
def test_a_calendar_rings_once_and_as_the_engine_does_where_the_clocks_skip_or_repeat_it(zone, at, begun) -> None:
    first = begun - timedelta(hours=12)
    text = calendar.feed([calendar.Entry("a@b", zone, at, 127)], title="", since=first, made_at=begun)
    last, rings = begun + timedelta(days=200), []
    for event in icalendar.Calendar.from_ical(text).walk("VEVENT"):
        begins = event.decoded("dtstart")
        if "rrule" in event:
            # By RFC 5545, 3.3.5, a time that is skipped is read with the offset before the gap: as by zoneinfo.
            without = {each.dt for each in event["exdate"].dts} if "exdate" in event else set()
            times = rrulestr(event["rrule"].to_ical().decode(), dtstart=begins).between(first, last)
            rings += [each.astimezone(UTC) for each in times if each not in without]
        else:
            rings.append(begins.astimezone(UTC))
    moment, expected = first, []
    while (moment := next_due(moment, zone, at, 127)) < last:
        expected.append(moment)
    assert sorted(each for each in rings if each < last) == expected


@pytest.mark.only_on("sqlite")
def test_what_is_planned_stands_in_the_calendar_once_and_as_neutrally(client, save, ana, ben, couple, address) -> None:
    save(make_occasion(couple, (ana, ben), planned_at=NOW + timedelta(days=2))[0])
    events = icalendar.Calendar.from_ical(client.get(address(ana)).data).walk("VEVENT")
    (once,) = [event for event in events if "rrule" not in event]
    assert once.decoded("dtstart") == NOW + timedelta(days=2)
    assert len({str(event["summary"]) for event in events}) == 1


def test_a_calendar_says_nothing_of_anybody(client, ana, address) -> None:
    text = client.get(address(ana)).text
    assert "A quiet minute" in text
    for word in ("Ana", WORDS, "table", "couple", "mood", ana.id):
        assert word not in text
    [event] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    [alarm] = event.walk("VALARM")
    assert (event["class"], event["transp"], alarm["action"]) == ("PRIVATE", "TRANSPARENT", "DISPLAY")


def test_an_address_works_until_it_is_taken_back_or_made_anew(client, as_user, ana, address) -> None:
    first = address(ana)
    second = re.search(r":8000(/reminders/calendar/\S+\.ics)", as_user(ana).post("/reminders/calendar").text)[1]
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    assert "Take the address back" in as_user(ana).get("/reminders/calendar").text
    as_user(ana).post("/reminders/calendar/withdrawal")
    assert client.get(second).status_code == 404
    assert "Take the address back" not in as_user(ana).get("/reminders/calendar").text


def test_only_its_hash_is_kept(app, client, ana, address) -> None:
    token = address(ana).split("/")[-1].removesuffix(".ics")
    with app.app_context():
        settings = service.settings_of(ana.id)
        assert settings.feed_hash
        assert token not in settings.feed_hash


def test_a_pause_leaves_the_calendar_empty_until_it_ends(app, client, ana, address) -> None:
    path = address(ana, weekdays=0b1111111)
    with app.app_context(), transaction():
        service.pause(ana.id, until=NOW + timedelta(days=7))
    [event] = icalendar.Calendar.from_ical(client.get(path).data).walk("VEVENT")
    assert event.decoded("dtstart") == NOW + timedelta(days=7, minutes=30)
    # It ends after the time at which it would have rung that day.
    with app.app_context(), transaction():
        service.pause(ana.id, until=NOW + timedelta(days=7, minutes=31))
    [event] = icalendar.Calendar.from_ical(client.get(path).data).walk("VEVENT")
    assert event.decoded("dtstart") == NOW + timedelta(days=8, minutes=30)
