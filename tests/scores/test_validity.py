"""A short run of `benchmarks/score_validity.py`: the score still finds what is true of made-up people.

The same seed gives the same people, so that nothing here is left to chance. The figures are those of the paper, with
room for so few people.
"""

import random

import pytest

from benchmarks.score_validity import COVERED, FALSE, RATES, TARGETS, judged
from benchmarks.support.worlds import HOME

PEOPLE = 150


@pytest.fixture(scope="module", params=range(len(RATES)), ids=[f"{rate:.0%}" for rate in RATES])
def found(request):
    """(what came out at a rate, the rate's place)."""
    return judged(HOME, RATES[request.param], PEOPLE, random.Random(1)), request.param


def test_the_score_lies_closer_to_the_truth_than_either_mean(found) -> None:
    outcome, place = found
    assert outcome.score.error < 1.1 * TARGETS["error"][place]
    assert outcome.score.error < min(outcome.week.error, outcome.month.error)


def test_the_score_goes_along_with_the_truth_more_than_either_mean(found) -> None:
    outcome, place = found
    assert outcome.score.together > TARGETS["together"][place] - 0.05
    assert outcome.score.together > max(outcome.week.together, outcome.month.together)


def test_the_band_covers_the_truth_about_as_often_as_it_says(found) -> None:
    outcome, _ = found
    assert COVERED[0] - 0.03 < outcome.coverage < COVERED[1] + 0.03


def test_a_change_is_seldom_called_where_there_is_none_and_mostly_where_there_is(found) -> None:
    outcome, place = found
    assert outcome.falsely <= FALSE + 0.03
    assert outcome.rightly > TARGETS["seen"][place] - 0.08
