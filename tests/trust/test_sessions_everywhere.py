"""What ends in one process has ended in all of them: nothing of who somebody is outlives a request."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Person
from app.core.db import db, transaction
from app.couples.models import Couple
from tests.factories import NOW, PASSWORD, make_prompt

NEW = "nine bright lanterns by the sea"
Ends = Callable[[Flask, FlaskClient, Person], Any]


def _disable(app: Flask, _browser: FlaskClient, ana: Person) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Person, ana.id).disabled_at = NOW


def _recover(app: Flask, browser: FlaskClient, ana: Person) -> None:
    codes = re.findall("<code>(.*?)</code>", browser.post("/settings/recovery-codes").text)
    other = app.test_client()
    assert other.post("/recovery", data={"login": "ana", "code": codes[0], "password": NEW}).status_code == 303


def _from_another(app: Flask, _browser: FlaskClient, ana: Person) -> None:
    other = app.test_client()
    other.post("/sign-in", data={"login": "ana", "password": PASSWORD})
    assert other.post("/settings/devices/others/end").status_code == 303


ENDS: dict[str, Ends] = {
    "signing out": lambda _app, browser, _ana: browser.post("/sign-out"),
    "signing out elsewhere": _from_another,
    "a new password": lambda _app, browser, _ana: browser.post(
        "/settings/password", data={"current_password": PASSWORD, "password": NEW}
    ),
    "a recovery code": _recover,
    "the password once more": lambda _app, browser, _ana: browser.post("/confirm", data={"password": PASSWORD}),
    "deletion": lambda _app, browser, _ana: browser.post("/settings/deletion", data={"word": "erase"}),
    "being disabled": _disable,
}


@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS)
def test_a_session_that_ended_here_is_over_elsewhere_at_the_next_request(
    app, make_app, as_user, ana, couple, ends: Ends
) -> None:
    here, elsewhere = as_user(ana), make_app().test_client()
    elsewhere.set_cookie("attune", here.get_cookie("attune").value)
    assert elsewhere.get("/today").status_code == elsewhere.get("/settings").status_code == 200
    ends(app, here, ana)
    for path in ("/today", "/settings", "/export"):
        assert elsewhere.get(path).location.startswith("/sign-in?"), path
    assert elsewhere.post("/plan").status_code == elsewhere.post("/export").status_code == 401


@pytest.mark.parametrize("leaves", ["leaving", "deletion"])
def test_a_couple_that_ended_here_is_over_elsewhere_at_the_next_request(
    app, make_app, as_user, save, ana, ben, couple: Couple, leaves: str
) -> None:
    prompt = save(make_prompt(couple, "appreciation", item="weight-off"))
    here, bens = as_user(ana), as_user(ben)
    here.post(f"/prompts/{prompt.id}/response", data={"text": "you made soup"})
    elsewhere = make_app().test_client()
    elsewhere.set_cookie("attune", bens.get_cookie("attune").value)
    assert "you made soup" in elsewhere.get(f"/prompts/{prompt.id}").text
    assert re.search(r"\bAna\b", elsewhere.get("/couple").text)
    if leaves == "leaving":
        assert here.post("/leaving").status_code == 303
    else:
        assert here.post("/settings/deletion", data={"word": "erase"}).status_code == 200
    assert elsewhere.get(f"/prompts/{prompt.id}").status_code == 404
    assert elsewhere.post(f"/prompts/{prompt.id}/mark", data={"landed": "9"}).location == "/history/earlier"
    for path in ("/today", "/couple", "/history", "/history/jar", "/history/earlier"):
        page = elsewhere.get(path).text
        assert "you made soup" not in page, path
        assert not re.search(r"\bAna\b", page), path


def test_what_one_shows_no_more_is_not_shown_elsewhere(app, make_app, as_user, save, ana, ben, couple: Couple) -> None:
    here, bens = as_user(ana), as_user(ben)
    here.post("/couple", data={"zone": "UTC", "shows_answering": "yes"})
    prompt = save(make_prompt(couple, "love_map", item="home-smell"))
    here.post(f"/prompts/{prompt.id}/response", data={"answer": "bread", "guess": "rain"})
    elsewhere = make_app().test_client()
    elsewhere.set_cookie("attune", bens.get_cookie("attune").value)
    assert "Ana’s is in" in elsewhere.get("/today").text
    here.post("/couple", data={"zone": "UTC"})
    assert "Ana’s is in" not in elsewhere.get("/today").text
