"""The couples of a therapist as they look at them, and one couple: the same, from the same three statements."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from app.caseload.attention import (
    IN_A_ROW,
    NOT_ASKED,
    TOO_EARLY,
    Counts,
    Facts,
    Flag,
    Given,
    Level,
    Line,
    Place,
    counts,
    flags,
    needs_attention,
    trend,
)
from app.caseload.service.asking import DID, GIVEN, SKIPPED, WEEK, cases, facts
from app.core.db import rows_of
from app.core.errors import NotFound
from app.core.gathered import values_in
from app.couples.service import day_of
from app.scores.service import monday_of, stands_of
from app.therapist.models import schedule_of
from app.therapist.service import Schedule, done_on, state
from app.therapist.service.longer import Closed, closed_of

LOOKS_BACK = timedelta(days=27)
"""How far back what was given is looked at: so that three in a row of what is given once a week are seen."""
WEEKS = timedelta(weeks=9)
"""The weeks of a small line, and those that its change needs."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as a therapist knows them."""

    id: str
    name: str


@dataclass(frozen=True)
class Case:
    """A couple as its therapist may see it now; `today` is the couple's day. `resting`: all homework is paused."""

    couple_id: str
    zone: str
    sides: tuple[Side, Side]
    today: date
    in_a_row: int
    archived: bool
    session: date | None
    last_session: date | None
    since: date
    """The couple's day on which the door opened."""
    facts: Facts
    resting: bool = False
    shows_scores: bool = False
    """Whether both show their weekly scores, also where there is none yet."""
    whose: int | None = field(default=None)
    """The one of the two who looks at what the therapist sees of them; None for the therapist."""

    @property
    def name(self) -> str:
        """The two by their names."""
        return f"{self.sides[0].name} & {self.sides[1].name}"

    @cached_property
    def counts(self) -> Counts:
        """What was done of what was given in the last fourteen days."""
        return counts(self.facts.given, self.today)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """What is worth a look. While all rests nobody misses anything."""
        return flags(self.facts, self.today, self.in_a_row)

    @cached_property
    def trend(self) -> str:
        """Where the two are going. Too early to say while one of them has no week yet that could be shown."""
        if self.whose is None and self.shows_scores and None in self.facts.lines:
            return TOO_EARLY
        return trend(self.facts.lines)

    @property
    def place(self) -> Place:
        """What its place in the list rests on."""
        return Place(self.flags, self.session, self.resting, self.name)

    def of(self, who: int) -> "Case":
        """The same, as far as it is one partner's own: what that partner may see of what the therapist sees."""
        return replace(self, facts=self.facts.of(who), whose=who)


def caseload_of(therapist_id: str, *, today: date, now: datetime) -> list[Case]:
    """A therapist's open couples, what needs attention first. At most three statements.

    `today` is the therapist's."""
    found = _cases({"therapist": therapist_id, "today": today}, now=now, one=False, weeks=WEEKS)
    return sorted(found, key=lambda case: needs_attention(case.place))


def case_of(therapist_id: str, couple_id: str, *, today: date, now: datetime) -> Case:
    """One couple, with all its weeks. At most three statements. Raises NotFound where the door is shut."""
    asked = {"therapist": therapist_id, "today": today, "couple": couple_id}
    found = _cases(asked, now=now, one=True, weeks=timedelta(weeks=520))
    if not found:
        raise NotFound
    return found[0]


def _cases(asked: Mapping[str, Any], *, now: datetime, one: bool, weeks: timedelta) -> list[Case]:
    # A couple's day may be another than the therapist's: one more is read, and what lies ahead is left out below.
    today: date = asked["today"] + timedelta(days=1)
    window = {"since": today - LOOKS_BACK, "monday": monday_of(today) - weeks, "today": today}
    about: dict[str, list[Any]] = defaultdict(list)
    for row in rows_of(facts(one=one), **{**asked, **window}):
        about[row.couple_id].append(row)
    found = rows_of(cases(one=one), **asked)
    closed = closed_of([row.id for row in found], window["since"], today)
    return [_case(row, about.get(row.id, []), closed, now) for row in found]


def _case(row: Any, about: Sequence[Any], closed: Closed, now: datetime) -> Case:
    today = day_of(now, row.zone)
    people = (row.first, row.second)
    given = [each for each in about if each.kind == GIVEN]
    schedules = [(each, _schedule(each)) for each in given]
    did, skipped = _did(about, closed, row.id), _skipped(about)
    pieces = [
        Given(day, states)
        for each, schedule in schedules
        for day, states in _pieces(each, schedule, people, did, skipped, _days(schedule, today), today)
    ]
    now_given = [schedule for _, schedule in schedules if schedule.last is None or schedule.last >= today]
    return Case(
        couple_id=row.id,
        zone=row.zone,
        sides=(Side(row.first, row.first_name), Side(row.second, row.second_name)),
        today=today,
        in_a_row=row.in_a_row or IN_A_ROW,
        archived=row.archived_at is not None,
        session=row.session,
        last_session=row.last_session,
        since=day_of(row.opened_at, row.zone),
        facts=Facts(
            tuple(sorted(pieces, key=lambda piece: piece.day)),
            _lines(about, people, today),
            consent_changed=day_of(row.changed_at, row.zone) if row.changed_at else None,
        ),
        shows_scores=bool(row.shows_scores),
        resting=bool(now_given) and all(schedule.paused_on(today) for schedule in now_given),
    )


def _schedule(row: Any) -> Schedule:
    dates, pauses = json.loads(row.dates), json.loads(row.pauses)
    return schedule_of(row.text, row.day, row.last, row.number, dates, pauses, row.person_id)


def _pieces(
    row: Any,
    schedule: Schedule,
    people: tuple[str, str],
    did: Mapping[tuple[str, str], Collection[date]],
    skipped: Mapping[tuple[str, str], set[date]],
    days: Sequence[date],
    today: date,
) -> list[tuple[date, tuple[str, str]]]:
    """(day, what it is for each of the two) of one homework. What lies ahead is not given yet."""
    both = []
    for person in people:
        if schedule.is_for(person):
            done = done_on(schedule, days, did.get((person, row.text), ()))
            passed: Collection[date] = skipped.get((person, row.of), ())
            both.append([state(schedule, day, today=today, done=day in done, skipped=day in passed) for day in days])
        else:
            both.append([NOT_ASKED] * len(days))
    return list(zip(days, zip(*both, strict=True), strict=True))


def _days(schedule: Schedule, today: date) -> tuple[date, ...]:
    """The days so far on which it was given, of those that are looked at. Couples often have the same."""
    return _days_of(replace(schedule, first=max(schedule.first, today - LOOKS_BACK), whom=None), today)


@lru_cache(maxsize=1024)
def _days_of(schedule: Schedule, today: date) -> tuple[date, ...]:
    return tuple(schedule.days(schedule.first, today))


def _did(about: Iterable[Any], closed: Closed, couple_id: str) -> dict[tuple[str, str], Collection[date]]:
    """(person, exercise) → the days of it that they did."""
    found: dict[tuple[str, str], set[date]] = defaultdict(set)
    for row in about:
        if row.kind == DID:
            found[row.person_id, row.text] |= {date.fromisoformat(day) for day in values_in(row.dates)}
    # Of a longer one each time counts, also two on one day.
    longer = {(person, exercise): days for (couple, person, exercise), days in closed.items() if couple == couple_id}
    return {**found, **longer}


def _skipped(about: Iterable[Any]) -> dict[tuple[str, str], set[date]]:
    """(person, homework) → the days that they skipped with a word."""
    found: dict[tuple[str, str], set[date]] = defaultdict(set)
    for row in about:
        if row.kind == SKIPPED:
            found[row.person_id, row.text].add(row.day)
    return found


def _lines(about: Iterable[Any], people: tuple[str, str], today: date) -> tuple[Line | None, Line | None]:
    """The weeks of each, None where they are not shown."""
    kept: dict[str, list[tuple[date, str, int]]] = {person: [] for person in people}
    for row in about:
        if row.kind == WEEK and row.person_id in kept:
            kept[row.person_id].append((row.day, row.text, row.number))
    until = monday_of(today) - timedelta(days=7)
    first, second = (_line(sorted(rows), until) for rows in kept.values())
    return first, second


def _line(rows: Sequence[tuple[date, str, int]], until: date) -> Line | None:
    stands, change = stands_of(rows, max(until, rows[-1][0]) if rows else until)
    return (
        Line(tuple(Level(each.week, each.level, each.low, each.high, each.formula) for each in stands), change)
        if rows
        else None
    )
