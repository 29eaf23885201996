"""Two at the same instant: both partners respond to a prompt at once, and each sends twice, as by a double tap.

For every prompt four requests leave in the same instant, for a server of several processes. Meanwhile readers ask
for the pages of just these prompts, as either partner: a page that shows the other's words without one's own being
in is read too early. In the end every prompt has two responses, in the words they were given in, and every couple
one day together for each of its days.
"""

import argparse
import random
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest

from sqlalchemy import func, select

from app.exercises.models import Draft
from benchmarks.support.house import DATABASES, house
from benchmarks.support.meetings import Giving, Ledger, Meeting, arrange, taken
from benchmarks.support.report import Report, bar
from benchmarks.support.server import served
from benchmarks.support.wire import CUT_OFF, Reply, Wire, at_once, get

PAIRS_AT_ONCE, READERS, TRIES = 4, 2, 50
THEIRS_IN = "Yours opens them both."
"""What /today says in between, where a partner has allowed it."""

PAGES = ("/prompts/{prompt}", "/prompts/{prompt}?edit", "/today", "/history", "/history/love_map")


@dataclass
class Outcome:
    """What a trial came to."""

    prompts: int = 0
    apart: int = 0
    """How many were given to several processes at once."""
    statuses: Counter[int] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    """What the readers met: pages, those in between the two responses, those open to both, too early, errors."""
    open_to_both: int = 0
    """How many prompts both could read in the end, each on their own page."""
    drafts: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def errors(self) -> int:
        """Replies that are none: 5xx, or a connection cut off."""
        return sum(count for status, count in self.statuses.items() if status >= 500 or not status)

    @property
    def sound(self) -> bool:
        """Whether each prompt was opened once, in both's own words, and nothing too early."""
        faults = (self.errors, self.read["early"], self.read["errors"], *self.wrong.values())
        return not any(faults) and self.open_to_both == self.prompts


def main(words: Sequence[str] | None = None) -> int:
    """Two at once, on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=DATABASES, help="one alone")
    parser.add_argument("--prompts", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=4, help="processes that serve")
    chosen = parser.parse_args(words)
    report = Report()
    databases = [chosen.database] if chosen.database else DATABASES
    found = {database: trial(database, chosen.prompts, chosen.workers) for database in databases}
    report.table(
        ["database", "prompts", "revealed once", "to several processes", "drafts left", "errors", "seconds", "replies"],
        [
            [
                database, each.prompts, each.open_to_both, each.apart, each.drafts, each.errors, each.seconds,
                ", ".join(f"{count:,} x {status}" for status, count in sorted(each.statuses.items())),
            ]
            for database, each in found.items()
        ],
    )  # fmt: skip
    report.table(
        ["database", "pages read meanwhile", "in between", "open to both", "too early", "errors"],
        [
            [database, *(each.read[name] for name in ("pages", "between", "open", "early", "errors"))]
            for database, each in found.items()
        ],
    )
    for database, each in found.items():
        report.ask(f"{database}: each prompt is revealed exactly once", each.open_to_both, met=each.sound)
    return report.end()


def trial(database: str, prompts: int, workers: int, *, postgres: str = "") -> Outcome:
    """Let both respond to each of `prompts`, twice, at the same instant, to a server of `workers` processes."""
    began, outcome = time.monotonic(), Outcome(prompts)
    with house(database, postgres=postgres) as home, bar(f"Meeting on {database}", prompts) as step:
        meetings = arrange(home, prompts)
        ledger = Ledger(home, meetings)
        with served(home, workers=workers, app="benchmarks.support.apps:named") as server:
            Evening(server.port, workers, meetings, outcome, step).pass_by()
            with closing(Wire(server.port)) as wire:
                outcome.open_to_both = sum(both_read(wire, meeting) for meeting in meetings)
        given = {(each.prompt, each.me.id) for meeting in meetings for each in meeting}
        outcome.wrong = ledger.wrong(given)
        outcome.drafts = home.look(select(func.count()).select_from(Draft))[0][0]
    outcome.seconds = time.monotonic() - began
    return outcome


class Evening:
    """All meetings, a few at a time, with readers who look at the pages of just these."""

    def __init__(
        self, port: int, workers: int, meetings: list[Meeting], outcome: Outcome, step: Callable[[], None]
    ) -> None:
        """`step` is called after each meeting."""
        self._port, self._workers, self._outcome, self._step = port, workers, outcome, step
        self._waiting = deque(meetings)
        self._now: dict[int, Meeting] = {}
        self._lock, self._over = threading.Lock(), threading.Event()

    def pass_by(self) -> None:
        """Come back when all have met."""
        with ThreadPoolExecutor(PAIRS_AT_ONCE + READERS) as pool:
            reading = [pool.submit(self._read) for _ in range(READERS)]
            meeting = [pool.submit(self._meet, place) for place in range(PAIRS_AT_ONCE)]
            wait(meeting)
            self._over.set()
            for each in (*meeting, *reading):
                each.result()

    def _meet(self, place: int) -> None:
        wires = self._wires()
        while meeting := taken(self._waiting):
            self._now[place] = meeting
            # Each of the two sends twice; whose bytes leave first is left to chance.
            order = [*meeting, *meeting]
            random.shuffle(order)
            try:
                self._count(at_once(wires, [giving.request for giving in order]))
            except CUT_OFF:
                self._count([])
                for wire in wires:
                    wire.close()
                wires = self._wires()
            self._step()
        for wire in wires:
            wire.close()

    def _wires(self) -> list[Wire]:
        """Four wires, to as many processes as there are: which of them takes a connection is up to the system."""
        known: dict[str, list[Wire]] = {}
        for _ in range(TRIES):
            fresh = [Wire(self._port) for _ in range(4)]
            for wire in fresh:
                known.setdefault(wire.ask(get("/healthz", "")).headers["Worker"], []).append(wire)
            if len(known) == self._workers and sum(map(len, known.values())) >= 4:
                break
        every = [wire for rank in zip_longest(*known.values()) for wire in rank if wire]
        for wire in every[4:]:
            wire.close()
        return every[:4]

    def _count(self, replies: list[Reply]) -> None:
        with self._lock:
            self._outcome.statuses.update([reply.status for reply in replies] or [0])
            self._outcome.apart += len({reply.headers["Worker"] for reply in replies}) > 1

    def _read(self) -> None:
        with closing(Wire(self._port)) as wire:
            while not self._over.wait(0 if self._now else 0.01):
                if self._now:
                    mine, theirs = random.sample(random.choice(list(self._now.values())), 2)
                    path = random.choice(PAGES).format(prompt=mine.prompt)
                    self._note(mine, theirs, wire.ask(get(path, mine.me.token)))

    def _note(self, mine: Giving, theirs: Giving, reply: Reply) -> None:
        is_open = theirs.is_on(reply.body)
        seen = {"pages": 1, "errors": reply.status >= 500, "between": THEIRS_IN in reply.body}
        with self._lock:
            self._outcome.read.update({**seen, "open": is_open, "early": is_open and not mine.is_on(reply.body)})


def both_read(wire: Wire, meeting: Meeting) -> bool:
    """Whether each of the two finds both's words on the page of their prompt."""
    pages = [wire.ask(get(f"/prompts/{each.prompt}", each.me.token)).body for each in meeting]
    return all(each.is_on(page) for page in pages for each in meeting)


if __name__ == "__main__":
    sys.exit(main())
