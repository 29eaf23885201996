"""Homework in the couple's day: it appears as theirs, for those it is for, and is let be without a fuss."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.exercises.models import MIRRORING, Prompt
from app.exercises.service import open_today
from app.therapist.models import HomeworkDay
from app.therapist.service import end
from tests.exercises.acts import respond
from tests.factories import NOW, TODAY

NOTHING = {"check_in": [], "appreciation": [], "mirroring": [], "love_map": []}

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def ann(as_user, ana, couple):
    """Ana's browser, with a plan that has nothing in it."""
    browser = as_user(ana)
    browser.post("/plan", data=NOTHING)
    return browser


def prompts(app):
    with app.app_context():
        found = list(db.session.scalars(select(Prompt).order_by(Prompt.day, Prompt.exercise)))
        db.session.expunge_all()
    return found


def open_for(app, *people):
    with app.app_context():
        counts = open_today({each.id for each in people}, now=NOW)
        return [counts[each.id] for each in people]


@pytest.mark.only_on("sqlite", "postgresql")
def test_homework_is_in_the_day_of_both_though_the_plan_has_nothing(app, ann, as_user, ben, given):
    assert "A free day." in ann.get("/today").text
    given("check_in", note="Before supper.")
    for browser in (ann, as_user(ben)):
        page = browser.get("/today").text
        assert "One small thing for today." in page
        assert "From Thea." in page
    assert [each.exercise for each in prompts(app)] == ["check_in"]


def test_homework_that_the_plan_has_anyway_is_one_thing_not_two(app, as_user, ana, given):
    given("check_in")
    as_user(ana).get("/today")
    today = [each for each in prompts(app) if (each.exercise, each.day) == ("check_in", TODAY)]
    assert [each.brought_by for each in today] == [None]


def test_what_is_for_one_is_asked_of_one_and_the_other_may_join_in(app, ann, as_user, ana, ben, given):
    row = given("check_in", whom=ana.id, note="For you alone.")
    assert open_for(app, ana, ben) == [1, 0]
    other = as_user(ben)
    page = other.get("/today").text
    assert "Nothing to do today." in page
    assert "For Ana, from Thea. You may join in." in page
    assert "One small thing for today." in ann.get("/today").text
    assert open_for(app, ana, ben) == [1, 0]
    assert "For you alone." in ann.get("/homework").text
    assert "For you alone." not in other.get("/homework").text
    assert other.get(f"/homework/{row.id}/{TODAY}").status_code == 404


@pytest.mark.only_on("sqlite", "postgresql")
def test_whoever_is_reminded_is_reminded_of_homework_too(app, ann, ana, ben, given):
    assert open_for(app, ana, ben) == [0, 0]
    given("check_in")
    given("love_map", weekdays=1 << (TODAY + timedelta(days=1)).weekday())
    assert open_for(app, ana, ben) == [1, 1]
    ann.get("/today")
    assert open_for(app, ana, ben) == [1, 1]
    respond(ann, prompts(app)[0])
    assert open_for(app, ana, ben) == [0, 1]


def test_what_comes_after_the_day_has_begun_is_open_the_same(app, as_user, ana, ben, given):
    browser = as_user(ana)
    browser.post("/plan", data={**NOTHING, "check_in": list("1234567")})
    browser.get("/today")
    assert open_for(app, ana, ben) == [1, 1]
    given("appreciation")
    assert open_for(app, ana, ben) == [2, 2]
    browser.get("/today")
    assert [each.exercise for each in prompts(app)][-2:] == ["appreciation", "check_in"]
    assert open_for(app, ana, ben) == [2, 2]


def test_not_this_time_takes_it_off_the_day_of_one_alone(app, ann, as_user, ana, ben, given):
    row = given("check_in")
    ann.get("/today")
    answer = ann.post(f"/homework/{row.id}/{TODAY}/skipping", data={"because": "The baby is ill.", "share": "yes"})
    assert answer.status_code == 303
    assert open_for(app, ana, ben) == [0, 1]
    page = ann.get("/today").text
    assert "Not this time. You can still do it." in page
    assert "Nothing to do today." in page
    assert "One small thing for today." in (other := as_user(ben)).get("/today").text
    assert "baby" not in other.get("/homework").text + other.get(f"/homework/{row.id}/{TODAY}").text
    assert "The baby is ill." in ann.get(f"/homework/{row.id}/{TODAY}").text
    with app.app_context():
        kept = db.session.scalars(select(HomeworkDay)).one()
        assert b"baby" not in kept.because
        assert kept.shared_at is not None
    ann.post(f"/homework/{row.id}/{TODAY}/skipping/end")
    assert open_for(app, ana, ben) == [1, 1]
    with app.app_context():
        assert db.session.scalars(select(HomeworkDay)).all() == []


def test_what_is_let_be_before_anybody_has_looked_is_not_reminded_of_though_the_plan_has_it(
    app, as_user, ana, ben, given
):
    browser = as_user(ana)
    browser.post("/plan", data={**NOTHING, "check_in": list("1234567")})
    row = given("check_in")
    assert open_for(app, ana, ben) == [1, 1]
    browser.post(f"/homework/{row.id}/{TODAY}/skipping", data={})
    assert open_for(app, ana, ben) == [0, 1]


def test_words_that_were_not_shared_are_not_marked_as_shared(app, ann, given):
    row = given("check_in")
    ann.post(f"/homework/{row.id}/{TODAY}/skipping", data={"because": "I forgot."})
    ann.post(f"/homework/{row.id}/{TODAY}/skipping", data={"share": "yes"})
    with app.app_context():
        kept = db.session.scalars(select(HomeworkDay)).one()
        assert (kept.because, kept.shared_at) == (None, None)


def test_how_it_went_is_one_tap_once_it_is_done(app, ann, as_user, ben, given):
    row = given("check_in")
    ann.get("/today")
    path = f"/homework/{row.id}/{TODAY}"
    refused = ann.post(f"{path}/rating", data={"went": "7"})
    assert refused.status_code == 409
    assert "Once you have done it" in refused.text
    respond(ann, prompts(app)[0])
    assert 'name="went"' in ann.get(path).text
    assert f'href="{path}">How did it go?' in ann.get("/today").text
    assert ann.post(f"{path}/rating", data={"went": "7"}).status_code == 303
    assert f'href="{path}">How it went' in ann.get("/today").text
    assert re.search(r'value="7" aria-pressed="true"', ann.get(path).text)
    assert "aria-pressed" not in as_user(ben).get(path).text
    assert ann.post(f"{path}/skipping", data={}).status_code == 409


def test_once_it_has_ended_it_is_gone_at_the_next_look_and_what_was_done_stays(app, ann, ana, ben, given):
    row, other = given("check_in"), given("love_map")
    ann.get("/today")
    first, second = prompts(app)
    respond(ann, first)
    with app.app_context(), transaction():
        for each in (row, other):
            end(db.session.merge(each), now=NOW, today=TODAY)
    page = ann.get("/today").text
    assert f"/prompts/{first.id}" in page
    assert second.id not in page
    assert open_for(app, ana, ben) == [0, 1]


def test_a_longer_exercise_has_its_week(app, ann, ana, ben, given):
    row = given("heart_to_heart", weekdays=1 << TODAY.weekday())
    page = ann.get("/today").text
    assert "Something longer, when there is time." in page
    assert f"/homework/{row.id}/{TODAY}" in page
    assert prompts(app) == []
    assert open_for(app, ana, ben) == [1, 1]
    ann.post(f"/homework/{row.id}/{TODAY}/skipping", data={})
    assert "A free day." in ann.get("/today").text
    assert open_for(app, ana, ben) == [0, 1]


def test_mirroring_of_one_is_asked_of_both_once_it_has_begun(app, ann, ana, ben, given):
    given(MIRRORING, whom=ana.id)
    ann.get("/today")
    assert open_for(app, ana, ben) == [1, 0]
    ann.post(f"/prompts/{prompts(app)[0].id}/turn", data={"text": "I am tired."})
    assert open_for(app, ana, ben) == [0, 1]


def test_a_day_that_is_none_of_the_homework_has_no_page(ann, given, as_user, carol, dina, eli, other_couple):
    row = given("check_in", weekdays=1 << TODAY.weekday())
    day = TODAY.isoformat()
    assert ann.get(f"/homework/{row.id}/{day}").status_code == 200
    for path in (
        f"{row.id}/{TODAY + timedelta(days=1)}",
        f"{row.id}/{day.replace('-', '')}",
        f"x/{day}",
        f"{row.id}/x",
        # The last Thursday that there is, and the first.
        f"{row.id}/9999-12-30",
        f"{row.id}/0001-01-04",
    ):
        assert ann.get(f"/homework/{path}").status_code == 404
    assert as_user(dina).get(f"/homework/{row.id}/{day}").status_code == 404
    assert as_user(carol).get("/homework").status_code == 404


def test_where_nothing_was_ever_given_no_therapist_is_spoken_of(as_user, ana, couple):
    page = as_user(ana).get("/homework").text
    assert "Nothing is given at the moment." in page
    assert "Your therapist sees" not in page
