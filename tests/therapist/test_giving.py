"""What a therapist gives, changes, lets rest and ends; and what was done, which nothing of that touches."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import db
from app.core.ids import new_id
from app.therapist.models import CLASSES, Consent, Guest, Homework
from app.therapist.sets import SetError, read
from tests.exercises.acts import respond, unchecked
from tests.factories import NOW, TODAY, make_passkey, make_person
from tests.therapist.test_homework_day import prompts

pytestmark = pytest.mark.only_on("sqlite")

DAY = timedelta(days=1)
WISH = {"exercise": "check_in", "weekdays": list("1234567"), "whom": "both", "note": "Slowly."}


@pytest.fixture
def desk(as_user, thea, guest):
    """Thea's browser."""
    return as_user(thea)


@pytest.fixture
def path(couple):
    return f"/caseload/{couple.id}/homework"


def rows(app):
    with app.app_context():
        found = list(db.session.scalars(select(Homework).order_by(Homework.first, Homework.created_at)))
        db.session.expunge_all()
    return found


@pytest.mark.only_on("sqlite", "postgresql")
def test_a_therapist_gives_it_and_sees_who_did_it_and_how_it_went(app, desk, path, as_user, ana, ben):
    assert desk.post(path, data=WISH).status_code == 303
    hers, his = as_user(ana), as_user(ben)
    hers.get("/today")
    [prompt] = [each for each in prompts(app) if (each.exercise, each.day) == ("check_in", TODAY)]
    [row] = rows(app)
    respond(hers, prompt)
    hers.post(f"/homework/{row.id}/{TODAY}/rating", data={"went": "8"})
    his.post(f"/homework/{row.id}/{TODAY}/skipping", data={"because": "Night shift.", "share": "yes"})
    page = desk.get(path).text
    assert "1 of 1 done · how it went, newest first: 8" in page
    assert "0 of 1 done · 1 not this time" in page
    assert "Night shift." in page
    assert "Slowly." in page
    assert b"Slowly." not in row.note


def test_a_reason_is_read_only_where_its_author_and_both_let_it_be(app, desk, path, as_user, ana, ben, given, guest):
    row = given()
    at = f"/homework/{row.id}/{TODAY}/skipping"
    as_user(ana).post(at, data={"because": "Kept for myself."})
    as_user(ben).post(at, data={"because": "Night shift.", "share": "yes"})
    assert "Night shift." in (page := desk.get(path).text)
    assert "Kept for myself." not in page
    as_user(ana).post(f"/therapist-access/{guest.id}", data={})
    assert "Night shift." not in (page := desk.get(path).text)
    assert page.count("1 not this time") == 2


def test_with_the_door_shut_it_is_gone_for_everybody_at_the_next_look(app, desk, path, as_user, ana, given, guest):
    row = given("heart_to_heart", note="Slowly.")
    hers = as_user(ana)
    assert "Heart to heart" in hers.get("/today").text
    hers.post(f"/therapist-access/{guest.id}/refusal")
    assert "Heart to heart" not in hers.get("/today").text
    assert "Slowly." not in hers.get("/homework").text
    assert hers.get(f"/homework/{row.id}/{TODAY}").status_code == 404
    assert hers.post(f"/homework/{row.id}/{TODAY}/skipping", data={}).status_code == 404
    for way in ("", "-new", "-month", "-sets", f"/{row.id}"):
        assert desk.get(path + way).status_code == 404
    for way in (
        "",
        f"/{row.id}",
        f"/{row.id}/end",
        f"/{row.id}/pause",
        f"/{row.id}/pause/end",
        "/sets/listening",
        "/sets/own",
    ):
        assert desk.post(path + way, data=WISH).status_code == 404
    assert [each.ended_at for each in rows(app)] == [None]


def test_a_change_begins_another_row_and_leaves_what_was(app, path, at, as_user, thea, given):
    row = given(last=TODAY + 20 * DAY)
    at(f"{TODAY + 3 * DAY}T20:00")
    desk = as_user(thea)
    answer = desk.post(f"{path}/{row.id}", data={**WISH, "weekdays": ["1"], "exercise": "love_map", "note": ""})
    assert answer.status_code == 303
    old, new = rows(app)
    assert (old.exercise, old.first, old.last) == ("check_in", TODAY, TODAY + 2 * DAY)
    assert (new.exercise, new.first, new.weekdays, new.last, new.note) == ("love_map", TODAY + 3 * DAY, 1, None, None)
    assert new.series_id == old.series_id == old.id
    assert "changed once" in desk.get(path).text
    assert desk.post(f"{path}/{row.id}", data=WISH).status_code == 409


def test_what_is_done_today_stays_homework_of_today(app, desk, path, as_user, ana, at, given):
    row = given(first=TODAY)
    as_user(ana).get("/today")
    [prompt] = [each for each in prompts(app) if (each.exercise, each.day) == ("check_in", TODAY)]
    respond(as_user(ana), prompt)
    desk.post(f"{path}/{row.id}", data={**WISH, "exercise": "love_map"})
    old, new = rows(app)
    assert (old.last, new.first) == (TODAY, TODAY + DAY)
    desk.post(f"{path}/{new.id}/end")
    assert "1 of 1 done" in desk.get(path).text


def test_what_has_not_begun_is_changed_where_it_stands(app, desk, path, given):
    row = given(first=TODAY + 5 * DAY)
    desk.post(f"{path}/{row.id}", data={**WISH, "exercise": "love_map", "first": (TODAY + 7 * DAY).isoformat()})
    [row] = rows(app)
    assert (row.exercise, row.first, row.ended_at) == ("love_map", TODAY + 7 * DAY, None)


def test_it_rests_and_goes_on_and_days_gone_by_stay_as_they_were(app, desk, path, as_user, ana, at, given, thea):
    row = given()
    since, until = TODAY + DAY, TODAY + 10 * DAY
    desk.post(f"{path}/{row.id}/pause", data={"since": since.isoformat(), "until": until.isoformat()})
    at(f"{since + 2 * DAY}T20:00")
    desk = as_user(thea)
    assert "resting" in desk.get(path).text
    assert "From Thea" not in as_user(ana).get("/today").text
    desk.post(f"{path}/{row.id}/pause/end")
    [row] = rows(app)
    assert list(row.schedule.days(TODAY, until)) == [TODAY, *(since + number * DAY for number in range(2, 10))]
    assert "From Thea" in as_user(ana).get("/today").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"weekdays": []}, "Please choose weekdays, or single dates."),
        ({"dates": [TODAY.isoformat()]}, "not both"),
        ({"weekdays": [], "dates": [(TODAY - DAY).isoformat()]}, "among those shown"),
        ({"weekdays": [], "dates": ["2026-13-01"]}, "among those shown"),
        ({"exercise": "astrology"}, "Please choose one of those shown."),
        ({"exercise": "own.x"}, "Please choose one of those shown."),
        ({"whom": "everybody"}, "Please choose one of those shown."),
        ({"last": (TODAY - DAY).isoformat()}, "That is before it begins."),
        ({"first": "2099-01-01"}, "too far ahead"),
        ({"first": "soon"}, "This is no day."),
        ({"note": "x" * 1001}, "1001 characters"),
    ],
)
def test_what_cannot_be_given_is_said_beside_the_field_with_everything_kept(app, desk, path, typed, said):
    answer = desk.post(path, data={**WISH, **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert typed.get("note", "Slowly.") in answer.text
    assert rows(app) == []


def test_single_dates_are_days_of_it_and_no_others(app, desk, path, as_user, ana):
    dates = [TODAY + 2 * DAY, TODAY + 9 * DAY]
    desk.post(path, data={**WISH, "weekdays": [], "dates": [each.isoformat() for each in dates]})
    [row] = rows(app)
    assert list(row.schedule.days(TODAY, TODAY + 30 * DAY)) == dates
    assert row.last == dates[-1]
    assert "From Thea" not in as_user(ana).get("/today").text
    assert desk.get(f"{path}-month").text.count("Daily check-in") == 2


def test_a_set_is_given_at_once_and_ones_own_is_kept_sealed(app, desk, path, as_user, dina, thea):
    assert desk.post(f"{path}-sets/first-weeks", data={}).status_code == 303
    assert {(row.exercise, row.last - row.first) for row in rows(app)} == {
        ("check_in", 20 * DAY),
        ("appreciation", 20 * DAY),
    }
    assert desk.post(f"{path}-sets", data={"name": "My beginning"}).status_code == 303
    page = desk.get(f"{path}-sets").text
    ident = page.split("/end")[0].rpartition("-sets/")[2]
    assert "My beginning" in page
    answer = desk.post(f"{path}-sets/{ident}", data={})
    assert (answer.status_code, "They have all of this already." in answer.text) == (409, True)
    kept = next(row for row in rows(app) if row.exercise == "check_in")
    desk.post(f"{path}/{kept.id}/end")
    assert desk.post(f"{path}-sets/{ident}", data={}).status_code == 303
    assert "What they had of it already stays as it was." in desk.get(path).text
    assert sorted(row.exercise for row in rows(app) if row.ended_at is None) == ["appreciation", "check_in"]
    desk.post(f"{path}-sets/{ident}/end")
    assert "My beginning" not in desk.get(f"{path}-sets").text
    assert len(rows(app)) == 3
    assert desk.post(f"{path}-sets/{ident}", data={}).status_code == 404


def test_nothing_is_given_twice(app, desk, path, as_user, ana, ben):
    assert [desk.post(path, data=WISH).status_code for _ in range(2)] == [303, 303]
    [row] = rows(app)
    for wish in ({"whom": ana.id}, {"note": "Slower."}, {"weekdays": ["1"], "first": "2026-12-07"}):
        answer = desk.post(path, data={**WISH, **wish})
        assert (answer.status_code, "would find it twice" in answer.text) == (409, True)
        assert wish.get("note", "Slowly.") in answer.text, "what was typed stays"
    desk.post(f"{path}/{row.id}/pause", data={"since": TODAY.isoformat()})
    assert desk.post(path, data={**WISH, "whom": ben.id}).status_code == 409, "what rests will go on"
    desk.post(f"{path}/{row.id}/pause/end")
    assert as_user(ana).get("/today").text.count("From Thea.") == 1
    [row] = rows(app)
    # Half of it for each, or on other days, is not twice the same; nor is what has ended.
    assert desk.post(f"{path}/{row.id}", data={**WISH, "whom": ana.id, "weekdays": ["1", "2"]}).status_code == 303
    for wish in ({"whom": ben.id}, {"weekdays": ["3"], "whom": ana.id}, {"exercise": "appreciation"}):
        assert desk.post(path, data={**WISH, **wish}).status_code == 303
    other = next(row for row in rows(app) if row.whom == ben.id)
    answer = desk.post(f"{path}/{other.id}", data={**WISH, "whom": "both"})
    assert (answer.status_code, "would find it twice" in answer.text) == (409, True)
    desk.post(f"{path}/{other.id}/end")
    assert desk.post(path, data={**WISH, "whom": ben.id, "weekdays": ["1"]}).status_code == 303


def test_there_is_an_end_to_how_much_can_be_given(app, desk, path):
    desk = unchecked(desk)
    for number in range(40):
        exercise, days = ("check_in", number) if number < 35 else ("appreciation", number - 35)
        dates = [(TODAY + days * DAY).isoformat()]
        desk.post(path, data={"exercise": exercise, "dates": dates, "whom": "both"})
    answer = desk.post(path, data={**WISH, "exercise": "mirroring"})
    assert answer.status_code == 409
    assert "more homework than anybody can do" in answer.text
    assert len(rows(app)) == 40


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"exercise": "astrology"}, "which is no exercise"),
        ({"weekdays": [0]}, "weekdays from 1 to 7"),
        ({"weekdays": []}, "weekdays from 1 to 7"),
        ({"weeks": 53}, "weeks from 0 to 52"),
        ({"note": ""}, "note must be a text"),
        ({"weekdays": "every day"}, "weekdays from 1 to 7"),
    ],
)
def test_a_set_that_is_not_whole_names_what_is_wrong_and_where(change, fault, tmp_path):
    entry = {"exercise": "check_in", "weekdays": [1], "weeks": 2, "note": "Slowly.", **change}
    file = tmp_path / "sets.toml"
    head = '[first]\nname = "First"\nsummary = "Small things."\n[[first.entries]]\n'
    file.write_text(head + "".join(f"{name} = {json.dumps(value)}\n" for name, value in entry.items()))
    with pytest.raises(SetError, match=rf"sets.toml: .*first.*{fault}"):
        read(file, frozenset({"check_in"}))
    file.write_text("[first")
    with pytest.raises(SetError, match=r"sets\.toml cannot be read"):
        read(file, frozenset({"check_in"}))


def test_another_therapist_of_the_two_has_nothing_of_it(app, path, as_user, save, given, couple, ana, ben):
    row, other = given(), save(make_person("Otto", role="therapist"))
    save(make_passkey(other))
    assert as_user(other).get(path).status_code == 404
    guest = save(Guest(id=new_id(), therapist_id=other.id, couple_id=couple.id, asked_at=NOW, opened_at=NOW))
    yes = {"guest_id": guest.id, "said_at": NOW, "given": True, **dict.fromkeys(CLASSES, True)}
    save(*(Consent(person_id=each.id, **yes) for each in (ana, ben)))
    assert "Daily check-in" not in as_user(other).get(path).text
    assert as_user(other).get(f"{path}/{row.id}").status_code == 404
    assert as_user(other).post(f"{path}/{row.id}/end").status_code == 404


def test_when_the_therapist_leaves_homework_leaves_too(app, desk, path, as_user, ana, given, couple):
    given("heart_to_heart")
    desk.post(f"/caseload/{couple.id}/ending")
    assert "Heart to heart" not in as_user(ana).get("/today").text


def test_that_the_other_left_it_out_is_told_to_the_therapist_alone(app, desk, path, as_user, ana, ben, given):
    row = given()
    as_user(ben).post(f"/homework/{row.id}/{TODAY}/skipping", data={"because": "Night shift.", "share": "yes"})
    page = as_user(ana).get("/homework").text
    assert "Night shift." not in page
    assert "not this time" not in page
