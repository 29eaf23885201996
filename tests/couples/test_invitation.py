"""To invite: a code that is shown to its maker alone, works once, and not for long."""

import hashlib
import re
import string
from datetime import timedelta
from types import SimpleNamespace

import pytest
import segno
from sqlalchemy import func, select

from app.core import codes
from app.core.db import db
from app.couples.models import Invitation
from app.couples.routes.invitation import FREE
from app.couples.signs import LENGTH, words_of
from tests.couples.steps import (
    claim,
    code_on,
    confirm,
    confirmation_on,
    couples_of_two,
    everything_kept,
    give_password,
    invite,
    sentence_on,
    words_on,
)
from tests.factories import NOW

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def invitations(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Invitation))


# Thinking first


def test_before_pairing_everybody_reads_the_same_and_fills_in_nothing(anas, bens, as_user, carol):
    pages = [browser.get("/before-pairing").text for browser in (anas, bens, as_user(carol))]
    read = {re.search(r"<h1>.*?</main>", page, re.DOTALL)[0] for page in pages}
    assert len(read) == 1
    assert not re.search(r"<(input|select|textarea)", read.pop())
    assert "/help-lines" in pages[0]
    assert "Could I write that I was hurt, and feel safe tonight?" in pages[0]


# Making


def test_a_code_can_be_shown_again_and_to_its_maker_alone(anas, bens, as_user, ana, carol):
    code = invite(anas)
    assert code_on(anas.get("/invitation").text) == code
    assert code_on(as_user(ana, "Safari on iPhone").get("/invitation").text) == code
    for other in (bens, as_user(carol)):
        assert other.get("/invitation").location == "/before-pairing"


def test_a_code_is_kept_nowhere_that_a_stolen_database_would_tell(app, anas):
    code = invite(anas)
    plain = codes.plain(code, LENGTH)
    kept = everything_kept(app)
    assert "ana" in kept
    for form in (code, plain, code.lower(), plain.lower()):
        assert form not in kept
        assert hashlib.sha256(form.encode()).hexdigest() not in kept


def test_a_code_has_13_characters_that_are_hard_to_confuse(anas):
    assert set(codes.ALPHABET) == {*string.digits, *string.ascii_uppercase} - {*"ILOU"}
    made = [invite(anas) for _ in range(FREE)]
    for code in made:
        assert re.fullmatch(rf"([{codes.ALPHABET}]{{4}}-){{3}}[{codes.ALPHABET}]", code)
        assert len(codes.plain(code, LENGTH)) == 13
    assert len(set(made)) == len(made)


def test_the_picture_holds_the_link_with_the_code_behind_the_hash(app, anas):
    code = invite(anas)
    page = anas.get("/invitation").text
    size, path = re.search(r'<svg viewBox="0 0 (\d+) \1".*?<path fill="currentColor" d="([^"]*)"', page).groups()
    link = f"{app.extensions['attune'].base_url}/invited#{code}"
    assert _drawn(path, int(size)) == [[*row] for row in segno.make(link, error="m", micro=False).matrix]
    assert f'data-url="{link}"' in page


def test_a_new_invitation_withdraws_the_one_before(anas, bens):
    first, second = invite(anas), invite(anas)
    assert claim(bens, first).status_code == 422
    assert claim(bens, second).status_code == 303


def test_somebody_in_a_couple_of_two_invites_nobody(app, as_user, ana, ben, couple):
    browser = as_user(ana)
    answer = browser.post("/invitation?back=/before-pairing")
    assert answer.status_code == 409
    assert "One of you is in a couple already." in answer.text
    assert invitations(app) == 0
    assert browser.get("/before-pairing").location == "/couple"
    assert browser.get("/joining").location == "/today"
    assert browser.get("/invitation").location == "/before-pairing"


def test_inviting_is_for_partners(app, client, as_user, thea):
    assert client.post("/invitation").status_code == 401
    assert client.get("/invitation").location == "/sign-in?next=/invitation"
    for path in ("/before-pairing", "/invitation", "/joining"):
        assert as_user(thea).get(path).status_code == 404
    assert as_user(thea).post("/invitation").status_code == 404
    assert invitations(app) == 0


@pytest.mark.parametrize(("later", "asked"), [(5 * MINUTE - SECOND, False), (5 * MINUTE, True)])
def test_making_a_code_asks_for_the_password_after_five_minutes(app, anas, at, later, asked):
    at(NOW + later)
    answer = anas.post("/invitation?back=/before-pairing")
    assert answer.location == ("/confirm?next=/before-pairing" if asked else "/invitation")
    assert invitations(app) == (0 if asked else 1)
    if asked:
        give_password(anas, "/before-pairing")
        invite(anas)


def test_only_so_many_codes_are_made_in_an_hour_and_the_last_still_works(anas, bens, at):
    made = [invite(anas) for _ in range(FREE)]
    answer = anas.post("/invitation")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert code_on(anas.get("/invitation").text) == made[-1]
    assert claim(bens, made[-1]).status_code == 303
    at(NOW + SECOND)
    invite(anas)
    assert anas.post("/invitation").headers["Retry-After"] == "2"


# Ending


@pytest.fixture
def two(alone, as_user, ana, ben):
    """`two.ana()`: a browser that Ana has signed in on just now."""
    return SimpleNamespace(ana=lambda: as_user(ana), ben=lambda: as_user(ben))


@pytest.mark.parametrize(("later", "open_still"), [(3 * DAY - SECOND, True), (3 * DAY, False)])
def test_a_code_can_be_used_for_72_hours_to_the_second(two, at, later, open_still):
    code = invite(two.ana())
    at(NOW + later)
    assert two.ana().get("/invitation").status_code == (200 if open_still else 303)
    assert claim(two.ben(), code).status_code == (303 if open_still else 422)


@pytest.mark.parametrize(("later", "open_still"), [(3 * DAY - SECOND, True), (3 * DAY, False)])
def test_a_claim_can_be_confirmed_for_72_hours_to_the_second(app, two, at, later, open_still):
    code = invite(two.ana())
    at(NOW + MINUTE)
    claim(two.ben(), code)
    path = confirmation_on(two.ana().get("/invitation").text)
    at(NOW + later)
    assert ("Read these to Ana." in two.ben().get("/joining").text) is open_still
    assert two.ana().post(path).status_code == (303 if open_still else 409)
    assert len(couples_of_two(app)) == open_still


def test_a_code_works_once(anas, bens, as_user, carol, dina):
    code = invite(anas)
    assert claim(bens, code).status_code == 303
    assert claim(as_user(carol), code).status_code == 422
    assert claim(bens, code).status_code == 422
    bens.post("/joining/withdrawal")
    for other in (bens, as_user(carol)):
        assert claim(other, code).status_code == 422


def test_a_code_is_used_up_when_it_is_confirmed(anas, bens, as_user, carol):
    code = invite(anas)
    claim(bens, code)
    confirm(anas)
    assert claim(as_user(carol), code).status_code == 422


def test_a_withdrawn_code_is_worthless(anas, bens):
    code = invite(anas)
    answer = anas.post("/invitation/withdrawal")
    assert (answer.status_code, answer.location) == (303, "/today")
    assert "The invitation is withdrawn. Nothing was shared." in anas.get("/today").text
    assert claim(bens, code).status_code == 422
    assert anas.get("/invitation").location == "/before-pairing"


def test_an_invitation_withdrawn_after_a_claim_lets_nobody_in(app, anas, bens):
    claim(bens, invite(anas))
    path = confirmation_on(anas.get("/invitation").text)
    assert anas.post("/invitation/withdrawal").location == "/today"
    assert 'name="code"' in bens.get("/joining").text
    answer = anas.post(path)
    assert answer.status_code == 409
    assert "This invitation is no longer open." in answer.text
    assert couples_of_two(app) == {}


def test_nobody_withdraws_what_another_made(anas, bens, as_user, carol):
    code = invite(anas)
    as_user(carol).post("/invitation/withdrawal")
    assert claim(bens, code).status_code == 303
    bens.post("/invitation/withdrawal")
    assert "Ben asks to join you." in anas.get("/invitation").text


def test_nobody_uses_their_own_code(app, anas):
    answer = claim(anas, invite(anas))
    assert answer.status_code == 422
    assert sentence_on(answer.text) == "This is the code you made. It is for your partner, on their own account."
    assert couples_of_two(app) == {}


# The four words


def test_both_see_the_same_four_words(anas, bens):
    claim(bens, invite(anas))
    inviters, claimants = anas.get("/invitation").text, bens.get("/joining").text
    assert words_on(inviters) == words_on(claimants)
    assert len(words_on(inviters)) == 4
    assert "Ben asks to join you." in inviters
    assert "Read these to Ana." in claimants
    assert words_on(bens.get("/joining").text) == words_on(claimants)


def test_another_claimant_another_invitation_and_another_inviter_bring_other_words(app):
    who = [("invitation", "ana", "ben"), ("invitation", "ana", "eve"), ("another", "ana", "ben")]
    with app.app_context():
        found = {words_of(*each) for each in [*who, ("invitation", "eve", "ben"), ("invitation", "ben", "ana")]}
        assert len(found) == 5
        assert words_of(*who[0]) in found


def test_each_of_the_four_words_is_drawn_for_itself(app):
    with app.app_context():
        found = [words_of(str(number), "ana", "ben") for number in range(50)]
    assert len({word for words in found for word in words}) > 3 * len(found)


def test_the_words_of_a_stranger_who_was_quicker_differ(anas, bens, as_user, carol):
    strangers = as_user(carol)
    claim(strangers, invite(anas))
    seen = words_on(anas.get("/invitation").text)
    assert seen == words_on(strangers.get("/joining").text)
    anas.post("/invitation/withdrawal")
    claim(bens, invite(anas))
    assert words_on(anas.get("/invitation").text) == words_on(bens.get("/joining").text) != seen


# Below


def _drawn(path, size):
    """The cells of a square in which the path of an SVG, made of level bars one high, is dark."""
    cells = [[0] * size for _ in range(size)]
    bars = re.findall(r"M(\d+) (\d+)h(\d+)v1H(\d+)z", path)
    assert "".join(f"M{x} {y}h{length}v1H{back}z" for x, y, length, back in bars) == path
    for x, y, length, back in (map(int, bar) for bar in bars):
        assert back == x
        for at in range(x, x + length):
            cells[y][at] ^= 1
    return cells
