"""To take one's words away, and to erase them: one's own, all of them, and nothing of the other's."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import data_rights, erased
from app.accounts.models import AuthSession, Person, PersonKey
from app.caseload.models import BriefLine, Shown
from app.core.crypto import Vault
from app.core.db import Model, db
from app.couples.models import Couple, Membership
from app.exercises.models import Amendment, DayTogether, Draft, Mark, Prompt, Response, Turn
from app.exercises.words import seal_words
from app.guided.models import Move, StepDraft
from app.path.models import Line, Wording
from app.therapist.models import Homework
from app.therapist.service.author import Author
from app.therapist.service.keeping_sets import keep_set
from tests.couples.steps import give_password
from tests.factories import MASTER, NOW, PASSWORD, TODAY, make_prompt
from tests.push.devices import subscribe

SPITEFUL = '<script>alert(\'x\')</script> & "quoted"\n=HYPERLINK("x") ✨ señal'
DAY = timedelta(days=1)


@pytest.fixture
def world(save: Callable[..., Any], couple: Couple) -> dict[str, Prompt]:
    """Four prompts of Ana and Ben."""
    items = {"check_in": None, "appreciation": None, "mirroring": None, "love_map": None}
    prompts = {name: make_prompt(couple, name, item=item) for name, item in items.items()}
    save(*prompts.values())
    return prompts


@pytest.fixture
def write(save: Callable[..., Any], world: dict[str, Prompt]) -> Callable[..., None]:
    """`write(ana, "words")`: a row of every kind that a person can write, with these words in it."""

    def rows_of(person: Person, words: str, value: int = 7, number: int = 1) -> None:
        key = Vault(MASTER).unwrap(person.key.wrapped, person.id)
        ids = {name: prompt.id for name, prompt in world.items()}

        def sealed(table: str, row: str, **fields: Any) -> bytes:
            return seal_words(key, table, row, person.id, fields)

        given = {"given_on": TODAY, "submitted_at": NOW, "author_id": person.id}
        for name, told in (
            ("check_in", {"high": words, "feelings": ["calm"], "need": "space"}),
            ("appreciation", {"text": words}),
        ):
            ratings = {"mood": value, "stress": 2} if name == "check_in" else {}
            save(Response(prompt_id=ids[name], ratings=ratings, words=sealed("responses", ids[name], **told), **given))
        ident = ids["check_in"]
        later = sealed("amendments", f"{ident}.1", text=f"later {words}")
        thanks = sealed("marks", ids["appreciation"], thanks=f"thanks {words}")
        said = sealed("turns", f"{ids['mirroring']}.{number}", text=f"said {words}")
        typed = sealed("drafts", ids["love_map"], typed=[["answer", f"draft {words}"]])
        step = {"number": number, "kind": "speak", "round": 1, "attempt": 1, "rating": value, "taken_at": NOW}
        who = {"author_id": person.id}
        save(
            Amendment(prompt_id=ident, **who, number=1, field="high", words=later, amended_at=NOW),
            Mark(prompt_id=ids["appreciation"], **who, value=value, words=thanks, marked_at=NOW),
            Turn(prompt_id=ids["mirroring"], **who, words=said, **step),
            Draft(prompt_id=ids["love_map"], **who, words=typed, saved_at=NOW),
        )

    return rows_of


# Taking them away


def test_an_export_holds_every_kind_of_ones_own_words(as_user, ana, ben, write) -> None:
    write(ana, SPITEFUL)
    found = json.loads(_exported(as_user(ana))["export.json"])
    assert found["format"] == 1
    assert found["account"]["login"] == "ana"
    (member,) = found["memberships"]
    assert (member["joined_on"], member["left_on"], member["with"]) == (f"{TODAY - 30 * DAY}", None, ["Ben"])
    appreciation, check_in = found["responses"]
    assert check_in["words"] == {"high": SPITEFUL, "feelings": ["calm"], "need": "space"}
    assert check_in["ratings"] == {"mood": 7, "stress": 2}
    assert [(later["field"], later["words"]) for later in check_in["amendments"]] == [
        ("high", {"text": f"later {SPITEFUL}"})
    ]
    assert (check_in["day"], check_in["exercise"], check_in["title"] != "") == (f"{TODAY}", "check_in", True)
    assert appreciation["words"] == {"text": SPITEFUL}
    assert [(mark["value"], mark["words"]) for mark in found["marks"]] == [(7, {"thanks": f"thanks {SPITEFUL}"})]
    assert [turn["words"] for turn in found["turns"]] == [{"text": f"said {SPITEFUL}"}]
    assert [draft["typed"] for draft in found["drafts"]] == [[["answer", f"draft {SPITEFUL}"]]]


def test_an_export_holds_when_and_how_one_is_told_and_no_secret_address(as_user, app, ana, couple) -> None:
    browser = as_user(ana)
    browser.post("/reminders", data={"at": "20:30", "weekdays": ["5", "6"], "window": "60", "if_then": SPITEFUL[:20]})
    browser.post("/reminders/mail", data={"address": "ana@example.org"})
    browser.post("/reminders/calendar")
    device = subscribe(app, browser)
    text = _exported(browser)["export.json"]
    found = json.loads(text)["reminders"]
    time = {"at": 20 * 60 + 30, "zone": "UTC", "weekdays": [5, 6], "window": 60, "if_then": SPITEFUL[:20]}
    assert found["times"] == [time]
    assert (found["mail"], found["calendar"]) == ("ana@example.org", True)
    assert [each["service"] for each in found["devices"]] == ["fcm.googleapis.com"]
    assert device.endpoint not in text


def test_every_table_that_somebody_writes_in_is_exported() -> None:
    written = {table.name for table in Model.metadata.sorted_tables if "author_id" in table.columns}
    exercises, longer = (Response, Mark, Amendment, Draft, Turn, Line, Wording), (Move, StepDraft)
    known = {table.__tablename__ for table in (*exercises, *longer, BriefLine, Shown)}
    assert written == known, "a new table with words: add it to app/export.py, then here"


def test_the_page_to_read_holds_the_words_and_runs_nothing(as_user, ana, write) -> None:
    write(ana, SPITEFUL)
    page = _exported(as_user(ana))["readable.html"]
    assert page.count(str(escape(SPITEFUL)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")) == 6
    assert "<script" not in page
    assert "://" not in page
    addresses = re.findall(r'(?:url\(|src=|href=)"?([^")]+)', page)
    assert any(each.startswith("data:font/woff2;") for each in addresses), "the typeface comes along"
    assert [each for each in addresses if not each.startswith(("#", "data:"))] == []


def test_the_page_to_read_holds_what_a_therapist_wrote_for_others(app, as_user, thea) -> None:
    desk = as_user(thea)
    desk.post("/practice", data={"name": "The Green Door", "policy": "own", "own": "I keep one thing back."})
    own = desk.post("/own-exercises", data={"name": "Doors and windows"}).location
    step = {"kind": "speak", "title": "A door", "text": "Say when it opens.", "other": "Only listen.", "who": "first"}
    desk.post(f"{own}/steps", data={**step, "seconds": "90"})
    daily = Homework(exercise="check_in", weekdays=127, first=TODAY)
    with app.app_context(), data_rights.transaction():
        keep_set(Author(thea.id, thea.key.wrapped), "A beginning", [daily], now=NOW)
    page = _exported(desk)["readable.html"]
    written = ("The Green Door", "I keep one thing back.", "Doors and windows", *step.values(), "A beginning")
    assert [text for text in written if text not in {"speak", "first"} and text not in page] == []


def test_the_page_to_read_tells_days_and_not_instants(as_user, save, ana, write, world) -> None:
    write(ana, "mine")
    page = _exported(as_user(ana))["readable.html"]
    assert f"{TODAY:%a}, {TODAY.day} {TODAY:%b} {TODAY.year} · " in page
    assert re.findall(r"\d{4}-\d\d-\d\d", page) == []


def test_the_table_of_numbers_has_no_words(as_user, ana, write) -> None:
    write(ana, SPITEFUL)
    rows = csv.DictReader(io.StringIO(_exported(as_user(ana))["ratings.csv"], newline=""))
    assert [(row["day"], row["exercise"], row["rating"], row["value"]) for row in rows] == [
        (f"{TODAY}", "appreciation", "landed", "7"),
        (f"{TODAY}", "check_in", "mood", "7"),
        (f"{TODAY}", "check_in", "stress", "2"),
        (f"{TODAY}", "mirroring", "heard", "7"),
    ]


def test_two_worlds_that_differ_in_the_partner_alone_give_the_same_file(as_user, save, ana, ben, write, couple) -> None:
    write(ana, "mine")
    browser = as_user(ana)
    before = _raw(browser)
    write(ben, "theirs, and much longer than mine " * 30, value=1, number=2)
    save(DayTogether(couple_id=couple.id, day=TODAY))
    as_user(ben)
    assert _raw(browser) == before


def test_nothing_of_the_partner_is_in_it_but_their_name(as_user, app, ana, ben, write) -> None:
    write(ben, "theirs", number=2)
    write(ana, "mine")
    told = "".join(_exported(as_user(ana)).values())
    assert "mine" in told
    for secret in ("theirs", ben.id, ana.id, "ben"):
        assert secret not in told


def test_words_that_do_not_open_any_more_do_not_hold_back_the_others(as_user, app, ana, write, world) -> None:
    write(ana, "mine")
    with app.app_context(), data_rights.transaction():
        db.session.get_one(Response, (world["check_in"].id, ana.id)).words = b"\x01" + b"x" * 300
    parts = _exported(as_user(ana))
    appreciation, check_in = json.loads(parts["export.json"])["responses"]
    assert (check_in["words"], appreciation["words"]) == (None, {"text": "mine"})
    assert "do not open any more" in parts["readable.html"]


def test_somebody_who_has_left_takes_what_they_wrote_there(as_user, app, save, ana, ben, write, couple) -> None:
    write(ana, "from before")
    with app.app_context(), data_rights.transaction():
        db.session.get_one(Membership, (couple.id, ana.id)).left_at = NOW
    found = json.loads(_exported(as_user(ana))["export.json"])
    assert found["memberships"][0]["left_on"] == f"{TODAY}"
    assert found["memberships"][0]["with"] == [], "what the other is called since is no business of theirs"
    assert len(found["responses"]) == 2


def test_an_export_asks_for_the_password_once_more(as_user, ana, at) -> None:
    browser = as_user(ana)
    at(NOW + timedelta(minutes=6))
    answer = browser.post("/export?back=/export")
    assert (answer.status_code, "next=" in answer.location) == (303, True)
    page = browser.get("/export").text
    assert "please tap" not in page
    browser.post("/export?back=/export", data={"tap": re.findall(r'name="tap" value="([^"]+)"', page)[0]})
    give_password(browser, "/export")
    assert "Nothing has happened yet: please tap “Download my words” once more." in browser.get("/export").text
    assert "please tap" not in browser.get("/export").text


def test_an_export_is_no_page_and_is_kept_by_nobody(as_user, ana) -> None:
    answer = as_user(ana).post("/export")
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="attune-{TODAY}.zip"'
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/export", "/settings/deletion"])
def test_a_stranger_is_asked_to_sign_in(client, path) -> None:
    assert client.get(path).status_code == 303
    assert client.post(path).status_code == 401


# Erasing


def test_deletion_takes_everything_of_mine_and_nothing_of_the_others(as_user, app, ana, ben, write, couple) -> None:
    write(ana, "mine")
    write(ben, "theirs", number=2)
    kept = _export_of(as_user(ben))
    with app.app_context():
        before = {table: _count(table) for table in (Response, Amendment, Mark, Turn, Draft)}
    answer = _delete(as_user(ana))
    assert answer.status_code == 200
    with app.app_context():
        assert db.session.scalars(select(Person.name)).all() == ["Ben"]
        assert db.session.scalars(select(PersonKey.person_id)).all() == [ben.id]
        assert {table: _count(table) for table in before} == {table: count // 2 for table, count in before.items()}
        assert ana.id not in db.session.scalars(select(AuthSession.person_id)).all()
    after = _export_of(as_user(ben))
    assert (after["responses"], after["drafts"]) == (kept["responses"], kept["drafts"])
    assert after["memberships"][0]["with"] == []


def test_what_two_had_together_is_gone_once_both_are(as_user, app, ana, ben, world, couple) -> None:
    for who, left in ((ana, 1), (ben, 0)):
        assert _delete(as_user(who)).status_code == 200
        with app.app_context():
            assert [_count(table) for table in (Couple, Prompt)] == [left, left * len(world)]


def test_deletion_signs_out_at_once_everywhere(as_user, ana, couple) -> None:
    here, there = as_user(ana), as_user(ana, "Safari on iPhone")
    answer = _delete(here)
    assert "attune=;" in answer.headers["Set-Cookie"]
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    for browser in (here, there):
        assert browser.get("/export").status_code == 303


def test_deletion_is_remembered_for_backups_by_id_alone(as_user, app, ana) -> None:
    config = app.extensions["attune"]
    _delete(as_user(ana))
    assert ana.id in erased.everybody(config)
    assert (config.data / "erased").read_text().splitlines()[-1] == f"{ana.id} {TODAY}"


def test_deletion_wants_the_word(as_user, app, ana) -> None:
    browser = as_user(ana)
    for word in ("", "yes", "erase me"):
        answer = browser.post("/settings/deletion", data={"word": word})
        assert answer.status_code == 422
        assert f'value="{word}"' in answer.text
    with app.app_context():
        assert _count(Person) == 1
    assert _delete(browser, "  ERASE ").status_code == 200


def test_deletion_asks_for_the_password_once_more(as_user, app, ana, at) -> None:
    browser, path = as_user(ana), "/settings/deletion"
    at(NOW + timedelta(minutes=6))
    assert browser.post(f"{path}?back={path}", data={"word": "Erase"}).status_code == 303
    # Looked at without the password, it is forgotten.
    assert 'value="Erase"' not in browser.get(path).text
    browser.post(f"{path}?back={path}", data={"word": "Erase"})
    give_password(browser, path)
    page = browser.get(path).text
    assert "Nothing has happened yet: please tap once more." in page
    assert 'value="Erase"' in page
    assert 'value="Erase"' not in browser.get(path).text
    with app.app_context():
        assert _count(Person) == 1


def test_what_one_had_tapped_is_said_to_nobody_else_on_the_same_browser(as_user, ana, ben, couple, at) -> None:
    browser = as_user(ana)
    at(NOW + timedelta(minutes=6))
    browser.post("/leaving?back=/leaving", data={"tap": "Leave our couple"})
    browser.post("/sign-in", data={"login": "ben", "password": PASSWORD})
    give_password(browser, "/leaving")
    assert "please tap" not in browser.get("/leaving").text


def test_deletion_is_open_to_somebody_alone_and_to_a_therapist(as_user, carol, thea) -> None:
    for person in (carol, thea):
        browser = as_user(person)
        assert "leave your couple" not in browser.get("/settings/deletion").text
        assert _delete(browser).status_code == 200


def test_deletion_says_what_happens_to_the_couple(as_user, ana, couple) -> None:
    assert "leave your couple" in as_user(ana).get("/settings/deletion").text


# Below


def _raw(browser: FlaskClient) -> bytes:
    answer = browser.post("/export")
    assert answer.status_code == 200
    return answer.data


def _exported(browser: FlaskClient) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(_raw(browser))) as file:
        assert file.testzip() is None
        found = {name: file.read(name).decode() for name in file.namelist()}
    assert set(found) == {"export.json", "readable.html", "ratings.csv", "assessments.fhir.json"}
    return found


def _export_of(browser: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_exported(browser)["export.json"])
    return found


def _delete(browser: FlaskClient, word: str = "erase") -> Any:
    return browser.post("/settings/deletion", data={"word": word})


def _count(table: type[Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0
