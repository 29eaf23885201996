"""What two see and do in a longer exercise, over HTTP."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.core.wall import instant_of
from app.couples.service import pair_of
from app.exercises.service import done_of
from app.guided.flow import Flow
from app.guided.guide import READ, REVEAL, SECOND, SPEAK, WRITE, Step
from app.guided.service import Seen
from app.guided.shelf import load
from tests.exercises.acts import unchecked
from tests.factories import NOW
from tests.guided.play import begin, filled, finish, go, go_until, offers, own, shared
from tests.guided.rows import END, HEART, MEMORIES, TALK, make_occasion
from tests.reminders.people import visitor_of

GUIDES = sorted(load())


@pytest.fixture
def phones(as_user, ana, ben, couple):
    return as_user(ana), as_user(ben)


@pytest.fixture
def given(save, couple, ana, ben):
    """`given(TALK, "write")`: the path of an occasion that has come to a step of this kind."""

    def path(exercise: str, until: str = "", **others) -> str:
        occasion, *moves = make_occasion(couple, (ana, ben), exercise, until=until, **others)
        save(occasion)
        save(*moves)
        return f"/occasions/{occasion.id}"

    return path


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("exercise", GUIDES)
def test_two_come_to_the_end_of_every_exercise_on_two_phones_and_on_one(phones, exercise):
    phones = tuple(map(unchecked, phones))
    here = begin(phones[0], exercise)
    finish(phones, here, "our own words")
    assert "Now put the phone down" in phones[1].get(here).text
    here = begin(phones[0], exercise, together="yes")
    while go(phones[0], here, together=True):
        pass
    assert "come to the end" in phones[0].get(here).text
    alone = any(step.kind == WRITE for step in load()[exercise].variant("").steps)
    assert ("What each wrote alone" in phones[0].get(f"{here}?together=1").text) == alone


@pytest.mark.only_on("sqlite")
def test_on_one_phone_a_text_names_the_other_one_of_whose_part_it_is(app, ana, ben, couple):
    with app.app_context():
        pair = pair_of(visitor_of(ana))
    occasion, *_ = make_occasion(couple, (ana, ben))
    guide = load()[HEART]

    def told(kind: str, *, together: bool = True, listening: bool = False) -> str:
        flow = Flow([Step(id="only", kind=kind, title="", text="", who=SECOND)], occasion.first)
        seen = Seen(pair, pair.you, guide, guide.variant(""), occasion, flow, NOW, together)
        return seen.told("{me} · {you} · {second}", listening=listening)

    assert told(SPEAK, together=False) == "Ana · Ben · Ben"
    assert told(SPEAK) == "Ben · Ana · Ben", "he speaks on her phone"
    assert told(SPEAK, listening=True) == "Ana · Ben · Ben"
    assert told(REVEAL) == "Ana · Ben · Ben", "she types first"
    assert told(READ) == "each of you · the other · Ben", "both read at once"


@pytest.mark.only_on("sqlite")
def test_what_stands_on_the_page_is_not_once_more_in_a_fold(phones, given):
    fold, here = "What you have so far", given(HEART, "reveal")
    for browser in phones:
        go(browser, here, "what helps me")
    page = phones[0].get(here).text
    assert page.count("what helps me") == 2
    assert fold not in page
    pause = shared(page, "pause")
    phones[0].post(pause.path, data=pause.fields)
    assert fold in phones[0].get(here).text


@pytest.mark.only_on("sqlite")
def test_both_who_begin_at_once_are_in_the_same_occasion(phones):
    assert begin(phones[0], HEART) == begin(phones[1], HEART)
    assert begin(phones[0], TALK) != begin(phones[1], HEART)


@pytest.mark.only_on("sqlite")
def test_one_who_begins_is_seen_by_the_other_on_today_and_among_the_exercises(phones):
    here = begin(phones[0], HEART)
    for path in ("/today", "/exercises", f"/exercises/{HEART}"):
        assert f'href="{here}"' in phones[1].get(path).text, path


@pytest.mark.only_on("sqlite")
def test_a_move_sent_again_changes_nothing_and_other_words_do_not_take_the_place_of_the_first(phones, given):
    here = given(TALK, "write")
    offer = own(phones[0].get(here).text)
    for _ in range(2):
        assert phones[0].post(offer.path, data=filled(offer, "first words")).status_code == 303
    answer = phones[0].post(offer.path, data=filled(offer, "second words"))
    assert answer.status_code == 409
    assert "second words" in answer.text
    finish(phones, here)
    page = phones[0].get(here).text
    assert "first words" in page
    assert "What you had typed and not given" in page, "what could not be given is still theirs"


@pytest.mark.only_on("sqlite")
def test_words_for_another_step_stand_in_no_field(phones, given):
    here = given(HEART, "reveal")
    old = own(phones[0].get(here).text)
    for browser in phones:
        browser.post(old.path, data=filled(own(browser.get(here).text)))
    go_until(phones, here, "rating")
    page = phones[0].post(old.path, data=filled(old, "late words")).text
    assert "late words" in page
    assert "late words</textarea>" not in page


@pytest.mark.only_on("sqlite")
def test_one_phone_for_two_gives_no_words_of_one_to_the_other(phones, given):
    here = given(TALK, "write")
    ana = own(phones[0].get(f"{here}?together=1").text)
    answer = phones[0].post(ana.path, data=filled(ana, "of Ana alone"))
    assert answer.location == f"{here}/handover"
    for path in (answer.location, f"{here}?together=1"):
        shown = phones[0].get(path).text
        assert "of Ana alone" not in shown
        assert "Here are your words back" not in shown
    assert "Here are your words back" in phones[0].get(here).text
    again = phones[0].post(ana.path, data=filled(ana, "and more of Ana"))
    assert "of Ana alone" not in again.text
    assert "and more of Ana</textarea>" not in again.text
    ben = own(phones[0].get(f"{here}?together=1").text)
    assert ben.lane != ana.lane
    phones[0].post(ben.path, data=filled(ben, "of Ben alone"))
    finish(phones, here)
    assert "of Ana alone" in phones[0].get(here).text
    assert "of Ben alone" not in phones[0].get(here).text
    assert "of Ben alone" in phones[1].get(here).text
    # Whoever held the phone could have typed it in his name.
    typed = [re.sub(r"\s*<[^>]+>\s*", "|", browser.get(here).text) for browser in phones]
    assert "|You · side by side|of Ana alone|" in typed[0].replace("||", "|")
    assert "|You · side by side|of Ben alone|" in typed[1].replace("||", "|")


@pytest.mark.only_on("sqlite")
def test_nobody_speaks_for_the_other_on_a_phone_of_their_own(phones, given):
    here = given(TALK, "write")
    ben = own(phones[1].get(here).text)
    assert phones[0].post(ben.path, data=filled(ben, "in his name")).status_code == 409
    assert own(phones[1].get(here).text) == ben
    assert "in his name" not in phones[1].get(here).text


@pytest.mark.only_on("sqlite")
def test_a_draft_is_there_again_on_any_device_and_on_no_phone_for_two(phones, given, as_user, ana):
    here = given(TALK, "write")
    offer = own(phones[0].get(here).text)
    phones[0].post(f"{here}/draft", data=filled(offer, "half a sent"))
    assert "half a sent</textarea>" in as_user(ana).get(here).text
    assert "half a sent" not in phones[1].get(here).text
    other = {**filled(offer, "typed for him"), "lane": "sloe", "together": "yes"}
    phones[0].post(f"{here}/draft", data=other)
    assert "typed for him" not in phones[0].get(f"{here}?together=1").text


@pytest.mark.only_on("sqlite")
def test_both_phones_tell_the_same_time_and_a_pause_loses_none(phones, given, at, now):
    here = given(HEART, "speak")
    tap(phones[0], here, "timer")
    at(now + timedelta(seconds=60))
    assert left(phones[0], here) == left(phones[1], here) == 180
    tap(phones[1], here, "pause")
    at(now + timedelta(days=2))
    assert "You are pausing" in phones[0].get(here).text
    assert left(phones[0], here) == 180
    tap(phones[0], here, "pause")
    at(now + timedelta(days=2, seconds=30))
    assert left(phones[0], here) == left(phones[1], here) == 150
    tap(phones[1], here, "timer")
    at(now + timedelta(days=3))
    assert left(phones[0], here) == 150
    assert '<p role="status">About 3 minutes' in phones[0].get(here).text


@pytest.mark.only_on("sqlite")
def test_either_may_stop_and_all_that_was_given_is_kept(phones, given):
    here = given(TALK, "rate", words="said before")
    assert "said before" not in phones[0].get("/history").text
    tap(phones[1], here, "stop")
    page = phones[0].get(here).text
    assert "You stopped here" in page
    assert "said before" in page
    done, *soft = load()[TALK].landing
    assert done not in page, "it speaks of what they have done to the end"
    assert all(text in page for text in soft)
    ended = begin(phones[0], HEART)
    tap(phones[1], ended, "stop")
    page = phones[0].get(f"{ended}?together=1").text
    assert "Here stands what is open to both" in page
    assert "Your numbers" not in page, "nobody has given one"
    assert "stopped early" in phones[0].get("/history").text
    assert own(page) is None


@pytest.mark.only_on("sqlite")
def test_what_both_close_counts_as_practice_and_what_is_stopped_does_not(app, phones, given, ana, now):
    def practice() -> tuple[int, int, int]:
        with app.app_context():
            return done_of(pair_of(visitor_of(ana)), now.date(), now.date(), now=now)

    planned, mine, both = practice()
    tap(phones[0], given(TALK, "rate"), "stop")
    here = given(TALK, "rate")
    go(phones[0], here)
    assert practice() == (planned, mine, both)
    go(phones[1], here)
    assert practice() == (planned + 1, mine + 1, both + 1)
    assert "1 day together this month" in phones[0].get("/today").text


@pytest.mark.only_on("sqlite")
def test_planning_moving_and_calling_off_hold_for_both(phones, at, now):
    wanted = {"when": "later", "day": "2026-11-14", "at": "09:00"}
    here = phones[0].post(f"/exercises/{HEART}/occasions", data=wanted).location
    assert "09:00" in phones[1].get(here).text
    assert here in phones[1].get("/today").text
    assert phones[1].post(f"{here}/time", data={"day": "2026-11-15", "at": "10:30"}).status_code == 303
    assert "10:30" in phones[0].get(here).text
    for day, hour in (("2026-11-12", "08:00"), ("2020-01-01", "09:00"), ("2031-01-01", "09:00"), ("", "09:00")):
        assert phones[0].post(f"{here}/time", data={"day": day, "at": hour}).status_code == 422
    ahead, late = "At that time each phone", "Its time has come"
    page = phones[0].get(here).text
    assert ahead in page
    assert late not in page
    at("2026-11-16T09:00")
    page = phones[0].get(here).text
    assert late in page
    assert ahead not in page
    assert 'value="2026-11-16"' in page, "nobody moves it to a day that has gone by"
    assert "Begin it, move it, or call it off" in phones[1].get("/today").text
    phones[0].post(f"{here}/calling-off")
    assert phones[1].get(here).status_code == 404
    assert here not in phones[1].get("/today").text


@pytest.mark.only_on("sqlite")
def test_no_more_is_planned_than_can_be_looked_forward_to(phones):
    answers = [
        phones[0].post(f"/exercises/{HEART}/occasions", data={"when": "later", "day": "2026-11-14", "at": f"{hour}:00"})
        for hour in range(6, 20)
    ]
    assert [answer.status_code for answer in answers] == [303] * 12 + [409] * 2


@pytest.mark.only_on("sqlite")
def test_somebody_alone_reads_about_exercises_and_is_told_that_they_take_two(as_user, carol):
    browser = as_user(carol)
    assert "These are for two" in browser.get("/exercises").text
    assert "It takes two" in browser.get(f"/exercises/{HEART}").text
    assert browser.post(f"/exercises/{HEART}/occasions", data={"when": "now"}).status_code == 404


@pytest.mark.only_on("sqlite")
def test_one_who_leaves_keeps_their_words_and_the_other_reads_none_of_them(phones, given):
    here, done = given(TALK, "write"), given(TALK, END, words="ours then")
    offer = own(phones[0].get(here).text)
    phones[0].post(offer.path, data=filled(offer, "mine for ever"))
    late = own(phones[1].get(here).text)
    phones[0].post("/leaving")
    assert phones[0].get(here).status_code == phones[0].get(done).status_code == 404
    answer = phones[1].post(late.path, data=filled(late, "too late"))
    assert (answer.status_code, answer.location) == (303, "/history/earlier")
    mine, yours = (browser.get("/history/earlier").text for browser in phones)
    assert "mine for ever" in mine
    assert "mine for ever" not in yours
    assert "too late" in yours
    assert mine.count("ours then") == yours.count("ours then") == 2, "each has what they gave, and not the other's"
    phones[0].post("/history/earlier/deletion")
    assert "Nothing from before" in phones[0].get("/history/earlier").text
    assert "ours then" in phones[1].get("/history/earlier").text


@pytest.mark.only_on("sqlite")
def test_variants_come_in_turn_until_all_were_had(phones):
    titles = []
    for _ in range(2 * len(load()[HEART].variants)):
        here = begin(phones[0], HEART)
        tap(phones[0], here, "stop")
        titles.append(re.search(r'<p class="soft">([^<]+)</p>', phones[0].get(here).text)[1])
    half = len(titles) // 2
    assert len(set(titles[:half])) == len(set(titles[half:])) == half


@pytest.mark.only_on("sqlite")
def test_the_journal_of_an_exercise_leads_to_every_occasion(phones, given):
    here = given(MEMORIES, END)
    assert here in phones[1].get(f"/history/{MEMORIES}").text
    assert here in phones[1].get(f"/exercises/{MEMORIES}").text
    assert "Nothing here yet" in phones[1].get(f"/history/{HEART}").text


@pytest.mark.parametrize(
    ("zone", "day", "hour", "instant"),
    [
        ("Europe/Madrid", "2027-03-28", "02:30", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("Europe/Madrid", "2027-03-28", "09:00", datetime(2027, 3, 28, 7, 0, tzinfo=UTC)),
        ("America/New_York", "2027-11-07", "01:30", datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
    ],
)
def test_a_time_on_the_wall_is_found_across_a_change_of_the_clocks(zone, day, hour, instant):
    hours, minutes = map(int, hour.split(":"))
    assert instant_of(datetime.fromisoformat(day).date(), hours * 60 + minutes, zone) == instant


def tap(browser, here, lane):
    """Tap the timer, the pause or the end."""
    form = shared(browser.get(here).text, lane)
    assert browser.post(form.path, data=form.fields).status_code == 303


def left(browser, here):
    """The seconds that a phone is told are left."""
    return browser.get(f"{here}/state").json["left"]


@pytest.mark.only_on("sqlite")
def test_nothing_is_offered_that_is_not_to_be_done(phones, given):
    here = given(HEART, "speak")
    assert own(phones[0].get(here).text) is not None
    assert own(phones[1].get(here).text) is None
    assert {each.lane for each in offers(phones[1].get(here).text)} == {"timer", "pause", "stop"}
