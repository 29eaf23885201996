"""The plan of a couple and the prompts it brings: each day's once, and another question for one that does not suit."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.couples.models import QUINCE, SLOE
from app.couples.service import Pair, Partner
from app.exercises.catalogue import load
from app.exercises.exchange import FILL_IN
from app.exercises.exercise import LIGHT_ONLY
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING, PlanEntry, Prompt
from app.exercises.service import ensure_prompts
from app.exercises.service.prompts import TAKES
from tests.couples.steps import at_once
from tests.exercises.acts import act, page, respond
from tests.exercises.reading import fields
from tests.factories import ISO_WEEK, NOW, TODAY, make_couple

DAY = timedelta(days=1)
PLAN = {name: each.default_weekdays for name, each in load().exercises.items()}
"""What everybody begins with."""

WRITES = ("INSERT", "UPDATE", "DELETE")


def prompts(app, couple):
    with app.app_context():
        query = select(Prompt).where(Prompt.couple_id == couple.id)
        return list(db.session.scalars(query.order_by(Prompt.day, Prompt.exercise, Prompt.take)))


def given(app, couple):
    """Day → the exercises a couple was given, with an exercise once for each take."""
    found = {}
    for each in prompts(app, couple):
        found.setdefault(each.day, []).append(each.exercise)
    return found


def planned(day, plan=None, *, but=()):
    return sorted(name for name, weekdays in (plan or PLAN).items() if day.isoweekday() in weekdays and name not in but)


def pair(couple, me, you=None):
    """A couple as a service sees it."""
    people = [
        Partner(each.id, each.name, side, False, each.key.wrapped) for each, side in ((me, QUINCE), (you, SLOE)) if each
    ]
    return Pair(couple.id, couple.zone, people[0], people[1] if you else None, couple.memberships[0].joined_on)


def only(app, couple, exercise, day=TODAY):
    """The prompt of an exercise that a couple has now for a day."""
    return [each for each in prompts(app, couple) if (each.exercise, each.day) == (exercise, day)][-1]


# What a day brings


@pytest.mark.parametrize("day", [TODAY + number * DAY for number in range(7)], ids=lambda day: f"{day:%A}")
def test_the_first_look_at_a_day_brings_what_is_planned(app, two, at, day):
    at(NOW + (day - TODAY))
    assert two.ana.get("/today").status_code == 200
    assert given(app, two.couple)[day] == planned(day)
    for each in prompts(app, two.couple):
        assert (each.item is None) is (each.exercise == CHECK_IN)
        assert each.item is None or each.item in load().exercises[each.exercise].items


def test_looking_again_brings_nothing_new(app, two):
    two.ana.get("/today")
    before = [each.id for each in prompts(app, two.couple)]
    for browser in (two.ana, two.ben, two.ana):
        browser.get("/today")
    assert [each.id for each in prompts(app, two.couple)] == before


def test_two_who_look_at_once_get_the_same_prompts(app, two, at):
    for number in range(8):
        day = TODAY + number * DAY
        at(NOW + number * DAY)
        seen = at_once((two.ana.get, "/today"), (two.ben.get, "/today"))
        assert [answer.status_code for answer in seen] == [200, 200]
        assert given(app, two.couple)[day] == planned(day)
        shown = [sorted(re.findall(r'href="/prompts/([\w-]+)"', answer.text)) for answer in seen]
        assert shown[0] == shown[1] != []


def test_prompts_are_made_once_however_often_and_by_however_many_they_are_asked_for(app, couple, ana, ben):
    def ensure():
        with app.app_context(), transaction():
            ensure_prompts(pair(couple, ana, ben), TODAY)

    at_once(*[(ensure,)] * 6)
    days = [TODAY - number * DAY for number in range(FILL_IN.days, -1, -1)]
    assert given(app, couple) == {day: planned(day) for day in days}
    before = [each.id for each in prompts(app, couple)]
    ensure()
    assert [each.id for each in prompts(app, couple)] == before


def test_days_gone_by_are_filled_as_far_back_as_they_can_be_answered(app, two, at):
    two.ana.get("/today")
    late = TODAY + 10 * DAY
    at(NOW + 10 * DAY)
    two.ana.get("/today")
    days = [day for day in given(app, two.couple) if day > TODAY]
    assert days == [late - 3 * DAY, late - 2 * DAY, late - DAY, late]
    assert timedelta(days=3) == FILL_IN
    for day in days:
        assert given(app, two.couple)[day] == planned(day)


@pytest.mark.parametrize("since", [TODAY, TODAY - DAY, TODAY - 3 * DAY])
def test_no_day_before_the_couple_began_is_filled(app, save, as_user, dina, eli, since):
    couple = save(make_couple(dina, eli, since=since))
    as_user(dina).get("/today")
    assert list(given(app, couple)) == [since + number * DAY for number in range((TODAY - since).days + 1)]


def test_a_couple_that_moves_west_on_its_first_day_has_something_to_do(app, save, as_user, dina, eli, at):
    couple, browser = save(make_couple(dina, eli, since=TODAY)), as_user(dina)
    at("2026-11-12T05:00")
    browser.post("/couple", data={"zone": "Pacific/Honolulu"})
    browser.get("/today")
    assert given(app, couple) == {TODAY - DAY: planned(TODAY - DAY)}
    practice = browser.get(f"/api/v1/weeks/{ISO_WEEK}/practice").json
    assert practice["given"] == len(planned(TODAY - DAY))


def test_the_day_before_four_in_the_morning_is_still_the_evening(app, two, at):
    two.ana.get("/today")
    at("2026-11-13T03:59:59")
    two.ana.get("/today")
    assert max(given(app, two.couple)) == TODAY
    at("2026-11-13T04:00:00")
    two.ana.get("/today")
    assert max(given(app, two.couple)) == TODAY + DAY


def test_mirroring_needs_two(app, as_user, carol, two, at):
    tuesday = date(2026, 11, 17)
    at(NOW + (tuesday - TODAY))
    two.ana.get("/today")
    assert MIRRORING in given(app, two.couple)[tuesday]
    browser = as_user(carol)
    browser.get("/today")
    with app.app_context():
        alone = [each for each in db.session.scalars(select(Prompt)) if each.couple_id != two.couple.id]
    assert sorted(each.exercise for each in alone if each.day == tuesday) == planned(tuesday, but=[MIRRORING])


def test_no_question_comes_twice_in_the_prompts_of_weeks(app, couple, ana, ben):
    """Also those that were put aside count as met."""
    with app.app_context(), transaction():
        for number in range(60):
            ensure_prompts(pair(couple, ana, ben), TODAY + number * DAY)
    for exercise in (LOVE_MAP, APPRECIATION, MIRRORING):
        items = [each.item for each in prompts(app, couple) if each.exercise == exercise]
        assert len(items) == len(set(items)) > 15


# The plan


def boxes(text):
    """Exercise → the weekdays that are ticked on the page of the plan."""
    found = {name: set() for name in PLAN}
    for tag in re.findall(r'<input type="checkbox" name="\w+" value="\d"[^>]*>', text):
        name, day = re.search(r'name="(\w+)" value="(\d)"', tag).groups()
        if "checked" in tag:
            found[name].add(int(day))
    return found


def test_a_couple_begins_with_the_plan_of_the_catalogue(two):
    text = two.ana.get("/plan").text
    assert boxes(text) == PLAN
    assert len(re.findall(r'<input type="checkbox"', text)) == 7 * len(PLAN)


@pytest.mark.parametrize("who", ["ana", "ben"])
def test_either_changes_the_plan_for_both(two, who):
    answer = getattr(two, who).post("/plan", data={"check_in": ["1", "7"], "love_map": ["3"]})
    assert (answer.status_code, answer.location) == (303, "/plan")
    assert "Kept. If today holds something already, today stays as it is." in getattr(two, who).get("/plan").text
    for browser in (two.ana, two.ben):
        assert boxes(browser.get("/plan").text) == {
            CHECK_IN: {1, 7},
            APPRECIATION: set(),
            MIRRORING: set(),
            LOVE_MAP: {3},
        }


def test_a_plan_can_be_changed_again_and_is_nobody_elses(two, as_user, dina, other_couple):
    for days in (["1"], ["2", "3"], list("1234567")):
        two.ana.post("/plan", data={"mirroring": days})
        assert boxes(two.ben.get("/plan").text)[MIRRORING] == set(map(int, days))
    assert boxes(as_user(dina).get("/plan").text) == PLAN


def test_a_new_plan_begins_with_the_next_day_and_leaves_the_days_gone_by(app, two, at):
    two.ana.get("/today")
    before = [each.id for each in prompts(app, two.couple)]
    two.ben.post("/plan", data={"mirroring": list("1234567")})
    two.ana.get("/today")
    assert [each.id for each in prompts(app, two.couple)] == before
    at(NOW + DAY)
    two.ana.get("/today")
    assert [each.id for each in prompts(app, two.couple) if each.day <= TODAY] == before
    assert given(app, two.couple)[TODAY + DAY] == [MIRRORING]


def test_a_day_gone_by_keeps_its_plan_although_it_could_still_be_filled(app, couple, ana, ben):
    with app.app_context(), transaction():
        ensure_prompts(pair(couple, ana, ben), TODAY)
    before = given(app, couple)
    with app.app_context(), transaction():
        db.session.add(PlanEntry(couple_id=couple.id, exercise=MIRRORING, weekdays=0b1111111))
    with app.app_context(), transaction():
        ensure_prompts(pair(couple, ana, ben), TODAY + DAY)
    after = given(app, couple)
    assert {day: after[day] for day in before} == before
    assert MIRRORING in after[TODAY + DAY]


@pytest.mark.parametrize(
    "typed",
    [
        {"check_in": "8"},
        {"check_in": "0"},
        {"check_in": "-1"},
        {"check_in": "Monday"},
        {"check_in": ["1", "1"]},
        {"check_in": list("12345671")},
        {"check_in": "１"},
        {"unheard_of": "1"},
        {"couple_id": "1"},
        {"check_in": "1", "weekdays": "1"},
    ],
)
def test_a_plan_that_is_none_is_refused_and_nothing_changes(two, typed):
    answer = two.ana.post("/plan", data={"love_map": "2", **typed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert boxes(answer.text)[LOVE_MAP] == {2}
    assert boxes(two.ben.get("/plan").text) == PLAN


def test_the_plan_is_for_partners(client, as_user, thea):
    assert client.get("/plan").location == "/sign-in?next=/plan"
    assert client.post("/plan", data={"love_map": "1"}).status_code == 401
    assert as_user(thea).get("/plan").status_code == 404


@pytest.mark.parametrize("plan", [{}, {"love_map": str(TODAY.isoweekday() % 7 + 1)}])
def test_on_a_free_day_looking_writes_nothing(app, two, statements, plan):
    two.ana.post("/plan", data=plan)
    for browser in (two.ana, two.ben):
        with statements() as seen:
            text = browser.get("/today").text
        assert "A free day." in text
        assert [each for each in seen if each.startswith(WRITES)] == []
    assert prompts(app, two.couple) == []


def test_a_day_of_mirroring_alone_is_free_for_somebody_alone(as_user, carol, statements):
    browser = as_user(carol)
    browser.post("/plan", data={"mirroring": list("1234567")})
    with statements() as seen:
        assert "A free day." in browser.get("/today").text
    assert [each for each in seen if each.startswith(WRITES)] == []


def test_looking_again_on_a_planned_day_writes_nothing(two, statements):
    two.ana.get("/today")
    with statements() as seen:
        two.ana.get("/today")
    assert [each for each in seen if each.startswith(WRITES)] == []


# Not this one


def aside(browser, prompt):
    answer = act(browser, prompt, "setting-aside")
    assert answer.status_code == 303, answer.text
    return re.fullmatch(r"/prompts/([\w-]+)", answer.location)[1]


@pytest.mark.parametrize(
    ("exercise", "item"), [(LOVE_MAP, "home-smell"), (APPRECIATION, "errand"), (MIRRORING, "trust")]
)
def test_not_this_one_brings_another_for_both(app, two, exercise, item):
    prompt = two.give(exercise, item=item)
    new = aside(two.ana, prompt)
    first, second = prompts(app, two.couple)
    assert (first.id, second.id) == (prompt.id, new)
    assert (first.take, second.take) == (1, 2)
    assert (first.set_aside_at, second.set_aside_at) == (NOW, None)
    assert second.day == TODAY
    assert second.item not in {None, item}
    text = load().exercises[exercise].items[second.item].text
    for browser in (two.ana, two.ben):
        assert text in page(browser, second)
        assert text in browser.get("/today").text


def test_it_is_offered_where_there_is_a_question(two):
    assert "Not this one" in page(two.ana, two.give(LOVE_MAP, item="home-smell"))
    assert "Another nudge" in page(two.ana, two.give(APPRECIATION, item="errand"))
    assert "/setting-aside" not in page(two.ana, two.give(CHECK_IN))


def test_a_day_brings_at_most_three_others_and_never_one_that_was_there(app, two):
    two.give(LOVE_MAP, item="home-smell")
    for _ in range(3):
        aside(two.ana, only(app, two.couple, LOVE_MAP))
    assert TAKES == 4
    last = only(app, two.couple, LOVE_MAP)
    for browser in (two.ana, two.ben):
        assert "/setting-aside" not in page(browser, last)
        assert "This is the last one for today." in page(browser, last)
        answer = act(browser, last, "setting-aside")
        assert answer.status_code == 409
        assert "That was the last one for today. Tomorrow brings another." in answer.text
    items = [each.item for each in prompts(app, two.couple)]
    assert len(items) == len(set(items)) == 4
    assert page(two.ana, last)


def test_what_was_set_aside_does_not_come_back_on_the_days_after(app, two, ana, ben):
    two.give(LOVE_MAP, item="home-smell")
    two.give(APPRECIATION, item="errand")
    for exercise in (LOVE_MAP, APPRECIATION):
        for _ in range(3):
            aside(two.ben, only(app, two.couple, exercise))
    gone = {(each.exercise, each.item) for each in prompts(app, two.couple)}
    assert len(gone) == 8
    with app.app_context(), transaction():
        for number in range(1, 100):
            ensure_prompts(pair(two.couple, ana, ben), TODAY + number * DAY)
    later = {(each.exercise, each.item) for each in prompts(app, two.couple) if each.day > TODAY}
    assert len(later) > 100 + LIGHT_ONLY
    assert later & gone == set()


def test_each_day_brings_three_others_anew(app, two, at):
    two.ana.post("/plan", data={"love_map": list("1234567")})
    for number in range(3):
        at(NOW + number * DAY)
        two.ana.get("/today")
        for _ in range(3):
            aside(two.ana, only(app, two.couple, LOVE_MAP, TODAY + number * DAY))
    items = [each.item for each in prompts(app, two.couple)]
    assert len(items) == len(set(items))


def test_when_all_have_been_set_aside_the_one_of_longest_ago_comes_again_and_says_so(app, two, save, statements):
    had = [
        Prompt(couple_id=two.couple.id, day=TODAY - (1 + at // 4) * DAY, exercise=LOVE_MAP, take=1 + at % 4, item=item)
        for at, item in enumerate(load().exercises[LOVE_MAP].items)
    ]
    for each in had[:-2]:
        each.set_aside_at = NOW
    kept, longest_ago = had[-1].item, {each.item for each in had if each.day == had[-3].day}
    later = Prompt(couple_id=two.couple.id, day=TODAY - DAY, exercise=LOVE_MAP, take=9, item=kept)
    save(later, *had)
    assert "This one was set aside once" not in page(two.ana, later)
    two.ana.post("/plan", data={"love_map": list("1234567")})
    with statements() as seen:
        two.ana.get("/today")
        first = len(seen)
        assert load().exercises[LOVE_MAP].items[only(app, two.couple, LOVE_MAP).item].text in two.ben.get("/today").text
    assert [each for each in seen[first:] if each.startswith(WRITES)] == []
    again = only(app, two.couple, LOVE_MAP)
    assert again.item in longest_ago - {kept}
    assert "This one was set aside once, and has come round again." in page(two.ben, again)


def test_what_has_opened_is_not_set_aside_by_a_page_from_before(app, two):
    prompt = two.give(LOVE_MAP, item="home-smell")
    respond(two.ana, prompt)
    respond(two.ben, prompt)
    assert aside(two.ben, prompt) == prompt.id
    assert [each.set_aside_at for each in prompts(app, two.couple)] == [None]


def test_a_second_tap_leads_to_the_same_other(app, two):
    prompt = two.give(LOVE_MAP, item="home-smell")
    assert len({aside(browser, prompt) for browser in (two.ana, two.ana, two.ben)}) == 1
    assert len(prompts(app, two.couple)) == 2


def test_two_who_set_aside_at_once_bring_one_other(app, two, at):
    two.ana.post("/plan", data={"love_map": list("1234567")})
    for number in range(6):
        day = TODAY + number * DAY
        at(NOW + number * DAY)
        two.ana.get("/today")
        prompt = only(app, two.couple, LOVE_MAP, day)
        first, second = at_once((aside, two.ana, prompt), (aside, two.ben, prompt))
        assert first == second
        assert given(app, two.couple)[day] == [LOVE_MAP] * 2


def test_an_answer_to_what_was_set_aside_stays_its_authors(app, two):
    prompt = two.give(LOVE_MAP, item="home-smell")
    respond(two.ana, prompt, answer="bread and rain")
    other = aside(two.ben, prompt)
    assert "bread and rain" in page(two.ana, prompt)
    assert respond(two.ben, prompt, answer="too late").status_code == 409
    for path in (f"/prompts/{prompt.id}", f"/prompts/{other}", "/today", "/history"):
        assert "bread and rain" not in two.ben.get(path).text


@pytest.mark.parametrize(
    ("exercise", "item", "done"), [(APPRECIATION, "errand", "response"), (MIRRORING, "trust", "turn")]
)
def test_what_the_other_has_given_meanwhile_is_not_put_aside(app, two, exercise, item, done):
    prompt = two.give(exercise, item=item)
    assert "/setting-aside" in page(two.ben, prompt)
    act(two.ana, prompt, done, text="bread and rain")
    assert aside(two.ben, prompt) == prompt.id
    assert len(prompts(app, two.couple)) == 1
    assert "bread and rain" in page(two.ben, prompt)
    assert "/setting-aside" not in page(two.ben, prompt)


def test_what_was_begun_under_one_nudge_goes_on_under_the_next(two):
    prompt = two.give(APPRECIATION, item="errand")
    act(two.ana, prompt, "draft", text="bread and rain")
    path = f"/prompts/{aside(two.ana, prompt)}"
    assert ("text", "bread and rain") in fields(two.ana.get(path).text, f"{path}/response")
    assert "bread and rain" not in two.ben.get(path).text


@pytest.mark.parametrize("answered", [False, True])
def test_setting_aside_does_not_tell_whether_the_other_has_answered(app, two, answered):
    prompt = two.give(LOVE_MAP, item="home-smell")
    if answered:
        respond(two.ana, prompt)
    before = two.ben.get("/today").text
    other = aside(two.ben, prompt)
    texts = load().exercises[LOVE_MAP].items
    new = only(app, two.couple, LOVE_MAP)
    assert new.id == other
    after = before.replace(prompt.id, other).replace(texts["home-smell"].text, texts[new.item].text)
    assert two.ben.get("/today").text == after.replace("Love map · light", f"Love map · {texts[new.item].depth}")


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY + DAY])
def test_only_what_is_of_today_can_be_set_aside(app, two, day):
    prompt = two.give(LOVE_MAP, item="home-smell", day=day)
    assert act(two.ana, prompt, "setting-aside").status_code == 404
    assert [each.set_aside_at for each in prompts(app, two.couple)] == [None]


def test_a_check_in_has_no_other(app, two):
    assert act(two.ana, two.give(CHECK_IN), "setting-aside").status_code == 404


def test_nobody_else_sets_aside(app, client, two, as_user, dina, other_couple, carol):
    prompt = two.give(LOVE_MAP, item="home-smell")
    for person in (dina, carol):
        assert act(as_user(person), prompt, "setting-aside").status_code == 404
    assert act(client, prompt, "setting-aside").status_code == 401
    assert [each.set_aside_at for each in prompts(app, two.couple)] == [None]


def test_somebody_alone_sets_aside_too(app, as_user, carol):
    browser = as_user(carol)
    browser.post("/plan", data={"love_map": list("1234567")})
    browser.get("/today")
    with app.app_context():
        prompt = db.session.scalars(select(Prompt).where(Prompt.day == TODAY)).one()
    new = aside(browser, prompt)
    assert f"/prompts/{new}" in browser.get("/today").text
