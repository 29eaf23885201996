"""The days of homework: on which it is given, and which of them are done, whatever is changed, rested and filled in."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from app.exercises.exchange import FILL_IN as FILL_IN_OF_EXERCISES
from app.therapist.days import (
    AHEAD,
    DAY,
    DONE,
    FILL_IN,
    MISSED,
    OPEN,
    SKIPPED,
    Schedule,
    Tally,
    ask_twice,
    both_done,
    cut,
    done_on,
    resumed,
    state,
    states_of,
    tally,
)

MONDAY = date(2026, 11, 9)
LAST = MONDAY + timedelta(days=69)
SPAN = [MONDAY + timedelta(days=number) for number in range(70)]
days = st.sampled_from(SPAN)
pauses = st.lists(
    st.tuples(days, st.none() | days).filter(lambda each: each[1] is None or each[0] <= each[1]), max_size=3
)


@st.composite
def schedules(draw, **fixed):
    first = draw(days)
    last = draw(st.none() | days.filter(lambda day: day >= first))
    either = draw(st.booleans())
    return Schedule(
        **{
            "first": first,
            "last": last,
            "weekdays": draw(st.integers(1, 127)) if either else 0,
            "dates": () if either else tuple(sorted(draw(st.sets(days, min_size=1, max_size=6)))),
            "pauses": tuple(draw(pauses)),
            "longer": draw(st.booleans()),
            **fixed,
        }
    )


def test_as_long_as_the_exercises_themselves_can_be_filled_in():
    assert FILL_IN == FILL_IN_OF_EXERCISES


@given(st.booleans().flatmap(lambda longer: st.tuples(schedules(longer=longer), schedules(longer=longer))))
@example((
    Schedule(first=MONDAY, last=MONDAY, weekdays=1, longer=True),
    Schedule(first=MONDAY + DAY, weekdays=8, longer=True),
))  # fmt: skip
def test_two_ask_twice_where_a_day_or_an_evening_is_of_both_and_nowhere_else(two):
    until = LAST + timedelta(days=21)
    times = [
        [each.window(day) if each.longer else (day, day) for day in each.days(each.first, until)]
        for each in (replace(each, pauses=()) for each in two)
    ]
    meet = any(first <= last_ and first_ <= last for first, last in times[0] for first_, last_ in times[1])
    assert ask_twice(*two) == ask_twice(*two[::-1]) == meet
    one, other = two
    assert not ask_twice(replace(one, whom="ana"), replace(other, whom="ben"))
    assert ask_twice(replace(one, whom="ana"), other) == meet


@given(schedules())
def test_its_days_are_those_it_is_given_on_and_no_others(schedule):
    found = list(schedule.days(MONDAY, LAST))
    assert found == [day for day in SPAN if schedule.given_on(day)]
    for day in found:
        assert schedule.first <= day
        assert schedule.last is None or day <= schedule.last
        assert (day in schedule.dates) if schedule.dates else schedule.weekdays >> day.weekday() & 1


@given(schedules(), days, days)
def test_a_part_of_its_time_has_the_days_of_that_part(schedule, one, other):
    since, until = min(one, other), max(one, other)
    assert list(schedule.days(since, until)) == [day for day in schedule.days(MONDAY, LAST) if since <= day <= until]


@given(schedules(pauses=()), days, st.none() | days)
def test_a_pause_takes_out_its_days_alone_and_what_is_taken_up_again_rests_no_more(schedule, since, until):
    if until is not None and until < since:
        since, until = until, since
    resting = Schedule(**{**fields(schedule), "pauses": tuple(cut(schedule, since, until))})
    assert set(schedule.days(MONDAY, LAST)) - set(resting.days(MONDAY, LAST)) == {
        day for day in schedule.days(MONDAY, LAST) if since <= day and (until is None or day <= until)
    }
    on = since + 3 * DAY
    again = Schedule(**{**fields(schedule), "pauses": tuple(resumed(resting.pauses, on))})
    assert [day for day in again.days(MONDAY, LAST) if day >= on] == [
        day for day in schedule.days(MONDAY, LAST) if day >= on
    ]
    assert [day for day in again.days(MONDAY, LAST) if day < on] == [
        day for day in resting.days(MONDAY, LAST) if day < on
    ]


@given(schedules(), st.lists(days, max_size=12))
def test_what_is_done_once_is_done_for_one_day_at_most_and_within_its_time(schedule, did):
    done = done_on(schedule, list(schedule.days(MONDAY, LAST)), did)
    for day, on in done.items():
        first, last = schedule.window(day)
        assert first <= on <= last
        assert on in did
    assert all(list(done.values()).count(on) <= did.count(on) for on in done.values() if schedule.longer)


@given(schedules(), st.sets(days), st.sets(days), days)
def test_every_day_so_far_is_one_thing_and_all_of_them_are_counted(schedule, did, skipped, today):
    states = states_of(schedule, MONDAY, LAST, today=today, did=did, skipped=skipped)
    sum_of = tally(states.values())
    assert sum_of.given == sum_of.done + sum_of.skipped + sum_of.missed + sum_of.open
    assert sum_of.given + list(states.values()).count(AHEAD) == len(states)
    for day, each in states.items():
        assert (each == AHEAD) <= (day > today)
        assert (each == MISSED) <= (schedule.window(day)[1] < today)
        assert (each == SKIPPED) <= (day in skipped)


def test_a_longer_exercise_is_for_its_week_whatever_the_evening():
    schedule = Schedule(first=MONDAY, weekdays=0b0100000, longer=True)
    saturdays = [MONDAY + timedelta(days=5 + 7 * week) for week in range(3)]
    assert list(schedule.days(MONDAY, saturdays[-1])) == saturdays
    wednesday, sunday = MONDAY + 2 * DAY, MONDAY + 13 * DAY
    assert done_on(schedule, saturdays, [wednesday, sunday]) == {saturdays[0]: wednesday, saturdays[1]: sunday}


def test_one_evening_is_one_of_two_in_a_week():
    schedule = Schedule(first=MONDAY, weekdays=0b0100010, longer=True)
    tuesday, saturday = MONDAY + DAY, MONDAY + 5 * DAY
    assert done_on(schedule, [tuesday, saturday], [saturday]) == {tuesday: saturday}
    assert len(done_on(schedule, [tuesday, saturday], [saturday, saturday])) == 2


def test_a_longer_exercise_on_dates_is_done_by_the_date():
    dates = (MONDAY + 3 * DAY, MONDAY + 20 * DAY)
    schedule = Schedule(first=MONDAY, dates=dates, longer=True)
    assert done_on(schedule, dates, [MONDAY + 4 * DAY]) == {dates[1]: MONDAY + 4 * DAY}
    assert done_on(schedule, dates, [MONDAY + 21 * DAY]) == {}


def test_a_short_one_can_be_filled_in_for_three_days_and_is_then_missed():
    schedule = Schedule(first=MONDAY, weekdays=1)
    states = [state(schedule, MONDAY, today=MONDAY + number * DAY, done=False) for number in range(-1, 5)]
    assert states == [AHEAD, OPEN, OPEN, OPEN, OPEN, MISSED]


def test_both_did_it_where_both_did_it_on_the_same_day():
    mine = {MONDAY: DONE, MONDAY + DAY: DONE, MONDAY + 2 * DAY: OPEN}
    theirs = {MONDAY: DONE, MONDAY + DAY: SKIPPED, MONDAY + 2 * DAY: DONE}
    assert both_done(mine, theirs) == 1
    assert tally(mine.values()) + tally(theirs.values()) == Tally(given=6, done=4, skipped=1, open=1)


def fields(schedule):
    return {name: getattr(schedule, name) for name in Schedule.__dataclass_fields__}
