"""The demo: made-up people whose weeks could be anybody's, and real data that it never touches."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app import create_app, demo, demo_people, schema
from app.accounts import passwords
from app.accounts.models import Person, PersonKey
from app.config import ROOT, Config
from app.core.crypto import vault
from app.core.db import db, transaction
from app.couples.day import day_of
from app.couples.models import Couple, Invitation, Membership
from app.demo_caseload import STATES
from app.exercises import forms, mirroring
from app.exercises.catalogue import load
from app.exercises.exchange import FILL_IN, TURNS_FOR
from app.exercises.exercise import DEPTHS, LIGHT_ONLY, NOT_DEEPEST
from app.exercises.models import Amendment, DayTogether, Mark, Prompt, Response, Turn
from app.exercises.words import open_words
from app.guided.models import Occasion
from tests.conftest import Visitor
from tests.factories import NOW
from tests.support.databases import hurried

WEEKS = 8
DAY = timedelta(days=1)
PASSWORD = demo_people.password()

INSTANTS = [
    (NOW, "UTC"),
    (datetime(2026, 11, 13, 4, 1, tzinfo=UTC), "UTC"),
    (datetime(2026, 11, 15, 3, 59, tzinfo=UTC), "UTC"),
    (datetime(2026, 11, 1, 23, 30, tzinfo=UTC), "America/Los_Angeles"),
    (datetime(2026, 10, 26, 9, 0, tzinfo=UTC), "Europe/Madrid"),
    (datetime(2026, 11, 17, 12, 0, tzinfo=UTC), "UTC"),
    (datetime(2026, 11, 18, 7, 30, tzinfo=UTC), "UTC"),
]
"""Each weekday once; in the first and in the last minute of a day, and where clocks have just changed."""

CHECKED_IN = ("high", "low", "challenge")
FREE = (*CHECKED_IN, "text", "answer", "guess")


@dataclass(frozen=True)
class Said:
    """A response, opened."""

    who: str
    prompt: Prompt
    row: Response
    words: dict[str, Any]


@dataclass(frozen=True)
class Told:
    """All that is in a demo, opened. Prompts and responses are in the order of their days."""

    couples: list[tuple[Couple, list[str]]]
    prompts: list[Prompt]
    responses: list[Said]
    marks: list[tuple[str, Mark, str]]
    amendments: list[tuple[str, Amendment, str]]
    turns: list[tuple[str, Turn, str]]
    together: set[tuple[str, date]]
    occasions: list[Occasion]

    @cached_property
    def count(self) -> Counter[str]:
        """How many gave something to each prompt."""
        return Counter(each.prompt.id for each in self.responses)

    @property
    def noor_and_sam(self) -> Couple:
        """The couple of eight weeks."""
        return next(couple for couple, who in self.couples if who == ["Noor", "Sam"])

    def asked(self, couple: Couple, exercise: str) -> list[Prompt]:
        """The prompts of a couple for an exercise."""
        return [each for each in self.prompts if each.couple_id == couple.id and each.exercise == exercise]

    def given(self, couple: Couple, exercise: str) -> list[Said]:
        """What a couple gave to an exercise."""
        prompts = {each.id for each in self.asked(couple, exercise)}
        return [each for each in self.responses if each.prompt.id in prompts]

    def met(self, said: Said) -> bool:
        """Whether the other gave something, too."""
        return self.count[said.prompt.id] == 2


@dataclass(frozen=True)
class Moment:
    """A demo as it is made at an instant. It is only read."""

    now: datetime
    zone: str
    app: Flask
    told: Told

    @property
    def today(self) -> date:
        """The day of everybody in it."""
        return day_of(self.now, self.zone)


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Moment]]:
    """`moments(NOW)`: the demo as it is made then. It is made once."""
    made: dict[tuple[datetime, str], Moment] = {}

    def at(now: datetime, zone: str = "UTC") -> Moment:
        if (now, zone) not in made:
            app = build(tmp_path_factory.mktemp("demo"))
            provide(app, now, zone)
            made[now, zone] = Moment(now, zone, app, read(app))
        return made[now, zone]

    yield at
    for moment in made.values():
        close(moment.app)


@pytest.fixture(params=INSTANTS, ids=lambda instant: f"{instant[0]:%a-%d-%H%M}-{instant[1]}")
def moment(request: pytest.FixtureRequest, moments: Callable[..., Moment], at: Callable[..., datetime]) -> Moment:
    """Each of INSTANTS in turn, with the clock at it."""
    found = moments(*request.param)
    at(found.now)
    return found


@pytest.fixture
def evening(moments: Callable[..., Moment], at: Callable[..., datetime]) -> Moment:
    """One instant, where one is as good as another."""
    return moments(at(NOW))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Flask]:
    """A demo of the test's own, not made yet."""
    app = build(tmp_path)
    yield app
    close(app)


# What there is


def test_each_row_opens_and_is_one_that_the_app_would_have_taken(moment) -> None:
    told = moment.told
    size = {couple.id: len(who) for couple, who in told.couples}
    exercise_of = {prompt.id: prompt.exercise for prompt in told.prompts}
    with moment.app.test_request_context():
        for each in told.responses:
            form = forms.response_form(each.prompt.exercise, alone=size[each.prompt.couple_id] == 1)
            given = {**each.row.ratings, **each.words}
            taken = form.read(typed(given))
            assert (taken.errors, taken.data) == ({}, given)
    for _who, mark, _thanks in told.marks:
        assert mark.value in (forms.MARKS.values() if exercise_of[mark.prompt_id] == "love_map" else range(11))
    for _who, amendment, text in told.amendments:
        assert text
        assert amendment.field in forms.AMENDABLE[exercise_of[amendment.prompt_id]]


def test_prompts_follow_the_plan_up_to_today(moment) -> None:
    plan = {name: exercise.default_weekdays for name, exercise in load().exercises.items()}
    known = {each.name for each in demo_people.everybody()}
    for couple, who in moment.told.couples:
        if not known.issuperset(who):
            continue
        given = {(prompt.day, prompt.exercise) for prompt in moment.told.prompts if prompt.couple_id == couple.id}
        days = sorted({day for day, _ in given})
        assert all(later - day == DAY for day, later in pairwise(days))
        assert (days[-1:] == [moment.today]) == (couple.ended_at is None)
        names = set(plan) - ({"mirroring"} if len(who) == 1 else set())
        assert given == {(day, name) for day in days for name in names if day.isoweekday() in plan[name]}
    check_ins = moment.told.asked(moment.told.noor_and_sam, "check_in")
    assert len(check_ins) == WEEKS * 7


def test_each_question_is_one_that_the_couple_could_have_had(moment) -> None:
    for couple, _who in moment.told.couples:
        for name in ("appreciation", "love_map", "mirroring"):
            items = load().exercises[name].items
            asked = [prompt.item for prompt in moment.told.asked(couple, name)]
            assert set(asked) <= set(items)
            assert len(asked) == len(set(asked))
            if name == "love_map":
                for number, item in enumerate(asked):
                    allowed = DEPTHS[: 1 if number < LIGHT_ONLY else 2 if number < NOT_DEEPEST else 3]
                    assert items[item].depth in allowed


def test_nothing_comes_before_its_day_after_its_time_or_out_of_the_future(moment) -> None:
    told, now, zone = moment.told, moment.now, moment.zone
    begun = {couple.id: couple.created_at for couple, _ in told.couples}
    for each in told.responses:
        row, day = each.row, each.prompt.day
        assert begun[each.prompt.couple_id] <= row.submitted_at <= now
        assert row.given_on == day_of(row.submitted_at, zone)
        assert day <= row.given_on <= day + FILL_IN
        assert row.opened_on is None or row.given_on <= row.opened_on <= moment.today
    days = {prompt.id: prompt.day for prompt in told.prompts}
    for _who, turn, _text in told.turns:
        assert turn.taken_at <= now
        assert days[turn.prompt_id] <= day_of(turn.taken_at, zone) <= days[turn.prompt_id] + TURNS_FOR
    given = {(each.prompt.id, each.row.author_id): each.row.submitted_at for each in told.responses}
    for _who, amendment, _text in told.amendments:
        assert given[amendment.prompt_id, amendment.author_id] < amendment.amended_at <= now
    for _who, mark, _thanks in told.marks:
        theirs = [at for (prompt, who), at in given.items() if prompt == mark.prompt_id and who != mark.author_id]
        assert max(theirs) < mark.marked_at <= now


def test_a_mirroring_goes_turn_by_turn(moment) -> None:
    told = moment.told
    me, you = sorted({turn.author_id for _who, turn, _text in told.turns})
    ended: Counter[str] = Counter()
    for prompt in told.asked(told.noor_and_sam, "mirroring"):
        last = None
        for _who, turn, text in told.turns:
            if turn.prompt_id == prompt.id:
                step = mirroring.next_step(last, me, you)
                assert turn.kind in mirroring.allowed_kinds(step)
                assert step.actor in {None, turn.author_id}
                assert (turn.round, turn.attempt) == (step.round, step.attempt)
                assert (turn.rating in range(11)) == (turn.kind in {"heard", "missing"})
                assert text or turn.kind == "heard"
                last = mirroring.Last(turn.kind, turn.author_id, turn.round, turn.attempt)
        ended[mirroring.next_step(last, me, you).kind if last else "untouched"] += 1
    assert ended["done"] >= 12
    assert ended["speak"] == 1
    assert max(turn.attempt for _who, turn, _text in told.turns) == mirroring.TRIES
    assert {turn.together for _who, turn, _text in told.turns} == {True, False}


def test_the_days_together_are_those_on_which_both_were_there(moment) -> None:
    told = moment.told
    place = {prompt.id: (prompt.couple_id, prompt.day) for prompt in told.prompts}
    both = {place[each.prompt.id] for each in told.responses if told.met(each)}
    last = {turn.prompt_id: (turn.kind, turn.round) for _who, turn, _text in told.turns}
    heard = {place[prompt] for prompt, turn in last.items() if turn == ("understand", mirroring.ROUNDS)}
    closed = {(each.couple_id, each.ended_on) for each in told.occasions if each.ended_on and not each.stopped_at}
    assert told.together == both | heard | closed


def test_three_longer_exercises_lie_behind_the_two_and_one_ahead_on_a_saturday_at_nine(moment) -> None:
    theirs = [each for each in moment.told.occasions if each.couple_id == moment.told.noor_and_sam.id]
    behind, ahead = ([each for each in theirs if bool(each.ended_at) == over] for over in (True, False))
    assert len(behind) == 3
    assert all(each.ended_at < moment.now for each in behind)
    (planned,) = (each.planned_at for each in ahead)
    assert planned > moment.now
    assert f"{planned.astimezone(ZoneInfo(moment.zone)):%a %H:%M}" == "Sat 09:00"


def test_nobody_says_the_same_twice(moment) -> None:
    told = moment.told
    texts = Counter((each.who, each.words[name]) for each in told.responses for name in FREE if each.words.get(name))
    texts.update((who, text) for who, _row, text in told.marks + told.amendments + told.turns if text)
    assert [each for each, count in texts.items() if count > 1] == []


def test_there_is_enough_to_look_at(moment) -> None:
    told, couple = moment.told, moment.told.noor_and_sam
    kind_words = Counter(each.who for each in told.given(couple, "appreciation"))
    assert min(kind_words["Noor"], kind_words["Sam"]) >= 35
    assert sum(told.met(each) for each in told.given(couple, "love_map")) >= 2 * 21
    check_ins = told.given(couple, "check_in")
    assert sum(bool(each.words[name]) for each in check_ins for name in CHECKED_IN) >= 40
    assert {each.who for each in check_ins if each.row.given_on > each.prompt.day} == {"Noor", "Sam"}
    assert {each.who for each in check_ins if not told.met(each)} == {"Noor", "Sam"}
    assert len({each.prompt.day for each in check_ins}) < WEEKS * 7
    assert any(prompt.set_aside_at for prompt in told.prompts)
    assert any(each.row.released_at for each in told.responses)
    assert len(told.amendments) >= 3


# Whether it is believable


def test_the_hard_weeks_are_hard_for_both_and_pass(moment) -> None:
    for who in ("Noor", "Sam"):
        for name, harder in (("mood", -1), ("supported", -1), ("stress", 1)):
            before, hard, after = (harder * mean(moment.told, who, name, weeks) for weeks in ((0, 1), (2, 3), (6, 7)))
            assert hard > max(before, after) + 0.7


def test_two_who_live_together_have_better_and_worse_days_together(moment) -> None:
    better: dict[date, list[bool]] = {}
    for week in range(WEEKS):
        for who in ("Noor", "Sam"):
            usual = mean(moment.told, who, "mood", [week])
            for each in checked_in(moment.told, [week]):
                if each.who == who:
                    better.setdefault(each.prompt.day, []).append(each.row.ratings["mood"] > usual)
    both = [each for each in better.values() if len(each) == 2]
    assert fmean(one is other for one, other in both) > 0.6


def test_they_read_each_other_better_in_the_second_month(moment) -> None:
    told = moment.told
    for who in ("Noor", "Sam"):
        assert missed(told, who, range(4, 8)) < missed(told, who, range(4)) - 0.3
    values: dict[str, list[int]] = {prompt.id: [] for prompt in told.asked(told.noor_and_sam, "love_map")}
    for _who, mark, _thanks in told.marks:
        if mark.prompt_id in values:
            values[mark.prompt_id].append(mark.value)
    close = [fmean(each) for each in values.values() if each]
    assert fmean(close[-8:]) > fmean(close[:8]) + 20


# Signing in as each


def test_noor_finds_what_waits(moment) -> None:
    page = signed_in(moment.app, "noor").get("/today").text
    for sentence in (
        "Sam left something for you.",
        "Yours has waited",
        "Sealed. It opens when both are in.",
        "It is with Sam now.",
    ):
        assert page.count(sentence) == 1, sentence


def test_sam_finds_what_noor_has_left_and_reads_nothing_that_is_sealed(moment) -> None:
    told, sam = moment.told, signed_in(moment.app, "sam")
    page = sam.get("/today").text
    assert page.count("Read it together") == 1
    assert page.count("Noor’s is in. Yours opens them both.") == 1
    (half_way,) = (prompt for prompt in told.prompts if last_turn(told, prompt) == ("understand", 1))
    assert "Speak, and be heard." in sam.get(f"/prompts/{half_way.id}").text
    sealed = [
        each
        for each in told.responses
        if each.who == "Noor" and each.prompt.exercise != "appreciation"
        if not told.met(each) and each.row.released_at is None
    ]
    fresh = [each.prompt.exercise for each in sealed if each.prompt.day > moment.today - 9 * DAY]
    assert sorted(fresh) == ["check_in", "love_map"]
    texts = [each.words[name] for each in sealed for name in FREE if each.words.get(name)]
    paths = ["/history", "/history/check_in", "/history/love_map"]
    for path in paths + [f"/prompts/{each.prompt.id}" for each in sealed]:
        shown = sam.get(path).text
        assert [text for text in texts if text in shown] == [], path


def test_the_couple_of_three_days_has_a_sealed_answer_that_nobody_mentions(moment) -> None:
    assert "Sealed. It opens when both are in." in signed_in(moment.app, "robin").get("/today").text
    assert "Robin’s is in" not in signed_in(moment.app, "kim").get("/today").text
    couple = next(couple for couple, who in moment.told.couples if who == ["Kim", "Robin"])
    both = [each.prompt.day for each in moment.told.given(couple, "check_in") if moment.told.met(each)]
    assert sorted(set(both)) == [moment.today - 2 * DAY, moment.today - DAY]


def test_sam_and_noor_have_opened_the_map_to_each_other_and_of_kim_and_robin_one_has(moment) -> None:
    pages = {
        login: signed_in(moment.app, login).get("/assessments/balance/map").text
        for login in ("sam", "noor", "kim", "robin")
    }
    assert {login for login, page in pages.items() if "Seen differently" in page} == {"sam", "noor"}
    assert "Your answers are open from your side." in pages["kim"]
    assert "Both views, if both of you want that." in pages["robin"]
    assert "Even, and little of it" in pages["sam"]
    results = signed_in(moment.app, "noor").get("/assessments/satisfaction").text
    assert "a clear change" in results or "possibly a change" in results


def test_alex_is_alone_and_has_an_open_invitation(moment) -> None:
    alex = signed_in(moment.app, "alex")
    assert "You are on your own here for now." in alex.get("/today").text
    assert "Jamie signed the shopping list with our word for rain." in alex.get("/history").text
    assert alex.get("/invitation").status_code == 200
    with moment.app.app_context():
        newest = db.session.scalars(select(Invitation).order_by(Invitation.created_at.desc())).first()
        assert newest.claimed_by is None
        assert newest.created_at < moment.now < newest.expires_at


@pytest.mark.parametrize("login", ["sam", "noor", "kim", "robin", "alex"])
def test_everybody_can_look_at_all_that_is_theirs_and_at_nothing_else(moments, at, login) -> None:
    # An hour of its own: who looks has looked from then on.
    late = moments(at(NOW + timedelta(hours=1)))
    told, visitor = late.told, signed_in(late.app, login)
    mine = {couple.id for couple, who in told.couples if login.title() in who and couple.ended_at is None}
    paths = ["/today", "/history", "/history/jar", "/history/map", "/history/earlier", "/couple", "/settings", "/plan"]
    paths += [f"/history/{name}" for name in load().exercises]
    paths += [f"/prompts/{prompt.id}" for prompt in told.prompts if prompt.couple_id in mine][-20:]
    assert {path: visitor.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    others = [prompt.id for prompt in told.prompts if prompt.couple_id not in mine]
    assert {visitor.get(f"/prompts/{ident}").status_code for ident in (others[0], others[-1])} == {404}


def test_sam_alone_keeps_what_was_written_before_noor_came(evening) -> None:
    text = "You are my favourite noise."
    assert text in signed_in(evening.app, "sam").get("/history/earlier").text
    assert text not in signed_in(evening.app, "noor").get("/history/earlier").text


def test_the_password_of_the_demo_is_one_that_people_could_have_chosen() -> None:
    names = [name for each in demo_people.everybody() for name in (each.login, each.name)]
    assert passwords.fault(PASSWORD, names) == ""


def test_the_therapist_comes_in_by_the_digits_that_the_page_tells(evening) -> None:
    doctor = evening.app.test_client()
    page = doctor.post("/sign-in", data={"login": "thea", "password": PASSWORD}).text
    (shown,) = re.findall(r"the digits are (\d{6})", page)
    assert doctor.post("/sign-in/second", data={"code": shown}).status_code == 303
    caseload = doctor.get("/caseload").text
    assert all(" &amp; ".join(state.names) in caseload for state in STATES if not state.archived)
    couple = re.search(r'href="(/caseload/[\w-]{22})">(Sam &amp; Noor|Noor &amp; Sam)<', caseload)[1]
    assert "The boiler man came at seven" in doctor.get(couple).text
    assert "how we ask for help" in doctor.get(f"{couple}/brief").text
    assert doctor.get(f"{couple}/homework").text.count("<h3>Heart to heart</h3>") == 1


def test_the_two_of_eight_weeks_have_a_therapist_for_a_guest(moments, at) -> None:
    # An hour of its own: who looks has looked from then on.
    app = moments(at(NOW + timedelta(hours=1))).app
    for login, shown, looked in (("sam", 1, False), ("noor", 2, True)):
        visitor = signed_in(app, login)
        today = visitor.get("/today").text
        assert "From Thea" in today
        assert ("Session with Thea: today" in today) != looked
        guest = re.search(r'href="(/therapist-access/[\w-]{22})"', visitor.get("/therapist-access").text)[1]
        assert visitor.get(f"{guest}/view").text.count(": Shared appreciation") == shown
        assert "When the week is over." in visitor.get("/homework").text
        visits = visitor.get("/therapist-visits").text
        assert {"made a download", "looked at your page", "looked at your homework"} <= {
            *re.findall(r"Thea ([\w ]+)\.", visits)
        }


# The banner


def test_each_page_of_the_demo_says_that_it_is_one(evening) -> None:
    stranger, noor = evening.app.test_client(), signed_in(evening.app, "noor")
    for visitor, path in ((stranger, "/"), (stranger, "/sign-in"), (stranger, "/nowhere"), (noor, "/today")):
        assert "A demo with made-up people. Nothing here is kept for long." in visitor.get(path).text


def test_nothing_in_earnest_says_that_it_is_a_demo(tmp_path) -> None:
    app = build(tmp_path, demo=False)
    page = app.test_client().get("/sign-in").text
    close(app)
    assert "demo" not in page
    assert PASSWORD not in page


def test_one_becomes_somebody_else_by_signing_in_as_them(evening) -> None:
    visitor = signed_in(evening.app, "noor")
    before = visitor.get_cookie("attune").value
    page = visitor.get("/today").text
    assert f'<input type="hidden" name="password" value="{PASSWORD}">' in page
    assert all(f'name="login" value="{each.login}">{each.name}<' in page for each in demo_people.everybody())
    visitor.post("/sign-in", data={"login": "sam", "password": PASSWORD})
    assert "Noor’s is in." in visitor.get("/today").text
    visitor.set_cookie("attune", before)
    assert visitor.get("/today").status_code == 303


# Made again, or kept


def test_the_same_day_always_tells_the_same(evening, moments, own) -> None:
    provide(own, NOW - timedelta(hours=9), "UTC")
    assert essence(read(own)) == essence(evening.told)
    assert essence(evening.told) != essence(moments(*INSTANTS[1]).told)


def test_what_is_typed_lasts_until_the_next_day_or_a_reset(own) -> None:
    provide(own, NOW, "UTC")
    later, next_day = NOW + timedelta(hours=7), NOW + timedelta(hours=9)
    for now, anew, kept in ((later, False, True), (next_day, False, False), (next_day, True, False)):
        with own.app_context(), transaction():
            person_called(own, "noor").name = "Hope"
        assert provide(own, now, "UTC", anew=anew) is not kept
        with own.app_context():
            assert person_called(own, "noor").name == ("Hope" if kept else "Noor")
        assert max(prompt.day for prompt in read(own).prompts) == day_of(now, "UTC")


def test_a_demo_that_was_cut_short_is_made_anew_and_its_day_is_that_of_the_machine(own) -> None:
    def stop(done: int, _all: int) -> None:
        if done > 1:
            raise KeyboardInterrupt

    with own.app_context(), pytest.raises(KeyboardInterrupt):
        demo.provide(own.extensions["attune"], anew=False, now=NOW, progress=stop)
    assert provide(own, NOW, ":Pacific/Auckland") is True
    told = read(own)
    assert told.noor_and_sam
    assert {couple.zone for couple, _ in told.couples} == {"Pacific/Auckland"}
    assert max(prompt.day for prompt in told.prompts) == NOW.date() + DAY


# Real data


@pytest.mark.parametrize("anew", [False, True], ids=["started", "reset"])
def test_a_database_that_is_no_demo_is_never_touched(tmp_path, anew) -> None:
    before = snapshot(set_up(tmp_path))
    app = build(tmp_path)
    with pytest.raises(demo.NoDemo, match=r"attune\.sqlite3 is no demo, so it is left alone\."):
        provide(app, NOW, "UTC", anew=anew)
    close(app)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("url", ["sqlite:////nowhere/attune.sqlite3", "postgresql+psycopg://nobody@127.0.0.1/attune"])
def test_a_database_somewhere_else_is_refused(tmp_path, url) -> None:
    app = build(tmp_path, database_url=url)
    with pytest.raises(demo.NoDemo, match="leave DATABASE_URL empty"):
        provide(app, NOW, "UTC")
    close(app)
    assert snapshot(tmp_path) == {}


def test_the_command_serves_beside_the_real_data_and_tells_how_to_sign_in(tmp_path) -> None:
    real, other = set_up(tmp_path / "real"), tmp_path / "other.sqlite3"
    other.write_bytes(b"somebody else's")
    before = snapshot(real)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    keys = {"SECRET_KEY": "s" * 32, "MASTER_KEY_FILE": str(real / "master_key")}
    with serving(real, DATABASE_URL=f"sqlite:///{other}", PORT=port, **keys) as server:
        told = ""
        while "listens" not in told:
            line = server.stdout.readline()
            assert line, told
            told += line
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as answer:
            assert answer.read() == b"ok\n"
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    assert "Everybody here is made up." in told
    assert PASSWORD in told
    assert all(f"\n {each.login} " in told for each in demo_people.everybody())
    assert snapshot(real) == before
    assert other.read_bytes() == b"somebody else's"
    beside = tmp_path / "real-demo"
    assert demo.marked(beside / "attune.sqlite3")
    assert (beside / "master_key").read_text() != (real / "master_key").read_text()
    assert {path.stat().st_mode & 0o077 for path in (beside, *beside.rglob("*"))} == {0}


def test_the_command_refuses_a_folder_of_real_data_in_a_sentence(tmp_path) -> None:
    before = snapshot(set_up(tmp_path))
    app = build(tmp_path)
    refused = app.test_cli_runner().invoke(args=["demo", "--reset"])
    close(app)
    file = tmp_path / "attune.sqlite3"
    sentence = f"Error: {file} is no demo, so it is left alone. Set ATTUNE_DATA to another folder.\n"
    assert (refused.exit_code, refused.output) == (1, sentence)
    assert snapshot(tmp_path) == {**before, ".in-use": b""}


# Below


def build(data: Path, **settings: Any) -> Flask:
    facts = {"database_url": f"sqlite:///{data / 'attune.sqlite3'}", "demo": True, "password_cost": (8, 1), **settings}
    app = hurried(create_app(Config(data=data, secret_key=b"s" * 32, master_key=b"m" * 32, **facts)))
    app.test_client_class = Visitor
    return app


def set_up(data: Path) -> Path:
    """A data folder as somebody has it who uses Attune in earnest."""
    app = create_app(Config.from_env({"ATTUNE_DATA": str(data)}))
    with app.app_context():
        schema.upgrade()
    close(app)
    return data


def provide(app: Flask, now: datetime, zone: str, *, anew: bool = False) -> bool:
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        return demo.provide(app.extensions["attune"], anew=anew, now=now, progress=lambda _done, _all: None)


def close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@contextmanager
def serving(data: Path, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """The command in a process of its own, which is gone afterwards."""
    env = {**os.environ, "ATTUNE_DATA": str(data), "PYTHONUNBUFFERED": "1", **settings}
    command = (sys.executable, "-m", "app", "demo")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=ROOT, env=env, text=True, **pipes)
    try:
        yield server
    finally:
        server.kill()
        server.communicate(timeout=30)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def signed_in(app: Flask, login: str) -> FlaskClient:
    visitor = app.test_client()
    assert visitor.post("/sign-in", data={"login": login, "password": PASSWORD}).location == "/today"
    return visitor


def person_called(app: Flask, login: str) -> Person:
    return db.session.scalars(select(Person).where(Person.login == login)).one()


def read(app: Flask) -> Told:
    """All rows, with every sealed word in them opened under the key of its author."""
    with app.app_context():
        names = {person.id: person.name for person in db.session.scalars(select(Person))}
        keys = {each.person_id: vault().unwrap(each.wrapped, each.person_id) for each in every(PersonKey)}
        prompts = {prompt.id: prompt for prompt in every(Prompt, Prompt.day, Prompt.exercise, Prompt.take)}

        def opened(row: Any, number: str = "") -> dict[str, Any]:
            about = (type(row).__tablename__, f"{row.prompt_id}{number}", row.author_id)
            return open_words(keys[row.author_id], *about, row.words)

        def said(row: Any) -> tuple[str, Any, str]:
            return names[row.author_id], row, opened(row, f".{row.number}")["text"]

        def thanked(row: Mark) -> tuple[str, Mark, str]:
            return names[row.author_id], row, opened(row)["thanks"] if row.words else ""

        members: dict[str, list[str]] = {}
        for each in every(Membership):
            members.setdefault(each.couple_id, []).append(names[each.person_id])
        given = [Said(names[row.author_id], prompts[row.prompt_id], row, opened(row)) for row in every(Response)]
        told = Told(
            couples=[(couple, sorted(members[couple.id])) for couple in every(Couple)],
            prompts=list(prompts.values()),
            responses=sorted(given, key=lambda each: (each.prompt.day, each.prompt.exercise, each.row.submitted_at)),
            marks=list(map(thanked, every(Mark))),
            amendments=list(map(said, every(Amendment))),
            turns=list(map(said, every(Turn, Turn.prompt_id, Turn.number))),
            together={(row.couple_id, row.day) for row in every(DayTogether)},
            occasions=list(every(Occasion)),
        )
        db.session.expunge_all()
        return told


def every(table: Any, *order: Any) -> Iterable[Any]:
    return db.session.scalars(select(table).order_by(*order))


def typed(given: dict[str, Any]) -> MultiDict[str, str]:
    """A response as a browser would send it."""
    sent: MultiDict[str, str] = MultiDict()
    for name, value in given.items():
        for each in value if isinstance(value, list) else [value]:
            sent.add(name, str(each))
    return sent


def essence(told: Told) -> list[Any]:
    """All that people see of it: without keys, and without the hours of a day that is not over."""
    found: list[Any] = [(each.day, each.exercise, each.take, each.item, each.id) for each in told.prompts]
    found += [(each.who, each.prompt.id, each.words, each.row.ratings, each.row.given_on) for each in told.responses]
    found += sorted((who, row.prompt_id, row.value, thanks) for who, row, thanks in told.marks)
    found += sorted((who, row.prompt_id, row.field, text) for who, row, text in told.amendments)
    found += [(who, row.prompt_id, row.number, row.kind, row.rating, text) for who, row, text in told.turns]
    return found


def mean(told: Told, who: str, name: str, weeks: Iterable[int]) -> float:
    """What somebody said in the check-ins of these weeks, on average."""
    return fmean(each.row.ratings[name] for each in checked_in(told, weeks) if each.who == who)


def missed(told: Told, who: str, weeks: Iterable[int]) -> float:
    """By how much somebody's guesses missed in these weeks, on average."""
    check_ins = [each for each in checked_in(told, weeks) if told.met(each)]
    truth = {each.prompt.id: each.row.ratings for each in check_ins if each.who != who}
    guesses = {each.prompt.id: each.row.ratings for each in check_ins if each.who == who}
    return fmean(
        abs(guesses[prompt][f"guess_{name}"] - truth[prompt][name]) for prompt in truth for name in ("mood", "stress")
    )


def checked_in(told: Told, weeks: Iterable[int]) -> list[Said]:
    days = [prompt.day for prompt in told.asked(told.noor_and_sam, "check_in")]
    wanted = {day for number, day in enumerate(days) if number // 7 in weeks}
    return [each for each in told.given(told.noor_and_sam, "check_in") if each.prompt.day in wanted]


def last_turn(told: Told, prompt: Prompt) -> tuple[str, int] | None:
    found = [(turn.kind, turn.round) for _who, turn, _text in told.turns if turn.prompt_id == prompt.id]
    return found[-1] if found else None
