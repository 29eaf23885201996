"""What is worth a look: told from facts, in an order, and never which of the two is the better one."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.caseload.attention import (
    APART_WAYS,
    CONSENT,
    DOWN,
    DROP,
    GAP,
    HIDDEN,
    IN_A_ROW,
    ONE_DOWN,
    ROW,
    STEADY,
    STOPPED,
    TOO_EARLY,
    UP,
    Count,
    Facts,
    Flag,
    Given,
    Level,
    Line,
    Place,
    counts,
    flags,
    needs_attention,
    trend,
)  # fmt: skip
from tests.factories import TODAY

DAY = timedelta(days=1)
STATES = ("done", "skipped", "missed", "open", "")


def pieces(first: str, second: str) -> tuple[Given, ...]:
    """One piece a day up to today, a letter for what it was for each: d, s, m, o, or - for not asked."""
    words = {each[:1] or "-": each for each in STATES}
    size = len(first)
    return tuple(Given(TODAY - (size - 1 - at) * DAY, (words[first[at]], words[second[at]])) for at in range(size))


def line(*levels: float | None, change: str = STEADY) -> Line:
    """Weeks with these levels, the last one a week ago."""
    size = len(levels)
    weeks = (Level(TODAY - (size - at) * 7 * DAY, each, each, each) for at, each in enumerate(levels))
    return Line(tuple(weeks), change)


def kinds(facts: Facts, in_a_row: int = IN_A_ROW) -> list[str]:
    return [flag.kind for flag in flags(facts, TODAY, in_a_row)]


def test_counts_have_denominators_and_today_counts_once_it_is_done() -> None:
    found = counts(pieces("dmdo", "ddmo"), TODAY)
    assert (found.first, found.second, found.together) == (Count(2, 3), Count(2, 3), Count(1, 3))
    assert counts(pieces("d", "o"), TODAY).first == Count(1, 1)


def test_what_one_alone_was_asked_counts_for_that_one_alone() -> None:
    found = counts(pieces("dmo", "---"), TODAY)
    assert (found.first, found.second, found.together) == (Count(1, 2), Count(0, 0), Count(0, 0))


def test_only_fourteen_days_are_counted() -> None:
    assert counts(pieces("d" * 20, "d" * 20), TODAY).together == Count(14, 14)


def test_several_missed_in_a_row_are_told_from_the_number_that_was_chosen_on() -> None:
    facts = Facts(pieces("dmmm", "dmmm"))
    assert flags(facts, TODAY, 3) == (Flag(ROW, 3, TODAY - 2 * DAY),)
    assert kinds(facts, 4) == []


def test_what_was_skipped_with_a_word_is_not_missed_and_ends_no_row() -> None:
    assert kinds(Facts(pieces("dsss", "dsss"))) == []
    assert kinds(Facts(pieces("mmsm", "mmsm"))) == [ROW]


def test_one_who_stopped_while_the_other_goes_on_is_told_and_not_by_name() -> None:
    stopped = flags(Facts(pieces("dmmm", "dddd")), TODAY)
    assert [flag.kind for flag in stopped] == [STOPPED]
    assert stopped == flags(Facts(pieces("dddd", "dmmm")), TODAY)


def test_a_drop_beyond_chance_is_told_and_a_smaller_one_is_not() -> None:
    assert kinds(Facts(lines=(line(70, 50, change=DOWN), None))) == [DROP]
    assert kinds(Facts(lines=(line(70, 60, change=STEADY), None))) == []


def test_a_gap_is_told_once_it_persists_and_only_where_both_lines_are_shown() -> None:
    apart = (line(80, 80, 80), line(50, 55, 60))
    assert flags(Facts(lines=apart), TODAY) == (Flag(GAP, 3, TODAY - 21 * DAY),)
    assert kinds(Facts(lines=(line(80, 80, 80), line(75, 55, 60)))) == []
    assert kinds(Facts(lines=(line(80, 80, None), line(50, 55, 60)))) == []
    assert kinds(Facts(lines=(apart[0], None))) == []


def test_a_change_of_consent_is_told_for_two_weeks() -> None:
    assert kinds(Facts(consent_changed=TODAY)) == [CONSENT]
    assert kinds(Facts(consent_changed=TODAY - 14 * DAY)) == []


def test_the_trend_is_a_few_words_and_hidden_where_nothing_is_shown() -> None:
    told = {
        (UP, UP): UP, (UP, DOWN): APART_WAYS, (STEADY, DOWN): ONE_DOWN, (TOO_EARLY, UP): TOO_EARLY,
    }  # fmt: skip
    for (first, second), word in told.items():
        assert trend((line(50, change=first), line(50, change=second))) == word
    assert trend((None, None)) == HIDDEN


def test_what_weighs_most_comes_first_and_who_is_on_a_break_last() -> None:
    drop, row, calm = (Place(found, None, False, "B") for found in ((Flag(DROP),), (Flag(ROW),), ()))
    soon = replace(calm, session=TODAY, name="Z")
    resting = replace(drop, paused=True)
    places = [calm, resting, row, soon, drop]
    assert sorted(places, key=needs_attention) == [drop, row, soon, calm, resting]


SIDES = st.lists(st.tuples(st.sampled_from(STATES), st.sampled_from(STATES)), max_size=20)
LINES = st.one_of(st.none(), st.builds(line, st.floats(0, 100), change=st.sampled_from((UP, STEADY, DOWN))))


@given(SIDES, SIDES, LINES, LINES, LINES)
def test_nothing_that_one_partner_sees_hangs_on_the_other(mine, theirs, own, one, two) -> None:
    def world(others: list[tuple[str, str]], other: Line | None) -> Facts:
        given_ = [
            Given(TODAY - at * DAY, (first, others[at][1] if at < len(others) else ""))
            for at, (first, _) in enumerate(mine)
        ]
        return Facts(tuple(given_), (own, other), consent_changed=TODAY if other else None)

    seen = [world(others, other).of(0) for others, other in ((theirs, one), (theirs[::-1], two))]
    assert seen[0] == seen[1]
    assert flags(seen[0], TODAY) == flags(seen[1], TODAY)
    assert counts(seen[0].given, TODAY) == counts(seen[1].given, TODAY)
