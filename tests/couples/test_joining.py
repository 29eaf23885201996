"""To join: a code is claimed by one, and confirmed by whoever made it. Then, and only then, the two are a couple."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import db
from app.couples.models import Couple, Invitation, Membership
from app.couples.routes.joining import FREE
from app.couples.service import VALID
from app.exercises.service import catalogue, plan_of
from tests.couples.steps import (
    at_once,
    become_two,
    claim,
    confirm,
    confirmation_on,
    couple_of,
    couples_of_two,
    give_password,
    invite,
    sentence_on,
)
from tests.factories import NOW, TODAY, make_couple, make_person

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def rows(app, table):
    with app.app_context():
        return db.session.scalars(select(table)).all()


# Becoming two


def test_a_confirmation_makes_one_couple_of_the_two(app, anas, bens, ana, ben):
    become_two(anas, bens)
    ((_, sides),) = couples_of_two(app).items()
    assert sides == {"quince": ana.id, "sloe": ben.id}
    assert "Now you are two." in anas.get("/today").text
    assert "Ana and Ben" in anas.get("/couple").text
    assert "Ben and Ana" in bens.get("/couple").text
    for browser in (anas, bens):
        assert browser.get("/joining").location == "/today"
        assert browser.get("/before-pairing").location == "/couple"


def test_each_leaves_the_couple_they_had_alone(app, anas, bens, alone):
    become_two(anas, bens)
    with app.app_context():
        for couple in alone:
            former = db.session.get_one(Couple, couple.id)
            assert former.ended_at == NOW
            assert [each.left_at for each in former.memberships] == [NOW]
    assert len(rows(app, Couple)) == 3


def test_before_the_confirmation_nobody_is_in_a_couple_of_two(app, anas, bens):
    claim(bens, invite(anas))
    assert couples_of_two(app) == {}
    for browser in (anas, bens):
        assert "You, for now." in browser.get("/couple").text


def test_today_leads_each_of_them_to_where_they_are(anas, bens, at):
    def leads(browser):
        note = re.search(r'<p class="note">.*?</p>', browser.get("/today").text, re.DOTALL)
        return re.findall(r'<a href="([^"]+)">([^<]+)</a>', note[0]) if note else []

    alone, invited = [("/before-pairing", "Invite your partner")], [("/invitation", "Your invitation")]
    code = invite(anas)
    assert (leads(anas), leads(bens)) == (invited, alone)
    assert "Somebody asks to join you." not in anas.get("/today").text
    claim(bens, code)
    assert (leads(anas), leads(bens)) == (invited, [("/joining", "The four words")])
    assert "Somebody asks to join you." in anas.get("/today").text
    at(NOW + VALID)
    assert (leads(anas), leads(bens)) == (alone, alone)
    at(NOW + VALID - SECOND)
    assert leads(anas) == invited
    at(NOW)
    confirm(anas)
    assert (leads(anas), leads(bens)) == ([], [])


def test_the_couple_begins_on_the_day_of_whoever_invited(app, save, as_user, at):
    ana, ben = save(make_person("Ana"), make_person("Ben"))
    save(make_couple(ana, zone="Pacific/Auckland"), make_couple(ben, zone="America/Lima"))
    browser = as_user(ana)
    become_two(browser, as_user(ben))
    (((_, zone), _),) = couples_of_two(app).items()
    assert zone == "Pacific/Auckland"
    # Nine in the morning of the next day, in Auckland.
    joined = {each.joined_on for each in rows(app, Membership) if each.left_at is None}
    assert joined == {TODAY + timedelta(days=1)}
    assert "Friday, 13 November" in browser.get("/today").text


def test_the_couple_begins_with_the_plan_that_everybody_begins_with(app, anas, bens):
    for browser in (anas, bens):
        browser.post("/plan", data={"love_map": "4"})
    become_two(anas, bens)
    (((couple_id, _), _),) = couples_of_two(app).items()
    with app.app_context():
        default = {name: exercise.default_weekdays for name, exercise in catalogue().exercises.items()}
        assert plan_of(couple_id) == default


def test_somebody_who_never_came_back_after_registering_can_be_joined_and_can_join(app, as_user, ana, ben):
    become_two(as_user(ana), as_user(ben))
    ((_, sides),) = couples_of_two(app).items()
    assert sides == {"quince": ana.id, "sloe": ben.id}


# Others


def test_a_third_can_neither_see_nor_confirm_nor_take_back(app, anas, bens, as_user, carol):
    claim(bens, invite(anas))
    path, thirds = confirmation_on(anas.get("/invitation").text), as_user(carol)
    assert thirds.get("/invitation").location == "/before-pairing"
    assert 'name="code"' in thirds.get("/joining").text
    for browser in (thirds, bens):
        assert browser.post(path).status_code == 409
    for act in ("/invitation/withdrawal", "/joining/withdrawal"):
        thirds.post(act)
    assert couples_of_two(app) == {}
    assert confirm(anas).status_code == 303


def test_a_confirmation_for_nothing_is_refused(app, anas, bens):
    assert anas.post("/invitation/nothing/confirmation").status_code == 409
    invite(anas)
    (ident,) = [each.id for each in rows(app, Invitation)]
    answer = anas.post(f"/invitation/{ident}/confirmation")
    assert answer.status_code == 409
    assert "This invitation is no longer open. You can make a new one." in answer.text
    assert couples_of_two(app) == {}


def test_a_confirmation_sent_twice_makes_one_couple(app, anas, bens):
    claim(bens, invite(anas))
    path = confirmation_on(anas.get("/invitation").text)
    assert [anas.post(path).status_code for _ in range(2)] == [303, 409]
    assert len(couples_of_two(app)) == 1


def test_a_confirmation_sent_again_brings_nobody_back_who_has_left(app, anas, bens):
    claim(bens, invite(anas))
    path = confirmation_on(anas.get("/invitation").text)
    anas.post(path)
    bens.post("/leaving")
    assert anas.post(path).status_code == 409
    assert couples_of_two(app) == {}


def test_who_is_in_a_couple_of_two_claims_nothing(app, anas, as_user, dina, other_couple):
    code = invite(anas)
    answer = claim(as_user(dina), code)
    assert answer.status_code == 409
    assert sentence_on(answer.text).startswith("One of you is in a couple already.")
    assert [each.claimed_by for each in rows(app, Invitation)] == [None]


def test_who_has_become_two_with_another_meanwhile_is_not_joined(app, anas, bens, as_user, carol):
    claim(bens, invite(anas))
    path = confirmation_on(anas.get("/invitation").text)
    become_two(bens, as_user(carol))
    assert anas.get("/invitation").location == "/before-pairing"
    assert anas.post(path).status_code == 409
    assert len(couples_of_two(app)) == 1


def test_a_claim_from_before_a_couple_is_worthless_after_it(app, anas, bens, as_user, carol):
    claim(bens, invite(anas))
    path = confirmation_on(anas.get("/invitation").text)
    become_two(bens, as_user(carol))
    bens.post("/leaving")
    assert anas.post(path).status_code == 409
    assert couples_of_two(app) == {}


def test_a_code_from_before_a_couple_is_worthless_in_it_and_after_it(app, anas, bens, as_user, carol):
    claim(anas, invite(bens))
    code = invite(anas)
    confirm(bens)
    strangers = as_user(carol)
    assert claim(strangers, code).status_code == 422
    anas.post("/leaving")
    assert claim(strangers, code).status_code == 422


# Asking no longer


def test_a_claim_can_be_taken_back(app, anas, bens):
    claim(bens, invite(anas))
    path = confirmation_on(anas.get("/invitation").text)
    answer = bens.post("/joining/withdrawal")
    assert (answer.status_code, answer.location) == (303, "/today")
    assert "You are no longer asking. Nothing was shared." in bens.get("/today").text
    assert anas.get("/invitation").location == "/before-pairing"
    assert anas.post(path).status_code == 409
    assert couples_of_two(app) == {}


def test_who_asks_another_asks_the_first_no_longer(app, anas, bens, as_user, carol):
    inviters = as_user(carol)
    claim(bens, invite(anas))
    path = confirmation_on(anas.get("/invitation").text)
    claim(bens, invite(inviters))
    assert "Read these to Carol." in bens.get("/joining").text
    assert anas.post(path).status_code == 409
    assert confirm(inviters).status_code == 303


# The password, once more


@pytest.mark.parametrize(("later", "asked"), [(5 * MINUTE - SECOND, False), (5 * MINUTE, True)])
def test_claiming_asks_for_the_password_after_five_minutes_and_keeps_the_code(app, anas, bens, at, later, asked):
    code = invite(anas)
    at(NOW + later)
    answer = claim(bens, code.lower())
    assert answer.location == ("/confirm?next=/joining" if asked else "/joining")
    if asked:
        assert [each.claimed_by for each in rows(app, Invitation)] == [None]
        give_password(bens, "/joining")
        assert f'value="{code.lower()}"' in bens.get("/joining").text
        assert claim(bens, code.lower()).location == "/joining"
    assert "Read these to Ana." in bens.get("/joining").text


@pytest.mark.parametrize(("later", "asked"), [(5 * MINUTE - SECOND, False), (5 * MINUTE, True)])
def test_confirming_asks_for_the_password_after_five_minutes(app, anas, bens, at, later, asked):
    claim(bens, invite(anas))
    at(NOW + later)
    assert confirm(anas).location == ("/confirm?next=/invitation" if asked else "/today")
    assert len(couples_of_two(app)) == (not asked)
    if asked:
        give_password(anas, "/invitation")
        assert confirm(anas).location == "/today"
        assert len(couples_of_two(app)) == 1


def test_a_wrong_password_confirms_nothing(app, anas, bens, at):
    claim(bens, invite(anas))
    at(NOW + 5 * MINUTE)
    assert anas.post("/confirm", data={"password": "not this one at all", "next": "/invitation"}).status_code == 422
    assert confirm(anas).location == "/confirm?next=/invitation"
    assert couples_of_two(app) == {}


# At the same instant


def test_of_two_who_claim_a_code_at_once_one_gets_it(app, anas, bens, as_user, carol):
    strangers = as_user(carol)
    # Of one network they would be counted one after the other.
    strangers.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    for _ in range(FREE):
        code = invite(anas)
        got = [answer.status_code for answer in at_once((claim, bens, code), (claim, strangers, code))]
        assert sorted(got) == [303, 422]
        winner = ("Ben", "Carol")[got.index(303)]
        assert f"{winner} asks to join you." in anas.get("/invitation").text
        waiting = [browser.get("/joining").text for browser in (bens, strangers)]
        assert [("Read these to Ana." in page) for page in waiting] == [status == 303 for status in got]


def test_two_who_confirm_each_other_at_once_become_one_couple(app, anas, bens, ana, ben):
    for _ in range(FREE - 1):
        codes_made = invite(anas), invite(bens)
        assert [claim(bens, codes_made[0]).status_code, claim(anas, codes_made[1]).status_code] == [303, 303]
        paths = [confirmation_on(browser.get("/invitation").text) for browser in (anas, bens)]
        got = at_once((anas.post, paths[0]), (bens.post, paths[1]))
        assert sorted(answer.status_code for answer in got) == [303, 409]
        assert len(couples_of_two(app)) == 1
        assert couple_of(app, ana) == couple_of(app, ben)
        anas.post("/leaving")


def test_a_claim_and_a_withdrawal_at_once_let_nobody_in(app, anas, bens):
    for _ in range(FREE):
        code = invite(anas)
        claimed, withdrawn = at_once((claim, bens, code), (anas.post, "/invitation/withdrawal"))
        assert claimed.status_code in {303, 422}
        assert withdrawn.status_code == 303
        assert anas.get("/invitation").location == "/before-pairing"
        assert 'name="code"' in bens.get("/joining").text
