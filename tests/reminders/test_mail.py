"""Reminders by e-mail: only where no device rings, only to an address that was confirmed, and as neutral as a push."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import db
from app.push.mailer import Mailer
from app.push.models import FAILED, MAIL, SENT, SKIPPED
from app.reminders.models import ReminderSettings
from tests.factories import NOW, PASSWORD
from tests.support.mail import MailServer

ADDRESS = "ana@example.org"
DUE = NOW + timedelta(minutes=30)


@pytest.fixture
def server(app, monkeypatch) -> Iterator[MailServer]:
    """The mail server of this Attune."""
    with MailServer() as server:
        mailer = Mailer(server.url, app.extensions["attune"].base_url)
        monkeypatch.setitem(app.extensions, "mailer", mailer)
        yield server


@pytest.fixture
def give(server, as_user, ring):
    """`give(ana)`: an address of hers, and the path of the letter that came there."""

    def address(person, text: str = ADDRESS) -> str:
        assert as_user(person).post("/reminders/mail", data={"address": text}).status_code == 303
        ring()
        return path_in(server.letters[-1].get_content())

    return address


@pytest.fixture
def confirmed(give, as_user, server):
    """`confirmed(ana)`: she has opened the letter."""

    def confirm(person) -> None:
        assert as_user(person).post(give(person)).status_code == 303
        server.letters.clear()

    return confirm


def path_in(text: str) -> str:
    return re.search(r"https?://[^/\s]+(/\S+)", text)[1]


def test_without_a_mail_server_there_is_no_such_page(app, as_user, ana, monkeypatch) -> None:
    monkeypatch.setitem(app.extensions, "mailer", Mailer("", "http://localhost"))
    assert as_user(ana).get("/reminders/mail").status_code == 404
    assert as_user(ana).post("/reminders/mail", data={"address": ADDRESS}).status_code == 404
    assert "/reminders/mail" not in as_user(ana).get("/reminders").text


def test_an_address_is_confirmed_by_the_link_in_its_letter_and_a_tap(server, as_user, ana, couple, give, wish) -> None:
    browser = as_user(ana)
    path = give(ana)
    assert server.recipients == [ADDRESS]
    assert f"A letter is on its way to {ADDRESS}." in browser.get("/reminders/mail").text
    assert "Is this your address?" in browser.get(path).text
    assert "A letter is on its way" in browser.get("/reminders/mail").text
    assert browser.post(path).status_code == 303
    assert f"Attune writes to {ADDRESS}." in browser.get("/reminders/mail").text
    wish(ana)
    assert "It comes by e-mail, since none of your devices rings." in browser.get("/reminders").text


@pytest.mark.only_on("sqlite")
def test_an_address_is_still_there_after_the_password(server, as_user, ana, ben, at) -> None:
    browser = as_user(ana)
    at(NOW + timedelta(minutes=6))
    answer = browser.post("/reminders/mail", data={"address": ADDRESS})
    assert answer.location == "/confirm?next=/reminders/mail"
    assert ADDRESS not in browser.get("/reminders/mail").text
    browser.post("/confirm", data={"password": PASSWORD, "next": "/reminders/mail"})
    page = browser.get("/reminders/mail").text
    assert f'value="{ADDRESS}"' in page
    assert "It is not kept yet." in page
    assert ADDRESS not in browser.get("/reminders/mail").text
    # Nor does somebody else see it, who signs in on the same browser.
    at(NOW + timedelta(minutes=12))
    browser.post("/reminders/mail", data={"address": ADDRESS})
    browser.post("/sign-in", data={"login": "ben", "password": PASSWORD})
    assert ADDRESS not in browser.get("/reminders/mail").text
    assert not server.letters


def test_before_that_nothing_else_goes_there(server, ana, couple, give, wish, edit, at, ring) -> None:
    give(ana)
    edit(ana)
    wish(ana)
    at(DUE)
    ring()
    assert len(server.letters) == 1


def test_a_letter_goes_where_no_device_rings(
    server, ana, couple, confirmed, wish, edit, at, ring, outbox, sink
) -> None:
    confirmed(ana)
    edit(ana)
    wish(ana)
    at(DUE)
    ring()
    ring()
    (letter,) = server.letters
    assert letter["Subject"] == "Attune: Your quiet minute is ready."
    assert path_in(letter.get_content()) == "/today"
    assert sink.pushes == []
    assert [each.outcome for each in outbox(ana) if each.kind != MAIL] == [SENT]


def test_where_a_device_rings_no_letter_goes(server, ana, couple, confirmed, wish, edit, at, ring, plant, sink) -> None:
    confirmed(ana)
    plant(ana)
    edit(ana)
    wish(ana)
    at(DUE)
    ring()
    assert (len(sink.pushes), server.letters) == (1, [])


def test_the_letter_that_confirms_goes_by_mail_alone(server, ana, couple, give, plant, sink) -> None:
    plant(ana)
    give(ana)
    assert (sink.pushes, len(server.letters)) == ([], 1)


def test_a_letter_that_is_refused_is_told_on_the_page_of_what_arrives(
    server, ana, couple, confirmed, wish, edit, at, ring, outbox, as_user
) -> None:
    confirmed(ana)
    edit(ana)
    wish(ana)
    server.refuses = "550 No such person"
    at(DUE)
    ring()
    assert [each.outcome for each in outbox(ana) if each.kind != MAIL] == [FAILED]
    assert "It could not be delivered." in as_user(ana).get("/reminders/health").text


def test_a_server_that_is_busy_is_asked_again(server, ana, couple, confirmed, wish, edit, at, ring, outbox) -> None:
    confirmed(ana)
    edit(ana)
    wish(ana)
    server.refuses = "451 Not now"
    at(DUE)
    ring()
    server.refuses = ""
    at(DUE + timedelta(minutes=5))
    ring()
    assert len(server.letters) == 1
    assert [each.outcome for each in outbox(ana) if each.kind != MAIL] == [SENT]


def test_the_code_of_another_or_of_an_earlier_address_confirms_nothing(as_user, ana, ben, couple, give, at) -> None:
    first, bens = give(ana), give(ben, "ben@example.org")
    at(NOW + timedelta(minutes=1))
    second = give(ana, "ana@example.net")
    for path in (first, bens, "/reminders/mail/confirmation/x"):
        assert as_user(ana).get(path).status_code == 404
        assert as_user(ana).post(path).status_code == 404
    assert "A letter is on its way" in as_user(ana).get("/reminders/mail").text
    assert as_user(ana).post(second).status_code == 303


def test_a_forgotten_address_is_gone_and_gets_nothing(
    app, server, as_user, ana, couple, confirmed, wish, edit, at, ring, outbox
) -> None:
    confirmed(ana)
    assert as_user(ana).post("/reminders/mail/withdrawal").status_code == 303
    edit(ana)
    wish(ana)
    at(DUE)
    ring()
    assert server.letters == []
    assert [each.outcome for each in outbox(ana) if each.kind != MAIL] == [SKIPPED]
    with app.app_context():
        assert db.session.scalars(select(ReminderSettings.mail)).one() is None


def test_the_address_lies_sealed(app, ana, couple, give) -> None:
    give(ana)
    with app.app_context():
        kept = db.session.scalars(select(ReminderSettings.mail)).one()
    assert b"example" not in kept


def test_letters_to_strangers_have_to_wait(as_user, ana, couple, server) -> None:
    statuses = [
        as_user(ana).post("/reminders/mail", data={"address": f"x{number}@example.org"}).status_code
        for number in range(6)
    ]
    assert statuses[:3] == [303] * 3
    assert 429 in statuses


@pytest.mark.parametrize(
    "text", ["", "ana", "ana@", "@example.org", "ana@home", "a b@example.org", "a@b.c\r\nBcc: x@b.c"]
)
def test_what_is_no_address_is_told_beside_it(as_user, ana, couple, server, ring, text) -> None:
    answer = as_user(ana).post("/reminders/mail", data={"address": text})
    assert answer.status_code == 422
    assert 'id="address-error"' in answer.text
    ring()
    assert server.letters == []


def test_a_test_comes_by_mail_where_no_device_rings(server, as_user, ana, couple, confirmed, ring) -> None:
    confirmed(ana)
    page = as_user(ana).get("/reminders/health").text
    assert f"Attune writes to {ADDRESS}." in page
    assert "Send a test now" in page
    as_user(ana).post("/reminders/test")
    ring()
    assert [letter["Subject"] for letter in server.letters] == ["Attune: This is how Attune will ring."]
