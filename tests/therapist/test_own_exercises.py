"""Exercises in a therapist's own words: whole before they are given, sealed, and unchanged once they were."""

import re

import pytest
from sqlalchemy import select

from app.core.crypto import Vault
from app.core.db import db, transaction
from app.couples.service import pair_of
from app.guided.service import Wish, make_move, occasion_for, seen_of
from app.therapist.models import OwnExercise
from app.therapist.service import own_content
from tests.exercises.acts import unchecked
from tests.factories import MASTER, NOW, TODAY, make_passkey, make_person
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
    {"kind": "choose", "title": "Which?", "text": "Choose.", "options": "Door\nWindow"},
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
    assert table["steps"][6]["options"] == ["Door", "Window"]
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
    assert "Look out of the window." in mine.get(occasion).text


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
    assert "An exercise of their own" in as_user(ana).get("/today").text
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
