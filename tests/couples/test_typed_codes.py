"""The code of an invitation, as people type it and as nobody guesses it."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import codes
from app.core.db import db
from app.couples import signs
from app.couples.models import Invitation
from app.couples.routes.joining import FREE, FREE_NETWORK
from app.couples.service import invitation_open
from tests.couples.steps import claim, invite, sentence_on
from tests.factories import NOW, make_person

NO_INVITATION = "No invitation with this code is open. Codes end after 72 hours, and each works once."


def claimed_by(app):
    """Who has claimed, for each invitation there is."""
    with app.app_context():
        return list(db.session.scalars(select(Invitation.claimed_by)))


# Typing the code


@pytest.fixture
def telling(app, save, alone, ana):
    """An invitation of Ana's whose code holds a nought, a one and a V; and the code."""
    with app.app_context():
        ident = next(each for each in map(str, range(10_000)) if {*"01V"} <= {*signs.code_of(each)})
        code = signs.code_of(ident)
        kept = signs.hash_of(code)
    save(
        Invitation(
            id=ident,
            couple_id=alone[0].id,
            inviter_id=ana.id,
            code_hash=kept,
            created_at=NOW,
            expires_at=NOW + timedelta(hours=72),
        )
    )
    return code


@pytest.mark.parametrize(
    "mistyped",
    [
        str.lower,
        str.title,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {code}  ",
        " ".join,
        lambda code: code.replace("-", "–"),
        lambda code: code.replace("-", "_"),
        lambda code: f"“{code}.”",
        lambda code: code.replace("0", "O").replace("1", "I").replace("V", "U"),
        lambda code: code.replace("0", "o").replace("1", "l").replace("V", "u"),
    ],
)
def test_a_code_is_known_however_it_was_typed(telling, bens, mistyped):
    assert mistyped(telling) != telling
    assert claim(bens, mistyped(telling)).status_code == 303
    assert "Read these to Ana." in bens.get("/joining").text


@pytest.mark.parametrize(
    ("garbled", "sentence"),
    [
        ("", "Please type the code."),
        (" \u3000 ", "Please type the code."),
        ("{code:.15}", NO_INVITATION),
        ("{code}0", NO_INVITATION),
        ("{backwards}", NO_INVITATION),
        ("{another}", NO_INVITATION),
        ("{arabic}", NO_INVITATION),
        ("{wide}", NO_INVITATION),
        ("---", NO_INVITATION),
        ("🐦" * 13, NO_INVITATION),
        ("' OR 1=1 --", NO_INVITATION),
        ("x" * 101, "This is 101 characters long; 100 fit."),
        ("{code}\n{code}", "Some characters did not arrive whole. Please write them again."),
        ("{code}\x00", "Some characters did not arrive whole. Please write them again."),
        ("\u202e{code}", "This holds hidden marks that turn text round. Please remove them."),
        ("{code}\u200b", "This holds hidden marks that turn text round. Please remove them."),
    ],
)
def test_a_garbled_code_brings_a_sentence_and_nothing_else(app, telling, bens, garbled, sentence):
    noughts = {"another": "8", "arabic": "٠", "wide": "０"}
    spelled = {name: telling.replace("0", nought) for name, nought in noughts.items()}
    answer = claim(bens, garbled.format(code=telling, backwards=telling[::-1], **spelled))
    assert answer.status_code == 422
    assert sentence_on(answer.text) == sentence
    assert claimed_by(app) == [None]


def test_a_code_that_did_not_fit_stands_in_the_field_again(bens):
    page = claim(bens, "K7QM-2F8T").text
    assert 'value="K7QM-2F8T"' in page
    assert 'value="K7QM-2F8T"' in bens.get("/joining").text


@pytest.mark.parametrize("typed", [{}, {"code": ["a", "b"]}, {"code": "a", "couple": "b"}])
def test_a_form_of_another_shape_is_refused(telling, bens, typed):
    assert bens.post("/joining", data=typed).status_code == 422


# Guessing


def test_a_thousand_guesses_hit_nothing_and_are_slowed_down(app, anas, bens):
    invite(anas)
    chance = random.Random(20261112)
    guesses = [codes.spelled(chance.getrandbits(codes.BITS * signs.LENGTH), signs.LENGTH) for _ in range(1_000)]
    with app.app_context():
        assert not any(invitation_open(guess, now=NOW) for guess in guesses)
    answers = [claim(bens, guess) for guess in guesses[: 8 * FREE]]
    assert [answer.status_code for answer in answers] == [422] * FREE + [429] * 7 * FREE
    assert {answer.headers.get("Retry-After") for answer in answers[FREE:]} == {"1"}
    assert "That was a lot of tries." in sentence_on(answers[-1].text)
    assert claimed_by(app) == [None]


def test_a_right_code_works_again_after_the_wait(anas, bens, at):
    code = invite(anas)
    for _ in range(FREE):
        claim(bens, "wrong")
    assert claim(bens, code).status_code == 429
    at(NOW + timedelta(seconds=1))
    assert claim(bens, code).status_code == 303


def test_guesses_of_many_people_in_one_network_are_counted_together(app, save, anas, as_user):
    code = invite(anas)
    people = save(*(make_person(f"Guesser{number}") for number in range(FREE_NETWORK // (FREE - 1) + 1)))
    here = {"REMOTE_ADDR": "203.0.113.7"}
    browsers = [browser for person in people for browser in [as_user(person)] * (FREE - 1)]
    answers = [browser.post("/joining", data={"code": "x"}, environ_base=here) for browser in browsers]
    assert [answer.status_code for answer in answers[: FREE_NETWORK + 1]] == [422] * FREE_NETWORK + [429]
    last = browsers[-1]
    neighbours, elsewhere = {"REMOTE_ADDR": "203.0.113.200"}, {"REMOTE_ADDR": "198.51.100.7"}
    assert last.post("/joining", data={"code": code}, environ_base=neighbours).status_code == 429
    assert last.post("/joining", data={"code": code}, environ_base=elsewhere).status_code == 303
