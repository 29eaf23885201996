"""A therapist's charts say what the sentences beside them say: every stroke lies where its day and its number are."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.caseload.attention import DONE, FORTNIGHT, NOT_ASKED, OPEN, SKIPPED, Given, Level, Line
from app.caseload.drawing import (
    DISC,
    IN,
    LANES_LEFT,
    LANES_RIGHT,
    LARGE,
    NONE,
    OUT,
    SEAM,
    SMALL,
    SOME,
    Box,
    Span,
    fortnight,
    lane,
    sparks,
    went,
)
from tests.factories import TODAY

pytestmark = pytest.mark.only_on("sqlite")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MONDAY = TODAY - TODAY.weekday() * DAY
MONTH = Span(TODAY - 28 * DAY, TODAY)
POINTS = st.tuples(st.floats(0, 100), st.floats(0, 12))


def line(*levels: float | None, reach: float = 5) -> Line:
    """One partner's weeks up to this one."""
    weeks = [MONDAY - (len(levels) - 1 - number) * WEEK for number in range(len(levels))]
    return Line(
        tuple(
            Level(week, level, None if level is None else level - reach, None if level is None else level + reach)
            for week, level in zip(weeks, levels, strict=True)
        ),
        None,
    )


def places(path: str) -> list[tuple[float, float]]:
    """The points of a path, without the bends between."""
    path = re.sub(r"A[\d.]+ [\d.]+ 0 0 [01] ", "L", path)
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


@pytest.mark.parametrize(
    ("states", "half"),
    [
        ([], NONE),
        ([NOT_ASKED], NONE),
        ([OPEN], OUT),
        ([SKIPPED], OUT),
        ([DONE], IN),
        ([DONE, DONE], IN),
        ([DONE, OPEN], SOME),
        ([DONE, NOT_ASKED], IN),
    ],
)
def test_a_half_of_a_day_is_filled_once_all_that_was_given_is_done(states, half) -> None:
    for who in (0, 1):
        pieces = [Given(TODAY, (state, NOT_ASKED) if who == 0 else (NOT_ASKED, state)) for state in states]
        today = fortnight(pieces, TODAY)[-1]
        assert (today.first, today.second) == ((half, NONE) if who == 0 else (NONE, half))


def test_a_fortnight_has_fourteen_days_up_to_today_and_each_piece_on_its_own() -> None:
    back = (0, 5, FORTNIGHT - 1, FORTNIGHT)
    days = fortnight([Given(TODAY - ago * DAY, (DONE, OPEN)) for ago in back], TODAY)
    assert len(days) == FORTNIGHT
    assert [FORTNIGHT - 1 - at for at, day in enumerate(days) if day.first] == [FORTNIGHT - 1, 5, 0]
    assert [day.x for day in days] == sorted({day.x for day in days})


@given(st.lists(POINTS, min_size=1, max_size=20), st.lists(POINTS, max_size=20), st.sampled_from((SMALL, LARGE)))
def test_lines_of_weeks_keep_to_their_box_and_rise_where_the_score_does(first, second, box: Box) -> None:
    def lived(told):
        return Line(line(*(level for level, _ in told)).weeks, None) if told else None

    shown = [spark for spark in sparks([lived(first), lived(second)], box) if spark]
    assert len(shown) == 1 + bool(second)
    for spark, told in zip(shown, filter(None, (first, second)), strict=True):
        run, levels = places(spark.run), [level for level, _ in told][-box.weeks :]
        assert len(run) == len(levels)
        assert run[-1] == (spark.x, spark.y)
        assert all(0 <= x <= box.width and 0 <= y <= box.height for x, y in run + places(spark.band))
        assert [x for x, _ in run] == sorted({x for x, _ in run})
        # Upwards is less; what differs by less than a tenth of a unit may lie level.
        assert all((run[at][1] - run[at + 1][1]) * (levels[at + 1] - levels[at]) >= 0 for at in range(len(run) - 1))


def test_the_same_week_lies_at_one_place_and_a_week_without_a_score_leaves_its_room() -> None:
    one, two = sparks([line(50, None, 60, 70), line(40, 45)])
    assert one
    assert two
    ours, theirs = ([x for x, _ in places(spark.run)] for spark in (one, two))
    assert ours[1:] == theirs
    assert ours[2] - ours[1] == pytest.approx((ours[2] - ours[0]) / 3, abs=0.2)
    assert sparks([None, line(None, None)]) == (None, None)
    ends = {spark.x for spark in sparks([line(50, 60)]) + sparks([line(*range(8))]) if spark}
    assert len(ends) == 1, "in a list the newest week lies at one place, however many there are"


def test_a_piece_lies_on_its_day_and_what_became_of_it_on_the_day_that_it_did() -> None:
    day, later = MONTH.first + 10 * DAY, MONTH.first + 13 * DAY
    drawn = lane(day, ((None, later), (later, None)), talked_over=True, span=MONTH)
    assert (drawn.given, drawn.opened, drawn.done[1]) == (MONTH.x(day), (None, MONTH.x(later)), "")
    (begin, _), (end, _) = places(drawn.done[0])
    assert (begin + end) / 2 == pytest.approx(MONTH.x(later), abs=0.1)
    assert end - begin == pytest.approx(2 * DISC, abs=0.1)
    assert (drawn.until, drawn.talked_over) == (MONTH.x(later), MONTH.x(later))
    both = lane(day, ((None, later), (None, later)), talked_over=False, span=MONTH)
    assert [{y for _, y in places(half)} for half in both.done] == [{SEAM - 1}, {SEAM + 1}], "above, and below"
    untouched = lane(day, ((None, None), (None, None)), talked_over=False, span=MONTH)
    assert (untouched.done, untouched.until, untouched.talked_over) == (("", ""), MONTH.x(day), None)
    assert lane(day, ((None, MONTH.last + WEEK), (None, None)), False, MONTH).until == LANES_RIGHT


@given(st.integers(0, 400))
def test_an_axis_begins_and_ends_with_its_days_and_names_no_more_than_four(length) -> None:
    span = Span(TODAY - length * DAY, TODAY)
    ticks = span.ticks
    assert (ticks[0], ticks[-1]) == (span.first, span.last)
    assert len(ticks) <= 4
    assert list(ticks) == sorted({*ticks} if length else ticks)
    assert (span.x(span.first), span.x(span.last) if length else LANES_RIGHT) == (LANES_LEFT, LANES_RIGHT)


def test_how_it_went_lies_higher_the_better_it_was() -> None:
    told = went([(TODAY, value) for value in range(11)], MONTH)
    assert {x for x, _ in told} == {MONTH.x(TODAY)}
    assert [y for _, y in told] == sorted({y for _, y in told}, reverse=True)
