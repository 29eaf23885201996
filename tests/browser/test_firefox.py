"""The whole way of a reminder with a real Firefox: from its minute, by a push service, to a lock screen and back."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from queue import SimpleQueue

import pytest
from flask import Flask, request, request_finished
from sqlalchemy import select, update

from app import jobs
from app.accounts import service as accounts
from app.accounts.models import Person
from app.core import clock
from app.core.db import db, transaction
from app.push import service as push
from app.push.gateway import Gateway
from app.push.models import Notification, PushSubscription, VapidKey
from app.reminders import service as reminders
from app.reminders.models import EVERY_DAY
from tests.factories import NOW, PASSWORD
from tests.support import missing
from tests.support.firefox import Alert, Firefox, NoFirefox, firefox
from tests.support.pushd import DELIVERED, UNDECRYPTED, PushService, push_service

pytestmark = pytest.mark.only_on("sqlite")
PATIENCE = 20
DUE = NOW + timedelta(minutes=30)
WINDOW = timedelta(hours=3)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

UNSUBSCRIBE = """
const { pushManager } = await navigator.serviceWorker.ready;
return (await pushManager.getSubscription()).unsubscribe();
"""
SHOWN = """
const shown = await (await navigator.serviceWorker.ready).getNotifications();
return shown.map(({ title, body, tag }) => ({ title, body, tag }));
"""


@pytest.fixture(scope="session")
def pushd() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture(scope="session")
def window(pushd: PushService) -> Iterator[Firefox]:
    try:
        with firefox(f"ws://127.0.0.1:{pushd.port}/") as window:
            yield window
    except NoFirefox as reason:
        missing("firefox", reason)


@pytest.fixture
def site(app: Flask, address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where Firefox finds the app, which pushes to this machine."""
    config = replace(
        app.extensions["attune"],
        base_url=address.replace("127.0.0.1", "localhost"),
        vapid_subject="mailto:keeper@attune.example",
        push_loopback=True,
    )
    gateway = Gateway(config.vapid_subject, (), loopback=True)
    monkeypatch.setitem(app.extensions, "attune", config)
    monkeypatch.setitem(app.extensions, "gateway", gateway)
    with app.app_context(), transaction():
        push.rotate_keys(now=NOW)
    yield config.base_url
    gateway.close()


class Phone:
    """Ana's, with Firefox on it."""

    def __init__(self, app: Flask, ana: Person, site: str, window: Firefox, pushd: PushService) -> None:
        self.ana = ana
        self.app, self.site, self.window, self.pushd = app, site, window, pushd
        self.asked: dict[str, SimpleQueue[int]] = defaultdict(SimpleQueue)

    def note_request(self, _app: Flask, response, **_others: object) -> None:
        self.asked[request.path].put(response.status_code)

    def answers(self, path: str) -> int:
        """The status that the next request to this path is answered with, waited for if need be."""
        return self.asked[path].get(timeout=PATIENCE)

    def goto(self, path: str) -> None:
        self.window.goto(self.site + path)

    def sign_in(self, after: str) -> None:
        """By the page, as Ana does it."""
        self.goto(f"/sign-in?next={after}")
        self.window.fill("[name=login]", "ana")
        self.window.fill("[name=password]", PASSWORD)
        self.window.tap("[type=submit]")

    def begin(self) -> None:
        """Ana is signed in, has a reminder for every day, and lets this browser ring."""
        with self.app.app_context(), transaction():
            token = accounts.open_session(self.ana, "Firefox on Linux", now=NOW)
            db.session.flush()
            visitor = accounts.visitor_of(token, now=NOW)
            assert visitor
            reminders.add_reminder(visitor, at=20 * 60 + 30, weekdays=EVERY_DAY, window=180, if_then="", now=NOW)
        self.window.take_cookie("localhost", "attune", token)
        self.goto("/reminders")
        self.opt_in()

    def opt_in(self) -> None:
        """Let this browser ring, by the button on the page."""
        self.window.tap("push-device button:not([hidden])")
        assert self.window.text("push-device [data-state=on]:not([hidden])") == "This device rings."
        assert self.answers("/push/subscription") == 204
        self.pushd.hears("register")

    def ring(self) -> list[int]:
        """The engine does what is due: what the push service has answered to each push of it."""
        with self.app.app_context():
            jobs.ring(now=clock.now())
        return self.pushd.heard("push")

    def rings(self) -> Alert:
        """What rings when the engine does what is due."""
        assert self.ring() == [201]
        return self.shows()

    def shows(self) -> Alert:
        """What rings next: delivered, decrypted, shown, and reported."""
        alert = self.window.next_ring()
        assert self.answers("/push/shown") == 204
        assert self.pushd.hears("ack") == DELIVERED
        return alert

    def rows(self) -> list[PushSubscription]:
        with self.app.app_context():
            return list(db.session.scalars(select(PushSubscription)))

    def outcomes(self) -> list[str | None]:
        with self.app.app_context():
            return list(db.session.scalars(select(Notification.outcome)))

    def tags(self) -> set[str]:
        return {each["tag"] for each in self.window.run(SHOWN)}

    def topics(self) -> list[str | None]:
        return [message.topic for message in self.pushd.messages]

    def rotate(self, *, follow: bool = True) -> VapidKey:
        with self.app.app_context(), transaction():
            key = push.rotate_keys(now=clock.now())
            if not follow:
                db.session.execute(update(PushSubscription).values(key_id=key.id))
            db.session.expunge(key)
        return key


@pytest.fixture
def phone(app: Flask, site: str, window: Firefox, pushd: PushService, ana: Person, couple) -> Iterator[Phone]:
    window.afresh()
    pushd.afresh()
    phone = Phone(app, ana, site, window, pushd)
    with request_finished.connected_to(phone.note_request, app):
        yield phone
    assert window.faults(site) == []
    assert pushd.heard("ack") == []


def test_a_reminder_is_pushed_shown_and_tapped(phone, at) -> None:
    phone.sign_in("/reminders")
    phone.window.fill("[name=if_then]", "After we clear the table")
    phone.window.tap("form[action='/reminders'] [type=submit]")
    phone.opt_in()
    assert phone.ring() == []
    at(DUE)
    alert = phone.rings()
    assert (alert.title, alert.text) == ("Attune", "Your quiet minute is ready.")
    assert alert.buttons == {"open": "Open", "later": "In an hour"}
    (shown,) = phone.window.run(SHOWN)
    message = phone.pushd.messages[-1]
    assert shown == {"title": alert.title, "body": alert.text, "tag": message.topic}
    assert message.headers["TTL"] == str(int(WINDOW.total_seconds()))
    (row,) = phone.rows()
    assert (row.sent_at, row.shown_at, row.failure) == (DUE, DUE, None)
    assert phone.ring() == []
    phone.goto("/account")
    phone.window.touch(alert)
    phone.window.comes_to_front(f"{phone.site}/today")
    assert phone.window.lock_screen() == []


def test_in_an_hour_rings_once_more_an_hour_later(phone, at) -> None:
    phone.begin()
    at(DUE)
    first = phone.rings()
    phone.window.touch(first, "later")
    assert phone.answers("/push/later") == 204
    assert phone.window.lock_screen() == []
    at(DUE + HOUR - timedelta(seconds=1))
    assert phone.ring() == []
    at(DUE + HOUR)
    second = phone.rings()
    assert second == first
    assert phone.ring() == []


def test_a_tap_opens_the_day_where_no_page_is_open(phone, at) -> None:
    phone.begin()
    phone.window.goto("about:blank")
    at(DUE)
    phone.window.touch(phone.rings())
    phone.window.comes_to_front(f"{phone.site}/today")


def test_a_browser_that_has_unsubscribed_is_forgotten(phone, at) -> None:
    phone.begin()
    assert phone.window.run(UNSUBSCRIBE)
    phone.pushd.hears("unregister")
    at(DUE)
    assert phone.ring() == [410]
    assert phone.rows() == []
    assert phone.outcomes() == ["failed"]


def test_a_key_that_is_not_the_one_of_the_subscription_is_refused_and_told(phone, at) -> None:
    phone.begin()
    phone.rotate(follow=False)
    at(DUE)
    assert phone.ring() == [403]
    (row,) = phone.rows()
    assert (row.sent_at, row.failed_at, row.failure) == (None, DUE, "403")
    assert phone.outcomes() == ["failed"]
    assert phone.window.lock_screen() == []


def test_what_was_damaged_on_its_way_is_shown_to_nobody(phone, at) -> None:
    phone.begin()
    at(DUE)
    phone.pushd.damages = True
    assert phone.ring() == [201]
    assert phone.pushd.hears("ack") == UNDECRYPTED
    phone.pushd.damages = False
    at(DUE + timedelta(days=1))
    phone.rings()
    assert phone.asked["/push/shown"].empty()


def test_a_phone_that_was_off_rings_when_it_is_on_again_if_that_is_in_time(phone, at) -> None:
    phone.begin()
    at(DUE)
    with phone.pushd.out_of_reach():
        assert phone.ring() == [201]
        at(DUE + WINDOW - timedelta(seconds=1))
    first = phone.shows()
    at(DUE + DAY)
    with phone.pushd.out_of_reach():
        assert phone.ring() == [201]
        at(DUE + DAY + WINDOW + timedelta(seconds=1))
    at(DUE + 2 * DAY)
    second = phone.rings()
    assert phone.tags() == set(phone.topics()[::2])
    assert phone.window.lock_screen() == [first, second]


def test_a_subscription_follows_a_new_key_at_the_next_page(phone, at) -> None:
    phone.begin()
    key = phone.rotate()
    phone.goto("/today")
    assert phone.pushd.hears("register").key == key.public
    assert phone.answers("/push/subscription") == 204
    at(DUE)
    phone.rings()
    (row,) = phone.rows()
    assert row.key_id == key.id


def test_a_subscription_that_the_push_service_has_lost_is_made_anew(phone, at) -> None:
    phone.begin()
    phone.window.goto("about:blank")
    phone.pushd.forget_everything()
    phone.pushd.hears("register")
    assert phone.answers("/push/subscription") == 204
    at(DUE)
    phone.rings()
    assert len(phone.rows()) == 1


def test_signing_out_takes_the_subscription_from_the_browser(phone, at) -> None:
    phone.begin()
    phone.goto("/settings")
    phone.window.tap("form[action='/sign-out'] button")
    phone.pushd.hears("unregister")
    assert phone.answers("/sign-out") == 303
    at(DUE)
    assert phone.ring() == []
