"""What a search on the shelf of topics costs, from the request to the page, beside a plain look for the letters typed.

One process, no network: each request is a WSGI environment handed straight to the app, and the answer is read to its
end. Time is that of the CPU, so that whatever else the machine does is not counted. Typed are titles and what else
people call things: as they are, with one letter left out, and as they grow letter by letter; and the worst that is let
through, long words that are none. The plain look takes those topics in whose title, other names, summary or text what
was typed stands as it is; its time holds no page.
"""

import argparse
import random
import re
import statistics
import sys
from collections.abc import Callable, Sequence
from time import process_time_ns
from urllib.parse import quote

from flask import Flask
from werkzeug.test import EnvironBuilder

from app.core.db import db
from app.learn.shelf import load
from app.learn.words import ASKED_MOST
from benchmarks.support.house import SQLITE, house
from benchmarks.support.report import Report
from tests.support.databases import asked

MS_MOST = 50.0
FIRST = 3
WORST = " ".join(f"conf{letter}ontatoins" for letter in "abcdefgh")[:ASKED_MOST]
TOPICS = [*load().topics.values()]
ALL = {
    topic.id: "\n".join((topic.title, *topic.also_called, topic.summary, *topic.text)).casefold() for topic in TOPICS
}

Query = tuple[str, str]
"""What is typed, and the topic that is meant; "" where none is."""


def main(words: Sequence[str] | None = None) -> int:
    """Ask, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is asked")
    chosen = parser.parse_args(words)
    report, rows = Report(), []
    kinds = {
        "as it is": whole(),
        "a letter short": misspelt(),
        "as it grows": growing(),
        "the worst": [(WORST, "")] * 50,
    }
    with house(SQLITE) as home:
        with home.app.app_context():
            engine = db.engine
        with asked(engine) as statements:
            for kind, queries in kinds.items():
                rows.append(
                    [kind, len(queries), *told(queries, lambda query: searched(home.app, query), chosen.rounds)]
                )
                rows.append([f"{kind}, letters alone", len(queries), *told(queries, scanned, chosen.rounds)])
    head = ["typed", "queries", "ms, half", "ms, 99 of 100", "ms, worst", f"in the first {FIRST}, %"]
    report.table(head, rows)
    slowest = max(row[3] for row in rows)
    report.ask(
        f"ms of CPU time of a search with its page, 99 of 100, at most {MS_MOST:.0f}", slowest, met=slowest <= MS_MOST
    )
    report.ask("SQL statements of all searches", len(statements), met=not statements)
    return report.end()


def whole() -> list[Query]:
    """Each title and each other name."""
    return [(name, topic.id) for topic in TOPICS for name in (topic.title, *topic.also_called)]


def misspelt() -> list[Query]:
    """The same, with one letter left out of the longest word."""
    chance = random.Random(7)
    return [(slipped(name, chance), ident) for name, ident in whole() if longest(name)]


def slipped(name: str, chance: random.Random) -> str:
    """A text with one letter out of its longest word missing."""
    word = longest(name)
    at = name.index(word) + chance.randrange(len(word))
    return name[:at] + name[at + 1 :]


def longest(name: str) -> str:
    """The longest word of at least five letters, or ""."""
    return max(re.findall(r"\w{5,}", name), key=len, default="")


def growing() -> list[Query]:
    """Each title, letter by letter: what a phone asks while somebody types."""
    return [(topic.title[:end], "") for topic in TOPICS for end in range(1, len(topic.title))]


def told(queries: list[Query], way: Callable[[str], list[str]], rounds: int) -> list[object]:
    """Half, 99 of 100 and the worst in ms, and how many per cent of those with a meaning were found."""
    taken, found, meant = [], 0, 0
    for _ in range(rounds):
        for query, topic in queries:
            begun = process_time_ns()
            answer = way(query)
            taken.append((process_time_ns() - begun) / 1e6)
            meant += bool(topic)
            found += topic in answer[:FIRST] if topic else 0
    cuts = statistics.quantiles(taken, n=100)
    return [cuts[49], cuts[98], max(taken), f"{100 * found / meant:.0f}" if meant else ""]


def searched(app: Flask, query: str) -> list[str]:
    """The topics on the page that answers, in order."""
    builder = EnvironBuilder("/learn", base_url="http://127.0.0.1:8000", query_string=f"q={quote(query)}")
    status: list[str] = []
    body = app.wsgi_app(builder.get_environ(), lambda told, _headers, _error=None: status.append(told))
    page = b"".join(body).decode()
    if not status[0].startswith("200"):
        raise RuntimeError(status[0])
    return re.findall(r'<li><a href="/learn/([^"]+)"', page)


def scanned(query: str) -> list[str]:
    """The topics that hold what was typed as it is, in no order that means anything."""
    typed = query.casefold()
    return [ident for ident, text in ALL.items() if typed in text]


if __name__ == "__main__":
    sys.exit(main())
