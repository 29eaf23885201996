"""What the score must satisfy whatever anybody rates. Each property is numbered as in docs/attunement.md."""

from math import isclose

from hypothesis import example, given
from hypothesis import strategies as st

from app.scores.attunement import score, spot
from app.scores.formula import CURRENT
from app.scores.levels import Ratings, after_week, beginning, learned, unpacked, waited
from tests.scores.lives import SCALE, lived, part, steady, summed, week, weeks

levels = st.tuples(*[st.integers(10, 90)] * 4).filter(lambda each: max(each) - min(each) <= 30)
"""Where the parts of one person stand: up to thirty points apart."""

LOWEST, HIGHEST = ([0] * 7, [0] * 2, [0] * 7, [20] * 3), ([100] * 7, [100] * 2, [100] * 7, [100] * 3)


@given(weeks, week)
@example([LOWEST] * 8, LOWEST)
@example([HIGHEST] * 8, HIGHEST)
@example([([30] * 7, *HIGHEST[1:])] * 8 + [([100] * 7, [], [], [])] * 3, ([100] * 7, [], [], []))
@example([([70] * 7, *LOWEST[1:])] * 8 + [([0] * 7, [], [], [])] * 3, ([0] * 7, [], [], []))
def test_1_a_score_and_its_band_lie_between_0_and_100(past, rated) -> None:
    state = after_week(lived(past), summed(rated))
    assert 0 <= spot(state).level <= 100
    told = score(state, summed(rated))
    if told.missing is None:
        assert 0 <= told.low <= told.level <= told.high <= 100
    for each in told.parts:
        assert each.level is None or 0 <= each.level <= 100


@given(weeks, week, part, st.data())
def test_3_to_rate_higher_never_lowers_the_score_of_the_week(past, rated, which, data) -> None:
    lists = [list(each) for each in rated]
    lists[which].append(data.draw(SCALE))
    place = data.draw(st.integers(0, len(lists[which]) - 1))
    before = lived(past)
    lower = after_week(before, summed(lists)).level(CURRENT)
    lists[which][place] += data.draw(st.integers(1, 100))
    assert after_week(before, summed(lists)).level(CURRENT) > lower


@given(weeks, st.tuples(*[st.integers(0, 50)] * 4))
def test_3_ratings_as_they_were_expected_leave_the_level_where_it_is(past, counts) -> None:
    state = waited(lived(past) or beginning(), 1)
    as_expected = Ratings(counts, tuple(count * mean for count, mean in zip(counts, state.means, strict=True)))
    assert isclose(learned(state, as_expected).level(CURRENT), state.level(CURRENT), abs_tol=1e-9)


@given(levels, part)
def test_5_a_part_that_is_no_longer_done_moves_the_level_by_less_than_a_point(stand, which) -> None:
    state = None
    for _ in range(8):
        state = after_week(state, steady(stand))
    before = state.level(CURRENT)
    for _ in range(8):
        state = after_week(state, steady(stand, which))
        assert abs(state.level(CURRENT) - before) < 1


@given(weeks, week, st.integers(1, 8))
def test_6_a_pause_leaves_the_level_and_widens_the_band(past, rated, pause) -> None:
    state = after_week(lived(past), summed(rated))
    for _ in range(pause):
        paused = after_week(state, Ratings())
        assert abs(paused.level(CURRENT) - state.level(CURRENT)) < 1
        assert paused.variance(CURRENT) > state.variance(CURRENT)
        state = paused


@given(weeks, week)
def test_7_a_state_that_was_kept_is_the_same_state(past, rated) -> None:
    state = after_week(lived(past), summed(rated))
    assert unpacked(state.packed()) == state


@given(weeks, week, st.integers(1, 30))
def test_7_weeks_without_ratings_are_the_same_one_by_one_and_all_at_once(past, rated, pause) -> None:
    begun, then = lived(past), summed(rated)
    slowly = begun
    for _ in range(pause):
        slowly = after_week(slowly, Ratings()) if slowly else None
    one_by_one, at_once = after_week(slowly, then), after_week(begun, then, weeks=pause + 1)
    assert all(isclose(a, b, abs_tol=1e-6) for a, b in zip(one_by_one.means, at_once.means, strict=True))
    assert all(isclose(a, b, abs_tol=1e-6) for a, b in zip(one_by_one.spread, at_once.spread, strict=True))
