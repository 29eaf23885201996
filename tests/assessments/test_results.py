"""What came of one's own sittings: a line in the same words alone, what has changed, and how that is told."""

import json
import re
from datetime import date, timedelta
from itertools import pairwise, permutations
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.assessments import service
from app.assessments.change import limits
from app.assessments.lines import BOTTOM, LEFT, RIGHT, TOP, Point, lines_of
from app.assessments.models import Assessment
from app.core.db import db, transaction
from app.push.models import Notification
from tests.assessments.sit import BALANCE, SATISFACTION, begun, every, fill, open_, sat, words_of
from tests.assessments.words import pack
from tests.exercises.test_sealed import exported
from tests.factories import NOW, TODAY

PAGE = "/assessments/satisfaction"
SCALE = SATISFACTION.scale("total")
WEEK = timedelta(weeks=1)


@pytest.fixture
def after(as_user, ana, couple, at):
    """`after(4, 3)`: what Ana sees of her results once she has chosen 3 throughout, four weeks later."""
    weeks = 0

    def sit(later: int, value: int) -> str:
        nonlocal weeks
        weeks += later
        at(NOW + weeks * WEEK)
        browser = as_user(ana)
        sat(browser, SATISFACTION, every(SATISFACTION, value) | {"lonely": 3})
        return browser.get(PAGE).text

    return sit


@pytest.mark.only_on("sqlite")
def test_a_change_is_told_as_noise_as_possible_or_as_clear_by_both_reliabilities(after) -> None:
    noise, clear = limits(SCALE).noise, limits(SCALE).clear
    assert "too early to say" in words_of(after(0, 3))
    for later, step, told in ((4, 4, "probably noise"), (4, 3, "probably noise"), (4, 5, "possibly a change")):
        page = words_of(after(later, step))
        assert told in page.partition("The same as a table")[0]
    assert noise < 4 * 2 < clear
    assert "a clear change" in words_of(after(4, 0)).partition("The same as a table")[0]
    assert f"Up to {noise:.1f} points are probably noise" in words_of(after(4, 0))
    assert "Not a validated scale" in words_of(after(4, 0))


@pytest.mark.only_on("sqlite")
def test_results_in_other_words_are_not_joined_and_it_is_said_why(after, app) -> None:
    after(0, 2)
    after(4, 2)
    with app.app_context(), transaction():
        db.session.execute(update(Assessment).values(wording_hash="sha256:other"))
    page = after(4, 6)
    assert page.count('class="run"') == 2
    assert "changed in between" in page
    assert "too early to say" in words_of(page)
    assert "changed in between" not in after(4, 6).replace("changed in between", "", 1)


@pytest.mark.only_on("sqlite")
def test_too_few_answers_are_told_and_no_number_is_made_of_them(as_user, ana, couple) -> None:
    browser = as_user(ana)
    sat(browser, SATISFACTION, {"days": 6} | {item.id: "skip" for item in SATISFACTION.items if item.id != "days"})
    page = words_of(browser.get(PAGE).text)
    assert "Too few answers for a number." in page
    assert "of 30" not in page.partition("The same as a table")[0]


@given(
    steps=st.lists(st.integers(0, 400), min_size=1, max_size=30),
    values=st.data(),
    cut=st.one_of(st.none(), st.floats(1, 29)),
)
@settings(max_examples=60, deadline=None)
def test_a_line_stays_in_its_box_and_goes_from_left_to_right(steps, values, cut) -> None:
    day, points = date(2026, 1, 1), []
    for step in steps:
        day += timedelta(days=step)
        value = values.draw(st.floats(0, 30))
        band = (max(0, value - 6), min(30, value + 6)) if values.draw(st.booleans()) else None
        points.append(Point(day, value, band, values.draw(st.integers(0, 2))))
    drawn = lines_of(points, 0, 30, cut)
    xs = [spot.x for spot in drawn.spots]
    assert all(before < after or len(steps) > 10 for before, after in pairwise(xs))
    assert xs == sorted(xs)
    assert LEFT - 0.1 <= xs[0] <= xs[-1] == RIGHT
    assert all(TOP <= spot.y <= BOTTOM for spot in drawn.spots)
    assert len(drawn.runs) == len({point.run for point in points})
    assert [spot.last for spot in drawn.spots].index(True) == len(points) - 1
    # Around each run there and back: over the upper ends, then under the lower ones.
    bands = [
        [point.band for point in points if point.run == run and point.band]
        for run in sorted({each.run for each in points})
    ]
    heights = [[float(place.split()[1]) for place in re.findall(r"[\d.]+ [\d.]+", band)] for band in drawn.bands]
    for likely, ends in zip(filter(None, bands), heights, strict=True):
        there = [round(BOTTOM - high / 30 * (BOTTOM - TOP), 1) for _, high in likely]
        back = [round(BOTTOM - low / 30 * (BOTTOM - TOP), 1) for low, _ in reversed(likely)]
        assert ends == (there + back if len(likely) > 1 else 2 * there + 2 * back)


@pytest.mark.only_on("sqlite")
def test_the_page_of_one_instrument_tells_nothing_of_another(as_user, ana, couple) -> None:
    browser = as_user(ana)
    before = browser.get(PAGE).text
    sat(browser, BALANCE)
    assert browser.get(PAGE).text == before


# When it can be sat again


def test_what_is_begun_counts_before_what_is_finished() -> None:
    def last(*days: tuple[str, date | None]) -> dict[str, date | None]:
        there = [("balance", None, "elsewhere"), *((*each, "here") for each in days)]
        sittings = [SimpleNamespace(instrument=name, finished_on=day, couple_id=couple) for name, day, couple in there]
        return service.latest(sittings, "here")

    assert last() == {}
    done, before = ("balance", TODAY), ("balance", date(2026, 1, 1))
    assert last(done, before, ("satisfaction", TODAY)) == {"balance": TODAY, "satisfaction": TODAY}
    for order in permutations((done, ("balance", None))):
        assert last(*order) == {"balance": None}


def test_today_tells_of_what_can_be_sat_until_it_is_sat_and_again_some_weeks_later(as_user, ana, couple, at) -> None:
    browser = as_user(ana)
    assert "Relationship balance: a few questions" in browser.get("/today").text
    sat(browser)
    shown = browser.get("/today").text
    assert "Satisfaction: a few questions" in shown
    assert ">Look at it</a>" in shown
    fill(browser, begun(browser, SATISFACTION), SATISFACTION, every(SATISFACTION, 1))
    shown = browser.get("/today").text
    assert "Satisfaction: you have begun; it waits for you." in shown
    assert ">Go on</a>" in shown
    browser.post(f"{begun(browser, SATISFACTION)}/finish")
    assert "a few questions about" not in browser.get("/today").text
    at(NOW + 4 * WEEK - timedelta(days=1))
    assert "a few questions about" not in as_user(ana).get("/today").text
    at(NOW + 4 * WEEK)
    assert "Satisfaction: a few questions" in as_user(ana).get("/today").text
    at(NOW + 12 * WEEK)
    assert "Relationship balance: a few questions" in as_user(ana).get("/today").text


@pytest.mark.only_on("sqlite")
def test_the_line_on_today_can_be_put_off_for_a_week_or_left_out_and_costs_no_statement(
    as_user, ana, ben, couple, at, statements
) -> None:
    browser = as_user(ana)
    browser.get("/today")
    with statements() as seen:
        browser.get("/today")
    assert len(seen) == 3
    assert browser.post("/assessments/hint/delay").location == "/today"
    assert "a few questions about" not in browser.get("/today").text
    assert "a few questions about" in as_user(ben).get("/today").text, "it is everybody's own"
    at(NOW + WEEK)
    browser = as_user(ana)
    assert "a few questions about" in browser.get("/today").text
    browser.post("/assessments/hint/end")
    at(NOW + 30 * WEEK)
    browser = as_user(ana)
    assert "a few questions about" not in browser.get("/today").text
    assert re.findall("/hint/[a-z]+", browser.get("/assessments").text) == ["/hint/again"]
    browser.post("/assessments/hint/again")
    assert "a few questions about" in browser.get("/today").text
    assert re.findall("/hint/[a-z]+", browser.get("/assessments").text) == ["/hint/end"]


@pytest.mark.only_on("sqlite")
def test_nothing_that_is_due_is_ever_pushed(as_user, ana, couple, app) -> None:
    sat(as_user(ana))
    with app.app_context():
        assert db.session.query(Notification).count() == 0


@pytest.mark.only_on("sqlite")
def test_what_was_sat_in_the_words_of_a_pack_stays_when_the_pack_goes(as_user, ana, couple, app) -> None:
    with app.app_context(), transaction():
        made, _new = service.install(pack("csi_4", locale="en"), now=NOW)
    browser = as_user(ana)
    here = sat(browser, made, {item.id: item.options[0].value for item in made.items})
    page = words_of(browser.get("/assessments/csi_4").text)
    assert "cut-off" in page or "13.5" in page
    with app.app_context(), transaction():
        service.remove("csi_4")
    assert browser.get("/assessments/csi_4").status_code == 404
    assert "No longer here, but answered by you" in browser.get("/assessments").text
    assert browser.get(here).status_code == 200
    (found,) = json.loads(exported(browser)["export.json"])["assessments"]["sittings"]
    assert found["scores"][0]["value"] is not None


@pytest.mark.only_on("sqlite")
def test_factors_of_a_pack_are_compared_in_a_table_without_a_map_or_a_total(as_user, ana, ben, couple, app) -> None:
    with app.app_context(), transaction():
        made, _new = service.install(pack("rba", locale="en"), now=NOW)
    for person, place in ((ana, 0), (ben, -1)):
        browser = as_user(person)
        here = sat(browser, made, {item.id: item.options[place].value for item in made.items})
        assert open_(browser, here).status_code == 303
        assert browser.get(here).status_code == 200
    page = as_user(ana).get("/assessments/rba/map").text
    assert 'svg class="chart balance"' not in page
    assert all(scale.name in words_of(page) for scale in made.compared)
