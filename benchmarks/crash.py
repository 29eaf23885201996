"""What a power button does: kill -9 of the server while it writes, again and again, and nothing given is lost.

A response counts as acknowledged when its reply has come. After each restart every one of them must be there once, in
the words it was given in, and a day counts as one together exactly when both are in. What got no reply is sent again.
With --broken the server replies before it commits, and the same harness must find what that loses.
"""

import argparse
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from benchmarks.support.house import DATABASES, POSTGRESQL, SQLITE, house
from benchmarks.support.meetings import Giving, Ledger, arrange, taken
from benchmarks.support.report import Report, bar
from benchmarks.support.server import Server, served
from benchmarks.support.wire import CUT_OFF, Wire

WRITERS = 8
WORKERS = {SQLITE: 1, POSTGRESQL: 4}
"""As each database is meant to be served: one process on SQLite, several on PostgreSQL."""

SPARE = 1.2
"""How many more responses are at hand than must be acknowledged."""


@dataclass
class Outcome:
    """What a trial came to. `wrong` holds the worst that any look at the database found."""

    kills: int = 0
    cut_off: int = 0
    acknowledged: set[tuple[str, str]] = field(default_factory=set)
    refused: Counter[int] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether nothing at all was wrong."""
        return not self.wrong.total() and not self.refused


def main(words: Sequence[str] | None = None) -> int:
    """Kill, restart, look; on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=DATABASES, help="one alone")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--responses", type=int, default=20_000, help="how many are acknowledged in all, at least")
    parser.add_argument("--broken", action="store_true", help="serve an Attune that replies before it commits")
    chosen = parser.parse_args(words)
    report = Report()
    found = {
        database: trial(database, chosen.kills, chosen.responses, broken=chosen.broken)
        for database in ([chosen.database] if chosen.database else DATABASES)
    }
    wrong = ["lost", "doubled", "changed", "half revealed"]
    report.table(
        ["database", "processes", "kills", "acknowledged", "cut off", *wrong, "other replies", "seconds"],
        [
            [
                database, WORKERS[database], each.kills, len(each.acknowledged), each.cut_off,
                *(each.wrong[name] for name in wrong), each.refused.total(), each.seconds,
            ]
            for database, each in found.items()
        ],
    )  # fmt: skip
    for database, each in found.items():
        enough = each.kills == chosen.kills and len(each.acknowledged) >= chosen.responses
        report.ask(f"{database}: killed and acknowledged as often as asked", len(each.acknowledged), met=enough)
        if chosen.broken:
            report.ask(f"{database}: a commit behind the reply is found out", each.wrong["lost"], met=not each.sound)
        else:
            report.ask(f"{database}: nothing is lost, doubled, changed or half", each.wrong.total(), met=each.sound)
    return report.end()


def trial(database: str, kills: int, responses: int, *, broken: bool = False, postgres: str = "") -> Outcome:
    """Let writers write, and kill the server under them `kills` times, spread over `responses` acknowledged ones."""
    began, outcome = time.monotonic(), Outcome()
    app = "benchmarks.support.apps:broken" if broken else "app"
    with house(database, postgres=postgres) as home, bar(f"Killing on {database}", kills) as step:
        meetings = arrange(home, int(responses * SPARE) // 2)
        ledger, waiting = Ledger(home, meetings), deque(each for meeting in meetings for each in meeting)
        with served(home, workers=WORKERS[database], app=app) as server:
            for number in range(1, kills + 1):
                Writing(server, waiting, outcome).until(responses * number // kills)
                outcome.kills += 1
                server.start()
                look(ledger, outcome)
                step()
            # What the last kill cut off stands in front.
            Writing(server, deque(islice(waiting, WRITERS)), outcome).out()
            look(ledger, outcome)
        outcome.seconds = time.monotonic() - began
    return outcome


def look(ledger: Ledger, outcome: Outcome) -> None:
    """Hold what was acknowledged against what is there."""
    found = ledger.wrong(outcome.acknowledged)
    outcome.wrong = Counter({name: max(count, outcome.wrong[name]) for name, count in found.items()})


class Writing:
    """Several writers at once, up to the acknowledged response at which the server is killed under them."""

    def __init__(self, server: Server, waiting: deque[Giving], outcome: Outcome) -> None:
        """`waiting` is what is still to be given; what got no reply goes back to its front."""
        self._server, self._waiting, self._outcome = server, waiting, outcome
        self._lock, self._enough = threading.Lock(), 0

    def until(self, acknowledged: int) -> None:
        """Write until so many are acknowledged in all, then kill, and come back when every writer has noticed."""
        self._enough = acknowledged
        self._write_together()
        self._server.kill()

    def out(self) -> None:
        """Write all that waits."""
        self._enough = sys.maxsize
        self._write_together()

    def _write_together(self) -> None:
        with ThreadPoolExecutor(WRITERS) as pool:
            for writer in [pool.submit(self._write) for _ in range(WRITERS)]:
                writer.result()

    def _write(self) -> None:
        giving = None
        try:
            with closing(Wire(self._server.port)) as wire:
                while len(self._outcome.acknowledged) < self._enough and (giving := taken(self._waiting)):
                    self._count(giving, wire.ask(giving.request).status)
        except CUT_OFF:
            if giving is not None:
                with self._lock:
                    self._outcome.cut_off += 1
                self._waiting.appendleft(giving)

    def _count(self, giving: Giving, status: int) -> None:
        with self._lock:
            if status == 303:
                self._outcome.acknowledged.add((giving.prompt, giving.me.id))
            else:
                self._outcome.refused[status] += 1
            if len(self._outcome.acknowledged) >= self._enough:
                self._server.kill()


if __name__ == "__main__":
    sys.exit(main())
