"""What the two share: where their day begins, and whether the other may see that I have answered."""

import pytest

from app.core.db import db
from app.couples.models import Couple
from tests.couples.steps import filled, prompt_of, respond, sentence_on

IS_IN = "Ana’s is in. Yours opens them both."


def shared(app, couple):
    """The couple's zone, and who shows that they have answered."""
    with app.app_context():
        found = db.session.get_one(Couple, couple.id)
        return found.zone, {each.person.name: each.shows_answering for each in found.memberships}


def test_the_page_says_who_and_since_when(as_user, ana, ben, couple):
    page = as_user(ben).get("/couple").text
    assert "Ben and Ana" in page
    assert "Together here since 13 October 2026." in page
    assert '<option value="UTC" selected>' in page


def test_somebody_alone_sees_how_to_begin(as_user, carol):
    page = as_user(carol).get("/couple").text
    assert "You, for now." in page
    assert 'href="/before-pairing"' in page


@pytest.mark.parametrize("who", ["ana", "ben"])
def test_either_changes_the_zone_for_both(app, as_user, ana, ben, couple, who):
    browsers = {"ana": as_user(ana), "ben": as_user(ben)}
    for browser in browsers.values():
        assert "Thursday, 12 November" in browser.get("/today").text
    # Eight in the evening in UTC is five in the morning in Tokyo.
    answer = browsers[who].post("/couple", data={"zone": "Asia/Tokyo"})
    assert (answer.status_code, answer.location) == (303, "/couple")
    assert "Kept." in browsers[who].get("/couple").text
    for browser in browsers.values():
        assert '<option value="Asia/Tokyo" selected>' in browser.get("/couple").text
        assert "Friday, 13 November" in browser.get("/today").text


def test_somebody_alone_changes_their_zone(as_user, carol):
    browser = as_user(carol)
    browser.post("/couple", data={"zone": "Asia/Tokyo"})
    assert "Friday, 13 November" in browser.get("/today").text


def test_that_i_have_answered_is_shown_only_if_i_say_so(app, as_user, ana, ben, couple):
    anas, bens = as_user(ana), as_user(ben)
    anas.get("/today")
    respond(anas, prompt_of(app, couple.id, "check_in"), "check_in", "sealed", two=True)
    assert IS_IN not in bens.get("/today").text
    anas.post("/couple", data={"zone": "UTC", "shows_answering": "yes"})
    assert IS_IN in bens.get("/today").text
    assert "checked" in anas.get("/couple").text
    anas.post("/couple", data={"zone": "UTC"})
    assert IS_IN not in bens.get("/today").text


def test_each_shows_only_what_they_chose_themselves(app, as_user, ana, ben, couple):
    as_user(ana).post("/couple", data={"zone": "UTC", "shows_answering": "yes"})
    assert shared(app, couple) == ("UTC", {"Ana": True, "Ben": False})
    assert "checked" not in as_user(ben).get("/couple").text
    as_user(ben).post("/couple", data={"zone": "UTC"})
    assert shared(app, couple) == ("UTC", {"Ana": True, "Ben": False})


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "zone", "Please choose your time zone. It says when your day begins."),
        ({"zone": ""}, "zone", "Please choose your time zone. It says when your day begins."),
        ({"zone": "Mars/Base"}, "zone", "Please choose a time zone from the list."),
        ({"zone": "../../etc/passwd"}, "zone", "Please choose a time zone from the list."),
        ({"zone": "utc"}, "zone", "Please choose a time zone from the list."),
        ({"zone": ["Asia/Tokyo", "UTC"]}, "zone", "This was sent twice. Please send it once."),
        ({"zone": "Asia/Tokyo", "shows_answering": "maybe"}, "shows_answering", "Please choose one of those shown."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_changes(app, as_user, ana, couple, typed, field, sentence):
    answer = as_user(ana).post("/couple", data=typed)
    assert answer.status_code == 422
    assert sentence_on(answer.text, field) == sentence
    assert shared(app, couple) == ("UTC", {"Ana": False, "Ben": False})


@pytest.mark.parametrize("field", ["side", "ended_at", "couple_id", "person_id", "joined_on"])
def test_nothing_else_of_a_couple_can_be_changed(app, as_user, ana, couple, field):
    assert as_user(ana).post("/couple", data={"zone": "Asia/Tokyo", field: "sloe"}).status_code == 422
    assert shared(app, couple)[0] == "UTC"


def test_a_choice_stays_chosen_when_the_form_comes_back(as_user, ana, couple):
    page = as_user(ana).post("/couple", data={"zone": "Asia/Tokyo", "shows_answering": "maybe"}).text
    assert '<option value="Asia/Tokyo" selected>' in page


def test_it_is_for_the_two_alone(app, client, as_user, couple, dina, other_couple, thea):
    assert client.get("/couple").location == "/sign-in?next=/couple"
    assert client.post("/couple", data={"zone": "Asia/Tokyo"}).status_code == 401
    for act in (lambda browser: browser.get("/couple"), lambda browser: browser.post("/couple", data={"zone": "UTC"})):
        assert act(as_user(thea)).status_code == 404
    as_user(dina).post("/couple", data={"zone": "Asia/Tokyo"})
    assert shared(app, couple)[0] == "UTC"
    assert shared(app, other_couple)[0] == "Asia/Tokyo"


def test_a_sealed_answer_stays_sealed_when_it_is_shown_to_be_there(app, as_user, ana, ben, couple):
    anas, bens = as_user(ana), as_user(ben)
    anas.get("/today")
    ident = prompt_of(app, couple.id, "check_in")
    anas.post("/couple", data={"zone": "UTC", "shows_answering": "yes"})
    respond(anas, ident, "check_in", "sealed words", two=True)
    for path in ("/today", f"/prompts/{ident}", "/history"):
        assert "sealed words" not in bens.get(path).text
    bens.post(f"/prompts/{ident}/response", data=filled("check_in", "mine", two=True))
    assert "sealed words" in bens.get(f"/prompts/{ident}").text
