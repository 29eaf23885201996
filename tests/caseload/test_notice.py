"""A therapist is told once a week that there is something to look at: if they want that, and if there is."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.accounts.models import Person
from app.accounts.service import erase_person
from app.core.db import db, transaction
from app.push.mailer import Mailer
from app.push.models import MISSED, SENT, SKIPPED
from tests.factories import NOW, TODAY
from tests.push.engine import lay, outbox, plant, ring, sink
from tests.reminders.conftest import edit
from tests.support.mail import MailServer

pytestmark = pytest.mark.only_on("sqlite")

__all__ = ["edit", "lay", "outbox", "plant", "ring", "sink"]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SATURDAY, MONDAY = NOW + timedelta(days=1, hours=12), NOW + timedelta(days=3, hours=12)
LINE = "Your week in Attune is ready to look at."


@pytest.fixture
def chosen(as_user, thea, guest):
    """`chosen("6", "8")`: Thea wants to be told on Saturday at eight."""

    def choose(weekday: str = "6", hour: str = "8"):
        desk = as_user(thea)
        assert desk.post("/digest/notice", data={"weekday": weekday, "hour": hour}).status_code == 303
        return desk

    return choose


@pytest.fixture
def come(at, ring, sink):
    """`come(SATURDAY)`: the clockwork comes by at that instant, twice. How often something has rung by then."""

    def by(instant) -> int:
        at(instant)
        ring()
        ring()
        return len(sink.pushes)

    return by


def test_nothing_is_ever_told_unless_it_was_asked_for(care, guest, couple, come, plant, thea, as_user, outbox):
    plant(thea)
    care.session(couple, TODAY + 4 * DAY)
    assert [come(SATURDAY + day * DAY) for day in range(8)] == [0] * 8
    assert outbox() == []
    assert "Be told once a week" in as_user(thea).get("/digest").text


def test_it_is_one_neutral_line_at_the_hour_they_chose_and_once_a_week(
    care, couple, chosen, come, plant, sink, thea, outbox
):
    chosen()
    plant(thea)
    care.session(couple, TODAY + 6 * DAY)
    assert come(SATURDAY - timedelta(minutes=1)) == 0
    assert come(SATURDAY) == 1
    (shown,) = sink.shown
    assert (shown["title"], shown["body"]) == ("Attune", LINE)
    assert shown["navigate"] == "http://localhost:8000/digest"
    assert shown["actions"] == [{"action": "open", "title": "Open"}]
    assert not {"Ana", "Ben", couple.id} & set(str(shown).split())
    assert [row.outcome for row in outbox()] == [SENT]
    desk = chosen("1")
    assert "You are told once a week" in desk.get("/digest").text
    assert come(MONDAY) == 1, "another weekday brings no second one"
    care.session(couple, TODAY + 12 * DAY)
    assert come(MONDAY + 7 * DAY) == 2


def test_a_week_with_nothing_to_look_at_brings_nothing(care, guest, couple, chosen, come, plant, thea, outbox, save):
    chosen()
    plant(thea)
    care.session(couple, TODAY + 20 * DAY)
    assert come(SATURDAY) == 0
    assert [row.outcome for row in outbox()] == [SKIPPED]
    care.session(couple, TODAY + 15 * DAY)
    care.end(guest)
    assert come(SATURDAY + 7 * DAY) == 0, "what is not consented to is not looked at"


def test_something_worth_a_look_is_enough(care, couple, chosen, come, plant, thea):
    care.homework(couple)
    chosen()
    plant(thea)
    assert come(SATURDAY) == 1


def test_couples_that_are_put_away_are_not_told_of(care, couple, chosen, come, plant, thea):
    care.homework(couple)
    desk = chosen()
    settings = {"session": "", "in_a_row": "3", "archived": "yes"}
    assert desk.post(f"/caseload/{couple.id}", data=settings).status_code == 303
    plant(thea)
    assert come(SATURDAY) == 0


@pytest.mark.parametrize("end", ["said", "disabled", "erased"])
def test_it_ends_with_a_word_and_with_the_account(app, care, couple, chosen, come, plant, thea, end):
    care.session(couple, TODAY + 4 * DAY)
    desk = chosen()
    plant(thea)
    if end == "said":
        assert desk.post("/digest/notice/end").status_code == 303
        assert "Tell me then" in desk.get("/digest/notice").text
    with app.app_context(), transaction():
        if end == "disabled":
            db.session.execute(update(Person).where(Person.id == thea.id).values(disabled_at=NOW))
        if end == "erased":
            erase_person(db.session.get_one(Person, thea.id))
    assert come(SATURDAY) == 0


def test_it_goes_by_the_clock_of_their_place_also_where_that_changes(app, care, couple, chosen, come, plant, thea, at):
    with app.app_context(), transaction():
        db.session.execute(update(Person).where(Person.id == thea.id).values(zone="Europe/Madrid"))
    desk = chosen("7", "8")
    plant(thea)
    care.session(couple, TODAY + 5 * DAY)
    assert "Sunday at 08:00" in desk.get("/digest/notice").text
    sunday = NOW.replace(day=15, hour=7)
    assert (come(sunday - timedelta(minutes=1)), come(sunday)) == (0, 1)
    summer = NOW.replace(year=2027, month=3, day=28, hour=6)
    care.session(couple, summer.date() + 2 * DAY)
    come(summer - 7 * DAY)
    assert (come(summer - timedelta(minutes=1)), come(summer)) == (1, 2), "the night before, clocks went on"


def test_quiet_hours_hold_it_back_and_an_outage_drops_it(app, care, couple, chosen, come, plant, thea, outbox, edit):
    care.session(couple, TODAY + 9 * DAY)
    chosen("6", "21")
    plant(thea)
    evening = SATURDAY + 13 * HOUR
    edit(thea, quiet_from=20 * 60 + 30, quiet_to=22 * 60)
    assert (come(evening), come(evening + HOUR)) == (0, 1)
    assert come(evening + 7 * DAY + 7 * HOUR) == 1
    assert [row.outcome for row in outbox()] == [SENT, MISSED]


def test_where_no_device_rings_it_goes_by_mail_once_the_address_is_confirmed(
    app, care, couple, chosen, ring, at, thea, monkeypatch
):
    care.session(couple, TODAY + 4 * DAY)
    desk = chosen()
    with MailServer() as server:
        monkeypatch.setitem(app.extensions, "mailer", Mailer(server.url, app.extensions["attune"].base_url))
        page = desk.get("/digest/notice").text
        assert "By e-mail" in page
        assert "So far none of your devices rings, so nothing would arrive." in page
        assert desk.post("/reminders/mail", data={"address": "thea@example.org"}).status_code == 303
        ring()
        path = server.letters.pop().get_content().split("http://localhost:8000")[1].split()[0]
        assert desk.post(path).status_code == 303
        at(SATURDAY)
        ring()
        (letter,) = server.letters
    assert letter["Subject"] == f"Attune: {LINE}"
    assert "/digest" in letter.get_content()
    assert "Ana" not in letter.get_content()


def test_a_therapist_finds_their_devices_and_no_page_of_a_couple(app, chosen, plant, thea, guest, as_user, ana):
    desk = as_user(thea)
    assert "Tell me then" in desk.get("/digest/notice").text
    assert "push-device" not in desk.get("/digest/notice").text
    chosen()
    assert "push-device" in desk.get("/digest/notice").text
    plant(thea)
    page = desk.get("/reminders/health").text
    assert "Firefox on Linux" in page
    assert 'href="/digest/notice"' in page
    assert 'href="/reminders"' not in page
    assert desk.post("/reminders/test").status_code == 303
    assert {desk.get(f"/reminders{path}").status_code for path in ("", "/new", "/settings")} == {404}
    assert 'name="push-key"' in desk.get("/caseload").text
    assert as_user(ana).get("/digest/notice").status_code == 404
    assert desk.post("/digest/notice", data={"weekday": "8", "hour": "3"}).status_code == 422
