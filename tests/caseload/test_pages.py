"""What a therapist sees, what partners see of it, and what neither may read off."""

import io
import json
import re
import zipfile
from datetime import timedelta
from functools import partial

import pypdf
import pytest
from sqlalchemy import select

from app.accounts.service import held_words
from app.caseload import models
from app.caseload.forms import BriefLineForm, NoteForm
from app.caseload.models import Note, Shown
from app.caseload.service.cases import case_of
from app.core.db import db
from app.core.forms import Words
from app.core.ids import new_id
from app.exercises import mirroring
from app.exercises.mirroring import HEARD, MISSING, VERDICT, Last, next_step
from app.exercises.models import MIRRORING, Prompt, Turn
from app.exercises.service import did_of
from app.therapist.forms import HomeworkForm, KeepSetForm, NewOwnForm, OwnForm, PracticeForm, SkipForm, step_form
from app.therapist.models import CLASSES, WAITS, Guest, Practice, Visit
from app.therapist.own_guide import KINDS
from tests.accounts.test_factors import digits, set_up
from tests.assessments.sit import open_
from tests.caseload.care import Care, days_back
from tests.exercises.acts import unchecked
from tests.exercises.reading import fields
from tests.exercises.test_at_once import at_once, clear
from tests.factories import NOW, PASSWORD, TODAY, make_person, make_sitting
from tests.guided.rows import END, make_occasion
from tests.scores.histories import steady

pytestmark = pytest.mark.only_on("sqlite")

FORMATS, WHOSE = ("pdf", "csv", "xlsx", "json", "fhir"), ("couple", "first", "second")


def plain(data: bytes) -> str:
    """All the text of an export, whichever shape it has."""
    if data.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "".join(f"{name}{packed.read(name).decode()}" for name in packed.namelist())
    return data.decode()


def exports(browser, couple, **others) -> dict[tuple[str, str], str]:
    """Every record in every shape, as text."""
    found = {}
    for shape in FORMATS:
        for whose in WHOSE:
            answer = browser.post(f"/caseload/{couple.id}/export", data={"whose": whose, "format": shape, **others})
            assert answer.status_code == 200, answer.text
            found[shape, whose] = plain(answer.data)
    return found


def without_ids(page: str) -> str:
    """A page without what differs from one row to another."""
    return re.sub(r"[\w-]{22}", "", page)


@pytest.mark.only_on("sqlite", "postgresql")
def test_a_caseload_takes_the_same_five_statements_for_ten_couples_and_for_two_hundred(
    care, as_user, thea, statements
) -> None:
    browser, asked = as_user(thea), []
    for number in (10, 190):
        care.take_in(number)
        browser.get("/caseload")
        with statements() as seen:
            page = browser.get("/caseload").text
        asked.append(len(seen))
    assert asked == [5, 5]
    assert "200 couples." in page


def test_couples_are_found_narrowed_and_put_away(
    care, guest, couple, ana, ben, dina, eli, other_couple, as_user, thea
) -> None:
    care.open(other_couple, dina, eli, CLASSES, ())
    care.homework(couple)
    browser = as_user(thea)
    page = browser.get("/caseload").text
    ours, _, others = page.partition("Dina &amp; Eli")
    assert "Ana &amp; Ben" in ours
    assert "too early to say" in ours
    assert "not shown" not in ours
    assert "not shown" in others
    # Who gives something can read first what it is.
    homework = browser.get(f"/caseload/{couple.id}/homework").text
    assert 'href="/exercises"' in homework
    assert re.search(r"\d+ not done", homework)
    assert "left out" not in homework
    assert "Missed 24 in a row since" in page
    assert "Ana" not in browser.get("/caseload?q=dina").text
    for typed in ("ben ana", "Ána, BEN", "ana & b"):
        assert "Ana &amp; Ben" in browser.get("/caseload", query_string={"q": typed}).text, typed
    assert "Dina" not in browser.get("/caseload?show=flagged").text
    wrong = browser.post(f"/caseload/{couple.id}", data={"session": "2020-01-01", "in_a_row": "3"})
    assert wrong.status_code == 422
    assert "from today on" in wrong.text
    kept = {"session": (TODAY + timedelta(days=1)).isoformat(), "in_a_row": "10", "archived": "yes"}
    assert browser.post(f"/caseload/{couple.id}", data=kept).status_code == 303
    assert "Ana" not in browser.get("/caseload").text.partition("<h1>")[2].replace("Kept.", "")
    assert "tomorrow" in browser.get("/caseload?show=archived").text
    browser.post(f"/caseload/{couple.id}", data={"session": "", "in_a_row": "3"})
    assert "none set" in browser.get("/caseload?q=ana").text


def test_what_is_worth_a_look_stands_in_one_list_and_the_number_in_a_row_is_the_therapists(
    care, guest, couple, as_user, thea
) -> None:
    care.homework(couple, days=8)
    browser = as_user(thea)
    assert "Missed several in a row" in browser.get("/digest").text
    browser.post(f"/caseload/{couple.id}", data={"session": "", "in_a_row": "10"})
    assert "Missed several in a row" not in browser.get("/digest").text


def test_the_page_of_a_couple_counts_by_day_and_never_tells_a_time(
    care, guest, couple, ana, ben, as_user, thea
) -> None:
    row = care.homework(couple)
    care.did(couple, days_back(1, 2, 3), ana, ben)
    care.did(couple, days_back(4), ana)
    care.said(row, ben, days_back(2)[0], went=9)
    browser = as_user(thea)
    page = browser.get(f"/caseload/{couple.id}").text
    assert "Together 3 of 13, Ana 4 of 13, Ben 3 of 13." in page
    assert f"Done by both: 3 of {len(days_back(*range(29)))}." in page
    assert "<td>9</td>" in page
    assert not re.search(r"\d\d:\d\d", page)
    browser.post(f"/caseload/{couple.id}/talked-over", data={"homework": row})
    assert "We talked this over" not in browser.get(f"/caseload/{couple.id}").text


@pytest.mark.parametrize("second", [False, True], ids=["the first", "the second"])
def test_a_partner_sees_their_own_side_and_nothing_follows_from_the_others(
    app, thea, couple, ana, ben, as_user, second
) -> None:
    care, seen = Care(app, thea), []
    me, you = (ben, ana) if second else (ana, ben)
    row = care.homework(couple)
    prompts = care.did(couple, days_back(1, 2, 3), me, words=lambda who, _day: f"Of {who.name}")
    care.weeks(couple, me, steady(7, 7, 7, 7))
    care.session(couple, TODAY + timedelta(days=2))
    browser = as_user(me)
    for told in (CLASSES, ()):
        guest = care.open(couple, me, you, ("scores",), told)
        paths = [f"/therapist-access/{guest}/{each}" for each in ("view", "brief")]
        seen.append([without_ids(browser.get(path).text) for path in paths])
        care.end(guest)
        if told:
            care.weeks(couple, you, lambda number: (9 - number // 2,) * 4, number=10)
            care.answer(prompts, you)
            care.said(row, you, days_back(1)[0], went=1)
    assert seen[0] == seen[1]
    assert "you 3 of 13" in seen[0][0]
    assert "Attunement by week" in seen[0][0]
    assert re.search(r"You: \d+ points in the week of \d", seen[0][0])


def test_only_what_is_open_to_both_can_be_shown_and_is_taken_back_at_once(
    care, guest, couple, ana, ben, as_user, thea, app
) -> None:
    both = care.did(couple, days_back(1), ana, ben, words=lambda who, _day: f"Open words of {who.name}")
    sealed = care.did(couple, days_back(2), ana, words=lambda *_: "Sealed words")
    mine, theirs = f"/therapist-access/{guest}/answers", f"/caseload/{couple.id}"
    browser, therapist = as_user(ana), as_user(thea)
    page = browser.get(mine).text
    assert "Open words of Ana" in page
    assert "Sealed words" not in page
    assert "Open words of Ben" not in page
    assert browser.post(mine, data={"prompt": sealed[0], "shown": "yes"}).status_code == 422
    browser.post(mine, data={"prompt": both[0], "shown": "yes"})
    assert "Open words of Ana" in therapist.get(theirs).text
    assert "Open words of Ben" not in therapist.get(theirs).text
    browser.post(mine, data={"prompt": both[0]})
    assert "Open words" not in therapist.get(theirs).text
    with app.app_context():
        assert db.session.scalars(select(Shown)).all() == []


@pytest.mark.only_on("sqlite", "postgresql")
def test_no_record_holds_another_or_anything_sealed(care, guest, couple, ana, ben, as_user, thea) -> None:
    row = care.homework(couple)
    open_, sealed = days_back(1, 2, 3), days_back(4)
    prompts = care.did(couple, open_, ana, ben, words=lambda who, day: f"canary-{who.name}-{day}")
    care.did(couple, sealed, ana, words=lambda *_: "canary-sealed")
    care.did(couple, days_back(5), ben, words=lambda *_: "canary-sealed")
    care.show(prompts[0], ana)
    care.show(prompts[1], ben)
    care.said(row, ana, open_[0], went=3)
    care.said(row, ben, open_[0], went=10)
    care.note(couple, "canary-note")
    found = exports(as_user(thea), couple, words="yes")
    for (shape, whose), text in found.items():
        assert "canary-sealed" not in text, (shape, whose)
        assert "canary-note" not in text, (shape, whose)
        assert ("canary-Ana" in text) == (whose == "first"), (shape, whose)
        assert ("canary-Ben" in text) == (whose == "second"), (shape, whose)
        assert not {"Ana &", "Ben &", "& Ben"} & set(re.findall(r"\w+ &|& \w+", text)), (shape, whose)
    assert "canary" not in "".join(exports(as_user(thea), couple).values())
    couples = json.loads(found["json", "couple"])["together"]
    assert {each["both_done"] for each in couples} == {"yes", "no"}
    assert "went" not in found["json", "couple"]


def test_names_stand_in_a_record_only_where_they_were_asked_for(care, guest, couple, as_user, thea) -> None:
    care.homework(couple)
    browser = as_user(thea)
    assert "Ana" not in "".join(exports(browser, couple).values())
    named = exports(browser, couple, named="yes")
    assert all("Ana" in text for (shape, whose), text in named.items() if whose == "first" and shape != "xlsx")


def test_each_download_is_kept_for_both_and_tells_nothing_of_what_was_in_it(
    care, guest, couple, ana, as_user, thea, app
) -> None:
    exports(as_user(thea), couple)
    with app.app_context():
        kinds = list(db.session.scalars(select(Visit.kind)))
    assert kinds.count("export") == len(FORMATS) * len(WHOSE)
    page = as_user(ana).get("/therapist-visits").text
    assert page.count("Thea made a download.") == kinds.count("export")


def test_a_form_that_comes_back_shows_the_couple_and_is_a_look_at_it(app, guest, couple, as_user, thea) -> None:
    wrong = as_user(thea).post(f"/caseload/{couple.id}", data={"session": "2020-01-01", "in_a_row": "3"})
    assert wrong.status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Visit.kind).where(Visit.guest_id == guest)).all() == ["couple"]


def test_the_brief_opens_once_both_have_looked_and_all_three_read_a_line(
    care, guest, couple, ana, ben, as_user, thea, at
) -> None:
    care.homework(couple)
    care.did(couple, days_back(1), ana, ben)
    care.session(couple, TODAY + timedelta(days=5))
    one, two, therapist = as_user(ana), as_user(ben), as_user(thea)
    mine, theirs = f"/therapist-access/{guest}/brief", f"/caseload/{couple.id}/brief"
    for each in (ana, ben):
        assert as_user(each).get(mine, headers={"Sec-Purpose": "prefetch"}).status_code == 200
    assert "Not yet." in therapist.get(theirs).text
    assert therapist.get(f"{theirs}.pdf").status_code == 404
    assert "What Thea will read." in one.get(mine).text
    assert "Not yet." in therapist.get(theirs).text
    assert one.post(mine, data={"line": "x" * 301}).status_code == 422
    assert one.post(mine, data={"line": "The letter came."}).status_code == 303
    assert "The letter came." in two.get(mine).text
    page = therapist.get(theirs).text
    assert "The letter came." in page
    pdf = therapist.get(f"{theirs}.pdf")
    assert "The letter came." in plain(pdf.data)
    assert pypdf.PdfReader(io.BytesIO(pdf.data)).trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert len(pypdf.PdfReader(io.BytesIO(pdf.data)).pages) == 1
    one.post(mine, data={"line": ""})
    assert "The letter came." not in therapist.get(theirs).text


def test_on_the_day_of_the_session_the_brief_is_open_in_any_case(care, guest, couple, as_user, thea) -> None:
    care.session(couple, TODAY)
    assert "Not yet." not in as_user(thea).get(f"/caseload/{couple.id}/brief").text


def test_a_note_is_for_its_author_alone_and_sealed(care, guest, couple, ana, as_user, thea, save, app) -> None:
    browser, path = as_user(thea), f"/caseload/{couple.id}/notes"
    assert browser.post(path, data={"words": ""}).status_code == 422
    browser.post(path, data={"words": "Ask about the letter."})
    page = browser.get(path).text
    assert "Ask about the letter." in page
    assert "not psychotherapy records" in page
    with app.app_context():
        row = db.session.scalars(select(Note)).one()
    assert b"letter" not in row.words
    other = save(make_person("Theo", role="therapist"))
    Care(app, other)
    assert as_user(other).get(path).status_code == 404
    assert as_user(other).post(f"{path}/{row.id}/erasure").status_code == 404
    assert as_user(ana).get(path).status_code == 404
    assert browser.post(f"{path}/{row.id}/erasure").status_code == 303
    assert "Ask about the letter." not in browser.get(path).text


def test_a_note_that_took_longer_than_the_session_is_kept_after_signing_in(
    care, guest, couple, ana, as_user, thea, at
) -> None:
    browser, path = as_user(thea), f"/caseload/{couple.id}/notes"
    secret = set_up(browser)

    def send(path: str, typed: dict[str, str], later: timedelta):
        at(NOW + later)
        page = browser.post(path, data=typed).text
        assert "What you wrote is kept" in page
        held = {"held": re.search(r'name="held" value="([^"]+)"', page)[1]}
        page = browser.post("/sign-in", data={"login": "thea", "password": PASSWORD, **held}).text
        assert held["held"] in page
        return browser.post("/sign-in/second", data={"code": digits(secret, NOW + later), **held})

    assert send(path, {"words": "Half an hour of thought."}, timedelta(minutes=31)).location == path
    assert "Half an hour of thought." in browser.get(path).text
    wish = {"exercise": "check_in", "weekdays": "1", "whom": "both", "note": "Before supper."}
    page = send(f"/caseload/{couple.id}/homework", wish, timedelta(minutes=65)).text
    again = fields(page, f"/caseload/{couple.id}/homework")
    assert dict(again) == wish, "what nobody keeps comes back, to be sent once more"
    assert browser.post(f"/caseload/{couple.id}/homework", data=dict(again)).status_code == 303
    assert as_user(ana).post(f"/therapist-access/{guest}/refusal").status_code == 303
    back = send(path, {"words": "Too late."}, timedelta(minutes=99)).text
    assert "Too late." in browser.post(path, data=dict(fields(back, path))).text, (
        "and so it does at a door that is shut"
    )


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/caseload/x/notes", NoteForm),
        ("/caseload/x/homework", HomeworkForm),
        ("/caseload/x/homework/y", HomeworkForm),
        ("/caseload/x/homework-sets", KeepSetForm),
        ("/own-exercises", NewOwnForm),
        ("/own-exercises/x", OwnForm),
        *((f"/own-exercises/x/steps{each}", step_form(kind)) for kind, each in zip(KINDS, ("", "/y") * 3, strict=True)),
        ("/practice", PracticeForm),
        ("/therapist-access/x/brief", BriefLineForm),
        ("/homework/x/2026-11-12/skipping", SkipForm),
    ],
)
@pytest.mark.usefixtures("app")
def test_all_that_is_written_for_or_by_a_therapist_is_given_back(path, form) -> None:
    names = {name for name, each in form().fields.items() if isinstance(each, Words)} - {"exercise", "whom"}
    assert names
    assert [held_words.words_in(path, [(name, f"my {name}")]) for name in names] == [[f"my {name}"] for name in names]


@pytest.mark.parametrize(("path", "name"), [("notes", "words"), ("homework", "note"), ("homework-sets", "name")])
def test_words_that_come_after_the_door_was_shut_are_given_back_to_whom_it_was_open(
    care, guest, couple, other_couple, ana, ben, as_user, thea, save, path, name
) -> None:
    other = save(make_person("Theo", role="therapist"))
    Care(care.app, other)
    care.keep(Guest(therapist_id=other.id, couple_id=couple.id, asked_at=NOW))
    browser, stranger, sent = as_user(thea), as_user(other), {name: "What I wanted to keep."}
    nothing, nothing_there = (who.get("/caseload/no/notes").text for who in (browser, stranger))
    care.end(guest)
    answer = browser.post(f"/caseload/{couple.id}/{path}", data=sent)
    assert (answer.status_code, "What I wanted to keep." in answer.text) == (404, True)
    assert "Your access to this couple has ended" in answer.text
    assert not any(each in answer.text for each in ("Ana", "Ben"))
    assert browser.post(f"/caseload/{couple.id}/{path}").text == nothing
    # One who has asked and was never let in, and whoever asks for another couple, are told what a stranger is.
    assert stranger.post(f"/caseload/{couple.id}/{path}", data=sent).text == nothing_there
    for at in (other_couple.id, "no"):
        assert browser.post(f"/caseload/{at}/{path}", data=sent).text == nothing
    assert as_user(ana).post(f"/caseload/{couple.id}/{path}", data=sent).status_code == 404
    care.open(couple, ana, ben)
    assert browser.post(f"/caseload/{couple.id}/homework-sets/no", data={"note": "x"}).text == nothing


def test_nobody_is_told_of_nought_of_nought(care, guest, couple, ana, ben, as_user, thea) -> None:
    browser, path, mine = as_user(thea), f"/caseload/{couple.id}", f"/therapist-access/{guest}/view"
    assert "Nothing given in fourteen days." in browser.get(path).text
    care.homework(couple, days=0)
    care.session(couple, TODAY)
    assert "Nothing due yet." in browser.get(path).text
    # Nor of weeks in which nothing was given: two are drawn at the least.
    assert "Homework since 30 October" in browser.get(path).text
    care.did(couple, days_back(0), ana)
    assert "Ana 1 of 1." in browser.get(path).text
    assert "You 1 of 1." in as_user(ana).get(mine).text
    assert "Nothing due yet." in as_user(ben).get(mine).text
    assert not any("0 of 0" in browser.get(each).text for each in ("/caseload", path, f"{path}/brief"))
    assert "Ana 1 of 1." in plain(browser.get(f"{path}/brief.pdf").data)
    visits = as_user(ana).get("/therapist-visits").text
    assert "looked for the brief of your session." in visits
    care.homework(couple, "appreciation", days=20)
    assert "Homework since 23 October" in browser.get(path).text


def test_the_list_says_for_a_week_that_a_couple_has_left_it_and_not_which(
    care, guest, couple, other_couple, ana, ben, dina, eli, as_user, thea, at
) -> None:
    care.open(other_couple, dina, eli)
    browser, told = as_user(thea), "Access to a couple ended on Thursday, 12 November."
    page = browser.get("/caseload").text
    assert "ended" not in page
    care.end(guest)
    page = browser.get("/caseload").text
    assert told in page
    assert not any(each in page for each in ("Ana", "Ben"))
    assert told not in browser.get("/caseload?show=flagged").text
    at(NOW + timedelta(days=8))
    browser = as_user(thea)
    page = browser.get("/caseload").text
    assert told not in page
    [kept] = re.findall('href="([^"]+)">Put away, or ended', page)
    page = browser.get(kept).text
    assert "From 13 September 2026 to 12 November 2026." in page
    assert "No couple fits that." not in page


def test_a_couple_that_is_put_away_is_found_again_in_the_shortest_list(care, guest, couple, as_user, thea) -> None:
    browser = as_user(thea)
    browser.post(f"/caseload/{couple.id}", data={"in_a_row": "3", "archived": "yes"})
    page = browser.get("/caseload").text
    assert "Ana &amp; Ben" not in page
    [kept] = re.findall('href="([^"]+)">Put away, or ended', page)
    assert "Ana &amp; Ben" in browser.get(kept).text


def test_a_line_for_a_session_that_is_none_any_more_is_given_back(care, guest, couple, ana, dina, as_user) -> None:
    path, sent = f"/therapist-access/{guest}/brief", {"line": "What I wanted to say."}
    answer = as_user(ana).post(path, data=sent)
    assert (answer.status_code, "What I wanted to say." in answer.text) == (404, True)
    assert "What I wanted to say." not in as_user(dina).post(path, data=sent).text


def test_after_a_withdrawal_the_very_next_request_finds_nothing(care, guest, couple, ana, ben, as_user, thea) -> None:
    care.homework(couple)
    care.session(couple, TODAY)
    browser, mine = as_user(thea), as_user(ben)
    pages = [f"/caseload/{couple.id}{each}" for each in ("", "/notes", "/brief", "/brief.pdf", "/export")]
    assert [browser.get(path).status_code for path in pages] == [200] * 5
    as_user(ana).post(f"/therapist-access/{guest}/refusal")
    assert [browser.get(path).status_code for path in pages] == [404] * 5
    sent = {
        "": {"in_a_row": "3"},
        "/talked-over": {"homework": "x"},
        "/notes": {"words": "x"},
        "/export": {"whose": "first", "format": "csv"},
    }
    assert [browser.post(f"/caseload/{couple.id}{path}", data=data).status_code for path, data in sent.items()] == [
        404
    ] * 4
    assert "Ana" not in browser.get("/caseload").text
    assert [mine.get(f"/therapist-access/{guest}/{each}").status_code for each in ("view", "brief", "answers")] == [
        404
    ] * 3


@pytest.mark.parametrize(("first", "second"), [(CLASSES, CLASSES), (CLASSES, ("scores",)), (("scores",), CLASSES)])
def test_an_assessment_is_there_once_its_person_opened_it_and_both_show_assessments(
    app, thea, couple, ana, ben, as_user, save, first, second
) -> None:
    care = Care(app, thea)
    guest = care.open(couple, ana, ben, first, second)
    sitting = save(make_sitting(couple, ana, private=None))
    doctor, mine = as_user(thea), as_user(ana)
    view, here = f"/therapist-access/{guest}/view", f"/sittings/{sitting.id}"
    assert "Relationship balance" not in doctor.get(f"/caseload/{couple.id}").text + mine.get(view).text
    assert open_(mine, here, audience="therapist").status_code == 303
    both, page = "assessments" in first and "assessments" in second, doctor.get(f"/caseload/{couple.id}").text
    found = exports(doctor, couple)
    assert ("Relationship balance" in page) == both
    assert {where for where, text in found.items() if "balance" in text.casefold()} == (
        {(shape, "first") for shape in FORMATS} if both else set()
    )
    assert ("Relationship balance" in mine.get(view).text) == ("assessments" in first)
    assert "Relationship balance" not in as_user(ben).get(view).text
    assert ("More often Ben" in page) == both
    assert not [where for where, text in found.items() if re.search(r"\b(Ana|Ben)\b", text)]
    named = exports(doctor, couple, named="yes")
    assert not [text for text in (*found.values(), *named.values()) if re.search(r"\{(you|me|first|second)\}", text)]
    assert ("say no to your partner" in found["fhir", "first"]) == both
    assert ("alone. Your partner sees them" in found["fhir", "first"]) == both
    assert ("say no to Ben" in named["fhir", "first"]) == both
    kinds = [each["resource"]["resourceType"] for each in json.loads(found["fhir", "first"])["entry"]]
    assert ("QuestionnaireResponse" in kinds) == both


def test_a_longer_exercise_that_two_closed_is_done_for_both(care, guest, couple, ana, ben, as_user, thea, save) -> None:
    care.homework(couple, "heart_to_heart", weekdays=1 << TODAY.weekday(), days=1)
    browser, path = as_user(thea), f"/caseload/{couple.id}"
    assert "Done by both: 1 of" not in browser.get(path).text
    (day,) = set(re.findall(r"/homework/[\w-]{22}/[\d-]+", as_user(ana).get("/homework").text))
    assert "You have done it." not in as_user(ben).get(day).text
    occasion, *moves = make_occasion(couple, (ana, ben), until=END)
    save(occasion)
    save(*moves)
    assert "Done by both: 1 of" in browser.get(path).text
    assert "You have done it." in as_user(ben).get(day).text
    assert day not in as_user(ana).get("/today").text


@pytest.mark.only_on("sqlite", "postgresql")
def test_of_a_mirroring_who_has_taken_their_turn_has_done_theirs_in_counts_and_tables(
    care, guest, couple, ana, ben, app
) -> None:
    day, ident, taken, number = TODAY - timedelta(days=1), new_id(), set(), 0
    care.homework(couple, MIRRORING, days=1)
    care.keep(Prompt(id=ident, couple_id=couple.id, exercise=MIRRORING, day=day))
    step = next_step(None, ana.id, ben.id)
    while step.kind != mirroring.DONE:
        who, number = step.actor or ana.id, number + 1
        kind = step.kind if step.kind != VERDICT else MISSING if step.attempt == 1 else HEARD
        facts = {"number": number, "kind": kind, "round": step.round, "attempt": step.attempt}
        care.keep(Turn(prompt_id=ident, author_id=who, words=b"", taken_at=NOW, **facts))
        taken.add(who)
        step = next_step(Last(kind, who, step.round, step.attempt), ana.id, ben.id)
        expected = [each.id in taken and step.actor != each.id for each in (ana, ben)]
        with app.app_context():
            told = case_of(care.thea.id, couple.id, today=TODAY, now=NOW).counts
            did = did_of([couple.id], day, TODAY)
        assert [told.first.done, told.second.done, told.together.done] == [*expected, all(expected)]
        assert [(couple.id, each.id, MIRRORING) in did for each in (ana, ben)] == expected
    assert expected == [True, True]


def test_notes_and_lines_are_in_the_download_of_who_wrote_them_alone(
    care, guest, couple, ana, ben, as_user, thea, app
) -> None:
    care.session(couple, TODAY + timedelta(days=1))
    care.note(couple, "A note of Thea's")
    care.show(care.did(couple, days_back(1), ana, ben)[0], ana)
    as_user(ana).post(f"/therapist-access/{guest}/brief", data={"line": "A line of Ana's"})
    found = {who: export_of(as_user(who))["care"] for who in (ana, ben, thea)}
    assert [each["words"] for each in found[ana]["brief_lines"]] == ["A line of Ana's"]
    assert [each["to"] for each in found[ana]["shown_answers"]] == ["Thea"]
    assert [each["words"] for each in found[thea]["notes"]] == ["A note of Thea's"]
    assert found[ben] == {"notes": [], "brief_lines": [], "shown_answers": []}


def export_of(browser) -> dict:
    """What somebody takes along."""
    with zipfile.ZipFile(io.BytesIO(browser.post("/export").data)) as packed:
        return json.loads(packed.read("export.json"))


@pytest.mark.parametrize(("days", "told"), [(0, True), (7, True), (8, False), (-1, False)])
def test_the_first_page_tells_of_a_session_until_the_brief_is_seen(care, guest, couple, ana, ben, as_user, days, told):
    care.session(couple, TODAY + timedelta(days=days))
    path = f"/therapist-access/{guest}/brief"
    one, two = as_user(ana), as_user(ben)
    assert (f'href="{path}"' in one.get("/today").text) == told
    one.get(path)
    assert f'href="{path}"' not in one.get("/today").text
    assert (f'href="{path}"' in two.get("/today").text) == told
    unchecked(two).post(f"/therapist-access/{guest}/refusal")
    assert f'href="{path}"' not in two.get("/today").text


@pytest.mark.only_on("sqlite", "postgresql")
def test_the_first_page_tells_who_asks_until_one_has_said_something(care, couple, ana, ben, as_user) -> None:
    guest = new_id()
    care.keep(Guest(id=guest, therapist_id=care.thea.id, couple_id=couple.id, asked_at=NOW))
    path = f"/therapist-access/{guest}"
    one, two = as_user(ana), as_user(ben)
    assert f'href="{path}"' in one.get("/today").text
    unchecked(one).post(f"{path}/refusal")
    assert f'href="{path}"' not in one.get("/today").text
    assert "Thea asks to be your guest." in two.get("/today").text


def test_who_asked_too_long_ago_is_not_told_of(care, couple, ana, as_user) -> None:
    care.keep(Guest(id=new_id(), therapist_id=care.thea.id, couple_id=couple.id, asked_at=NOW - WAITS))
    assert "asks to be your guest" not in as_user(ana).get("/today").text


@pytest.mark.only_on("postgresql")
def test_of_two_taps_at_once_both_are_taken(care, guest, couple, ana, as_user, thea, app) -> None:
    care.session(couple, TODAY + timedelta(days=5))
    brief, page = f"/therapist-access/{guest}/brief", f"/caseload/{couple.id}"
    phones, desks = ([unchecked(as_user(each)) for _ in range(2)] for each in (ana, thea))
    acts = (
        (phones, brief, {"line": "The letter came."}, models.BriefLine),
        (desks, page, {"session": "", "in_a_row": "3"}, models.Care),
        (desks, f"{page}/talked-over", {"homework": care.homework(couple)}, models.TalkedOver),
        (desks, "/practice", {"policy": "none"}, Practice),
    )
    for browsers, path, sent, table in acts:
        for _ in range(6):
            answers = at_once(*(partial(browser.post, path, data=sent) for browser in browsers))
            assert [answer.status_code for answer in answers] == [303, 303], path
            clear(app, table)
