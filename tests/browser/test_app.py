"""It is an app: it can be installed, it works where there is no connection, and by keyboard alone."""

import json
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.core import clock
from tests.factories import PASSWORD, make_prompt
from tests.support.browser import find_browser, launch_args

pytestmark = pytest.mark.only_on("sqlite")
CONTROLLED = "() => navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready.then(() => true)"
WORDS = "What I wanted to say: “yes” & <b>no</b>\nand more"


def ready(phone) -> None:
    """Wait until the worker has everything it keeps, and has this page."""
    phone.page.evaluate(CONTROLLED)
    phone.page.reload()
    phone.until("navigator.serviceWorker.controller !== null")


def test_chromium_finds_nothing_against_installing_it(playwright, browser, address, tmp_path) -> None:
    # A profile of its own: in a window that keeps nothing, nothing can be installed.
    path = find_browser(playwright)
    with playwright.chromium.launch_persistent_context(tmp_path, executable_path=path, args=launch_args()) as context:
        page = context.new_page()
        page.goto(address)
        page.evaluate(CONTROLLED)
        page.reload()
        session = context.new_cdp_session(page)
        assert session.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
        told = session.send("Page.getAppManifest")
        assert told["errors"] == []
        check_icons(page, json.loads(told["data"]), address)


def check_icons(page, manifest, address) -> None:
    """Each icon is what the manifest says of it."""
    for icon in manifest["icons"]:
        answer = page.request.get(address + icon["src"])
        assert answer.headers["content-type"] == icon["type"]
        width, height = (int.from_bytes(answer.body()[at : at + 4], "big") for at in (16, 20))
        assert f"{width}x{height}" == icon["sizes"]
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} >= {"any", "maskable"}


def test_without_a_connection_there_is_a_calm_page_and_nothing_of_the_couple(phone, ana, couple) -> None:
    held = phone(ana)
    held.goto("/today")
    ready(held)
    held.context.set_offline(True)
    held.goto("/history")
    held.arrives("No connection just now.")
    assert "Ana" not in held.page.content()
    kept = held.page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat()"
    )
    assert "/offline" in kept
    assert [path for path in kept if not path.startswith("/static/")] == ["/offline"]
    expect(held.page.get_by_role("link", name="Try again")).to_have_attribute("href", re.compile("/history$"))
    held.context.set_offline(False)
    held.arrives("What you have kept")
    assert held.path() == "/history", "what was asked for comes by itself"


def test_no_form_leaves_its_page_without_a_connection(phone, ana, couple) -> None:
    held = phone(ana)
    page = held.goto("/settings/account")
    name = page.get_by_label("What your partner calls you")
    ready(held)
    held.context.set_offline(True)
    name.fill("Ana of the sea")
    for _ in range(2):
        held.tap("Keep it")
        held.sees("No connection just now. What is here stays")
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(name).to_have_value("Ana of the sea")
    held.faults.clear()
    held.context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_count(0)
    with page.expect_navigation(wait_until="domcontentloaded"):
        held.tap("Keep it")
    held.goto("/settings/account")
    expect(name).to_have_value("Ana of the sea")


def test_words_stay_where_they_are_though_the_browser_thinks_that_it_has_a_connection(phone, ana, couple) -> None:
    held = phone(ana)
    held.context.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', { get: () => true });")
    page = held.goto("/path/listen-first")
    words = page.get_by_label("In your words")
    words.fill(WORDS)
    held.context.set_offline(True)
    held.tap("Keep it")
    held.sees("No connection just now. What is here stays")
    expect(words).to_have_value(WORDS)
    held.faults.clear()
    held.context.set_offline(False)
    held.tap("Keep it")
    held.page.locator(".said", has_text=WORDS).wait_for()


def test_a_browser_that_thinks_it_has_no_connection_may_send_all_the_same(phone, ana, ben, couple, save) -> None:
    """The server may run on the same machine, far from any net."""
    prompt = save(make_prompt(couple, "love_map", item="home-smell"))
    held = phone(ana)
    held.context.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false });")
    page = held.goto("/settings/account")
    page.get_by_label("What your partner calls you").fill("Ana of the sea")
    with page.expect_navigation(wait_until="domcontentloaded"):
        held.tap("Keep it")
    page = held.goto(f"/prompts/{prompt.id}")
    page.get_by_label("My own answer").fill(WORDS)
    page.get_by_label("What would Ben say?").fill("Coffee")
    held.tap("Seal my answer")
    held.arrives("Sealed.")
    held.goto("/settings/account")
    expect(page.get_by_label("What your partner calls you")).to_have_value("Ana of the sea")


def test_what_is_sealed_without_a_connection_goes_out_when_there_is_one(phone, ana, ben, couple, save) -> None:
    prompt = save(make_prompt(couple, "love_map", item="home-smell"))
    held = phone(ana)
    page = held.goto(f"/prompts/{prompt.id}")
    ready(held)
    held.context.set_offline(True)
    held.faults.clear()
    page.get_by_label("My own answer").fill(WORDS)
    page.get_by_label("What would Ben say?").fill("Coffee")
    held.tap("Seal my answer")
    held.sees("goes out sealed as soon as there is one")
    assert page.get_by_label("My own answer").input_value() == WORDS
    held.faults.clear()
    held.context.set_offline(False)
    held.arrives("Sealed.")
    page.get_by_text("What I wrote").click()
    held.sees("What I wanted to say: “yes” & <b>no</b>")


def test_what_waits_on_a_phone_never_goes_out_for_somebody_else(phone, ana, ben, couple, save) -> None:
    prompt = save(make_prompt(couple, "love_map", item="home-smell"))
    shared = phone(ana)
    page = shared.goto(f"/prompts/{prompt.id}")
    ready(shared)
    shared.context.set_offline(True)
    page.get_by_label("My own answer").fill("of Ana alone")
    page.get_by_label("What would Ben say?").fill("Coffee")
    shared.tap("Seal my answer")
    shared.sees("goes out sealed as soon as there is one")
    shared.context.clear_cookies()
    other = phone(ben)
    shared.context.add_cookies(other.context.cookies())
    shared.faults.clear()
    shared.expected |= {"401"}
    shared.context.set_offline(False)
    shared.goto(f"/prompts/{prompt.id}")
    expect(page.get_by_label("My own answer")).to_have_value("")
    assert "of Ana alone" not in page.content()
    other.goto("/today")
    assert "is in" not in other.page.inner_text("main")


def test_words_are_there_again_after_signing_in_anew(phone, ana, couple, save, at) -> None:
    prompt = save(make_prompt(couple, "love_map", item="home-smell"))
    held = phone(ana)
    held.expected |= {"401"}
    page = held.goto(f"/prompts/{prompt.id}")
    page.get_by_label("My own answer").fill(WORDS)
    page.get_by_label("What would Ben say?").fill("Coffee")
    held.context.clear_cookies(name="nothing")
    at(clock.now() + timedelta(days=20))
    held.tap("Seal my answer")
    held.arrives("Please sign in once more.")
    held.sees("What you wrote is kept, sealed")
    page.get_by_label("User name or e-mail address").fill("ana")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    held.tap("Sign in")
    held.sees("What you had typed")
    held.sees("What I wanted to say")


def test_words_survive_a_reload_and_the_back_button(phone, ana, couple, save) -> None:
    prompt = save(make_prompt(couple, "love_map", item="home-smell"))
    held = phone(ana)
    page = held.goto(f"/prompts/{prompt.id}")
    page.get_by_label("My own answer").fill(WORDS)
    held.sees("Kept")
    page.reload()
    expect(page.get_by_label("My own answer")).to_have_value(WORDS)
    page.get_by_label("What would Ben say?").fill("Tea")
    held.goto("/today")
    page.go_back()
    expect(page.get_by_label("What would Ben say?")).to_have_value("Tea")


def test_words_stay_when_something_else_is_sent_from_the_same_page(phone, as_user, ana, ben, couple, save) -> None:
    prompt = save(make_prompt(couple, "appreciation", item="errand"))
    as_user(ben).post(f"/prompts/{prompt.id}/response", data={"text": "You waited with dinner."})
    held = phone(ana)
    page = held.goto(f"/prompts/{prompt.id}")
    page.get_by_role("radio", name="9").check(force=True)
    page.get_by_label("One thing Ben did or said").fill(WORDS)
    held.tap("Tell Ben")
    held.sees("You said it landed: 9 of 10")
    expect(page.get_by_label("One thing Ben did or said")).to_have_value(WORDS)


def test_words_of_somebody_quicker_than_the_scripts_are_kept(phone, ana, couple, save) -> None:
    prompt = save(make_prompt(couple, "love_map", item="home-smell"))
    held = phone(ana)
    held.page.route("**/draft-keeper.js", lambda route: late(held, route), times=1)
    page = held.page
    page.goto(f"{held.address}/prompts/{prompt.id}", wait_until="commit")
    held.sees("Kept")
    page.reload()
    expect(page.get_by_label("My own answer")).to_have_value(WORDS)


def late(held, route) -> None:
    """Let a script come only after somebody has typed."""
    held.page.get_by_label("My own answer").fill(WORDS)
    route.continue_()


def test_a_check_in_takes_nothing_but_a_keyboard(phone, ana, ben, couple, save) -> None:
    save(make_prompt(couple, "check_in"))
    desk = phone(ana, viewport={"width": 1280, "height": 800}, has_touch=False, is_mobile=False)
    page = desk.goto("/today")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the page"
    page.keyboard.press("Enter")
    press_to(page, r"Check in")
    page.keyboard.press("Enter")
    desk.arrives("How are you, really?")
    for name in (
        "mood",
        "stress",
        "understood",
        "valued",
        "supported",
        "need",
        "guess_mood",
        "guess_stress",
        "guess_need",
    ):
        press_to(page, name, by="name")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        assert page.locator(f"input[name={name}]:checked").count() == 1
    press_to(page, r"Seal my check-in")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    desk.arrives("Sealed.")


def focused(page) -> str:
    text: str = page.evaluate("document.activeElement.innerText.trim()")
    return text


def press_to(page, wanted: str, by: str = "innerText") -> None:
    """Press Tab until the focus is there; a whole page takes no more than a hundred."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if re.match(wanted, page.evaluate(f"document.activeElement.{by} ?? ''")):
            return
    raise AssertionError(f"the keyboard never came to {wanted}")
