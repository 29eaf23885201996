"""Two in Chromium go through longer exercises: in step on two phones, and side by side on one."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE
from tests.guided.play import finish, go_until

pytestmark = [pytest.mark.only_on("sqlite"), pytest.mark.timeout(300)]
GROUNDS = """
Array.from(document.querySelectorAll('.prompt > :is(.mark, .quiet)'), (each) => getComputedStyle(each).backgroundColor)
"""


def choose(phone, exercise):
    """Begin an exercise from its page."""
    phone.goto("/exercises")
    phone.page.get_by_role("link", name=exercise).click()


def test_two_phones_are_in_step_through_a_long_exercise(phone, as_user, ana, ben, couple):
    one, two = (phone(each, reduced_motion="reduce") for each in (ana, ben))
    choose(one, "Heart to heart")
    one.tap("Begin now")
    one.tap("I am ready")
    one.sees("You are ready. It goes on when you both are.")
    here = one.path()
    two.goto("/today")
    assert two.page.locator(".act:not(.quiet)").all_inner_texts() == ["Go on where you are"]
    assert len(set(two.page.evaluate(GROUNDS))) == 1, "the thread shows through an act"
    two.tap("Go on where you are", "link")
    one.page.evaluate("window.same = true")
    two.tap("I am ready")
    for each in (two, one):
        expect(each.page.locator(".day")).to_contain_text("2 of 9", timeout=PATIENCE)
    go_until((as_user(ana), as_user(ben)), here, "", stop="I have said it")
    two.arrives("Ana speaks, you listen")
    one.tap("Start the time")
    two.page.get_by_role("button", name="Pause the time").wait_for()
    two.page.locator("step-timer[data-ticking] .ring").wait_for()
    one.shoot("guided-time-runs")
    go_until((as_user(ana), as_user(ben)), here, "passing")
    type_and_pause(one, two)
    assert one.page.evaluate("window.same"), "the page was loaded anew"
    finish((as_user(ana), as_user(ben)), here)
    for each in (one, two):
        each.arrives("You have come to the end of it.")
        each.sees("a sign, and a lighthouse")
        each.shoot("guided-end")


def type_and_pause(one, two):
    """What one types is still there when the other has paused, and is not shown to them."""
    field = two.page.get_by_label("Next time it would help me if")
    field.fill("a sign, and a lighthouse")
    one.page.get_by_text("Pause, or stop here").click()
    one.tap("Pause, for both")
    two.arrives("You are pausing.")
    two.tap("Go on")
    expect(field).to_have_value("a sign, and a lighthouse", timeout=PATIENCE)
    two.tap("Seal it")
    two.sees("Sealed. It opens when both are in.")
    one.page.get_by_label("Next time it would help me if").wait_for()
    assert "lighthouse" not in one.page.content()


def test_a_tap_without_a_connection_arrives_once_there_is_one(phone, as_user, ana, ben, couple):
    one = phone(ana)
    choose(one, "Mindful listening")
    one.tap("Begin now")
    one.page.get_by_role("button", name="I am ready").wait_for()
    one.expected.add("503")
    one.context.route("**/moves", lambda route: route.fulfill(status=503))
    one.tap("I am ready")
    one.page.get_by_role("button", name="A moment…").wait_for()
    one.sees("This goes out by itself as soon as there is one.")
    one.context.unroute("**/moves")
    one.sees("You are ready. It goes on when you both are.")


@pytest.mark.parametrize("script", [True, False], ids=["", "without script"])
def test_one_phone_goes_from_hand_to_hand_through_a_long_exercise(phone, ana, ben, couple, script):
    held = phone(ana) if script else phone(ana, java_script_enabled=False, reduced_motion="reduce")
    choose(held, "Mindful listening")
    held.page.get_by_label("Side by side, on this one phone").check()
    held.tap("Begin now")
    handed, page = 0, held.page
    for number in range(40):
        # What there is on a page is asked at once: it must all have come.
        page.wait_for_load_state("domcontentloaded")
        if page.get_by_text("Now put the phone down").count():
            break
        if page.locator("body.handover").count():
            handed += 1
            assert f"words {number - 1}" not in page.content()
            held.shoot(f"guided-handover-{handed}")
            page.locator("a.act").click()
            expect(page.locator(".day")).to_be_visible(timeout=PATIENCE)
            page.wait_for_load_state("domcontentloaded")
        if page.locator("textarea").count():
            page.locator("textarea").fill(f"words {number}")
        if page.locator(".scale").count():
            page.locator('label:has(input[name="rating"][value="8"])').click()
        where = page.locator(".day, .handover h1, .starter h2").first
        before = where.inner_text()
        page.locator("main .act:not(.quiet):visible").first.click()
        expect(where).not_to_have_text(before, timeout=PATIENCE)
    assert handed >= 2
    held.arrives("You have come to the end of it.")
    assert not page.get_by_text("for you alone").count()
