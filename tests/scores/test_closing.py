"""When a week is over, what still counts, and what never changes again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import jobs
from app.accounts.models import Person
from app.core.db import db, transaction
from app.couples.models import Couple
from app.exercises import service as exercises
from app.scores import service as scores
from app.scores.attunement import spot
from app.scores.formula import CURRENT
from app.scores.levels import after_week, unpacked
from app.scores.models import WeeklyScore
from tests.factories import make_couple, make_person
from tests.scores.conftest import MONDAY, Life, a_week

DAY, WEEK = timedelta(days=1), timedelta(days=7)
OVER = datetime(2026, 11, 16, 4, tzinfo=UTC)
"""When the week of MONDAY is over, for a couple in UTC."""
CLOSED = OVER + DAY
JUST = timedelta(seconds=1)


def test_a_week_is_worked_out_once_it_is_over(life, ana, ben) -> None:
    a_week(life, ana, ben, MONDAY, 8)
    assert life.close(OVER - JUST) == 0
    assert life.close(OVER) == 2
    assert life.close(OVER) == 0
    for row in life.rows():
        rated = _row(life, row).ratings
        state = after_week(None, rated)
        assert unpacked(row["state"]) == state
        assert (row["scored_at"], row["formula"]) == (OVER, CURRENT.version)
        assert row["level"] == spot(state).level
        assert 0 < row["band"] < 12


@pytest.mark.parametrize(
    ("zone", "over"),
    [
        ("Pacific/Auckland", datetime(2026, 11, 15, 15, tzinfo=UTC)),
        ("Europe/Madrid", datetime(2026, 11, 16, 3, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 16, 12, tzinfo=UTC)),
    ],
)
def test_a_week_is_over_on_monday_at_four_where_the_couple_is(app, save, zone, over) -> None:
    ana, ben = save(make_person("Ana"), make_person("Ben"))
    life = Life(app, save(make_couple(ana, ben, zone=zone)))
    life.check_in(ana, MONDAY, (5, 5, 5))
    assert (life.close(over - JUST), life.close(over)) == (0, 1)


def test_a_week_without_ratings_costs_nothing_and_the_next_is_less_sure(life, ana, ben) -> None:
    for number in range(3):
        a_week(life, ana, ben, MONDAY + number * WEEK, 8)
    a_week(life, ana, ben, MONDAY + 6 * WEEK, 8)
    assert life.close(OVER + 6 * WEEK) == 8
    ours = [row for row in life.rows() if row["person_id"] == ana.id]
    assert [row["week"] for row in ours] == [MONDAY + number * WEEK for number in (0, 1, 2, 6)]
    assert ours[3]["band"] > ours[2]["band"]


def test_weeks_that_were_left_while_the_server_slept_are_worked_out_in_their_order(life, ana, ben) -> None:
    for number, steps in enumerate((9, 4, 7)):
        a_week(life, ana, ben, MONDAY + number * WEEK, steps)
    expected = None
    assert life.close(OVER + 2 * WEEK) == 6
    for row in life.rows():
        if row["person_id"] == ana.id:
            expected = after_week(expected, _row(life, row).ratings)
            assert unpacked(row["state"]) == expected


def test_a_late_rating_counts_until_tuesday_at_four_and_the_week_is_worked_out_again(life, ana, ben) -> None:
    a_week(life, ana, ben, MONDAY, 8)
    life.close(OVER)
    before = _of(life, ana)["level"]
    life.check_in(ana, MONDAY + 6 * DAY, (0, 0, 0), at=CLOSED - JUST)
    assert life.close(CLOSED) == 1
    assert _of(life, ana)["level"] < before


@pytest.mark.parametrize("what", ["given", "changed", "taken back", "marked", "released", "opened"])
def test_from_tuesday_at_four_on_nothing_changes_a_week(life, ana, ben, what) -> None:
    a_week(life, ana, ben, MONDAY, 8)
    sunday, then = MONDAY + 6 * DAY, CLOSED + JUST
    life.check_in(ana, sunday - DAY, (9, 9, 9))
    life.close(OVER)
    closed = life.rows()
    {
        "given": lambda: life.check_in(ana, sunday, (0, 0, 0), at=CLOSED),
        "changed": lambda: life.check_in(ana, sunday - DAY, (0, 0, 0), at=then),
        "taken back": lambda: life.do(ana, exercises.discard, "check_in", sunday - DAY, at=then),
        "marked": lambda: life.appreciated(ben, ana, MONDAY, 0, at=then),
        "released": lambda: life.do(ana, exercises.release, "check_in", sunday - DAY, at=then),
        "opened": lambda: life.check_in(ben, sunday - DAY, (0, 0, 0), at=CLOSED),
    }[what]()
    assert life.close(then + DAY) == 0
    assert _but(life.rows(), "kept_at") == _but(closed, "kept_at")
    life.rebuild(then + DAY)
    assert _but(life.rows(), "kept_at") == _but(closed, "kept_at")


def test_a_couple_that_moves_keeps_the_end_of_the_week_it_is_in(app, life, ana, couple) -> None:
    life.check_in(ana, MONDAY, (5, 5, 5))
    with app.app_context(), transaction():
        db.session.get_one(Couple, couple.id).zone = "Pacific/Auckland"
    life.check_in(ana, MONDAY + DAY, (5, 5, 5))
    assert (life.close(OVER - JUST), life.close(OVER)) == (0, 1)


def test_the_timetable_closes_every_week_that_is_over(app, life, other_life, ana, ben, dina, at, monkeypatch) -> None:
    a_week(life, ana, ben, MONDAY, 8)
    other_life.check_in(dina, MONDAY, (5, 5, 5))
    monkeypatch.setitem(scores.close_weeks.__kwdefaults__, "most", 1)
    at(OVER)
    (step,) = [step for step in jobs.TIMETABLE if step.do is jobs.close_weeks]
    assert jobs.run(app, step)
    assert [row["scored_at"] for row in life.rows()] == [OVER] * 3


def test_closing_asks_as_many_questions_for_many_people_as_for_one(app, save, life, ana, statements) -> None:
    life.check_in(ana, MONDAY, (5, 5, 5))
    with statements() as one:
        life.close(OVER)
    for number in range(10):
        two = save(make_person(f"A{number}"), make_person(f"B{number}"))
        Life(app, save(make_couple(*two))).check_in(two[0], MONDAY, (5, 5, 5))
    with statements() as many:
        assert life.close(OVER) == 10
    assert len(many) == len(one)


def test_whoever_is_erased_takes_their_weeks_along(app, life, ana, ben) -> None:
    a_week(life, ana, ben, MONDAY, 8)
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Person, ben.id))
    assert {row["person_id"] for row in life.rows()} == {ana.id}


# Below


def _row(life, row):
    with life.app.app_context():
        query = select(WeeklyScore).filter_by(**{name: row[name] for name in ("couple_id", "person_id", "week")})
        return db.session.scalars(query).one()


def _of(life, who):
    return next(row for row in life.rows() if row["person_id"] == who.id)


def _but(rows, column):
    return [{name: value for name, value in row.items() if name != column} for row in rows]
