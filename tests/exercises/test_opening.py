"""When both are in: what opens, side by side, what each guessed, what to talk about, and how days are counted."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.db import db
from app.exercises.models import DayTogether
from app.exercises.service import catalogue
from tests.exercises.acts import act, page, respond
from tests.exercises.reading import having, parse, said, seam, text
from tests.factories import TODAY

CHECK_IN = catalogue().exercises["check_in"]
NEED = {need.id: need.text for need in CHECK_IN.needs}
ANAS = {
    "mood": "7", "stress": "2", "need": "space", "feelings": ["sad", "cared-for"], "high": "the morning",
    "low": "the bus", "understood": "6", "valued": "10", "supported": "0",
    "guess_mood": "3", "guess_stress": "9", "guess_need": "help",
}  # fmt: skip
BENS = {
    "mood": "3", "stress": "8", "need": "advice", "feelings": ["safe"], "challenge": "my temper",
    "understood": "5", "valued": "4", "supported": "1",
    "guess_mood": "7", "guess_stress": "0", "guess_need": "space",
}  # fmt: skip


def both(two, prompt, anas=None, bens=None):
    """Both respond, Ana first."""
    respond(two.ana, prompt, **anas or {})
    respond(two.ben, prompt, **bens or {})


def days(app):
    with app.app_context():
        return list(db.session.scalars(select(DayTogether.day).order_by(DayTogether.day)))


# A check-in, open


def test_an_opened_check_in_puts_each_truth_beside_the_others_guess_and_says_whose_it_is(two):
    prompt = two.give("check_in")
    both(two, prompt, ANAS, BENS)
    assert seam(page(two.ana, prompt)) == {
        "What would do good": (
            f"You: {NEED['space']} Ben guessed it",
            f"Ben: {NEED['advice']} You guessed {NEED['help']}",
        ),
        "Mood": ("You: 7 Ben guessed it", "Ben: 3 You guessed it"),
        "Stress": ("You: 2 Ben guessed 0", "Ben: 8 You guessed 9"),
        "In a word": ("You: sad, cared for", "Ben: safe"),
        "Felt understood": ("You: 6", "Ben: 5"),
        "Felt valued": ("You: 10", "Ben: 4"),
        "Felt supported": ("You: 0", "Ben: 1"),
    }
    assert seam(page(two.ben, prompt)) == {
        "What would do good": (
            f"You: {NEED['advice']} Ana guessed {NEED['help']}",
            f"Ana: {NEED['space']} You guessed it",
        ),
        "Mood": ("You: 3 Ana guessed it", "Ana: 7 You guessed it"),
        "Stress": ("You: 8 Ana guessed 9", "Ana: 2 You guessed 0"),
        "In a word": ("You: safe", "Ana: sad, cared for"),
        "Felt understood": ("You: 5", "Ana: 6"),
        "Felt valued": ("You: 4", "Ana: 10"),
        "Felt supported": ("You: 1", "Ana: 0"),
    }


def test_an_opened_check_in_tells_the_words_of_both(two):
    prompt = two.give("check_in")
    both(two, prompt, ANAS, BENS)
    assert said(page(two.ana, prompt)) == [
        ("You, something good", "the morning"), ("You, something hard", "the bus"), ("Ben, working on", "my temper"),
    ]  # fmt: skip
    assert said(page(two.ben, prompt)) == [
        ("Ana, something good", "the morning"), ("Ana, something hard", "the bus"), ("You, working on", "my temper"),
    ]  # fmt: skip


def test_a_check_in_without_a_word_opens_too(two):
    prompt = two.give("check_in")
    both(two, prompt)
    assert said(page(two.ana, prompt)) == []
    assert "In a word" not in seam(page(two.ana, prompt))


# A love map, open


def test_an_opened_love_map_puts_each_answer_beside_the_others_guess(two):
    prompt = two.give("love_map", item="home-smell")
    both(two, prompt, {"answer": "rain", "guess": "smoke"}, {"answer": "resin", "guess": "hay"})
    assert said(page(two.ana, prompt)) == [
        ("You", "rain"), ("Ben thought you would say", "hay"), ("Ben", "resin"), ("You thought Ben would say", "smoke"),
    ]  # fmt: skip
    assert said(page(two.ben, prompt)) == [
        ("You", "resin"), ("Ana thought you would say", "smoke"), ("Ana", "rain"), ("You thought Ana would say", "hay"),
    ]  # fmt: skip


@pytest.mark.parametrize("exercise", ["check_in", "love_map"])
def test_today_says_to_both_that_it_is_open(two, exercise):
    prompt = two.give(exercise, item="home-smell" if exercise == "love_map" else None)
    both(two, prompt)
    for browser in (two.ana, two.ben):
        shown = browser.get("/today").text
        assert "Open to both" in shown
        assert f'href="/prompts/{prompt.id}"' in shown


def test_what_opened_on_a_day_gone_by_shows_today_until_it_was_looked_at(two):
    prompt = two.give("love_map", day=TODAY - timedelta(2), item="home-smell")
    both(two, prompt)
    assert "Open to both" in two.ana.get("/today").text
    page(two.ana, prompt)
    assert "Open to both" not in two.ana.get("/today").text
    assert "Open to both" in two.ben.get("/today").text


# Unfolding


def unfolds(html):
    return ["first" in each.get("class").split() for each in having(parse(html), "opened")] == [True]


def test_it_unfolds_once_for_each(two):
    prompt = two.give("check_in")
    both(two, prompt)
    ahead = two.ana.get(f"/prompts/{prompt.id}", headers={"Sec-Purpose": "prefetch;prerender"}).text
    assert unfolds(ahead)
    assert unfolds(page(two.ana, prompt))
    assert not unfolds(page(two.ana, prompt))
    assert unfolds(page(two.ben, prompt))
    assert not unfolds(page(two.ben, prompt))
    assert not unfolds(page(two.ana, prompt))


def test_a_page_that_refuses_something_does_not_use_up_the_unfolding(two):
    prompt = two.give("check_in")
    both(two, prompt)
    assert act(two.ana, prompt, "amendment", field="high", text="").status_code == 422
    assert unfolds(page(two.ana, prompt))


# To talk about


@pytest.mark.parametrize("need", list(NEED))
def test_what_to_talk_about_fits_what_the_other_needs(two, need):
    prompt = two.give("check_in")
    other = next(each for each in NEED if each != need)
    both(two, prompt, {"need": other}, {"need": need})
    for browser, theirs, name in ((two.ana, need, "Ben"), (two.ben, other, "Ana")):
        starter = next(each for each in parse(page(browser, prompt)).iter("h2") if each.get("id") == "starter")
        assert text(starter) in {each.replace("{you}", name) for each in CHECK_IN.starters[theirs]}


def test_what_to_talk_about_comes_only_when_both_are_in_and_stays_the_same(two):
    prompt = two.give("love_map", item="home-smell")
    respond(two.ana, prompt)
    assert "Now put the phone down" not in page(two.ana, prompt)
    respond(two.ben, prompt)
    first, second = (text(next(having(parse(page(two.ana, prompt)), "starter"))) for _ in range(2))
    assert first == second
    assert "{" not in first


# Days together


def together(browser):
    """What today says of days together, beside the date."""
    return text(next(having(parse(browser.get("/today").text), "day"))).partition(" · ")[2]


def test_a_day_counts_once_however_much_both_did(app, two):
    first, second = two.give("check_in"), two.give("love_map", item="home-smell")
    respond(two.ana, first)
    assert (together(two.ana), together(two.ben), days(app)) == ("", "", [])
    respond(two.ben, first)
    assert (together(two.ana), together(two.ben)) == ("1 day together this month",) * 2
    both(two, second)
    assert (together(two.ana), days(app)) == ("1 day together this month", [TODAY])


def test_a_day_filled_in_later_counts_as_the_day_it_is_for(app, two):
    for day in (TODAY, TODAY - timedelta(2)):
        both(two, two.give("check_in", day=day))
    assert together(two.ben) == "2 days together this month"
    assert days(app) == [TODAY - timedelta(2), TODAY]


def test_only_what_both_did_counts(two):
    respond(two.ana, two.give("check_in"))
    respond(two.ben, two.give("love_map", item="home-smell"))
    assert (together(two.ana), together(two.ben)) == ("", "")


def test_a_month_begins_anew_at_four_in_the_morning_of_its_first_day(two, as_user, ana, ben, at):
    for day in (date(2026, 11, 29), date(2026, 11, 30)):
        at(f"{day}T20:00")
        two.ana, two.ben = as_user(ana), as_user(ben)
        both(two, two.give("check_in", day=day))
    at("2026-12-01T03:59")
    assert together(two.ana) == "2 days together this month"
    at("2026-12-01T04:00")
    assert together(two.ana) == ""
    both(two, two.give("love_map", day=date(2026, 11, 30), item="home-smell"))
    assert together(two.ana) == ""
    both(two, two.give("love_map", day=date(2026, 12, 1), item="home-smell"))
    assert together(two.ana) == "1 day together this month"
