"""From a time on the wall into the outbox: everybody in a slot, once a day, at any scale, whatever dies meanwhile."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, func, select, update

from app import jobs
from app.accounts.models import Person
from app.core.db import db, transaction
from app.push.answers import Answer
from app.push.models import Notification
from app.reminders import service as reminders
from app.reminders.models import Reminder, ReminderSlot
from tests.factories import NOW, make_couple, make_person
from tests.reminders.people import visitor_of

pytestmark = pytest.mark.each_value

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DUE = NOW + 30 * MINUTE
"""When a wish for half past eight is due."""

HOUSEKEEPING = jobs.Step(jobs.housekeeping, HOUR)


@pytest.fixture
def dispatch(app):
    """`dispatch(at_a_time=10)`: one part. Gives whether there was one."""

    def take(**others) -> bool:
        with app.app_context(), transaction():
            return reminders.dispatch(**{"now": DUE, **others})

    return take


@pytest.fixture
def crowd(app, save, wish):
    """`crowd(25)`: so many people who want to be told at half past eight."""

    def make(count: int) -> list[Person]:
        people = save(*(make_person(f"Person {number}") for number in range(count)))
        wish(people[0])
        with app.app_context(), transaction():
            slot = db.session.scalars(select(ReminderSlot.id)).one()
            db.session.add_all(Reminder(slot_id=slot, person_id=person.id) for person in people[1:])
        return people

    return make


@pytest.fixture
def slots(app):
    """`slots()`: every slot."""

    def look() -> list[ReminderSlot]:
        with app.app_context():
            return list(db.session.scalars(select(ReminderSlot).order_by(ReminderSlot.at, ReminderSlot.zone)))

    return look


def told(rows: list[Notification]) -> list[tuple[str, str | None]]:
    """(subject, outcome) of notifications, in order."""
    return sorted((row.subject, row.outcome) for row in rows)


# Everybody, once


def test_a_reminder_rings_at_its_minute_and_not_before_or_again(ana, couple, wish, plant, ring, sink, at) -> None:
    plant(ana)
    wish(ana)
    for minutes, pushes in ((0, 0), (29, 0), (30, 1), (31, 1), (90, 1)):
        at(NOW + minutes * MINUTE)
        ring()
        assert len(sink.pushes) == pushes
    assert sink.shown[0]["body"] == "Your quiet minute is ready."
    assert sink.pushes[0].ttl == 180 * 60
    at(DUE + DAY)
    ring()
    assert len(sink.pushes) == 2
    assert len({push.topic for push in sink.pushes}) == 2


def test_nothing_is_due_before_its_time(crowd, dispatch, outbox) -> None:
    crowd(2)
    assert not dispatch(now=DUE - MINUTE / 60)
    assert outbox() == []


@pytest.mark.parametrize("at_a_time", [1, 7, 24, 25, 26, 1000])
def test_everybody_is_told_once_however_the_crowd_is_parted(at_a_time, crowd, dispatch, outbox, slots) -> None:
    people = crowd(25)
    while dispatch(at_a_time=at_a_time):
        pass
    assert Counter(row.person_id for row in outbox()) == {person.id: 1 for person in people}
    assert [(slot.cursor, slot.next_due_at) for slot in slots()] == [("", DUE + DAY)]


def test_the_ids_of_notifications_are_of_the_same_kind_wherever_they_are_made(crowd, dispatch, outbox) -> None:
    crowd(50)
    dispatch()
    idents = {row.id for row in outbox()}
    assert len(idents) == 50
    assert {len(ident) for ident in idents} == {22}
    assert set("".join(idents)) <= set("0123456789abcdef")


@pytest.mark.parametrize("dies_after", range(4))
def test_a_worker_that_dies_between_two_parts_costs_nobody_anything(dies_after, crowd, dispatch, outbox) -> None:
    people = crowd(20)
    for _ in range(dies_after):
        assert dispatch(at_a_time=6)
    # Another goes on where it stood.
    while dispatch(at_a_time=5):
        pass
    assert Counter(row.person_id for row in outbox()) == {person.id: 1 for person in people}


def test_a_worker_that_dies_within_a_part_leaves_none_of_it(app, crowd, dispatch, outbox, slots) -> None:
    people = crowd(9)
    assert dispatch(at_a_time=4)
    before, where = len(outbox()), slots()[0].cursor

    def die(_connection) -> None:
        raise KeyboardInterrupt

    with app.app_context():
        engine = db.engine
    event.listen(engine, "commit", die)
    try:
        with pytest.raises(KeyboardInterrupt):
            dispatch(at_a_time=4)
    finally:
        event.remove(engine, "commit", die)
    assert (len(outbox()), slots()[0].cursor) == (before, where)
    while dispatch(at_a_time=4):
        pass
    assert len(outbox()) == len(people)


def test_several_workers_at_once_tell_everybody_once(app, crowd, dispatch, outbox, slots, wish, at) -> None:
    people = crowd(60)
    at(NOW - HOUR)
    for number in range(20):
        wish(people[number], f"20:{number:02}")
    with app.app_context(), transaction():
        for person in people:
            reminders.edit_settings(person.id, several=True)

    def work(_number: int) -> None:
        while dispatch(at_a_time=7):
            pass

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    while dispatch(at_a_time=7):
        pass
    assert len(outbox()) == 80
    assert len(slots()) == 21
    assert all(slot.next_due_at > DUE for slot in slots())


def test_a_part_takes_as_many_statements_for_many_people_as_for_few(app, crowd, dispatch, statements) -> None:
    crowd(2)
    with statements() as few:
        dispatch()
    with app.app_context(), transaction():
        slot = db.session.scalars(select(ReminderSlot)).one()
        people = [make_person(f"Another {number}") for number in range(100)]
        db.session.add_all(people)
        db.session.flush()
        db.session.add_all(Reminder(slot_id=slot.id, person_id=person.id) for person in people)
    with statements() as many:
        dispatch(now=DUE + DAY)
    assert len(many) == len(few)


def test_a_tick_with_nothing_due_is_one_look_at_an_index(crowd, dispatch, statements) -> None:
    crowd(30)
    with statements() as seen:
        assert not dispatch(now=NOW)
    assert len(seen) == 1


def test_somebody_who_has_gone_is_not_told(app, crowd, dispatch, outbox) -> None:
    people = crowd(3)
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Person, people[1].id))
    dispatch()
    assert {row.person_id for row in outbox()} == {people[0].id, people[2].id}


# How often a day


def test_there_is_one_reminder_a_day_unless_somebody_wants_several(
    ana, ben, couple, wish, plant, ring, sink, at, edit, outbox
) -> None:
    edit(ana)
    edit(ben, several=True)
    for person in (ana, ben):
        plant(person)
        for time in ("20:30", "21:00", "22:00"):
            wish(person, time)
    for time in (DUE, NOW + HOUR, NOW + 2 * HOUR):
        at(time)
        ring()
    assert (len(outbox(ana)), len(outbox(ben))) == (1, 3)
    assert len(sink.pushes) == 4


def test_a_reminder_that_came_to_nothing_does_not_take_the_place_of_a_later_one(
    ana, couple, wish, plant, ring, sink, at, edit, outbox
) -> None:
    edit(ana)
    plant(ana)
    for time in ("08:00", "12:00", "20:30", "22:00"):
        wish(ana, time, window=60)
    morning = NOW - 12 * HOUR + DAY
    # At eight nobody was up, at noon the push service took nothing.
    at(morning + 3 * HOUR)
    ring()
    assert told(outbox()) == [("2026-11-12", "missed"), ("2026-11-13", "missed")]
    sink.answer = Answer(403)
    at(morning + 4 * HOUR)
    ring()
    assert told(outbox())[1] == ("2026-11-13", "failed")
    sink.answer = Answer(201)
    for later in (12.5, 14, 15):
        at(morning + later * HOUR)
        ring()
    assert told(outbox())[1] == ("2026-11-13", "sent")
    assert len(sink.pushes) == 2
    assert sink.pushes[1].ttl == 60 * 60


def test_what_is_still_under_way_is_not_begun_anew(ana, couple, wish, plant, ring, sink, at, edit, outbox) -> None:
    edit(ana)
    plant(ana)
    wish(ana, "20:30")
    wish(ana, "20:31")
    sink.answer = Answer(500)
    at(DUE)
    ring()
    (before,) = outbox()
    at(DUE + MINUTE)
    ring()
    (after,) = outbox()
    assert (after.id, after.created_at, after.expires_at) == (before.id, before.created_at, before.expires_at)
    assert after.tries == 2


def test_a_day_begins_at_four(ana, couple, wish, plant, ring, sink, at, edit) -> None:
    edit(ana)
    plant(ana)
    for time in ("22:00", "00:30", "03:59", "04:00"):
        wish(ana, time)
    pushes = []
    for hours in (2, 4.5, 7.99, 8):
        at(NOW + hours * HOUR)
        ring()
        pushes.append(len(sink.pushes))
    assert pushes == [1, 1, 1, 2]


# Which days


def test_a_reminder_rings_on_its_weekdays_alone(ana, couple, wish, plant, ring, sink, at) -> None:
    plant(ana)
    wish(ana, weekdays=0b0010001)
    rung = []
    for number in range(14):
        now = at(DUE + number * DAY)
        before = len(sink.pushes)
        ring()
        rung += [now.strftime("%a")] * (len(sink.pushes) - before)
    assert rung == ["Fri", "Mon"] * 2


def test_two_people_with_other_weekdays_or_windows_are_in_other_slots(ana, ben, wish, slots) -> None:
    wish(ana)
    wish(ben)
    assert len(slots()) == 1
    wish(ben, weekdays=1)
    wish(ben, window=60)
    assert len(slots()) == 3


# After an outage


def test_what_an_outage_has_skipped_stands_as_missed_and_never_rings(ana, couple, wish, plant, ring, sink, at, outbox):
    plant(ana)
    wish(ana)
    at(DUE + 3 * DAY + 4 * HOUR)
    ring()
    assert sink.pushes == []
    assert told(outbox()) == [(f"2026-11-{day}", "missed") for day in (12, 13, 14, 15)]
    at(DUE + 4 * DAY)
    ring()
    assert len(sink.pushes) == 1


@pytest.mark.parametrize(("late", "pushes"), [(0, 1), (59, 1), (60, 0)])
def test_a_reminder_that_is_late_rings_while_its_window_lasts(late, pushes, ana, couple, wish, plant, ring, sink, at):
    plant(ana)
    wish(ana, window=60)
    at(DUE + late * MINUTE)
    ring()
    assert len(sink.pushes) == pushes
    assert [push.ttl for push in sink.pushes] == [(60 - late) * 60] * pushes


def test_an_outage_of_years_is_over_at_once(ana, couple, wish, plant, ring, sink, at, outbox, slots) -> None:
    plant(ana)
    wish(ana)
    now = at(NOW + 1000 * DAY)
    ring()
    assert sink.pushes == []
    assert len(outbox()) <= 32
    assert now < slots()[0].next_due_at <= now + DAY


def test_a_zone_that_this_machine_does_not_know_stops_nobody_elsewhere(
    app, ana, ben, couple, wish, plant, ring, sink, at, slots, caplog
) -> None:
    wish(ana, "20:29")
    with app.app_context(), transaction():
        db.session.execute(update(ReminderSlot).values(zone="Europe/Atlantis"))
    wish(ben)
    for person in (ana, ben):
        plant(person)
    at(DUE)
    ring()
    assert len(sink.pushes) == 1
    assert jobs.run(app, HOUSEKEEPING)
    assert all(slot.next_due_at > DUE for slot in slots())
    assert any("Atlantis" in each.getMessage() for each in caplog.records)


# Slots


def test_slots_that_nobody_is_in_are_swept_and_no_other(app, ana, ben, wish, slots) -> None:
    wish(ana)
    wish(ben)
    wish(ben, "07:00")
    for person in (ana, ben):
        with app.app_context(), transaction():
            for each in reminders.wishes_of(visitor_of(person)):
                if person is ben:
                    reminders.drop_reminder(visitor_of(person), each.slot_id)
    assert jobs.run(app, HOUSEKEEPING)
    assert [slot.at for slot in slots()] == [20 * 60 + 30]


def test_people_who_choose_the_same_minute_in_the_same_instant_share_its_slot(app, save, slots) -> None:
    people = save(*(make_person(f"Person {number}") for number in range(12)))

    def choose(person: Person) -> None:
        with app.app_context(), transaction():
            wanted = {"at": 600, "weekdays": 127, "window": 180, "if_then": "after breakfast"}
            reminders.add_reminder(visitor_of(person), **wanted, now=NOW)

    with ThreadPoolExecutor(6) as hands:
        list(hands.map(choose, people))
    assert len(slots()) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Reminder)) == len(people)


def test_nobody_loses_a_reminder_to_the_sweeping_of_the_slot_they_step_into(app, save, slots) -> None:
    people = save(*(make_person(f"Person {number}") for number in range(8)))

    def choose(person: Person) -> None:
        for _ in range(5):
            with app.app_context(), transaction():
                wanted = {"at": 600, "weekdays": 127, "window": 180, "if_then": ""}
                reminders.add_reminder(visitor_of(person), **wanted, now=NOW)
            with app.app_context(), transaction():
                (mine,) = reminders.wishes_of(visitor_of(person))
                reminders.drop_reminder(visitor_of(person), mine.slot_id)
            with app.app_context(), transaction():
                reminders.sweep_slots()

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(choose, people))
    with app.app_context(), transaction():
        reminders.sweep_slots()
    assert slots() == []


def test_twelve_reminders_are_as_many_as_there_can_be_and_each_can_still_be_changed(app, ana, wish) -> None:
    for hour in range(reminders.MOST):
        wish(ana, f"{hour:02}:00")
    with pytest.raises(reminders.TooManyReminders):
        wish(ana, "20:30")
    wish(ana, "05:00", if_then="after the alarm")
    with app.app_context():
        assert [each.if_then for each in reminders.wishes_of(visitor_of(ana)) if each.if_then] == ["after the alarm"]


# When a country changes its clocks


def test_a_slot_is_reckoned_anew_when_the_zone_has_other_rules(app, ana, wish, slots) -> None:
    wish(ana)
    # What the rules of last month said: an hour too late.
    with app.app_context(), transaction():
        db.session.execute(update(ReminderSlot).values(next_due_at=DUE + HOUR))
    assert jobs.run(app, HOUSEKEEPING)
    assert slots()[0].next_due_at == DUE


def test_a_slot_that_is_due_or_half_gone_through_is_left_to_the_tick(crowd, dispatch, app, at, slots) -> None:
    crowd(9)
    at(DUE)
    dispatch(at_a_time=4)
    before = [(slot.cursor, slot.next_due_at) for slot in slots()]
    assert jobs.run(app, HOUSEKEEPING)
    assert [(slot.cursor, slot.next_due_at) for slot in slots()] == before


def test_other_rules_let_nobody_ring_twice_on_one_day(app, ana, couple, wish, plant, ring, sink, at, slots) -> None:
    plant(ana)
    wish(ana)
    at(DUE)
    ring()
    with app.app_context(), transaction():
        db.session.execute(update(ReminderSlot).values(next_due_at=DUE + HOUR))
    at(DUE + HOUR)
    ring()
    assert len(sink.pushes) == 1


# Travel


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize(
    ("home", "away"),
    [
        ("Europe/Berlin", "America/New_York"), ("Europe/Berlin", "Asia/Tokyo"), ("Asia/Tokyo", "Europe/Berlin"),
        ("Pacific/Auckland", "Pacific/Honolulu"), ("Pacific/Honolulu", "Pacific/Auckland"),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("America/New_York", "America/Chicago"),
    ],
)  # fmt: skip
def test_whoever_travels_is_told_at_the_same_hour_there_and_never_twice_on_one_day(
    home, away, several, app, save, wish, plant, ring, sink, at, edit
) -> None:
    traveller = save(make_person("Ana", zone=home))
    save(make_couple(traveller, zone=home))
    edit(traveller, several=several)
    plant(traveller)
    begins = at(datetime(2026, 11, 10, 12, 0, tzinfo=ZoneInfo(home)))
    wish(traveller, "20:30", if_then="after the washing up")
    days: list[tuple[str, str]] = []
    zone, now = home, begins
    while now < begins + 6 * DAY:
        at(now)
        before = len(sink.pushes)
        ring()
        local = now.astimezone(ZoneInfo(zone))
        days += [(local.date().isoformat(), local.strftime("%H:%M"))] * (len(sink.pushes) - before)
        if zone == home and now == begins + 3 * DAY - 2 * HOUR:
            zone = away
            with app.app_context(), transaction():
                reminders.move_to_zone(visitor_of(traveller), away, now=now)
        now += 30 * MINUTE
    assert {time for _day, time in days} == {"20:30"}
    assert len(days) == len(set(days)) >= 5
    with app.app_context():
        (mine,) = reminders.wishes_of(visitor_of(traveller))
        assert (mine.zone, mine.at, mine.if_then) == (away, 20 * 60 + 30, "after the washing up")
        assert db.session.get_one(Person, traveller.id).zone == away


# When it rings next


def test_the_next_ring_is_told_as_it_will_be(app, ana, wish, edit) -> None:
    def told_next(now: datetime) -> datetime | None:
        with app.app_context():
            return reminders.next_ring(visitor_of(ana), now=now)

    assert told_next(NOW) is None
    wish(ana, "20:30", weekdays=0b0001000)
    wish(ana, "06:30", weekdays=0b0010000, window=60)
    assert told_next(NOW) == DUE
    # In quiet hours until seven, and then still within its window.
    edit(ana, quiet_from=22 * 60, quiet_to=7 * 60)
    assert told_next(DUE) == datetime(2026, 11, 13, 7, 0, tzinfo=UTC)
    # Quiet for so long that it never rings.
    edit(ana, quiet_from=22 * 60, quiet_to=9 * 60)
    assert told_next(DUE) == DUE + 7 * DAY
    edit(ana, paused_until=DUE + 8 * DAY)
    assert told_next(NOW) == DUE + 14 * DAY


def test_nothing_is_told_next_where_all_of_it_lies_in_quiet_hours(app, ana, wish, edit) -> None:
    wish(ana, "23:00", window=60)
    edit(ana, quiet_from=22 * 60, quiet_to=7 * 60)
    with app.app_context():
        assert reminders.next_ring(visitor_of(ana), now=NOW) is None
