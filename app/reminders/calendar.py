"""Reminders as a calendar that any phone can subscribe to: neutral titles, an alarm each, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.core.wall import instant_of, place_of, time_on, wall_of
from app.reminders.schedule import DAY

if TYPE_CHECKING:
    from icalendar import Event

LONG = timedelta(minutes=10)
A_YEAR = 366
"""For how many days times that the clocks skip are told one by one. Whoever has the calendar asks anew each day."""

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


def feed(
    entries: Sequence[Entry], *, title: str, since: datetime, made_at: datetime, once: Sequence[Once] = ()
) -> bytes:
    """The calendar, from an instant on. Each entry repeats on its weekdays for ever, in its own zone."""
    from icalendar import Calendar  # At the first use: it takes long to load, and few starts come to a calendar.

    calendar = Calendar()
    for name, value in (("prodid", "-//Attune//reminders//"), ("version", "2.0"), ("x-wr-calname", title)):
        calendar.add(name, value)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for entry in entries:
        for event in _repeated(entry, title, since, made_at):
            calendar.add_component(event)
    for each in once:
        calendar.add_component(_event(each.uid, each.at, title, made_at))
    calendar.add_missing_timezones()
    text: bytes = calendar.to_ical()
    return text


def _repeated(entry: Entry, title: str, since: datetime, made_at: datetime) -> Iterator["Event"]:
    """What rings again and again; and by itself what the clocks skip: a calendar would ring that up to an hour late."""
    place, first = place_of(entry.zone), wall_of(since, entry.zone).date() - DAY
    days = [day for day in (first + DAY * away for away in range(A_YEAR)) if entry.weekdays >> day.weekday() & 1]
    rings = {day: ring for day in days if (ring := instant_of(day, entry.at, entry.zone)) >= since}
    skipped = [day for day, ring in rings.items() if wall_of(ring, entry.zone) != time_on(day, entry.at)]
    begins = next(day for day in rings if day not in skipped)
    event = _event(entry.uid, rings[begins].astimezone(place), title, made_at)
    event.add("rrule", {"freq": "weekly", "byday": [name for at, name in enumerate(_DAYS) if entry.weekdays >> at & 1]})
    for day in skipped:
        if day > begins:
            event.add("exdate", time_on(day, entry.at).replace(tzinfo=place))
        name, _, home = entry.uid.partition("@")
        yield _event(f"{name}-{day:%Y%m%d}@{home}", rings[day], title, made_at)
    yield event


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
