"""To answer alone: what is asked, what becomes of it, how long it can be changed, and how late it can be given."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import db
from app.couples.models import Couple
from app.exercises.models import Response
from app.exercises.service import catalogue
from tests.exercises.acts import ABOUT_TWO, ALONE, CHECK_IN, GUESSES, LOVE_MAP, act, page, respond
from tests.exercises.reading import fields, parse, said
from tests.factories import NOW, TODAY, make_prompt

ITEMS = {"check_in": None, "love_map": "home-smell", "appreciation": None}
WORDS = {"check_in": "high", "love_map": "answer", "appreciation": "text"}
OPENS_TO_BOTH = pytest.mark.parametrize("exercise", ["check_in", "love_map"])
EVERY = pytest.mark.parametrize("exercise", list(ITEMS))


@pytest.fixture
def give(two):
    """A prompt for both, with a question where there is one."""
    nudge = next(iter(catalogue().exercises["appreciation"].items))

    def give_prompt(exercise, **others):
        item = nudge if exercise == "appreciation" else ITEMS[exercise]
        return two.give(exercise, item=item, **others)

    return give_prompt


def rows(app):
    with app.app_context():
        return list(db.session.scalars(select(Response).order_by(Response.submitted_at)))


# What is asked


@EVERY
def test_nothing_is_chosen_beforehand(two, give, exercise):
    prompt = give(exercise)
    asked = fields(page(two.ana, prompt), f"/prompts/{prompt.id}/response")
    assert all(value == "" for _, value in asked)
    assert {name for name, _ in asked} == {
        "check_in": {"high", "low", "challenge"},
        "love_map": {"answer", "guess"},
        "appreciation": {"text"},
    }[exercise]


def test_a_check_in_asks_for_everything_that_it_needs(two, give):
    prompt = give("check_in")
    names = {each.get("name") for each in parse(page(two.ana, prompt)).iter("input")}
    assert set(CHECK_IN) | {"feelings"} <= names


def test_the_question_of_the_day_is_asked_of_both(two, give):
    prompt = give("love_map")
    question = catalogue().exercises["love_map"].items["home-smell"].text
    for browser in (two.ana, two.ben):
        assert question in page(browser, prompt)
        assert question in browser.get("/today").text


# Sealed


@OPENS_TO_BOTH
def test_an_answer_is_sealed_and_still_its_authors_to_read(two, give, exercise):
    prompt = give(exercise)
    answer = respond(two.ana, prompt, **{WORDS[exercise]: "only mine\nso far"})
    assert (answer.status_code, answer.location) == (303, f"/prompts/{prompt.id}")
    shown = page(two.ana, prompt)
    assert "Sealed." in shown
    assert "It opens when both are in." in shown
    assert "only mine\nso far" in said(shown)[0][1]
    assert "Sealed. It opens when both are in." in two.ana.get("/today").text


@OPENS_TO_BOTH
def test_before_both_are_in_the_others_pages_are_as_if_nothing_had_been_given(two, give, exercise):
    prompt = give(exercise)
    paths = ("/today", f"/prompts/{prompt.id}", "/history", f"/history/{exercise}")
    before = [two.ben.get(path).text for path in paths]
    respond(two.ana, prompt)
    assert [two.ben.get(path).text for path in paths] == before


def test_an_appreciation_is_read_at_once(two, give):
    prompt = give("appreciation")
    respond(two.ana, prompt, text="You sang in the kitchen")
    assert ("Ana", "You sang in the kitchen") in said(page(two.ben, prompt))
    assert "Ana left something for you." in two.ben.get("/today").text
    assert "Ben can read it." in page(two.ana, prompt)
    assert "Ben has it." in two.ana.get("/today").text


# Changed, and not any more


@OPENS_TO_BOTH
def test_the_form_to_change_it_holds_what_was_given(two, give, exercise):
    prompt = give(exercise)
    given = {"feelings": ["sad", "lost"], "high": "two\nlines", "low": "<&>"} if exercise == "check_in" else {}
    respond(two.ana, prompt, **given)
    held = fields(page(two.ana, prompt, "?edit"), f"/prompts/{prompt.id}/response")
    standard = {"check_in": {**CHECK_IN, "challenge": ""}, "love_map": LOVE_MAP}[exercise] | given
    meant = [(name, each) for name, value in standard.items() for each in (value if type(value) is list else [value])]
    assert sorted(held) == sorted(meant)


@OPENS_TO_BOTH
def test_it_can_be_changed_until_it_opens_and_then_shows_as_it_was_last(app, two, give, exercise, at):
    prompt = give(exercise)
    respond(two.ana, prompt, **{WORDS[exercise]: "first thought"})
    at(NOW + timedelta(minutes=5))
    assert respond(two.ana, prompt, **{WORDS[exercise]: "second thought"}).status_code == 303
    (row,) = rows(app)
    assert row.submitted_at == NOW
    assert "second thought" in page(two.ana, prompt)
    respond(two.ben, prompt)
    shown = page(two.ben, prompt)
    assert "second thought" in shown
    assert "first thought" not in shown + page(two.ana, prompt)


@EVERY
def test_what_is_open_is_never_changed_and_the_words_are_kept(two, give, exercise):
    prompt = give(exercise)
    respond(two.ana, prompt, **{WORDS[exercise]: "as I said it"})
    respond(two.ben, prompt)
    seen = page(two.ben, prompt), page(two.ben, prompt)[1]
    answer = respond(two.ana, prompt, **{WORDS[exercise]: "I never said that"})
    assert answer.status_code == 409
    assert "This is open to both now, so it stays as it is." in answer.text
    assert ("What you had typed", "I never said that") in [
        (who, words.split("\n")[0]) for who, words in said(answer.text)
    ]
    assert page(two.ben, prompt) == seen[0].replace('class="opened first"', 'class="opened"')
    assert "as I said it" in page(two.ana, prompt)


def test_a_gift_is_never_changed_even_before_there_is_one_in_return(two, give):
    prompt = give("appreciation")
    respond(two.ana, prompt, text="as I said it")
    before = page(two.ben, prompt)
    answer = respond(two.ana, prompt, text="something else")
    assert answer.status_code == 409
    assert ("What you had typed", "something else") in said(answer.text)
    assert page(two.ben, prompt) == before


@EVERY
def test_the_same_sent_twice_is_given_once(app, two, give, exercise):
    prompt = give(exercise)
    for _ in range(2):
        assert respond(two.ana, prompt).status_code == 303
    assert len(rows(app)) == 1
    respond(two.ben, prompt)
    again = respond(two.ana, prompt)
    assert (again.status_code, again.location) == (303, f"/prompts/{prompt.id}")
    assert {row.author_id for row in rows(app)} == {rows(app)[0].author_id, rows(app)[1].author_id}
    assert len(rows(app)) == 2


# Late


@pytest.mark.parametrize("days", [1, 2, 3])
@OPENS_TO_BOTH
def test_a_day_can_be_filled_in_for_three_days_and_says_that_it_was(app, two, give, exercise, days):
    prompt = give(exercise, day=TODAY - timedelta(days))
    weekday = f"{prompt.day:%A}"
    assert f"for {weekday}" in page(two.ana, prompt)
    assert f"for {weekday}" in two.ana.get("/today").text
    respond(two.ana, prompt)
    assert rows(app)[0].given_on == TODAY
    respond(two.ben, prompt)
    assert all("filled in later" in page(browser, prompt) for browser in (two.ana, two.ben))


def test_what_is_given_on_its_day_is_not_called_late(two, give, at):
    prompt = give("check_in")
    respond(two.ana, prompt)
    respond(two.ben, prompt)
    at("2026-11-13T03:59")
    assert "filled in later" not in page(two.ana, prompt)


@EVERY
def test_after_three_days_it_is_closed_and_the_words_are_kept(app, two, give, exercise):
    prompt = give(exercise, day=TODAY - timedelta(4))
    assert "gone by" in page(two.ana, prompt)
    answer = respond(two.ana, prompt, **{WORDS[exercise]: "TOO LATE\nbut mine"})
    assert answer.status_code == 409
    assert "This one is closed now. Your words are kept as a draft." in answer.text
    for shown in (answer.text, page(two.ana, prompt)):
        assert "TOO LATE\nbut mine" in dict(said(shown))["What you had typed"]
    assert rows(app) == []
    assert "TOO LATE" not in page(two.ben, prompt)


@pytest.mark.parametrize(("when", "status"), [("2026-11-16T03:59:59", 303), ("2026-11-16T04:00", 409)])
def test_the_third_day_ends_at_four_in_the_morning(two, give, at, when, status):
    prompt = give("check_in")
    at(when)
    assert respond(two.ana, prompt).status_code == status


def test_nothing_can_be_given_for_a_day_that_has_not_come(app, two, give):
    prompt = give("check_in", day=TODAY + timedelta(1))
    assert respond(two.ana, prompt).status_code == 409
    assert rows(app) == []


# Alone


@pytest.fixture
def carols(as_user, carol, save, app):
    """Carol's browser, and what gives a prompt to her alone."""
    with app.app_context():
        couple = db.session.scalars(select(Couple)).one()
        db.session.expunge(couple)
    return as_user(carol), lambda *args, **kwargs: save(make_prompt(couple, *args, **kwargs))


@pytest.mark.parametrize(
    ("exercise", "typed"),
    [
        ("check_in", {**ALONE, "high": "by myself"}),
        ("love_map", {"answer": "by myself"}),
        ("appreciation", {"text": "by myself"}),
    ],
)
def test_somebody_alone_answers_for_themselves_and_keeps_it(carols, exercise, typed):
    browser, give = carols
    nudge = next(iter(catalogue().exercises["appreciation"].items))
    prompt = give(exercise, item={"love_map": "home-smell", "appreciation": nudge}.get(exercise))
    asked = page(browser, prompt)
    names = {each.get("name") for tag in ("input", "textarea") for each in parse(asked).iter(tag)}
    assert not names & {*ABOUT_TWO, *GUESSES, "guess"}
    assert "It stays yours alone." in asked
    assert act(browser, prompt, "response", **typed).status_code == 303
    shown = page(browser, prompt)
    assert "Kept, for you alone." in shown
    assert "by myself" in said(shown)[0][1]
    assert act(browser, prompt, "response", **{**typed, WORDS[exercise]: "put better"}).status_code == 303
    assert "put better" in page(browser, prompt)
    today = browser.get("/today").text
    assert "That was today." in today
    assert "Now each other." not in today
    assert "has waited" not in today


def test_a_guess_about_nobody_is_refused(carols):
    browser, give = carols
    prompt = give("love_map", item="home-smell")
    answer = act(browser, prompt, "response", answer="mine", guess="whose?")
    assert answer.status_code == 422
    assert ("answer", "mine") in fields(answer.text, f"/prompts/{prompt.id}/response")


def test_what_was_kept_alone_is_never_said_to_have_waited(carols, at):
    browser, give = carols
    prompt = give("check_in")
    act(browser, prompt, "response", **ALONE)
    at(NOW + timedelta(days=6))
    assert "Kept, for you alone." in page(browser, prompt)
    assert "has waited" not in browser.get("/today").text + page(browser, prompt)


# A question set aside


def test_an_answer_to_a_question_that_is_set_aside_stays_its_authors(two, give):
    prompt = give("love_map")
    respond(two.ben, prompt, answer="already sealed")
    other = act(two.ana, prompt, "setting-aside").location.removeprefix("/prompts/")
    shown = page(two.ben, prompt)
    assert "This question was set aside. What you wrote is still yours." in shown
    assert "already sealed" in said(shown)[0][1]
    assert "This question was set aside." in two.ben.get("/today").text
    assert "already sealed" not in page(two.ana, prompt) + two.ana.get(f"/prompts/{other}").text
    refused = respond(two.ana, prompt, answer="after all")
    assert refused.status_code == 409
    assert "after all" in dict(said(refused.text))["What you had typed"]


def test_an_answer_to_a_question_set_aside_can_be_let_go(two, give):
    prompt = give("love_map")
    respond(two.ben, prompt, answer="already sealed")
    act(two.ana, prompt, "setting-aside")
    assert act(two.ben, prompt, "release").status_code == 303
    assert ("Ben", "already sealed") in said(page(two.ana, prompt))
    assert act(two.ben, prompt, "discarding").status_code == 409


def test_an_answer_to_a_question_set_aside_can_be_taken_back(app, two, give):
    prompt = give("love_map")
    respond(two.ben, prompt, answer="already sealed")
    act(two.ana, prompt, "setting-aside")
    assert act(two.ben, prompt, "discarding").status_code == 303
    assert rows(app) == []
    assert "already sealed" not in page(two.ben, prompt)
