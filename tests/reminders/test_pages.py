"""What somebody sees of their reminders, and what becomes of what they send."""

import re
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app import jobs
from app.accounts.models import Person
from app.core.db import db, transaction
from app.push import service as push
from app.push.answers import Answer
from app.push.models import (
    FAILED,
    KINDS,
    MISSED,
    OPENED,
    REMINDER,
    TEST,
    TURN,
    Notification,
    PushSubscription,
)
from app.reminders import forms
from app.reminders import service as reminders
from app.reminders.models import LEVELS, Reminder, ReminderSettings
from tests.couples.steps import at_once
from tests.exercises.acts import unchecked
from tests.factories import NOW
from tests.push.devices import Browser, subscribe
from tests.reminders.people import visitor_of

EVERY_DAY = ["1", "2", "3", "4", "5", "6", "7"]
EVENING = {"at": "20:30", "weekdays": EVERY_DAY, "window": "180", "if_then": ""}
HOW = {
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "level": "plain",
    "tells_opened": "yes",
    "tells_turn": "yes",
    "tells_week": "yes",
}
NEITHER = {name: value for name, value in HOW.items() if not name.startswith("tells")}


def wishes(app, person):
    with app.app_context():
        return reminders.wishes_of(visitor_of(person))


def settings(app, person):
    with app.app_context():
        found = reminders.settings_of(person.id)
        db.session.expunge_all()
        return found


def sentences(page):
    """The sentence beside each field, by the field's name."""
    found = re.findall(r'<p class="error" id="([\w]+)-error">.*?<span>(.*?)</span>', page, re.DOTALL)
    return dict(found)


def ring(app):
    assert jobs.run(app, jobs.Step(jobs.ring, timedelta(seconds=20)))


@pytest.fixture
def answers(app, monkeypatch):
    """A push service that answers every push alike, and counts them."""

    class Service:
        status, failure, pushed = 201, "", 0

        def send(self, pushes, *, now):
            self.pushed += len(pushes)
            return [Answer(self.status, failure=self.failure)] * len(pushes)

    service = Service()
    monkeypatch.setitem(app.extensions, "gateway", service)
    return service


# When


def test_the_settings_lead_to_the_reminders_of_a_partner_alone(as_user, ana, thea):
    assert 'href="/reminders"' in as_user(ana).get("/settings").text
    assert 'href="/reminders"' not in as_user(thea).get("/settings").text


def test_somebody_without_a_reminder_is_asked_for_a_time_and_never_for_a_permission(as_user, ana, couple):
    browser = as_user(ana)
    page = browser.get("/reminders").text
    assert "When would be a good moment?" in page
    assert page.count("checked") == len(EVERY_DAY)
    for path in ("/reminders", "/reminders/new", "/reminders/health", "/today"):
        assert "<push-device" not in browser.get(path).text


def test_a_reminder_is_kept_shown_and_deleted(app, as_user, ana):
    browser = as_user(ana)
    line = "After we clear the table, we open it."
    answer = browser.post("/reminders", data={**EVENING, "if_then": line})
    assert (answer.status_code, answer.location) == (303, "/reminders")
    (wish,) = wishes(app, ana)
    assert (wish.at, wish.weekdays, wish.window, wish.if_then) == (20 * 60 + 30, 0b1111111, 180, line)
    page = browser.get("/reminders").text
    assert "Kept." in page
    for words in ("20:30", "every day", f"“{line}”", "Worth ringing for 3 hours.", "Next: today at 20:30."):
        assert words in page
    assert "<push-device" in page
    # Nor is it said to ring where it cannot, and what would not come is said of what comes another way.
    health, silent = browser.get("/reminders/health").text, "So far none of your devices rings"
    assert silent in page
    assert silent in health
    browser.post("/reminders/calendar")
    assert "It stands in your calendar alone" in browser.get("/reminders").text
    assert browser.post(f"/reminders/{wish.slot_id}/end").status_code == 303
    assert wishes(app, ana) == []
    assert "Deleted." in browser.get("/reminders").text


def test_the_line_is_kept_where_only_its_owner_can_read_it(app, as_user, ana, ben, couple):
    as_user(ana).post("/reminders", data={**EVENING, "if_then": "when the kettle sings"})
    as_user(ben).post("/reminders", data=EVENING)
    with app.app_context():
        kept = db.session.scalars(select(Reminder.if_then).where(Reminder.person_id == ana.id)).one()
    assert b"kettle" not in kept
    assert "kettle" not in as_user(ben).get("/reminders").text


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["1", "2", "3", "4", "5"], "Monday to Friday"),
        (["6", "7"], "at the weekend"),
        (["2"], "Tuesday"),
        (["1", "3", "5"], "Monday, Wednesday, and Friday"),
    ],
)
@pytest.mark.only_on("sqlite")
def test_weekdays_are_told_in_words(as_user, ana, days, words):
    browser = as_user(ana)
    browser.post("/reminders", data={**EVENING, "weekdays": days})
    assert f"</b> · {words}<" in re.sub(r"\s+<", "<", browser.get("/reminders").text)


@pytest.mark.parametrize(
    ("sent", "field", "told"),
    [
        ({"at": ""}, "at", "Please give a time, such as 20:30."),
        ({"at": "25:00"}, "at", "Please give a time, such as 20:30."),
        ({"at": "eight"}, "at", "Please give a time, such as 20:30."),
        ({"at": "٢٠:٣٠"}, "at", "Please give a time, such as 20:30."),
        ({"at": "23:15"}, "at", "This lies in your quiet hours, 22:00 to 07:00."),
        ({"at": "06:59"}, "at", "This lies in your quiet hours, 22:00 to 07:00."),
        ({"weekdays": []}, "weekdays", "Please choose at least one day."),
        ({"weekdays": ["8"]}, "weekdays", "Please choose among those shown."),
        ({"window": "7"}, "window", "Please choose one of those shown."),
        ({"if_then": "x" * 121}, "if_then", "This is 121 characters long; 120 fit."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(app, as_user, ana, sent, field, told):
    line = "After we clear the table"
    answer = as_user(ana).post("/reminders", data={**EVENING, "weekdays": ["2", "4"], "if_then": line, **sent})
    assert answer.status_code == 422
    assert told in sentences(answer.text)[field]
    if field != "if_then":
        assert f'value="{line}"' in answer.text
    if "at" in sent:
        assert f'name="at" type="time" value="{sent["at"]}"' in answer.text
    if field != "weekdays":
        assert re.findall(r'name="weekdays" value="(\d)" checked', answer.text) == ["2", "4"]
    assert wishes(app, ana) == []


@pytest.mark.parametrize("at", ["07:00", "21:59", "7:00", "12.05", "20:30:00"])
@pytest.mark.only_on("sqlite")
def test_a_time_outside_the_quiet_hours_is_taken_however_it_is_typed(app, as_user, ana, at):
    as_user(ana).post("/reminders", data={**EVENING, "at": at})
    hours, minutes = map(int, re.split("[:.]", at)[:2])
    assert [wish.at for wish in wishes(app, ana)] == [hours * 60 + minutes]


def test_one_reminder_too_many_is_refused_and_kept_in_the_form(app, as_user, ana):
    with app.app_context(), transaction():
        for minute in range(reminders.MOST):
            reminders.add_reminder(visitor_of(ana), at=600 + minute, weekdays=1, window=60, if_then="", now=NOW)
    answer = as_user(ana).post("/reminders", data={**EVENING, "if_then": "kept"})
    assert answer.status_code == 409
    assert "Delete one first." in answer.text
    assert 'value="kept"' in answer.text


def test_nobody_deletes_what_is_not_theirs(app, as_user, ana, ben, couple):
    as_user(ana).post("/reminders", data=EVENING)
    (wish,) = wishes(app, ana)
    assert as_user(ben).post(f"/reminders/{wish.slot_id}/end").status_code == 404
    assert len(wishes(app, ana)) == 1
    # Both in one slot: deleting mine leaves yours.
    as_user(ben).post("/reminders", data=EVENING)
    assert as_user(ben).post(f"/reminders/{wish.slot_id}/end").status_code == 303
    assert (len(wishes(app, ana)), len(wishes(app, ben))) == (1, 0)


def test_a_crowded_day_is_told_until_all_may_ring(as_user, ana):
    browser = as_user(ana)
    browser.post("/reminders", data={**EVENING, "weekdays": ["1", "2"]})
    browser.post("/reminders", data={**EVENING, "weekdays": ["3"], "at": "08:00"})
    assert "only the first rings" not in browser.get("/reminders").text
    browser.post("/reminders", data={**EVENING, "weekdays": ["2"], "at": "12:00"})
    assert "only the first rings" in browser.get("/reminders").text
    browser.post("/reminders/settings", data={**HOW, "several": "yes"})
    assert "only the first rings" not in browser.get("/reminders").text


@pytest.mark.parametrize(
    ("days", "told"),
    [(["5"], "Next: today at 07:30."), (["6", "4"], "Next: Saturday, 14 November at 07:30.")],
)
def test_what_is_next_is_told_by_the_clock_of_the_person(app, as_user, ana, days, told):
    with app.app_context(), transaction():
        db.session.get_one(Person, ana.id).zone = "Asia/Tokyo"
    browser = as_user(ana)
    # Eight in the evening of Thursday in UTC is five in the morning of Friday in Tokyo.
    browser.post("/reminders", data={**EVENING, "at": "07:30", "weekdays": days})
    for path in ("/reminders", "/reminders/health"):
        assert told in browser.get(path).text


# How


def test_the_page_shows_what_the_lock_screen_would_show(app, as_user, ana):
    page = as_user(ana).get("/reminders/settings").text
    with app.app_context():
        lines = reminders.lines_of("en")["reminder"]
    assert set(forms.LEVELS) == set(LEVELS) == set(lines)
    for line in lines.values():
        assert line.body in page


def test_how_it_rings_is_kept(app, as_user, ana):
    browser = as_user(ana)
    sent = {"quiet_from": "21:30", "quiet_to": "08:15", "level": "warm", "several": "yes", "tells_turn": "yes"}
    assert browser.post("/reminders/settings", data=sent).location == "/reminders"
    kept = settings(app, ana)
    assert (kept.quiet_from, kept.quiet_to, kept.level) == (21 * 60 + 30, 8 * 60 + 15, "warm")
    assert (kept.several, kept.tells_opened, kept.tells_turn, kept.tells_week) == (True, False, True, False)
    page = browser.get("/reminders/settings").text
    assert 'value="21:30"' in page
    assert re.search(r'value="warm" checked', page)
    assert not re.search(r'name="tells_opened" value="yes" checked', page)


@pytest.mark.parametrize(
    ("sent", "field", "told"),
    [
        ({"quiet_from": "25:00"}, "quiet_from", "Please give a time"),
        ({"quiet_to": ""}, "quiet_to", "Please give a time"),
        ({"level": "loud"}, "level", "Please choose one of those shown."),
        ({"quiet_from": "20:00"}, "quiet_from", "Your reminder at 20:30 lies in these hours."),
    ],
)
def test_settings_that_cannot_be_are_told_and_kept_in_the_form(app, as_user, ana, sent, field, told):
    browser = as_user(ana)
    browser.post("/reminders", data=EVENING)
    answer = browser.post("/reminders/settings", data={**NEITHER, "several": "yes", **sent})
    assert answer.status_code == 422
    assert told in sentences(answer.text)[field]
    assert re.search(r'name="several" value="yes" checked', answer.text)
    assert not re.search(r'name="tells_opened" value="yes" checked', answer.text)
    with app.app_context():
        assert db.session.get(ReminderSettings, ana.id) is None


def test_the_settings_of_one_are_not_those_of_the_other(app, as_user, ana, ben, couple):
    as_user(ana).post("/reminders/settings", data={**NEITHER, "level": "bare"})
    assert (settings(app, ana).level, settings(app, ben).level) == ("bare", "plain")
    assert settings(app, ben).tells_opened


# A week off


def test_a_week_off_rings_nothing_until_it_is_over_or_ended(app, as_user, ana, ben, couple, at, answers):
    browser = as_user(ana)
    subscribe(app, browser)
    browser.post("/reminders", data=EVENING)
    browser.post("/reminders/pause")
    assert "A week off: nothing rings until Thursday, 19 November, 20:00." in browser.get("/reminders").text
    assert "A week off" in browser.get("/reminders/health").text
    at(NOW + timedelta(minutes=31))
    ring(app)
    assert answers.pushed == 0
    assert browser.post("/reminders/pause/end").status_code == 303
    assert "The week off is over." in browser.get("/reminders").text
    at(NOW + timedelta(days=1, minutes=31))
    ring(app)
    assert answers.pushed == 1


# Travel


def test_nothing_moves_by_itself_and_all_of_it_when_asked(app, as_user, ana, couple, now):
    browser = as_user(ana)
    browser.post("/reminders", data={**EVENING, "if_then": "tea"})
    assert 'data-zone="UTC"' in browser.get("/reminders").text
    assert 'data-zone="UTC"' in browser.get("/today").text
    browser.post("/settings/account", data={"name": "Ana", "zone": "Europe/Lisbon", "theme": "auto"})
    page = browser.get("/reminders").text
    assert "by the clock in UTC" in page
    assert "Let them go by the clock in Lisbon" in page
    assert [wish.zone for wish in wishes(app, ana)] == ["UTC"]
    answer = browser.post("/reminders/zone", data={"zone": "America/New_York"})
    assert (answer.status_code, answer.location) == (303, "/reminders")
    (wish,) = wishes(app, ana)
    assert (wish.zone, wish.at, wish.if_then) == ("America/New_York", 20 * 60 + 30, "tea")
    page = browser.get("/reminders").text
    assert 'data-zone="America/New_York"' in page
    assert "by the clock in" not in page


@pytest.mark.parametrize("zone", ["", "Mars/Base", "Europe", "../etc/passwd"])
def test_a_zone_that_is_none_is_refused_in_a_sentence(app, as_user, ana, zone):
    browser = as_user(ana)
    browser.post("/reminders", data=EVENING)
    answer = browser.post("/reminders/zone", data={"zone": zone})
    assert answer.status_code == 422
    assert "time zone" in sentences(answer.text)["zone"]
    assert [wish.zone for wish in wishes(app, ana)] == ["UTC"]


# Whether they arrive


def test_the_page_is_calm_where_there_is_nothing(as_user, ana):
    page = as_user(ana).get("/reminders/health").text
    for words in ("There is no reminder yet.", "None yet.", "Nothing was lost in the last seven days."):
        assert words in page
    assert "Send a test now" not in page


def test_each_device_says_when_it_was_last_sent_to_and_last_showed_something(app, as_user, ana, answers, at):
    browser = as_user(ana)
    browser.post("/reminders", data=EVENING)
    subscribe(app, browser)
    page = browser.get("/reminders/health").text
    for words in ("This device.", "Since 12 November.", "Nothing sent yet.", "Next: today at 20:30."):
        assert words in page
    assert "data-silent" not in page + browser.get("/reminders").text
    assert browser.post("/reminders/test").location == "/reminders/health"
    at(NOW + timedelta(minutes=1))
    ring(app)
    assert answers.pushed == 1
    page = browser.get("/reminders/health").text
    assert "Last sent: Thu 12 Nov, 20:01." in page
    assert "Nothing shown yet, as far as it has told us." in page
    with app.app_context(), transaction():
        row = db.session.scalars(select(PushSubscription)).one()
        row.shown_at = NOW + timedelta(minutes=2)
    assert "Last shown: Thu 12 Nov, 20:02." in browser.get("/reminders/health").text


@pytest.mark.parametrize(
    ("status", "failure", "words"),
    [
        (429, "", "asked Attune to wait"),
        (503, "", "could not be reached. It is tried again"),
        (0, "timeout", "could not be reached. It is tried again"),
        (0, "network", "could not be reached. It is tried again"),
        (413, "", "too large. Please tell"),
        (403, "", "turned Attune away (403). Please tell"),
        (0, "refused", "turned Attune away (refused). Please tell"),
        (0, "unsendable", "Remove it here"),
    ],
)
@pytest.mark.only_on("sqlite")
def test_the_last_failure_is_told_in_words(app, as_user, ana, answers, status, failure, words):
    browser = as_user(ana)
    subscribe(app, browser)
    answers.status, answers.failure = status, failure
    browser.post("/reminders/test")
    ring(app)
    page = browser.get("/reminders/health").text
    assert words in page
    assert "Thu 12 Nov, 20:00: " in page


def test_a_test_is_sent_once_a_tap_and_not_without_end(app, as_user, ana, answers, at):
    browser = as_user(ana)
    assert browser.post("/reminders/test").location == "/reminders/health"
    assert "nothing was sent" in browser.get("/reminders/health").text
    subscribe(app, browser)
    taken = []
    for second in range(20):
        at(NOW + timedelta(seconds=second))
        taken.append(browser.post("/reminders/test").status_code)
        if taken[-1] == 429:
            break
    assert taken[-1] == 429
    assert len(taken) > 3
    ring(app)
    assert answers.pushed == taken.count(303)


def test_a_device_is_removed_by_its_owner_alone_and_does_not_come_back_by_itself(app, as_user, ana, ben, couple):
    anas, bens = as_user(ana), as_user(ben)
    browser = subscribe(app, anas)
    told = browser.told(anas.get("/push/key").get_json()["key"])
    with app.app_context():
        ident = db.session.scalars(select(PushSubscription.id)).one()
    assert bens.post(f"/reminders/devices/{ident}/end").status_code == 404
    assert anas.post(f"/reminders/devices/{ident}/end").status_code == 303
    assert "That device rings no more." in anas.get("/reminders/health").text
    assert anas.post(f"/reminders/devices/{ident}/end").status_code == 404
    told.pop("asked")
    assert anas.post("/push/subscription", data=told).status_code == 410
    assert "None yet." in anas.get("/reminders/health").text
    assert anas.post("/push/subscription", data={**told, "asked": "yes"}).status_code == 204
    assert "None yet." not in anas.get("/reminders/health").text


def test_a_browser_that_nobody_asked_for_is_not_taken_on(app, as_user, ana):
    browser = as_user(ana)
    told = subscribe(app, browser, "https://fcm.googleapis.com/fcm/send/one").told(
        browser.get("/push/key").get_json()["key"]
    )
    other = {**told, "endpoint": "https://fcm.googleapis.com/fcm/send/other"}
    other.pop("asked")
    assert browser.post("/push/subscription", data=other).status_code == 404
    # Asked for, it takes the place of the one that this browser had.
    assert browser.post("/push/subscription", data={**other, "asked": "yes"}).status_code == 204
    with app.app_context():
        assert len(db.session.scalars(select(PushSubscription)).all()) == 1


@pytest.mark.only_on("postgresql")
def test_two_pages_of_a_browser_that_subscribe_at_once_make_one_device(app, ana, as_user):
    tabs = [unchecked(as_user(ana)) for _ in range(2)]
    subscribe(app, tabs[0])
    key = tabs[0].get("/push/key").get_json()["key"]
    for _ in range(6):
        told = Browser().told(key)
        answers = at_once(*((partial(tab.post, data=told), "/push/subscription") for tab in tabs))
        assert [answer.status_code for answer in answers] == [204, 204]


def test_what_was_lost_is_told_by_kind_and_day_for_a_week(app, as_user, ana, ben, couple, at):
    with app.app_context(), transaction():
        for person, kind, subject, outcome in (
            (ana, REMINDER, "2026-11-10", MISSED),
            (ana, OPENED, "a-prompt", FAILED),
            *((ana, kind, f"a {kind}", FAILED) for kind in set(KINDS) - {REMINDER, OPENED, TURN, TEST}),
            (ana, TURN, "another.1", "sent"),
            (ben, TEST, "of Ben", FAILED),
        ):
            push.enqueue(person.id, kind, subject, now=NOW, until=NOW + timedelta(hours=1))
            row = db.session.scalars(
                select(Notification).where(Notification.person_id == person.id, Notification.subject == subject)
            ).one()
            row.outcome, row.finished_at, row.next_try_at = outcome, NOW, None
    browser = as_user(ana)
    page = browser.get("/reminders/health").text
    assert re.search(r"A reminder<.*?Tuesday, 10 November\. Its time was over", page)
    assert re.search(r"“Both answers are open”<.*?Thursday, 12 November\. It could not be delivered\.", page)
    assert "“Your time together is now”<" in page
    assert "“Your turn”" not in page
    assert "A test" not in page
    at(NOW + timedelta(days=7))
    assert "Nothing was lost in the last seven days." in browser.get("/reminders/health").text


@pytest.mark.parametrize(
    ("agent", "opened"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit Safari/604.1", "iPhone and iPad"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/140.0 Mobile Safari/537.36", "Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "A computer"),
    ],
)
@pytest.mark.only_on("sqlite")
def test_the_advice_for_this_browser_is_unfolded(as_user, ana, agent, opened):
    page = as_user(ana).get("/reminders/health", headers={"User-Agent": agent}).text
    assert re.findall(r"<details class=\"fold prose\" open>\s*<summary>(.*?)</summary>", page) == [opened]
    assert page.count("<details") == 3


# Today


def test_today_says_how_much_is_open_so_that_the_badge_can_go(as_user, carol):
    browser = as_user(carol)
    page = browser.get("/today").text
    count = re.search(r'data-open="(\d+)"', page)
    assert count
    assert int(count[1]) == len(re.findall(r'<a class="act', page)) > 0


def test_pages_tell_browsers_the_key_of_today_once_there_is_a_reminder(app, as_user, ana, couple):
    browser = as_user(ana)
    subscribe(app, browser)
    key = browser.get("/push/key").get_json()["key"]
    assert key not in browser.get("/today").text
    browser.post("/reminders", data=EVENING)
    for path in ("/today", "/reminders", "/reminders/health"):
        assert f'<meta name="push-key" content="{key}">' in browser.get(path).text
