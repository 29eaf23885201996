"""A therapist is a guest by the consent of both: when the door is open, what both let be seen, and when it is shut."""

import html
import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import jobs
from app.assessments.service import told_to_therapist
from app.caseload.models import Shown
from app.caseload.service import case_of
from app.core import clock
from app.core.db import db, transaction
from app.therapist.models import CLASSES, EXPORT, WAITS, Guest
from app.therapist.service import Author, Wish, couple_of_therapist, give, note_visit, visit_due
from tests.assessments.sit import open_, sat
from tests.couples.steps import become_two, couple_of, leave
from tests.exercises.acts import unchecked
from tests.factories import NOW, PASSWORD, TODAY, make_passkey, make_person, make_prompt
from tests.reminders.people import visitor_of

sqlite = pytest.mark.only_on("sqlite")


@dataclass
class Three:
    """Ana, Ben and Thea, each at a browser of their own."""

    ana: object
    ben: object
    thea: object
    couple: str
    guest: str

    def door(self):
        return self.thea.get(f"/caseload/{self.couple}").status_code

    def yes(self, who, *classes):
        answer = who.post(f"/therapist-access/{self.guest}", data=dict.fromkeys(classes, "yes"))
        assert answer.status_code == 303, answer.text
        # What is told once is told.
        who.get("/therapist-access")

    def no(self, who):
        assert who.post(f"/therapist-access/{self.guest}/refusal").status_code == 303
        who.get("/therapist-access")

    def page(self, who):
        return who.get(f"/therapist-access/{self.guest}").text


def code_of(thea, own=False):
    """A fresh code of hers, as her page shows it."""
    thea.post(f"/caseload/codes{'/own' if own else ''}")
    return re.findall(r'class="token">([\w-]+)<', thea.get("/caseload/codes").text)[-1 if own else 0]


def let_ask(browser, code):
    answer = browser.post("/therapist-access", data={"code": code})
    return answer, (answer.location or "").rpartition("/")[2]


@pytest.fixture
def three(app, as_user, ana, ben, thea, couple):
    """A therapist asks the two, by a code for one couple."""
    browsers = [unchecked(as_user(each)) for each in (ana, ben, thea)]
    browsers[2].post("/practice", data={"name": "The Green Door", "policy": "own", "own": "I keep no secrets."})
    answer, guest = let_ask(browsers[0], code_of(browsers[2]))
    assert answer.status_code == 303, answer.text
    return Three(*browsers, couple.id, guest)


def test_the_door_is_open_while_both_say_yes(three):
    assert three.door() == 404
    three.yes(three.ana)
    assert three.door() == 404
    assert "No couple yet." in three.thea.get("/caseload").text
    three.yes(three.ben)
    assert three.door() == 200
    assert "Ana &amp; Ben" in three.thea.get("/caseload").text
    three.no(three.ana)
    assert three.door() == 404
    assert three.thea.post(f"/caseload/{three.couple}/ending").status_code == 404
    told = three.thea.get("/caseload").text
    assert "Access ended." in told
    assert "Ana" not in told
    assert "Ben" not in told


@sqlite
def test_what_was_opened_to_a_therapist_is_shut_when_another_comes_or_one_goes(
    app, three, ana, couple, as_user, save
) -> None:
    theo = save(make_person("Theo", role="therapist"))
    save(make_passkey(theo))
    desk = unchecked(as_user(theo))
    desk.post("/practice", data={"policy": "none"})
    here = sat(three.ana)

    def told() -> int:
        with app.app_context():
            return len(told_to_therapist(ana.id, three.couple, "Ben"))

    for next_one in (desk, three.thea, None):
        three.yes(three.ana, "assessments")
        three.yes(three.ben, "assessments")
        assert told() == 0, "the tick alone opens none"
        assert open_(three.ana, here, audience="therapist").status_code == 303
        assert told() == 1
        if next_one is three.thea:
            # An answer is shown to Theo, who is shown out.
            save(Shown(prompt_id=save(make_prompt(couple)).id, author_id=ana.id, therapist_id=theo.id, shown_at=NOW))
            three.no(three.ben)
            assert told() == 0
            with app.app_context():
                assert db.session.query(Shown).count() == 0
        if next_one is not None:
            three.guest = let_ask(three.ana, code_of(next_one))[1]


@sqlite
def test_days_on_which_the_door_was_shut_are_none_of_the_homework_when_it_opens_anew(
    app, three, ana, ben, thea, as_user, at
) -> None:
    three.yes(three.ana)
    three.yes(three.ben)
    with app.app_context(), transaction():
        wish = Wish(exercise="check_in", first=TODAY, weekdays=0b1111111)
        give(Author(thea.id, thea.key.wrapped), three.couple, wish, now=NOW, today=TODAY)
    three.no(three.ben)
    later = NOW + timedelta(days=4)
    at(later)
    three.ana, three.ben, three.thea = (unchecked(as_user(each)) for each in (ana, ben, thea))
    three.guest = let_ask(three.ana, code_of(three.thea))[1]
    three.yes(three.ana)
    three.yes(three.ben)
    with app.app_context():
        case = case_of(thea.id, three.couple, today=later.date(), now=later)
        assert [piece.day for piece in case.facts.given] == [TODAY, later.date()]


@sqlite
def test_what_was_ticked_is_still_ticked_after_the_password(three, at):
    at(NOW + timedelta(minutes=6))
    path = f"/therapist-access/{three.guest}"
    answer = three.ana.post(path, data={"scores": "yes", "responses": "yes"})
    assert answer.location == f"/confirm?next={path}"
    assert three.ana.get(path).text.count(" checked") == 0
    three.ana.post(path, data={"scores": "yes", "responses": "yes"})
    three.ana.post("/confirm", data={"password": PASSWORD, "next": path})
    page = three.page(three.ana)
    assert "It is not kept yet." in page
    assert re.findall(r'name="(\w+)"[^>]* checked', page) == ["scores", "responses"]
    assert "It is not kept yet." not in three.page(three.ana)
    assert "You have not said anything yet." in page
    # Nor does the other see it, who signs in on the same tablet.
    at(NOW + timedelta(minutes=12))
    three.ana.post(path, data={"scores": "yes", "responses": "yes"})
    three.ana.post("/sign-in", data={"login": "ben", "password": PASSWORD})
    assert three.page(three.ana).count(" checked") == 0


@sqlite
def test_less_is_shown_at_once_and_more_only_after_the_password(three, app, thea, at):
    path = f"/therapist-access/{three.guest}"

    def leads_to(*classes):
        answer = three.ana.post(path, data=dict.fromkeys(classes, "yes"))
        with app.app_context():
            return answer.location, couple_of_therapist(visitor_of(thea), three.couple).classes - {"completion"}

    three.yes(three.ana, "scores", "responses")
    three.yes(three.ben, *CLASSES)
    at(NOW + timedelta(minutes=6))
    assert leads_to("scores") == (path, {"scores"})
    # Less of one and more of another: what is taken back does not wait for the rest.
    assert leads_to("responses") == (f"/confirm?next={path}", set())
    three.no(three.ana)
    assert three.ana.post(path).status_code == 409


@sqlite
def test_both_read_the_policy_before_they_say_anything(three):
    for who in (three.ana, three.ben):
        page = three.page(who)
        assert page.index("I keep no secrets.") < page.index("I say yes")
        assert "The Green Door" in page


@pytest.mark.parametrize("own", [False, True])
def test_a_code_for_one_couple_works_once_and_ones_own_again_and_again(three, as_user, dina, eli, other_couple, own):
    code = code_of(three.thea, own)
    assert let_ask(as_user(dina), code)[0].status_code == 303
    again, _ = let_ask(as_user(eli), code)
    assert again.status_code == 303, "the second of the two may type it, too"
    three.no(three.ana)
    answer, _ = let_ask(three.ana, code)
    assert answer.status_code == 303, "she asks already"
    assert let_ask(as_user(dina), "0000-0000-0000-0")[0].status_code == 422


@sqlite
def test_a_code_for_one_couple_ends_after_three_days(three, as_user, dina, other_couple, at):
    code = code_of(three.thea)
    at(NOW + timedelta(hours=72))
    assert let_ask(as_user(dina), code)[0].status_code == 422


@sqlite
def test_a_used_code_and_one_taken_back_let_nobody_in(three, app, as_user, save, dina, other_couple):
    one, two = save(make_person("Fay"), make_person("Gus"))
    fay, gus = unchecked(as_user(one)), unchecked(as_user(two))
    become_two(as_user(one), as_user(two))
    used = code_of(three.thea)
    assert let_ask(fay, used)[0].status_code == 303
    assert let_ask(as_user(dina), used)[0].status_code == 422
    back = code_of(three.thea)
    path = re.search(r'"(/caseload/codes/[\w-]+/withdrawal)"', three.thea.get("/caseload/codes").text)[1]
    assert three.thea.post(path).status_code == 303
    assert let_ask(as_user(dina), back)[0].status_code == 422
    assert let_ask(gus, used)[0].status_code == 303


@sqlite
def test_guessing_codes_soon_has_to_wait(three):
    answers = [let_ask(three.ben, f"0000-0000-0000-{number}")[0].status_code for number in range(8)]
    assert answers[:4] == [422] * 4
    assert answers[-1] == 429


@sqlite
def test_nobody_is_invited_before_the_policy_is_there(as_user, save):
    new = save(make_person("Cleo", role="therapist"))
    save(make_passkey(new))
    answer = as_user(new).post("/caseload/codes")
    assert answer.status_code == 409
    assert "First say how you handle secrets." in answer.text


@sqlite
@pytest.mark.parametrize("one", [(), ("scores",), CLASSES])
@pytest.mark.parametrize("two", [(), ("responses",), ("scores", "assessments")])
def test_of_each_class_the_stricter_wins(app, three, thea, one, two):
    three.yes(three.ana, *one)
    three.yes(three.ben, *two)
    with app.app_context():
        door = couple_of_therapist(visitor_of(thea), three.couple)
    assert door.classes == {"completion"} | ({*one} & {*two})
    assert door.couple.names == ("Ana", "Ben")
    three.yes(three.ana)
    with app.app_context():
        assert couple_of_therapist(visitor_of(thea), three.couple).classes == {"completion"}


@pytest.mark.parametrize("ends", ["ana", "ben", "thea", "leaving"])
def test_whatever_ends_it_looks_the_same_to_everybody_else(three, ends):
    three.yes(three.ana, "scores")
    three.yes(three.ben, "scores")
    if ends == "thea":
        three.thea.post(f"/caseload/{three.couple}/ending")
    elif ends == "leaving":
        leave(three.ana)
    else:
        three.no(three.ana if ends == "ana" else three.ben)
    assert three.door() == 404
    page = told(three.thea.get("/caseload").text)
    assert page.count("Access ended. From 12 November 2026 to 12 November 2026.") == 1
    assert not re.search(r"\b(Ana|Ben)\b", page)
    if ends != "leaving":
        seen = [told(three.page(who)) for who in (three.ana, three.ben)]
        assert all("nobody is told who ended it" in each for each in seen)
        assert seen[0] == seen[1]


@sqlite
def test_an_ended_door_opens_by_nothing_but_a_new_code_and_two_new_consents(three):
    three.yes(three.ana)
    three.yes(three.ben)
    three.no(three.ben)
    for who in (three.ana, three.ben):
        assert who.post(f"/therapist-access/{three.guest}").status_code == 409
    assert three.door() == 404
    _, three.guest = let_ask(three.ben, code_of(three.thea))
    assert three.door() == 404
    three.yes(three.ben)
    assert three.door() == 404
    three.yes(three.ana)
    assert three.door() == 200


def test_leaving_shuts_the_door_and_coming_back_together_does_not_open_it(app, three, as_user, ana, ben):
    three.yes(three.ana)
    three.yes(three.ben)
    leave(three.ana)
    assert three.door() == 404
    become_two(as_user(ana), as_user(ben))
    assert three.door() == 404
    assert three.thea.get(f"/caseload/{couple_of(app, ana)}").status_code == 404
    assert three.ana.get(f"/therapist-access/{three.guest}").status_code == 404
    assert three.ana.post(f"/therapist-access/{three.guest}").status_code == 404


@sqlite
def test_a_therapist_who_waits_too_long_asks_no_more(three, at, as_user, ana, ben):
    three.yes(three.ana)
    at(NOW + WAITS)
    late = as_user(ben)
    assert late.get(f"/therapist-access/{three.guest}").status_code == 404
    assert late.post(f"/therapist-access/{three.guest}").status_code == 409
    assert "asks" not in told(late.get("/therapist-access").text).split("then sees")[0]


@sqlite
def test_who_asked_in_vain_is_forgotten_and_a_guest_is_not(app, three, as_user, dina, other_couple):
    three.yes(three.ana)
    three.yes(three.ben)
    let_ask(as_user(dina), code_of(three.thea))
    for days, left in ((36, 2), (38, 1)):
        with app.app_context():
            jobs.housekeeping(now=NOW + timedelta(days=days))
            assert len(db.session.scalars(select(Guest)).all()) == left


@sqlite
def test_another_therapist_finds_nothing(three, save, as_user):
    other = save(make_person("Cleo", role="therapist"))
    save(make_passkey(other))
    three.yes(three.ana)
    three.yes(three.ben)
    browser = unchecked(as_user(other))
    never = browser.get(f"/caseload/{'n' * 22}")
    answer = browser.get(f"/caseload/{three.couple}")
    assert (answer.status_code, answer.data) == (404, never.data)
    assert browser.post(f"/caseload/{three.couple}/ending").status_code == 404
    assert three.door() == 200


@sqlite
def test_a_couple_sees_only_its_own_guests(three, as_user, dina, other_couple):
    for act in (as_user(dina).get, as_user(dina).post):
        assert act(f"/therapist-access/{three.guest}").status_code == 404
    assert as_user(dina).post(f"/therapist-access/{three.guest}/refusal").status_code == 404


# What one cannot tell of the other


WAYS = {
    "nothing": [],
    "no": ["no"],
    "yes": [()],
    "yes to all": [CLASSES],
    "yes, then no": [CLASSES, "no"],
    "no, then yes": ["no", ("scores",)],
}


def do(three, who, steps):
    for step in steps:
        three.no(who) if step == "no" else three.yes(who, *step)


def worlds(app, three, steps, then):
    """All that Ben and Thea can look at, for each way in which Ana acts."""
    seen = {}
    for name in steps:
        with app.app_context(), transaction():
            for guest in db.session.scalars(select(Guest)):
                db.session.delete(guest)
        _, three.guest = let_ask(three.ben, code_of(three.thea, own=True))
        do(three, three.ana, WAYS[name])
        then()
        pages = [three.ben.get(path).text for path in ("/therapist-access", "/therapist-visits", "/settings")]
        pages += [three.page(three.ben)]
        seen[name] = "\n".join(pages).replace(three.guest, "GUEST")
    return seen


@sqlite
def test_before_the_door_is_open_one_cannot_tell_what_the_other_has_said(app, three):
    for says in ([], ["no"], [CLASSES]):
        ways = [way for way in WAYS if not says or says == ["no"] or way in {"nothing", "no", "yes, then no"}]
        seen = worlds(app, three, ways, lambda says=says: do(three, three.ben, says))
        assert len(set(seen.values())) == 1, says
        assert three.door() == 404


@sqlite
def test_an_open_door_does_not_tell_what_else_the_other_has_chosen(app, three):
    seen = worlds(app, three, ["yes", "yes to all", "no, then yes"], lambda: do(three, three.ben, [CLASSES]))
    assert len(set(seen.values())) == 1
    assert three.door() == 200


@sqlite
def test_a_therapist_cannot_tell_half_a_yes_from_none(app, three):
    seen = set()
    for steps in ([], ["no"], [CLASSES], [CLASSES, "no"]):
        do(three, three.ana, steps)
        seen.add(re.sub(r"<code.*?>", "", three.thea.get("/caseload").text) + three.thea.get("/caseload/codes").text)
    assert len(seen) == 1


# Visits


@sqlite
@sqlite
def test_that_what_they_show_has_changed_is_told_when_it_has_and_not_at_half_a_yes(three, at):
    three.yes(three.ana)
    three.yes(three.ben)
    for browser, told in ((three.ana, False), (three.ben, True)):
        at(clock.now() + timedelta(minutes=1))
        three.yes(browser, "scores")
        assert ("What they show has changed" in three.thea.get("/caseload").text) == told


@sqlite
def test_a_visit_is_told_to_both_once_in_half_an_hour(three, at, as_user, thea):
    three.yes(three.ana)
    three.yes(three.ben)
    for minutes in (0, 10, 29, 31, 45):
        at(NOW + timedelta(minutes=minutes))
        three.thea.get("/caseload")
        assert three.door() == 200
    pages = [told(who.get("/therapist-visits").text) for who in (three.ana, three.ben)]
    assert pages[0] == pages[1]
    assert pages[0].count("Thea looked at your page.") == 2
    assert "12 November 2026, 20:31" in pages[0]


def test_each_export_is_told_by_itself(app, three, thea):
    three.yes(three.ana)
    three.yes(three.ben)
    for minute in range(3):
        with app.app_context(), transaction():
            door = couple_of_therapist(visitor_of(thea), three.couple, kind=EXPORT)
            assert visit_due(door, EXPORT, now=NOW)
            note_visit(door, EXPORT, now=NOW + timedelta(minutes=minute))
    assert told(three.ben.get("/therapist-visits").text).count("Thea made a download.") == 3


@sqlite
def test_a_door_costs_one_statement_however_many_couples_there_are(app, three, thea, statements):
    three.yes(three.ana)
    three.yes(three.ben)
    visitor = visitor_of(thea)
    with app.app_context(), statements() as seen:
        assert couple_of_therapist(visitor, three.couple)
    assert len(seen) == 1


@sqlite
def test_what_one_said_to_a_therapist_goes_into_their_export_alone(three, ana, as_user):
    three.yes(three.ana, "scores")

    def consents(browser):
        with zipfile.ZipFile(io.BytesIO(browser.post("/export").data)) as packed:
            return json.loads(packed.read("export.json"))["consents"]

    (mine,) = consents(three.ana)
    assert mine["therapist"] == "Thea"
    assert (mine["yes"], mine["scores"], mine["assessments"]) == (True, True, False)
    assert consents(three.ben) == []


def told(page):
    """The words of a page, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())
