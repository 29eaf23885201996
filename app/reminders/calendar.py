"""Reminders as a calendar that any phone can subscribe to: neutral titles, an alarm each, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.reminders.schedule import DAY, ring_of

if TYPE_CHECKING:
    from icalendar import Event

LONG = timedelta(minutes=10)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Entry:
    """One reminder of a calendar: an opaque name, minutes past midnight, weekdays with bit 0 for Monday."""

    uid: str
    zone: str
    at: int
    weekdays: int


@dataclass(frozen=True, slots=True)
class Once:
    """Something that is planned for one instant."""

    uid: str
    at: datetime


def feed(entries: Sequence[Entry], *, title: str, first: date, made_at: datetime, once: Sequence[Once] = ()) -> bytes:
    """The calendar, from the day `first` on. Each entry repeats on its weekdays for ever, in its own zone."""
    from icalendar import Calendar  # At the first use: it takes long to load, and few starts come to a calendar.

    calendar = Calendar()
    for name, value in (("prodid", "-//Attune//reminders//"), ("version", "2.0"), ("x-wr-calname", title)):
        calendar.add(name, value)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_repeated(entry, title, first, made_at))
    for each in once:
        calendar.add_component(_event(each.uid, each.at, title, made_at))
    calendar.add_missing_timezones()
    text: bytes = calendar.to_ical()
    return text


def _repeated(entry: Entry, title: str, first: date, made_at: datetime) -> "Event":
    day = next(day for day in (first + DAY * away for away in range(7)) if entry.weekdays >> day.weekday() & 1)
    begins = ring_of(day, entry.zone, entry.at).astimezone(ZoneInfo(entry.zone))
    event = _event(entry.uid, begins, title, made_at)
    event.add("rrule", {"freq": "weekly", "byday": [name for at, name in enumerate(_DAYS) if entry.weekdays >> at & 1]})
    return event


def _event(uid: str, begins: datetime, title: str, made_at: datetime) -> "Event":
    from icalendar import Alarm, Event  # As above.

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", made_at)
    event.add("dtstart", begins)
    event.add("duration", LONG)
    event.add("summary", title)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta())
    event.add_component(alarm)
    return event
