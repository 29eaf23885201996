"""What the two want: chosen alone, opened together."""

import re

import pytest

from app.path.steps import load

pytestmark = pytest.mark.only_on("sqlite")


def choose(browser, *aims):
    answer = browser.post("/path/aims", data={"aims": list(aims)})
    assert (answer.status_code, answer.location) == (303, "/path/aims"), answer.text


def listed(browser):
    """What the page lists under each of its heads, as ids."""
    ids = {aim.title: aim.id for aim in load().aims.values()}
    page = browser.get("/path/aims").text.partition("<details")[0]
    found = {}
    for head, rest in re.findall(r"<h[12][^>]*>(.*?)</h[12]>(.*?)(?=<h[12]|$)", page, re.DOTALL):
        found[head] = [ids[title] for title in re.findall(r"<li><div><p>(.*?)<", rest)]
    return found


def test_until_both_have_chosen_neither_page_tells_of_the_other(two) -> None:
    pages = ("/path", "/path/aims")
    before = [two.ana.get(path).text for path in pages]
    choose(two.ben, "joy", "fears")
    assert [two.ana.get(path).text for path in pages] == before
    assert listed(two.ben) == {"Sealed.": ["joy", "fears"]}


def test_once_both_have_chosen_both_see_what_is_theirs_together_and_what_is_not(two) -> None:
    choose(two.ben, "joy", "fears")
    choose(two.ana, "worth", "joy")
    assert listed(two.ana) == {
        "This is what you both want.": ["joy"],
        "You chose as well": ["worth"],
        "Ben chose as well": ["fears"],
    }
    assert listed(two.ben) == {
        "This is what you both want.": ["joy"],
        "You chose as well": ["fears"],
        "Ana chose as well": ["worth"],
    }
    assert load().aims["joy"].title in two.ana.get("/path").text


def test_two_who_want_different_things_are_told_so_without_a_verdict(two) -> None:
    choose(two.ben, "fears")
    choose(two.ana, "worth")
    assert listed(two.ana) == {
        "You each want something else. Good to know.": [],
        "You chose": ["worth"],
        "Ben chose": ["fears"],
    }


def test_one_may_choose_anew_before_and_after(two) -> None:
    choose(two.ana, "worth")
    choose(two.ana, "joy", "again")
    assert listed(two.ana) == {"Sealed.": ["joy", "again"]}
    choose(two.ben, "joy")
    choose(two.ana, "joy")
    assert listed(two.ben) == {"This is what you both want.": ["joy"]}


@pytest.mark.parametrize("aims", [[], ["joy", "worth", "fears", "again"], ["riches"], ["joy", "joy"]])
def test_it_is_one_to_three_of_six(two, aims) -> None:
    answer = two.ana.post("/path/aims", data={"aims": aims})
    assert answer.status_code == 422
    assert 'id="aims-error"' in answer.text
    for aim in {"joy", "worth", "fears", "again"} & set(aims):
        assert f'value="{aim}" checked' in answer.text
    choose(two.ben, "joy")
    assert "both want" not in two.ben.get("/path/aims").text
