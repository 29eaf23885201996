"""The story of a map: both sit the balance, one in two goes; both open it, read it, and one takes it back."""

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import expect

from app.accounts.models import Person
from app.couples.models import Couple
from tests.assessments.sit import BALANCE, every
from tests.browser.conftest import Phone
from tests.browser.gallery import SEEN_BY_ANA, SEEN_BY_BEN
from tests.exercises.acts import unchecked

OPEN_PAGES = 5
CHOOSE = """(chosen) => {
    for (const [name, value] of chosen)
        document.querySelector(`input[name="${name}"][value="${value}"]`)?.click();
}"""


@pytest.mark.only_on("sqlite")
@pytest.mark.timeout(300)
def test_two_sit_the_balance_and_read_the_map_until_one_takes_it_back(
    phone: Callable[..., Phone], as_user: Callable, couple: Couple, ana: Person, ben: Person
) -> None:
    one, two = (phone(each, reduced_motion="reduce") for each in (ana, ben))

    sit_in_two_goes(one)
    before = unchecked(as_user(ben)).get("/assessments").text
    one.tap("To the map", "link")
    one.page.get_by_role("button", name="Open my answers of").click()
    one.arrives("Your answers are open from your side.")
    assert unchecked(as_user(ben)).get("/assessments").text == before, "nobody is told"
    sit_at_once_and_open(two)
    read_the_same_map(one, two)

    two.tap("Take my answers back")
    two.arrives("Both views, if both of you want that.")
    one.page.reload()
    one.arrives("Your answers are open from your side.")
    assert one.page.locator("svg.balance").count() == 0
    assert one.faults == two.faults == []


def sit_in_two_goes(one: Phone) -> None:
    """Ana is told of it gently, stops in the midst, goes back, goes on; and answers what is asked in private."""
    one.goto("/today")
    one.tap("Look at it", "link")
    one.arrives("A few questions, at your pace.")
    one.tap("Begin")
    answer(one, SEEN_BY_ANA, pages=1)
    one.page.evaluate(CHOOSE, [["time-who", "0"]])
    one.tap("Stop here")
    one.arrives("You have begun; it waits for you.")
    one.tap("Go on")
    one.sees("5 to 8 of 20")
    assert one.page.locator('input[name="time-who"][value="0"]').is_checked()
    one.tap("Back")
    one.sees("1 to 4 of 20")
    expect(one.page.locator("input:checked")).to_have_count(4)
    answer(one, SEEN_BY_ANA, pages=OPEN_PAGES)

    one.arrives("A few more, if you want them.")
    one.tap("Look at them", "link")
    answer(one, every(BALANCE, 1, private=True), pages=2)
    one.arrives("That is all of it.")
    one.tap("Finish")
    one.arrives("What you answered.")
    one.tap("What you answered in private", "link")
    one.sees("Some of it does not sound free.")
    here = one.path().removesuffix("/private")
    one.goto(here)


def sit_at_once_and_open(two: Phone) -> None:
    """Ben sits it in one go, leaves out what is asked in private, and opens his answers."""
    two.goto("/assessments/balance")
    two.tap("Begin")
    answer(two, SEEN_BY_BEN, pages=OPEN_PAGES)
    two.tap("Leave them out", "link")
    two.tap("Finish")
    two.tap("To the map", "link")
    two.page.get_by_role("button", name="Open my answers of").click()


def read_the_same_map(one: Phone, two: Phone) -> None:
    """Each finds their names, all answers and nothing private on it, drawn alike on both phones."""
    for each, name in ((two, "Ana"), (one, "Ben")):
        each.goto("/assessments/balance/map")
        each.arrives("You agree more than you differ.")
        each.sees("Seen differently")
        each.sees(f"{name}’s answer")
        assert each.page.locator("svg.balance .half").count() == 2 * len(BALANCE.compared)
        assert "Sometimes" not in each.page.locator("main").inner_text()
    drawn = [each.page.locator("svg.balance").inner_html() for each in (one, two)]
    assert drawn[0] == drawn[1]


def answer(who: Phone, chosen: Mapping[str, int | str], *, pages: int) -> None:
    """Choose on so many pages, and go on after each."""
    for _ in range(pages):
        who.sees("Only you see this.")
        here = who.path()
        who.page.evaluate(CHOOSE, [[name, str(value)] for name, value in chosen.items()])
        who.tap("Go on")
        who.until(f"location.pathname !== '{here}' && document.readyState === 'complete'")
