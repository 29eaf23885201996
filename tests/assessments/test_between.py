"""What lies between two: difference by domain, both ways round, and the even that is no good sign."""

import pytest

from app.assessments.between import ALIKE, APART, between, is_even_but_little, views
from app.assessments.scoring import WrongAnswer
from app.assessments.shelf import PLAIN, builtin
from tests.assessments.words import made

BALANCE = builtin()["balance", PLAIN]


def about(domain, who, much):
    given = {f"{domain}-who": who, f"{domain}-much": much}
    return {ident: value for ident, value in given.items() if value is not None}


def told(mine, theirs, domain="money"):
    return next(each for each in between(BALANCE, mine, theirs) if each.scale.id == domain)


@pytest.mark.parametrize(
    ("mine", "theirs", "gap", "finding"),
    [
        # My -2 is "nearly always me", and so is theirs: each means themselves
        (-2, 2, 0, ALIKE),
        (-2, -2, 4, APART),
        (2, 2, -4, APART),
        (0, 0, 0, ALIKE),
        (1, -1, 0, ALIKE),
        (1, 0, -1, ALIKE),
        (0, -1, 1, ALIKE),
        (0, -2, 2, APART),
        (-1, -1, 2, APART),
        (None, 1, None, None),
        (1, None, None, None),
    ],
)
def test_the_partners_answer_is_turned_over_before_it_is_compared(mine, theirs, gap, finding) -> None:
    found = told(about("money", mine, 2), about("money", theirs, 2))
    assert (found.gap, found.who) == (gap, finding)
    assert found.much == ALIKE


@pytest.mark.parametrize(("mine", "theirs", "finding"), [(0, 1, ALIKE), (4, 3, ALIKE), (1, 3, APART), (4, 0, APART)])
def test_how_much_there_is_means_the_same_to_both(mine, theirs, finding) -> None:
    found = told(about("time", 0, mine), about("time", 0, theirs), "time")
    assert (found.gap_much, found.much) == (theirs - mine, finding)


@pytest.mark.parametrize(
    ("mine", "theirs", "so"),
    [
        ((0, 1), (0, 0), True),
        ((0, 0), (0, 1), True),
        ((0, 2), (0, 1), False),
        ((0, 1), (0, 2), False),
        ((1, 0), (0, 0), False),
        ((0, 0), (-1, 0), False),
        ((0, None), (0, 0), False),
        ((None, 0), (0, 0), False),
    ],
)
def test_even_but_little_takes_two_who_call_it_even_and_see_little(mine, theirs, so) -> None:
    assert told(about("care", *mine), about("care", *theirs), "care").even_but_little is so


def test_from_the_other_side_the_picture_is_the_same_turned_over() -> None:
    mine = {item.id: item.options[number % 4].value for number, item in enumerate(BALANCE.open_items)}
    theirs = {item.id: item.options[-1 - number % 3].value for number, item in enumerate(BALANCE.open_items)}
    for here, there in zip(between(BALANCE, mine, theirs), between(BALANCE, theirs, mine), strict=True):
        assert (here.mine.who, here.theirs.who) == (-there.theirs.who, -there.mine.who)
        assert (here.mine.much, here.theirs.much) == (there.theirs.much, there.mine.much)
        assert (abs(here.gap), here.who, here.much) == (abs(there.gap), there.who, there.much)
        assert here.even_but_little == there.even_but_little


def test_all_ten_domains_are_told_even_where_nobody_answered() -> None:
    found = between(BALANCE, {}, {})
    assert [each.scale for each in found] == list(BALANCE.compared)
    assert {(each.gap, each.gap_much, each.who, each.much, each.even_but_little) for each in found} == {
        (None, None, None, None, False)
    }


def test_ones_own_view_needs_no_partner() -> None:
    own = dict(views(BALANCE, about("heard", -1, 4) | about("social", 0, 1)))
    assert (own[BALANCE.scale("heard")].leans(), own[BALANCE.scale("social")].leans()) == (-1, 0)
    assert is_even_but_little(BALANCE.scale("social"), own[BALANCE.scale("social")])
    assert not is_even_but_little(BALANCE.scale("heard"), own[BALANCE.scale("heard")])


def test_what_nobody_offered_is_compared_with_nothing() -> None:
    with pytest.raises(WrongAnswer):
        between(BALANCE, {}, about("money", 3, 0))


def test_a_factor_is_the_difference_of_two_means_and_no_line_is_drawn() -> None:
    published = made("rba")
    factor = published.scales[0]
    # Three items of 1 to 7 that run from me to the partner, so that the other's 2 is a 6 to me.
    first, second, third = factor.items
    mine, theirs = {first: 1, second: 2, third: 6}, {first: 2, second: 4, third: 3}
    found = between(published, mine, theirs)[0]
    assert (found.mine.who, found.theirs.who) == (3, (6 + 4 + 5) / 3)
    assert (found.gap, found.who, found.mine.middle) == (2, None, 4)


def test_a_factor_of_which_less_than_half_was_answered_has_no_mean() -> None:
    published = made("rba")
    first, second, third = published.scales[0].items
    assert between(published, {first: 1}, {first: 1, second: 1})[0].mine.who is None
    assert between(published, {first: 1}, {first: 1, second: 1})[0].theirs.who == 7
    assert between(published, {first: 1, third: 2}, {})[0].mine.who == 1.5
