"""That homework was opened: the day of the first time, for the therapist and oneself, and for nobody else."""

import json
import zipfile
from datetime import date, timedelta
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import select

from app.caseload.models import Session
from app.core.db import db, transaction
from app.therapist.models import Consent, Guest, HomeworkDay
from tests.couples.steps import at_once
from tests.exercises.acts import respond, unchecked
from tests.factories import NOW, TODAY, make_prompt
from tests.guided.rows import END, make_occasion

DAY = timedelta(days=1)
SATURDAY = 1 << 5

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def opened(app):
    """`opened()`: who opened which day of homework, and on which day."""

    def kept() -> set[tuple[str, date, date | None]]:
        with app.app_context():
            return {(each.person_id, each.day, each.opened_on) for each in db.session.scalars(select(HomeworkDay))}

    return kept


def take_along(browser) -> dict:
    """What somebody takes along."""
    with zipfile.ZipFile(BytesIO(browser.post("/export").data)) as packed:
        return json.loads(packed.read("export.json"))


def test_the_day_of_the_first_look_is_kept_for_the_therapist_and_no_other_is(
    ana, ben, couple, as_user, thea, given, save, opened, at
):
    row, prompt = given("check_in"), save(make_prompt(couple))
    one = as_user(ana)
    one.get("/today")
    one.get(f"/homework/{row.id}/{TODAY}")
    assert opened() == set()
    at(NOW + DAY)
    one.get(f"/prompts/{prompt.id}")
    assert opened() == {(ana.id, TODAY, TODAY + DAY)}
    at(NOW + 2 * DAY)
    one.get(f"/prompts/{prompt.id}")
    assert opened() == {(ana.id, TODAY, TODAY + DAY)}
    page = as_user(thea).get(f"/caseload/{couple.id}").text
    assert "Opened, not done: Ana 1 of 3." in page
    assert "opened, still open" in page
    at(NOW + 5 * DAY)
    as_user(ben).get(f"/prompts/{prompt.id}")
    assert opened() == {(ana.id, TODAY, TODAY + DAY)}
    assert "opened, not done" in as_user(thea).get(f"/caseload/{couple.id}").text


def test_the_lanes_the_brief_and_the_record_of_whoever_opened_it_say_so(ana, couple, as_user, thea, given, save, at):
    given("check_in")
    as_user(ana).get(f"/prompts/{save(make_prompt(couple)).id}")
    save(Session(therapist_id=thea.id, couple_id=couple.id, day=TODAY))
    desk, path = as_user(thea), f"/caseload/{couple.id}"
    page = desk.get(path).text
    assert (page.count('"dot open quince"'), page.count('"dot open sloe"')) == (1, 0)
    assert "<td>0, 1 more opened</td><td>0</td>" in desk.get(f"{path}/brief").text
    paper = pypdf.PdfReader(BytesIO(desk.get(f"{path}/brief.pdf").data))
    assert "1 more opened" in " ".join(paper.pages[0].extract_text().split())
    first, second = (
        json.loads(desk.post(f"{path}/export", data={"whose": whose, "format": "json"}).data)["homework"]
        for whose in ("first", "second")
    )
    assert [each["opened_on"] for each in first] == [TODAY.isoformat()]
    assert [each["opened_on"] for each in second] == [None]
    assert desk.get(f"{path}/homework").text.count("0 of 1 done · 1 opened and not done") == 1


def test_a_page_that_is_asked_for_ahead_or_by_its_head_counts_as_opened_by_nobody(
    ana, couple, as_user, given, save, opened
):
    given("check_in")
    browser, path = unchecked(as_user(ana)), f"/prompts/{save(make_prompt(couple)).id}"
    for purpose in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Purpose": "preview"}):
        assert browser.get(path, headers=purpose).status_code == 200
    assert browser.head(path).status_code == 200
    assert opened() == set()


def test_nothing_is_kept_without_a_therapist_whom_both_let_in(app, ana, couple, as_user, given, save, opened):
    prompt = save(make_prompt(couple))
    browser, path = as_user(ana), f"/prompts/{prompt.id}"
    browser.get(path)
    given("check_in")
    for shut in ({"given": False}, {}):
        with app.app_context(), transaction():
            if shut:
                db.session.scalars(select(Consent)).first().given = False
            else:
                for each in db.session.scalars(select(Consent)):
                    each.given = True
                db.session.scalars(select(Guest)).one().ended_at = NOW
        browser.get(path)
    assert opened() == set()


def test_only_what_is_given_to_oneself_and_still_to_be_done_counts_as_opened(
    ana, ben, couple, as_user, given, save, opened
):
    given("check_in", whom=ana.id)
    given("love_map", first=TODAY + DAY)
    mine, other = save(make_prompt(couple)), save(make_prompt(couple, "love_map", item="home-smell"))
    one, two = as_user(ana), as_user(ben)
    two.get(f"/prompts/{mine.id}")
    one.get(f"/prompts/{other.id}")
    respond(one, mine)
    one.get(f"/prompts/{mine.id}")
    assert opened() == set()


def test_a_longer_exercise_is_opened_once_it_is_under_way_and_done_later_on(
    ana, ben, couple, as_user, thea, given, save, opened, at
):
    saturday = TODAY + 2 * DAY
    given("heart_to_heart", weekdays=SATURDAY)
    planned, begun = (make_occasion(couple, (ana, ben), **each)[0] for each in ({"planned_at": NOW + DAY}, {}))
    save(planned, begun)
    one = as_user(ana)
    one.post("/plan", data={})
    today = one.get("/today").text
    assert today.count("Heart to heart") == 1, "what is under way stands there once"
    assert not any(each in today for each in ("There is time until", "Nothing to do today.", "A free day."))
    assert "Something longer, when there is time." in today
    one.get(f"/occasions/{planned.id}")
    one.get("/exercises/heart_to_heart")
    assert opened() == set()
    one.get(f"/occasions/{begun.id}")
    assert opened() == {(ana.id, saturday, TODAY)}
    at(NOW + 2 * DAY)
    occasion, *moves = make_occasion(couple, (ana, ben), until=END, begun_at=NOW + 2 * DAY)
    save(occasion)
    save(*moves)
    page = as_user(thea).get(f"/caseload/{couple.id}").text
    assert "Done by both: 1 of 1." in page
    assert "(opened 12 Nov)" in page
    as_user(ben).get(f"/occasions/{begun.id}")
    assert opened() == {(ana.id, saturday, TODAY)}


@pytest.mark.only_on("sqlite", "postgresql")
@pytest.mark.each_value
def test_two_tabs_in_the_same_instant_keep_it_once(ana, couple, as_user, given, save, opened):
    given("check_in")
    path = f"/prompts/{save(make_prompt(couple)).id}"
    tabs = [unchecked(as_user(ana)) for _ in range(4)]
    assert {each.status_code for each in at_once(*((each.get, path) for each in tabs))} == {200}
    assert opened() == {(ana.id, TODAY, TODAY)}


def test_the_partner_finds_no_trace_of_it(ana, ben, couple, as_user, guest, given, save, opened):
    row, prompt = given("check_in"), save(make_prompt(couple))
    other, host = as_user(ben), f"/therapist-access/{guest.id}"
    paths = ["/today", "/homework", f"/homework/{row.id}/{TODAY}", f"{host}/view", f"{host}/brief", "/history"]
    before = [[other.get(path).text for path in paths], take_along(other)["homework_days"]]
    as_user(ana).get(f"/prompts/{prompt.id}")
    assert opened()
    assert [[other.get(path).text for path in paths], take_along(other)["homework_days"]] == before


def test_whoever_opened_it_finds_it_in_what_their_therapist_sees_and_in_their_download_and_it_goes_with_them(
    ana, couple, as_user, guest, given, save, opened
):
    row, prompt = given("check_in"), save(make_prompt(couple))
    browser, path = as_user(ana), f"/homework/{row.id}/{TODAY}/skipping"
    browser.get(f"/prompts/{prompt.id}")
    assert "Opened, not done: 1 of 1." in browser.get(f"/therapist-access/{guest.id}/view").text
    assert [each["opened_on"] for each in take_along(browser)["homework_days"]] == [TODAY.isoformat()]
    browser.post(path, data={})
    assert "opened, not this time" in browser.get(f"/therapist-access/{guest.id}/view").text
    browser.post(f"{path}/end")
    assert opened() == {(ana.id, TODAY, TODAY)}
    assert browser.post("/settings/deletion", data={"word": "erase"}).status_code == 200
    assert opened() == set()


def test_who_has_only_opened_it_is_not_held_to_it_when_the_therapist_ends_it(ana, couple, as_user, thea, given, save):
    row = given("check_in")
    browser = as_user(ana)
    browser.get(f"/prompts/{save(make_prompt(couple)).id}")
    as_user(thea).post(f"/caseload/{couple.id}/homework/{row.id}/end")
    assert "From Thea." not in browser.get("/today").text
