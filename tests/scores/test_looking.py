"""One's own weeks, and what stands beside them."""

from datetime import timedelta

import pytest

from app.exercises import service as exercises
from app.scores import service as scores
from app.scores.attunement import STEADY, TOO_EARLY
from app.scores.reading import ENOUGH, Practice
from tests.factories import NOW, TODAY
from tests.scores.conftest import MONDAY, a_week, evening
from tests.scores.test_closing import CLOSED, OVER

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def test_before_anything_was_rated_there_is_this_week_and_what_is_missing(life, ana) -> None:
    (week,) = life.weeks(ana, NOW)
    assert (week.week, week.over, week.settled, week.rated) == (MONDAY, False, False, False)
    assert (week.score.level, week.score.missing.days, week.change) == (None, 4, TOO_EARLY)


def test_the_running_week_counts_what_is_there_so_far(life, ana, ben) -> None:
    a_week(life, ana, ben, MONDAY, 8)
    (week,) = life.weeks(ana, NOW)
    assert week.score.level == pytest.approx(80, abs=3)
    assert (week.over, week.rated) == (False, True)


def test_no_week_is_left_out_and_one_without_ratings_has_the_level_of_the_one_before(life, ana, ben) -> None:
    for number in (0, 1, 3):
        a_week(life, ana, ben, MONDAY + number * WEEK, 8)
    life.close(CLOSED + 3 * WEEK)
    weeks = life.weeks(ana, CLOSED + 5 * WEEK)
    assert [week.week for week in weeks] == [MONDAY + number * WEEK for number in range(7)]
    assert [week.rated for week in weeks] == [True, True, False, True, False, False, False]
    assert weeks[2].score.level == weeks[1].score.level
    assert weeks[2].score.high - weeks[2].score.low > weeks[1].score.high - weeks[1].score.low
    assert [week.settled for week in weeks] == [True] * 5 + [True, False]
    assert weeks[4].change == STEADY


def test_a_week_by_its_monday_is_the_same_as_among_all(life, ana, ben) -> None:
    for number in range(3):
        a_week(life, ana, ben, MONDAY + number * WEEK, 4 + number)
    then = OVER + 2 * WEEK
    life.close(then)
    weeks = life.weeks(ana, then)
    with life.app.app_context():
        pair = life.pair(ana)
        assert [scores.weeks_until(pair, week.week, now=then)[-1] for week in weeks] == weeks
        for never in (MONDAY - WEEK, MONDAY + DAY, MONDAY + 9 * WEEK):
            assert scores.weeks_until(pair, never, now=then) == []


def test_a_closed_week_is_told_as_it_was_closed(life, ana, ben) -> None:
    a_week(life, ana, ben, MONDAY, 8)
    life.close(CLOSED)
    (row,) = [row for row in life.rows() if row["person_id"] == ana.id]
    week = life.weeks(ana, CLOSED)[0]
    assert week.score.level == row["level"]
    assert week.score.high - week.score.level == pytest.approx(row["band"])


def test_what_moved_it_adds_up(life, ana, ben) -> None:
    for number, steps in enumerate((4, 9)):
        a_week(life, ana, ben, MONDAY + number * WEEK, steps)
    life.close(CLOSED)
    first, second = life.weeks(ana, OVER + WEEK - DAY)
    assert [pull.part for pull in second.pulls] == ["felt", "appreciated"]
    moved = second.score.level - first.score.level
    assert sum(pull.moved for pull in second.pulls) == pytest.approx(moved)
    assert moved > 5


def test_ones_own_weeks_cost_one_question_however_many_there_are(life, ana, ben, statements) -> None:
    counts = []
    for number in range(3):
        a_week(life, ana, ben, MONDAY + number * WEEK, 8)
        with life.app.app_context():
            pair = life.pair(ana)
            with statements() as seen:
                scores.weeks_of(pair, now=OVER + 5 * WEEK)
        counts.append(len(seen))
    assert counts == [1, 1, 1]


def test_nobody_sees_the_others_weeks(life, ana, ben) -> None:
    for number in range(4):
        life.check_in(ben, MONDAY + number * DAY, (3, 3, 3))
    (week,) = life.weeks(ana, NOW)
    assert not week.rated


# Beside it


def test_practice_counts_what_i_did_and_what_both_did_of_what_the_plan_has(life, ana, ben) -> None:
    life.check_in(ana, MONDAY, (5, 5, 5))
    life.check_in(ana, MONDAY + DAY, (5, 5, 5))
    life.check_in(ben, MONDAY, (5, 5, 5))
    life.mirrored(ana, ben, MONDAY + DAY, [5], [5])
    # Monday to Thursday: four check-ins, four appreciations, one mirroring, two questions of the love map.
    assert _practice(life, ana) == Practice(given=11, mine=3, together=2)
    assert _practice(life, ben) == Practice(given=11, mine=2, together=2)


def test_practice_tells_nothing_of_what_the_partner_did_alone_or_of_when_they_looked_in(life, ana, ben) -> None:
    life.check_in(ana, MONDAY, (5, 5, 5))
    before = _practice(life, ana)
    life.prompt("love_map", MONDAY + 2 * DAY)
    life.check_in(ben, MONDAY + DAY, (5, 5, 5))
    assert _practice(life, ana) == before


def test_reading_takes_open_check_ins_alone(life, ana, ben) -> None:
    for number in range(ENOUGH + 3):
        day, mood = TODAY - number * DAY, number % 5 + 3
        life.check_in(ben, day, (5, 5, 5), mood=mood, stress=10 - mood, at=evening(day))
        if number < ENOUGH:
            life.check_in(ana, day, (5, 5, 5), guess_mood=mood, guess_stress=10 - mood, at=evening(day))
    with life.app.app_context():
        found = scores.reading_of(life.pair(ana))
        assert scores.reading_of(life.pair(ben)).days == ENOUGH
    assert found.days == ENOUGH
    assert found.skill > 70


def test_reading_looks_at_a_released_check_in_only_when_one_has_guessed(life, ana, ben) -> None:
    life.check_in(ben, MONDAY, (5, 5, 5))
    life.do(ben, exercises.release, "check_in", MONDAY, at=evening(MONDAY + 2 * DAY))
    with life.app.app_context():
        assert scores.reading_of(life.pair(ana)).days == 0


# Below


def _practice(life, who):
    with life.app.app_context():
        return scores.practice_of(life.pair(who), MONDAY, MONDAY + 6 * DAY, now=NOW)
