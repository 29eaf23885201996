"""Weeks of ratings for the properties of the score: whatever somebody may rate, and the steady life of one person."""

from collections.abc import Sequence

from hypothesis import strategies as st

from app.scores.levels import Ratings, State, after_week

ASKED = (7, 2, 7, 3)
"""How often the default plan asks for each part in a week."""
SCALE = st.integers(0, 10).map(lambda step: 10 * step)
MARKS = st.sampled_from((20, 60, 100))

week = st.tuples(
    *(st.lists(MARKS if part == 3 else SCALE, max_size=most) for part, most in enumerate(ASKED)),
)
"""The ratings of one week, for each part a list, from none to all."""
weeks = st.lists(week, max_size=12)
part = st.integers(0, 3)


def summed(rated: Sequence[Sequence[float]]) -> Ratings:
    """A week's lists as counts and sums."""
    return Ratings(tuple(map(len, rated)), tuple(float(sum(each)) for each in rated))


def lived(past: Sequence[Sequence[Sequence[float]]]) -> State | None:
    """What is known of somebody after these weeks."""
    state = None
    for rated in past:
        state = after_week(state, summed(rated))
    return state


def steady(levels: Sequence[float], *without: int) -> Ratings:
    """A week in which each part is rated just where it stands, but for those that are not done."""
    counts = tuple(0 if part in without else asked for part, asked in enumerate(ASKED))
    return Ratings(counts, tuple(float(count * level) for count, level in zip(counts, levels, strict=True)))
