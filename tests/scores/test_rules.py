"""When a score is told, what a change takes, and that the sum which is shown adds up."""

from collections.abc import Callable

import pytest
from hypothesis import given

from app.scores.attunement import DOWN, STEADY, TOO_EARLY, UP, Spot, change, pulls, score, spot
from app.scores.formula import CURRENT, FORMULAS, NINETY, WIDEST
from app.scores.levels import Ratings, State, after_week, beginning, learned, waited
from tests.scores.lives import ASKED, lived, steady, summed, week, weeks

USUAL = (70, 60, 75, 65)


@pytest.fixture
def after() -> Callable[..., State]:
    """`after(3)`: what is known of somebody after three usual weeks."""
    return lambda number: lived([[[level] * asked for level, asked in zip(USUAL, ASKED, strict=True)]] * number)


@given(weeks, week)
def test_four_sums_know_all_that_five_states_do(past, rated) -> None:
    sums, five = lived([*past, rated]), _five_states([*past, rated])
    level, variance = _composite(*five)
    assert sums.level(CURRENT) == pytest.approx(level, abs=1e-6)
    assert sums.variance(CURRENT) == pytest.approx(variance, abs=1e-6)


def test_the_weights_add_up_to_one_and_a_version_names_one_formula() -> None:
    for version, formula in FORMULAS.items():
        assert formula.version == version
        assert sum(formula.weights) == pytest.approx(1)
    assert FORMULAS[CURRENT.version] is CURRENT


@pytest.mark.parametrize("days", [0, 1, 2, 3])
def test_it_is_too_early_before_four_check_ins_whatever_else_was_rated(days) -> None:
    ratings = Ratings((days, 2, 7, 3), (days * 70.0, 140.0, 490.0, 210.0))
    told = score(after_week(None, ratings), ratings)
    assert (told.level, told.low, told.high) == (None, None, None)
    assert told.missing.days == 4 - days


def test_it_is_told_from_the_fourth_check_in_on_when_the_band_is_narrow_enough() -> None:
    ratings = Ratings((4, 0, 2, 0), (280.0, 0.0, 140.0, 0.0))
    told = score(after_week(None, ratings), ratings)
    assert told.missing is None
    assert 60 < told.level < 80


def test_it_is_too_early_while_the_band_is_wide_however_many_days_there_were() -> None:
    state = beginning()
    sure = State(state.means, tuple((WIDEST / NINETY) ** 2 for _ in state.spread), days=400)
    assert score(sure, Ratings()).missing.wide
    surer = State(state.means, tuple((WIDEST / NINETY) ** 2 - 0.01 for _ in state.spread), days=400)
    assert score(surer, Ratings()).missing is None


def test_after_a_long_pause_it_is_too_early_again_and_one_week_mends_it(after) -> None:
    state = after(6)
    lapsed = waited(state, 12)
    assert score(state, Ratings()).missing is None
    assert (score(lapsed, Ratings()).missing.wide, score(lapsed, Ratings()).missing.days) == (True, 0)
    assert score(learned(lapsed, steady(USUAL)), steady(USUAL)).missing is None


def test_a_part_that_was_never_rated_is_not_made_up(after) -> None:
    state = None
    for _ in range(20):
        state = after_week(state, steady(USUAL, 1))
    heard = score(state, steady(USUAL, 1)).parts[1]
    assert (heard.level, heard.band, heard.count, heard.mean) == (None, None, 0, None)


def test_what_is_not_rated_is_not_taken_for_nothing(after) -> None:
    state = after(8)
    without = after_week(state, steady(USUAL, 1, 2, 3))
    assert without.level(CURRENT) == pytest.approx(state.level(CURRENT), abs=1)
    assert without.variance(CURRENT) > after_week(state, steady(USUAL)).variance(CURRENT)


def test_a_change_is_told_over_four_weeks_that_were_told_themselves(after) -> None:
    told = [spot(after(number)) for number in range(1, 6)]
    assert change(told[:4]) == TOO_EARLY
    assert change(told) == STEADY
    assert change([Spot(told[0].level, told[0].variance, told=False), *told[1:]]) == TOO_EARLY
    assert change([*told[:4], Spot(told[4].level, told[4].variance, told=False)]) == TOO_EARLY


def test_a_week_in_between_that_was_too_early_does_not_hide_a_change(after) -> None:
    told = [spot(after(number)) for number in range(1, 6)]
    told[2] = Spot(told[2].level, told[2].variance, told=False)
    assert change(told) == STEADY


@pytest.mark.parametrize(("points", "said"), [(25, UP), (-25, DOWN), (0, STEADY), (4, STEADY), (-4, STEADY)])
def test_a_step_is_called_by_its_direction_and_a_small_one_is_not(after, points, said) -> None:
    state = after(8)
    told = [spot(state)]
    for _ in range(4):
        state = after_week(state, steady(tuple(level + points for level in USUAL)))
        told.append(spot(state))
    assert change(told) == said


def test_a_change_must_reach_further_than_the_band() -> None:
    assert CURRENT.called > NINETY
    held = [Spot(50.0, 9.0, told=True)] * 4
    # Nothing of the first week's error is left where each week is learned anew from much.
    at_band = change([*held, Spot(50.0 + NINETY * 18**0.5, 9.0, told=True)])
    assert at_band == STEADY


@given(weeks, week)
def test_what_each_part_moved_adds_up_to_what_the_level_moved(past, rated) -> None:
    before = waited(lived(past) or beginning(), 1)
    after = learned(before, summed(rated))
    moved = sum(pull.moved for pull in pulls(before, after, summed(rated)))
    assert moved == pytest.approx(after.level(CURRENT) - before.level(CURRENT), abs=1e-6)


# The filter as the books have it: one level, four offsets, matrices written out.


def _five_states(past):
    size = 5
    mean = [CURRENT.start, 0.0, 0.0, 0.0, 0.0]
    spreads = [CURRENT.start_spread, *[CURRENT.offset_spread] * 4]
    cov = [[spreads[row] ** 2 if row == column else 0.0 for column in range(size)] for row in range(size)]
    for number, rated in enumerate(past):
        if number:
            cov[0][0] += CURRENT.drift**2
        for part, values in enumerate(rated):
            meets = [1.0, *(float(part == other) for other in range(4))]
            for value in values:
                reach = [sum(row[k] * meets[k] for k in range(size)) for row in cov]
                whole = sum(reach[k] * meets[k] for k in range(size)) + CURRENT.noise**2
                surprise = value - sum(mean[k] * meets[k] for k in range(size))
                mean = [mean[k] + reach[k] / whole * surprise for k in range(size)]
                cov = [[cov[r][c] - reach[r] * reach[c] / whole for c in range(size)] for r in range(size)]
    return mean, cov


def _composite(mean, cov):
    reads = [1.0, *CURRENT.weights]
    level = sum(a * b for a, b in zip(reads, mean, strict=True))
    return level, sum(reads[r] * reads[c] * cov[r][c] for r in range(5) for c in range(5))
