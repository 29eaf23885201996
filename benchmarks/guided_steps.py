"""Two phones in step: couples go through longer exercises over a network that loses, doubles and delays.

Of the requests and of the answers three in ten never arrive; one request in ten goes out twice; what is on its way
arrives in any order. In the end both phones and the database must stand where all that was acknowledged says.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.core.crypto import vault
from app.core.db import db, transaction
from app.guided.flow import SIDES
from app.guided.shelf import load
from benchmarks.support.house import DATABASES, house
from benchmarks.support.report import Report, bar
from tests.factories import make_couple, make_person
from tests.guided.phones import Phone, RealServer, run
from tests.guided.test_in_step import check


def main(words: Sequence[str] | None = None) -> int:
    """All runs, on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=DATABASES, help="one alone")
    parser.add_argument("--runs", type=int, default=500)
    chosen = parser.parse_args(words)
    report = Report()
    rows = [
        (database, *trial(database, chosen.runs)) for database in ([chosen.database] if chosen.database else DATABASES)
    ]
    report.table(["database", "runs", "in step", "moves kept", "seconds"], rows)
    for database, runs, sound, *_ in rows:
        report.ask(f"{database}: both in the same state, nothing lost", sound, met=sound == runs)
    return report.end()


def trial(database: str, runs: int) -> tuple[int, int, int, float]:
    """(runs, how many ended in step, moves that were kept, seconds)."""
    began, sound, moves = time.monotonic(), 0, 0
    with house(database) as home, bar(f"Two phones on {database}", runs) as step:
        two = people(home.app)
        for number in range(runs):
            chance = random.Random(f"{number}")
            server = RealServer(home.app, two, chance.choice(list(load())), chance.choice(SIDES))
            phones = [Phone(side, chance) for side in SIDES]
            run(server, phones, chance)
            with home.app.app_context():
                check(server, phones)
            sound, moves = sound + 1, moves + len(server.flow.moves)
            step()
    return runs, sound, moves, time.monotonic() - began


def people(app) -> tuple[Person, Person]:
    """A couple."""
    with app.app_context():
        with transaction():
            two = [make_person(name) for name in ("Ana", "Ben")]
            for person in two:
                person.key.wrapped = vault().new_key(person.id)
            db.session.add_all(two)
            db.session.flush()
            db.session.add(make_couple(*two))
        # In the order of their sides.
        found = db.session.scalars(select(Person).options(joinedload(Person.key)).order_by(Person.name)).all()
        db.session.expunge_all()
    return found[0], found[1]


if __name__ == "__main__":
    sys.exit(main())
