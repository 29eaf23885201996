"""Back in by a code."""

import re
from functools import partial

import pytest
from sqlalchemy import select

from app.accounts import service
from app.accounts.models import Person, RecoveryCode
from app.core.db import db, transaction
from tests.accounts.test_sign_in import sign_in
from tests.exercises.acts import unchecked
from tests.exercises.test_at_once import at_once

NEW = "nine bright lanterns by the sea"
NO = "This name and this code do not go together"


@pytest.fixture
def codes(app, ana):
    with app.app_context(), transaction():
        return service.renew_codes(db.session.get_one(Person, ana.id))


def recover(browser, code, login="ana", password=NEW):
    return browser.post("/recovery", data={"login": login, "code": code, "password": password})


def test_a_code_lets_in_once(app, client, codes, as_user, ana):
    elsewhere = as_user(ana)
    assert recover(client, codes[0]).location == "/today"
    page = client.get("/settings").text
    assert "Ana" in page
    assert "signed out everywhere else. Codes left: 7." in page
    assert elsewhere.get("/settings").status_code == 303
    assert sign_in(app.test_client()).status_code == 422
    assert sign_in(app.test_client(), password=NEW).status_code == 303
    assert NO in recover(app.test_client(), codes[0]).text
    assert recover(app.test_client(), codes[1]).status_code == 303


def test_a_code_is_read_however_it_was_copied(client, codes):
    assert (
        recover(client, f"  {codes[3].lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ").status_code
        == 303
    )


def test_unknown_used_and_wrong_are_told_alike(app, client, codes, ana, ben):
    recover(client, codes[0])
    answers = [
        recover(app.test_client(), code, login)
        for login, code in (("ana", codes[0]), ("ana", "0" * 24), ("ben", codes[1]), ("bob", codes[1]), ("ana", "?"))
    ]
    texts = {re.sub(r"<b>[a-z ]+</b>|value=\"[^\"]*\"", "", each.text) for each in answers}
    assert {each.status_code for each in answers} == {422}
    assert len(texts) == 1
    assert NO in texts.pop()


def test_known_and_unknown_cost_the_same_hash(app, client, codes, monkeypatch):
    hashed = []
    real = app.extensions["hasher"].hash
    monkeypatch.setattr(app.extensions["hasher"], "hash", lambda word: hashed.append(word) or real(word))
    for login in ("ana", "nobody"):
        recover(client, "0" * 24, login)
    assert hashed == [NEW, NEW]


def test_the_name_of_a_person_is_not_told_by_what_is_refused(app, save, client, codes):
    page = recover(client, "0" * 24, password="ana is my good friend forever")
    assert NO in page.text


@pytest.mark.parametrize(("field", "value"), [("code", ""), ("password", "short"), ("login", ""), ("role", "x")])
def test_a_form_that_is_wrong_uses_no_code(app, client, codes, field, value):
    data = {"login": "ana", "code": codes[0], "password": NEW, field: value}
    assert client.post("/recovery", data=data).status_code == 422
    with app.app_context():
        assert set(db.session.scalars(select(RecoveryCode.used_at))) == {None}


def test_guessing_has_a_limit(client, codes):
    assert [recover(client, "0" * 24).status_code for _ in range(6)] == [422] * 5 + [429]
    assert recover(client, codes[0]).status_code == 429


def test_a_code_that_is_used_twice_at_once_counts_once(app, codes, ana, now):
    with app.app_context():
        with transaction():
            first = service.use_code(ana.id, codes[0], now=now)
        with transaction():
            second = service.use_code(ana.id, codes[0], now=now)
    assert (first, second) == (True, False)


def test_the_code_of_another_is_no_code(app, codes, ben, now):
    with app.app_context(), transaction():
        assert not service.use_code(ben.id, codes[0], now=now)


@pytest.mark.only_on("postgresql")
def test_two_who_ask_for_new_codes_at_once_leave_eight(app, ana, as_user):
    taps = [unchecked(as_user(ana)) for _ in range(2)]
    for _ in range(4):
        at_once(*(partial(tap.post, "/settings/recovery-codes") for tap in taps))
        with app.app_context():
            assert service.codes_left(ana.id) == 8
