"""Exercises in a therapist's own words: whole before they are given, sealed, and unchanged once they were."""

import re
from datetime import timedelta

import pytest
from markupsafe import escape
from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.service import erase_person
from app.core.crypto import Vault
from app.core.db import db, transaction
from app.couples.service import pair_of
from app.exercises.service import catalogue
from app.guided.models import Occasion
from app.guided.service import (
    Wish,
    end_without_exercise,
    guides,
    make_move,
    occasion_for,
    own_occasions,
    planned_for,
    seen_of,
    still_ahead,
)
from app.therapist.models import OwnExercise
from app.therapist.service import own_content
from tests.exercises.acts import unchecked
from tests.factories import MASTER, NOW, TODAY, make_passkey, make_person
from tests.guided.play import go
from tests.reminders.people import visitor_of
from tests.therapist.test_giving import WISH

pytestmark = pytest.mark.only_on("sqlite")

TOLD = {
    "name": "Doors and windows",
    "summary": "Where do you let each other in?",
    "why": "It is easier to knock at a door that one knows.",
    "minutes": "20",
    "intensity": "warm",
    "landing": "Have some tea.\nLook out of the window.",
    "closing": "What was new to you?",
}
STEPS = [
    {"kind": "read", "title": "Sit down", "text": "Near a window."},
    {"kind": "speak", "title": "Door", "text": "Tell {you}.", "other": "Hear.", "who": "first", "seconds": "90"},
    {"kind": "speak", "title": "Yours", "text": "Tell {you}.", "other": "Listen.", "who": "second", "seconds": "90"},
    {"kind": "listen", "title": "Be quiet", "text": "Look out.", "seconds": "60"},
    {"kind": "write", "title": "For yourself", "text": "Write.", "label": "A window"},
    {"kind": "reveal", "title": "For {you}", "text": "Write.", "label": "A door"},
    {"kind": "choose", "title": "Which?", "text": "Choose.", "options": "{second} opens\nWindow"},
]  # fmt: skip


@pytest.fixture
def desk(as_user, thea, guest):
    return as_user(thea)


@pytest.fixture
def own(desk):
    """The address of one with all kinds of steps, which can be given."""
    address = desk.post("/own-exercises", data={"name": "Doors"}).location
    assert desk.post(address, data=TOLD).status_code == 303
    for step in STEPS:
        assert desk.post(f"{address}/steps", data=step).status_code == 303, step
    return address


def test_what_is_written_step_by_step_is_a_guided_exercise(app, desk, own, thea):
    assert "It can be given now" in desk.get(own).text
    with app.app_context():
        row = db.session.scalars(select(OwnExercise)).one()
        assert b"Doors" not in row.words
        table = own_content(row, Vault(MASTER).unwrap(thea.key.wrapped, thea.id))
    assert [step["kind"] for step in table["steps"]] == [*(step["kind"] for step in STEPS), "rate"]
    assert [step["id"] for step in table["steps"]] == [*(f"step-{number}" for number in range(1, 8)), "went"]
    assert table["landing"] == ["Have some tea.", "Look out of the window."]
    assert table["steps"][-1]["text"] == TOLD["closing"]
    assert table["steps"][6]["options"] == ["{second} opens", "Window"]
    assert table["steps"][1]["seconds"] == 90
    assert "seconds" not in table["steps"][0]


def test_one_that_is_not_whole_cannot_be_given_and_says_what_it_needs(desk, couple):
    address = desk.post("/own-exercises", data={"name": "Doors"}).location
    page = desk.get(address).text
    assert all(each in page for each in ("why one does it", "a soft landing", "a step"))
    assert "Doors" not in desk.get(f"/caseload/{couple.id}/homework-new").text


def test_the_two_can_do_it_once_it_was_given(app, desk, own, couple, as_user, ana, ben, dina, other_couple):
    exercise, mine = f"own.{own.rpartition('/')[2]}", as_user(ana)
    here = f"/exercises/{exercise}"
    assert mine.get(here).status_code == 404
    day = give_this(desk, couple, exercise, mine)
    assert "Doors and windows" in mine.get(day).text
    assert f'href="{here}"' in mine.get(day).text
    assert as_user(dina).get(here).status_code == 404
    page = mine.get(here).text
    assert TOLD["summary"] in page
    occasion = mine.post(f"{here}/occasions", data={"when": "now", "first": "quince"}).location
    assert "Near a window." in mine.get(occasion).text
    assert "Doors and windows" in mine.get("/exercises").text + mine.get("/today").text
    go_through(app, occasion.rpartition("/")[2], (ana, ben))
    assert "You have done it." in mine.get(day).text
    assert "You have done it." in as_user(ben).get(day).text
    assert "Doors and windows" in mine.get("/history").text
    page = mine.get(occasion).text
    assert "Look out of the window." in page
    assert "Ben opens" in page


def test_what_they_take_along_of_it_has_no_gap_for_a_name(app, under_way, ana, ben):
    go_through(app, under_way[2].rpartition("/")[2], (ana, ben))
    with app.app_context():
        picked = [own_occasions(db.session.get(Person, each.id))[0]["words"][-1] for each in (ana, ben)]
    assert picked == ["your partner opens", "me opens"]


def test_a_therapist_can_read_of_each_exercise_that_a_topic_leads_to(desk):
    paths = re.findall(r'href="(/exercises/\w+)"', desk.get("/exercises").text)
    assert len(paths) == 11
    assert {desk.get(path).status_code for path in paths} == {200}
    assert desk.get("/exercises/nothing").status_code == 404
    assert not re.search(r'href="/(today|plan|history)', "".join(desk.get(path).text for path in paths))


def give_this(desk, couple, exercise, browser):
    """Give it for both, once a week: the address of its day."""
    wish = {**WISH, "exercise": exercise, "weekdays": [str(TODAY.isoweekday())]}
    assert desk.post(f"/caseload/{couple.id}/homework", data=wish).status_code == 303
    return re.search(r"/homework/[\w-]{22}/[\d-]+", browser.get("/homework").text)[0]


def go_through(app, ident, two):
    """Let both make each move of an occasion."""
    with app.app_context(), transaction():
        pairs = [pair_of(visitor_of(each)) for each in two]
        occasion = occasion_for(pairs[0], ident)
        for step in seen_of(pairs[0], occasion, now=NOW).variant.steps:
            for pair in pairs:
                speaks = "quince" if step.who == "first" else "sloe"
                if step.kind != "speak" or pair.me.side == speaks:
                    facts = {"text": "a window"} if step.kind in {"write", "reveal"} else {}
                    facts |= {"pick": 0} if step.kind == "choose" else {}
                    facts |= {"rating": 8} if step.kind == "rate" else {}
                    wish = Wish(step=step.id, lane=pair.me.side, number=1, **facts)
                    make_move(pair, occasion, wish, now=NOW)


def test_steps_are_changed_moved_and_taken_out(desk, own):
    def titles():
        return re.findall(r"<h3>(.*?)</h3>", desk.get(own).text)

    assert titles()[:2] == ["Sit down", "Door"]
    desk.post(f"{own}/steps/step-2/earlier")
    assert titles()[:2] == ["Door", "Sit down"]
    desk.post(f"{own}/steps/step-2", data={**STEPS[0], "title": "Stand up"})
    assert titles()[:2] == ["Stand up", "Sit down"]
    desk.post(f"{own}/steps/step-2/end")
    assert titles()[0] == "Sit down"
    desk.post(f"{own}/steps", data=STEPS[0])
    assert "/steps/step-8" in desk.get(own).text
    assert desk.get(f"{own}/steps/step-2").status_code == 404


def test_once_given_it_stays_and_a_copy_can_be_changed(app, desk, own, couple, as_user, ana):
    exercise = re.search(r'value="(own\.[^"]+)"', desk.get(f"/caseload/{couple.id}/homework-new").text)[1]
    assert desk.post(f"/caseload/{couple.id}/homework", data={**WISH, "exercise": exercise}).status_code == 303
    assert TOLD["name"] in as_user(ana).get("/homework").text
    assert "An exercise your therapist wrote" in as_user(ana).get("/today").text
    refused = desk.post(f"{own}/steps", data={**STEPS[0], "text": "In the kitchen."})
    assert refused.status_code == 409
    assert "In the kitchen." in refused.text
    copy = desk.post(f"{own}/copy").location
    assert desk.post(f"{copy}/steps", data=STEPS[0]).status_code == 303
    desk.post(f"{own}/end")
    assert desk.get(own).status_code == 404
    assert TOLD["name"] in as_user(ana).get("/homework").text


def test_it_is_its_authors_alone(app, desk, own, as_user, save, couple, ana):
    other = save(make_person("Otto", role="therapist"))
    save(make_passkey(other))
    stranger = as_user(other)
    assert TOLD["name"] not in stranger.get("/own-exercises").text
    ways = ("", "/copy", "/end", "/steps", "/steps/step-1", "/steps/step-1/earlier", "/steps/step-1/end")
    assert {stranger.post(own + way, data=TOLD).status_code for way in ways} == {404}
    assert {stranger.get(own + way).status_code for way in ("", "/new-step", "/steps/step-1")} == {404}
    assert as_user(ana).get("/own-exercises").status_code == 404


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"kind": "dance"}, "Please choose one of those shown."),
        ({"text": "Hello {name}"}, "{name} means nothing here"),
        ({"title": "x" * 61}, "61 characters"),
        ({"kind": "speak", "other": "Listen.", "seconds": "90"}, "Please choose one."),
        ({"kind": "speak", "other": "Listen.", "who": "first"}, "Please write a number."),
        ({"kind": "speak", "who": "first", "seconds": "90"}, "This needs a few words."),
        ({"label": "A"}, "Something below needs another look."),
        ({"kind": "listen", "seconds": "9"}, "from 10 to 3600"),
        ({"kind": "listen", "seconds": "٩٩"}, "from 10 to 3600"),
        ({"kind": "choose", "options": "Door"}, "2 to 8, one a line"),
        ({"kind": "choose", "options": "Door\ndoor"}, "stands there twice"),
        ({"kind": "choose", "options": "Door\n" + "x" * 121}, "too long"),
    ],
)
def test_a_step_that_no_exercise_may_hold_is_refused_with_its_words(desk, step, said):
    bare = desk.post("/own-exercises", data={"name": "Doors"}).location
    answer = desk.post(f"{bare}/steps", data={**STEPS[0], **step})
    assert answer.status_code == 422
    assert said in answer.text
    assert step.get("text", "Near a window.") in answer.text


def test_names_stand_in_no_text_that_is_read_before_it_begins(desk, own):
    for name in ("summary", "why"):
        answer = desk.post(own, data={**TOLD, name: "For {you}."})
        assert answer.status_code == 422
        assert "{you} means nothing here" in answer.text


def test_there_is_an_end_to_steps(desk, own):
    desk = unchecked(desk)
    for _ in range(30 - len(STEPS)):
        desk.post(f"{own}/steps", data=STEPS[0])
    assert desk.post(f"{own}/steps", data=STEPS[0]).status_code == 409


@pytest.fixture
def under_way(app, desk, own, couple, as_user, ana, ben):
    """The two on their phones, the address of an occasion of hers that has come to a step, and the step before it."""
    phones = unchecked(as_user(ana)), as_user(ben)
    exercise = f"own.{own.rpartition('/')[2]}"
    give_this(desk, couple, exercise, phones[0])
    here = phones[0].post(f"/exercises/{exercise}/occasions", data={"when": "now", "first": "quince"}).location
    return phones, exercise, here


def erase(app, thea):
    """Thea deletes her account, as the page of it does."""
    with app.app_context(), transaction():
        erase_person(db.session.get_one(Person, thea.id))
        end_without_exercise(now=NOW)


def test_own_words_stay_where_they_were_written_when_the_therapist_is_gone(
    app, under_way, as_user, thea, ana, ben, dina
):
    (mine, _), exercise, here = under_way
    go_through(app, here.rpartition("/")[2], (ana, ben))
    erase(app, thea)
    assert "longer exercise" in mine.get("/history").text
    page = as_user(ana).get(here)
    assert page.status_code == 200
    assert page.text.count("a window") == 2
    assert "8 of 10, for you alone" in page.text
    assert "has deleted their account" in page.text
    beside = mine.get(f"{here}?together=1").text
    assert "a window" not in beside
    assert "on a phone of your own" in beside
    assert as_user(dina).get(here).status_code == 404
    assert {mine.get(f"/{way}").status_code for way in ("today", "exercises", "homework", "history", "plan")} == {200}
    assert mine.post(f"/exercises/{exercise}/occasions", data={"when": "now"}).status_code == 404


def test_one_under_way_ends_with_a_sentence_and_keeps_every_word(app, under_way, desk, thea, ana, ben):
    (mine, theirs), _exercise, here = under_way
    for phone in (mine, theirs) * 6:
        go(phone, here, "a window")
    typed = {"step": "step-6", "lane": "quince", "number": "1", "text": "half a door"}
    version = mine.get(f"{here}/state").json["version"]
    erased = desk.post("/settings/deletion", data={"word": "erase"})
    assert erased.status_code == 200, erased.text
    assert mine.get(f"{here}/state").json["version"] != version
    assert mine.get(f"{here}/handover").location == f"{here}?together=1"
    for way in ("moves", "draft", "beginning", "time", "calling-off"):
        assert mine.post(f"{here}/{way}", data=typed if way == "moves" else {}).location == here
    page = mine.get(here).text
    assert all(words in page for words in ("It ends here.", "a window", "half a door", "not given"))
    assert "half a door" not in theirs.get(here).text
    assert here not in mine.get("/today").text
    assert here in mine.get("/history").text


def test_what_was_planned_by_a_gone_exercise_rings_no_more(app, under_way, thea, ana, couple):
    (mine, _), exercise, _here = under_way
    day = TODAY + timedelta(days=1)
    planned = {"when": "later", "day": day.isoformat(), "at": "20:00", "first": "quince"}
    assert mine.post(f"/exercises/{exercise}/occasions", data=planned).status_code == 303
    with app.app_context():
        occasion = db.session.scalars(select(Occasion).where(Occasion.begun_at.is_(None))).one()
        subject = f"{occasion.id}.{int(occasion.planned_at.timestamp())}"
        assert still_ahead({subject}) == {subject}
        assert planned_for(ana.id)
    with app.app_context(), transaction():
        erase_person(db.session.get_one(Person, thea.id))
        # As after a restore, until it has cleared up.
        assert still_ahead({subject}) == set()
        assert planned_for(ana.id) == []
        end_without_exercise(now=NOW)
        assert db.session.get(Occasion, occasion.id) is None


def test_before_it_is_given_an_exercise_names_its_steps_and_says_how_long_each_takes(app, desk):
    for ident, guide in guides().items():
        page = desk.get(f"/exercises/{ident}").text
        for step in guide.variant("").steps:
            told = escape(step.title).replace("{first}", "Kim").replace("{second}", "Sam")
            assert f"<p>{told}" in page, (ident, step.id)
        assert not re.search(r"\d{3,} seconds", page)
    assert "Speak · 4 minutes · who begins" in desk.get("/exercises/heart_to_heart").text
    for ident in catalogue().exercises:
        assert len(re.findall("<li><div><p>", desk.get(f"/exercises/{ident}").text)) > 1, ident
    own = desk.post("/own-exercises", data={"name": "Doors"}).location
    for seconds, told in (
        ("600", "10 minutes"),
        ("60", "1 minute"),
        ("90", "1½ minutes"),
        ("75", "1 minute 15 seconds"),
    ):
        desk.post(f"{own}/steps", data={**STEPS[3], "seconds": seconds})
        assert f"Be quiet together · {told}</p>" in desk.get(own).text
        step = desk.get(re.findall(rf"{own}/steps/step-\d+", desk.get(own).text)[-1]).text
        assert re.findall(r'<option value="(\d*)" selected>(.*?)</option>', step) == [(seconds, told)]
