"""What people show besides a password: passkeys, the digits of an app, and a recovery code in their place."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts import one_time, service
from app.accounts.models import THERAPIST, Authenticator, AuthSession, Passkey, Person
from app.core.db import db, transaction
from tests.accounts.authenticator import BACKED_UP, PRESENT, SYNCABLE, VERIFIED, make_passkey, use_passkey
from tests.accounts.authenticator import Authenticator as Browser
from tests.factories import NOW, PASSWORD, make_person

NEW = "nine bright lanterns by the sea"
REFUSED = "This passkey did not work here."
WRONG = "These are not the digits of this moment"


@pytest.fixture
def cleo(save):
    """A therapist who has nothing but a password yet."""
    return save(make_person("Cleo", role=THERAPIST))


def set_up(browser):
    """Set up an app: its secret, after the digits of this moment have been shown."""
    browser.post("/settings/authenticator")
    page = browser.get("/settings/authenticator").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    # For an app on the same phone, which cannot photograph it.
    assert re.search(rf'<a [^>]*href="otpauth://totp/[^"]*\bsecret={secret}\b', page)
    answer = browser.post("/settings/authenticator/confirmation", data={"digits": digits(secret, NOW)})
    assert answer.status_code == 303, answer.text
    return secret


def digits(secret, when):
    return one_time.code_at(secret, int(when.timestamp()) // one_time.STEP)


def sign_in(browser, login="ana", password=PASSWORD):
    return browser.post("/sign-in", data={"login": login, "password": password})


def second(browser, code, **others):
    return browser.post("/sign-in/second", data={"code": code, **others})


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("reached", "offered"), [("http://attune.local:8000", 1), ("http://127.0.0.1:8000", 0)])
def test_a_passkey_is_offered_where_there_can_be_one(app, client, as_user, ana, monkeypatch, reached, offered):
    monkeypatch.setitem(app.extensions, "attune", replace(app.extensions["attune"], base_url=reached))
    assert client.get("/sign-in").text.count("<passkey-button") == offered
    page = as_user(ana).get("/settings/second-factor").text
    assert page.count("<passkey-button") == offered
    assert ("This Attune is reached by a number." in page) != offered


def is_in(browser):
    return browser.get("/settings/devices").status_code == 200


# Digits


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_digits_are_those_of_rfc_6238(seconds, code):
    """Appendix B, SHA-1; its codes have eight digits, of which the last six are the shorter code."""
    secret, when = base64.b32encode(b"12345678901234567890").decode(), datetime.fromtimestamp(seconds, UTC)
    assert digits(secret, when) == code[-6:]
    assert one_time.step_of(secret, f" {code[-6:-3]} {code[-3:]}", when, after=None) == seconds // 30


@pytest.mark.parametrize(("off", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(off, taken):
    secret, now = one_time.new_secret(), datetime.fromtimestamp(1_800_000_015, UTC)
    found = one_time.step_of(secret, digits(secret, now + timedelta(seconds=off)), now, after=None)
    assert (found is not None) == taken


@pytest.mark.only_on("sqlite")
def test_after_an_app_is_set_up_a_password_alone_does_not_let_in(app, client, as_user, ana, at):
    secret = set_up(as_user(ana))
    at(NOW + timedelta(minutes=1))
    page = sign_in(client)
    assert "One more step" in page.text
    assert not is_in(client)
    wrong = second(client, "000000", next="/settings")
    assert wrong.status_code == 422
    assert WRONG in wrong.text
    assert not is_in(client)
    answer = second(client, digits(secret, NOW + timedelta(minutes=1)), next="/settings")
    assert (answer.status_code, answer.location) == (303, "/settings")
    assert is_in(client)


def test_digits_let_in_once(app, as_user, ana, at):
    secret = set_up(as_user(ana))
    for minute, code_of, lets_in in ((0, 0, False), (1, 1, True), (1, 1, False), (1, 0, False), (2, 2, True)):
        at(NOW + timedelta(minutes=minute))
        browser = app.test_client()
        sign_in(browser)
        second(browser, digits(secret, NOW + timedelta(minutes=code_of)))
        assert is_in(browser) == lets_in, (minute, code_of)


@pytest.mark.only_on("sqlite")
def test_a_recovery_code_takes_the_place_of_digits_once(app, as_user, ana):
    browser = as_user(ana)
    code, *_others = re.findall("<code>(.*?)</code>", browser.post("/settings/recovery-codes").text)
    set_up(browser)
    for lets_in in (True, False):
        other = app.test_client()
        sign_in(other)
        second(other, code.lower())
        assert is_in(other) == lets_in


@pytest.mark.only_on("sqlite")
def test_recovery_codes_alone_do_not_let_in_whoever_has_an_app(app, client, as_user, ana, at):
    browser = as_user(ana)
    one, two, *_others = re.findall("<code>(.*?)</code>", browser.post("/settings/recovery-codes").text)
    secret = set_up(browser)
    page = client.post("/recovery", data={"login": "ana", "code": one, "password": NEW})
    assert "One more step" in page.text
    assert second(client, two).status_code == 422
    # Nor by way of the password that the first of them has set.
    for later in (app.test_client(), client):
        for told in (page, sign_in(later, password=NEW)):
            assert "no other one works here" in told.text
            assert "A recovery code works here, too" not in told.text
        assert second(later, two).status_code == 422
        assert not is_in(later)
    assert not is_in(browser)
    at(NOW + timedelta(minutes=1))
    assert second(client, digits(secret, NOW + timedelta(minutes=1))).status_code == 303
    assert is_in(client)
    # Whose password it is has been shown by then.
    other = app.test_client()
    assert "A recovery code works here, too" in sign_in(other, password=NEW).text
    assert second(other, two).status_code == 303


def test_who_is_half_way_in_begins_anew_after_a_new_password_or_five_minutes(app, client, as_user, ana, at):
    browser = as_user(ana)
    secret = set_up(browser)
    sign_in(client)
    browser.post("/settings/password", data={"current_password": PASSWORD, "password": NEW})
    at(NOW + timedelta(minutes=1))
    assert "That took too long" in second(client, digits(secret, NOW + timedelta(minutes=1))).text
    sign_in(client, password=NEW)
    at(NOW + timedelta(minutes=7))
    assert "That took too long" in second(client, digits(secret, NOW + timedelta(minutes=7))).text
    assert not is_in(client)


@pytest.mark.only_on("sqlite")
def test_tries_at_digits_are_slowed_down_from_wherever_they_come(app, as_user, ana):
    set_up(as_user(ana))
    answers = []
    for number in range(14):
        browser = app.test_client()
        browser.environ_base["REMOTE_ADDR"] = f"198.51.{number}.7"
        sign_in(browser)
        answers.append(second(browser, "000000"))
    assert {answer.status_code for answer in answers[:10]} == {422}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.only_on("sqlite")
def test_an_app_goes_on_until_the_next_one_is_confirmed(app, client, as_user, ana, at):
    browser = as_user(ana)
    secret = set_up(browser)
    browser.post("/settings/authenticator")
    wrong = browser.post("/settings/authenticator/confirmation", data={"digits": "000000"})
    assert "These are not the digits of this moment" in wrong.text
    at(NOW + timedelta(minutes=1))
    sign_in(client)
    assert second(client, digits(secret, NOW + timedelta(minutes=1))).status_code == 303


@pytest.mark.only_on("sqlite")
def test_without_an_app_a_password_lets_in_again(app, client, as_user, ana):
    browser = as_user(ana)
    set_up(browser)
    assert browser.post("/settings/authenticator/removal").status_code == 303
    assert sign_in(client).status_code == 303
    assert is_in(client)


@pytest.mark.only_on("sqlite")
def test_the_secret_of_an_app_is_shown_until_it_works_and_never_again(as_user, ana):
    browser = as_user(ana)
    secret = set_up(browser)
    assert secret[:4] not in browser.get("/settings/authenticator").text


# Passkeys


def test_a_passkey_lets_in_by_itself(app, client, as_user, ana):
    phone = Browser()
    assert make_passkey(as_user(ana), phone).json == {"next": "/settings/second-factor"}
    answer = use_passkey(client, phone, next="/history")
    assert answer.json == {"next": "/history"}
    assert is_in(client)
    cookie = client.get_cookie("attune")
    assert cookie.http_only
    with app.app_context():
        held = service.hold(cookie.value, "/homework/a/b/skipping", [("because", "It was late.")])
    answer = use_passkey(app.test_client(), phone, held=held, next="/history")
    assert answer.json == {"next": "/homework/a/b/skipping", "typed": [["because", "It was late."]]}
    assert sign_in(app.test_client()).status_code == 303, "and a password still does, for partners"


@pytest.mark.only_on("sqlite")
def test_a_passkey_shows_that_it_is_still_them(app, as_user, ana, ben, at):
    phone, browser = Browser(), as_user(ana)
    make_passkey(browser, phone)
    at(NOW + timedelta(minutes=6))
    assert browser.post("/export").location.startswith("/confirm")
    assert "Use your passkey" in browser.get("/confirm?next=/export").text
    assert use_passkey(browser, phone, "/confirm/passkey", next="/export").json == {"next": "/export"}
    assert browser.post("/export").status_code == 200
    assert use_passkey(as_user(ben), phone, "/confirm/passkey").status_code == 422


def test_what_a_passkey_signed_counts_once_and_for_five_minutes(app, client, as_user, ana, at):
    phone = Browser()
    make_passkey(as_user(ana), phone)
    answer = phone.use(client.post("/sign-in/passkey/options").json)
    assert client.post("/sign-in/passkey", data={"answer": answer}).status_code == 200
    assert app.test_client().post("/sign-in/passkey", data={"answer": answer}).status_code == 422
    late = phone.use(client.post("/sign-in/passkey/options").json)
    at(NOW + timedelta(minutes=5))
    assert app.test_client().post("/sign-in/passkey", data={"answer": late}).status_code == 422


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://localhost.example.net:8000"},
        {"origin": "https://localhost:8000"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"count": -1},
        {"owner": base64.urlsafe_b64encode(b"x" * 22).decode().rstrip("=")},
        {"ident": b"somebody else's"},
        {"key": Browser().key},
    ],
    ids=["another site", "another scheme", "nobody verified", "nobody there", "a copy", "another owner", "unknown",
         "another key"],
)  # fmt: skip
def test_whatever_is_wrong_with_a_passkey_is_told_alike(app, client, as_user, ana, change):
    phone = Browser()
    make_passkey(as_user(ana), phone)
    use_passkey(app.test_client(), phone)
    for name, value in change.items():
        setattr(phone, name, value)
    answer = use_passkey(client, phone)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["answer"])
    assert REFUSED in answer.json["errors"]["answer"]
    assert not is_in(client)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("answer", ["{}", "null", "[1]", '{"id":1}', '{"response":{"clientDataJSON":"e30"}}', "x"])
def test_what_is_no_answer_of_a_browser_is_refused(client, as_user, ana, answer):
    assert client.post("/sign-in/passkey", data={"answer": answer}).status_code == 422
    made = as_user(ana).post("/settings/passkeys", data={"answer": answer, "name": "x"})
    assert made.status_code == 422


@pytest.mark.only_on("sqlite")
def test_one_cannot_make_a_passkey_by_what_was_asked_of_another(app, as_user, ana, ben):
    options = as_user(ben).post("/settings/passkeys/options").json
    answer = as_user(ana).post("/settings/passkeys", data={"answer": Browser().make(options), "name": "x"})
    assert REFUSED in answer.json["errors"]["answer"]


@pytest.mark.only_on("sqlite")
def test_a_synced_passkey_comes_with_a_warning(app, as_user, ana, ben):
    for person, flags, told in ((ana, SYNCABLE | BACKED_UP, True), (ben, 0, False)):
        browser = as_user(person)
        make_passkey(browser, Browser(flags=PRESENT | VERIFIED | flags), name="Phone of mine")
        page = browser.get("/settings/second-factor").text
        assert "Phone of mine" in page
        assert ("Whoever can use that account" in page) == told
        assert ("On this one device alone." in page) != told
    with app.app_context():
        flags = {each.person_id: (each.synced, each.backed_up) for each in db.session.scalars(select(Passkey))}
    assert flags == {ana.id: (True, True), ben.id: (False, False)}


def test_a_removed_passkey_opens_nothing_and_nobody_removes_that_of_another(app, client, as_user, ana, ben):
    phone, browser = Browser(), as_user(ana)
    make_passkey(browser, phone)
    path = re.search(r'action="(/settings/passkeys/[\w-]+/removal)', browser.get("/settings/second-factor").text)[1]
    assert as_user(ben).post(path).status_code == 404
    assert browser.post(path).status_code == 303
    assert use_passkey(client, phone).status_code == 422


@pytest.mark.only_on("sqlite")
def test_somebody_disabled_does_not_come_in_by_a_passkey(app, client, as_user, ana):
    phone = Browser()
    make_passkey(as_user(ana), phone)
    with app.app_context(), transaction():
        db.session.get_one(Person, ana.id).disabled_at = NOW
    assert use_passkey(client, phone).status_code == 422


@pytest.mark.only_on("sqlite")
def test_ten_passkeys_are_enough(app, as_user, ana):
    browser = as_user(ana)
    assert {make_passkey(browser, Browser()).status_code for _ in range(10)} == {200}
    assert make_passkey(browser, Browser()).status_code == 409


@pytest.mark.only_on("sqlite")
def test_there_are_no_passkeys_where_the_address_is_a_number(app, as_user, ana, monkeypatch):
    config = replace(app.extensions["attune"], base_url="http://127.0.0.1:8000")
    monkeypatch.setitem(app.extensions, "attune", config)
    browser = as_user(ana)
    assert "Passkeys need an address with a name" in browser.get("/settings/second-factor").text
    assert browser.post("/settings/passkeys/options").status_code == 409
    assert browser.post("/sign-in/passkey/options").status_code == 409


# Therapists


@pytest.mark.only_on("sqlite")
def test_a_therapist_with_a_password_alone_can_do_nothing_but_add_something(app, as_user, cleo):
    browser = as_user(cleo)
    for path in ("/settings", "/export", "/settings/devices", "/settings/account", "/push/key"):
        assert browser.get(path).location == "/settings/second-factor", path
    assert browser.post("/export").location == "/settings/second-factor"
    make_passkey(browser, Browser())
    assert browser.get("/settings").status_code == 200


@pytest.mark.only_on("sqlite")
def test_a_therapist_shows_more_than_a_password(app, client, as_user, cleo):
    phone = Browser()
    make_passkey(as_user(cleo), phone)
    assert "One more step" in sign_in(client, "cleo").text
    assert not is_in(client)
    assert use_passkey(client, phone).status_code == 200
    assert is_in(client)
    one, two, *_others = re.findall("<code>(.*?)</code>", as_user(cleo).post("/settings/recovery-codes").text)
    page = app.test_client().post("/recovery", data={"login": "cleo", "code": one, "password": NEW})
    assert 'name="code"' not in page.text
    other = app.test_client()
    assert 'name="code"' not in sign_in(other, "cleo", NEW).text
    assert second(other, two).status_code == 422


@pytest.mark.parametrize("first", ["passkey", "app"])
def test_a_therapist_cannot_remove_the_last_of_them(app, as_user, cleo, first):
    browser = as_user(cleo)

    def remove_passkey():
        found = re.search(r'"(/settings/passkeys/[\w-]+/removal)', browser.get("/settings/second-factor").text)
        return browser.post(found[1])

    removals = {"passkey": remove_passkey, "app": lambda: browser.post("/settings/authenticator/removal")}
    make_passkey(browser, Browser())
    set_up(browser)
    assert removals.pop(first)().status_code == 303
    (last,) = removals.values()
    answer = last()
    assert answer.status_code == 409
    assert "Add another first" in answer.text
    with app.app_context():
        kept = db.session.scalars(select(Passkey)).all(), db.session.scalars(select(Authenticator)).all()
    assert sum(map(len, kept)) == 1


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("role", ["partner", "therapist"])
def test_a_therapist_is_signed_out_after_half_an_hour_without_a_visit(app, as_user, save, at, role):
    person = save(make_person("Cleo", role=role))
    browser = as_user(person)
    for minutes in (29, 58, 87):
        at(NOW + timedelta(minutes=minutes))
        assert browser.get("/settings/second-factor").status_code == 200, minutes
    at(NOW + timedelta(minutes=117))
    assert (browser.get("/settings/second-factor").status_code == 200) == (role == "partner")


@pytest.mark.only_on("sqlite")
def test_a_therapist_is_signed_out_after_twelve_hours_whatever_they_do(app, as_user, cleo, at):
    browser, begins = as_user(cleo), NOW
    for minutes in range(20, 12 * 60, 20):
        at(begins + timedelta(minutes=minutes))
        assert browser.get("/settings/second-factor").status_code == 200, minutes
    at(begins + timedelta(hours=12))
    assert browser.get("/settings/second-factor").location.startswith("/sign-in")


@pytest.mark.only_on("sqlite")
def test_a_visit_is_noted_once_a_minute_at_the_most(app, as_user, cleo, at, statements):
    browser = as_user(cleo)
    writes = []
    for seconds in (1, 20, 59, 61, 70):
        at(NOW + timedelta(seconds=seconds))
        with statements() as seen:
            browser.get("/settings/second-factor")
        writes.append(sum(each.startswith("UPDATE") for each in seen))
    assert writes == [0, 0, 0, 1, 0]
    with app.app_context():
        assert db.session.scalars(select(AuthSession.expires_at)).one() == NOW + timedelta(minutes=31, seconds=1)
