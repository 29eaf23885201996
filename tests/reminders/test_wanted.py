"""What rings when its time has come, and what does not: done, paused, quiet, seen, hidden, ended, switched off."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Person
from app.core.db import db, transaction
from app.couples.models import Couple, Membership
from app.couples.service import leave_couple, pair_of
from app.exercises import service as exercises
from app.exercises.models import PlanEntry, Prompt
from app.exercises.service import catalogue
from app.push.models import Notification
from app.push.service import Due
from app.reminders import service as reminders
from tests.exercises.acts import ABOUT_TWO, ALONE, GUESSES, act, respond
from tests.factories import NOW, TODAY, make_couple, make_person, make_prompt
from tests.reminders.people import visitor_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DUE = NOW + 30 * MINUTE
ITEMS = {name: next(iter(exercise.items), None) for name, exercise in catalogue().exercises.items()}
ANSWERED = ("check_in", "appreciation", "love_map")


@pytest.fixture
def give(save):
    """`give(couple, "love_map")`: a prompt of today."""

    def make(couple, exercise: str, day=TODAY, **others) -> Prompt:
        prompt = make_prompt(couple, exercise, day, ITEMS[exercise])
        for name, value in others.items():
            setattr(prompt, name, value)
        return save(prompt)

    return make


@pytest.fixture
def rung(at, ring, sink, plant, wish, edit):
    """`rung(ana, ben)`: who of them is reminded at half past eight, all of whom want to be. Their names."""

    def come(*people) -> set[str]:
        endpoints = {}
        for person in people:
            edit(person)
            wish(person)
            endpoints[plant(person).endpoint] = person.name
        at(DUE)
        ring()
        told = zip(sink.pushes, sink.shown, strict=True)
        return {endpoints[push.endpoint] for push, shown in told if shown["body"] == "Your quiet minute is ready."}

    return come


@pytest.fixture
def plan(app, save):
    """`plan(couple, check_in="")`: only what is named, on these ISO weekdays."""

    def change(couple, **chosen: str) -> None:
        with app.app_context(), transaction():
            for name in catalogue().exercises:
                bits = sum(1 << (int(day) - 1) for day in chosen.get(name, ""))
                db.session.merge(PlanEntry(couple_id=couple.id, exercise=name, weekdays=bits))

    return change


def answer(browser, prompt, *, alone: bool) -> None:
    """Give a sound response."""
    typed = ALONE if alone else {**ALONE, **ABOUT_TWO, **GUESSES}
    response = act(browser, prompt, "response", **typed) if prompt.exercise == "check_in" else respond(browser, prompt)
    assert response.status_code == 303


def take(browser, prompt, step: str, **typed: str) -> None:
    assert act(browser, prompt, "turn", step=step, **typed).status_code == 303


# Done


@pytest.mark.parametrize("exercise", ANSWERED)
def test_whoever_has_answered_is_not_rung_and_the_other_is(exercise, ana, ben, couple, as_user, give, rung) -> None:
    answer(as_user(ana), give(couple, exercise), alone=False)
    assert rung(ana, ben) == {"Ben"}


@pytest.mark.parametrize("exercise", ANSWERED)
def test_when_both_have_answered_nobody_is_rung(exercise, ana, ben, couple, as_user, give, rung) -> None:
    prompt = give(couple, exercise)
    for person in (ana, ben):
        answer(as_user(person), prompt, alone=False)
    assert rung(ana, ben) == set()


@pytest.mark.parametrize("exercise", ANSWERED)
@pytest.mark.parametrize("answers", [False, True])
def test_whoever_is_alone_is_rung_for_what_they_have_not_done(exercise, answers, carol, as_user, give, rung, app):
    prompt = give(_couple_of(app, carol), exercise)
    if answers:
        # Alone, a love map has no guess.
        typed = {"answer": "bread"} if exercise == "love_map" else {}
        browser = as_user(carol)
        if typed:
            assert act(browser, prompt, "response", **typed).status_code == 303
        else:
            answer(browser, prompt, alone=True)
    assert rung(carol) == (set() if answers else {"Carol"})


TURNS = (
    ("ana", "speak-1-1", {"text": "I speak"}), ("ben", "mirror-1-1", {"text": "I heard"}),
    ("ana", "verdict-1-1", {"verdict": "missing", "heard": "4", "text": "There is more"}),
    ("ben", "mirror-1-2", {"text": "I heard more"}), ("ana", "verdict-1-2", {"verdict": "heard", "heard": "9"}),
    ("ben", "understand-1-2", {"text": "It makes sense"}), ("ben", "speak-2-1", {"text": "I speak, too"}),
    ("ana", "mirror-2-1", {"text": "I heard"}), ("ben", "verdict-2-1", {"verdict": "heard", "heard": "9"}),
    ("ana", "understand-2-1", {"text": "It makes sense"}),
)  # fmt: skip
"""A whole talk."""


@pytest.mark.parametrize("taken", range(len(TURNS) + 1))
def test_in_a_mirroring_only_the_one_whose_turn_it_is_is_rung(taken, app, ana, ben, couple, as_user, give, rung):
    prompt, browsers = give(couple, "mirroring"), {"ana": as_user(ana), "ben": as_user(ben)}
    for who, step, typed in TURNS[:taken]:
        take(browsers[who], prompt, step, **typed)
    with app.app_context(), transaction():
        db.session.execute(delete(Notification))
    following = TURNS[taken][0].title() if taken < len(TURNS) else None
    expected = {"Ana", "Ben"} if taken == 0 else {following} if following else set()
    assert rung(ana, ben) == expected


def test_one_that_is_open_among_some_that_are_done_is_reason_enough_and_is_counted(
    ana, ben, couple, as_user, give, rung, sink
) -> None:
    browser = as_user(ana)
    answer(browser, give(couple, "check_in"), alone=False)
    give(couple, "appreciation")
    assert rung(ana, ben) == {"Ana", "Ben"}
    assert sorted(b'"app_badge":1' in push.body for push in sink.pushes) == [False, True]
    assert sorted(b'"app_badge":2' in push.body for push in sink.pushes) == [False, True]


def test_what_was_set_aside_is_not_waited_for(ana, ben, couple, as_user, give, rung) -> None:
    give(couple, "love_map", set_aside_at=NOW)
    other = give(couple, "love_map", take=2)
    answer(as_user(ana), other, alone=False)
    assert rung(ana, ben) == {"Ben"}


def test_what_is_left_of_yesterday_rings_nobody(ana, ben, couple, as_user, give, rung) -> None:
    give(couple, "love_map", TODAY - DAY)
    today = give(couple, "check_in")
    for person in (ana, ben):
        answer(as_user(person), today, alone=False)
    assert rung(ana, ben) == set()


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"check_in": "4"}, {"Ana", "Ben"}),
        ({"mirroring": "4"}, {"Ana", "Ben"}),
        ({"check_in": "123567"}, set()),
        ({}, set()),
    ],
)
def test_before_anybody_has_looked_the_plan_says_whether_there_is_something(
    chosen, expected, ana, ben, couple, plan, rung
) -> None:
    plan(couple, **chosen)
    assert rung(ana, ben) == expected


def test_a_plan_that_is_the_default_rings(ana, ben, couple, rung, sink) -> None:
    assert rung(ana, ben) == {"Ana", "Ben"}
    planned = sum(4 in exercise.default_weekdays for exercise in catalogue().exercises.values())
    assert all(f'"app_badge":{planned}'.encode() in push.body for push in sink.pushes)


def test_whoever_is_alone_is_not_rung_for_what_takes_two(carol, app, plan, rung) -> None:
    plan(_couple_of(app, carol), mirroring="4")
    assert rung(carol) == set()


def test_whoever_is_in_no_couple_is_not_rung(save, rung) -> None:
    assert rung(save(make_person("Flo"))) == set()


def test_the_day_is_that_of_the_couple(app, ana, ben, couple, as_user, give, rung, save) -> None:
    # In Auckland it is Friday morning; the prompt of their Friday is the one that counts.
    there = save(make_couple(*save(make_person("Gia"), make_person("Hal")), zone="Pacific/Auckland"))
    gia, hal = _people(app, "Gia", "Hal")
    prompt = give(there, "check_in", TODAY + DAY)
    answer(as_user(gia), prompt, alone=False)
    assert rung(gia, hal) == {"Hal"}


def _couple_of(app, person) -> Couple:
    with app.app_context():
        return db.session.scalars(select(Couple).join(Membership).where(Membership.person_id == person.id)).one()


def _people(app, *names):
    with app.app_context():
        rows = db.session.scalars(select(Person).options(selectinload(Person.key)).where(Person.name.in_(names)))
        found = {person.name: person for person in rows}
        db.session.expunge_all()
        return [found[name] for name in names]


# Not now


def test_whoever_is_on_a_week_off_is_not_rung_and_then_is_again(
    app, ana, couple, wish, plant, ring, sink, at, edit, outbox
):
    edit(ana)
    plant(ana)
    wish(ana)
    with app.app_context(), transaction():
        reminders.pause(ana.id, until=NOW + 7 * DAY)
    for number in range(7):
        at(DUE + number * DAY)
        ring()
    assert sink.pushes == []
    assert outbox() == []
    at(DUE + 7 * DAY)
    ring()
    assert len(sink.pushes) == 1


def test_a_pause_that_begins_after_it_was_laid_out_keeps_it_from_ringing(
    app, ana, couple, lay, plant, ring, sink, outbox
):
    plant(ana)
    lay(ana, "reminder", "2026-11-12")
    with app.app_context(), transaction():
        reminders.pause(ana.id, until=NOW + DAY)
    ring()
    assert sink.pushes == []
    assert [row.outcome for row in outbox()] == ["skipped"]
    with app.app_context(), transaction():
        reminders.resume(ana.id)
    lay(ana, "reminder", "2026-11-12+1")
    ring()
    assert len(sink.pushes) == 1


def test_in_quiet_hours_it_waits_for_their_end_if_that_is_within_its_window(
    ana, couple, lay, plant, ring, sink, at, edit
):
    plant(ana)
    edit(ana, quiet_from=19 * 60, quiet_to=22 * 60)
    lay(ana, "reminder", "2026-11-12")
    for hours, pushes in ((0, 0), (1.99, 0), (2, 1)):
        at(NOW + hours * HOUR)
        ring()
        assert len(sink.pushes) == pushes
    assert sink.pushes[0].ttl == 60 * 60


def test_in_quiet_hours_that_are_longer_than_its_window_it_is_skipped(ana, couple, lay, plant, ring, sink, at, outbox):
    plant(ana)
    lay(ana, "reminder", "2026-11-12", at=NOW + 2 * HOUR)
    at(NOW + 2 * HOUR)
    ring()
    assert [row.outcome for row in outbox()] == ["skipped"]
    assert sink.pushes == []


def test_quiet_hours_are_those_of_the_place_where_somebody_is(
    app, ana, couple, lay, plant, ring, sink, at, edit
) -> None:
    plant(ana)
    edit(ana, quiet_from=22 * 60, quiet_to=7 * 60)
    with app.app_context(), transaction():
        reminders.move_to_zone(visitor_of(ana), "Asia/Tokyo", now=NOW)
    lay(ana, "reminder", "2026-11-12")
    ring()
    assert sink.pushes == []
    # It is five in the morning there; the window ends at eight.
    at(datetime(2026, 11, 12, 22, 0, tzinfo=UTC))
    ring()
    assert len(sink.pushes) == 1


def test_waiting_for_the_end_of_quiet_hours_is_no_try(ana, couple, lay, plant, ring, edit, outbox) -> None:
    plant(ana)
    edit(ana, quiet_from=19 * 60, quiet_to=22 * 60)
    lay(ana, "reminder", "2026-11-12")
    ring()
    assert [(row.tries, row.next_try_at) for row in outbox()] == [(0, NOW + 2 * HOUR)]


# Both are open


def test_whoever_answered_first_is_told_once_that_both_are_open(
    ana, ben, couple, as_user, give, plant, ring, sink, edit
):
    prompt, of_ana, of_ben = give(couple, "check_in"), as_user(ana), as_user(ben)
    first, second = plant(ben), plant(ana)
    answer(of_ben, prompt, alone=False)
    ring()
    assert sink.pushes == []
    answer(of_ana, prompt, alone=False)
    answer(of_ana, prompt, alone=False)
    ring()
    ring()
    assert sink.endpoints == {first.endpoint: 1}
    assert second.endpoint not in sink.endpoints
    assert sink.shown[0]["body"] == "Something has opened."
    assert of_ben.get(sink.shown[0]["navigate"].removeprefix("http://localhost:8000")).status_code == 200


def test_whoever_has_seen_it_by_then_is_not_told(ana, ben, couple, as_user, give, plant, ring, sink, outbox) -> None:
    prompt, of_ben = give(couple, "love_map"), as_user(ben)
    plant(ben)
    answer(of_ben, prompt, alone=False)
    answer(as_user(ana), prompt, alone=False)
    assert of_ben.get(f"/prompts/{prompt.id}").status_code == 200
    ring()
    assert sink.pushes == []
    assert [row.outcome for row in outbox()] == ["skipped"]


@pytest.mark.parametrize("shows", [False, True])
def test_whoever_answered_first_is_told_whether_or_not_the_other_shows_it_before(
    shows, app, ana, ben, couple, as_user, give, plant, ring, sink
) -> None:
    with app.app_context(), transaction():
        for person in (ana, ben):
            db.session.get_one(Membership, (couple.id, person.id)).shows_answering = shows
    prompt = give(couple, "check_in")
    plant(ben)
    answer(as_user(ben), prompt, alone=False)
    ring()
    assert sink.pushes == []
    answer(as_user(ana), prompt, alone=False)
    ring()
    assert len(sink.pushes) == 1


@pytest.mark.parametrize("exercise", ["love_map", "mirroring"])
def test_what_was_set_aside_by_then_is_told_to_nobody(
    exercise, app, ana, ben, couple, as_user, give, plant, ring, sink, outbox
) -> None:
    prompt = give(couple, exercise)
    plant(ben)
    if exercise == "mirroring":
        take(as_user(ana), prompt, "speak-1-1", text="I speak")
    else:
        for person in (ben, ana):
            answer(as_user(person), prompt, alone=False)
    with app.app_context(), transaction():
        db.session.get_one(Prompt, prompt.id).set_aside_at = NOW
    ring()
    assert sink.pushes == []
    assert [row.outcome for row in outbox()] == ["skipped"]


def test_what_opens_at_once_and_what_somebody_answers_alone_tells_nobody(
    app, ana, ben, couple, carol, as_user, give, ring, sink, outbox
) -> None:
    prompt = give(couple, "appreciation")
    for person in (ana, ben):
        answer(as_user(person), prompt, alone=False)
    answer(as_user(carol), give(_couple_of(app, carol), "check_in"), alone=True)
    assert outbox() == []


@pytest.mark.parametrize("switch", ["tells_opened", "tells_turn"])
def test_each_notice_can_be_switched_off(switch, ana, ben, couple, as_user, give, plant, ring, sink, edit) -> None:
    edit(ben, **{switch: False})
    plant(ben)
    of_ana, of_ben = as_user(ana), as_user(ben)
    prompt = give(couple, "check_in")
    answer(of_ben, prompt, alone=False)
    answer(of_ana, prompt, alone=False)
    take(of_ana, give(couple, "mirroring"), "speak-1-1", text="I speak")
    ring()
    left = {"tells_opened": "It is your turn.", "tells_turn": "Something has opened."}[switch]
    assert [shown["body"] for shown in sink.shown] == [left]


# Your turn


def test_whoever_is_next_in_a_mirroring_is_told_once(ana, ben, couple, as_user, give, plant, ring, sink) -> None:
    prompt, of_ana, of_ben = give(couple, "mirroring"), as_user(ana), as_user(ben)
    first, second = plant(ana), plant(ben)
    take(of_ana, prompt, "speak-1-1", text="I speak")
    ring()
    ring()
    assert sink.endpoints == {second.endpoint: 1}
    assert sink.shown[0]["body"] == "It is your turn."
    assert of_ben.get(sink.shown[0]["navigate"].removeprefix("http://localhost:8000")).status_code == 200
    take(of_ben, prompt, "mirror-1-1", text="I heard")
    ring()
    assert sink.endpoints == {second.endpoint: 1, first.endpoint: 1}


def test_whoever_has_taken_their_turn_by_then_is_not_told(ana, ben, couple, as_user, give, plant, ring, sink) -> None:
    prompt, of_ana, of_ben = give(couple, "mirroring"), as_user(ana), as_user(ben)
    plant(ben)
    take(of_ana, prompt, "speak-1-1", text="I speak")
    take(of_ben, prompt, "mirror-1-1", text="I heard")
    ring()
    assert sink.pushes == []


def test_side_by_side_on_one_phone_nobody_is_told(ana, couple, as_user, give, outbox) -> None:
    prompt = give(couple, "mirroring")
    browser = as_user(ana)
    act(browser, prompt, "turn?together=1", step="speak-1-1", text="I speak", together="1")
    act(browser, prompt, "turn", step="speak-1-1", text="I speak", together="1")
    assert outbox() == []


def test_a_talk_in_which_the_same_person_goes_on_tells_nobody(ana, ben, couple, as_user, give, outbox) -> None:
    prompt, browsers = give(couple, "mirroring"), {"ana": as_user(ana), "ben": as_user(ben)}
    for who, step, typed in TURNS[:6]:
        take(browsers[who], prompt, step, **typed)
    # Ben has said what makes sense to him, and it is he who speaks now.
    told = {(row.person_id, row.subject.rpartition(".")[2]) for row in outbox()}
    assert told == {(ben.id, "1"), (ana.id, "2"), (ben.id, "3"), (ana.id, "4"), (ben.id, "5")}


# What rings nobody


@pytest.mark.parametrize("do", [exercises.keep_waiting, exercises.release, exercises.discard, exercises.set_aside])
def test_what_somebody_does_with_their_own_answer_rings_nobody(do, app, ana, couple, as_user, give, outbox) -> None:
    prompt = give(couple, "love_map")
    answer(as_user(ana), prompt, alone=False)
    with app.app_context(), transaction():
        pair = pair_of(visitor_of(ana))
        do(pair, exercises.prompt_for(pair, prompt.id), now=NOW)
    assert outbox() == []


def test_leaving_rings_nobody_and_silences_what_was_still_to_be_told(
    app, ana, ben, couple, as_user, give, plant, ring, sink, outbox
) -> None:
    prompt = give(couple, "check_in")
    plant(ben)
    answer(as_user(ben), prompt, alone=False)
    answer(as_user(ana), prompt, alone=False)
    take(as_user(ana), give(couple, "mirroring"), "speak-1-1", text="I speak")
    before = len(outbox())
    with app.app_context(), transaction():
        leave_couple(pair_of(visitor_of(ana)), now=NOW)
    ring()
    assert sink.pushes == []
    assert [row.outcome for row in outbox()] == ["skipped"] * before


def test_a_reminder_that_was_snoozed_is_skipped_when_it_is_done_by_then(
    ana, couple, as_user, give, wish, plant, ring, sink, at, edit
) -> None:
    edit(ana)
    prompt, browser = give(couple, "check_in"), as_user(ana)
    plant(ana)
    wish(ana)
    at(DUE)
    ring()
    assert [each["action"] for each in sink.shown[0]["actions"]] == ["open", "later"]
    assert browser.post("/push/later", data={"id": sink.shown[0]["data"]["id"]}).status_code == 204
    answer(browser, prompt, alone=False)
    at(DUE + HOUR)
    ring()
    assert len(sink.pushes) == 1


def test_a_snooze_may_be_snoozed_and_still_stays_within_the_window(
    ana, couple, as_user, wish, plant, ring, sink, at, edit
):
    edit(ana)
    plant(ana)
    wish(ana)
    taken = []
    for hours in range(4):
        at(DUE + hours * HOUR)
        ring()
        told = sink.shown[-1]["data"]["id"]
        taken.append(as_user(ana).post("/push/later", data={"id": told}).status_code)
    assert len(sink.pushes) == 3
    assert taken == [204, 204, 404, 404]
    assert len({push.topic for push in sink.pushes}) == 1


# For many at once


def test_many_are_judged_in_as_many_statements_as_few(app, save, give, lay, statements, as_user) -> None:
    counts = []
    for number in (2, 20):
        for each in range(number):
            names = (f"One {each} of {number}", f"Two {each} of {number}")
            couple = save(make_couple(*save(*(make_person(name) for name in names))))
            one, two = _people(app, *names)
            prompt = give(couple, "check_in") if each % 2 else None
            for person in (one, two):
                lay(person, "reminder", "2026-11-12")
                if prompt:
                    lay(person, "opened", prompt.id)
                    lay(person, "turn", f"{prompt.id}.1")
        with app.app_context():
            rows = db.session.scalars(select(Notification))
            due = [Due(row.id, row.person_id, row.kind, row.subject, row.expires_at) for row in rows]
            with statements() as seen:
                reminders.gate(due, mail_from="", now=NOW)
        counts.append(len(seen))
    assert counts[0] == counts[1]
