"""Weeks that are over, as rows: for pages that need many of them, where each rating by a form would take too long."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from flask import Flask

from app.accounts.models import Person
from app.core.db import db, transaction
from app.couples.models import Couple
from app.scores import service as scores
from app.scores.models import WeeklyScore
from app.scores.service.keeping import SUMS, ends_of

WEEK = timedelta(days=7)
Steps = Sequence[int]
"""What somebody rated all through a week, 0 to 10: felt understood, heard, appreciated, known."""


def steady(*steps: int) -> Callable[[int], Steps]:
    """The same each week."""
    return lambda _number: steps


def live_weeks(
    app: Flask, couple: Couple, person: Person, rated: Callable[[int], Steps], *, last: date, number: int, now: datetime
) -> None:
    """Give somebody `number` weeks up to the Monday `last`, all they rated open to both, and close those over by `now`.

    `rated` tells what they rate in a week, which is counted from 0, the oldest.
    """
    with app.app_context(), transaction():
        for count in range(number):
            week = last - (number - 1 - count) * WEEK
            felt, heard, appreciated, known = rated(count)
            ends, closes = ends_of(week, couple.zone)
            row = WeeklyScore(couple_id=couple.id, person_id=person.id, week=week, ends_at=ends, closes_at=closes)
            for name in SUMS:
                setattr(row, name, 0)
            row.felt_count, row.felt_sum = 6, 6 * 3 * felt
            row.open_count, row.open_sum = row.felt_count, row.felt_sum
            row.heard_count, row.heard_sum = 2, 2 * heard
            row.appreciated_count, row.appreciated_sum = 6, 6 * appreciated
            row.known_count, row.known_sum = 3, 3 * 10 * known
            db.session.add(row)
    more = 1
    while more:
        with app.app_context(), transaction():
            more = scores.close_weeks(now=now)
