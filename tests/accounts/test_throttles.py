"""Throttles: one budget for all, claimed before it is spent."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Throttle
from app.accounts.service import claim_try, forget_tries, sweep_throttles, take_back
from app.core.db import db, transaction
from app.core.errors import TooMany


def claim(app, now, what="knocking", free=3):
    with app.app_context(), transaction():
        claim_try(what, free=free, now=now)


def waits(app, now, what="knocking"):
    with pytest.raises(TooMany) as refused:
        claim(app, now, what)
    return refused.value.wait


def test_the_first_are_free_and_then_the_wait_doubles(app, now):
    for _ in range(3):
        claim(app, now)
    for wait in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        assert waits(app, now) == wait
        now += timedelta(seconds=wait)
        claim(app, now)


def test_a_refused_try_does_not_lengthen_the_wait(app, now):
    for _ in range(3):
        claim(app, now)
    assert {waits(app, now) for _ in range(10)} == {1}


def test_each_thing_is_counted_by_itself(app, now):
    for _ in range(3):
        claim(app, now)
    claim(app, now, "ringing")
    waits(app, now)


def test_a_good_try_does_not_count(app, now):
    for _ in range(20):
        claim(app, now)
        with app.app_context(), transaction():
            take_back("knocking")


def test_forgetting_begins_anew(app, now):
    for _ in range(3):
        claim(app, now)
    with app.app_context(), transaction():
        forget_tries("knocking")
    for _ in range(3):
        claim(app, now)


@pytest.mark.only_on("sqlite")
def test_a_clock_that_is_set_back_locks_nobody_out(app, now):
    for _ in range(3):
        claim(app, now)
    assert waits(app, now - timedelta(seconds=30)) == 31
    for _ in range(3):
        claim(app, now - timedelta(days=1))
    assert waits(app, now - timedelta(days=1)) == 1


def test_of_many_at_once_only_the_free_ones_get_through(app, now):
    """Workers share the budget: each thread has a connection of its own."""
    through, gate = [], threading.Barrier(12)

    def knock():
        gate.wait()
        try:
            claim(app, now)
            through.append(1)
        except TooMany:
            pass

    threads = [threading.Thread(target=knock) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(through) == 3
    with app.app_context():
        assert db.session.scalars(select(Throttle.tries)).one() == 3


def test_what_nobody_tried_for_a_day_is_swept(app, now):
    claim(app, now)
    claim(app, now + timedelta(hours=23), "ringing")
    with app.app_context(), transaction():
        sweep_throttles(now=now + timedelta(hours=25))
    with app.app_context():
        assert len(list(db.session.scalars(select(Throttle)))) == 1
