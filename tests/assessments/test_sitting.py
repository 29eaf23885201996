"""A sitting: a page at a time, left and taken up anywhere; nothing chosen is lost, nothing finished changes."""

import json
from datetime import timedelta
from itertools import combinations, pairwise

import pytest
from sqlalchemy import select

from app.assessments.models import Assessment
from app.assessments.paging import FEW, pages_of
from app.core.db import db, transaction
from tests.assessments.sit import ASIDE, BALANCE, SATISFACTION, begun, every, fill, label, sat, send_page, words_of
from tests.exercises.acts import unchecked
from tests.exercises.reading import parse
from tests.exercises.test_sealed import exported
from tests.factories import NOW, make_couple

PAGES = pages_of(BALANCE)
FIRST, SECOND = PAGES[0], PAGES[1]


def ticked(page: str) -> set[tuple[str, str]]:
    """(question, value) of all that is chosen on a page."""
    inputs = [each for each in parse(page).iter("input") if each.get("checked") is not None]
    return {(each.get("name") or "", each.get("value") or "") for each in inputs}


def chosen(page, value) -> dict[str, str]:
    return {item.id: str(value) for item in page.items}


# In pages


@pytest.mark.parametrize("instrument", [BALANCE, SATISFACTION], ids=lambda each: each.id)
def test_each_question_is_asked_once_few_at_a_time_what_is_private_last(instrument) -> None:
    pages = pages_of(instrument)
    asked = [item.id for page in pages for item in page.items]
    assert sorted(asked) == sorted(item.id for item in instrument.items)
    assert len(set(asked)) == len(asked)
    assert max(len(page.items) for page in pages) <= FEW
    private = [page.private for page in pages]
    assert private == sorted(private)
    assert all(item.private == page.private for page in pages for item in page.items)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))


def test_both_questions_about_a_part_of_life_stand_on_one_page_and_pages_count_on() -> None:
    for page in PAGES:
        domains = [item.domain for item in page.items if item.domain]
        assert all(domains.count(each) == 2 for each in domains)
    for before, after in pairwise(page for page in PAGES if not page.private):
        assert after.first == before.last + 1
        assert after.of == len(BALANCE.open_items)
    first_private = next(page for page in PAGES if page.private)
    assert first_private.first == 1


# Left and taken up


@pytest.mark.only_on("sqlite")
def test_whichever_way_a_page_is_left_what_was_chosen_is_there_again(two) -> None:
    here = begun(two.ana)
    some = dict(list(chosen(FIRST, 2).items())[:1])
    for go, leads_to in (("leave", "/assessments/balance"), ("back", "/assessments/balance")):
        assert send_page(two.ana, here, 1, go, **some).location == leads_to
        assert ticked(two.ana.get(f"{here}/pages/1").text) == set(some.items())
    assert send_page(two.ana, here, 1, **chosen(FIRST, 2)).location == f"{here}/pages/2"
    half = dict(list(chosen(SECOND, 0).items())[:2])
    assert send_page(two.ana, here, 2, "back", **half).location == f"{here}/pages/1"
    assert ticked(two.ana.get(f"{here}/pages/1").text) == set(chosen(FIRST, 2).items())
    assert ticked(two.ana.get(f"{here}/pages/2").text) == set(half.items())


@pytest.mark.only_on("sqlite")
def test_who_comes_back_goes_on_at_the_first_open_question_days_later(two, as_user, ana, at) -> None:
    here = begun(two.ana)
    send_page(two.ana, here, 1, **chosen(FIRST, 1))
    at(NOW + timedelta(days=9))
    later = as_user(ana)
    assert begun(later) == here
    assert later.get(here).location == f"{here}/pages/2"
    fill(later, here, BALANCE, every(BALANCE, 1))
    assert later.get(here).location == f"{here}/private", "whoever had to leave there has not been passed over"
    fill(later, here, BALANCE, every(BALANCE, 0, private=True))
    assert later.get(here).location == f"{here}/end"


@pytest.mark.only_on("sqlite")
def test_who_goes_on_is_asked_for_what_is_missing_and_keeps_what_was_chosen(two) -> None:
    here = begun(two.ana)
    some = dict(list(chosen(FIRST, 1).items())[:2])
    answer = send_page(two.ana, here, 1, **some)
    assert answer.status_code == 422
    assert ticked(answer.text) == set(some.items())
    assert words_of(answer.text).count("Please choose one, or say that you would rather not.") == 2
    assert send_page(two.ana, here, 1, **some, **{item.id: ASIDE for item in FIRST.items[2:]}).status_code == 303


@pytest.mark.only_on("sqlite")
def test_what_is_left_out_on_purpose_stays_left_out_and_can_be_answered_after_all(two) -> None:
    here = begun(two.ana)
    send_page(two.ana, here, 1, **chosen(FIRST, ASIDE))
    assert ticked(two.ana.get(f"{here}/pages/1").text) == set(chosen(FIRST, ASIDE).items())
    send_page(two.ana, here, 1, **chosen(FIRST, 1))
    assert ticked(two.ana.get(f"{here}/pages/1").text) == set(chosen(FIRST, 1).items())


@pytest.mark.only_on("sqlite")
def test_each_page_says_how_far_one_is(two) -> None:
    here = begun(two.ana)
    assert f"{SECOND.first} to {SECOND.last} of {len(BALANCE.open_items)}" in words_of(
        two.ana.get(f"{here}/pages/2").text
    )


# To its end


@pytest.mark.only_on("sqlite")
def test_what_is_finished_stays_as_it_is_and_can_be_read_at_once(two) -> None:
    here = sat(two.ana, BALANCE, every(BALANCE, 2))
    assert label("money-who", 2, "Ben") in two.ana.get(here).text
    assert send_page(two.ana, here, 1, **chosen(FIRST, 0)).status_code == 409
    assert two.ana.post(f"{here}/finish").status_code == 409
    assert two.ana.get(f"{here}/pages/1").location == here
    assert label("money-who", 0, "") not in two.ana.get(here).text


@pytest.mark.only_on("sqlite")
def test_nothing_can_be_finished_without_an_answer(two) -> None:
    here = begun(two.ana)
    assert two.ana.post(f"{here}/finish").status_code == 409
    send_page(two.ana, here, 1, **chosen(FIRST, ASIDE))
    assert two.ana.post(f"{here}/finish").status_code == 409
    assert two.ana.get(here).location == f"{here}/pages/2"


@pytest.mark.only_on("sqlite")
def test_between_the_questions_and_the_private_ones_somebody_is_asked_first(two) -> None:
    here = begun(two.ana)
    last = max(page.number for page in PAGES if not page.private)
    asked = send_page(two.ana, here, last, **chosen(PAGES[last - 1], 1))
    assert asked.location == f"{here}/private"
    offer = two.ana.get(f"{here}/private").text
    assert "Leave them out" in offer
    assert f'href="{here}/pages/{last + 1}"' in offer
    assert f'href="{here}/end"' in offer
    assert "/help-lines" in offer
    page = two.ana.get(f"{here}/pages/{last + 1}").text
    assert "Leave out whatever you like" in page
    assert " required" not in page
    assert send_page(two.ana, here, last + 1).location == f"{here}/pages/{last + 2}"
    assert send_page(two.ana, here, last + 2).location == f"{here}/end"


def test_a_sitting_that_is_thrown_away_is_gone(two, app) -> None:
    here = sat(two.ana)
    assert two.ana.post(f"{here}/deletion").location == "/assessments"
    assert two.ana.get(here).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(Assessment)) is None


def test_two_pages_of_one_sitting_sent_from_two_phones_are_both_kept(two, as_user, ana) -> None:
    here, other = begun(two.ana), as_user(ana)
    assert begun(other) == here
    send_page(two.ana, here, 1, **chosen(FIRST, 1))
    send_page(other, here, 2, **chosen(SECOND, 2))
    assert ticked(two.ana.get(f"{here}/pages/1").text) == set(chosen(FIRST, 1).items())
    assert ticked(two.ana.get(f"{here}/pages/2").text) == set(chosen(SECOND, 2).items())


# What lies in the database


def test_answers_lie_sealed_and_all_of_one_length(two, app) -> None:
    sat(two.ana, BALANCE, every(BALANCE, 2) | every(BALANCE, 0, private=True))
    fill(two.ben, begun(two.ben), BALANCE, every(BALANCE, 0))
    with app.app_context():
        rows = db.session.scalars(select(Assessment).order_by(Assessment.finished_at.is_(None))).all()
        assert len({len(row.answers) for row in rows}) == 1
        for row in rows:
            assert b"decisions" not in row.answers + (row.private_answers or b"")


@pytest.mark.only_on("sqlite")
def test_a_partner_finds_nothing_at_any_address_of_a_sitting(two, app) -> None:
    here, stranger = sat(two.ana, BALANCE, every(BALANCE, 1) | every(BALANCE, 0, private=True)), unchecked(two.ben)
    nowhere = stranger.get("/sittings/AAAAAAAAAAAAAAAAAAAAAA")
    rules = [rule for rule in app.url_map.iter_rules() if "sitting_id" in rule.arguments]
    assert len(rules) > 8
    for rule in rules:
        path = rule.rule.replace("<sitting_id>", here.rsplit("/", 1)[-1]).replace("<int:number>", "1")
        for method in rule.methods & {"GET", "POST"}:
            answer = stranger.open(path, method=method, data={"part": "answers", "audience": "partner"})
            assert (answer.status_code, answer.data) == (404, nowhere.data), path


@pytest.mark.only_on("sqlite")
def test_answers_open_nowhere_but_where_they_were_given(two, app) -> None:
    first, second = (sat(two.ana, BALANCE, every(BALANCE, value) | every(BALANCE, 0, private=True)) for value in (0, 2))
    sat(two.ben, BALANCE, every(BALANCE, 1) | every(BALANCE, 3, private=True))
    browser, was = unchecked(two.ana), {path: two.ana.get(path).text for path in (first, second)}
    with app.app_context():
        cells = [(row.id, name) for row in db.session.scalars(select(Assessment)) for name in SEALED]
    moved = 0
    for one, other in combinations(cells, 2):
        swap(app, one, other)
        for path in (first, second):
            touched = [cell for cell in (one, other) if path.endswith(cell[0])]
            answer = browser.get(path)
            assert answer.status_code == (500 if touched else 200), (one, other, path)
            moved += len(touched)
        swap(app, one, other)
    assert moved > 10
    assert {path: two.ana.get(path).text for path in was} == was


@pytest.mark.only_on("sqlite")
def test_an_export_goes_on_where_answers_do_not_open(two, app) -> None:
    here = sat(two.ana, BALANCE, every(BALANCE, 2))
    sat(two.ana, SATISFACTION, every(SATISFACTION, 4))
    with app.app_context(), transaction():
        db.session.get_one(Assessment, here.rsplit("/", 1)[-1]).answers = b"\x01" + bytes(300)
    found = json.loads(exported(two.ana)["export.json"])["assessments"]["sittings"]
    assert sorted(len(each["answers"]) for each in found) == [0, len(SATISFACTION.items)]


SEALED = ("answers", "private_answers")


def swap(app, one: tuple[str, str], other: tuple[str, str]) -> None:
    """Let two sealed cells change places."""
    with app.app_context(), transaction():
        rows = [db.session.get_one(Assessment, ident) for ident, _ in (one, other)]
        first, second = (getattr(row, name) for row, (_, name) in zip(rows, (one, other), strict=True))
        setattr(rows[0], one[1], second)
        setattr(rows[1], other[1], first)


# Taken along, and after the end of a couple


@pytest.mark.only_on("sqlite")
def test_an_export_holds_every_answer_in_words_what_came_of_it_and_to_whom_it_was_open(two) -> None:
    sat(two.ana, SATISFACTION, every(SATISFACTION, 4) | {"lonely": ASIDE})
    here = sat(two.ana, BALANCE, every(BALANCE, 2) | every(BALANCE, 0, private=True))
    two.ana.post(f"{here}/release", data={"part": "answers", "audience": "partner"})
    two.ana.post(f"{here}/release/withdrawal", data={"part": "answers", "audience": "partner"})
    files = exported(two.ana)
    found = json.loads(files["export.json"])["assessments"]["sittings"]
    other, one = sorted(found, key=lambda each: each["instrument"])
    assert [score["value"] for score in one["scores"]] == [20]
    assert {each["item"]: each["value"] for each in one["answers"]}["lonely"] is None
    assert {each["answer"] for each in other["answers"] if each["private"]} == {"Hardly ever"}
    assert [(each["part"], each["to"], bool(each["withdrawn_at"])) for each in other["opened"]] == [
        ("answers", "partner", True)
    ]
    assert BALANCE.item("power-upset").text in files["readable.html"]
    kinds = [each["resource"]["resourceType"] for each in json.loads(files["assessments.fhir.json"])["entry"]]
    assert sorted(kinds) == [
        "Observation",
        "Questionnaire",
        "Questionnaire",
        "QuestionnaireResponse",
        "QuestionnaireResponse",
    ]


def test_sittings_stay_ones_own_after_leaving_and_begin_anew_with_somebody_else(two) -> None:
    here = sat(two.ana)
    half = begun(two.ana, SATISFACTION)
    two.ben.post("/leaving")
    assert label("money-who", 1, "Ben") not in two.ana.get("/assessments").text
    assert two.ana.get(here).status_code == 200
    assert "from before, about somebody else" in two.ana.get("/assessments/balance").text
    assert two.ana.post(f"{here}/release", data={"part": "answers", "audience": "partner"}).status_code == 409
    assert begun(two.ana, SATISFACTION) != half


@pytest.mark.only_on("sqlite")
@pytest.mark.only_on("sqlite")
def test_what_was_sat_about_somebody_else_is_never_opened_to_a_new_partner(two, save, ana, dina, as_user) -> None:
    here = sat(two.ana, BALANCE, every(BALANCE, 1) | every(BALANCE, 0, private=True))
    two.ana.post(f"{here}/release", data={"part": "answers", "audience": "partner"})
    two.ben.post("/leaving")
    save(make_couple(ana, dina))
    for part in ("answers", "private"):
        opening = {"part": part, "audience": "partner", "sure": "yes"}
        assert two.ana.post(f"{here}/release", data=opening).status_code == 409
    assert "Nothing is open to you here." in as_user(dina).get("/assessments/told").text
    assert "Your answers are open" not in two.ana.get("/assessments/balance/map").text


def test_whoever_deletes_their_account_takes_all_sittings_with_them(two, app, ben) -> None:
    sat(two.ana)
    sat(two.ben)
    assert two.ana.post("/settings/deletion", data={"word": "erase"}).status_code == 200
    with app.app_context():
        assert [row.person_id for row in db.session.scalars(select(Assessment))] == [ben.id]
