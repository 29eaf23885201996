"""The pages of a therapist's couples, and what partners see of them, on every glass, by day and by night."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from app.core.db import transaction
from app.core.ids import new_id
from app.reminders.service import tell_weekly
from tests.browser.gallery import View
from tests.browser.test_every_page import look, looked_at, open_
from tests.caseload.care import Care, days_back
from tests.factories import NOW, make_couple
from tests.guided.rows import END, HEART, make_occasion
from tests.reminders.people import visitor_of
from tests.scores.histories import steady


@dataclass
class Practice:
    """Thea with two couples: one with all there is to see, and one of which nothing has been given yet."""

    care: Care
    path: str
    guest: str
    gone: str


@pytest.fixture
def practice(app, thea, couple, ana, ben, dina, eli, save) -> Practice:
    care = Care(app, thea)
    guest = care.open(couple, ana, ben)
    row = care.homework(couple)
    care.homework(couple, "appreciation", weekdays=0b10101)
    both = care.did(
        couple, days_back(1, 3, 4, 8, 9, 12, 20), ana, ben, words=lambda who, _day: f"A walk of {who.name}."
    )
    care.did(couple, days_back(2, 5, 10), ana)
    care.did(
        couple,
        days_back(
            6,
        ),
        ben,
    )
    care.weeks(couple, ana, steady(7, 7, 7, 7))
    care.weeks(couple, ben, lambda number: (9 - number // 2,) * 4)
    for back, went in ((1, 8), (3, 6), (9, 4)):
        care.said(row, ana, days_back(back)[0], went=went)
        care.said(row, ben, days_back(back)[0], went=went - 2)
    for who, *opened in ((ana, 6, 7, 13), (ben, 2, 5, 13)):
        for day in days_back(*opened):
            care.said(row, who, day, opened_on=day)
    evening = care.homework(couple, "heart_to_heart", weekdays=1 << 5)
    occasion, *moves = make_occasion(couple, (ana, ben), until=END, begun_at=NOW - timedelta(days=5))
    save(occasion)
    save(*moves)
    care.said(evening, ana, days_back(5)[0], opened_on=days_back(8)[0])
    care.said(evening, ben, days_back(12)[0], opened_on=days_back(15)[0])
    care.show(both[-1], ana)
    care.session(couple, days_back(20)[0])
    care.session(couple, days_back(0)[0])
    save(other := make_couple(dina, eli))
    care.open(other, dina, eli, (), ())
    care.note(couple, "Ask about the letter.")
    occasion, *moves = make_occasion(couple, (ana, ben), HEART, until=END, words="The kitchen, on a Sunday.")
    # One that a therapist wrote who is gone.
    occasion.exercise = f"own.{new_id()}"
    save(occasion)
    save(*moves)
    with app.app_context(), transaction():
        tell_weekly(visitor_of(thea), weekday=0, at=8 * 60, now=NOW)
    return Practice(care, f"/caseload/{couple.id}", guest, f"/occasions/{occasion.id}")


ON_PAPER = """() => {
    const size = (path) => parseFloat(getComputedStyle(document.querySelector(path)).fontSize);
    const width = (path) => document.querySelector(path).getBoundingClientRect().width;
    const sizes = [size('main section p:not(.small)'), size('main section p.small')];
    return [...sizes, width('main .data'), width('main section')];
}"""
HEADS = """() => [...document.querySelectorAll('details:not([open]) summary')]
    .filter((each) => each.checkVisibility()).length"""


@pytest.mark.only_on("sqlite")
@pytest.mark.timeout(300)
def test_every_page_of_care_is_for_everybody(phone, practice, thea, ana, places) -> None:
    mine = f"/therapist-access/{practice.guest}"
    views = [
        View("caseload", thea, "/caseload?show=active&q=n"),
        View("digest", thea, "/digest"),
        View("once a week", thea, "/digest/notice"),
        View("couple, wrong", thea, practice.path, {"session": "2020-01-01", "in_a_row": "3"}),
        View("brief", thea, f"{practice.path}/brief"),
        View("take along", thea, f"{practice.path}/export"),
        View("today, before a session", ana, "/today"),
        View("what my therapist sees", ana, f"{mine}/view"),
        View("my brief", ana, f"{mine}/brief"),
        View("answers to show", ana, f"{mine}/answers"),
        View("an exercise that is gone", ana, practice.gone),
    ]
    phones, found = {who.id: looked_at(phone, who) for who in (thea, ana)}, {}
    for each in phones.values():
        each.expected |= {"404", "422"}
    for view in views:
        open_(phones[view.who.id], view)
        found |= look(phones[view.who.id], view, places)
    assert found == {}
    paper = phones[thea.id].goto(f"{practice.path}/brief")
    paper.emulate_media(media="print")
    letters, quiet, table, whole = paper.evaluate(ON_PAPER)
    assert letters > quiet, "what is quiet is not larger than what is said"
    assert table == whole, "a table has the whole width of the sheet"
    phones[thea.id].goto(practice.path)
    assert paper.evaluate(HEADS) == 0, "nothing that is folded away leaves its head on paper"
