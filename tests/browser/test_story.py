"""The story: two people with two phones, from registration to a week of history."""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from app.core import clock
from tests.browser.conftest import Phone
from tests.factories import PASSWORD

ANSWERED = {0, 2}
"""The days with a question of the love map, from Monday, day 0. Within three days there is something of each kind."""

PRACTISED = 1
"""The days, from Monday on, on which the story taps on each number and word as a thumb does."""
CHOOSE = """(chosen) => chosen.every(([name, value]) => {
    const field = document.querySelector(`input[name="${name}"][value="${value}"]`);
    field.labels[0].click();
    return field.checked;
})"""


def register(phone: Phone, name: str, way: str = "/register") -> None:
    """Make an account, and keep the codes."""
    page = phone.goto(way) if way else phone.page
    page.get_by_label("What your partner calls you").fill(name)
    page.get_by_label("A name to sign in with").fill(name.casefold())
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Time zone").select_option("UTC")
    page.get_by_label("I am 18 or older").check()
    phone.shoot(f"{name}-register")
    phone.tap("Create my account")
    phone.arrives("Keep these eight codes.")
    phone.shoot(f"{name}-codes")
    phone.tap("I have kept them", "link")


def pair(ana: Phone, ben: Phone) -> None:
    """Ana invites, Ben follows the link and registers, both compare four words."""
    register(ana, "Ana")
    ana.shoot("ana-today-alone")
    ana.tap("Invite your partner", "link")
    ana.shoot("ana-before")
    ana.tap("Invite my partner")
    ana.shoot("ana-invitation")
    link = ana.page.get_by_text("/invited#").inner_text().replace("http://localhost:8000", "")
    ben.goto(link)
    ben.shoot("ben-invited")
    if not ben.page.get_by_label("The code of the invitation").input_value():
        ben.page.get_by_label("The code of the invitation").fill(link.partition("#")[2])
    ben.tap("Go on")
    register(ben, "Ben", way="")
    ben.arrives("Join your partner.")
    ben.shoot("ben-joining")
    ben.tap("Ask to join")
    ben.arrives("Read these to Ana.")
    ben.shoot("ben-waiting")
    read_aloud = ben.page.locator("ol.code li").all_inner_texts()
    ana.tap("Look whether it was used", "link")
    ana.arrives("Ben asks to join you.")
    ana.shoot("ana-confirm")
    assert ana.page.locator("ol.code li").all_inner_texts() == read_aloud
    ana.tap("Yes, the same four words")
    ana.sees("Now you are two.")
    ben.tap("Look whether it is confirmed", "link")
    ben.sees("Now you are two.")


def rate(phone: Phone, name: str, value: int) -> None:
    """Tap a number of a scale."""
    choose(phone, name, str(value))


def choose(phone: Phone, name: str, value: str) -> None:
    """Tap one of several, where the thumb would: on its label."""
    phone.page.locator(f'label:has(input[name="{name}"][value="{value}"])').click()
    assert phone.page.locator(f'input[name="{name}"][value="{value}"]').is_checked()


def choose_all(phone: Phone, chosen: dict[str, str], *, thumb: bool) -> None:
    """Choose these, each by a tap; or all at once, by who has learned what a tap there does."""
    if thumb:
        for name, value in chosen.items():
            choose(phone, name, value)
    else:
        assert phone.page.evaluate(CHOOSE, [*chosen.items()])


def today(phone: Phone) -> Page:
    """The page of the day, which is loaded anew unless it has been already."""
    return phone.page if phone.path() == "/today" else phone.goto("/today")


def check_in(
    phone: Phone, *, mood: int, need: str, guess: int, need_guess: str, high: str = "", thumb: bool = True
) -> None:
    """The daily check-in, in about a minute."""
    page = today(phone)
    page.get_by_role("link", name="Check in").click()
    phone.arrives("How are you, really?")
    felt = {"mood": mood, "stress": 10 - mood, "understood": 7, "valued": 8, "supported": 6}
    choose_all(phone, {name: str(value) for name, value in felt.items()}, thumb=thumb)
    page.get_by_text("Bright", exact=True).click()
    choose_all(phone, {"feelings": "hopeful", "need": need}, thumb=thumb)
    if high:
        page.get_by_text("Add a few words, if you like").click()
        page.get_by_label("Something good").fill(high)
    guessed = {"guess_mood": str(guess), "guess_stress": str(10 - guess), "guess_need": need_guess}
    choose_all(phone, guessed, thumb=thumb)
    phone.shoot("check-in-form")
    phone.tap("Seal my check-in")


def appreciate(phone: Phone, text: str, name: str) -> None:
    """Give one kind word."""
    page = today(phone)
    page.get_by_role("link", name="Shared appreciation").first.click()
    page.get_by_label("did or said").fill(text)
    phone.shoot("appreciation-form")
    phone.tap(f"Give it to {name}")
    phone.page.locator("h1:has-text('Both are open.'), h1:has-text('can read it.')").wait_for()


def answer(phone: Phone, text: str, guess: str, name: str) -> None:
    """Answer the question of the love map, and guess."""
    page = today(phone)
    page.get_by_role("link", name="Answer").first.click()
    page.get_by_label("My own answer").fill(text)
    page.get_by_label(f"What would {name} say?").fill(guess)
    phone.shoot("love-map-form")
    phone.tap("Seal my answer")


def turn(phone: Phone, text: str = "", act: str = "", heard: int | None = None) -> None:
    """Take a turn in the mirroring of today."""
    if heard is not None:
        rate(phone, "heard", heard)
    if text:
        phone.page.locator("textarea[name=text]").fill(text)
    phone.shoot(f"mirroring-{act}")
    before = phone.page.locator(".talk .said").count()
    phone.tap(act)
    phone.page.locator(".talk .said").nth(before).wait_for()


def mirror(first: Phone, second: Phone, one: str, other: str) -> None:
    """A whole mirroring on two phones: both speak, both are heard, one of them at the second try."""
    first.goto("/today")
    first.page.get_by_role("link", name="Begin").click()
    here = first.path()
    turn(first, "I miss our slow mornings.", f"Give it to {other}")
    second.goto(here)
    turn(second, "You want to sleep longer.", f"Give it to {one}")
    first.goto(here)
    turn(first, "It is about being together, not about sleep.", "Something is missing", heard=5)
    second.goto(here)
    turn(second, "You miss the two of us, unhurried.", f"Give it to {one}")
    first.goto(here)
    turn(first, "", f"{other} has it", heard=9)
    second.goto(here)
    turn(second, "It makes sense: weeks were loud.", f"Give it to {one}")
    turn(second, "I worry about my sister.", f"Give it to {one}")
    first.goto(here)
    turn(first, "Your sister is on your mind a lot.", f"Give it to {other}")
    second.goto(here)
    turn(second, "", f"{one} has it", heard=8)
    first.goto(here)
    turn(first, "Of course; she is alone there.", f"Give it to {other}")
    first.arrives("You have heard each other.")
    first.shoot("mirroring-done")


def live(ana: Phone, ben: Phone, day: int) -> None:
    """One day of the two, from Monday, day 0."""
    thumb = day < PRACTISED
    high = f"High of day {day}"
    ana.goto("/today")
    check_in(ana, mood=3 + day % 5, need="listening", guess=6, need_guess="space", high=high, thumb=thumb)
    ana.arrives("Sealed.")
    assert "hopeful" not in ben.goto("/today").content()
    check_in(ben, mood=6, need="space", guess=3 + day % 5, need_guess="advice", thumb=thumb)
    ben.arrives("Both are open.")
    ben.sees(high)
    ben.shoot("reveal")
    ana.page.reload()
    ana.arrives("Both are open.")
    appreciate(ana, f"You made soup on day {day}.", "Ben")
    ben.goto("/today")
    ben.sees("Ana left something for you.")
    appreciate(ben, f"You called my mother on day {day}.", "Ana")
    rate(ben, "landed", 9)
    ben.page.get_by_label("A word of thanks, if you like").fill("That warmed me.")
    ben.tap("Tell Ana")
    if day in ANSWERED:
        answer(ana, f"Rain on leaves {day}", "Coffee", "Ben")
        answer(ben, f"Fresh bread {day}", "Rain", "Ana")
        ben.tap("Close")
        ben.shoot("love-map-open")
    if day == 1:
        mirror(ana, ben, "Ana", "Ben")


@pytest.mark.only_on("sqlite")
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("script", "days"), [(True, 7), (False, 2)], ids=["a week", "without script"])
def test_two_people_live_and_find_it_again(
    phone: Callable[..., Phone], at: Callable[..., object], script: bool, days: int
) -> None:
    at("2026-11-09T19:00")
    ana, ben = (phone(java_script_enabled=script, reduced_motion="reduce") for _ in "ab")
    pair(ana, ben)
    for day in range(days):
        at(clock.now().replace(day=9 + day))
        live(ana, ben, day)
    page = ana.goto("/today")
    ana.sees(f"{days} days together this month")
    ana.shoot("today-done")
    ana.goto("/history")
    assert page.locator(".kept-day").count() == days
    ana.shoot("history")
    ana.goto("/history/map")
    number = len(ANSWERED & {*range(days)})
    ana.sees(f"{number} questions you both answered." if number > 1 else "One question you both answered.")
    ana.shoot("map")
    ana.goto("/history/jar")
    ana.sees(f"{days} things Ben saw in you.")
    ana.shoot("jar")
    if "SHOTS" not in os.environ:
        return
    at(clock.now() + timedelta(days=1))
    for path in ("/plan", "/settings", "/couple", "/leaving", "/help-lines", "/help-lines?country=IE", "/privacy", "/"):
        ana.goto(path)
        ana.shoot(path.strip("/").replace("?", "-") or "root")
