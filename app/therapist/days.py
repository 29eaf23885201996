"""Homework and its days: on which it is given, for whom, and which of them are done. Pure: no clock, no database.

A short exercise is for its day, and can be filled in for three more. A longer one takes an evening that two have to
find first: on weekdays it is for the week (Monday first), once for each weekday; with single dates it is to be done by
the date, after the one before.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

FILL_IN = timedelta(days=3)
"""How long a short exercise can be filled in after its day, as in exercises."""

DAY, WEEK = timedelta(days=1), timedelta(days=7)

DONE, SKIPPED, MISSED, OPEN, AHEAD = "done", "skipped", "missed", "open", "ahead"
"""What a day of homework can be for one of the two."""

Pause = tuple[date, date | None]
"""Its first and its last day; None where it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When homework is given, and to whom: `whom` is a person's id, None for both. All days are the couple's.

    `weekdays` has bit 0 for Monday; it is 0 where there are single `dates` instead. `last` is None while it is open.
    """

    first: date
    last: date | None = None
    weekdays: int = 0
    dates: tuple[date, ...] = ()
    pauses: tuple[Pause, ...] = ()
    whom: str | None = None
    longer: bool = False

    def given_on(self, day: date) -> bool:
        """Whether this is one of its days."""
        if day < self.first or (self.last is not None and day > self.last) or self.paused_on(day):
            return False
        return day in self.dates or bool(self.weekdays >> day.weekday() & 1)

    def paused_on(self, day: date) -> bool:
        """Whether it rests on this day."""
        return any(first <= day and (last is None or day <= last) for first, last in self.pauses)

    def is_for(self, person_id: str) -> bool:
        """Whether it is asked of this one of the two. The other may join in, and is neither reminded nor counted."""
        return self.whom in {None, person_id}

    def days(self, since: date, until: date) -> Iterator[date]:
        """Its days from `since` to `until`, both included, in order."""
        since, until = max(since, self.first), min(until, self.last or until)
        if self.dates:
            yield from (day for day in sorted(self.dates) if since <= day <= until and not self.paused_on(day))
            return
        for number in range((until - since).days + 1):
            if self.given_on(day := since + number * DAY):
                yield day

    def window(self, day: date) -> tuple[date, date]:
        """From when to when something done counts for this day of it, both included."""
        if not self.longer:
            return day, day + FILL_IN
        if self.dates:
            before = [other for other in self.dates if other < day]
            return max(self.first, max(before) + DAY if before else self.first), day
        monday = day - day.weekday() * DAY
        return max(monday, self.first), monday + WEEK - DAY


def ask_twice(one: Schedule, other: Schedule) -> bool:
    """Whether two schedules of one exercise ask the same person for it twice: for one day, or, of a longer exercise, in
    a time that is of both. That one of them rests changes nothing: it will go on."""
    if one.whom is not None and other.whom is not None and one.whom != other.whom:
        return False
    pair = [replace(each, pauses=()) for each in (one, other)]
    since, ends = max(one.first, other.first), [each.last or max(each.dates, default=None) for each in pair]
    until = min((each for each in ends if each is not None), default=since + WEEK)
    around = WEEK if one.longer else timedelta()
    mine, others = (
        [
            each.window(day) if each.longer else (day, day)
            for day in each.days(min(each.dates, default=since - around), max(each.dates, default=until + around))
        ]
        for each in pair
    )
    return any(first <= last_ and first_ <= last for first, last in mine for first_, last_ in others)


def done_on(schedule: Schedule, days: Iterable[date], did: Collection[date]) -> dict[date, date]:
    """Day of homework → the day on which it was done, for those that were.

    `did`, of a short exercise: the days whose prompt this partner has answered, in time or late. Of a longer one: the
    days on which they closed it, once for each time; each counts once, for the day whose time is over first.
    """
    if not schedule.longer:
        return {day: day for day in days if day in did}
    left, found = sorted(did), {}
    for day in sorted(days):
        first, last = schedule.window(day)
        closed = next((each for each in left if first <= each <= last), None)
        if closed is not None:
            left.remove(closed)
            found[day] = closed
    return found


def state(schedule: Schedule, day: date, *, today: date, done: bool, skipped: bool = False) -> str:
    """What a day of homework is for a partner, in one word. What was done is done, also where it was skipped before."""
    if done:
        return DONE
    if skipped:
        return SKIPPED
    if day > today:
        return AHEAD
    return OPEN if today <= schedule.window(day)[1] else MISSED


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of what was given so far one partner, or both, did. Never a share without what it is a share of."""

    given: int = 0
    done: int = 0
    skipped: int = 0
    missed: int = 0
    open: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.given + other.given,
            self.done + other.done,
            self.skipped + other.skipped,
            self.missed + other.missed,
            self.open + other.open,
        )


def tally(states: Iterable[str]) -> Tally:
    """Count the days so far; what lies ahead is not given yet."""
    count = Counter(states)
    given = sum(count[each] for each in (DONE, SKIPPED, MISSED, OPEN))
    return Tally(given, count[DONE], count[SKIPPED], count[MISSED], count[OPEN])


def states_of(
    schedule: Schedule, since: date, until: date, *, today: date, did: Collection[date], skipped: Collection[date]
) -> dict[date, str]:
    """Day of homework → what it is for one partner, over a time. `did` as in `done_on`."""
    days = list(schedule.days(since, until))
    done = done_on(schedule, days, did)
    return {day: state(schedule, day, today=today, done=day in done, skipped=day in skipped) for day in days}


def both_done(mine: Mapping[date, str], theirs: Mapping[date, str]) -> int:
    """On how many days that were given to both, both did it."""
    return sum(mine[day] == theirs.get(day) == DONE for day in mine)


def cut(schedule: Schedule, since: date, until: date | None) -> list[Pause]:
    """Its pauses with one more from `since` to `until`. Days gone by before `since` keep what they were."""
    return sorted([*resumed(schedule.pauses, since), (since, until)])


def resumed(pauses: Sequence[Pause], on: date) -> list[Pause]:
    """The pauses as they are when it goes on from this day: what lay before stays paused."""
    kept: list[Pause] = []
    for first, last in pauses:
        if first < on:
            kept.append((first, on - DAY if last is None or last >= on else last))
    return kept
