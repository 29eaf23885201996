"""Becoming a therapist: by a link from whoever runs the server, or from a colleague where that is set."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import THERAPIST, Person, TherapistInvitation
from app.core.db import db
from tests.accounts.authenticator import Authenticator, make_passkey
from tests.factories import NOW

PASSWORD = "nine bright lanterns by the sea"
WHO = {"name": "Cleo", "login": "cleo", "password": PASSWORD, "zone": "UTC", "bound": "yes"}
CLOSED = "No invitation with this code is open."


@pytest.fixture
def code(app):
    """The code of a link that whoever runs the server has made for Cleo."""
    told = app.test_cli_runner().invoke(args=["create-therapist", "Cleo Marsh"])
    assert told.exit_code == 0, told.output
    return re.search(r"http://localhost:8000/therapists/invited#([\w-]{16})\n", told.output)[1]


def use(browser, code):
    return browser.post("/therapists/invited", data={"code": code})


def test_a_link_makes_a_therapist_who_first_shows_more_than_a_password(app, client, code):
    assert use(client, code.lower().replace("-", " ")).location == "/therapists/new"
    assert 'value="Cleo Marsh"' in client.get("/therapists/new").text
    page = client.post("/therapists/new", data=WHO)
    assert len(re.findall("<code>", page.text)) == 8
    assert 'href="/settings/second-factor"' in page.text
    assert client.get("/caseload").location == client.get("/practice").location == "/settings/second-factor"
    assert client.get("/today").status_code == 404
    make_passkey(client, Authenticator())
    assert client.get("/").location == "/caseload"
    assert "No couple yet." in client.get("/caseload").text
    with app.app_context():
        assert db.session.scalars(select(Person.role).where(Person.login == "cleo")).one() == THERAPIST


def test_a_link_works_once(app, client, code):
    other = app.test_client()
    assert use(client, code).status_code == use(other, code).status_code == 303
    assert client.post("/therapists/new", data=WHO).status_code == 200
    assert other.post("/therapists/new", data={**WHO, "login": "other"}).location == "/therapists/invited"
    assert CLOSED in use(app.test_client(), code).text


def test_a_link_ends_after_three_days(client, code, at):
    assert use(client, code).status_code == 303
    at(NOW + timedelta(hours=72))
    assert client.post("/therapists/new", data=WHO).location == "/therapists/invited"
    assert CLOSED in use(client, code).text


@pytest.mark.only_on("sqlite")
def test_a_form_that_was_wrong_uses_up_nothing(client, code, ana):
    use(client, code)
    for wrong in ({"bound": ""}, {"password": "short"}, {"login": "ana"}, {"name": ""}):
        fields = {name: value for name, value in {**WHO, **wrong}.items() if value}
        assert client.post("/therapists/new", data=fields).status_code == 422, wrong
    assert client.post("/therapists/new", data=WHO).status_code == 200


@pytest.mark.only_on("sqlite")
def test_guessing_codes_soon_has_to_wait(client):
    answers = [use(client, f"0000-0000-0000-{number:X}") for number in range(12)]
    assert {answer.status_code for answer in answers[:10]} == {422}
    assert answers[-1].status_code == 429


@pytest.mark.only_on("sqlite")
def test_the_code_itself_is_not_kept(app, code):
    with app.app_context():
        (row,) = db.session.scalars(select(TherapistInvitation)).all()
    assert code not in repr(vars(row))
    assert code.replace("-", "") not in repr(vars(row))


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("name", ["", "x" * 61, "two\nlines"])
def test_a_link_is_for_somebody_with_a_name(app, name):
    told = app.test_cli_runner().invoke(args=["create-therapist", name])
    assert told.exit_code == 1
    assert "NAME: " in told.output


@pytest.mark.only_on("sqlite")
def test_a_colleague_is_invited_only_where_the_operator_lets_therapists_do_that(make_app, as_user, thea):
    open_, browser = as_user(thea), make_app(therapists="command").test_client()
    browser.set_cookie("attune", open_.get_cookie("attune").value)
    assert browser.post("/practice/colleague").status_code == 409
    assert "Invite a colleague" not in browser.get("/practice").text
    assert "Invite a colleague" in open_.get("/practice").text
    first, second = (re.search(r"invited#([\w-]+)<", open_.post("/practice/colleague").text)[1] for _ in range(2))
    assert use(open_.application.test_client(), first).status_code == 422, "only the last one works"
    assert use(open_.application.test_client(), second).status_code == 303
