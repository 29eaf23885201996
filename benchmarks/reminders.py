"""What reminders cost: a tick with nothing to do, claiming and queuing, sending, and all of it in a row.

(a) and (b) on SQLite with millions of people, against one indexed row per person and against APScheduler with one job
per person; (c) and (d) over TLS on loopback, against pywebpush as its README has it and against Node's web-push; (e)
the engine as it runs, from a slot that is due to the rows that say what was sent. All ratios are of one run.
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from app import jobs
from app.core import clock
from app.core.db import transaction
from app.push import service as push
from app.push.gateway import Gateway
from app.reminders import service as reminders
from benchmarks.support import crowd, per_job, phones
from benchmarks.support.house import SQLITE, House, house
from benchmarks.support.race import SENDER, Race, Spent, install_web_push, race
from benchmarks.support.report import Report

IDLE_MOST, ROWS_LEAST, JOBS_LEAST, GROWN_MOST = 1.5, 4, 100, 32
README_LEAST, NODE_LEAST, SECONDS_MOST = 10, 2, 30
NETWORK = 0.04
"""Seconds that a push service takes to answer in (d) and (e)."""


def main(words: Sequence[str] | None = None) -> int:
    """Build, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5_000_000, help="how many have a reminder")
    parser.add_argument("--few", type=int, default=100_000, help="how many have one in the small database")
    parser.add_argument("--jobs", type=int, default=100_000, help="how many jobs APScheduler has")
    parser.add_argument("--due", type=int, default=1_000, help="how many of them are due")
    parser.add_argument("--pushes", type=int, default=20_000, help="how many pushes (d) and (e) send")
    parser.add_argument("--rounds", type=int, default=5, help="how often (b) and (c) are measured")
    parser.add_argument("--only", default="abcde", help="letters of the parts to measure")
    parser.add_argument("--data", type=Path, help="a folder for the databases of (a) and (b), to use again next time")
    chosen = parser.parse_args(words)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="attune-") as made:
        folder = chosen.data or Path(made)
        if set(chosen.only) & set("ab"):
            with house(SQLITE, built(folder, chosen.few)) as few, house(SQLITE, built(folder, chosen.people)) as many:
                if "a" in chosen.only:
                    idle(few, many, chosen, report)
                if "b" in chosen.only:
                    claiming(few, many, Path(made), chosen, report)
        if set(chosen.only) & set("cd"):
            sending(Path(made), chosen, report)
        if "e" in chosen.only:
            whole(Path(made), chosen.pushes, report)
    return report.end()


def built(folder: Path, people: int) -> Path:
    """The data folder of a house with that many people, laid down by a process of its own: it takes much memory."""
    data = folder / f"people-{people}"
    if not data.exists():
        data.mkdir(parents=True)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
            other.submit(crowd.build, data, people).result()
    return data


def idle(few: House, many: House, chosen: argparse.Namespace, report: Report) -> None:
    """A tick of the engine while nothing is due, in both houses by turns."""
    ticks, rounds, early = 100, 21, crowd.NOW - timedelta(hours=1)
    spent: list[list[float]] = [[], []]
    for _ in range(rounds):
        for home, costs in zip((few, many), spent, strict=True):
            with home.app.app_context():
                jobs.ring(now=early)
                began = time.perf_counter()
                for _ in range(ticks):
                    jobs.ring(now=early)
                costs.append((time.perf_counter() - began) / ticks * 1e6)
    rows = [
        [people, statistics.median(costs)] for people, costs in zip((chosen.few, chosen.people), spent, strict=True)
    ]
    report.table(["(a) an idle tick: people", "us"], rows)
    ratio = statistics.median(large / small for small, large in zip(*spent, strict=True))
    report.ask(f"an idle tick costs at most {IDLE_MOST} times as much", ratio, met=ratio <= IDLE_MOST)


def claiming(few: House, many: House, folder: Path, chosen: argparse.Namespace, report: Report) -> None:
    """Everything that is due laid into the outbox, in three ways."""
    ways = {"slots, as Attune does": reminders.dispatch, "one indexed row per person": crowd.move_rows}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    before, grown, due = memory(), 0, 0
    for _ in range(chosen.rounds):
        for name, step in ways.items():
            wall, cpu = used(many, step)
            if step is reminders.dispatch:
                grown = max(grown, memory() - before)
            due = crowd.put_back(many)
            spent[name].append((wall / due * 1e6, cpu / due * 1e6))
            before = memory()
    table: list[list[object]] = []
    for name, each in spent.items():
        middle = [statistics.median(costs) for costs in zip(*each, strict=True)]
        table.append([name, chosen.people, due, *middle])
    per_due = {}
    for name, earnest in (("APScheduler, moved on alone", False), ("APScheduler, with the same outbox", True)):
        wall, cpu = per_job.spent(few, folder, jobs=chosen.jobs, due=chosen.due, earnest=earnest)
        per_due[name] = wall * 1e6
        table.append([name, chosen.jobs, chosen.due, wall * 1e6, cpu * 1e6])
    crowd.put_back(few)
    report.table(["(b) claiming and queuing", "people", "due", "us each", "us of CPU each"], table)
    slots, rows = ([wall for wall, _ in each] for each in spent.values())
    ratio = statistics.median(row / slot for slot, row in zip(slots, rows, strict=True))
    report.ask(f"at least {ROWS_LEAST} times cheaper than a row per person", ratio, met=ratio >= ROWS_LEAST)
    ratio = per_due["APScheduler, with the same outbox"] / statistics.median(slots)
    report.ask(f"at least {JOBS_LEAST} times cheaper than a job per person", ratio, met=ratio >= JOBS_LEAST)
    report.ask(f"memory grows by at most {GROWN_MOST} MB", grown, met=grown <= GROWN_MOST)


def sending(folder: Path, chosen: argparse.Namespace, report: Report) -> None:
    """The race, without and with a network."""
    installed = folder / "node"
    with race(folder) as course:
        counts = {"ours": 5_000, "readme": 200}
        senders = {name: course.sender(name) for name in counts}
        if install_web_push(installed):
            counts["node"], senders["node"] = 2_000, course.node(installed)
        else:
            print("Node's web-push is not here, and there is no npm that gets it: it is left out.\n")
        for name, count in {"bare": 20_000, "encrypting": 5_000, "agreeing": 5_000}.items():
            counts[name], senders[name] = count, course.sender(name)
        spent: dict[str, list[Spent]] = {name: [] for name in counts}
        for sender in senders.values():
            sender.send(100)
        for _ in range(chosen.rounds if "c" in chosen.only else 1):
            for name, count in counts.items():
                spent[name].append(senders[name].send(count))
    tell_race(spent, report)
    limit = max(each.rate for each in spent["encrypting"])
    if "d" in chosen.only:
        with race(folder, after=NETWORK) as course:
            far(course, chosen.pushes, limit, report)


NAMES = {
    "ours": "Attune's gateway", "readme": "pywebpush, README", "node": "Node web-push, keep-alive",
    "bare": "nobody: the sink's ceiling", "encrypting": "encryption alone, pywebpush's",
    "agreeing": "fresh key and ECDH alone",
}  # fmt: skip


def tell_race(spent: dict[str, list[Spent]], report: Report) -> None:
    """Print who sent how fast. Each round's rates are of the same few seconds, so ratios are taken round by round."""
    rows = []
    for name, each in spent.items():
        best = max(each, key=lambda one: one.rate)
        sink = f"{100 * best.sink / best.seconds:.0f} %" if name not in {"encrypting", "agreeing"} else "-"
        cpu = statistics.median(one.cpu / one.count for one in each) * 1e6
        rows.append([NAMES[name], statistics.median(one.rate for one in each), best.rate, cpu, sink])
    head = ["(c) over TLS, one core", "a second, median", "a second, best", "us of CPU each", "sink busy"]
    report.table(head, rows)
    busy = statistics.median(one.sink / one.count for one in spent["bare"]) * 1e6
    print(f"The sink spends {busy:.0f} us of CPU on a push: it could take {1e6 / busy:,.0f} a second.\n")
    for other, least in (("readme", README_LEAST), ("node", NODE_LEAST)):
        if other in spent:
            ratio = statistics.median(a.rate / b.rate for a, b in zip(spent["ours"], spent[other], strict=True))
            report.ask(f"at least {least} times {NAMES[other]}", ratio, met=ratio >= least)
    far_off = statistics.median(a.rate / b.rate for a, b in zip(spent["ours"], spent["encrypting"], strict=True))
    print(f"The limit is encryption: without any sending, {1 / far_off:.1f} times as many.\n", flush=True)


def far(course: Race, pushes: int, limit: float, report: Report) -> None:
    """The same with a network between."""
    ours, readme = course.sender("ours"), course.sender("readme")
    ours.send(100)
    mine, theirs = ours.send(pushes), readme.send(100)
    table = [
        [NAMES["ours"], mine.count, mine.seconds, mine.rate, mine.seconds],
        [NAMES["readme"], theirs.count, theirs.seconds, theirs.rate, pushes / theirs.rate],
    ]
    report.table(
        [f"(d) {NETWORK * 1000:.0f} ms of network", "pushes", "seconds", "a second", f"seconds for {pushes:,}"], table
    )
    most = SECONDS_MOST * pushes / 20_000
    report.ask(f"{pushes:,} pushes in at most {most:.0f} s", mine.seconds, met=mine.seconds <= most)
    print(f"Encryption alone would take {pushes / limit:.1f} s of them.\n", flush=True)


def whole(folder: Path, people: int, report: Report) -> None:
    """The engine's own step, from slots that are due to rows that say what was sent, with the network of (d)."""
    cpu: Counter[str] = Counter()
    wall: Counter[str] = Counter()
    now = clock.now()
    with ExitStack() as stack:
        course = stack.enter_context(race(folder, after=NETWORK))
        home = stack.enter_context(house(SQLITE))
        os.environ["SSL_CERT_FILE"] = str(folder / "ca.pem")
        phones.hand_out(home, people, course.sink.port, now=now)
        gateway = Gateway("mailto:somebody@example.org", (), loopback=True)
        stack.callback(gateway.close)
        home.app.extensions["gateway"] = gateway
        for where, name in ((reminders, "dispatch"), (push, "claim"), (gateway, "send"), (push, "record")):
            setattr(where, name, timed(name, getattr(where, name), wall, cpu))
            stack.callback(setattr, where, name, getattr(where, name).__wrapped__)
        stack.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        os.sched_setaffinity(0, {SENDER})
        seconds, spent = used(home, lambda now: bool(jobs.ring(now=now)), now=now)
        arrived = course.sink.spent()["taken"]
    rest = {"commits and the rest": (seconds - wall.total(), spent - cpu.total()), "in all": (seconds, spent)}
    rows = {**{name: (wall[name], cpu[name]) for name in wall}, **rest}
    report.table(
        ["(e) the whole way", "seconds", "us of CPU each"],
        [[name, each[0], each[1] / people * 1e6] for name, each in rows.items()],
    )
    print(f"A million pushes take {spent / people * 1e6:,.0f} s of CPU, of the sender alone.")
    report.ask(f"all {people:,} have arrived, once", int(arrived), met=arrived == people)


def used(home: House, step: Callable[..., bool], *, now: Any = crowd.NOW) -> tuple[float, float]:
    """Seconds, and seconds of CPU, until there is no more to do."""
    own = step not in {reminders.dispatch, crowd.move_rows}
    with home.app.app_context():
        wall, cpu, more = time.perf_counter(), time.process_time(), True
        while more:
            if own:
                more = step(now)
            else:
                with transaction():
                    more = step(now=now)
        return time.perf_counter() - wall, time.process_time() - cpu


def timed(name: str, what: Callable[..., Any], wall: Counter[str], cpu: Counter[str]) -> Callable[..., Any]:
    """The same function, whose time is added up."""

    @wraps(what)
    def call(*args: Any, **named: Any) -> Any:
        began = time.perf_counter(), time.process_time()
        try:
            return what(*args, **named)
        finally:
            wall[name] += time.perf_counter() - began[0]  # type: ignore[assignment]
            cpu[name] += time.process_time() - began[1]  # type: ignore[assignment]

    return call


def memory() -> int:
    """Megabytes that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") >> 20


if __name__ == "__main__":
    sys.exit(main())
