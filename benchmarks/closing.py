"""What it costs to close everybody's week: from the sums that are kept as ratings come, and by looking through them.

Both work on the same rows in the same run, and must come to the same levels. The loop is what one would write without
the sums: it goes from couple to couple, has the session bring what the two gave in the week, and adds it up. Time is
that of the CPU, in a process for each, which with SQLite holds the database's share, too: so what else the machine does
is not counted.
"""

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.db import Model, db, transaction
from app.core.ids import new_id
from app.exercises.mirroring import HEARD
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING, Mark, Prompt, Response, Turn
from app.scores import service as scores
from app.scores.attunement import spot
from app.scores.levels import Ratings, after_week, unpacked
from app.scores.models import WeeklyScore, ratings_of
from app.scores.service.keeping import COLUMNS, SUMS, ends_of
from benchmarks.support.diary import OF_OTHERS, Pair, planned
from benchmarks.support.house import SQLITE, Guest, House, couples, house
from benchmarks.support.report import Report, bar

MONDAY = date(2026, 11, 9)
WEEKLY = timedelta(days=7)
BEFORE = MONDAY - WEEKLY
WEEK = [MONDAY + timedelta(days=number) for number in range(7)]
ENDS, CLOSES = ends_of(MONDAY, "UTC")
NOW = CLOSES
FASTER, GROWS = 50, 8.0
"""How many times faster than the loop, and by how many megabytes memory may grow after the first batches."""
FIRST_BATCHES = 20
RATE = 0.9
"""How much of the plan each does."""
BATCH = 50
"""Couples of one transaction of the loop."""

FELT = ("understood", "valued", "supported")
NUMBERS = ("mood", "stress", *FELT, "guess_mood", "guess_stress")
WORDS = OF_OTHERS[0]

Tallies = dict[str, dict[str, int]]
"""A person's id → the sums of their week."""


def main(words: Sequence[str] | None = None) -> int:
    """Build, close, and go through it once more the other way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--couples", type=int, default=100_000)
    parser.add_argument("--looped", type=int, default=2_000, help="how many of them the loop goes through")
    chosen = parser.parse_args(words)
    report = Report()
    with house(SQLITE) as home:
        began = time.monotonic()
        pairs = build(home, chosen.couples)
        print(f"{chosen.couples:,} couples, built in {time.monotonic() - began:.0f} s\n", flush=True)
        sample = [pair[0].couple for pair in random.Random(1).sample(pairs, min(chosen.looped, len(pairs)))]
        looped, levels = apart(loop, home, sample)
        closed, memory = apart(close, home)
        theirs, ours = looped / len(sample), closed / len(pairs)
        kept = levels_of(home, sample)
    report.table(
        ["way", "couples", "seconds of CPU", "microseconds for each couple"],
        [["loop", len(sample), looped, theirs * 1e6], ["kept sums", len(pairs), closed, ours * 1e6]],
    )
    early, most = max(memory[:FIRST_BATCHES]), max(memory)
    report.table(["batches", "MB after the first", "MB at most"], [[len(memory), early, most]])
    same = len(levels) == len(kept) and all(abs(levels[who] - kept[who]) < 1e-9 for who in levels)
    report.ask("both come to the same levels", f"{len(levels)} compared", met=same)
    report.ask(f"at least {FASTER} times as fast as the loop", theirs / ours, met=theirs / ours >= FASTER)
    report.ask(f"memory grows by at most {GROWS:.0f} MB", most - early, met=most - early <= GROWS)
    return report.end()


def apart(measured: Callable[..., Any], home: House, *args: Any) -> Any:
    """What `measured` gives in a process of its own, which has nothing in memory but what it needs."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(inside, measured, home.config.data, *args).result()


def inside(measured: Callable[..., Any], folder: Path, *args: Any) -> Any:
    """The same in the house that lies in a folder."""
    with house(SQLITE, folder) as home:
        return measured(home, *args)


def close(home: House) -> tuple[float, list[float]]:
    """(seconds of CPU that closing took, megabytes in use after each batch)."""
    memory, more = [], 1
    began = time.process_time()
    with home.app.app_context():
        while more:
            with transaction():
                more = scores.close_weeks(now=NOW)
            memory.append(resident())
    return time.process_time() - began, memory


def loop(home: House, sample: Sequence[str]) -> tuple[float, dict[str, float]]:
    """(seconds of CPU, person → level) of closing some couples' week by looking through it. Then it is open again."""
    levels: dict[str, float] = {}
    began = time.process_time()
    for start in range(0, len(sample), BATCH):
        with home.app.app_context(), transaction():
            for couple in sample[start : start + BATCH]:
                levels.update(looked_through(couple))
    seconds = time.process_time() - began
    with home.app.app_context(), transaction():
        ours = sa.and_(WeeklyScore.week == MONDAY, WeeklyScore.scored_at.is_not(None))
        db.session.execute(sa.update(WeeklyScore).where(ours).values(scored_at=None, formula=None, state=None))
    return seconds, levels


def looked_through(couple: str) -> Iterator[tuple[str, float]]:
    """(person, level) of both, from the prompts of the week with all that was given to them."""
    prompts = db.session.scalars(
        sa.select(Prompt)
        .where(Prompt.couple_id == couple, Prompt.day >= WEEK[0], Prompt.day <= WEEK[-1])
        .options(selectinload(Prompt.responses))
    ).all()
    by_id = {prompt.id: prompt for prompt in prompts}
    marks = db.session.scalars(sa.select(Mark).where(Mark.prompt_id.in_(by_id))).all()
    turns = db.session.scalars(sa.select(Turn).where(Turn.prompt_id.in_(by_id)).order_by(Turn.number)).all()
    for row in db.session.scalars(sa.select(WeeklyScore).filter_by(couple_id=couple, week=MONDAY)).all():
        me = row.person_id
        felt = [each.ratings for prompt in prompts for each in prompt.responses if each.author_id == me]
        felt_steps = [sum(each[name] for name in ("understood", "valued", "supported")) for each in felt if each]
        marked = [mark for mark in marks if mark.author_id == me]
        landed = [mark.value for mark in marked if by_id[mark.prompt_id].exercise == APPRECIATION]
        close = [mark.value for mark in marked if by_id[mark.prompt_id].exercise == LOVE_MAP]
        last = {(turn.prompt_id, turn.round): turn.rating for turn in turns if turn.author_id == me and turn.rating}
        columns = [each for steps in (felt_steps, [*last.values()], landed, close) for each in (len(steps), sum(steps))]
        before = db.session.get_one(WeeklyScore, (couple, me, BEFORE))
        state = after_week(unpacked(before.state or ""), ratings_of(*columns))
        row.scored_at, row.formula, row.state = NOW, 1, state.packed()
        row.level = spot(state).level
        yield me, row.level


def levels_of(home: House, sample: Sequence[str]) -> dict[str, float]:
    """Person → the level that the closed week of their couple has."""
    with home.app.app_context():
        rows = db.session.execute(
            sa.select(WeeklyScore.couple_id, WeeklyScore.person_id, WeeklyScore.level).where(WeeklyScore.week == MONDAY)
        )
        wanted = set(sample)
        return {person: level for couple, person, level in rows if couple in wanted}


def build(home: House, count: int) -> list[Pair]:
    """Couples with a week in which each did nine tenths of the default plan, the sums of it, and the week before."""
    luck, tallies = random.Random(1), {}
    with home.loading() as connection:
        pairs = couples(home, connection, count, now=NOW)
        connection.commit()
        for pair in pairs:
            for guest in pair:
                tallies[guest.id] = dict.fromkeys(SUMS, 0)
        with bar("Building", len(WEEK)) as step:
            for day in WEEK:
                for exercise in sorted(planned(day)):
                    lay_day(connection, pairs, exercise, day, tallies, luck)
                step()
        for start in range(0, len(pairs), 5_000):
            rows = [
                row for pair in pairs[start : start + 5_000] for guest in pair for row in weeks(guest, tallies, luck)
            ]
            connection.execute(sa.insert(WeeklyScore.__table__), rows)
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return pairs


def lay_day(
    connection: sa.Connection, pairs: Sequence[Pair], exercise: str, day: date, tallies: Tallies, luck: random.Random
) -> None:
    """One exercise of everybody's day: what was given, how it was rated, and that in the sums."""
    idents = sorted(new_id() for _ in pairs)
    at = f"{day} 19:30:00.000000"
    done = [
        (ident, number, guest, *rating(exercise, luck))
        for pair, ident in zip(pairs, idents, strict=True)
        for number, guest in enumerate(pair)
        if luck.random() < RATE
    ]
    for _, _, guest, _, steps in done:
        count(tallies[guest.id], exercise, steps)
    asked = ((ident, pair[0].couple, f"{day}", exercise, 1) for pair, ident in zip(pairs, idents, strict=True))
    lay(connection, Prompt, "id couple_id day exercise take", asked)
    if exercise == MIRRORING:
        columns = "prompt_id author_id number kind round attempt rating words taken_at together"
        said = (
            (ident, me.id, 4 * half + 3, HEARD, half + 1, 1, steps, WORDS, at, 0) for ident, half, me, _, steps in done
        )
        lay(connection, Turn, columns, said)
        return
    given = ((ident, me.id, json.dumps(ratings), WORDS, f"{day}", at) for ident, _, me, ratings, _ in done)
    lay(connection, Response, "prompt_id author_id ratings words given_on submitted_at", given)
    if exercise != CHECK_IN:
        marks = ((ident, me.id, steps, at) for ident, _, me, _, steps in done)
        lay(connection, Mark, "prompt_id author_id value marked_at", marks)


def rating(exercise: str, luck: random.Random) -> tuple[dict[str, int], int]:
    """(the ratings of a check-in, or none; the steps that count)."""
    if exercise == LOVE_MAP:
        return {}, luck.choice((20, 60, 100))
    if exercise != CHECK_IN:
        return {}, luck.randint(3, 10)
    ratings = {name: luck.randint(3, 10) for name in NUMBERS}
    return ratings, sum(ratings[name] for name in FELT)


def count(tally: dict[str, int], exercise: str, steps: int) -> None:
    """Add a rating to the sums of its week."""
    for part in (COLUMNS[exercise], *(("open",) if exercise == CHECK_IN else ())):
        tally[f"{part}_count"] += 1
        tally[f"{part}_sum"] += steps


def weeks(guest: Guest, tallies: Tallies, luck: random.Random) -> Iterator[dict[str, Any]]:
    """The week before, closed, and the week itself, open, with the sums of what was rated."""
    past = Ratings((7, 2, 7, 3), tuple(float(luck.randint(60, 90) * number) for number in (7, 2, 7, 3)))
    state = after_week(None, past)
    place = {"couple_id": guest.couple, "person_id": guest.id, "kept_at": None}
    scored = {"scored_at": NOW - WEEKLY, "formula": 1, "level": spot(state).level, "band": 5.0, "state": state.packed()}
    times = {"ends_at": ENDS, "closes_at": CLOSES}
    before = {name: moment - WEEKLY for name, moment in times.items()}
    yield {**place, "week": BEFORE, **dict.fromkeys(SUMS, 1), **before, **scored}
    yield {**place, "week": MONDAY, **tallies[guest.id], **times, **dict.fromkeys(scored)}


def lay(connection: sa.Connection, model: type[Model], columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Lay rows down as SQLite keeps them."""
    names = columns.split()
    cursor = connection.connection.cursor()
    marks = ", ".join("?" * len(names))
    cursor.executemany(f"INSERT INTO {model.__tablename__} ({', '.join(names)}) VALUES ({marks})", rows)
    cursor.close()
    connection.connection.commit()


def resident() -> float:
    """The megabytes that this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    sys.exit(main())
