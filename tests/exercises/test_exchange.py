"""Who may read what, and what is left to do: every combination of what two can have given, against a table."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest

from app.exercises.exchange import OPENS_AT_ONCE, OPENS_BY_TURNS, OPENS_TO_BOTH, Answer, Exchange
from app.exercises.mirroring import Last
from tests.factories import NOW, TODAY

TWO_DAYS = timedelta(hours=48)
MINE = ("none", "sealed", "waited", "kept", "released")
THEIRS = ("none", "sealed", "released")

# What I see of something that opens when both are in. Down: mine; across: theirs. Before "/" while it can be answered.
BOTH = """
            none            sealed             released
none        open/missed     open/missed        received/read
sealed      sealed          revealed           revealed
waited      waiting         revealed           revealed
kept        sealed          revealed           revealed
released    released        revealed           revealed
"""
# What I see of something that is read at once.
AT_ONCE = """
            none            sealed             released
none        open/missed     received/read      received/read
sealed      given           revealed           revealed
waited      given           revealed           revealed
kept        given           revealed           revealed
released    released        revealed           revealed
"""
TO_DO = {"open", "theirs_in", "received", "waiting", "your_turn"}


@dataclass(frozen=True)
class Case:
    """One combination of what two can have given, and when it is looked at."""

    opens: str
    mine: str
    theirs: str
    shows: bool
    aside: bool
    age: int

    @property
    def answerable(self) -> bool:
        return not self.aside and 0 <= self.age <= 3

    def exchange(self) -> Exchange:
        """As Ana sees it."""
        return build(
            self.opens,
            mine=answer("ana", self.mine),
            theirs=answer("ben", self.theirs),
            you_show=self.shows,
            set_aside=self.aside,
            today=TODAY + timedelta(self.age),
        )

    def turned(self) -> Exchange:
        """The same as Ben sees it."""
        seen = self.exchange()
        return replace(seen, me="ben", you="ana", mine=seen.theirs, theirs=seen.mine)


CASES = [
    Case(*facts)
    for facts in product(
        (OPENS_TO_BOTH, OPENS_AT_ONCE), MINE, THEIRS, (True, False), (True, False), (-1, 0, 1, 2, 3, 4, 40)
    )
]


def answer(author: str, kind: str) -> Answer | None:
    if kind == "none":
        return None
    given = NOW - TWO_DAYS if kind == "waited" else NOW - TWO_DAYS + timedelta(microseconds=1)
    if kind == "kept":
        given = NOW - 5 * TWO_DAYS
    words = f"words of {author}".encode()
    return Answer(
        author, {"mood": 7}, words, given, given.date(), released=kind == "released", kept_waiting=kind == "kept"
    )


def build(opens: str = OPENS_TO_BOTH, **facts) -> Exchange:
    standard = {
        "id": "prompt",
        "day": TODAY,
        "exercise": "any",
        "opens": opens,
        "take": 1,
        "item": None,
        "set_aside": False,
        "me": "ana",
        "you": "ben",
        "you_show": False,
        "today": TODAY,
        "now": NOW,
    }
    return Exchange(**standard | facts)


def read(table: str) -> dict[tuple[str, str], tuple[str, str]]:
    """(mine, theirs) → (state while it can be answered, state afterwards)."""
    head, *rows = [line.split() for line in table.strip().splitlines()]
    found = {}
    for mine, *cells in rows:
        for theirs, cell in zip(head, cells, strict=True):
            first, _, then = cell.partition("/")
            found[mine, theirs] = (first, then or first)
    return found


TABLES = {OPENS_TO_BOTH: read(BOTH), OPENS_AT_ONCE: read(AT_ONCE)}


def expected_state(case: Case) -> str:
    first, then = TABLES[case.opens][case.mine, case.theirs]
    if not case.answerable:
        return then
    return "theirs_in" if first == "open" and case.theirs == "sealed" and case.shows else first


@pytest.mark.parametrize("opens", TABLES)
def test_the_tables_know_every_pair_of_answers(opens):
    assert set(TABLES[opens]) == set(product(MINE, THEIRS))


def test_every_combination_has_the_state_of_the_table():
    wrong = [(case, case.exchange().state) for case in CASES if case.exchange().state != expected_state(case)]
    assert wrong == []


def test_theirs_can_be_read_when_both_are_in_or_it_was_let_go_and_never_else():
    for case in CASES:
        readable = case.theirs != "none" and (
            case.mine != "none" or case.theirs == "released" or case.opens == OPENS_AT_ONCE
        )
        seen = case.exchange()
        assert seen.yours is (seen.theirs if readable else None), case


def test_what_one_can_read_is_exactly_what_the_other_can_no_longer_change():
    for case in CASES:
        assert (case.exchange().yours is not None) == case.turned().open_to_both, case
        assert (case.turned().yours is not None) == case.exchange().open_to_both, case


def test_both_are_in_for_both_or_for_neither():
    for case in CASES:
        both = case.mine != "none" and case.theirs != "none"
        assert case.exchange().both_in is case.turned().both_in is both, case


def test_i_know_that_theirs_is_there_only_if_i_may_read_it_or_they_show_it():
    for case in CASES:
        seen = case.exchange()
        shown = seen.yours is not None or (case.shows and case.theirs != "none")
        assert seen.shown_in is shown, case


def test_nothing_that_i_see_tells_of_an_answer_that_is_sealed_from_me():
    """With and without the sealed answer, everything that a page asks is the same."""
    for case in CASES:
        seen = case.exchange()
        if case.shows or seen.yours is not None:
            continue
        without = replace(seen, theirs=None)
        asked = ("state", "settled", "shown_in", "yours", "open_to_both", "both_in", "fillable", "late", "step")
        assert {name: getattr(seen, name) for name in asked} == {name: getattr(without, name) for name in asked}, case
        assert repr(seen) == repr(without)


def test_it_is_settled_when_nothing_is_left_for_me():
    for case in CASES:
        assert case.exchange().settled is (expected_state(case) not in TO_DO), case


@pytest.mark.parametrize("mine", ["none", "sealed", "waited", "kept"])
@pytest.mark.parametrize("opens", [OPENS_TO_BOTH, OPENS_AT_ONCE])
def test_what_somebody_gives_alone_is_sealed_for_good(opens, mine):
    seen = build(opens, you=None, mine=answer("ana", mine))
    assert seen.state == ("open" if mine == "none" else "sealed")
    assert (seen.yours, seen.open_to_both, seen.both_in, seen.shown_in) == (None, False, False, False)
    later = replace(seen, now=NOW + 100 * TWO_DAYS, today=TODAY + timedelta(200))
    assert later.state == ("missed" if mine == "none" else "sealed")


# When


@pytest.mark.parametrize("aside", [False, True])
@pytest.mark.parametrize("turn", [None, Last("speak", "ana", 1, 1)])
@pytest.mark.parametrize("age", range(-2, 10))
def test_it_can_be_answered_for_three_days_and_a_talk_that_has_begun_for_six(age, turn, aside):
    seen = build(today=TODAY + timedelta(age), set_aside=aside, last_turn=turn)
    last = 6 if turn else 3
    assert seen.fillable is (not aside and 0 <= age <= last)


@pytest.mark.parametrize("age", range(-2, 10))
def test_an_answer_is_late_from_the_next_day_on(age):
    assert build(today=TODAY + timedelta(age)).late is (age >= 1)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (NOW - TWO_DAYS + timedelta(microseconds=1), "sealed"),
        (NOW - TWO_DAYS, "waiting"),
        (NOW - 50 * TWO_DAYS, "waiting"),
    ],
)
def test_mine_has_waited_after_exactly_forty_eight_hours(given: datetime, state):
    assert build(mine=Answer("ana", {}, b"", given, date.min)).state == state


# Turn by turn

TURNS = [
    # last turn                               while it can be taken, and afterwards
    (None, "open", "missed"),
    (Last("speak", "ana", 1, 1), "their_turn", "missed"),
    (Last("speak", "ben", 1, 1), "your_turn", "missed"),
    (Last("mirror", "ana", 1, 1), "their_turn", "missed"),
    (Last("mirror", "ben", 2, 3), "your_turn", "missed"),
    (Last("missing", "ana", 1, 1), "their_turn", "missed"),
    (Last("missing", "ben", 1, 3), "your_turn", "missed"),
    (Last("heard", "ana", 1, 1), "their_turn", "missed"),
    (Last("heard", "ben", 2, 2), "your_turn", "missed"),
    (Last("understand", "ana", 1, 1), "your_turn", "missed"),
    (Last("understand", "ben", 1, 1), "their_turn", "missed"),
    (Last("understand", "ana", 2, 1), "done", "done"),
    (Last("understand", "ben", 2, 3), "done", "done"),
]


@pytest.mark.parametrize(("last", "state", "afterwards"), TURNS)
def test_a_talk_is_with_one_of_the_two_until_it_is_done_or_gone_by(last, state, afterwards):
    seen = build(OPENS_BY_TURNS, last_turn=last)
    assert (seen.state, seen.settled) == (state, state not in TO_DO)
    over = replace(seen, today=TODAY + timedelta(7))
    assert (over.state, over.settled) == (afterwards, True)
    swapped = replace(seen, me="ben", you="ana")
    other = {"your_turn": "their_turn", "their_turn": "your_turn"}
    assert swapped.state == other.get(state, state)
