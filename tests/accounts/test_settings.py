"""What a person changes about themselves."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Person, RecoveryCode
from app.core.db import db
from tests.accounts.test_sign_in import sign_in
from tests.factories import PASSWORD

NEW = "nine bright lanterns by the sea"


def row(app, person):
    with app.app_context():
        return db.session.get_one(Person, person.id)


# Account


def test_the_list_leads_everywhere(as_user, ana):
    page = as_user(ana).get("/settings").text
    for path in ("account", "password", "recovery-codes", "devices"):
        assert f'href="/settings/{path}"' in page
    for path in ("/couple", "/plan", "/help-lines", "/privacy", "/export"):
        assert f'href="{path}"' in page
    assert re.search(r'<form[^>]*action="/sign-out"[^>]* data-signs-out', page)


def test_a_therapist_is_not_led_to_the_pages_of_a_couple(as_user, thea):
    page = as_user(thea).get("/settings").text
    assert 'href="/plan"' not in page
    assert 'href="/couple"' not in page


def test_a_person_changes_name_zone_and_look(app, as_user, ana):
    browser = as_user(ana)
    assert 'value="Ana"' in browser.get("/settings/account").text
    answer = browser.post("/settings/account", data={"name": "Anita", "zone": "Asia/Kolkata", "theme": "dark"})
    assert answer.location == "/settings"
    page = browser.get("/settings").text
    assert "Anita" in page
    assert "Kept." in page
    assert 'data-theme="dark"' in page
    assert (row(app, ana).zone, row(app, ana).login) == ("Asia/Kolkata", "ana")
    assert '<option value="Asia/Kolkata" selected>' in browser.get("/settings/account").text


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"zone": "Mars/Base"}, {"theme": "neon"}, {"theme": ""}, {"login": "eve"}, {"role": "therapist"}],
)
def test_nothing_else_gets_in(app, as_user, ana, changes):
    data = {"name": "Anita", "zone": "UTC", "theme": "dark", **changes}
    page = as_user(ana).post("/settings/account", data=data)
    assert page.status_code == 422
    assert (row(app, ana).name, row(app, ana).theme, row(app, ana).role) == ("Ana", "auto", "partner")


def test_a_name_is_shown_as_a_name(app, as_user, ana):
    browser = as_user(ana)
    browser.post("/settings/account", data={"name": "<b>&\"'{{7*7}}", "zone": "UTC", "theme": "auto"})
    page = browser.get("/settings").text
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;&#34;&#39;{{7*7}}" in page


def test_each_change_is_ones_own(app, as_user, ana, ben):
    as_user(ana).post("/settings/account", data={"name": "Anita", "zone": "UTC", "theme": "dark"})
    assert row(app, ben).name == "Ben"


# Password


def change(browser, current=PASSWORD, password=NEW):
    return browser.post("/settings/password", data={"current_password": current, "password": password})


def test_a_new_password_ends_every_other_session(app, as_user, ana):
    here, there = as_user(ana), as_user(ana)
    old = here.get_cookie("attune").value
    assert change(here).location == "/settings"
    assert "signed out everywhere else" in here.get("/settings").text
    assert there.get("/settings").status_code == 303
    assert here.get_cookie("attune").value != old
    thief = app.test_client()
    thief.set_cookie("attune", old)
    assert thief.get("/settings").status_code == 303
    assert sign_in(app.test_client(), password=PASSWORD).status_code == 422
    assert sign_in(app.test_client(), password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "password", "sentence"),
    [
        ("wrong horse entirely", NEW, "This is not your password."),
        (PASSWORD, "short", "too short"),
        (PASSWORD, "ana ana 2026 1987", "among the first"),
        ("", NEW, "Please type your password"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(app, as_user, ana, current, password, sentence):
    browser = as_user(ana)
    page = change(browser, current, password)
    assert page.status_code == 422
    assert sentence in page.text
    assert NEW not in page.text
    assert row(app, ana).password_hash == ana.password_hash


def test_a_found_phone_cannot_guess_the_password(as_user, ana):
    browser = as_user(ana)
    assert [change(browser, "wrong horse entirely").status_code for _ in range(6)] == [422] * 5 + [429]
    assert change(browser).status_code == 429


# Recovery codes


def test_new_codes_make_the_old_ones_void(app, as_user, ana):
    browser = as_user(ana)
    assert "You have no code left" in browser.get("/settings/recovery-codes").text
    first = re.findall("<code>(.*?)</code>", browser.post("/settings/recovery-codes").text)
    assert "You have 8 codes left" in browser.get("/settings/recovery-codes").text
    second = re.findall("<code>(.*?)</code>", browser.post("/settings/recovery-codes").text)
    assert len(first) == len(second) == 8
    assert not set(first) & set(second)
    with app.app_context():
        assert len(list(db.session.scalars(select(RecoveryCode)))) == 8
    assert not any(code in browser.get("/settings/recovery-codes").text for code in second)


def test_codes_need_the_password_once_more(app, as_user, ana, at, now):
    browser = as_user(ana)
    at(now + timedelta(minutes=6))
    assert browser.get("/settings/recovery-codes").location == "/confirm?next=/settings/recovery-codes"
    answer = browser.post("/settings/recovery-codes?back=/settings/recovery-codes")
    assert answer.location == "/confirm?next=/settings/recovery-codes"
    with app.app_context():
        assert list(db.session.scalars(select(RecoveryCode))) == []


def test_the_password_once_more_gives_five_minutes_and_a_new_token(app, as_user, ana, at, now):
    browser = as_user(ana)
    now = at(now + timedelta(minutes=6))
    old = browser.get_cookie("attune").value
    assert "This is not your password." in browser.post("/confirm", data={"password": "wrong horse entirely"}).text
    assert browser.get("/settings/recovery-codes").status_code == 303
    answer = browser.post("/confirm", data={"password": PASSWORD, "next": "/settings/recovery-codes"})
    assert answer.location == "/settings/recovery-codes"
    assert browser.get_cookie("attune").value != old
    thief = app.test_client()
    thief.set_cookie("attune", old)
    assert thief.get("/settings").status_code == 303
    at(now + timedelta(minutes=4, seconds=59))
    assert browser.get("/settings/recovery-codes").status_code == 200
    at(now + timedelta(minutes=5))
    assert browser.get("/settings/recovery-codes").status_code == 303


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil", ""])
def test_a_confirmation_leads_nowhere_else(as_user, ana, address):
    browser = as_user(ana)
    assert 'value="/settings"' in browser.get("/confirm", query_string={"next": address}).text
    assert browser.post("/confirm", data={"password": PASSWORD, "next": address}).location == "/settings"


def test_a_confirmation_has_a_limit(as_user, ana):
    browser = as_user(ana)
    answers = [browser.post("/confirm", data={"password": "wrong horse entirely"}) for _ in range(6)]
    assert [each.status_code for each in answers] == [422] * 5 + [429]


# Devices


def test_devices_are_listed_by_the_day_this_one_first(as_user, ana, ben, at, now):
    as_user(ben, "Opera on Windows")
    as_user(ana, "Safari on iPhone")
    now = at(now + timedelta(days=2))
    as_user(ana, "Edge on Windows")
    at(now + timedelta(days=1))
    here = as_user(ana, "Chrome on Android")
    page = here.get("/settings/devices").text
    labels = re.findall(r"(Chrome on Android|Safari on iPhone|Edge on Windows|Opera on Windows)\s*<span class", page)
    assert labels == ["Chrome on Android", "Edge on Windows", "Safari on iPhone"]
    assert page.count("This device.") == 1
    assert "12 November" in page
    assert not re.search(r"\d\d:\d\d", page)


def test_a_device_is_signed_out_from_afar(as_user, ana):
    here, there = as_user(ana), as_user(ana, "Safari on iPhone")
    ids = re.findall(r"/settings/devices/([\w-]{22})/end", here.get("/settings/devices").text)
    assert here.post(f"/settings/devices/{ids[1]}/end").location == "/settings/devices"
    assert there.get("/settings").status_code == 303
    assert here.get("/settings").status_code == 200


def test_signing_this_device_out_there_is_signing_out(as_user, ana):
    here = as_user(ana)
    ident = re.search(r"/settings/devices/([\w-]{22})/end", here.get("/settings/devices").text)[1]
    answer = here.post(f"/settings/devices/{ident}/end")
    assert answer.location == "/"
    assert "Clear-Site-Data" in answer.headers
    assert here.get_cookie("attune") is None


def test_all_the_others_are_signed_out_at_once(as_user, ana, ben):
    here, there, bens = as_user(ana), as_user(ana), as_user(ben)
    assert here.post("/settings/devices/others/end").location == "/settings/devices"
    assert [each.get("/settings").status_code for each in (here, there, bens)] == [200, 303, 200]


def test_the_device_of_another_is_not_there(as_user, ana, ben):
    anas, bens = as_user(ana), as_user(ben)
    ident = re.search(r"/settings/devices/([\w-]{22})/end", anas.get("/settings/devices").text)[1]
    foreign = bens.post(f"/settings/devices/{ident}/end")
    missing = bens.post(f"/settings/devices/{'x' * 22}/end")
    assert (foreign.status_code, foreign.data) == (missing.status_code, missing.data) == (404, missing.data)
    assert anas.get("/settings").status_code == 200
