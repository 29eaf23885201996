"""What each wrote alone stays their own: whoever joins them sees nothing of it, on any path."""

import pytest
from sqlalchemy import select

from app.core.db import db
from app.exercises.models import Draft, Mark, Prompt, Response
from tests.couples.steps import become_two, couple_of, everything_shown, filled, prompt_of, respond

pytestmark = pytest.mark.only_on("sqlite")
WRITTEN = ("check_in", "appreciation", "love_map")
ROWS = [table.__table__ for table in (Prompt, Response, Draft, Mark)]


@pytest.fixture
def before(app, anas, bens, alone):
    """The ids of the prompts that Ana and Ben had alone: three with a response of theirs, one with a draft."""
    return {"ana": written(app, anas, alone[0], "ana"), "ben": written(app, bens, alone[1], "ben")}


def written(app, browser, couple, name):
    assert browser.get("/today").status_code == 200
    idents = [prompt_of(app, couple.id, exercise) for exercise in WRITTEN]
    for ident, exercise in zip(idents, WRITTEN, strict=True):
        respond(browser, ident, exercise, f"{name}s {exercise}")
    with app.app_context():
        others = select(Prompt.id).where(Prompt.couple_id == couple.id, Prompt.id.not_in(idents))
        drafted = db.session.scalars(others.order_by(Prompt.day, Prompt.exercise)).first()
    browser.post(f"/prompts/{drafted}/draft", data={"text": f"{name}s draft"})
    return [*idents, drafted]


def kept(app):
    with app.app_context():
        return [db.session.execute(select(table)).all() for table in ROWS]


def test_nothing_of_what_the_other_wrote_alone_is_shown_on_any_path(app, anas, bens, alone, before):
    become_two(anas, bens)
    idents = [*before["ana"], *before["ben"], *(couple.id for couple in alone)]
    for browser, mine, yours in ((anas, "ana", "ben"), (bens, "ben", "ana")):
        shown = everything_shown(app, browser, *idents)
        for what in (*WRITTEN, "draft"):
            assert f"{mine}s {what}" in shown
            assert f"{yours}s {what}" not in shown


def test_nor_is_it_counted_named_or_hinted_at(app, anas, bens, before):
    become_two(anas, bens)
    shown = everything_shown(app, bens, *before["ben"])
    assert not any(ident in shown for ident in before["ana"])
    for path in ("/history", "/history/check_in", "/history/appreciation", "/history/love_map"):
        assert "Nothing here yet." in bens.get(path).text
    page = bens.get("/today").text
    assert "together this month" not in page
    assert "From the last days" not in page


def test_a_prompt_from_when_the_other_was_alone_takes_nothing(app, anas, bens, before):
    become_two(anas, bens)
    rows = kept(app)
    acts = [rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods and "<prompt_id>" in rule.rule]
    assert "/prompts/<prompt_id>/response" in acts
    for act in acts:
        for ident in before["ben"]:
            for typed in ({}, filled("check_in", "meddling"), {"text": "meddling"}):
                assert anas.post(act.replace("<prompt_id>", ident), data=typed).status_code == 404, act
    assert kept(app) == rows


def test_ones_own_words_from_before_stand_in_the_journal(anas, bens, before):
    become_two(anas, bens)
    for browser, mine in ((anas, "ana"), (bens, "ben")):
        page = browser.get("/history/earlier").text
        for what in (*WRITTEN, "draft"):
            assert f"{mine}s {what}" in page


def test_what_was_being_typed_when_the_couple_began_is_kept_for_its_author(app, anas, bens, before):
    ident = before["ben"][-1]
    become_two(anas, bens)
    answer = bens.post(f"/prompts/{ident}/response", data={"text": "typed while Ana confirmed"})
    assert (answer.status_code, answer.location) == (303, "/history/earlier")
    assert "typed while Ana confirmed" in bens.get("/history/earlier").text
    assert "typed while Ana confirmed" not in everything_shown(app, anas, ident)


@pytest.mark.only_on("sqlite", "postgresql")
def test_deleting_words_from_before_takes_nothing_of_the_couple(app, anas, bens, before, ben):
    become_two(anas, bens)
    bens.get("/today")
    ident = prompt_of(app, couple_of(app, ben), "check_in")
    respond(bens, ident, "check_in", "since we are two", two=True)
    bens.post("/history/earlier/deletion")
    shown = everything_shown(app, bens, ident, *before["ben"])
    assert "since we are two" in shown
    for what in (*WRITTEN, "draft"):
        assert f"bens {what}" not in shown
    assert "anas check_in" in anas.get("/history/earlier").text
