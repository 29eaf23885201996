"""Which question, topic or nudge a couple meets on a day: by chance, the same whenever asked, not again too soon."""

from collections import Counter
from datetime import date, timedelta
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exercises.catalogue import load
from app.exercises.exercise import DEPTHS, LIGHT_ONLY, NOT_DEEPEST, REST, choose
from app.exercises.models import APPRECIATION, LOVE_MAP, MIRRORING

DAY, FIRST = timedelta(days=1), date(2026, 11, 12)
YEAR = 365
LOVE, ROUNDS = load().exercises[LOVE_MAP], [load().exercises[name] for name in (APPRECIATION, MIRRORING)]
EVERY_DAY = frozenset(range(1, 8))


def met(exercise, couple, days, weekdays=EVERY_DAY, *, every=1):
    """(day, item) for each day, or every so many, on which a couple with this plan meets one."""
    used, found = {}, []
    for day in (FIRST + number * DAY for number in range(0, days, every)):
        if day.isoweekday() in weekdays:
            item = choose(exercise, couple, day, used)
            assert item is not None, day
            used[item.id] = day
            found.append((day, item))
    return found


def items(found):
    return [item for _day, item in found]


def near_repeats(found):
    """What was met again before a year had gone by."""
    last, early = {}, []
    for day, item in found:
        if item.id in last and day - last[item.id] < REST:
            early.append((item.id, last[item.id], day))
        last[item.id] = day
    return early


# The same, and another


def test_a_couple_meets_the_same_whenever_it_is_asked():
    for exercise in (LOVE, *ROUNDS):
        assert met(exercise, "a couple", 30) == met(exercise, "a couple", 30)


def test_it_does_not_matter_in_what_order_the_past_is_told():
    used = {item.id: day for day, item in met(LOVE, "a couple", 40)}
    backwards = dict(reversed(used.items()))
    day = FIRST + 40 * DAY
    assert choose(LOVE, "a couple", day, used) == choose(LOVE, "a couple", day, backwards)


def test_couples_and_days_differ():
    for exercise in (LOVE, *ROUNDS):
        by_couple = {choose(exercise, f"couple {number}", FIRST, {}) for number in range(100)}
        by_day = {choose(exercise, "a couple", FIRST + number * DAY, {}) for number in range(100)}
        assert min(len(by_couple), len(by_day)) > 30
        assert items(met(exercise, "one", 10)) != items(met(exercise, "two", 10))


# Questions of the love map


@pytest.mark.parametrize("couple", ["one", "two", "three", "four", "five"])
def test_no_question_comes_again_within_a_year_in_three_years_of_the_plan_one_begins_with(couple):
    found = met(LOVE, couple, 3 * YEAR, LOVE.default_weekdays)
    assert len(found) in range(3 * 156, 3 * 157 + 1)
    assert near_repeats(found) == []


@pytest.mark.parametrize("couple", ["one", "two", "three"])
def test_no_question_comes_again_within_a_year_in_two_years_of_every_day(couple):
    found = met(LOVE, couple, 2 * YEAR)
    assert len(found) == 2 * YEAR
    assert near_repeats(found) == []
    assert max(Counter(items(found)).values()) == 2


def test_after_a_year_a_question_may_come_again_to_the_day():
    used = dict.fromkeys(LOVE.items, FIRST - DAY)
    for rested, comes in ((REST - DAY, False), (REST, True)):
        item = choose(LOVE, "a couple", FIRST, used | {"home-smell": FIRST - rested}, {"home-smell": FIRST - rested})
        assert (item.id == "home-smell") is comes


@pytest.mark.parametrize("couple", ["one", "two"])
def test_whoever_sets_three_aside_every_day_meets_none_again_within_a_year_that_they_kept(couple):
    """Every day of two years: the last of four is kept. When none has rested, one set aside longest ago comes again."""
    used, kept = {}, {}
    for day in (FIRST + number * DAY for number in range(2 * YEAR)):
        for take in range(4):
            item = choose(LOVE, couple, day, used, kept).id
            assert item not in kept or day - kept[item] >= REST, day
            assert used.get(item) != day
            used[item] = day
            if take == 3:
                kept[item] = day


@pytest.mark.parametrize("couple", [f"couple {number}" for number in range(20)])
def test_the_first_questions_are_light_and_the_deepest_come_last(couple):
    depths = [item.depth for item in items(met(LOVE, couple, 60))]
    light, deeper, deepest = DEPTHS
    assert set(depths[:LIGHT_ONLY]) == {light}
    assert set(depths[:NOT_DEEPEST]) <= {light, deeper}
    assert set(depths[LIGHT_ONLY:]) == {light, deeper, deepest}


def test_all_depths_have_their_share_once_they_are_open():
    depths = Counter(
        item.depth for number in range(50) for item in items(met(LOVE, f"couple {number}", 60))[NOT_DEEPEST:]
    )
    sizes = Counter(item.depth for item in LOVE.items.values())
    for depth in DEPTHS:
        assert depths[depth] / depths.total() == pytest.approx(sizes[depth] / sizes.total(), abs=0.05)


def test_questions_are_dealt_out_fairly():
    """200 couples over a year, one question in ten days: each of a depth is met as often as chance would have it.

    How often follows the binomial law; that any of them all lies farther out than this happens once in a thousand.
    """
    couples = 200
    often = Counter()
    for number in range(couples):
        often.update(items(met(LOVE, f"couple {number}", YEAR, every=10)))
    farthest = NormalDist().inv_cdf(1 - 0.001 / 2 / len(LOVE.items))
    for depth in DEPTHS:
        of_it = [item for item in LOVE.items.values() if item.depth == depth]
        chance = sum(often[item] for item in of_it) / len(of_it) / couples
        spread = farthest * (couples * chance * (1 - chance)) ** 0.5
        counts = [often[item] for item in of_it]
        assert max(counts) <= couples * chance + spread
        assert min(counts) >= max(1, couples * chance - spread)


# Topics and nudges


@pytest.mark.parametrize("exercise", ROUNDS, ids=lambda exercise: exercise.id)
def test_a_topic_or_nudge_comes_again_only_after_all_others(exercise):
    size = len(exercise.items)
    found = [item.id for item in items(met(exercise, "a couple", 3 * size + 7))]
    for begin in range(len(found) - size + 1):
        assert len(set(found[begin : begin + size])) == size


@pytest.mark.parametrize("exercise", ROUNDS, ids=lambda exercise: exercise.id)
def test_every_topic_and_nudge_may_be_the_first(exercise):
    firsts = {choose(exercise, f"couple {number}", FIRST, {}).id for number in range(20 * len(exercise.items))}
    assert firsts == set(exercise.items)


# Whatever was before


@given(st.dictionaries(st.sampled_from(sorted(LOVE.items)), st.integers(0, 800), max_size=len(LOVE.items)), st.text())
def test_a_question_has_always_rested(ago, couple):
    used = {ident: FIRST - number * DAY for ident, number in ago.items()}
    item = choose(LOVE, couple, FIRST, used)
    rested = {ident for ident in LOVE.items if ident not in used or FIRST - used[ident] >= REST}
    assert item.id in (rested or LOVE.items)


def test_there_are_more_questions_than_a_year_has_days():
    assert len(LOVE.items) > REST.days


@given(st.dictionaries(st.sampled_from(sorted(ROUNDS[1].items)), st.integers(0, 800)), st.text())
def test_a_topic_is_always_the_one_that_was_longest_ago(ago, couple):
    exercise = ROUNDS[1]
    item = choose(exercise, couple, FIRST, {ident: FIRST - number * DAY for ident, number in ago.items()})
    never = set(exercise.items) - set(ago)
    assert item.id in never if never else ago[item.id] == max(ago.values())


@given(st.sets(st.sampled_from(sorted(LOVE.items)), max_size=30), st.text())
def test_what_the_files_no_longer_hold_disturbs_nothing(gone, couple):
    used = {f"gone-{ident}": FIRST - DAY for ident in gone}
    assert choose(LOVE, couple, FIRST, used).id in LOVE.items
