"""What the two have kept: every day once, however long ago, and never a thing that is sealed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app.accounts.models import PersonKey
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.ids import new_id
from app.couples.models import Couple, Membership
from app.exercises.models import Amendment, Mark, Prompt, Response, Turn
from app.exercises.service import catalogue
from app.exercises.words import seal_words
from tests.exercises.acts import act, page, respond, unchecked
from tests.exercises.reading import having, parse, said, text
from tests.factories import NOW, TODAY

YEARS = 5
CANARY = "CANARY that is sealed"
NUDGE = next(iter(catalogue().exercises["appreciation"].items))
MAP = list(catalogue().exercises["love_map"].items)
KEPT = re.compile(r'class="kept" href="/prompts/([^"]+)"')


class Past:
    """Years of a couple, put into the tables at once. `kept` names what Ana may see, by day and exercise."""

    def __init__(self, app, couple_id, ana_id, ben_id):
        self._app, self._couple, self._ana, self._ben = app, couple_id, ana_id, ben_id
        self._prompts, self._responses = [], []
        with app.app_context():
            self._keys = {
                ident: vault().unwrap(db.session.get_one(PersonKey, ident).wrapped, ident)
                for ident in (ana_id, ben_id)
                if ident
            }
        self.kept = []

    def add(self, day, exercise, *, take=1, mine="mine", theirs=None, aside=False):
        """A prompt of a day, with what Ana and Ben gave to it, if anything."""
        ident, at = new_id(), NOW - (TODAY - day)
        item = {"love_map": MAP[0], "appreciation": NUDGE}.get(exercise)
        facts = {"couple_id": self._couple, "day": day, "exercise": exercise, "take": take, "item": item}
        self._prompts.append({**facts, "id": ident, "set_aside_at": at if aside else None})
        ratings = {"mood": 7, "stress": 2} if exercise == "check_in" else {}
        name = {"love_map": "answer", "appreciation": "text", "check_in": "high"}[exercise]
        for author, words in ((self._ana, mine), (self._ben, theirs)):
            if words:
                sealed = seal_words(self._keys[author], "responses", ident, author, {name: words, "need": "space"})
                given = {"prompt_id": ident, "author_id": author, "ratings": ratings, "words": sealed}
                self._responses.append({**given, "given_on": day, "submitted_at": at})
        if mine or (theirs and exercise == "appreciation"):
            self.kept.append((day, exercise, take, ident))

    def save(self):
        """Put all of it into the tables."""
        with self._app.app_context(), transaction():
            db.session.execute(insert(Prompt), self._prompts)
            db.session.execute(insert(Response), self._responses)

    def ids(self, exercise=None):
        """What Ana may see, in the order of the journal."""
        kept = [each for each in self.kept if exercise in {None, each[1]}]
        return [each[3] for each in sorted(kept, key=lambda each: (-each[0].toordinal(), each[1], each[2]))]


@pytest.fixture
def past(app, couple, ana, ben):
    return Past(app, couple.id, ana.id, ben.id)


def fill(past, days):
    """A life of ordinary and of crowded days, of days with nothing, and of days on which only Ben was there."""
    for number in range(1, days + 1):
        day = TODAY - timedelta(number)
        if number % 11 == 0:
            continue
        if number % 7 == 0:
            past.add(day, "check_in", mine=None, theirs=CANARY)
            continue
        past.add(day, "check_in", theirs="his" if number % 3 else None)
        past.add(day, "appreciation", mine="mine" if number % 2 else None, theirs="his")
        past.add(day, "love_map", theirs="his", aside=bool(number % 5 == 0))
        for take in range(2, 2 + number % 4):
            # A question set aside after Ana, or only Ben, had answered, and the next one.
            past.add(
                day, "love_map", take=take, mine="mine" if take != 3 else None, theirs=CANARY if take == 3 else None
            )
            past.add(day, "appreciation", take=take, mine="mine")
    past.save()


def leaf(browser, path):
    """(pages in order, ids of the lines in order, headings of days in order), paging back to the end."""
    pages, lines, headings = [], [], []
    while path:
        shown = browser.get(path).text
        pages.append(shown)
        lines += KEPT.findall(shown)
        headings += re.findall(r"<section class=\"kept-day\">\s*<h2>([^<]+)</h2>", shown)
        found = re.search(r'href="([^"]+)">Further back<', shown)
        path = found and found[1]
        assert len(pages) < 1000
    return pages, lines, headings


@pytest.mark.only_on("sqlite")
def test_paging_back_over_five_years_shows_every_day_once(past, two):
    fill(past, YEARS * 365)
    pages, lines, headings = leaf(unchecked(two.ana), "/history")
    assert lines == past.ids()
    days = sorted({day for day, *_ in past.kept}, reverse=True)
    # Another year than this one is told.
    years = {TODAY.year: ""}
    assert headings == [f"{day:%A}, {day.day} {day:%B}{years.get(day.year, f' {day.year}')}" for day in days]
    assert not any("CANARY" in each for each in pages)


@pytest.mark.parametrize("exercise", ["check_in", "appreciation", "love_map"])
def test_paging_back_in_one_exercise_shows_everything_once(past, two, exercise):
    fill(past, 365)
    pages, lines, _ = leaf(unchecked(two.ana), f"/history/{exercise}")
    assert lines == past.ids(exercise)
    assert len(pages) > 5
    assert not any("CANARY" in each for each in pages)


def test_paging_back_through_what_is_from_before_shows_everything_once(app, two, ana, save):
    alone = Couple(id=new_id(), zone="UTC", created_at=NOW - timedelta(400), ended_at=NOW - timedelta(1))
    alone.memberships.append(
        Membership(person_id=ana.id, side="quince", joined_on=TODAY - timedelta(400), left_at=NOW - timedelta(1))
    )
    couple_id = alone.id
    save(alone)
    past = Past(app, couple_id, ana.id, None)
    for number in range(1, 200):
        for exercise in ("check_in", "appreciation", "love_map")[: 1 + number % 3]:
            past.add(TODAY - timedelta(number), exercise, mine=f"WORD {number} {exercise}.")
    past.save()
    pages, _, _ = leaf(unchecked(two.ana), "/history/earlier")
    found = re.findall(r"WORD \d+ \w+\.", "".join(pages))
    assert found == [
        f"WORD {(TODAY - day).days} {exercise}."
        for day, exercise, *_ in sorted(past.kept, key=lambda each: (-each[0].toordinal(), each[1]))
    ]
    assert "WORD" not in "".join(leaf(unchecked(two.ben), "/history/earlier")[0])


@pytest.mark.parametrize("before", ["0001-01-01", "1969-12-31", "2026-13-40", "yesterday", "", "²⁰²⁶-11-12"])
@pytest.mark.parametrize("path", ["/history", "/history/check_in", "/history/earlier"])
def test_a_day_that_is_none_is_as_good_as_no_day(past, two, path, before):
    past.add(TODAY - timedelta(1), "check_in")
    past.save()
    assert two.ana.get(path, query_string={"before": before}).text == two.ana.get(path).text


@pytest.mark.only_on("sqlite")
def test_who_comes_back_after_a_year_finds_each_month_under_its_own_name(two, at, as_user, ana):
    prompt = two.give("check_in")
    respond(two.ana, prompt)
    respond(two.ben, prompt)
    later = TODAY.replace(year=TODAY.year + 1)
    at(NOW.replace(year=later.year))
    browser = as_user(ana)
    respond(browser, two.give("check_in", day=later))
    months = re.findall(r'class="month">([^<]+)<', browser.get("/history/check_in").text)
    assert months == [f"{day:%B} {day.year}" for day in (later, TODAY)]
    assert f"{TODAY:%A}, {TODAY.day} {TODAY:%B} {TODAY.year}" in page(browser, prompt)


def test_a_day_far_ahead_leads_back_to_what_there_is(past, two):
    past.add(TODAY - timedelta(1), "check_in")
    past.save()
    assert leaf(two.ana, "/history?before=9999-12-31")[1] == past.ids()


# Lines


def line(browser, path, prompt):
    return next(
        each for each in having(parse(browser.get(path).text), "kept") if each.get("href") == f"/prompts/{prompt.id}"
    )


def test_a_line_tells_of_an_open_day_what_both_said(two):
    prompt = two.give("check_in")
    respond(two.ana, prompt, mood="7")
    respond(two.ben, prompt, mood="3")
    assert "Mood 7 and 3" in text(line(two.ana, "/history", prompt))
    assert "Mood 3 and 7" in text(line(two.ben, "/history/check_in", prompt))


def test_a_line_of_mine_that_is_sealed_tells_mine_alone_and_the_other_has_no_line(two):
    prompt = two.give("check_in")
    respond(two.ana, prompt, mood="7")
    told = text(line(two.ana, "/history", prompt))
    assert "Mood 7" in told
    assert "sealed" in told
    assert KEPT.findall(two.ben.get("/history").text + two.ben.get("/history/check_in").text) == []


def test_a_gift_has_a_line_with_both_at_once(two):
    prompt = two.give("appreciation", item=NUDGE)
    respond(two.ana, prompt, text="You sang in the kitchen")
    for browser in (two.ana, two.ben):
        assert "“You sang in the kitchen” Ana" in text(line(browser, "/history/appreciation", prompt))


def test_an_exercise_that_there_is_not_has_no_page(two):
    assert two.ana.get("/history/knitting").status_code == 404


def test_the_journal_of_somebody_alone_offers_no_jar_and_no_map(as_user, carol):
    shown = as_user(carol).get("/history").text
    assert 'href="/history/jar"' not in shown
    assert 'href="/history/map"' not in shown
    assert "What you write will be kept here." in shown
    assert "The jar is still empty." in as_user(carol).get("/history/jar").text
    assert "The map is still white." in as_user(carol).get("/history/map").text


# The jar


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 8, 12, 35])
def test_shaking_the_jar_brings_everything_out_once_before_anything_again(past, two, count):
    for number in range(count):
        past.add(TODAY - timedelta(number), "appreciation", mine="MINE is not in my jar", theirs=f"gift {number}.")
    past.save()
    browser, path, drawn = unchecked(two.ana), "/history/jar", []
    for _ in range(count):
        shown = browser.get(path).text
        assert "MINE" not in shown
        drawn += re.findall(r"gift \d+\.", shown)
        told = "One thing Ben saw in you." if count == 1 else f"{count} things Ben saw in you."
        assert told in shown
        found = re.search(r'href="(/history/jar\?draw=\d+)"', shown)
        assert (found is None) is (count == 1)
        path = found and found[1]
    assert sorted(drawn) == sorted(f"gift {number}." for number in range(count))


@pytest.mark.parametrize("draw", ["-1", "1e9", "99999999999", "²", "٣", "x", ""])
def test_a_draw_that_is_no_number_is_the_first(past, two, draw):
    for number in range(3):
        past.add(TODAY - timedelta(number), "appreciation", mine=None, theirs=f"gift {number}.")
    past.save()
    assert two.ana.get("/history/jar", query_string={"draw": draw}).text == two.ana.get("/history/jar").text


def test_an_empty_jar_says_so(two):
    prompt = two.give("appreciation", item=NUDGE)
    respond(two.ana, prompt)
    assert "The jar is still empty." in two.ana.get("/history/jar").text
    assert "The jar is still empty." not in two.ben.get("/history/jar").text


# The map


def test_the_map_holds_what_both_answered_and_how_close_they_came(two):
    both, sealed, theirs = (two.give("love_map", day=TODAY - timedelta(n), item=MAP[n]) for n in range(3))
    for prompt in (both, sealed):
        respond(two.ana, prompt)
    for prompt in (both, theirs):
        respond(two.ben, prompt)
    shown = two.ana.get("/history/map").text
    links = [each.get("href") for each in parse(shown).iter("a") if each.get("href", "").startswith("/prompts/")]
    assert links == [f"/prompts/{both.id}"]
    assert "One question you both answered." in shown
    assert "spot on" not in text(next(having(parse(shown), "rows")))
    act(two.ana, both, "mark", closeness="close")
    act(two.ben, both, "mark", closeness="spot_on")
    assert "You about Ben: spot on · Ben about you: close" in two.ana.get("/history/map").text
    assert "You about Ana: close · Ana about you: spot on" in two.ben.get("/history/map").text


def test_a_question_met_again_is_one_of_the_map_with_its_newest_answer_and_the_older_beside_it(two, past, save):
    past.add(TODAY - timedelta(400), "love_map", theirs="his")
    past.save()
    other, again = (two.give("love_map", day=TODAY - timedelta(at), item=MAP[at]) for at in (1, 0))
    for prompt in (other, again):
        respond(two.ana, prompt)
        respond(two.ben, prompt)
    (first,) = past.ids()
    save(Mark(prompt_id=first, author_id=two.couple.memberships[0].person_id, value=100, marked_at=NOW))
    shown = two.ana.get("/history/map").text
    assert "2 questions you both answered." in shown
    listed = next(having(parse(shown), "rows"))
    assert "spot on" not in text(listed)
    rows = [[each.get("href") for each in row.iter("a")] for row in listed.iter("li")]
    assert rows == [[f"/prompts/{again.id}", f"/prompts/{first}"], [f"/prompts/{other.id}"]]
    assert "What you said on 8 October 2025" in text(listed)


def test_a_half_of_the_map_is_filled_where_a_guess_was_spot_on(two):
    prompt = two.give("love_map", item=MAP[0])
    respond(two.ana, prompt)
    respond(two.ben, prompt)

    def halves(browser):
        drawn = next(having(parse(browser.get("/history/map").text), "map"))
        return {name: "in" in each.get("class").split() for name in ("me", "you") for each in having(drawn, name)}

    assert halves(two.ana) == {"me": False, "you": False}
    act(two.ana, prompt, "mark", closeness="spot_on")
    assert halves(two.ana) == {"me": False, "you": True}
    assert halves(two.ben) == {"me": True, "you": False}


# From before


def test_from_before_there_are_only_my_own_words_and_i_can_delete_them(app, two, ana, ben):
    first, gone = two.give("love_map", item=MAP[0]), two.give("check_in")
    respond(two.ana, first, answer="ANAS answer", guess="ANAS guess")
    respond(two.ben, first, answer="BENS answer", guess="BENS guess")
    act(two.ana, gone, "draft", high="ANAS draft\x00 with a broken end")
    respond(two.ben, gone, high="BENS sealed")
    two.ana.post("/leaving")
    anas, bens = two.ana.get("/history/earlier").text, two.ben.get("/history/earlier").text
    assert "ANAS answer" in anas
    assert ("What you had typed", "ANAS draft with a broken end") in said(anas)
    assert "BENS" not in anas
    assert {"BENS answer", "BENS sealed"} <= {words for _, words in said(bens)}
    assert "ANAS" not in bens
    assert two.ana.post("/history/earlier/deletion").location == "/history/earlier"
    assert "Nothing from before." in two.ana.get("/history/earlier").text
    assert two.ben.get("/history/earlier").text == bens
    with app.app_context():
        assert {row.author_id for row in db.session.scalars(select(Response))} == {ben.id}


def test_from_before_there_is_all_that_i_said_in_whatever_way(app, two, ana):
    talk, gift, guessed = two.give("mirroring"), two.give("appreciation"), two.give("love_map", item=MAP[0])
    respond(two.ben, gift, text="BENS gift")
    act(two.ana, gift, "mark", landed="8", thanks="ANAS thanks")
    act(two.ana, talk, "turn", step="speak-1-1", text="ANAS turn")
    for who in (two.ana, two.ben):
        respond(who, guessed, answer=f"{'ANAS' if who is two.ana else 'BENS'} answer")
    act(two.ana, guessed, "mark", closeness="close")
    act(two.ana, guessed, "amendment", field="answer", text="ANAS later answer")
    two.ana.post("/leaving")
    page = two.ana.get("/history/earlier").text
    for words in ("ANAS thanks", "ANAS turn", "ANAS answer", "ANAS later answer", "landed with you: 8", "guess: close"):
        assert words in page
    assert "BENS" not in page
    two.ana.post("/history/earlier/deletion")
    with app.app_context():
        for table in (Response, Mark, Turn, Amendment):
            assert {row.author_id for row in db.session.scalars(select(table))} & {ana.id} == set()


def test_who_only_ever_took_turns_can_delete_those(two):
    act(two.ana, two.give("mirroring"), "turn", step="speak-1-1", text="ANAS turn")
    two.ana.post("/leaving")
    assert "Delete my words from before" in two.ana.get("/history/earlier").text


def test_deleting_what_is_from_before_leaves_what_is_now(two):
    prompt = two.give("love_map", item=MAP[0])
    respond(two.ana, prompt, answer="of now")
    two.ana.post("/history/earlier/deletion")
    assert "of now" in page(two.ana, prompt)


def test_deleting_what_is_from_before_asks_for_the_password_first(two, at):
    at(NOW + timedelta(minutes=6))
    assert two.ana.post("/history/earlier/deletion?back=/history/earlier").location == "/confirm?next=/history/earlier"
