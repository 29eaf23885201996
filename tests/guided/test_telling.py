"""A planned exercise rings once, at its time, for both, in a line that says nothing; and not when nobody needs it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db, transaction
from app.guided import service
from app.guided.models import Occasion
from app.guided.service.telling import LATE
from app.push import service as push
from app.push.models import OCCASION, Notification
from app.reminders import service as reminders
from app.reminders.models import ReminderSettings
from tests.guided.rows import HEART, make_occasion

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SETTINGS = {
    "quiet_from": 0, "quiet_to": 0, "level": "plain", "several": False, "tells_opened": True, "tells_turn": True,
    "tells_week": True, "tells_occasion": True,
}  # fmt: skip


@pytest.fixture
def planned(save, couple, ana, ben, now):
    """An occasion for in an hour. Nobody has quiet hours."""
    save(*(ReminderSettings(person_id=person.id, **SETTINGS) for person in (ana, ben)))
    return save(make_occasion(couple, (ana, ben), planned_at=now + HOUR)[0])


@pytest.fixture
def rung(app):
    """`rung()`: whom it rings for now, with the path that a tap leads to; those that nobody needs are settled."""

    def ring() -> dict[str, str]:
        now, found = clock.now(), {}
        with app.app_context(), transaction():
            service.ring_planned(now=now)

            def gate(due):
                verdicts = reminders.gate(due, mail_from="", now=now)
                for each in due:
                    if isinstance(verdicts[each.id], push.Wanted):
                        found[each.person_id] = verdicts[each.id].path
                return verdicts

            push.claim(gate, base_url="http://localhost", now=now)
        return found

    return ring


def test_it_rings_once_for_both_at_its_time(app, rung, planned, ana, ben, at, now):
    assert rung() == {}
    at(now + HOUR)
    assert rung() == dict.fromkeys((ana.id, ben.id), f"/occasions/{planned.id}")
    at(now + HOUR + MINUTE)
    assert rung() == {}
    with app.app_context():
        assert db.session.get_one(Occasion, planned.id).rung_at == now + HOUR


@pytest.mark.only_on("sqlite")
def test_today_tells_of_the_first_that_lies_ahead_and_of_how_many_more(two, save, planned, ana, ben, now):
    save(*make_occasion(two.couple, (ana, ben), planned_at=now + 2 * HOUR))
    shown = two.ana.get("/today").text
    assert f'href="/occasions/{planned.id}"' in shown
    assert '<a class="link small" href="/exercises">One more is ahead of you</a>' in shown
    two.ben.post(f"/occasions/{planned.id}/calling-off")
    assert "ahead of you" not in two.ben.get("/today").text


def test_it_does_not_ring_when_begun_called_off_or_three_hours_gone(rung, planned, as_user, ana, at, now):
    browser, here = as_user(ana), f"/occasions/{planned.id}"
    at(now + HOUR + LATE)
    assert rung() == {}
    at(now)
    browser.post(f"{here}/time", data={"day": "2026-11-13", "at": "21:00"})
    browser.post(f"{here}/beginning")
    at("2026-11-13T21:00")
    assert rung() == {}
    other = browser.post(f"/exercises/{HEART}/occasions", data={"when": "later", "day": "2026-11-14", "at": "09:00"})
    browser.post(f"{other.location}/calling-off")
    at("2026-11-14T09:00")
    assert rung() == {}


@pytest.mark.only_on("sqlite")
def test_what_lies_in_the_outbox_is_unwanted_once_it_has_begun_or_moved_or_one_has_left(
    app, planned, as_user, ana, at, now
):
    at(now + HOUR)
    browser, here = as_user(ana), f"/occasions/{planned.id}"
    with app.app_context(), transaction():
        service.ring_planned(now=clock.now())
        subjects = set(db.session.scalars(select(Notification.subject)))
        assert service.still_ahead(subjects) == subjects
    browser.post(f"{here}/time", data={"day": "2026-11-14", "at": "09:00"})
    with app.app_context():
        assert service.still_ahead(subjects) == set()
    at("2026-11-14T09:00")
    with app.app_context(), transaction():
        service.ring_planned(now=clock.now())
        moved = set(db.session.scalars(select(Notification.subject))) - subjects
        assert service.still_ahead(moved) == moved
    as_user(ana).post("/leaving")
    with app.app_context():
        assert service.still_ahead(moved) == set()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("wish", "who"),
    [
        ({"tells_occasion": False}, "ben"),
        ({"paused_until": 9 * HOUR}, "ben"),
        ({"quiet_from": 20 * 60, "quiet_to": 7 * 60}, "ben"),
        ({}, "both"),
    ],
)
def test_it_heeds_a_switch_a_week_off_and_quiet_hours_of_each(app, rung, planned, ana, ben, at, now, wish, who):
    with app.app_context(), transaction():
        settings = db.session.get_one(ReminderSettings, ana.id)
        for name, value in wish.items():
            setattr(settings, name, now + value if name == "paused_until" else value)
    at(now + HOUR)
    assert set(rung()) == ({ben.id} if who == "ben" else {ana.id, ben.id})


@pytest.mark.only_on("sqlite")
def test_the_line_names_neither_the_exercise_nor_anybody(app):
    with app.app_context():
        lines = reminders.lines_of("en")[OCCASION]
    said = " ".join(f"{line.title} {line.body}" for line in lines.values())
    assert all(guide.name.casefold() not in said.casefold() for guide in service.guides().values())
