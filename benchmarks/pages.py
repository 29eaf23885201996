"""What a page costs: CPU time of GET /today and /history over that of a Flask route that says hello.

One process, no network: each request is a WSGI environment with the cookie of a real session, handed straight to the
app, and the answer is read to its end. The pages take turns, request by request, so that a busy machine meets all of
them alike, and so that none has the CPU's caches to itself.
"""

import argparse
import importlib
import statistics
import sys
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time_ns
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask

from app import serving
from app.accounts import service as accounts
from app.accounts.models import Person
from app.core import clock
from app.couples import service as couples_service
from app.exercises import service as exercises
from app.exercises.models import Response
from benchmarks.support import diary
from benchmarks.support.bare import PATH as BARE
from benchmarks.support.bare import bare
from benchmarks.support.direct import environ, visit
from benchmarks.support.house import SQLITE, House, couples, house
from benchmarks.support.report import Report, bar
from benchmarks.support.textbook import PATH as TEXTBOOK
from benchmarks.support.textbook import textbook
from tests.support.databases import asked

NOW = datetime(2026, 11, 13, 20, 0, tzinfo=UTC)
"""A Friday, on which the plan has most: three prompts, and a mirroring of Tuesday behind it."""

DAYS = 17
"""How many days lie behind everybody: 82 responses for a couple by the default plan."""

ASKED = 500
TODAY_MOST, HISTORY_MOST, STATEMENTS_MOST = 3.5, 5.0, 3
HELLO = "/hello"
PARTS = {
    "who asks: one statement": (accounts, "visitor_of"),
    "their couple: one statement": (couples_service, "pair_of"),
    "what the two have given: one statement": (exercises, "today_of"),
    "the template": (importlib.import_module("app.exercises.routes.today"), "render_template"),
}
REST = "the rest: Flask, Flask-Login, the fence, opening and closing the session of the database"
NAMES = {HELLO: "hello, a Flask route alone", "/healthz": "/healthz, Attune's own hello"}


def main(words: Sequence[str] | None = None) -> int:
    """Build, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="how many people the database holds")
    parser.add_argument("--rounds", type=int, default=9, help="how often everybody asks")
    parser.add_argument("--data", type=Path, help="a folder to build in, and to use again next time")
    chosen = parser.parse_args(words)
    report = Report()
    clock.now = lambda: NOW
    with house(SQLITE, chosen.data) as home:
        asked = furnish(home, chosen.people // 2)
        report.table(["people", "responses", "database MB"], [size(home)])
        measure(home, asked, chosen.rounds, report)
    return report.end()


def furnish(home: House, count: int) -> list[str]:
    """Lay down the couples and their days, unless they are there. Gives the tokens of those who will ask."""
    kept = home.config.data / "tokens"
    if kept.exists():
        return kept.read_text().split()
    today = NOW.date()
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    with home.loading() as connection:
        pairs = couples(home, connection, count, now=NOW)
        # An odd step, so that the four states of a day come in equal parts.
        chosen = pairs[:: max(1, count // ASKED - 1) | 1][:ASKED]
        asked = {ana.couple for ana, _ in chosen}
        with bar("Laying down days", DAYS) as step:
            for day in days:
                diary.past(connection, pairs, asked, day)
                step()
        diary.present(connection, pairs, asked, today)
    kept.write_text("\n".join(pair[number // 4 % 2].token for number, pair in enumerate(chosen)))
    return kept.read_text().split()


def size(home: House) -> list[object]:
    """People, responses, and how large the file is."""
    people = home.look(sa.select(sa.func.count()).select_from(Person))[0][0]
    responses = home.look(sa.select(sa.func.count()).select_from(Response))[0][0]
    return [people, responses, (home.config.data / "attune.sqlite3").stat().st_size // 10**6]


def measure(home: House, asked: list[str], rounds: int, report: Report) -> None:
    """Ask for the pages in turns, and print what one request costs."""
    hello = Flask("hello")
    hello.add_url_rule(HELLO, view_func=lambda: "Hello!")
    apps = {HELLO: hello, "/healthz": home.app, "/today": home.app, "/history": home.app}
    requests = {path: [environ(path, token) for token in asked] for path in apps}
    statements = {path: most_statements(apps[path], requests[path]) for path in ("/today", "/history")}
    sent = {path: statistics.median(len(visit(apps[path], each)) for each in requests[path]) for path in apps}
    spent: dict[str, list[float]] = {path: [] for path in apps}
    with bar("Measuring", rounds) as step:
        for _ in range(rounds):
            for path, costs in in_turns(apps, requests).items():
                spent[path].append(statistics.median(costs))
            step()
    ratios = {path: [page / hi for page, hi in zip(spent[path], spent[HELLO], strict=True)] for path in apps}
    report.table(
        ["page", "bytes", "most SQL", "us, least", "us, median", "x hello, least", "x hello, median", "x hello, most"],
        [
            [
                NAMES.get(path, path), int(sent[path]), statements.get(path, 0), min(spent[path]),
                statistics.median(spent[path]), min(ratios[path]), statistics.median(ratios[path]), max(ratios[path]),
            ]
            for path in apps
        ],
    )  # fmt: skip
    tell_parts(home.app, requests["/today"], report)
    for path in ("/today", "/history"):
        least = in_the_place_of(path, bare(home.app, requests[path]), BARE, apps, asked)
        print(f"A hello that asks the database what {path} asks it, and drops the answers: {least}.")
    ordinary = textbook(home.config.data / "attune.sqlite3", NOW.date())
    taken = most_statements(ordinary, [environ(TEXTBOOK, token) for token in asked])
    found = in_the_place_of("/today", ordinary, TEXTBOOK, apps, asked)
    print(f"The day as in a textbook, with {taken} statements: {found}.")
    alone = statistics.median(in_turns({HELLO: hello}, requests)[HELLO])
    print(f"A hello in a loop of nothing but hellos: {alone:.0f} us. Its code then never leaves the CPU's caches.\n")
    for path, most in (("/today", TODAY_MOST), ("/history", HISTORY_MOST)):
        found = statistics.median(ratios[path])
        report.ask(f"{path} costs at most {most} times a hello", found, met=found <= most)
    told = f"/today takes at most {STATEMENTS_MOST} statements"
    report.ask(told, statements["/today"], met=statements["/today"] <= STATEMENTS_MOST)


def in_the_place_of(ours: str, app: Flask, path: str, apps: dict[str, Flask], tokens: list[str]) -> str:
    """What a page of another app costs where ours was: beside it, it would drive ours out of the caches."""
    instead = {each: known for each, known in apps.items() if each != ours} | {path: app}
    requests = {each: [environ(each, token) for token in tokens] for each in instead}
    costs = {each: statistics.median(spent) for each, spent in in_turns(instead, requests).items()}
    return f"{costs[path]:,.0f} us, {costs[path] / costs[HELLO]:.1f} times a hello"


def tell_parts(app: Flask, requests: list[dict[str, Any]], report: Report) -> None:
    """Print where the time of /today goes."""
    spent: Counter[str] = Counter()
    with ExitStack() as stack:
        for name, (module, function) in PARTS.items():
            timed = timing(getattr(module, function), name, spent)
            stack.enter_context(patch.object(module, function, timed))
        whole = timing(visit, "all", spent)
        for request in requests:
            whole(app, request)
    spent[REST] = 2 * spent["all"] - spent.total()
    told = [[name, spent[name] / len(requests), spent[name] / spent["all"] * 100] for name in (*PARTS, REST)]
    report.table(["part of /today", "us, mean", "%"], told)


def timing(function: Callable[..., Any], name: str, spent: Counter[str]) -> Callable[..., Any]:
    """The same function; the microseconds of CPU time it takes are added to `spent`."""

    def timed(*args: Any, **kwargs: Any) -> Any:
        began = process_time_ns()
        try:
            return function(*args, **kwargs)
        finally:
            spent[name] += (process_time_ns() - began) / 1000

    return timed


def in_turns(apps: dict[str, Flask], requests: dict[str, list[dict[str, Any]]]) -> dict[str, list[float]]:
    """Microseconds of CPU time of each request, one page after the other, each page first as often as the others."""
    serving.settle()
    costs: dict[str, list[float]] = {path: [] for path in apps}
    paths = deque(apps)
    for number in range(len(requests[HELLO])):
        for path in paths:
            began = process_time_ns()
            visit(apps[path], requests[path][number])
            costs[path].append((process_time_ns() - began) / 1000)
        paths.rotate()
    return costs


def most_statements(app: Flask, requests: Sequence[dict[str, Any]]) -> int:
    """The most SQL statements that any of these requests takes, without BEGIN, COMMIT and PRAGMA."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    counts = []
    for request in requests:
        with asked(engine) as seen:
            visit(app, request)
        counts.append(len(seen))
    return max(counts)


if __name__ == "__main__":
    sys.exit(main())
