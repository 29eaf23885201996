"""Who is asked to sign in, what is kept for them meanwhile, and what stays after they are gone."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from app.accounts import service
from app.accounts.models import AuthSession, Person, PersonKey, RecoveryCode
from app.accounts.service import held as held_module
from app.core.db import db, transaction
from tests.accounts.test_sign_in import sign_in
from tests.exercises.reading import fields
from tests.factories import PASSWORD

WORDS = "What I wanted to say – über all das: “ja” & <b>so</b>\nund noch etwas"
PAGES = ("/settings", "/settings/account", "/settings/password", "/settings/recovery-codes", "/settings/devices")


@pytest.mark.parametrize("path", [*PAGES, "/confirm"])
def test_a_stranger_is_sent_to_the_door_and_back(client, path):
    assert client.get(f"{path}?a=1").location == f"/sign-in?next={path}?a%3D1"


@pytest.mark.parametrize("path", [*PAGES, "/", "/register", "/sign-in", "/recovery", "/confirm", "/privacy"])
def test_nothing_personal_is_kept_by_the_browser(as_user, ana, client, path):
    for browser in (as_user(ana), client):
        assert browser.get(path).headers["Cache-Control"] == "no-store"


@pytest.fixture
def looked_after(monkeypatch):
    """Somebody who looks after words that were sent here, and nobody else."""
    there = service.HeldWords()
    for module in (service, held_module):
        monkeypatch.setattr(module, "held_words", there)
    return there


@pytest.fixture
def kept(looked_after):
    """What was handed on, by a keeper that knows one path."""
    handed = []

    def keep(person, path, typed, *, now):
        handed.append((person.id, path, typed, now))
        return "/prompts/42" if path == "/prompts/42/response" else None

    looked_after.kept("/prompts/*", keep)
    looked_after.kept("/settings/*", keep)
    return handed


def interrupted(browser, path="/settings/account", **typed):
    page = browser.post(path, data=typed)
    assert page.status_code == 401
    found = re.search(r'name="held" value="([^"]*)"', page.text)
    return page.text, found and found[1]


def test_words_that_were_being_sent_are_kept_over_the_door(as_user, ana, kept, at, now):
    browser = as_user(ana)
    now = at(now + timedelta(days=20))
    text, held = interrupted(browser, name=WORDS, zone="UTC")
    assert "What you wrote is kept" in text
    assert "wanted" not in text
    assert sign_in(browser, held=held, next="/today").location == "/today"
    path, typed = kept[0][1:3]
    assert (kept[0][0], path, kept[0][3]) == (ana.id, "/settings/account", now)
    assert dict(typed)["name"].replace("\r\n", "\n") == WORDS
    assert dict(typed)["zone"] == "UTC"


def test_the_keeper_says_where_to_go_on(app, as_user, ana, kept):
    with app.app_context():
        token = as_user(ana).get_cookie("attune").value
        held = service.hold(token, "/prompts/42/response", [("words", "ja")])
    assert sign_in(app.test_client(), held=held, next="/today").location == "/prompts/42"


def test_a_wrong_password_keeps_the_words_waiting(as_user, ana, kept, at, now):
    browser = as_user(ana)
    at(now + timedelta(days=20))
    _, held = interrupted(browser, name=WORDS)
    assert f'value="{held}"' in sign_in(browser, password="wrong horse entirely", held=held).text
    assert sign_in(browser, password="", held=held).status_code == 422
    assert kept == []


def test_held_words_open_for_nobody_else(as_user, ana, ben, client, kept, at, now):
    browser = as_user(ana)
    at(now + timedelta(days=20))
    _, held = interrupted(browser, name=WORDS)
    assert sign_in(client, "ben", held=held).location == "/today"
    assert kept == []


@pytest.mark.parametrize("held", ["x", "AAAA", "ü", "=", "A" * 5000])
def test_made_up_words_are_dropped(client, ana, kept, held):
    assert sign_in(client, held=held).status_code == 303
    assert kept == []


def test_passwords_and_codes_are_never_held(app, as_user, ana, kept, at, now):
    browser = as_user(ana)
    at(now + timedelta(days=20))
    _, held = interrupted(browser, "/settings/password", current_password=PASSWORD, password="new one", note="stays")
    sign_in(browser, held=held)
    assert kept[0][2] == [("note", "stays")]


def test_a_stranger_has_nothing_held(client):
    text, held = interrupted(client, name=WORDS)
    assert held is None
    assert "Your session had ended." in text


def test_words_that_nobody_keeps_are_given_back_to_be_sent_once_more(as_user, ana, ben, looked_after, at, now):
    looked_after.given_back("/settings/acc*", "name")
    browser, other = as_user(ana), as_user(ben)
    at(now + timedelta(days=20))
    text, held = interrupted(browser, name=WORDS, zone="UTC")
    assert "What you wrote is kept" in text
    page = sign_in(browser, held=held)
    assert (page.status_code, browser.get_cookie("attune") is not None) == (200, True)
    sent = fields(page.text, "/settings/account")
    assert [(name, value.replace("\r\n", "\n")) for name, value in sent] == [("name", WORDS), ("zone", "UTC")]
    assert "“ja” &amp; &lt;b&gt;so" in page.text
    assert sign_in(other, "ben", held=held).location == "/today", "they open for nobody else"


@pytest.mark.parametrize(("path", "typed"), [("account", {"zone": "UTC"}), ("password", {"name": "x"})])
def test_nothing_is_promised_of_what_nobody_looks_after(as_user, ana, looked_after, at, now, path, typed):
    looked_after.given_back("/settings/acc*", "name")
    browser = as_user(ana)
    at(now + timedelta(days=20))
    text, held = interrupted(browser, f"/settings/{path}", **typed)
    assert (held, "What you wrote is kept" in text) == (None, False)


def test_the_longest_words_still_fit_through_the_door(as_user, ana, kept, at, now):
    browser = as_user(ana)
    at(now + timedelta(days=20))
    long = "ß" * 10_000
    _, held = interrupted(browser, name=long, zone="a" * 3_000)
    assert sign_in(browser, held=held).status_code == 303
    assert dict(kept[0][2])["name"] == long


def test_if_keeping_fails_nobody_is_signed_in_and_nothing_is_lost(app, as_user, ana, looked_after, at, now):
    def broken(*_args, now):
        raise RuntimeError

    looked_after.kept("/settings/*", broken)
    browser = as_user(ana)
    at(now + timedelta(days=20))
    _, held = interrupted(browser, name=WORDS)
    other = app.test_client()
    assert sign_in(other, held=held).status_code == 500
    assert other.get_cookie("attune") is None


# Erased


def test_an_erased_person_leaves_nothing(app, as_user, couple, ana, ben):
    browser, bens = as_user(ana), as_user(ben)
    browser.post("/settings/recovery-codes")
    with app.app_context(), transaction():
        service.erase_person(db.session.get_one(Person, ana.id))
    assert browser.get("/settings").status_code == 303
    assert bens.get("/settings").status_code == 200
    with app.app_context():
        assert list(db.session.scalars(select(Person.id))) == [ben.id]
        assert list(db.session.scalars(select(PersonKey.person_id))) == [ben.id]
        assert set(db.session.scalars(select(AuthSession.person_id))) == {ben.id}
        assert list(db.session.scalars(select(RecoveryCode))) == []
        traces = [
            (table, column["name"])
            for table in inspect(db.engine).get_table_names()
            for column in inspect(db.engine).get_columns(table)
            if "CHAR" in str(column["type"]).upper()
            and db.session.connection()
            .exec_driver_sql(
                f"SELECT count(*) FROM \"{table}\" WHERE \"{column['name']}\" IN ('{ana.id}', 'ana', 'Ana')"
            )
            .scalar()
        ]
        assert traces == []
