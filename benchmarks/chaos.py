"""Reminders in a storm: workers are killed, push services refuse, fail, hang and hang up, and nobody is up for a while.

Time goes faster: a minute of the storm takes a second or two, for the engine, for the push services and for us alike.
Nothing of the engine is changed but its clock, and the patience of its transport by the same measure.

What is asked: nobody is missed on a device whose service was up again within their window; nobody is shown two; nothing
comes after a window, nor to whoever has answered or has a week off; and what nobody was up for stands as missed.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app import create_app, jobs
from app.core import clock
from app.core.db import db, transaction
from app.exercises.models import Response
from app.push import transport
from app.push.models import Notification
from app.push.sending import BEGUN_WITHIN
from app.reminders.models import ReminderSlot
from benchmarks.support.house import DATABASES, House, house
from benchmarks.support.moods import MOODS, Services
from benchmarks.support.report import Report
from benchmarks.support.storm import ANSWERS, ASLEEP, DONE, PAUSED, WAITS, Plan, Someone, answer, gather

BEGINS = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
TICK = timedelta(seconds=20)
UNDER_WAY = timedelta(seconds=transport.WHOLE)
"""For how long a push may be on its way."""

FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Storm:
    """How hard it storms."""

    plan: Plan
    speed: float
    workers: int
    kills: int
    seed: int


@dataclass
class Found:
    """What the storm left behind: what was asked for, and broken; and counts."""

    missed: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    unsettled: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    asleep: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    seconds: float = 0
    rows: list[list[object]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was broken, and the storm has bitten at all."""
        broken = (self.missed, self.twice, self.late, self.unwanted, self.unsettled)
        return not any(broken) and set(self.asleep) <= {"missed"}


def main(words: Sequence[str] | None = None) -> int:
    """Storm on each database, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000, help="how many are due")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--speed", type=float, default=30, help="how much faster than the clock on the wall")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=DATABASES, action="append")
    chosen = parser.parse_args(words)
    report = Report()
    for database in chosen.database or DATABASES:
        storm = Storm(big(chosen.people), chosen.speed, chosen.workers, chosen.kills, chosen.seed)
        with house(database) as home:
            tell(report, database, weather(home, storm), storm)
    return report.end()


def big(people: int) -> Plan:
    """Twenty minutes in which somebody is due, half an hour of bad moods, an hour's window, then a night."""
    return Plan(BEGINS, people, slots=20, first_due=2, window=60, well=30, answers=12, night=(84, 96))


def tell(report: Report, database: str, found: Found, storm: Storm) -> None:
    """Print what was found, and whether it is what was asked for."""
    people, killed = f"{storm.plan.people:,} people", f"{found.kills} of {storm.workers} workers killed"
    print(f"{database}: {people}, {killed}, {found.seconds:.0f} s at {storm.speed:g} times the speed of the wall")
    print(f"outcomes {dict(found.outcomes)}, of those who were due while nobody was up {dict(found.asleep)}\n")
    report.table(("service", "devices", "pushes", "taken", "repeats", "missed"), found.rows)
    for what, broken in (
        ("missed while their service was up", found.missed), ("shown two", found.twice),
        ("told after their window", found.late), ("told though done or away", found.unwanted),
    ):  # fmt: skip
        report.ask(f"{database}: {what}", len(broken), met=not broken)
    report.ask(f"{database}: left unsettled", found.unsettled, met=not found.unsettled)
    report.ask(f"{database}: told of what nobody was up for", sum(found.asleep.values()) - found.asleep["missed"],
               met=set(found.asleep) <= {"missed"})  # fmt: skip


def weather(home: House, storm: Storm) -> Found:
    """Let it storm, and look at what it left behind."""
    started, plan = time.monotonic(), storm.plan
    app = create_app(replace(home.config, push_loopback=True, vapid_subject="mailto:storm@example.org"))
    with tempfile.TemporaryDirectory(prefix="attune-") as folder:
        log, zero = Path(folder) / "pushes", FORK.Value("d", 0.0)
        now = _clock(zero, plan.begins, storm.speed)
        with _services(Services(log, now, plan.at(plan.well), storm.seed)) as ports:
            crowd = gather(home, plan, ports)
            zero.value = time.monotonic()
            found = _rage(app, storm, crowd, now)
        pushes = [json.loads(line) for line in log.read_text().splitlines()]
    _judge(found, crowd, pushes, plan)
    _look(app, found, crowd, plan)
    found.seconds = time.monotonic() - started
    return found


def _clock(
    zero: "multiprocessing.sharedctypes.Synchronized[float]", begins: datetime, speed: float
) -> Callable[[], datetime]:
    """The clock of the storm, the same in every process. It stands still until `zero` is set."""
    return lambda: begins + timedelta(seconds=(time.monotonic() - zero.value) * speed if zero.value else 0)


@contextmanager
def _services(services: Services) -> Iterator[dict[str, int]]:
    here, there = FORK.Pipe(duplex=False)
    process = FORK.Process(target=services.run, args=(there.send,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def _rage(app: Flask, storm: Storm, crowd: Sequence[Someone], now: Callable[[], datetime]) -> Found:
    """Kill workers while there is something to do, let somebody answer, let nobody be up, and let them come again."""
    plan, chance, found = storm.plan, random.Random(storm.seed), Found()
    first, last = plan.first_due, max(plan.well, plan.first_due + plan.slots) + 3
    events = sorted((chance.uniform(first, last), "kill") for _ in range(storm.kills))
    events = sorted([*events, (plan.answers, "answer"), (plan.night[0], "night"), (plan.night[1], "morning")])
    crew = [_hire(app, storm, now) for _ in range(storm.workers)]
    try:
        for minute, what in events:
            _wait_until(plan.at(minute), storm, now)
            if what == "kill":
                number = chance.randrange(len(crew))
                _kill(crew[number])
                crew[number], found.kills = _hire(app, storm, now), found.kills + 1
            elif what == "answer":
                with _looking(app), transaction():
                    rows = [answer(each, now()) for each in crowd if each.sort == ANSWERS]
                    db.session.execute(sa.insert(Response), rows)
            elif what == "night":
                for worker in crew:
                    _kill(worker)
            else:
                crew = [_hire(app, storm, now) for _ in range(storm.workers)]
        _wait_until(plan.at(plan.night[1] + 3), storm, now)
    finally:
        for worker in crew:
            _kill(worker)
    return found


def _wait_until(instant: datetime, storm: Storm, now: Callable[[], datetime]) -> None:
    left = (instant - now()).total_seconds() / storm.speed
    if left > 0:
        time.sleep(left)


def _hire(app: Flask, storm: Storm, now: Callable[[], datetime]) -> BaseProcess:
    worker = FORK.Process(target=_work, args=(app, storm.speed, now), daemon=True)
    worker.start()
    return worker


def _kill(worker: BaseProcess) -> None:
    if worker.pid is not None and worker.is_alive():
        os.kill(worker.pid, signal.SIGKILL)
    worker.join()


def _work(app: Flask, speed: float, now: Callable[[], datetime]) -> None:
    """One worker: the timetable's step, again and again, by the clock of the storm."""
    clock.now = now
    for name in ("CONNECT", "WHOLE", "REST", "IDLE"):
        setattr(transport, name, getattr(transport, name) / speed)
    never = threading.Event()
    with suppress(KeyboardInterrupt):
        while True:
            jobs.run(app, jobs.Step(jobs.ring, TICK))
            never.wait(TICK.total_seconds() / speed)


@contextmanager
def _looking(app: Flask) -> Iterator[None]:
    """A look into the database that leaves no connection for a worker to inherit."""
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def _judge(found: Found, crowd: Sequence[Someone], pushes: Sequence[dict[str, object]], plan: Plan) -> None:
    """Hold each push, and each that did not come, against what may reach whom."""
    by_device: dict[str, list[dict[str, object]]] = {}
    for each in pushes:
        by_device.setdefault(str(each["device"]), []).append(each)
    rows = {mood: [mood, 0, 0, 0, 0, 0] for mood in MOODS}
    for someone in crowd:
        for device in someone.devices:
            came = by_device.get(device.name, [])
            taken = [each for each in came if each["taken"]]
            missed = someone.sort == WAITS and not device.gone and not taken
            counts = (1, len(came), bool(taken), max(len(taken) - 1, 0), missed)
            rows[device.mood] = [device.mood, *(a + b for a, b in zip(rows[device.mood][1:], counts, strict=True))]
            found.missed += [device.name] * missed
            found.twice += [device.name] * (len({each["topic"] for each in taken}) > 1)
            found.late += [
                device.name for each in came if _ends(each) > someone.until + UNDER_WAY or _at(each) < someone.due
            ]
            found.unwanted += [device.name for each in came if _unwanted(someone, each, plan)]
    found.rows = list(rows.values())


def _unwanted(someone: Someone, push: dict[str, object], plan: Plan) -> bool:
    """Whether they were done or away, and not just while it was on its way."""
    if someone.sort == ANSWERS:
        return _at(push) > plan.at(plan.answers) + BEGUN_WITHIN + UNDER_WAY
    return someone.sort in {DONE, PAUSED}


def _at(push: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(push["at"]))


def _ends(push: dict[str, object]) -> datetime:
    return _at(push) + timedelta(seconds=int(str(push["ttl"])))


def _look(app: Flask, found: Found, crowd: Sequence[Someone], plan: Plan) -> None:
    asleep = {each.guest.id for each in crowd if each.sort == ASLEEP}
    with _looking(app):
        for row in db.session.scalars(sa.select(Notification)):
            found.outcomes[row.outcome or "none"] += 1
            found.unsettled += row.finished_at is None
            if row.person_id in asleep:
                found.asleep[row.outcome or "none"] += 1
        late = sa.select(sa.func.count()).where(ReminderSlot.next_due_at <= plan.at(plan.night[1]))
        found.unsettled += db.session.scalar(late) or 0


if __name__ == "__main__":
    sys.exit(main())
