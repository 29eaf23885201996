"""What both look at: only while both want to, and nothing that either could not read already."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.core.db import db, transaction
from app.exercises import service as exercises
from app.scores import service as scores
from app.scores.models import Opening
from app.scores.service.together import APART
from tests.scores.conftest import MONDAY, a_week, evening
from tests.scores.test_closing import CLOSED, OVER

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture
def lived(life, ana, ben):
    """`lived(3, gap=6)`: so many closed weeks of both, with Ben so many steps below Ana; and when that is."""

    def weeks(number, gap=2):
        for count in range(number):
            a_week(life, ana, ben, MONDAY + count * WEEK, 8, gap=gap)
        then = CLOSED + (number - 1) * WEEK
        life.close(then)
        return then

    return weeks


def test_there_is_nothing_until_both_have_opened_their_weeks(life, lived, ana, ben) -> None:
    then = lived(1)
    assert life.together(ana, then) is None
    life.open(ana)
    assert life.together(ana, then) is life.together(ben, then) is None
    life.open(ben)
    assert len(life.together(ana, then).weeks) == 1


@pytest.mark.parametrize("who", [0, 1])
def test_either_can_shut_it_for_both_at_once_and_nothing_is_left_that_says_so(life, lived, ana, ben, who) -> None:
    then = lived(1)
    life.open(ana)
    life.open(ben)
    with life.app.app_context(), transaction():
        scores.shut_weeks(life.pair((ana, ben)[who]))
    assert life.together(ana, then) is life.together(ben, then) is None
    with life.app.app_context():
        left = db.session.query(Opening).all()
        assert [each.person_id for each in left] == [(ben, ana)[who].id]


def test_who_opens_twice_has_opened_since_the_first_time(life, ana) -> None:
    life.open(ana, OVER)
    life.open(ana, CLOSED)
    with life.app.app_context():
        assert scores.opened_at(life.pair(ana)) == OVER


def test_both_see_the_same_two_lines(life, lived, ana, ben) -> None:
    then = lived(3)
    life.open(ana)
    life.open(ben)
    anas, bens = life.together(ana, then), life.together(ben, then)
    assert [(week.mine, week.yours) for week in anas.weeks] == [(week.yours, week.mine) for week in bens.weeks]
    assert [week.gap for week in anas.weeks] == [week.gap for week in bens.weeks]
    assert anas.weeks[-1].gap == pytest.approx(20, abs=3)


def test_without_sealed_answers_it_is_what_each_sees_alone(life, lived, ana, ben) -> None:
    then = lived(3)
    life.open(ana)
    life.open(ben)
    alone = {week.week: week.score.level for week in life.weeks(ana, then)}
    told = {week.week: week.mine.level for week in life.together(ana, then).weeks}
    assert len(told) == 3
    assert told == pytest.approx({week: alone[week] for week in told}, abs=1e-6)


def test_a_running_week_and_one_that_is_not_closed_are_not_there(life, lived, ana, ben) -> None:
    then = lived(2)
    life.open(ana)
    life.open(ben)
    assert [week.week for week in life.together(ana, then - timedelta(seconds=1)).weeks] == [MONDAY]
    assert [week.week for week in life.together(ana, then).weeks] == [MONDAY, MONDAY + WEEK]


def test_no_sealed_check_in_shows_in_it_neither_its_numbers_nor_that_it_is_there(life, lived, ana, ben) -> None:
    lived(2)
    life.open(ana)
    life.open(ben)
    then, third = CLOSED + 2 * WEEK, MONDAY + 2 * WEEK
    for place in range(4):
        life.appreciated(ben, ana, third + place * DAY, 8)
        life.appreciated(ana, ben, third + place * DAY, 6)
    worlds = [life.together(ben, then)]
    for felt in ((0, 0, 0), (10, 10, 10)):
        for place in range(5):
            life.check_in(ana, third + place * DAY, felt)
        life.close(then)
        worlds.append(life.together(ben, then))
    assert worlds[0] == worlds[1] == worlds[2]
    assert len(worlds[0].weeks) == 3
    own = [week.score.level for week in life.weeks(ana, then)]
    assert own[2] > own[1] + 1


@pytest.mark.parametrize("sealed", [0, 2])
def test_a_week_in_which_all_was_sealed_is_as_if_it_had_not_been(life, lived, ana, ben, sealed) -> None:
    """Neither at the end of the lines nor before their beginning."""
    lived(2)
    life.open(ana)
    life.open(ben)
    then = CLOSED + 3 * WEEK
    before = life.together(ben, then)
    life.check_in(ana, MONDAY + (sealed or -1) * WEEK, (0, 0, 0))
    assert life.together(ben, then) == before


def test_a_check_in_that_opened_before_the_week_closed_is_in_it(life, lived, ana, ben) -> None:
    lived(2)
    life.open(ana)
    life.open(ben)
    third = MONDAY + 2 * WEEK
    life.appreciated(ben, ana, third, 8)
    life.check_in(ana, third, (0, 0, 0))
    sealed = life.together(ben, CLOSED + 2 * WEEK).weeks
    life.do(ana, exercises.release, "check_in", third, at=evening(third + 3 * DAY))
    opened = life.together(ben, CLOSED + 2 * WEEK).weeks
    assert len(sealed) == 3
    assert opened[2].yours.parts[0].count == 1
    assert sealed[2].yours.parts[0].count == 0


def test_living_two_weeks_twenty_points_apart_is_told_without_naming_anybody(life, lived, ana, ben) -> None:
    then = lived(3, gap=5)
    life.open(ana)
    life.open(ben)
    found = life.together(ana, then)
    assert found.apart
    assert life.together(ben, then).apart
    assert all(week.gap >= APART for week in found.weeks[-2:])
    near = replace(found.weeks[-1], yours=found.weeks[-1].mine)
    for weeks in ((*found.weeks, near), (near, *found.weeks[-1:]), found.weeks[-1:]):
        assert not replace(found, weeks=tuple(weeks)).apart


def test_two_who_live_alike_are_not_told_that_they_do_not(life, lived, ana, ben) -> None:
    then = lived(3, gap=1)
    life.open(ana)
    life.open(ben)
    assert not life.together(ana, then).apart
