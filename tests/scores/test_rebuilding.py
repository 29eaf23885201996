"""Property 7, with rows: all weeks anew from the responses are the rows that came one rating at a time."""

import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from app.core.db import db, transaction
from app.couples.models import Couple
from app.couples.service.pairs import end_couple
from app.exercises import service as exercises
from app.scores.models import WeeklyScore
from tests.scores.conftest import MONDAY, evening

DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEEKS = 4
END = datetime(2026, 12, 9, 12, tzinfo=UTC)
"""In the middle of the fifth week."""


def test_7_rebuilding_gives_the_same_rows_whatever_was_rated_late_changed_or_taken_back(life, ana, ben) -> None:
    for seed in range(3):
        # Each time with some weeks off before.
        _live(life, ana, ben, random.Random(seed), MONDAY - (2 - seed) * 6 * WEEK)
    life.close(END)
    rows = life.rows()
    assert any(row["kept_at"] for row in rows)
    assert any(row["open_count"] != row["felt_count"] for row in rows)
    life.rebuild(END)
    assert life.rows() == rows


def test_7_from_nothing_it_gives_the_same_rows_too_where_nothing_was_changed_after_the_close(life, ana, ben) -> None:
    _live(life, ana, ben, random.Random(7), MONDAY, late_changes=False)
    life.close(END)
    rows = life.rows()
    assert not any(row["kept_at"] for row in rows)
    with life.app.app_context(), transaction():
        db.session.execute(delete(WeeklyScore))
    life.rebuild(END)
    assert _without_instants(life.rows()) == _without_instants(rows)


def test_rebuilding_mends_a_row_that_is_wrong_and_takes_away_one_that_has_no_rating(life, ana, ben) -> None:
    _live(life, ana, ben, random.Random(1), MONDAY, late_changes=False)
    life.close(END)
    rows = life.rows()
    with life.app.app_context(), transaction():
        wrong = db.session.get_one(WeeklyScore, tuple(rows[0][name] for name in ("couple_id", "person_id", "week")))
        wrong.felt_sum, wrong.level = 0, 1.0
        times = {"ends_at": rows[0]["ends_at"], "closes_at": rows[0]["closes_at"]}
        db.session.add(WeeklyScore(couple_id=life.couple.id, person_id=ana.id, week=MONDAY - 9 * WEEK, **times))
    life.rebuild(END)
    assert life.rows() == rows


def test_a_couple_that_has_ended_keeps_its_rows_also_when_one_of_them_is_gone(life, ana, ben) -> None:
    _live(life, ana, ben, random.Random(2), MONDAY, late_changes=False)
    life.close(END)
    with life.app.app_context():
        pair = life.pair(ben)
    with life.app.app_context(), transaction():
        end_couple(db.session.get_one(Couple, life.couple.id), now=END)
    with life.app.app_context(), transaction():
        exercises.erase_former(pair)
    left = life.rows()
    assert {row["person_id"] for row in left} == {ana.id}
    life.rebuild(END)
    assert life.rows() == left


def test_a_week_that_still_runs_is_summed_and_not_worked_out(life, ana, ben) -> None:
    life.check_in(ana, END.date(), (3, 3, 3))
    rows = life.rows()
    life.rebuild(END)
    assert life.rows() == rows
    assert rows[0]["scored_at"] is rows[0]["level"] is None


# Below


def _live(life, ana, ben, luck, first, *, late_changes=True) -> None:
    """Some weeks as they happen, some of it late, with each week closed when it is over."""
    for number in range(WEEKS):
        week = first + number * WEEK
        days = [week + place * DAY for place in range(7) if luck.random() < 0.6]
        for day in days:
            for who in luck.sample((ana, ben), luck.choice((1, 2, 2))):
                at = evening(day) + luck.choice((0, 0, 1, 2, 3)) * DAY
                life.check_in(who, day, tuple(luck.randint(0, 10) for _ in range(3)), at=at)
        for day in days[:2]:
            life.appreciated(ben, ana, day, luck.randint(0, 10))
        if days and luck.random() < 0.7:
            life.mirrored(ana, ben, days[-1], [luck.randint(0, 10)], [3, luck.randint(0, 10)])
            life.known(ana, ben, days[0], luck.choice((20, 60, 100)))
        if late_changes and days:
            life.appreciated(ben, ana, days[0], luck.randint(0, 10), at=evening(week + 9 * DAY))
        life.close(evening(week + 7 * DAY))
        life.close(evening(week + 8 * DAY))


def _without_instants(rows):
    return [{name: value for name, value in row.items() if name != "scored_at"} for row in rows]
