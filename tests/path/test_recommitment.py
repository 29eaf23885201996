"""What two stand by: offered by one, agreed to by the other, word for word."""

import re

import pytest

from tests.couples.steps import at_once
from tests.factories import NOW

pytestmark = pytest.mark.only_on("sqlite")
PAGE = "/path/recommitment"
FIRST, SECOND = "We say when we will be back.", "We say when we will be back, and we come back."


def offer(browser, text=FIRST):
    answer = browser.post(PAGE, data={"wording": text})
    assert (answer.status_code, answer.location) == (303, PAGE), answer.text
    return answer


def agree(browser, page=None):
    """Tap the button of the page that one has before one."""
    form = re.search(rf'action="({PAGE}/\d+/agreement)">\s*<input[^>]* value="([^"]+)"', page or browser.get(PAGE).text)
    return browser.post(form[1], data={"to": form[2]})


def standing(browser):
    """The wording that stands, if any."""
    page = browser.get(PAGE).text.partition("<details")[0]
    found = re.search(r'<div class="said both neither"><p class="lines">(.*?)</p>', page, re.DOTALL)
    return found and found[1]


def test_a_wording_stands_once_the_other_agrees_with_its_day(two, at) -> None:
    offer(two.ana)
    assert FIRST in two.ben.get(PAGE).text
    assert (standing(two.ana), standing(two.ben)) == (None, None)
    at(NOW.replace(day=20))
    assert agree(two.ben).status_code == 303
    assert standing(two.ana) == standing(two.ben) == FIRST
    assert "since 20 November 2026" in two.ana.get(PAGE).text


def test_nobody_agrees_to_their_own_wording(two) -> None:
    offer(two.ana)
    assert "/agreement" not in two.ana.get(PAGE).text
    assert two.ana.post(f"{PAGE}/1/agreement").status_code == 409
    assert standing(two.ben) is None


def test_the_other_may_change_it_and_then_the_first_agrees(two) -> None:
    offer(two.ana)
    offer(two.ben, SECOND)
    page = two.ana.get(PAGE).text
    assert "Ben offers this wording" in page
    assert "Offered before" in page
    agree(two.ana)
    assert standing(two.ben) == SECOND


def test_one_agrees_only_to_what_one_has_read(two) -> None:
    offer(two.ana)
    page = two.ben.get(PAGE).text
    offer(two.ana, SECOND)
    answer = agree(two.ben, page)
    assert answer.status_code == 409
    assert "The wording has changed meanwhile, so nothing was agreed to." in answer.text
    assert SECOND in answer.text
    assert standing(two.ana) is None
    assert two.ben.post(f"{PAGE}/99/agreement").status_code == 409


def test_agreeing_twice_agrees_once_and_the_same_words_from_both_are_an_agreement(two, at) -> None:
    offer(two.ana)
    page = two.ben.get(PAGE).text
    agree(two.ben, page)
    at(NOW.replace(day=20))
    assert agree(two.ben, page).status_code == 303
    assert "since 12 November 2026" in two.ben.get(PAGE).text
    offer(two.ana, SECOND)
    offer(two.ben, SECOND)
    assert standing(two.ana) == SECOND


def test_it_can_be_written_anew_and_stands_until_both_agree_to_the_new_one(two) -> None:
    offer(two.ana)
    agree(two.ben)
    offer(two.ben, SECOND)
    assert standing(two.ana) == standing(two.ben) == FIRST
    agree(two.ana)
    assert standing(two.ana) == standing(two.ben) == SECOND
    page = two.ben.get(PAGE).text
    assert FIRST in page.partition("What stood before")[2]


def test_a_double_tap_offers_once(two) -> None:
    offer(two.ana)
    offer(two.ana)
    assert "Offered before" not in two.ana.get(PAGE).text


def test_who_sends_nothing_keeps_what_is_there_and_what_was_typed(two) -> None:
    offer(two.ana)
    answer = two.ben.post(PAGE, data={"wording": "x" * 2001})
    assert answer.status_code == 422
    assert "x" * 2001 in answer.text
    assert two.ben.post(PAGE, data={"wording": " "}).status_code == 422
    assert FIRST in two.ben.get(PAGE).text


@pytest.mark.only_on("sqlite", "postgresql")
def test_two_who_offer_in_the_same_instant_both_are_heard(two) -> None:
    answers = at_once((offer, two.ana, FIRST), (offer, two.ben, SECOND))
    assert {answer.status_code for answer in answers} == {303}
    page = two.ana.get(PAGE).text
    assert FIRST in page
    assert SECOND in page
