"""What somebody has typed and not yet given: theirs alone, and never lost on the way."""

import re

import pytest
from sqlalchemy import select

from app.core.db import db
from app.exercises.models import Draft
from tests.accounts.test_sign_in import sign_in
from tests.exercises.acts import CHECK_IN, act, page, respond
from tests.exercises.reading import fields, parse, said
from tests.factories import NOW

SCRIPT, FORM = {"Sec-Fetch-Dest": "empty"}, {"Sec-Fetch-Dest": "document"}


@pytest.fixture
def prompt(two):
    """A question for both."""
    return two.give("love_map", item="home-smell")


def keep(browser, prompt, headers=SCRIPT, **typed):
    return browser.post(f"/prompts/{prompt.id}/draft", data=typed, headers=headers)


def held(browser, prompt):
    """What the form of the page holds."""
    return dict(fields(page(browser, prompt), f"/prompts/{prompt.id}/response"))


def drafts(app):
    with app.app_context():
        return list(db.session.scalars(select(Draft)))


def test_a_script_hears_that_it_is_kept_and_nothing_else(two, prompt):
    answer = keep(two.ana, prompt, answer="rain")
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("headers", [FORM, {}])
def test_without_script_one_is_led_back_and_told(two, prompt, headers):
    answer = keep(two.ana, prompt, headers, answer="rain")
    assert (answer.status_code, answer.location) == (303, "/today")
    assert "Kept. Only you can see it." in two.ana.get("/today").text
    assert held(two.ana, prompt) == {"answer": "rain", "guess": ""}


def test_it_stands_in_the_form_again_and_says_when_it_was_kept(two, prompt):
    keep(two.ana, prompt, answer="rain\non stone – “so” & <so>", guess="")
    assert held(two.ana, prompt)["answer"] == "rain\non stone – “so” & <so>"
    (keeper,) = parse(page(two.ana, prompt)).iter("draft-keeper")
    assert (keeper.get("data-kept"), keeper.get("data-saved")) == ("Kept", str(int(NOW.timestamp())))
    assert keeper.get("data-draft") == f"/prompts/{prompt.id}/draft"
    (keeper,) = parse(page(two.ben, prompt)).iter("draft-keeper")
    assert keeper.get("data-saved") == "0"


def test_everything_that_was_chosen_is_kept(two):
    prompt = two.give("check_in")
    typed = {**CHECK_IN, "feelings": ["sad", "lost", "safe", "calm-is-no-word"], "mood": "", "high": "so far"}
    keep(two.ana, prompt, **typed)
    found = fields(page(two.ana, prompt), f"/prompts/{prompt.id}/response")
    assert sorted(value for name, value in found if name == "feelings") == ["lost", "sad", "safe"]
    expected = {**CHECK_IN, "high": "so far", "low": "", "challenge": ""}
    assert {name: value for name, value in found if name != "feelings"} == {
        name: value for name, value in expected.items() if name != "mood"
    }


def test_what_is_kept_later_stands_instead(app, two, prompt):
    keep(two.ana, prompt, answer="rain", guess="smoke")
    keep(two.ana, prompt, answer="sun")
    assert held(two.ana, prompt) == {"answer": "sun", "guess": ""}
    assert len(drafts(app)) == 1


def test_it_is_gone_once_it_was_given(app, two, prompt):
    keep(two.ana, prompt, answer="rain")
    respond(two.ana, prompt, answer="rain in June")
    assert drafts(app) == []


def test_a_change_that_is_not_given_yet_stands_in_the_form_instead_of_what_was(two, prompt):
    respond(two.ana, prompt, answer="rain", guess="smoke")
    keep(two.ana, prompt, answer="rain, or rather", guess="smoke")
    assert held(two.ana, prompt) == {"answer": "rain, or rather", "guess": "smoke"}
    respond(two.ben, prompt)
    assert ("Ana", "rain") in said(page(two.ben, prompt))
    assert "or rather" not in page(two.ben, prompt)


def test_it_survives_an_answer_that_was_not_right(two, prompt):
    answer = act(two.ana, prompt, "response", answer="rain", guess="")
    assert answer.status_code == 422
    assert held(two.ana, prompt) == {"answer": "rain", "guess": ""}


def test_nobody_sees_the_draft_of_the_other(two, prompt):
    before = page(two.ben, prompt), two.ben.get("/today").text, two.ben.get("/history").text
    keep(two.ana, prompt, answer="only mine")
    assert (page(two.ben, prompt), two.ben.get("/today").text, two.ben.get("/history").text) == before
    keep(two.ben, prompt, answer="only his")
    assert held(two.ana, prompt)["answer"] == "only mine"
    assert held(two.ben, prompt)["answer"] == "only his"


def test_nobody_keeps_a_draft_for_a_prompt_that_is_not_theirs(app, two, prompt, as_user, carol):
    assert keep(as_user(carol), prompt, answer="x").status_code == 404
    assert act(two.ana, "A" * 22, "draft", answer="x").status_code == 404
    assert drafts(app) == []


def test_what_no_page_can_show_is_left_out_and_the_rest_is_kept(two, prompt):
    keep(two.ana, prompt, answer="ra\x00in\x0b\x7f\ufffd")
    assert held(two.ana, prompt)["answer"] == "rain"


def test_more_than_fits_is_refused_and_what_was_kept_stays(app, two, prompt):
    keep(two.ana, prompt, answer="rain")
    assert keep(two.ana, prompt, answer="x" * app.config["MAX_CONTENT_LENGTH"]).status_code == 413
    assert held(two.ana, prompt)["answer"] == "rain"


# Over the door


def interrupted(two, as_user, ana, prompt, what="response", **typed):
    """Ana's session is ended from another browser while she writes; she sends; the held words come back."""
    as_user(ana).post("/settings/devices/others/end")
    answer = act(two.ana, prompt, what, **typed)
    assert answer.status_code == 401
    assert not any(value in answer.text for value in typed.values())
    found = re.search(r'name="held" value="([^"]+)"', answer.text)
    return found[1]


def test_words_are_kept_when_the_session_ends_while_somebody_writes(two, as_user, ana, prompt):
    words = interrupted(two, as_user, ana, prompt, answer="rain – “so”\non stone", guess="smoke")
    answer = sign_in(two.ana, held=words)
    assert (answer.status_code, answer.location) == (303, f"/prompts/{prompt.id}")
    assert held(two.ana, prompt) == {"answer": "rain – “so”\non stone", "guess": "smoke"}
    assert "rain" not in page(two.ben, prompt)


def test_a_draft_that_was_on_its_way_is_kept_too(two, as_user, ana, prompt):
    words = interrupted(two, as_user, ana, prompt, "draft", answer="half of it")
    sign_in(two.ana, held=words)
    assert held(two.ana, prompt)["answer"] == "half of it"


def test_a_turn_that_was_on_its_way_is_kept_too(two, as_user, ana):
    talk = two.give("mirroring", item="a-topic")
    words = interrupted(two, as_user, ana, talk, "turn", text="What I was saying")
    assert sign_in(two.ana, held=words).location == f"/prompts/{talk.id}"
    assert ("text", "What I was saying") in fields(page(two.ana, talk), f"/prompts/{talk.id}/turn")


def test_nothing_is_given_by_signing_in_again(two, as_user, ana, prompt):
    """Ben's would open it: but the words stand in the form, to be sent."""
    respond(two.ben, prompt, answer="resin")
    words = interrupted(two, as_user, ana, prompt, answer="rain", guess="smoke")
    sign_in(two.ana, held=words)
    assert "resin" not in page(two.ana, prompt)
    assert held(two.ana, prompt) == {"answer": "rain", "guess": "smoke"}
    assert "rain" not in page(two.ben, prompt)


@pytest.mark.parametrize("ident", ["%00", "A" * 22, "x", "%F0%9F%8C%A7"])
def test_a_path_that_is_no_prompt_keeps_nothing_and_still_lets_in(app, two, as_user, ana, ident):
    words = interrupted(two, as_user, ana, ident, answer="rain on stone")
    assert sign_in(two.ana, held=words, next="/history").location == "/history"
    assert drafts(app) == []
