"""The outbox: each message once, tried again while it is worth it, and nothing in it in the way of the others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, func, select, update

from app import jobs
from app.accounts import service as accounts
from app.accounts.models import Person, PersonKey
from app.core.crypto import seal, vault
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.push import service as push
from app.push.answers import BREAK, BREAKS_AFTER, WAITS, Answer
from app.push.models import OPENED, TEST, Delivery, Notification, PushService, PushSubscription, VapidKey
from app.push.service import LEASE, Due, Unwanted, Wanted, devices
from app.push.service.devices import MOST
from app.push.service.outbox import KEPT
from app.reminders.models import ReminderSettings
from tests.factories import NOW, make_person
from tests.push.devices import subscribe
from tests.push.engine import MOZILLA

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAILS, TAKES, IS_GONE = Answer(500), Answer(201), Answer(410)
OF_MOZILLA = {"service": "updates.push.services.mozilla.com"}


def wanting(due: list[Due]) -> dict[str, Wanted | Unwanted]:
    """A gate that lets everything through."""
    return {each.id: Wanted(push.Line("Attune", "Hello."), "/today", "en", 0) for each in due}


def unwanting(due: list[Due]) -> dict[str, Wanted | Unwanted]:
    """A gate that lets nothing through."""
    return {each.id: Unwanted() for each in due}


@pytest.fixture
def claim(app) -> Callable[..., push.Batch]:
    """`claim(now=NOW)`: what a worker takes on, and dies over unless it records something."""

    def take(gate=wanting, *, now=NOW, most=500) -> push.Batch:
        with app.app_context(), transaction():
            return push.claim(gate, base_url="https://attune.example", now=now, most=most)

    return take


@pytest.fixture
def record(app) -> Callable[..., None]:
    """`record(batch, FAILS, now=NOW)`: what came of it, the same for all."""

    def note(batch: push.Batch, answer: Answer, *, now=NOW) -> None:
        with app.app_context(), transaction():
            push.record(batch, [answer] * len(batch.parcels), {}, now=now)

    return note


@pytest.fixture
def change(app) -> Callable[..., None]:
    """`change(Person, Person.id == ana.id, zone="UTC")`: as an operator with a database client would."""

    def write(model, where, **values) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(model).where(where).values(**values))

    return write


# Once


def test_one_message_about_one_thing_is_laid_once_and_rings_once(ana, lay, plant, ring, sink, outbox) -> None:
    plant(ana)
    for _ in range(3):
        lay(ana)
        ring()
    assert len(sink.pushes) == len(outbox()) == 1


def test_another_person_another_kind_and_another_subject_are_other_messages(ana, ben, lay, outbox) -> None:
    for person, kind, subject in ((ana, TEST, "a"), (ben, TEST, "a"), (ana, OPENED, "a"), (ana, TEST, "b")):
        lay(person, kind, subject)
    assert len(outbox()) == 4


def test_nothing_rings_before_its_time_or_once_its_window_is_over(ana, lay, plant, ring, sink, at, outbox) -> None:
    plant(ana)
    lay(ana, subject="later", at=NOW + HOUR)
    lay(ana, subject="short", until=NOW + HOUR, at=NOW + MINUTE)
    ring()
    assert sink.pushes == []
    at(NOW + HOUR)
    ring()
    assert {row.subject: row.outcome for row in outbox()} == {"later": "sent", "short": "missed"}
    assert len(sink.pushes) == 1
    assert sink.pushes[0].ttl == 2 * HOUR // SECOND


def test_what_a_worker_died_over_is_delivered_when_its_lease_is_over(
    ana, lay, plant, ring, sink, at, claim, outbox
) -> None:
    plant(ana)
    lay(ana)
    assert len(claim().parcels) == 1
    at(NOW + LEASE - SECOND)
    ring()
    assert sink.pushes == []
    at(NOW + LEASE)
    ring()
    assert len(sink.pushes) == 1
    assert [row.outcome for row in outbox()] == ["sent"]


def test_a_repeat_takes_the_place_of_the_first_on_the_device_and_tells_nothing(ana, lay, plant, claim, app) -> None:
    plant(ana)
    lay(ana, OPENED, "a-prompt")
    first, again = claim().pushes[0], claim(now=NOW + LEASE).pushes[0]
    assert first.topic == again.topic
    assert first.body == again.body
    assert len(first.topic) <= 32
    assert set(first.topic) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert "prompt" not in first.topic
    assert ana.id not in first.topic


def test_a_worker_that_comes_too_late_with_bad_news_undoes_nothing(
    ana, lay, plant, ring, sink, at, claim, record, outbox
) -> None:
    plant(ana)
    lay(ana)
    slow = claim()
    at(NOW + LEASE)
    ring()
    record(slow, FAILS, now=NOW + LEASE + SECOND)
    at(NOW + HOUR)
    ring()
    assert len(sink.pushes) == 1
    assert [(row.outcome, row.next_try_at) for row in outbox()] == [("sent", None)]


def test_several_workers_at_once_take_nothing_twice_and_leave_nothing(app, ana, lay, plant, claim, record) -> None:
    plant(ana)
    subjects = [f"subject {number}" for number in range(120)]
    for subject in subjects:
        lay(ana, subject=subject)

    def work(_number: int) -> list[str]:
        taken: list[str] = []
        while (batch := claim(most=7)).looked_at:
            taken += [parcel.notification_id for parcel in batch.parcels]
            record(batch, TAKES)
        return taken

    with ThreadPoolExecutor(4) as workers:
        taken = [ident for part in workers.map(work, range(4)) for ident in part]
    assert len(taken) == len(set(taken)) == len(subjects)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Delivery)) == len(subjects)


# Again


def test_a_failure_is_tried_again_after_longer_and_longer_and_only_within_the_window(
    ana, lay, plant, ring, sink, at, outbox
) -> None:
    plant(ana)
    lay(ana)
    sink.answer, tried = FAILS, [NOW]
    ring()
    while again := outbox()[0].next_try_at:
        for now, pushes in ((again - SECOND, len(tried)), (again, len(tried) + 1)):
            at(now)
            ring()
            assert len(sink.pushes) == pushes
        tried.append(again)
    gaps = [later - earlier for earlier, later in pairwise(tried)]
    assert gaps[: len(WAITS)] == list(WAITS)
    assert set(gaps[len(WAITS) :]) == {WAITS[-1]}
    assert NOW + 3 * HOUR - WAITS[-1] <= tried[-1] < NOW + 3 * HOUR
    assert [row.outcome for row in outbox()] == ["failed"]


def test_of_several_devices_only_the_one_that_failed_is_tried_again(ana, lay, plant, ring, sink, at, outbox) -> None:
    good, bad = plant(ana), plant(ana)
    sink.answers[bad.endpoint] = FAILS
    lay(ana)
    ring()
    assert sink.endpoints == {good.endpoint: 1, bad.endpoint: 1}
    assert [row.outcome for row in outbox()] == [None]
    sink.answers.clear()
    at(NOW + WAITS[0])
    ring()
    assert sink.endpoints == {good.endpoint: 1, bad.endpoint: 2}
    assert [row.outcome for row in outbox()] == ["sent"]


def test_what_one_device_was_given_was_sent_whatever_becomes_of_the_others(
    ana, lay, plant, sink, ring, at, claim, outbox
) -> None:
    plant(ana)
    bad = plant(ana)
    sink.answers[bad.endpoint] = FAILS
    lay(ana, subject="done")
    lay(ana, subject="over")
    ring()
    claim(unwanting, now=NOW + WAITS[0])
    assert {row.outcome for row in outbox()} == {"sent"}


def test_what_came_to_nothing_says_why(ana, ben, lay, plant, claim, outbox) -> None:
    plant(ana)
    lay(ana)
    lay(ben)
    claim(unwanting)
    assert [row.outcome for row in outbox()] == ["skipped", "skipped"]
    lay(ben, subject="no device")
    claim()
    assert {row.outcome for row in outbox(ben)} == {"skipped"}


@pytest.mark.parametrize("asked", ["600", "Thu, 12 Nov 2026 20:10:00 GMT"])
def test_a_service_that_asks_for_rest_gets_it_from_everybody_and_no_other_does(
    asked, ana, ben, lay, plant, ring, sink, at
) -> None:
    of_ana, of_ben, elsewhere = plant(ana), plant(ben), plant(ben, f"{MOZILLA}x", **OF_MOZILLA)
    sink.answers[of_ana.endpoint] = Answer(429, asked)
    lay(ana)
    ring()
    lay(ben)
    for passed in (timedelta(), 5 * MINUTE, 10 * MINUTE - SECOND):
        at(NOW + passed)
        ring()
        assert sink.endpoints == {of_ana.endpoint: 1, elsewhere.endpoint: 1}
    sink.answers.clear()
    at(NOW + 10 * MINUTE)
    ring()
    assert sink.endpoints == {of_ana.endpoint: 2, of_ben.endpoint: 1, elsewhere.endpoint: 1}


def test_a_rest_that_lasts_longer_than_the_window_is_the_end_of_it(
    ana, ben, lay, plant, ring, sink, at, outbox
) -> None:
    plant(ana)
    plant(ben)
    sink.answer = Answer(429, "86400")
    lay(ana)
    ring()
    lay(ben)
    ring()
    at(NOW + WAITS[0])
    ring()
    # Ana's was tried, Ben's never was: his time went by while the service rested.
    assert [row.outcome for row in (*outbox(ana), *outbox(ben))] == ["failed", "missed"]
    assert len(sink.pushes) == 1


def test_good_news_of_another_worker_does_not_end_a_rest(ana, ben, lay, plant, ring, sink, claim, record) -> None:
    plant(ana)
    plant(ben)
    lay(ben, subject="under way")
    under_way = claim()
    sink.answer = Answer(429, "600")
    lay(ana)
    ring()
    record(under_way, TAKES)
    lay(ben, subject="next")
    ring()
    assert len(sink.pushes) == 1


def test_a_shorter_rest_does_not_shorten_a_longer_one(app, ana, lay, plant, claim, record) -> None:
    plant(ana)
    lay(ana, subject="one")
    one = claim()
    lay(ana, subject="two")
    two = claim()
    record(one, Answer(429, "600"))
    record(two, Answer(429, "60"))
    with app.app_context():
        assert db.session.scalar(select(PushService.blocked_until)) == NOW + 600 * SECOND


def test_a_service_that_fails_again_and_again_is_left_alone_for_a_while(
    ana, lay, plant, ring, sink, at, outbox
) -> None:
    plant(ana)
    elsewhere = plant(ana, f"{MOZILLA}x", **OF_MOZILLA)
    sink.answer, sink.answers[elsewhere.endpoint] = FAILS, TAKES
    for number in range(BREAKS_AFTER):
        lay(ana, subject=f"{number}")
        ring()
    lay(ana, subject="next")
    before = sink.endpoints
    ring()
    assert sink.endpoints - before == {elsewhere.endpoint: 1}
    sink.answer = TAKES
    at(NOW + BREAK)
    ring()
    assert {row.outcome for row in outbox()} == {"sent"}


def test_a_service_that_takes_one_now_and_then_is_not_left_alone(app, ana, lay, plant, ring, sink) -> None:
    plant(ana)
    for number in range(BREAKS_AFTER * 2):
        sink.answer = TAKES if number % BREAKS_AFTER == BREAKS_AFTER - 1 else FAILS
        lay(ana, subject=f"{number}")
        ring()
    with app.app_context():
        assert list(db.session.scalars(select(PushService.blocked_until))) == [None]


# What does not work


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten_and_the_others_ring(
    status, ana, lay, plant, ring, sink, devices_left, outbox
) -> None:
    gone, left = plant(ana), plant(ana)
    sink.answers[gone.endpoint] = Answer(status)
    lay(ana)
    ring()
    assert len(devices_left(ana)) == 1
    assert [row.outcome for row in outbox()] == ["sent"]
    lay(ana, subject="next")
    ring()
    assert sink.endpoints == {gone.endpoint: 1, left.endpoint: 2}


@pytest.mark.parametrize("status", [400, 401, 403, 413, 422])
def test_a_mistake_of_ours_keeps_the_device_is_named_and_not_repeated(
    status, ana, lay, plant, ring, sink, at, devices_left, outbox, caplog
) -> None:
    browser = plant(ana)
    sink.answer = Answer(status)
    lay(ana)
    ring()
    at(NOW + HOUR)
    ring()
    (device,) = devices_left(ana)
    assert (device.failure, device.failed_at) == (str(status), NOW)
    assert [row.outcome for row in outbox()] == ["failed"]
    assert len(sink.pushes) == 1
    (told,) = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert str(status) in told
    assert "fcm.googleapis.com" in told
    assert browser.endpoint not in told
    sink.answer = TAKES
    lay(ana, subject="mended")
    ring()
    assert devices_left(ana)[0].failure is None


@pytest.mark.parametrize(
    ("answer", "told"),
    [(FAILS, "500"), (Answer(0, failure="timeout"), "timeout"), (Answer(0, failure="network"), "network")],
)
def test_a_device_says_what_became_of_its_last_push(answer, told, ana, lay, plant, ring, sink, at, devices_left):
    plant(ana)
    sink.answer = answer
    lay(ana)
    ring()
    assert (devices_left(ana)[0].failure, devices_left(ana)[0].sent_at) == (told, None)
    sink.answer = TAKES
    at(NOW + WAITS[0])
    ring()
    assert (devices_left(ana)[0].failure, devices_left(ana)[0].sent_at) == (None, NOW + WAITS[0])


def test_a_device_whose_address_does_not_open_is_named_and_kept_and_the_others_ring(
    ana, ben, lay, plant, ring, sink, devices_left, outbox, change, app
) -> None:
    good, of_ben = plant(ana), plant(ben)
    plant(ana, id="garbage")
    plant(ana, id="no-list")
    plant(ben, id="moved")
    with app.app_context():
        key = vault().unwrap(ana.key.wrapped, ana.id)
        listless = seal(key, '"https://fcm.googleapis.com/x"', devices._about("no-list", ana.id))
    change(PushSubscription, PushSubscription.id == "garbage", address=b"\x01 this was never sealed")
    change(PushSubscription, PushSubscription.id == "no-list", address=listless)
    change(PushSubscription, PushSubscription.id == "moved", address=devices_left(ana)[0].address)
    for person in (ana, ben):
        lay(person)
    ring()
    assert sink.endpoints == {good.endpoint: 1, of_ben.endpoint: 1}
    assert {row.outcome for row in outbox()} == {"sent"}
    broken = {each.id: each.failure for each in (*devices_left(ana), *devices_left(ben)) if each.failure}
    assert broken == {"garbage": "unsendable", "no-list": "unsendable", "moved": "unsendable"}


def test_somebody_whose_devices_all_do_not_open_stops_nobody(ana, ben, lay, plant, ring, sink, outbox, change) -> None:
    plant(ana)
    of_ben = plant(ben)
    change(PersonKey, PersonKey.person_id == ana.id, wrapped=b"not a key")
    for person in (ana, ben):
        lay(person)
    ring()
    assert sink.endpoints == {of_ben.endpoint: 1}
    assert [row.outcome for row in (*outbox(ana), *outbox(ben))] == ["failed", "sent"]


def test_a_key_of_ours_that_does_not_open_stops_only_the_devices_bound_to_it(
    app, ana, ben, lay, plant, ring, sink, devices_left, change
) -> None:
    plant(ana)
    change(VapidKey, VapidKey.retired_at.is_(None), private=b"broken")
    with app.app_context(), transaction():
        push.rotate_keys(now=NOW)
    of_ben = plant(ben)
    for person in (ana, ben):
        lay(person)
    ring()
    assert sink.endpoints == {of_ben.endpoint: 1}
    assert [each.failure for each in devices_left(ana)] == ["unsendable"]


@pytest.mark.parametrize("poison", ["level", "zone", "kind"])
def test_a_row_that_cannot_be_judged_is_pushed_aside_and_named_and_the_others_ring(
    poison, ana, ben, couple, lay, plant, ring, sink, outbox, change, save, caplog
) -> None:
    people = save(*(make_person(f"Person {number}") for number in range(5)))
    for person in (ana, ben, *people):
        plant(person)
        lay(person)
    if poison == "level":
        save(ReminderSettings(person_id=ana.id, level="loud", quiet_from=0, quiet_to=0, several=False,
                              tells_opened=True, tells_turn=True, tells_week=True))  # fmt: skip
    elif poison == "zone":
        change(Person, Person.id == ana.id, zone="Europe/Atlantis")
        change(Notification, Notification.person_id == ana.id, kind="week")
    else:
        change(Notification, Notification.person_id == ana.id, kind="from tomorrow")
    ring()
    assert [row.outcome for row in outbox(ana)] == ["failed"]
    assert {row.outcome for row in outbox(ben, *people)} == {"sent"}
    assert len(sink.pushes) == 6
    assert any("cannot be judged" in each.getMessage() for each in caplog.records)


def test_somebody_who_is_erased_while_their_push_is_under_way_stops_nobody(
    app, ana, ben, lay, plant, ring, sink, outbox
) -> None:
    for person in (ana, ben):
        plant(person)
        lay(person)

    def erase() -> None:
        with transaction():
            db.session.execute(delete(Person).where(Person.id == ana.id))

    sink.before = erase
    ring()
    assert [(row.person_id, row.outcome) for row in outbox()] == [(ben.id, "sent")]


@pytest.mark.parametrize("answer", [TAKES, IS_GONE, FAILS, Answer(403)])
def test_a_device_that_goes_while_its_push_is_under_way_stops_nobody(
    answer, ana, ben, lay, plant, ring, sink, outbox
) -> None:
    going = plant(ana, id="going")
    for person in (ana, ben):
        plant(person)
        lay(person)
    sink.answers[going.endpoint] = answer

    def drop() -> None:
        with transaction():
            db.session.execute(delete(PushSubscription).where(PushSubscription.id == "going"))

    sink.before = drop
    ring()
    assert {row.outcome for row in outbox(ben)} == {"sent"}
    assert outbox(ana)[0].outcome == (None if answer == FAILS else "sent")


def test_a_message_that_is_swept_while_it_is_under_way_stops_nobody(app, ana, ben, lay, plant, ring, sink, outbox):
    for person in (ana, ben):
        plant(person)
        lay(person)

    def sweep() -> None:
        with transaction():
            db.session.execute(delete(Notification).where(Notification.person_id == ana.id))

    sink.before = sweep
    ring()
    assert [row.outcome for row in outbox()] == ["sent"]


# Devices


def test_a_test_rings_at_once_on_every_device_at_any_hour_even_in_a_pause_and_alone(
    app, carol, lay, plant, ring, sink, at, save
) -> None:
    at("2026-11-12T03:00")
    save(ReminderSettings(person_id=carol.id, quiet_from=22 * 60, quiet_to=7 * 60, level="plain", several=False,
                          tells_opened=False, tells_turn=False, tells_week=False, paused_until=NOW + DAY))  # fmt: skip
    plant(carol)
    plant(carol)
    now = NOW - 17 * HOUR
    lay(carol, now=now, until=now + 10 * MINUTE)
    ring()
    assert len(sink.pushes) == 2
    assert {each.urgency for each in sink.pushes} == {"high"}


def test_a_foreign_device_is_neither_taken_over_nor_dropped(app, ana, ben, as_user, lay, ring, sink) -> None:
    of_ana, of_ben = as_user(ana), as_user(ben)
    browser = subscribe(app, of_ana)
    key = of_ben.get("/push/key").get_json()["key"]
    assert of_ben.post("/push/subscription", data=browser.told(key)).status_code == 409
    with app.app_context():
        (device,) = push.devices_of(ana.id)
        assert push.devices_of(ben.id) == []
        with pytest.raises(NotFound), transaction():
            push.drop_device(ben.id, device.id, now=NOW)
    for person in (ana, ben):
        lay(person)
    ring()
    assert sink.endpoints == {browser.endpoint: 1}


def test_a_device_of_somebody_who_has_signed_out_is_not_free_for_another(app, ana, ben, as_user) -> None:
    browser = subscribe(app, as_user(ana))
    with app.app_context(), transaction():
        accounts.end_sessions(ana.id, now=NOW)
    of_ben = as_user(ben)
    key = of_ben.get("/push/key").get_json()["key"]
    assert of_ben.post("/push/subscription", data=browser.told(key)).status_code == 409


def test_the_same_browser_is_one_device_however_often_it_comes(app, ana, as_user, devices_left) -> None:
    client = as_user(ana)
    browser = subscribe(app, client)
    key = client.get("/push/key").get_json()["key"]
    for _ in range(3):
        assert client.post("/push/subscription", data=browser.told(key)).status_code == 204
    assert len(devices_left(ana)) == 1


def test_an_eleventh_device_takes_the_place_of_the_one_that_was_away_longest(app, ana, ben, as_user, at) -> None:
    subscribe(app, as_user(ben))
    clients = [as_user(ana) for _ in range(MOST)]
    browsers = []
    for number, client in enumerate(clients):
        at(NOW + number * MINUTE)
        browsers.append(subscribe(app, client))
    at(NOW + DAY)
    key = clients[0].get("/push/key").get_json()["key"]
    assert clients[0].post("/push/subscription", data=browsers[0].told(key)).status_code == 204
    eleventh = subscribe(app, as_user(ana))
    with app.app_context():
        left = {
            devices.open_address(row.id, ana.id, ana.key.wrapped, row.address)[0] for row in push.devices_of(ana.id)
        }
        assert len(push.devices_of(ben.id)) == 1
    assert left == {browser.endpoint for browser in (browsers[0], *browsers[2:], eleventh)}


def test_a_session_that_is_ended_rings_no_more_at_once(app, ana, as_user, lay, ring, sink, devices_left) -> None:
    subscribe(app, as_user(ana))
    here = subscribe(app, as_user(ana))
    with app.app_context(), transaction():
        kept = db.session.scalar(
            select(PushSubscription.session_id).where(PushSubscription.endpoint_hash == _hash(here.endpoint))
        )
        accounts.end_sessions(ana.id, now=NOW, but=kept)
    lay(ana)
    ring()
    assert sink.endpoints == {here.endpoint: 1}
    assert len(devices_left(ana)) == 2
    assert jobs.run(app, jobs.Step(jobs.housekeeping, HOUR))
    assert len(devices_left(ana)) == 1


def _hash(endpoint: str) -> str:
    return vault().fingerprint(endpoint, "push-endpoint")


@pytest.mark.parametrize("days", [15, 45, 90])
def test_a_session_that_has_merely_run_out_still_rings(days, app, ana, as_user, lay, ring, sink, at) -> None:
    subscribe(app, as_user(ana))
    now = at(NOW + days * DAY)
    assert jobs.run(app, jobs.Step(jobs.housekeeping, HOUR))
    lay(ana, now=now, until=now + HOUR)
    ring()
    assert len(sink.pushes) == 1


def test_a_session_that_is_ended_after_it_ran_out_takes_its_device_along(
    app, ana, as_user, lay, ring, sink, at, devices_left
) -> None:
    subscribe(app, as_user(ana))
    now = at(NOW + 60 * DAY)
    with app.app_context(), transaction():
        accounts.end_sessions(ana.id, now=now)
    assert jobs.run(app, jobs.Step(jobs.housekeeping, HOUR))
    assert devices_left(ana) == []


def test_somebody_who_is_disabled_is_not_rung(ana, lay, plant, ring, sink, change, outbox) -> None:
    plant(ana)
    change(Person, Person.id == ana.id, disabled_at=NOW)
    lay(ana)
    ring()
    assert sink.pushes == []
    assert [row.outcome for row in outbox()] == ["skipped"]


# Keys


def test_after_a_rotation_each_device_is_pushed_to_with_the_key_it_knows(
    app, ana, ben, as_user, lay, ring, sink, devices_left
) -> None:
    old = subscribe(app, as_user(ana))
    with app.app_context(), transaction():
        before = push.current_key().id
        push.rotate_keys(now=NOW + SECOND)
    new = subscribe(app, as_user(ben))
    with app.app_context():
        after = push.current_key().id
        assert push.devices_behind() == 1
    for person in (ana, ben):
        lay(person)
    ring()
    used = {each.endpoint: each.key_id for each in sink.pushes}
    assert used == {old.endpoint: before, new.endpoint: after}
    assert len({each.private for each in sink.pushes}) == 2


def test_an_old_key_goes_when_the_last_device_has_followed(app, ana, as_user) -> None:
    client = as_user(ana)
    browser = subscribe(app, client)
    with app.app_context(), transaction():
        push.rotate_keys(now=NOW + SECOND)
    assert jobs.run(app, jobs.Step(jobs.housekeeping, HOUR))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(VapidKey)) == 2
    key = client.get("/push/key").get_json()["key"]
    assert client.post("/push/subscription", data=browser.told(key)).status_code == 204
    assert jobs.run(app, jobs.Step(jobs.housekeeping, HOUR))
    with app.app_context():
        assert [row.public for row in db.session.scalars(select(VapidKey))] == [key]
        assert push.devices_behind() == 0


def test_a_private_key_of_ours_does_not_lie_open_in_the_database(app) -> None:
    with app.app_context(), transaction():
        push.rotate_keys(now=NOW)
    with app.app_context():
        sealed = db.session.scalar(select(VapidKey.private))
    assert b"PRIVATE" not in sealed
    assert b"BEGIN" not in sealed


def test_where_a_device_is_does_not_lie_open_in_the_database(app, ana, as_user, devices_left) -> None:
    browser = subscribe(app, as_user(ana))
    (device,) = devices_left(ana)
    told, lies = browser.told(""), repr([getattr(device, column.key) for column in PushSubscription.__table__.columns])
    for secret in (browser.endpoint, browser.endpoint[-20:], told["p256dh"], told["auth"]):
        assert secret not in lies
        assert secret.encode() not in device.address


# In an hour


def test_later_rings_once_more_in_an_hour_in_the_place_of_the_first(
    app, ana, as_user, lay, plant, ring, sink, at
) -> None:
    plant(ana)
    lay(ana)
    ring()
    ident = sink.shown[0]["data"]["id"]
    for _ in range(2):
        assert as_user(ana).post("/push/later", data={"id": ident}).status_code == 204
    at(NOW + HOUR - SECOND)
    ring()
    assert len(sink.pushes) == 1
    at(NOW + HOUR)
    ring()
    ring()
    first, again = sink.shown
    assert first["tag"] == again["tag"]
    assert first["data"] != again["data"]
    assert sink.pushes[1].ttl == 2 * HOUR // SECOND


def test_later_is_never_after_the_window_and_only_for_the_one_who_was_told(app, ana, ben, as_user, lay, plant, ring,
                                                                          sink, at, outbox) -> None:  # fmt: skip
    plant(ana)
    lay(ana)
    ring()
    ident = sink.shown[0]["data"]["id"]
    assert as_user(ben).post("/push/later", data={"id": ident}).status_code == 404
    assert as_user(ana).post("/push/later", data={"id": "no-such-thing"}).status_code == 404
    at(NOW + 2 * HOUR)
    assert as_user(ana).post("/push/later", data={"id": ident}).status_code == 404
    assert len(outbox()) == 1


# In the long run


def test_what_is_settled_is_forgotten_after_a_month_and_what_is_not_stays(app, ana, lay, plant, ring, at, sink, outbox):
    plant(ana)
    lay(ana, subject="settled")
    ring()
    lay(ana, subject="waits", at=NOW + 2 * KEPT, until=NOW + 3 * KEPT)
    at(NOW + KEPT)
    assert jobs.run(app, jobs.Step(jobs.housekeeping, HOUR))
    assert len(outbox()) == 2
    at(NOW + KEPT + SECOND)
    assert jobs.run(app, jobs.Step(jobs.housekeeping, HOUR))
    assert [row.subject for row in outbox()] == ["waits"]


def test_a_service_that_is_well_again_is_forgotten_and_one_that_rests_is_not(app, save, at) -> None:
    save(
        PushService(host="well", failures=0, blocked_until=None),
        PushService(host="rested", failures=0, blocked_until=NOW - SECOND),
        PushService(host="rests", failures=0, blocked_until=NOW + SECOND),
        PushService(host="fails", failures=3, blocked_until=None),
    )
    assert jobs.run(app, jobs.Step(jobs.housekeeping, HOUR))
    with app.app_context():
        assert set(db.session.scalars(select(PushService.host))) == {"rests", "fails"}


def test_a_batch_takes_as_many_statements_for_many_people_as_for_few(app, save, lay, plant, claim, statements) -> None:
    counts = []
    for number in (3, 30):
        for person in save(*(make_person(f"Of {number}, {each}") for each in range(number))):
            plant(person)
            lay(person)
        with statements() as seen:
            batch = claim()
            with app.app_context(), transaction():
                push.record(batch, [TAKES] * len(batch.parcels), {}, now=NOW)
        assert len(batch.parcels) == number
        counts.append(len(seen))
    assert counts[0] == counts[1]
