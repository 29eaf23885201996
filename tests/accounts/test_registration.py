"""To register."""

import html
import re

import pytest
from sqlalchemy import select

from app.accounts.models import AuthSession, Person, RecoveryCode
from app.core.crypto import vault
from app.core.db import db
from tests.factories import PASSWORD

TYPED = {"login": "Fred@Example.org", "name": "Fred", "password": PASSWORD, "zone": "Europe/Berlin", "adult": "yes"}


def register(client, **changes):
    return client.post("/register", data={k: v for k, v in {**TYPED, **changes}.items() if v is not None})


def everybody(app):
    with app.app_context():
        return list(db.session.scalars(select(Person)))


def test_a_person_registers_is_signed_in_and_sees_eight_codes(app, client, now):
    page = register(client)
    assert page.status_code == 200
    codes = re.findall(r"<code>(.*?)</code>", page.text)
    assert len(set(codes)) == 8
    assert 'href="/today"' in page.text
    assert "Fred" in client.get("/settings").text
    with app.app_context():
        person = db.session.scalars(select(Person)).one()
        assert (person.login, person.name, person.zone) == ("fred@example.org", "Fred", "Europe/Berlin")
        assert (person.role, person.created_at, person.locale) == ("partner", now, "en")
        assert len(vault().unwrap(person.key.wrapped, person.id)) == 32
        assert person.password_hash.startswith("$argon2id$")
        kept = set(db.session.scalars(select(RecoveryCode.code_hash)))
        assert len(kept) == 8
        assert not any(code.replace("-", "") in each.upper() for code in codes for each in kept)


def test_the_cookie_is_out_of_reach_and_the_token_is_not_kept(app, client):
    cookie = next(each for each in register(client).headers.getlist("Set-Cookie") if each.startswith("attune="))
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    token = cookie.split(";")[0].removeprefix("attune=")
    assert len(token) >= 43
    with app.app_context():
        assert token not in db.session.scalars(select(AuthSession.token_hash)).one()


def test_with_tls_the_cookies_are_bound_to_the_host(make_app):
    client = make_app(base_url="https://attune.example.org").test_client()
    page = client.post("/register", data=TYPED, base_url="https://attune.example.org")
    cookies = page.headers.getlist("Set-Cookie")
    assert len(cookies) >= 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("login", "", "Please type a name to sign in with"),
        ("login", None, "Please type a name to sign in with"),
        ("login", "two words", "has a space in it"),
        ("login", "x" * 255, "255 characters long; 254 fit"),
        ("login", "a\u202eb", "hidden marks"),
        ("name", "", "Please say what you are called"),
        ("name", None, "Please say what you are called"),
        ("name", "x" * 61, "61 characters long; 60 fit"),
        ("name", "A\u200bna", "hidden marks"),
        ("name", "A\x00na", "did not arrive whole"),
        ("password", "", "Please type your password"),
        ("password", None, "Please type your password"),
        ("password", "x" * 257, "at most 256"),
        ("password", "only short", "too short"),
        ("password", "Fred Example.org 87", "among the first"),
        ("password", "qwertyuiop[]asdfgh", "walks along the keyboard"),
        ("zone", "", "Please choose your time zone"),
        ("zone", None, "Please choose your time zone"),
        ("zone", "Europe/Atlantis", "a time zone from the list"),
        ("zone", "../../etc/passwd", "a time zone from the list"),
        ("adult", None, "Attune is for adults"),
        ("adult", "maybe", "one of those shown"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(app, client, field, value, sentence):
    page = register(client, **{field: value})
    assert page.status_code == 422
    error = re.search(rf'<p class="error" id="{field}-error">(.*?)</p>', page.text, re.DOTALL)
    assert error, page.text
    assert sentence in html.unescape(error[1])
    control = re.search(rf'<(?:input|select)[^>]*name="{field}"[^>]*>', page.text)[0]
    assert 'aria-invalid="true"' in control
    assert f"{field}-error" in re.search(r'aria-describedby="([^"]*)"', control)[1]
    assert everybody(app) == []


def test_what_was_typed_is_kept_but_never_the_password(client):
    page = register(client, adult=None)
    assert 'value="Fred@Example.org"' in page.text
    assert 'value="Fred"' in page.text
    assert '<option value="Europe/Berlin" selected>' in page.text
    assert PASSWORD not in page.text


@pytest.mark.parametrize("field", ["role", "id", "created_at", "password_hash", "locale", "is_admin"])
def test_nobody_gives_themselves_more(app, client, field):
    assert register(client, **{field: "therapist"}).status_code == 422
    assert everybody(app) == []


def test_a_field_sent_twice_is_refused(app, client):
    assert register(client, name=["Fred", "Eve"]).status_code == 422
    assert everybody(app) == []


def test_a_login_that_is_taken_gets_a_sentence_that_stands_for_any(app, client, ana):
    page = register(client, login="ANA")
    assert page.status_code == 422
    assert "This name cannot be used. Please choose another." in page.text
    assert len(everybody(app)) == 1
    assert "Set-Cookie" not in page.headers


def test_a_login_that_is_taken_costs_the_same_hash(app, client, ana, monkeypatch):
    hashed = []
    real = app.extensions["hasher"].hash
    monkeypatch.setattr(app.extensions["hasher"], "hash", lambda word: hashed.append(word) or real(word))
    register(client, login="ana")
    assert hashed == [PASSWORD]


def test_a_network_can_try_only_so_many_names(app, client, ana, at, now):
    answers = [register(client, login="ana").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert client.post("/register", data=TYPED).headers["Retry-After"] == "1"
    assert register(app.test_client(), login="other").status_code == 429


def test_who_is_in_already_goes_on(as_user, ana):
    browser = as_user(ana)
    assert browser.get("/register").location == "/today"
    assert register(browser).location == "/today"


def test_a_closed_house_needs_an_invitation(make_app, app):
    closed = make_app(registration="closed")
    assert 'name="code"' in closed.test_client().get("/register").text
    assert register(closed.test_client()).status_code == 422
    assert register(closed.test_client(), code="guessed").status_code == 422
    asked = []
    closed.extensions["invitation_check"] = lambda code: asked.append(code) or code == "maple"
    page = register(closed.test_client(), code="guessed")
    assert "you need an invitation" in page.text
    assert register(closed.test_client(), code="").status_code == 422
    assert everybody(app) == []
    assert register(closed.test_client(), code="maple").status_code == 200
    assert asked == ["guessed", "maple"]


def test_an_open_house_asks_for_none(client):
    assert 'name="code"' not in client.get("/register").text


def test_a_suggestion_is_made_anew_each_time(client):
    made = {re.search(r"<b>((?:[a-z]+ ){4}[a-z]+)</b>", client.get("/register").text)[1] for _ in range(5)}
    assert len(made) == 5
