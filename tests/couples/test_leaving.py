"""To leave: at once, alone, and for good. Each keeps their own words, and nobody reads the other's any more."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Person
from app.core.db import db
from app.couples.models import Couple, Membership
from app.exercises.models import Amendment, Draft, Mark, Response, Turn
from tests.accounts.test_sign_in import sign_in
from tests.couples.steps import (
    at_once,
    become_two,
    claim,
    couple_of,
    couples_of_two,
    everything_shown,
    filled,
    give_password,
    invite,
    leave,
)
from tests.factories import NOW, make_person, make_prompt

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
ROWS = [table.__table__ for table in (Response, Mark, Amendment, Draft, Turn)]
TOLD = ("check_in", "appreciation", "love_map", "guess", "thanks", "amendment", "turn")


@pytest.fixture
def anas(couple, as_user, ana):
    return as_user(ana)


@pytest.fixture
def bens(couple, as_user, ben):
    return as_user(ben)


@pytest.fixture
def prompts(save, couple):
    """The ids of a day's prompts of Ana and Ben."""
    items = {"check_in": None, "appreciation": "errand", "love_map": "home-smell", "mirroring": "steady-habit"}
    made = {name: make_prompt(couple, name, item=item) for name, item in items.items()}
    save(*made.values())
    return {name: prompt.id for name, prompt in made.items()}


@pytest.fixture
def told(anas, bens, prompts):
    """All that two can tell each other in a day, open to both, with the words `anas <what>` and `bens <what>`."""
    both = {"ana": anas, "ben": bens}
    for name, browser in both.items():
        for what in ("check_in", "appreciation", "love_map"):
            typed = filled(what, f"{name}s {what}", two=True)
            if what == "love_map":
                typed["guess"] = f"{name}s guess"
            browser.post(f"/prompts/{prompts[what]}/response", data=typed)
    for name, browser in both.items():
        thanks = {"landed": "9", "thanks": f"{name}s thanks"}
        browser.post(f"/prompts/{prompts['appreciation']}/mark", data=thanks)
        browser.post(f"/prompts/{prompts['love_map']}/mark", data={"closeness": "close"})
        later = {"field": "answer", "text": f"{name}s amendment"}
        browser.post(f"/prompts/{prompts['love_map']}/amendment", data=later)
        browser.post(f"/prompts/{prompts['mirroring']}/turn", data={"text": f"{name}s turn"})
    return prompts


def rows(app, *of):
    with app.app_context():
        return [
            row
            for table in ROWS
            for row in db.session.execute(select(table).order_by(*table.primary_key))
            if row.author_id in {person.id for person in of}
        ]


# Leaving


@pytest.mark.only_on("sqlite")
def test_what_there_is_to_lose_is_there(app, anas, bens, told):
    """Before they part each can read all that the other told; the tests below would say nothing otherwise."""
    for browser in (anas, bens):
        shown = everything_shown(app, browser, *told.values())
        for name in ("ana", "ben"):
            assert [what for what in TOLD if f"{name}s {what}" not in shown] == []


def test_both_are_alone_at_their_next_request(app, anas, bens, couple, ana, ben):
    answer = leave(anas)
    assert (answer.status_code, answer.location) == (303, "/history/earlier")
    for browser in (anas, bens):
        assert "You, for now." in browser.get("/couple").text
        assert "You are on your own here for now." in browser.get("/today").text
    assert couples_of_two(app) == {}
    assert len({couple.id, couple_of(app, ana), couple_of(app, ben)}) == 3


@pytest.mark.only_on("sqlite")
def test_neither_reads_the_words_of_the_other_any_more_on_any_path(app, anas, bens, told, couple, ana, ben):
    leave(bens)
    idents = [*told.values(), couple.id, ana.id, ben.id]
    for browser, yours in ((anas, "ben"), (bens, "ana")):
        shown = everything_shown(app, browser, *idents)
        assert [what for what in TOLD if f"{yours}s {what}" in shown] == []


@pytest.mark.only_on("sqlite")
def test_each_keeps_their_own_words(app, anas, bens, told, ana, ben):
    before = rows(app, ana, ben)
    leave(bens)
    assert rows(app, ana, ben) == before
    for browser, mine in ((anas, "ana"), (bens, "ben")):
        page = browser.get("/history/earlier").text
        assert [what for what in ("check_in", "appreciation", "love_map") if f"{mine}s {what}" not in page] == []
        shown = everything_shown(app, browser, *told.values())
        assert [what for what in TOLD if f"{mine}s {what}" not in shown] == []


def test_the_one_who_stays_is_told_nothing_but_that_they_are_alone(anas, bens, told, ana, ben):
    leave(anas)
    assert "You have left." in anas.get("/history/earlier").text
    pages = [browser.get("/couple").text for browser in (anas, bens)]
    assert pages[0].replace(ana.id, ben.id) == pages[1]
    shown = bens.get("/today").text
    assert "Ana" not in shown
    assert "has left" not in shown
    assert "have left" not in shown


def test_leaving_asks_nobody_and_cannot_be_undone(app, anas, bens, couple):
    leave(anas)
    with app.app_context():
        ended = db.session.get_one(Couple, couple.id)
        assert ended.ended_at == NOW
        assert [each.left_at for each in ended.memberships] == [NOW, NOW]
    assert leave(anas).status_code == 404
    assert leave(bens).status_code == 404


def test_the_page_says_what_leaving_means(anas, as_user, carol):
    page = anas.get("/leaving").text
    for sentence in ("You keep your own words, and Ben keeps theirs.", "It cannot be undone.", "/help-lines"):
        assert sentence in page
    assert 'action="/leaving' not in as_user(carol).get("/leaving").text


@pytest.mark.parametrize(("later", "asked"), [(5 * MINUTE - SECOND, False), (5 * MINUTE, True)])
def test_leaving_asks_for_the_password_after_five_minutes(app, anas, couple, at, later, asked):
    at(NOW + later)
    assert leave(anas).location == ("/confirm?next=/leaving" if asked else "/history/earlier")
    assert len(couples_of_two(app)) == asked
    if asked:
        give_password(anas, "/leaving")
        assert leave(anas).location == "/history/earlier"
        assert couples_of_two(app) == {}


def test_nobody_else_ends_a_couple(app, client, as_user, couple, carol, dina, other_couple, thea):
    assert client.post("/leaving").status_code == 401
    for person in (carol, thea):
        assert leave(as_user(person)).status_code == 404
    leave(as_user(dina))
    assert [key[0] for key in couples_of_two(app)] == [couple.id]


def test_two_who_leave_at_once_are_both_alone(app, anas, bens, couple):
    got = at_once((leave, anas), (leave, bens))
    assert {answer.status_code for answer in got} <= {303, 404}
    assert 303 in {answer.status_code for answer in got}
    assert couples_of_two(app) == {}
    with app.app_context():
        assert db.session.get_one(Couple, couple.id).ended_at == NOW


def test_somebody_who_is_alone_again_begins_once_whatever_comes_at_once(app, anas, bens, ben):
    leave(anas)
    got = at_once(*[(bens.get, path) for path in ("/today", "/couple", "/history", "/plan")])
    assert [answer.status_code for answer in got] == [200] * 4
    assert places(app, ben) == 1


def test_somebody_new_begins_once_whatever_comes_at_once(app, save, as_user):
    for number in range(12):
        person = save(make_person(f"New{number}"))
        browser = as_user(person)
        got = at_once(*[(browser.get, "/couple")] * 4)
        assert [answer.status_code for answer in got] == [200] * 4
        assert places(app, person) == 1


def places(app, person):
    """In how many couples a person is."""
    with app.app_context():
        here = select(Membership).where(Membership.person_id == person.id, Membership.left_at.is_(None))
        return len(db.session.scalars(here).all())


# What was being typed


@pytest.mark.parametrize(
    ("exercise", "act", "typed"),
    [
        ("check_in", "response", filled("check_in", "still typing", two=True)),
        ("appreciation", "response", {"text": "still typing"}),
        ("love_map", "response", {"answer": "a while ago", "guess": "still typing"}),
        ("love_map", "draft", {"answer": "still typing"}),
        ("mirroring", "turn", {"text": "still typing"}),
        ("mirroring", "turn", {"heard": "8", "verdict": "missing", "text": "still typing"}),
        ("appreciation", "mark", {"landed": "9", "thanks": "still typing"}),
        ("love_map", "amendment", {"field": "answer", "text": "still typing"}),
    ],
)
def test_words_that_were_being_typed_when_it_ended_are_kept(anas, bens, prompts, exercise, act, typed):
    leave(bens)
    answer = anas.post(f"/prompts/{prompts[exercise]}/{act}", data=typed)
    assert (answer.status_code, answer.location) == (303, "/history/earlier")
    page = anas.get("/history/earlier").text
    assert "still typing" in page
    assert "Nothing from before." not in page
    assert "Your words are kept here." in page
    for path in ("/history/earlier", "/today", f"/prompts/{prompts[exercise]}"):
        assert "still typing" not in bens.get(path).text


def test_words_of_a_session_that_ended_with_the_couple_are_kept_over_the_door(client, anas, bens, prompts, at):
    leave(bens)
    at(NOW + 20 * DAY)
    page = anas.post(f"/prompts/{prompts['love_map']}/response", data={"answer": "bread", "guess": "still typing"})
    assert page.status_code == 401
    held = page.text.split('name="held" value="')[1].split('"')[0]
    assert sign_in(client, held=held).location == "/history/earlier"
    assert "still typing" in client.get("/history/earlier").text


def test_words_to_a_couple_that_one_was_never_in_are_not_taken(app, as_user, dina, other_couple, prompts):
    for act in ("response", "draft", "turn", "mark", "amendment"):
        assert as_user(dina).post(f"/prompts/{prompts['love_map']}/{act}", data={"text": "meddling"}).status_code == 404
    assert rows(app, dina) == []


# Deleting what was written before


def test_one_deletes_ones_own_words_from_before_and_nobody_elses(app, anas, bens, told, ana, ben):
    leave(bens)
    anas.post(f"/prompts/{told['check_in']}/draft", data={"high": "still typing"})
    theirs = rows(app, ben)
    assert len(theirs) == len(rows(app, ana)) - 1
    answer = anas.post("/history/earlier/deletion?back=/history/earlier")
    assert (answer.status_code, answer.location) == (303, "/history/earlier")
    assert "Your words from before are deleted." in anas.get("/history/earlier").text
    assert "Nothing from before." in anas.get("/history/earlier").text
    assert rows(app, ana) == []
    assert rows(app, ben) == theirs
    shown = everything_shown(app, anas, *told.values())
    assert [what for what in TOLD if f"anas {what}" in shown] == []
    assert "bens check_in" in bens.get("/history/earlier").text


def test_deleting_asks_for_the_password_after_five_minutes(app, anas, bens, told, ana, at):
    leave(bens)
    at(NOW + 5 * MINUTE)
    mine = rows(app, ana)
    path = re.search(r'action="(/history/earlier/deletion[^"]*)"', anas.get("/history/earlier").text)[1]
    assert anas.post(path).location == "/confirm?next=/history/earlier?open"
    assert rows(app, ana) == mine
    give_password(anas, "/history/earlier?open")
    # The button does not hide in its fold from whoever is asked to tap it once more.
    assert '<details class="fold" open><summary>Delete all of these' in anas.get("/history/earlier?open").text
    assert anas.post(path).location == "/history/earlier"
    assert rows(app, ana) == []


def test_nothing_is_deleted_of_a_couple_that_goes_on(app, anas, told, ana):
    mine = rows(app, ana)
    anas.post("/history/earlier/deletion")
    assert rows(app, ana) == mine


# After it


def test_two_who_begin_again_begin_with_an_empty_page(app, anas, bens, told):
    leave(anas)
    become_two(anas, bens)
    assert "Ana and Ben" in anas.get("/couple").text
    assert "Nothing here yet." in anas.get("/history").text
    shown = everything_shown(app, anas, *told.values())
    assert [what for what in TOLD if f"bens {what}" in shown] == []
    assert "anas check_in" in anas.get("/history/earlier").text


def test_one_can_begin_with_another(app, anas, bens, as_user, carol, told):
    leave(anas)
    others = as_user(carol)
    assert claim(others, invite(bens)).status_code == 303
    shown = everything_shown(app, others, *told.values())
    assert [what for what in TOLD if f"bens {what}" in shown] == []


def test_deleting_an_account_leaves_the_couple_first(app, anas, bens, told, couple, ana, ben):
    theirs = rows(app, ben)
    assert anas.post("/settings/deletion", data={"word": "erase"}).status_code == 200
    with app.app_context():
        assert db.session.get(Person, ana.id) is None
        assert db.session.get_one(Couple, couple.id).ended_at == NOW
    assert rows(app, ana) == []
    assert rows(app, ben) == theirs
    assert "You, for now." in bens.get("/couple").text
    shown = everything_shown(app, bens, *told.values())
    assert [what for what in TOLD if f"bens {what}" not in shown] == []
    assert [what for what in TOLD if f"anas {what}" in shown] == []


def test_an_invitation_of_somebody_who_deleted_their_account_is_worthless(app, as_user, carol, dina):
    inviters, claimants = as_user(carol), as_user(dina)
    claim(claimants, invite(inviters))
    assert "Read these to Carol." in claimants.get("/joining").text
    assert inviters.post("/settings/deletion", data={"word": "erase"}).status_code == 200
    assert 'name="code"' in claimants.get("/joining").text
    assert couples_of_two(app) == {}
