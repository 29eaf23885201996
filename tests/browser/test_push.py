"""A Chromium that is rung: what its lock screen shows, what a person is asked, and what the phone remembers."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from queue import SimpleQueue
from typing import Any

import pytest
from flask import Flask, request, request_finished
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from app import jobs
from app.accounts.service import open_session
from app.core import clock
from app.core.db import db, transaction
from app.push import service as push
from app.push.answers import Answer
from app.push.gateway import Push
from app.push.messages import payload
from app.push.models import KINDS, PushSubscription
from app.reminders import service as reminders
from app.reminders.models import LEVELS
from tests.browser.conftest import PATIENCE, Phone
from tests.factories import NOW
from tests.push.devices import Browser, subscribe
from tests.reminders.people import visitor_of
from tests.support.browser import find_browser, launch_args

pytestmark = pytest.mark.only_on("sqlite")

NEUTRAL = {"title": "Attune", "body": "There is something for you."}
LINE = "Your quiet minute is ready."
ON, BUTTON = "This device rings.", "Let this device ring"
SHOWN = """async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    return shown.map(({ title, body, tag, lang, actions }) => ({ title, body, tag, lang, actions }));
}"""

COUNTS = """() => {
    const show = self.registration.showNotification.bind(self.registration);
    self.counted = 0;
    self.registration.showNotification = async (...given) => {
        await show(...given);
        self.counted += 1;
    };
}"""

# A push service cannot be reached from here, so that what a browser would do with one is done by a stand-in: it keeps
# in the storage of the page what the person allowed and what is subscribed. `when` is what the person will answer.
STAND_IN = """(([keys, when]) => {
    const get = (name) => JSON.parse(localStorage.getItem(name));
    const set = (name, value) => localStorage.setItem(name, JSON.stringify(value));
    const plain = (text) => text.replaceAll('-', '+').replaceAll('_', '/');
    const decode = (text) => Uint8Array.from(atob(plain(text)), (each) => each.codePointAt());
    const made = ({ endpoint, key }) => ({
        endpoint,
        options: { applicationServerKey: decode(key).buffer },
        toJSON: () => ({ endpoint, expirationTime: null, keys }),
        unsubscribe: async () => { set('subscription', null); return true; },
    });
    Object.defineProperty(Notification, 'permission', { get: () => get('permission') ?? 'default' });
    Notification.requestPermission = async () => {
        set('asked', (get('asked') ?? 0) + 1);
        set('permission', when.permission);
        return when.permission;
    };
    PushManager.prototype.getSubscription = async () => get('subscription') && made(get('subscription'));
    PushManager.prototype.subscribe = async ({ applicationServerKey: key }) => {
        if (when.fails) throw new DOMException('no push service', 'AbortError');
        if (when.hangs) return new Promise(() => {});
        if (!get('subscription')) {
            set('count', (get('count') ?? 0) + 1);
            set('subscription', { endpoint: `https://fcm.googleapis.com/fcm/send/${when.name}-${get('count')}`, key });
        }
        return made(get('subscription'));
    };
})(GIVEN)"""


@pytest.fixture
def reminded(app: Flask) -> Callable[..., None]:
    """`reminded(ana)`: Ana wants to be told at half past eight, every day; there is a key to subscribe with."""

    def wish(person: Any) -> None:
        with app.app_context(), transaction():
            told = {"at": 20 * 60 + 30, "weekdays": 127, "window": 180, "if_then": ""}
            reminders.add_reminder(visitor_of(person), **told, now=NOW)
            if push.current_key() is None:
                push.rotate_keys(now=NOW)

    return wish


@pytest.fixture
def told(app: Flask) -> Iterator[SimpleQueue[tuple[str, int]]]:
    """What browsers have told the server about pushes, with its answers, as it comes."""
    queue: SimpleQueue[tuple[str, int]] = SimpleQueue()

    def note(_app: Flask, response: Any, **_others: object) -> None:
        if request.method == "POST" and request.path.startswith("/push/"):
            queue.put((request.path, response.status_code))

    with request_finished.connected_to(note, app):
        yield queue


def devices(app: Flask) -> list[PushSubscription]:
    """All that ring."""
    with app.app_context():
        return list(db.session.scalars(select(PushSubscription).where(PushSubscription.removed_at.is_(None))))


# What the lock screen shows


class Rung:
    """A page whose worker can be pushed to."""

    def __init__(self, context: BrowserContext, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        context.grant_permissions(["notifications"], origin=origin)
        self.devtools = context.new_cdp_session(page)
        self.known: list[str] = []
        self.devtools.on("ServiceWorker.workerRegistrationUpdated", self._know)
        self.devtools.send("ServiceWorker.enable")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.worker = context.service_workers[0]
        self.worker.evaluate(COUNTS)
        self.pushed = 0

    def _know(self, event: dict[str, Any]) -> None:
        self.known += [each["registrationId"] for each in event["registrations"]]

    def push(self, text: str) -> None:
        facts = {"origin": self.origin, "registrationId": self.known[-1], "data": text}
        self.devtools.send("ServiceWorker.deliverPushMessage", facts)
        self.pushed += 1

    def shows(self) -> list[dict[str, Any]]:
        """What the lock screen shows when it has shown all that was pushed."""
        # Not by asking for them again and again: Chromium forgets one that is asked for while it is being shown.
        until(self.page, lambda: self.worker.evaluate("self.counted") == self.pushed)
        shown: list[dict[str, Any]] = self.page.evaluate(SHOWN)
        return shown


def until(page: Page, true: Callable[[], bool]) -> None:
    """Ask again, a turn of the page at a time, until it is so."""
    for _ in range(500):
        if true():
            return
        page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    raise AssertionError("it never came to be so")


@pytest.fixture
def rung(phone: Callable[..., Phone], ana: Any, couple: Any) -> Rung:
    held = phone(ana)
    held.goto("/privacy")
    return Rung(held.context, held.page, held.address)


def test_every_kind_at_every_level_shows_its_line_and_no_more(app: Flask, rung: Rung) -> None:
    with app.app_context():
        lines = reminders.lines_of("en")
    buttons = {"open": "Open", "later": "In an hour"}
    for kind, level in product(KINDS, LEVELS):
        line, tag, address = lines[kind][level], f"{kind}-{level}", f"{rung.origin}/today"
        body = payload(line, ident="", tag=tag, navigate=address, lang="en", badge=1, actions=buttons)
        rung.push(body.decode())
        shown = {each["tag"]: each for each in rung.shows()}[tag]
        assert (shown["title"], shown["body"], shown["lang"]) == (line.title, line.body, "en")
        assert {each["action"]: each["title"] for each in shown["actions"]} == buttons


def test_what_cannot_be_read_is_shown_as_the_neutral_line(rung: Rung) -> None:
    for text in ("", "words", "{", "[]", '{"notification": {}}', '{"notification": {"title": ""}}'):
        rung.push(text)
        (shown,) = rung.shows()
        assert {name: shown[name] for name in NEUTRAL} == NEUTRAL, text


def test_a_repeat_takes_the_place_of_the_first(rung: Rung) -> None:
    for body in ("one", "two"):
        rung.push(json.dumps({"notification": {"title": "Attune", "body": body, "tag": "same"}}))
        assert [each["body"] for each in rung.shows()] == [body]


def test_a_reminder_goes_from_its_minute_to_the_lock_screen_and_is_reported(
    app: Flask, as_user: Any, ana: Any, rung: Rung, reminded: Any, told: Any, at: Any, monkeypatch: Any
) -> None:
    pushes: list[Push] = []

    class Sink:
        def send(self, sent: list[Push], *, now: object) -> list[Answer]:
            pushes.extend(sent)
            return [Answer(201)] * len(sent)

    monkeypatch.setitem(app.extensions, "gateway", Sink())
    reminded(ana)
    subscribe(app, as_user(ana))
    assert told.get(timeout=5) == ("/push/subscription", 204)
    due = at(NOW + timedelta(minutes=30))
    assert jobs.run(app, jobs.Step(jobs.ring, timedelta(seconds=20)))
    rung.push(pushes[0].body.decode())
    (shown,) = rung.shows()
    assert (shown["title"], shown["body"]) == ("Attune", LINE)
    assert told.get(timeout=PATIENCE / 1000) == ("/push/shown", 204)
    assert [each.shown_at for each in devices(app)] == [due]


def test_the_badge_counts_what_is_open_and_goes_when_today_has_nothing_left(
    app: Flask, playwright: Any, browser: Any, address: str, tmp_path: Any, as_user: Any, at: Any, ana: Any, couple: Any
) -> None:
    as_user(ana).post("/plan")
    at(NOW + timedelta(days=1))
    with app.app_context(), transaction():
        token = open_session(ana, "Chrome on Android", now=clock.now())
    # A profile of its own: in a window that keeps nothing, nothing can be installed, and so nothing has a badge.
    path = find_browser(playwright)
    with playwright.chromium.launch_persistent_context(tmp_path, executable_path=path, args=launch_args()) as context:
        context.add_cookies([{"name": "attune", "value": token, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/privacy")
        rung = Rung(context, page, address)
        app_id = {"manifestId": f"{address}/"}
        rung.devtools.send("PWA.install", app_id)
        rung.push(json.dumps({"notification": {"title": "Attune", "body": "x"}, "app_badge": 5}))
        until(page, lambda: rung.devtools.send("PWA.getOsAppState", app_id)["badgeCount"] == 5)
        page.goto(f"{address}/today")
        expect(page.locator("h1")).to_have_text("Nothing to do today.")
        until(page, lambda: rung.devtools.send("PWA.getOsAppState", app_id)["badgeCount"] == 0)


# What a person is asked


@pytest.fixture
def device(phone: Callable[..., Phone]) -> Callable[..., Phone]:
    """`device(ana, permission="denied")`: a phone that answers so when it is asked whether Attune may ring."""

    def get(person: Any = None, **when: Any) -> Phone:
        held = phone(person, reduced_motion="reduce")
        keys = Browser().told("")
        when = {"permission": "granted", "name": "phone", **when}
        given = json.dumps([{name: keys[name] for name in ("p256dh", "auth")}, when])
        held.context.add_init_script(STAND_IN.replace("GIVEN", given))
        return held

    return get


def kept(held: Phone, name: str) -> Any:
    """What the stand-in remembers."""
    return held.page.evaluate("name => JSON.parse(localStorage.getItem(name))", name)


def allow(held: Phone) -> None:
    """Go to the reminders and let this device ring."""
    held.goto("/reminders")
    held.tap(BUTTON)
    held.sees(ON)


def test_a_person_is_asked_by_their_own_tap_and_then_the_device_rings(app, device, ana, couple, reminded, told) -> None:
    reminded(ana)
    held = device(ana)
    held.goto("/today")
    held.goto("/reminders")
    held.sees("your browser will ask whether it may")
    held.shoot("reminders-ask")
    silent = held.page.get_by_text("So far none of your devices rings")
    expect(silent).to_be_visible()
    assert kept(held, "asked") is None
    held.tap(BUTTON)
    held.sees(ON)
    expect(silent).to_be_hidden()
    held.shoot("reminders-on")
    assert kept(held, "asked") == 1
    assert held.page.get_by_role("button", name=BUTTON).count() == 0
    assert [(each.person_id, each.label) for each in devices(app)] == [(ana.id, "Chrome on Linux")]
    for path in ("/reminders", "/today", "/reminders/health"):
        held.goto(path)
    held.sees(ON)
    held.sees("Since 12 November.")
    assert told.get(timeout=5) == ("/push/subscription", 204)
    # Once a day is enough.
    assert told.empty()


def test_a_refusal_is_respected_and_explained(device, ana, couple, reminded) -> None:
    reminded(ana)
    held = device(ana, permission="denied")
    held.goto("/reminders")
    held.tap(BUTTON)
    for _ in range(2):
        held.sees("You have said no to notifications here, and Attune will not ask again.")
        assert held.page.get_by_role("button", name=BUTTON).count() == 0
        held.shoot("reminders-refused")
        held.goto("/reminders")
    assert kept(held, "asked") == 1


def test_who_closes_the_question_can_be_asked_again(device, ana, couple, reminded) -> None:
    reminded(ana)
    held = device(ana, permission="default")
    held.goto("/reminders")
    for count in (1, 2):
        held.tap(BUTTON)
        held.until(f"localStorage.getItem('asked') === '{count}'")
        held.sees("your browser will ask whether it may")


@pytest.mark.parametrize("how", ["fails", "hangs"])
def test_a_push_service_that_cannot_be_reached_is_told_and_can_be_tried_again(
    app, device, ana, couple, reminded, how
) -> None:
    reminded(ana)
    held = device(ana, **{how: True})
    held.page.clock.install()
    held.goto("/reminders")
    held.tap(BUTTON)
    if how == "hangs":
        held.sees("One moment…")
        # The page begins to count only when it has asked, which a busy machine lets it do later.
        while not held.page.get_by_text("could not reach its push service").first.is_visible():
            held.page.clock.run_for(10_000)
    held.sees("could not reach its push service")
    held.shoot(f"reminders-{how}")
    held.page.get_by_role("button", name=BUTTON).wait_for()
    assert devices(app) == []


def test_an_iphone_is_first_shown_how_to_get_to_the_home_screen(device, ana, couple, reminded) -> None:
    reminded(ana)
    held = device(ana)
    held.context.add_init_script("navigator.standalone = false; delete globalThis.PushManager;")
    held.goto("/reminders")
    held.sees("On an iPhone only what is on the Home Screen may ring.")
    held.sees("Add to Home Screen")
    held.shoot("reminders-iphone")
    assert held.page.get_by_role("button", name=BUTTON).count() == 0


def test_a_browser_that_cannot_is_told_so(device, ana, couple, reminded) -> None:
    reminded(ana)
    held = device(ana)
    held.context.add_init_script("delete globalThis.PushManager;")
    held.goto("/reminders")
    held.sees("This browser cannot be rung.")
    held.shoot("reminders-never")
    assert held.page.get_by_role("button", name=BUTTON).count() == 0


def test_without_script_everything_but_ringing_works(app, phone, ana, couple, reminded) -> None:
    reminded(ana)
    held = phone(ana, java_script_enabled=False)
    page = held.goto("/reminders")
    assert "To ring, this browser would have to run scripts." in page.locator("push-device noscript").inner_html()
    held.tap("Another time", "link")
    page.get_by_label("At what time?").fill("08:15")
    page.get_by_label("What does it follow?").fill("After coffee")
    held.tap("Remind me then")
    held.sees("“After coffee”")
    held.tap("Take a week off")
    held.sees("A week off: nothing rings until")


def test_a_device_that_was_removed_does_not_come_back_until_it_is_asked_for(app, device, ana, couple, reminded) -> None:
    reminded(ana)
    held = device(ana)
    allow(held)
    held.expected |= {"410"}
    held.goto("/reminders/health")
    held.page.get_by_role("button", name="Remove").click()
    held.sees("That device rings no more.")
    held.page.get_by_role("button", name=BUTTON).wait_for()
    assert kept(held, "subscription") is None
    held.goto("/today")
    assert devices(app) == []
    allow(held)
    assert len(devices(app)) == 1


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_signing_out_ends_the_ringing_in_the_browser_too(app, device, ana, couple, reminded, offline) -> None:
    reminded(ana)
    held = device(ana)
    allow(held)
    held.goto("/settings")
    held.until("navigator.serviceWorker.controller !== null")
    held.context.set_offline(offline)
    held.tap("Sign out")
    if offline:
        held.sees("you are still signed in")
        assert kept(held, "subscription") is None
        held.faults.clear()
        held.context.set_offline(False)
        held.tap("Sign out")
    held.page.wait_for_url(f"{held.address}/")
    assert kept(held, "subscription") is None


def test_who_comes_next_on_the_same_phone_is_not_rung_for_the_one_before(
    app, device, ana, ben, couple, reminded, as_user
) -> None:
    reminded(ana)
    reminded(ben)
    shared = device(ana)
    allow(shared)
    shared.expected |= {"409"}
    shared.context.clear_cookies()
    with app.app_context(), transaction():
        token = open_session(ben, "Chrome on Android", now=clock.now())
    shared.context.add_cookies([{"name": "attune", "value": token, "url": shared.address}])
    shared.goto("/today")
    shared.until("localStorage.getItem('subscription') === 'null'")
    assert [each.person_id for each in devices(app)] == [ana.id]
    allow(shared)
    assert {each.person_id for each in devices(app)} == {ana.id, ben.id}


def test_a_device_follows_a_new_key_on_the_next_page(app, device, ana, couple, reminded) -> None:
    reminded(ana)
    held = device(ana)
    allow(held)
    with app.app_context(), transaction():
        key = push.rotate_keys(now=NOW).public
    held.goto("/today")
    held.until(f"JSON.parse(localStorage.getItem('subscription')).key === '{key}'")
    held.goto("/reminders/health")
    held.sees(ON)
    assert len(devices(app)) == 1
    with app.app_context():
        assert push.devices_behind() == 0


# Travel


def test_a_phone_that_travels_asks_once_and_moves_nothing_by_itself(app, phone, ana, couple, reminded) -> None:
    reminded(ana)
    held = phone(ana, timezone_id="Europe/Lisbon")
    question = held.page.get_by_text("Your phone is in Lisbon. Should reminders follow?")
    held.goto("/today")
    question.wait_for()
    held.shoot("today-travel")
    held.tap("No, leave them")
    expect(question).to_be_hidden()
    held.goto("/reminders")
    held.sees("Next: today at 20:30.")
    # The element has looked by the time it has asked the phone's memory, as the one beside it has.
    held.until("document.querySelector('push-device [data-state]:not([hidden])')")
    expect(question).to_be_hidden()
    with app.app_context():
        assert [wish.zone for wish in reminders.wishes_of(visitor_of(ana))] == ["UTC"]


def test_reminders_follow_a_phone_that_travels_when_the_person_says_so(app, phone, ana, couple, reminded) -> None:
    reminded(ana)
    held = phone(ana, timezone_id="Asia/Kolkata")
    held.goto("/today")
    held.tap("Yes, let them follow")
    held.sees("Your reminders follow you")
    # Half past one on Friday morning there.
    held.sees("Next: today at 20:30.")
    with app.app_context():
        (wish,) = reminders.wishes_of(visitor_of(ana))
    assert wish.zone in {"Asia/Kolkata", "Asia/Calcutta"}
    assert held.page.get_by_text("Should reminders follow?").is_hidden()


def test_nobody_without_reminders_is_asked_about_travel(phone, ana, couple) -> None:
    held = phone(ana, timezone_id="Europe/Lisbon")
    held.goto("/today")
    assert held.page.locator("zone-follow").count() == 0
