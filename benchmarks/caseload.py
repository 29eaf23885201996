"""What a caseload costs: in three statements for all couples, and by going from object to object as an ORM lets one.

Both read the same rows in the same run and must come to the same counts, flags and trends. The loop is written as one
would write it at first: a couple, its partners, what was given, what each answered, their weeks, one after the other,
each with the statement it needs. Time is that of the CPU, the middle of several runs; with SQLite it holds the
database's share, too, so that what else the machine does is not counted.
"""

import argparse
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.models import THERAPIST, Person, PersonKey
from app.caseload.attention import IN_A_ROW, NOT_ASKED, Facts, Given, Level, Line, counts, flags, trend
from app.caseload.models import Care, Session
from app.caseload.service import caseload_of
from app.caseload.service.cases import LOOKS_BACK
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.ids import new_id
from app.couples.models import QUINCE, Couple, Membership
from app.exercises.models import APPRECIATION, CHECK_IN, Prompt, Response
from app.scores.models import WeeklyScore
from app.scores.service import close_weeks, monday_of, stands_of
from app.scores.service.keeping import SUMS, ends_of
from app.therapist.models import Homework, HomeworkDay
from app.therapist.service.doing import states_of
from benchmarks.support.care import open_doors
from benchmarks.support.house import DATABASES, SQLITE, Guest, House, couples, house, insert
from benchmarks.support.report import Report
from tests.support.databases import asked

NOW = datetime(2026, 11, 12, 20, 0, tzinfo=UTC)
TODAY, DAY = NOW.date(), timedelta(days=1)
WEEKS = 52
FASTER, STATEMENTS = 20, 3
GIVEN = (CHECK_IN, APPRECIATION)
RUNS = 5

Told = dict[str, tuple[Any, ...]]
"""A couple → its counts, flags and trend."""


def main(words: Sequence[str] | None = None) -> int:
    """Build, read it both ways, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--couples", type=int, default=200)
    parser.add_argument("--database", choices=DATABASES, default=SQLITE)
    chosen = parser.parse_args(words)
    report = Report()
    with house(chosen.database) as home:
        thea = build(home, chosen.couples)
        with home.app.app_context():
            caseload(thea)
            ours, statements, told = measured(lambda: caseload(thea), RUNS)
            theirs, theirs_statements, found = measured(lambda: loop(thea), 3)
    report.table(
        ["way", "couples", "weeks", "statements", "milliseconds"],
        [
            ["object by object", chosen.couples, WEEKS, theirs_statements, theirs * 1e3],
            ["caseload", chosen.couples, WEEKS, statements, ours * 1e3],
        ],
    )
    report.ask("couples of which both say the same", len(told), met=told == found)
    report.ask(f"statements, at most {STATEMENTS}", statements, met=statements <= STATEMENTS)
    report.ask(f"times as fast, at least {FASTER}", theirs / ours, met=theirs >= FASTER * ours)
    return report.end()


def caseload(thea: str) -> Told:
    """The app's own way."""
    found = caseload_of(thea, today=TODAY, now=NOW)
    return {case.couple_id: (case.counts, case.flags, case.trend) for case in found}


def loop(thea: str) -> Told:
    """From object to object."""
    found: Told = {}
    for care in db.session.scalars(sa.select(Care).where(Care.therapist_id == thea)):
        couple = db.session.get_one(Couple, care.couple_id)
        members = sorted(couple.memberships, key=lambda each: each.side != QUINCE)
        assert all(member.person.name for member in members)
        db.session.scalars(sa.select(Session).where(Session.couple_id == couple.id)).all()
        facts = Facts(_given(couple, members), (_line(couple, members[0]), _line(couple, members[1])))
        found[couple.id] = (
            counts(facts.given, TODAY),
            flags(facts, TODAY, care.in_a_row or IN_A_ROW),
            trend(facts.lines),
        )
    db.session.rollback()
    db.session.expunge_all()
    return found


def _given(couple: Couple, members: Sequence[Membership]) -> tuple[Given, ...]:
    since, pieces = TODAY - LOOKS_BACK + DAY, []
    homework = db.session.scalars(sa.select(Homework).where(Homework.couple_id == couple.id)).all()
    prompts = db.session.scalars(
        sa.select(Prompt).where(Prompt.couple_id == couple.id, Prompt.day >= since, Prompt.day <= TODAY)
    ).all()
    did: dict[tuple[str, str], set[date]] = defaultdict(set)
    for prompt in prompts:
        for response in prompt.responses:
            did[response.author_id, prompt.exercise].add(prompt.day)
    for each in homework:
        said = db.session.scalars(sa.select(HomeworkDay).where(HomeworkDay.homework_id == each.id)).all()
        first, second = (
            states_of(
                each.schedule,
                since,
                TODAY,
                today=TODAY,
                did=did[member.person_id, each.exercise],
                skipped={row.day for row in said if row.person_id == member.person_id and row.skipped_at},
            )
            for member in members
        )
        pieces += [Given(day, (first.get(day, NOT_ASKED), second.get(day, NOT_ASKED))) for day in first]
    return tuple(sorted(pieces, key=lambda piece: piece.day))


def _line(couple: Couple, member: Membership) -> Line:
    query = sa.select(WeeklyScore).where(WeeklyScore.couple_id == couple.id, WeeklyScore.person_id == member.person_id)
    rows = db.session.scalars(query.order_by(WeeklyScore.week)).all()
    kept = [(row.week, row.state or "", row.formula or 1) for row in rows if row.scored_at]
    stands, change = stands_of(kept, monday_of(TODAY) - 7 * DAY)
    return Line(tuple(Level(each.week, each.level, each.low, each.high) for each in stands), change)


def measured(way: Callable[[], Told], runs: int) -> tuple[float, int, Told]:
    """(the middle of the seconds it took, its statements, what it found)."""
    took, told = [], {}
    for _ in range(runs):
        db.session.remove()
        began = time.process_time()
        told = way()
        took.append(time.process_time() - began)
    with asked(db.engine) as seen:
        way()
    return statistics.median(took), len(seen), told


def build(home: House, count: int) -> str:
    """Couples with a year of weeks and six weeks of homework each, done nine times out of ten, opened half the other
    times: their therapist's id.
    """
    chance = random.Random(7)
    with home.app.app_context(), home.loading() as connection:
        pairs = couples(home, connection, count, now=NOW)
        thea = new_id()
        insert(connection, Person, [_therapist(thea)])
        insert(connection, PersonKey, [{"person_id": thea, "wrapped": vault().new_key(thea)}])
        open_doors(connection, thea, [(first.couple, first.id, second.id) for first, second in pairs], NOW)
        insert(connection, Session, [_session(thea, first.couple, number) for number, (first, _) in enumerate(pairs)])
        homework = [_homework(thea, first, name) for first, _ in pairs for name in GIVEN]
        insert(connection, Homework, homework)
        given = {(each["couple_id"], each["exercise"]): each["id"] for each in homework}
        prompts = [(first, second, name, day) for first, second in pairs for name in GIVEN for day in _days()]
        idents = [new_id() for _ in prompts]
        insert(connection, Prompt, [_prompt(ident, *each) for ident, each in zip(idents, prompts, strict=True)])
        answers = [
            _response(ident, guest, each[3])
            for ident, each in zip(idents, prompts, strict=True)
            for guest in each[:2]
            if chance.random() < 0.9
        ]
        insert(connection, Response, answers)
        answered = {(each["prompt_id"], each["author_id"]) for each in answers}
        looked = [
            _opened(given[first.couple, name], guest, day)
            for ident, (first, second, name, day) in zip(idents, prompts, strict=True)
            for guest in (first, second)
            if (ident, guest.id) in answered or chance.random() < 0.5
        ]
        insert(connection, HomeworkDay, looked)
        guests = [guest for pair in pairs for guest in pair]
        insert(connection, WeeklyScore, [_week(guest, back, chance) for guest in guests for back in range(WEEKS)])
        connection.commit()
    more = 1
    while more:
        with home.app.app_context():
            more = _close()
    return thea


def _close() -> int:
    with transaction():
        return close_weeks(now=NOW, most=5_000)


def _days() -> list[date]:
    return [TODAY - number * DAY for number in range(42)]


def _therapist(ident: str) -> dict[str, Any]:
    particulars = {"zone": "UTC", "locale": "en", "theme": "auto", "role": THERAPIST}
    return {"id": ident, "login": ident, "name": "Thea", "password_hash": "-", "created_at": NOW, **particulars}


def _session(thea: str, couple: str, number: int) -> dict[str, Any]:
    return {"id": new_id(), "therapist_id": thea, "couple_id": couple, "day": TODAY + (number % 14) * DAY}


def _homework(thea: str, guest: Guest, exercise: str) -> dict[str, Any]:
    ident = new_id()
    return {
        "id": ident, "couple_id": guest.couple, "therapist_id": thea, "exercise": exercise, "weekdays": 127,
        "dates": [], "first": TODAY - timedelta(days=60), "pauses": [], "series_id": ident, "created_at": NOW,
    }  # fmt: skip


def _prompt(ident: str, first: Guest, _second: Guest, exercise: str, day: date) -> dict[str, Any]:
    return {"id": ident, "couple_id": first.couple, "day": day, "exercise": exercise, "take": 1}


def _response(ident: str, guest: Guest, day: date) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, 19, tzinfo=UTC)
    ratings = {"understood": 7, "valued": 7, "supported": 7}
    given = {"ratings": ratings, "words": b"sealed", "given_on": day, "submitted_at": at}
    return {"prompt_id": ident, "author_id": guest.id, **given}


def _opened(homework: str, guest: Guest, day: date) -> dict[str, Any]:
    return {"homework_id": homework, "person_id": guest.id, "day": day, "opened_on": day}


def _week(guest: Guest, back: int, chance: random.Random) -> dict[str, Any]:
    week = monday_of(TODAY) - (back + 1) * 7 * DAY
    ends, closes = ends_of(week, "UTC")
    sums = dict.fromkeys(SUMS, 0) | {"felt_count": 6, "felt_sum": 6 * chance.randint(12, 27)}
    return {
        "couple_id": guest.couple, "person_id": guest.id, "week": week, "ends_at": ends, "closes_at": closes, **sums,
    }  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
