"""In and out."""

import re
import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import AuthSession, Person, Throttle
from app.core.db import db, transaction
from app.core.hashing import Hasher
from tests.factories import NOW, PASSWORD, make_person

WRONG = "This name and this password do not go together."


def sign_in(browser, login="ana", password=PASSWORD, **others):
    kept = others.pop("environ", {})
    return browser.post("/sign-in", data={"login": login, "password": password, **others}, environ_base=kept)


def cookie(browser, name="attune"):
    found = browser.get_cookie(name)
    return found and found.value


def sessions(app):
    with app.app_context():
        return list(db.session.scalars(select(AuthSession).order_by(AuthSession.created_at)))


def test_a_person_signs_in(client, ana):
    assert client.get("/settings").location == "/sign-in?next=/settings"
    assert sign_in(client, next="/settings").location == "/settings"
    assert "Ana" in client.get("/settings").text
    assert client.get("/sign-in?next=/settings").location == "/settings"


@pytest.mark.parametrize("login", ["ANA", " ana ", "Ana"])
def test_a_login_is_forgiving(client, ana, login):
    assert sign_in(client, login).status_code == 303


def test_a_composed_password_is_the_same_as_a_decomposed_one(app, save, client):
    word = "s\u00fc\u00dfe Tr\u00e4ume \u00fcber dem See"
    save(make_person("Ana", password_hash=app.extensions["hasher"].hash(word)))
    assert sign_in(client, password="su\u0308\u00dfe Tra\u0308ume u\u0308ber dem See").status_code == 303


@pytest.mark.parametrize(("login", "password"), [("ana", "wrong horse entirely"), ("nobody", PASSWORD), ("ana", "x")])
def test_a_wrong_pair_gets_one_sentence(client, ana, login, password):
    page = sign_in(client, login, password)
    assert page.status_code == 422
    assert WRONG in page.text
    assert password not in page.text or password == "x"
    assert f'value="{login}"' in page.text
    assert cookie(client) is None


def test_unknown_and_known_answers_are_alike_to_the_byte(app, ana):
    known = sign_in(app.test_client(), "ana", "wrong horse entirely")
    unknown = sign_in(app.test_client(), "bob", "wrong horse entirely")
    assert known.text.replace("ana", "bob") == unknown.text
    assert dict(known.headers) == dict(unknown.headers)


def test_an_unknown_login_costs_one_check_like_a_known_one(app, client, ana, monkeypatch):
    checked = []
    real = Hasher.fits
    monkeypatch.setattr(Hasher, "fits", lambda self, word, kept: checked.append(kept) or real(self, word, kept))
    sign_in(client, "ana", "wrong horse entirely")
    sign_in(client, "nobody", "wrong horse entirely")
    assert [each is None for each in checked] == [False, True]


@pytest.mark.only_on("sqlite")
def test_an_unknown_login_takes_as_long_as_a_known_one(make_app, save):
    dear = make_app(password_cost=(8192, 2))
    save(make_person("Ana", password_hash=dear.extensions["hasher"].hash(PASSWORD)))
    spent = {"ana": [], "nobody": []}
    for turn in range(20):
        for login in spent if turn % 2 else reversed(spent):
            begun = time.thread_time()
            network = {"REMOTE_ADDR": f"10.{turn}.{len(spent[login])}.1"}
            assert sign_in(dear.test_client(), login, "wrong horse entirely", environ=network).status_code == 422
            spent[login].append(time.thread_time() - begun)
    known, unknown = (statistics.median(each) for each in spent.values())
    assert unknown == pytest.approx(known, rel=0.3)


def test_a_disabled_person_stays_out(app, save, client, as_user):
    eve = save(make_person("Eve"))
    browser = as_user(eve)
    assert browser.get("/settings").status_code == 200
    with app.app_context(), transaction():
        db.session.get_one(Person, eve.id).disabled_at = NOW
    assert browser.get("/settings").status_code == 303
    assert WRONG in sign_in(client, "eve").text


def test_signing_in_again_gives_a_new_session_and_ends_the_old_one(app, client, ana):
    sign_in(client)
    first = cookie(client)
    sign_in(client)
    assert cookie(client) != first
    assert [bool(each.ended_at) for each in sessions(app)].count(True) == 1
    thief = app.test_client()
    thief.set_cookie("attune", first)
    assert thief.get("/settings").status_code == 303


def test_a_planted_session_is_worth_nothing(client, ana):
    client.set_cookie("attune", "planted")
    sign_in(client)
    assert cookie(client) != "planted"


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:1"])
def test_the_way_on_stays_in_the_house(client, ana, address):
    assert 'name="next" value="/today"' in client.get("/sign-in", query_string={"next": address}).text
    assert sign_in(client, next=address).location == "/today"


def test_a_shared_device_forgets(app, client, ana, at, now):
    answer = sign_in(client, shared="yes")
    given = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("attune")]
    assert len(given) == 1
    assert "Max-Age" not in given[0]
    assert "Expires" not in given[0]
    at(now + timedelta(hours=11))
    assert client.get("/settings").status_code == 200
    at(now + timedelta(hours=13))
    assert client.get("/settings").status_code == 303


def test_an_own_device_remembers_for_a_month(client, ana):
    given = next(each for each in sign_in(client).headers.getlist("Set-Cookie") if each.startswith("attune="))
    assert "Max-Age=2592000" in given


def test_an_old_hash_is_renewed(app, make_app, client, ana):
    assert sign_in(client).status_code == 303
    with app.app_context():
        before = db.session.scalars(select(Person.password_hash)).one()
    dearer = make_app(password_cost=(16, 1))
    assert sign_in(dearer.test_client()).status_code == 303
    with app.app_context():
        after = db.session.scalars(select(Person.password_hash)).one()
    assert "m=8," in before
    assert "m=16," in after
    assert sign_in(app.test_client()).status_code == 303


def test_a_password_that_changes_meanwhile_does_not_open(app, client, ana, monkeypatch):
    real = Hasher.fits

    def slow(self, word, kept):
        found = real(self, word, kept)
        with app.app_context(), transaction():
            db.session.get_one(Person, ana.id).password_hash = self.hash("another word for it")
        return found

    monkeypatch.setattr(Hasher, "fits", slow)
    assert WRONG in sign_in(client).text
    assert sessions(app) == []


# Too many tries


def test_after_five_wrong_ones_the_wait_doubles(client, ana, at, now):
    assert [sign_in(client, password="wrong horse").status_code for _ in range(6)] == [422] * 5 + [429]
    page = sign_in(client)
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "1"
    assert "That was a lot of tries" in page.text
    assert 'value="ana"' in page.text
    for wait in (2, 4, 8, 16):
        now = at(now + timedelta(seconds=wait / 2 + 0.1))
        assert sign_in(client, password="wrong horse").status_code == 422
        assert sign_in(client).headers["Retry-After"] == str(wait)


def test_the_wait_is_a_quarter_of_an_hour_at_most(client, ana, at, now):
    for _ in range(40):
        page = sign_in(client, password="wrong horse")
        wait = int(page.headers.get("Retry-After", 0))
        assert wait <= 900
        now = at(now + timedelta(seconds=wait))
    assert wait or sign_in(client).status_code == 303


def test_the_right_one_begins_anew(client, app, ana):
    for _ in range(4):
        sign_in(client, password="wrong horse")
    assert sign_in(client).status_code == 303
    fresh = app.test_client()
    assert [sign_in(fresh, password="wrong horse").status_code for _ in range(5)] == [422] * 5


def test_an_hour_later_all_is_forgotten(client, ana, at, now):
    for _ in range(6):
        sign_in(client, password="wrong horse")
    at(now + timedelta(hours=1))
    assert [sign_in(client, password="wrong horse").status_code for _ in range(5)] == [422] * 5


def test_strangers_do_not_shut_out_the_owner(app, client, ana):
    stranger = {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(20):
        sign_in(app.test_client(), password="wrong horse", environ=stranger)
    assert sign_in(app.test_client(), environ=stranger).status_code == 429
    assert sign_in(client).status_code == 303


def test_a_known_device_is_let_in_though_its_network_is_shut(app, ana):
    device, stranger = app.test_client(), app.test_client()
    sign_in(device)
    device.post("/sign-out")
    assert cookie(device) is None
    for _ in range(20):
        sign_in(stranger, password="wrong horse")
    assert sign_in(stranger).status_code == 429
    assert sign_in(device).status_code == 303


def test_a_known_device_has_a_limit_of_its_own(app, ana):
    device = app.test_client()
    sign_in(device)
    device.post("/sign-out")
    assert [sign_in(device, password="wrong horse").status_code for _ in range(11)] == [422] * 10 + [429]
    assert sign_in(app.test_client()).status_code == 303


def test_a_device_is_known_for_each_who_used_it_and_for_nobody_else(app, ana, ben, dina):
    device = app.test_client()
    sign_in(device, "ana")
    sign_in(device, "ben")
    stranger = app.test_client()
    for login in ("ana", "ben", "dina"):
        for _ in range(6):
            sign_in(stranger, login, "wrong horse")
    answers = [sign_in(device, login).status_code for login in ("ana", "ben", "dina")]
    assert answers == [303, 303, 429]


@pytest.mark.parametrize("value", ["", ".", "x", "x.y", "....", "x." + "0" * 64, "ü.ü", "x" * 3000])
def test_a_made_up_device_is_no_device(app, ana, value):
    browser = app.test_client()
    browser.set_cookie("attune-device", value)
    assert [sign_in(browser, password="wrong horse").status_code for _ in range(6)] == [422] * 5 + [429]


def test_one_network_tries_no_more_than_thirty_names(app):
    answers = [sign_in(app.test_client(), f"name{n}", "wrong horse").status_code for n in range(31)]
    assert answers == [422] * 30 + [429]


def test_what_is_counted_tells_nothing(app, client, ana):
    sign_in(client, password="wrong horse")
    with app.app_context():
        names = list(db.session.scalars(select(Throttle.name)))
    assert len(names) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", name) for name in names)


# Out


def test_signing_out_ends_the_session_and_empties_the_browser(app, client, ana):
    sign_in(client)
    token = cookie(client)
    answer = client.post("/sign-out")
    assert answer.location == "/"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert cookie(client) is None
    client.set_cookie("attune", token)
    assert client.get("/settings").status_code == 303


def test_signing_out_works_when_the_session_is_over(client, ana, at, now):
    sign_in(client)
    at(now + timedelta(days=60))
    assert client.post("/sign-out").location == "/"
    assert cookie(client) is None


def test_nothing_is_done_by_a_link(client, ana):
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/settings").status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_no_other_site_signs_anybody_in_or_out(client, ana, site):
    for path in ("/sign-in", "/sign-out", "/register", "/recovery"):
        answer = client.post(path, data={"login": "ana", "password": PASSWORD}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
    assert cookie(client) is None
