"""The way of a stranger: from the link, over an account of their own, to asking whoever sent it."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import Person
from app.core.db import db, transaction
from app.couples import service as couples
from tests.accounts.test_registration import register
from tests.accounts.test_sign_in import sign_in
from tests.couples.steps import become_two, claim, confirm, couples_of_two, invite, sentence_on, words_on
from tests.factories import NOW
from tests.reminders.people import visitor_of


def people(app):
    with app.app_context():
        return set(db.session.scalars(select(Person.name)))


def follow(browser, code):
    """Follow the link and go on with its code, which a script takes from behind the #."""
    assert 'name="code"' in browser.get("/invited").text
    return browser.post("/invited", data={"code": code})


def test_a_stranger_registers_on_the_way_and_asks_with_the_code(app, client, anas, ana):
    code = invite(anas)
    answer = follow(client, code)
    assert (answer.status_code, answer.location) == (303, "/register?next=/joining")
    form = client.get(answer.location).text
    assert '<input type="hidden" name="next" value="/joining">' in form
    assert "then you ask to join" in form
    assert "Your partner can join later." not in form
    page = register(client, next="/joining").text
    assert re.search(r'<a class="act" href="/joining">', page)
    assert f'value="{code}"' in client.get("/joining").text
    assert claim(client, code).location == "/joining"
    assert "Fred asks to join you." in anas.get("/invitation").text
    assert words_on(anas.get("/invitation").text) == words_on(client.get("/joining").text)
    confirm(anas)
    ((_, sides),) = couples_of_two(app).items()
    assert sides["quince"] == ana.id
    assert "Ana and Fred" in anas.get("/couple").text


def test_who_has_an_account_signs_in_on_the_way(client, bens, anas):
    code = invite(anas)
    page = client.get(follow(client, code).location).text
    (path,) = re.findall(r'href="(/sign-in[^"]*)"', page)
    assert path == "/sign-in?next=/joining"
    assert sign_in(client, "ben", next="/joining").location == "/joining"
    assert f'value="{code}"' in client.get("/joining").text


def test_who_is_signed_in_goes_straight_on(bens, anas):
    code = invite(anas)
    assert follow(bens, code).location == "/joining"
    assert f'value="{code}"' in bens.get("/joining").text


def test_the_code_is_forgotten_when_it_was_used(client, bens, anas):
    code = invite(anas)
    follow(bens, code)
    claim(bens, code)
    bens.post("/joining/withdrawal")
    assert code not in bens.get("/joining").text


def test_the_link_tells_nothing_about_a_code(client, anas):
    """Whoever follows a link learns only at the end, and signed in, whether its code is one."""
    good, bad = follow(client, invite(anas)), follow(client.application.test_client(), "7777-7777-7777-7")
    assert (good.status_code, good.location) == (bad.status_code, bad.location)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", "Please type the code."),
        ("x" * 101, "This is 101 characters long; 100 fit."),
        ("7QM\x00", "Some characters did not arrive whole. Please write them again."),
    ],
)
def test_a_stranger_who_types_no_code_is_told(client, code, sentence):
    answer = follow(client, code)
    assert answer.status_code == 422
    assert sentence_on(answer.text) == sentence


# Where only the invited come in


@pytest.fixture
def closed(make_app):
    """Somebody who came to a house where only the invited get in."""
    return make_app(registration="closed").test_client()


def test_a_closed_house_lets_in_who_follows_a_link(app, closed, anas):
    code = invite(anas)
    page = closed.get(follow(closed, code).location).text
    assert f'name="code" type="text" value="{code}"' in page
    page = register(closed, code=code, next="/joining")
    assert page.status_code == 200
    assert people(app) == {"Ana", "Ben", "Fred"}
    assert f'value="{code}"' in closed.get("/joining").text
    assert claim(closed, code).location == "/joining"
    assert "Fred asks to join you." in anas.get("/invitation").text


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_closed_house_knows_a_code_however_it_was_typed(app, closed, anas, typed):
    assert register(closed, code=typed(invite(anas))).status_code == 200
    assert "Fred" in people(app)


@pytest.mark.parametrize("code", [None, "", "7777-7777-7777-7", "K7QM", "' OR 1=1 --"])
def test_a_closed_house_lets_nobody_in_with_a_bad_code(app, closed, anas, code):
    invite(anas)
    answer = register(closed, code=code)
    assert answer.status_code == 422
    assert sentence_on(answer.text).startswith("To come in here you need an invitation.")
    assert people(app) == {"Ana", "Ben"}


def test_a_closed_house_lets_nobody_in_with_a_code_that_was_used_or_withdrawn(app, closed, anas, bens):
    used = invite(anas)
    claim(bens, used)
    assert register(closed, code=used).status_code == 422
    withdrawn = invite(anas)
    anas.post("/invitation/withdrawal")
    assert register(closed, code=withdrawn).status_code == 422
    assert people(app) == {"Ana", "Ben"}


def test_a_closed_house_slows_down_who_guesses(closed, anas):
    invite(anas)
    answers = [register(closed, code=f"{number:013}") for number in range(12)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "1"


def test_signing_out_leaves_no_code_behind_in_the_browser(client, anas, as_user, carol):
    code = invite(anas)
    sign_in(client, "carol")
    follow(client, code)
    assert f'value="{code}"' in client.get("/joining").text
    client.post("/sign-out")
    assert client.get_cookie("attune-notes") is None
    sign_in(client, "carol")
    assert code not in client.get("/joining").text


@pytest.mark.parametrize("act", [couples.invite, couples.claim])
def test_a_page_from_before_a_couple_leads_into_no_other(app, anas, bens, as_user, carol, ana, act):
    """Ana's request was looked at before she became one of two, and is carried out after."""
    code = invite(as_user(carol))
    with app.app_context():
        before = couples.pair_of(visitor_of(ana))
    become_two(anas, bens)
    typed = (code,) if act is couples.claim else ()
    with app.app_context(), transaction(), pytest.raises(couples.Coupled):
        act(before, *typed, now=NOW)
