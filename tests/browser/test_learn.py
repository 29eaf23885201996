"""The shelf in a real Chromium: it finds while one types, by keyboard alone, and keeps what was typed out of sight."""

import pytest
from playwright.sync_api import expect

from app.learn.routes import index

pytestmark = pytest.mark.only_on("sqlite")


def test_topics_appear_while_one_types_and_are_there_again_on_the_way_back(phone) -> None:
    typed = "aplogy"
    told = f"{len(index().find(typed).hits)} topics."
    held = phone(None)
    page = held.goto("/learn")
    status, keys = page.get_by_role("status"), page.keyboard
    page.get_by_role("searchbox", name="What do you want to understand?").focus()
    keys.type(typed)
    expect(status).to_have_text(told)
    expect(page.locator("details")).to_have_count(0)
    assert page.url.endswith("/learn")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    held.arrives("Saying sorry so that it helps")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value(typed)
    expect(status).to_have_text(told)
    page.get_by_role("searchbox").fill("")
    expect(page.locator("details")).to_have_count(9)
    expect(status).to_be_empty()
    keys.type(typed)
    expect(status).to_have_text(told)
    held.tap("All topics", "link")
    expect(page.locator("details")).to_have_count(9)
    held.until("customElements.get('topic-search')")
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_words_of_danger_bring_help_while_one_types_and_enter_leaves_no_trace_in_the_address(phone) -> None:
    held = phone(None)
    page = held.goto("/learn?q=money")
    page.get_by_role("searchbox").fill("afraid")
    page.keyboard.press("Enter")
    first = page.locator("[data-found] a").first
    expect(first).to_have_text("Help lines")
    assert page.url.endswith("/learn")
    first.click()
    held.arrives("Somebody to talk to, now.")


def test_what_is_typed_before_the_scripts_have_come_is_looked_for(phone) -> None:
    held = phone(None)
    page = held.page

    def late(route) -> None:
        page.get_by_role("searchbox").fill("aplogy")
        route.continue_()

    page.route("**/topic-search.js", late, times=1)
    page.goto(f"{held.address}/learn", wait_until="commit")
    expect(page.locator("[data-found] a").first).to_contain_text("Saying sorry so that it helps")


def test_without_a_connection_the_search_says_so_and_what_was_found_stays(phone) -> None:
    held = phone(None)
    page = held.goto("/learn")
    page.get_by_role("searchbox").fill("aplogy")
    expect(page.locator("[data-found] a").first).to_contain_text("Saying sorry so that it helps")
    held.context.set_offline(True)
    page.get_by_role("searchbox").fill("money")
    expect(page.get_by_role("status")).to_have_text("No connection just now.")
    expect(page.locator("[data-found] a").first).to_contain_text("Saying sorry so that it helps")
    assert all("ERR_INTERNET_DISCONNECTED" in fault for fault in held.faults)
    held.faults.clear()
