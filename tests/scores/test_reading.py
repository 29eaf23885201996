"""Reading each other: nothing to be had by guessing the same, or oneself, and nearly all by knowing."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.scores.reading import ENOUGH, WINDOW, Guess, reading

scale = st.integers(0, 10)
felt = st.tuples(scale, scale)


@given(felt, st.lists(felt, min_size=ENOUGH, max_size=80))
def test_8_who_always_guesses_the_same_reads_nothing(guess, rated) -> None:
    assert reading([Guess(guess, each) for each in rated]).skill in {0, None}


@given(st.lists(felt, min_size=2, max_size=7, unique=True), st.lists(felt, min_size=4, max_size=7, unique=True))
def test_8_who_guesses_their_own_mood_reads_nothing_when_moods_do_not_go_together(mine, theirs) -> None:
    # Each mood of the one meets each mood of the other once: nothing goes together with anything.
    guesses = [Guess(own, other) for own, other in product(mine, theirs)][:WINDOW]
    assert len(guesses) < ENOUGH or reading(guesses).skill == 0


@given(st.lists(felt, min_size=28, max_size=28).filter(lambda days: len(set(days)) > 1))
def test_8_who_knows_reads_nine_tenths_after_four_weeks(rated) -> None:
    assert reading([Guess(each, each) for each in rated]).skill >= 90


@given(st.lists(st.tuples(felt, felt), max_size=80))
def test_reading_lies_between_0_and_100(days) -> None:
    found = reading([Guess(*day) for day in days])
    assert found.skill is None or 0 <= found.skill <= 100
    assert found.days == min(len(days), WINDOW)


@given(st.lists(felt, min_size=ENOUGH, max_size=28).filter(lambda days: len(set(days)) > 1))
def test_the_fewer_days_the_less_is_made_of_them(rated) -> None:
    few = reading([Guess(each, each) for each in rated]).skill
    assert few <= reading([Guess(each, each) for each in rated * 2]).skill


@given(st.lists(st.tuples(felt, felt), min_size=ENOUGH, max_size=WINDOW), st.randoms())
def test_the_order_of_the_days_does_not_matter(days, luck) -> None:
    guesses = [Guess(*day) for day in days]
    shuffled = luck.sample(guesses, len(guesses))
    first, second = reading(guesses).skill, reading(shuffled).skill
    assert first == second or abs(first - second) < 1e-6


def test_there_is_nothing_to_say_before_a_week_of_guesses_or_where_nothing_differs() -> None:
    days = [(3, 7), (8, 2)] * ENOUGH
    assert reading([Guess(each, each) for each in days[: ENOUGH - 1]]).skill is None
    assert reading([Guess(each, each) for each in days[:ENOUGH]]).skill is not None
    assert reading([Guess((5, 5), (6, 6))] * 20).skill is None


def test_only_the_newest_days_count() -> None:
    wrong, right = [((0, 10), (10, 0)), ((10, 0), (0, 10))], [((1, 1), (1, 1)), ((9, 4), (9, 4))]
    guesses = [Guess(*day) for day in wrong * 40 + right * (WINDOW // 2)]
    assert reading(guesses) == reading(guesses[-WINDOW:])
    assert reading(guesses).skill > 90
