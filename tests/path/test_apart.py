"""After the two: each keeps their own words of the path, takes them along, and deletes them."""

import io
import json
import re
import zipfile

import pytest

from app.accounts.models import Person
from app.accounts.service import erase_person
from app.core.db import db, transaction
from app.path.models import Choice, Line, Wording
from tests.couples.steps import become_two, leave
from tests.factories import PASSWORD

pytestmark = pytest.mark.only_on("sqlite")
MINE, YOURS = "a line of Ana’s", "a line of Ben’s"


@pytest.fixture
def walked(two):
    """Both have written everywhere that one can."""
    for browser, words in ((two.ana, MINE), (two.ben, YOURS)):
        browser.post("/path/listen-first/line", data={"text": words})
        browser.post("/path/aims", data={"aims": ["joy"]})
        browser.post("/path/recommitment", data={"wording": f"{words}, to stand by"})
    two.ana.post("/path/recommitment/2/agreement", data={"to": two.couple.id})
    return two


def exported(browser):
    with zipfile.ZipFile(io.BytesIO(browser.post("/export").data)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_who_has_left_reads_their_own_words_and_nobody_elses(walked) -> None:
    leave(walked.ana)
    for browser, own, others in ((walked.ana, MINE, YOURS), (walked.ben, YOURS, MINE)):
        page = browser.get("/path/earlier").text
        assert page.count(own) == 2
        assert others not in page
        for path in ("/path", "/path/listen-first", "/path/aims", "/path/recommitment"):
            assert "line of" not in browser.get(path).text, path


def test_words_that_come_when_the_couple_has_ended_are_not_lost(walked) -> None:
    leave(walked.ben)
    answer = walked.ana.post("/path/recommitment", data={"wording": "what I was just writing"})
    assert answer.status_code == 409
    assert "what I was just writing" in answer.text
    walked.ana.post("/path/small-signs/line", data={"text": "and this, at a step"})
    assert "and this, at a step" in walked.ana.get("/path/small-signs").text
    assert "at a step" not in walked.ben.get("/path/small-signs").text + walked.ben.get("/path/earlier").text


@pytest.mark.parametrize(
    ("path", "typed", "shown"),
    [
        ("/path/small-signs/line", {"text": "half asleep"}, "/path/small-signs"),
        ("/path/recommitment", {"wording": "half asleep"}, "/path/recommitment"),
    ],
)
def test_words_that_come_after_the_session_are_given_after_signing_in(walked, client, path, typed, shown) -> None:
    client.set_cookie("attune", walked.ana.get_cookie("attune").value)
    walked.ana.post("/sign-out")
    page = client.post(path, data=typed)
    assert page.status_code == 401
    held = re.search(r'name="held" value="([^"]+)"', page.text)[1]
    answer = client.post("/sign-in", data={"login": "ana", "password": PASSWORD, "held": held})
    assert (answer.status_code, answer.location) == (303, shown)
    assert "half asleep" in client.get(shown).text


@pytest.mark.parametrize(("path", "field"), [("/path/small-signs/line", "text"), ("/path/recommitment", "wording")])
def test_words_typed_before_a_couple_began_are_read_by_nobody_in_it(walked, client, path, field) -> None:
    page = walked.ana.get(path.removesuffix("/line")).text
    to = re.search(r'name="to" value="([^"]+)"', page)[1]
    leave(walked.ana)
    become_two(walked.ana, walked.ben)
    answer = walked.ana.post(path, data={field: "for me alone", "to": to})
    assert (answer.status_code, answer.location) == (303, "/path/earlier")
    client.set_cookie("attune", walked.ana.get_cookie("attune").value)
    walked.ana.post("/sign-out")
    held = re.search(r'name="held" value="([^"]+)"', client.post(path, data={field: "alone, held", "to": to}).text)[1]
    answer = client.post("/sign-in", data={"login": "ana", "password": PASSWORD, "held": held})
    assert (answer.status_code, answer.location) == (303, "/path/earlier")
    assert all(words in client.get("/path/earlier").text for words in ("for me alone", "alone, held"))
    assert client.post(path, data={field: "words", "to": "A" * 22}).status_code == 404
    for shown in ("/path", "/path/small-signs", "/path/recommitment", "/path/earlier"):
        assert "alone" not in re.sub(r"nothing to write alone", "", walked.ben.get(shown).text), shown


def test_an_agreement_from_before_agrees_to_nothing_of_a_later_couple(two) -> None:
    two.ana.post("/path/recommitment", data={"wording": MINE})
    agreement = re.search(r'action="(/path/recommitment/1/agreement)"', two.ben.get("/path/recommitment").text)[1]
    leave(two.ana)
    become_two(two.ana, two.ben)
    two.ana.post("/path/recommitment", data={"wording": "of the later couple"})
    for to in ({"to": two.couple.id}, {}):
        answer = two.ben.post(agreement, data=to)
        assert answer.status_code == 409
        assert "nothing was agreed to" in answer.text
        assert "of the later couple" in answer.text
    assert "Both of you, since" not in two.ben.get("/path/recommitment").text


def test_words_from_before_can_be_deleted_here_and_with_all_others(app, walked) -> None:
    walked.ana.post("/path/listen-first/line", data={"text": "not yet from before"})
    leave(walked.ana)
    walked.ana.post("/path/listen-first/line", data={"text": "alone, and now"})
    walked.ana.post("/path/earlier/deletion")
    assert MINE not in walked.ana.get("/path/earlier").text
    assert "alone, and now" in walked.ana.get("/path/listen-first").text
    assert YOURS in walked.ben.get("/path/earlier").text
    walked.ben.post("/history/earlier/deletion")
    assert YOURS not in walked.ben.get("/path/earlier").text
    with app.app_context():
        assert [db.session.query(table).count() for table in (Line, Choice, Wording)] == [1, 0, 0]


def test_an_export_holds_all_that_is_ones_own_and_nothing_of_the_other(walked) -> None:
    files = exported(walked.ana)
    found = json.loads(files["export.json"])["path"]
    assert [(line["step"], line["text"]) for line in found["lines"]] == [("listen-first", MINE)]
    assert [wording["text"] for wording in found["wordings"]] == [f"{MINE}, to stand by"]
    assert [choice["aims"] for choice in found["aims"]] == [["joy"]]
    assert len(found["agreed_at"]) == 1
    assert files["readable.html"].count(MINE) == 2
    assert all(YOURS not in text for text in files.values())
    leave(walked.ana)
    assert json.loads(exported(walked.ana)["export.json"])["path"] == found


def test_whoever_is_erased_leaves_nothing_on_the_path_and_takes_nothing_of_the_others(app, walked, ana) -> None:
    with app.app_context(), transaction():
        erase_person(db.session.get_one(Person, ana.id))
    with app.app_context():
        assert {line.author_id for line in db.session.query(Line)} == {
            wording.author_id for wording in db.session.query(Wording)
        }
        assert ana.id not in {line.author_id for line in db.session.query(Line)}
        assert ana.id not in {choice.person_id for choice in db.session.query(Choice)}
        assert db.session.query(Line).count() == db.session.query(Wording).count() == 1
