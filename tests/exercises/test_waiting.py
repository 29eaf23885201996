"""A response that has waited two days belongs to its author: let it wait, let the other read it, or discard it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import db
from app.exercises.models import Response
from tests.exercises.acts import act, page, respond
from tests.exercises.reading import fields, said
from tests.factories import NOW

TWO_DAYS = NOW + timedelta(hours=48)
WAITED = "Yours has waited 2 days."
CHOICES = ("keeping", "release", "discarding")


@pytest.fixture
def prompt(two):
    """A question that Ana has answered."""
    given = two.give("love_map", item="home-smell")
    respond(two.ana, given, answer="rain", guess="smoke")
    return given


def rows(app):
    with app.app_context():
        return list(db.session.scalars(select(Response)))


def of_ben(two, prompt):
    """All that Ben can see of a prompt."""
    paths = (
        "/today",
        f"/prompts/{prompt.id}",
        f"/prompts/{prompt.id}?edit",
        "/history",
        "/history/love_map",
        "/history/map",
    )
    return [two.ben.get(path).text for path in paths]


def test_it_is_asked_after_exactly_two_days(two, prompt, at):
    at(TWO_DAYS - timedelta(seconds=1))
    assert WAITED not in page(two.ana, prompt) + two.ana.get("/today").text
    at(TWO_DAYS)
    shown = page(two.ana, prompt)
    assert WAITED in shown
    assert "It belongs to you. Nobody is told." in shown
    assert all(f'action="/prompts/{prompt.id}/{choice}"' in shown for choice in CHOICES)
    assert WAITED in two.ana.get("/today").text


def test_it_is_still_asked_days_later(two, prompt, at):
    at(TWO_DAYS + timedelta(days=5))
    assert "Yours has waited 7 days." in two.ana.get("/today").text
    assert "Yours has waited 7 days." in page(two.ana, prompt)


@pytest.mark.parametrize(("later", "query"), [(NOW, ""), (NOW, "?edit"), (TWO_DAYS, "")])
def test_what_cannot_be_undone_is_never_one_tap_away(two, prompt, at, later, query):
    at(later)
    act, inside = f'action="/prompts/{prompt.id}/discarding"', r"<details(?:(?!</details>).)*"
    shown = page(two.ana, prompt, query)
    assert shown.count(act) == len(re.findall(inside + re.escape(act), shown, re.DOTALL)) == 1
    assert "gone, for you as well" in shown


@pytest.mark.parametrize("choice", ["keeping", "discarding"])
def test_the_others_pages_never_mention_it(two, prompt, at, choice):
    at(TWO_DAYS)
    for browser in (two.ana, two.ben):
        browser.get("/today")
    before = of_ben(two, prompt)
    assert "has waited" not in "".join(before)
    two.ana.get("/today")
    page(two.ana, prompt)
    assert of_ben(two, prompt) == before
    act(two.ana, prompt, choice)
    assert of_ben(two, prompt) == before


def test_what_is_let_wait_is_not_asked_about_again_and_still_opens(two, prompt, at):
    at(TWO_DAYS)
    assert act(two.ana, prompt, "keeping").status_code == 303
    assert "Sealed." in page(two.ana, prompt)
    at(TWO_DAYS + timedelta(hours=20))
    assert WAITED not in page(two.ana, prompt) + two.ana.get("/today").text
    respond(two.ben, prompt, answer="resin")
    assert ("Ben", "resin") in said(page(two.ana, prompt))
    assert ("Ana", "rain") in said(page(two.ben, prompt))


@pytest.mark.parametrize("days", [2, 6])
def test_what_is_released_can_be_read_by_the_other_from_then_on(two, prompt, at, days):
    """Also while Ben could still answer it himself."""
    at(NOW + timedelta(days=days))
    assert act(two.ana, prompt, "release").status_code == 303
    assert said(page(two.ben, prompt)) == [("Ana", "rain")]
    assert ("You", "rain") in said(page(two.ana, prompt))
    assert WAITED not in two.ana.get("/today").text


def test_what_is_released_can_be_answered_too(two, prompt, at):
    at(TWO_DAYS)
    act(two.ana, prompt, "release")
    assert f'href="/prompts/{prompt.id}"' in two.ben.get("/today").text
    assert f'href="/prompts/{prompt.id}?answer"' in page(two.ben, prompt)
    assert fields(page(two.ben, prompt, "?answer"), f"/prompts/{prompt.id}/response") == [("answer", ""), ("guess", "")]
    respond(two.ben, prompt, answer="resin")
    assert ("Ben", "resin") in said(page(two.ana, prompt))


def test_what_is_released_is_as_open_as_anything_open(two, prompt, at):
    at(TWO_DAYS)
    act(two.ana, prompt, "release")
    answer = respond(two.ana, prompt, answer="sun")
    assert answer.status_code == 409
    assert "sun" in dict(said(answer.text))["What you had typed"]
    for choice in CHOICES:
        assert act(two.ana, prompt, choice).status_code == 409
    assert act(two.ana, prompt, "amendment", field="answer", text="rain on stone").status_code == 303
    assert said(page(two.ben, prompt)) == [("Ana", "rain on stone\nrain")]


def test_a_released_check_in_shows_the_other_what_it_holds(two, at):
    prompt = two.give("check_in")
    respond(two.ana, prompt, high="the morning")
    at(TWO_DAYS)
    act(two.ana, prompt, "release")
    shown = page(two.ben, prompt)
    assert "Ana let you read this." in shown
    assert ("Ana, something good", "the morning") in said(shown)


def test_what_is_discarded_is_gone_for_good(app, two, prompt, at):
    at(TWO_DAYS)
    act(two.ana, prompt, "draft", answer="rain, or rather")
    answer = act(two.ana, prompt, "discarding")
    assert (answer.status_code, answer.location) == (303, "/today")
    assert rows(app) == []
    assert "rain" not in page(two.ana, prompt) + two.ana.get("/history").text
    assert fields(page(two.ana, prompt), f"/prompts/{prompt.id}/response") == [("answer", ""), ("guess", "")]
    respond(two.ana, prompt, answer="sun")
    respond(two.ben, prompt)
    assert ("Ana", "sun") in said(page(two.ben, prompt))


@pytest.mark.parametrize("choice", CHOICES)
def test_nobody_decides_over_what_the_other_has_sealed(app, two, prompt, at, choice, as_user, carol):
    at(TWO_DAYS)
    assert act(two.ben, prompt, choice).status_code == 404
    assert act(as_user(carol), prompt, choice).status_code == 404
    (row,) = rows(app)
    assert (row.kept_waiting_at, row.released_at) == (None, None)
    assert WAITED in page(two.ana, prompt)


@pytest.mark.parametrize("choice", CHOICES)
def test_what_both_have_opened_can_no_longer_be_taken_back(app, two, prompt, choice):
    respond(two.ben, prompt)
    before = page(two.ana, prompt), page(two.ana, prompt)
    assert act(two.ana, prompt, choice).status_code == 409
    assert page(two.ana, prompt) == before[1]
    assert len(rows(app)) == 2


@pytest.mark.parametrize("choice", CHOICES)
def test_there_is_nothing_to_decide_where_nothing_was_given(app, two, choice):
    assert act(two.ana, two.give("check_in"), choice).status_code == 404
