"""“Your week is ready”: once, on the Monday after, in the couple's own time, and only where there is a number."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import update

from app import jobs
from app.core.db import db, transaction
from app.couples.models import Couple
from app.push.models import WEEK
from app.scores.models import WeeklyScore
from tests.factories import ISO_WEEK, NOW
from tests.push.engine import outbox, plant, ring, sink
from tests.scores.conftest import MONDAY
from tests.scores.histories import live_weeks, steady

__all__ = ["outbox", "plant", "ring", "sink"]

OVER = MONDAY + timedelta(days=7)
"""The Monday on which the week is told."""


@pytest.fixture
def week(app, couple):
    """`week(ana)`: this week of somebody, in which they rated enough, and the weeks before it."""
    return lambda who, number=3: live_weeks(app, couple, who, steady(7, 7, 7, 7), last=MONDAY, number=number, now=NOW)


@pytest.fixture
def close(app):
    """`close()`: the step that closes weeks, done now."""
    return lambda: jobs.run(app, jobs.Step(jobs.close_weeks, timedelta(minutes=1)))


def on_monday(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(OVER, time(hour, minute), UTC)


def test_it_rings_once_on_monday_from_nine_on_and_leads_to_the_week(
    week, ana, ben, close, at, plant, ring, sink
) -> None:
    plant(ana)
    plant(ben)
    week(ana)
    at(on_monday(4, 1))
    assert close()
    ring()
    at(on_monday(8, 59))
    ring()
    assert sink.shown == []
    at(on_monday(9))
    for _ in range(2):
        assert close()
        ring()
    (shown,) = sink.shown
    assert shown["body"] == "Your week is ready."
    assert shown["navigate"].endswith("/weeks")


def test_it_stands_in_the_outbox_by_its_iso_week_until_nine_at_night(week, ana, close, at, outbox) -> None:
    week(ana)
    at(on_monday(4, 1))
    close()
    (row,) = outbox(ana)
    assert (row.kind, row.subject, row.expires_at) == (WEEK, ISO_WEEK, on_monday(21))


def test_monday_is_that_of_the_couple(app, week, couple, ana, close, at, outbox) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Couple, couple.id).zone = "Asia/Tokyo"
    couple.zone = "Asia/Tokyo"
    week(ana)
    at(on_monday(4, 1))
    close()
    (row,) = outbox(ana)
    assert row.expires_at == on_monday(21) - timedelta(hours=9)


def test_a_week_that_is_too_early_to_say_is_not_told(app, week, ana, close, at, outbox) -> None:
    week(ana, 1)
    with app.app_context(), transaction():
        db.session.execute(update(WeeklyScore).values(felt_count=1, felt_sum=21))
    at(on_monday(4, 1))
    close()
    assert outbox() == []


def test_what_is_worked_out_days_later_is_not_told_any_more(week, ana, close, at, outbox) -> None:
    week(ana)
    at(on_monday(21))
    close()
    assert outbox() == []


def test_it_can_be_switched_off(week, ana, as_user, close, at, plant, ring, sink) -> None:
    as_user(ana).post("/reminders/settings", data={"quiet_from": "22:00", "quiet_to": "07:00", "level": "plain"})
    plant(ana)
    week(ana)
    at(on_monday(9))
    close()
    ring()
    assert sink.shown == []


def test_whoever_has_left_is_told_nothing_more(week, ana, as_user, close, at, plant, ring, sink, couple) -> None:
    plant(ana)
    week(ana)
    at(on_monday(4, 1))
    close()
    as_user(ana).post("/leaving")
    at(on_monday(9))
    ring()
    assert sink.shown == []
