"""Whatever people do in whatever order: a therapist sees what both of a couple let them see, and nothing else.

Hypothesis acts at random: lets therapists ask, says yes to this and that, takes it back, shows an answer, opens a
sitting, leaves, comes together again, ends as a therapist, lets days go by. After each act the therapist it is about
asks in real requests: for the lists, for the page of each couple there ever was, and of a door that is another one now
by every page and for every record; of one that should have stayed the same by some of the ways, in turn. Each word and
figure that comes is compared with a model that knows no database. What is a therapist's own is asked for at the end.

`CONSENT_MACHINE=2000 ./run test tests/therapist/test_consent_machine.py` walks 2,000 ways; the suite walks a few.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.service import open_session
from app.assessments import service as assessments
from app.assessments.models import PARTS, PRIVATE, Release
from app.assessments.models import THERAPIST as TO_THERAPIST
from app.caseload import service as caseload
from app.caseload.models import BriefLook
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.couples import service as couples
from app.therapist import service
from app.therapist.models import CLASSES, SCORES, Consent, Guest
from tests.factories import NOW, TODAY, make_couple, make_passkey, make_person
from tests.reminders.people import visitor_of
from tests.therapist import ways
from tests.therapist.laid import DAY, Laid, Laying, name, word, words_in
from tests.therapist.ways import COUPLE, DESK, ENDING, SHAPES, WHOSE, Door, Way
from tests.trust.rows import Rows, keep, put_back

WALKS, STEPS = int(os.environ.get("CONSENT_MACHINE", "4")), 10
partners, therapists = st.integers(0, 3), st.integers(0, 1)
classes = st.sets(st.sampled_from(CLASSES))
perhaps = st.one_of(classes, classes, st.none())
NOT_SHOWN = "not shown"
LOOK = "caseload.show"
"""The page of a couple: what is asked of every door after every act, also where nothing should have changed."""


@dataclass
class Asked:
    """A therapist with a couple, as the model has it. `said`: partner → the classes of a yes, or None for a no. Days
    are counted from the first of the walk."""

    therapist: int
    two: tuple[str, frozenset[int]]
    at: int
    ident: str
    said: dict[int, set[str] | None] = field(default_factory=dict)
    changed: int | None = None
    opened: int | None = None
    ended: bool = False

    def over(self, day: int) -> bool:
        """Whether nothing can come of it any more."""
        return self.ended or (self.opened is None and day - self.at >= 30)

    def both(self) -> set[str] | None:
        """What both have said yes to."""
        said = [self.said.get(who) for who in self.two[1]]
        return None if None in said else set.intersection(*said)


@dataclass
class Stage:
    """What every walk begins with: the rows, the people in them, and how to lay down more."""

    app: Flask
    people: list[Any]
    doctors: list[Any]
    tokens: list[str]
    codes: list[str]
    laying: Laying
    couples: list[Laid]
    levels: dict[int, list[tuple[str, float, float, float]]]
    rows: Rows
    paths: dict[tuple[str, str], str]
    """(endpoint, method) → the address, with its parts in braces."""

    def door(self, asked: "Asked", walk: "Consenting") -> Door:
        """What the model has for a door that is open."""
        laid = walk.laid[asked.two[0]]
        yes = [asked.said[who] or set() for who in laid.two]
        looked = {who for who in laid.two if (asked.therapist, laid.id, who) in walk.looked}
        return Door(
            therapist=asked.therapist,
            couple=laid,
            classes=frozenset(yes[0] & yes[1]),
            since=TODAY - ((walk.day - (asked.opened or 0)) * DAY),
            changed=asked.changed is not None and walk.day - asked.changed < 14,
            brief=asked.therapist == 0 or len(looked) == 2,
            shown=frozenset(who for who in laid.two if (asked.therapist, laid.id, who) in walk.shown),
            parts=frozenset((who, part) for who in laid.two for part in walk.parts.get((laid.id, who), ())),
            levels={who: self.levels[who] for who in laid.two},
        )


def set_up(app: Flask) -> Stage:
    """Four people in two couples, two therapists with a code each, and all that they have behind them."""
    people = [make_person(name(number)) for number in range(4)]
    doctors = [make_person(f"Thea {number}", role="therapist") for number in (1, 2)]
    with app.app_context(), transaction():
        db.session.add_all([*people, *doctors])
        db.session.flush()
        two = [make_couple(*people[:2]), make_couple(*people[2:])]
        db.session.add_all([*two, *map(make_passkey, doctors)])
        db.session.flush()
        db.session.expunge_all()
    laying = Laying(people, doctors)
    laying.live(app, two)
    with app.app_context(), transaction():
        tokens, codes = [], []
        for each in doctors:
            tokens.append(open_session(each, "Firefox", now=NOW))
            service.edit_practice(each, name="", policy="none", own="")
            service.make_code(visitor_of(each), standing=True, now=NOW)
            codes.append(service.codes_of(visitor_of(each), now=NOW)[0])
        laying.desk()
        laid = [laying.lay(at, two[at].id, (2 * at, 2 * at + 1), weeks=False) for at in (0, 1)]
        levels = {who: laying.levels(who) for who in range(4)}
        db.session.flush()
        db.session.expunge_all()
    paths = {
        (rule_.endpoint, method): rule_.rule.replace("<", "{").replace(">", "}")
        for rule_ in app.url_map.iter_rules()
        for method in rule_.methods or ()
    }
    return Stage(app, people, doctors, tokens, codes, laying, laid, levels, keep(app), paths)


class Consenting(RuleBasedStateMachine):
    """Four people, who may be two couples, and two therapists."""

    stage: Stage

    @initialize(said=st.tuples(perhaps, perhaps), turn=st.integers(0, 59))
    def begin(self, said: tuple[set[str] | None, set[str] | None], turn: int) -> None:
        """Everybody is there, and the first therapist is the guest of the first couple, or waits for one of the two."""
        put_back(self.stage.app, self.stage.rows)
        self.turn, self.day = turn, 0
        self.people, self.doctors = (list(map(visitor_of, each)) for each in (self.stage.people, self.stage.doctors))
        self.browsers = [FlaskClient(self.stage.app, self.stage.app.response_class) for _ in self.doctors]
        for browser, token in zip(self.browsers, self.stage.tokens, strict=True):
            browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
            browser.set_cookie("attune", token)
        self.laid = {each.id: each for each in self.stage.couples}
        self.two = {who: (each.id, frozenset(each.two)) for each in self.stage.couples for who in each.two}
        self.asked: list[Asked] = []
        self.shown: set[tuple[int, str, int]] = set()
        self.looked: set[tuple[int, str, int]] = set()
        self.parts: dict[tuple[str, int], set[str]] = {}
        self.nothing = [browser.get("/caseload/there-never-was-one").data for browser in self.browsers]
        self.touched = {(at, ident) for at in (0, 1) for ident in self.laid}
        self.known: dict[tuple[int, str], Door | None] = {}
        self.let_ask(0, 0)
        for who, each in enumerate(said):
            if each is not None:
                self.say_yes(who, 0, each)

    # What people do

    def pair(self, who: int) -> Any:
        return couples.pair_of(self.people[who])

    def touch(self, couple_id: str, *doctors: int) -> None:
        """Something may be otherwise behind these doors."""
        self.touched |= {(at, couple_id) for at in doctors or (0, 1)}

    @rule(one=partners, other=partners)
    def come_together(self, one: int, other: int) -> None:
        if one == other or one in self.two or other in self.two:
            return
        with self.stage.app.app_context(), transaction():
            for who in (one, other):
                if self.pair(who) is None:
                    couples.begin_alone(db.session.get_one(Person, self.people[who].person_id), now=NOW)
            couples.invite(self.pair(one), now=NOW)
            invited = couples.invitation_of(self.pair(one), now=NOW)
            couples.claim(self.pair(other), invited.code, now=NOW)
            couples.confirm(self.pair(one), invited.id, now=NOW)
            pair = self.pair(one)
            two = (one, other) if pair.me.side == "quince" else (other, one)
            self.laid[pair.couple_id] = self.stage.laying.lay(len(self.laid), pair.couple_id, two)
        self.two[one] = self.two[other] = (pair.couple_id, frozenset({one, other}))
        self.touch(pair.couple_id)

    @rule(who=partners)
    def leave(self, who: int) -> None:
        if who not in self.two:
            return
        with self.stage.app.app_context(), transaction():
            couples.leave_couple(self.pair(who), now=NOW)
        ident, two = self.two[who]
        for each in two:
            del self.two[each]
        self.touch(ident)

    @rule(who=partners, therapist=therapists)
    def let_ask(self, who: int, therapist: int) -> None:
        if who not in self.two:
            return
        with self.stage.app.app_context(), transaction():
            ident = service.let_ask(self.pair(who), self.stage.codes[therapist].code, now=NOW)
        known = [
            each.ident
            for each in self.asked
            if (each.therapist, each.two) == (therapist, self.two[who]) and not each.over(self.day)
        ]
        assert known in ([], [ident])
        if not known:
            self.asked.append(Asked(therapist, self.two[who], self.day, ident))
        self.touch(self.two[who][0], therapist)

    @rule(number=st.integers(0, 3), said=st.tuples(classes, classes))
    def both_say_yes(self, number: int, said: tuple[set[str], set[str]]) -> None:
        """What chance alone brings about too seldom."""
        if self.asked:
            two = sorted(self.asked[-1 - number % len(self.asked)].two[1])
            for who, each in zip(two, said, strict=True):
                self.say_yes(who, number, each)

    @rule(who=partners, number=st.integers(0, 3), said=classes)
    def say_yes(self, who: int, number: int, said: set[str]) -> None:
        self._say(who, number, said, lambda pair, ident: service.say_yes(pair, ident, said, now=NOW))

    @rule(who=partners, number=st.integers(0, 3))
    def say_no(self, who: int, number: int) -> None:
        self._say(who, number, None, lambda pair, ident: service.say_no(pair, ident, now=NOW))

    def _say(self, who: int, number: int, said: set[str] | None, act: Any) -> None:
        if not self.asked:
            return
        # The newest first: the old ones are over, most of the time.
        asked = self.asked[-1 - number % len(self.asked)]
        may, done = self.two.get(who) == asked.two and not asked.over(self.day), False
        with self.stage.app.app_context():
            pair = self.pair(who)
            try:
                with transaction():
                    if pair is not None:
                        act(pair, asked.ident)
                        done = True
            except DomainError:
                pass
        assert done == may
        self.touch(asked.two[0], asked.therapist)
        if may:
            before = asked.both()
            asked.said[who] = said
            if asked.opened is not None and asked.both() != before:
                asked.changed = self.day
            if said is None and asked.opened is not None:
                asked.ended = True
                self._come_or_gone(asked.two[0], asked.therapist)
            if asked.opened is None and all(asked.said.get(each) is not None for each in asked.two[1]):
                asked.opened = self.day
                self._come_or_gone(asked.two[0], asked.therapist)

    def _come_or_gone(self, couple_id: str, therapist: int) -> None:
        """Whatever was open to whoever is their therapist is shut, and nothing is shown to this one."""
        self.parts = {key: parts for key, parts in self.parts.items() if key[0] != couple_id}
        self.shown = {key for key in self.shown if key[:2] != (therapist, couple_id)}
        self.touch(couple_id)

    @rule(who=partners, therapist=therapists)
    def show_or_take_back(self, who: int, therapist: int) -> None:
        """Somebody shows an answer of theirs to a therapist, or shows it no longer."""
        if who not in self.two:
            return
        ident, key = self.two[who][0], (therapist, self.two[who][0], who)
        prompt, doctor = self.laid[ident].prompt, self.doctors[therapist].person_id
        with self.stage.app.app_context(), transaction():
            if key in self.shown:
                caseload.take_back(self.pair(who), doctor, prompt)
            else:
                caseload.show(self.pair(who), doctor, prompt, now=NOW)
        self.shown ^= {key}
        self.touch(ident)

    @rule(who=partners, part=st.sampled_from(PARTS))
    def open_or_shut(self, who: int, part: str) -> None:
        """Somebody opens a part of their sittings to whoever is their therapist, or shuts it again."""
        if who not in self.two:
            return
        ident, key = self.two[who][0], (self.two[who][0], who)
        with self.stage.app.app_context(), transaction():
            for sitting in self.laid[ident].sittings[who][: 1 if part == PRIVATE else 2]:
                if part in self.parts.get(key, ()):
                    assessments.shut_part(self.pair(who), sitting, part, TO_THERAPIST, now=NOW)
                else:
                    db.session.add(Release(assessment_id=sitting, part=part, audience=TO_THERAPIST, released_at=NOW))
        self.parts[key] = self.parts.get(key, set()) ^ {part}
        self.touch(ident)

    @rule(who=partners, therapist=therapists)
    def look_at_the_brief(self, who: int, therapist: int) -> None:
        """Somebody sees the brief that their therapist waits for."""
        if who not in self.two or (key := (therapist, self.two[who][0], who)) in self.looked:
            return
        session, person = self.laid[key[1]].sessions[therapist], self.people[who].person_id
        with self.stage.app.app_context(), transaction():
            db.session.add(BriefLook(session_id=session, person_id=person, looked_on=TODAY))
        self.looked.add(key)
        self.touch(key[1], therapist)

    @rule(therapist=therapists, number=st.integers(0, 3))
    def end(self, therapist: int, number: int) -> None:
        ident = list(self.laid)[-1 - number % len(self.laid)]
        open_ = [each for each in self._open(therapist) if each.two[0] == ident]
        answer = self.browsers[therapist].post(f"/caseload/{ident}/ending")
        assert answer.status_code == (303 if open_ else 404)
        for each in open_:
            each.ended = True
            self._come_or_gone(ident, therapist)
        if open_:
            # What is said once is said here, so that it stands on no page that is compared.
            self.browsers[therapist].get("/caseload/codes")
        self.touch(ident, therapist)

    @rule(days=st.sampled_from((1, 12, 31)))
    def wait(self, days: int) -> None:
        """Days go by: to let the clock stand still, all that was said between them is that much longer ago."""
        self.day += days
        with self.stage.app.app_context(), transaction():
            for table, columns in (
                (Guest, ("asked_at", "opened_at", "changed_at", "ended_at")),
                (Consent, ("said_at",)),
            ):
                for row in db.session.scalars(select(table)):
                    for column in columns:
                        if (value := getattr(row, column)) is not None:
                            setattr(row, column, value - timedelta(days=days))
        self.touched |= {(each.therapist, each.two[0]) for each in self.asked if not each.ended}

    # What comes of it

    def _open(self, therapist: int) -> list[Asked]:
        living = set(self.two.values())
        mine = [each for each in self.asked if each.therapist == therapist and each.opened is not None]
        return [each for each in mine if not each.ended and each.two in living]

    @invariant()
    def each_therapist_gets_what_both_let_them_and_nothing_else(self) -> None:
        touched, self.touched = getattr(self, "touched", set()), set()
        if not touched:
            return
        self.turn += 1
        self.each_partner_is_told_whether_the_door_is_open()
        for at in {at for at, _ in touched}:
            doors = {each.two[0]: self.stage.door(each, self) for each in self._open(at)}
            self._lists(at, list(doors.values()))
            for ident, laid in self.laid.items():
                door, was = doors.get(ident), self.known.get((at, ident))
                if door != was:
                    self._all_ways(at, laid, door)
                elif (at, ident) in touched:
                    self._some_ways(at, laid, door)
                else:
                    self._walk(at, laid, door, LOOK)
                self.known[at, ident] = door

    def _all_ways(self, at: int, laid: Laid, door: Door | None) -> None:
        """A door that is another one than before: every page, all three records, and one of them in another shape."""
        for number, (endpoint, way) in enumerate(COUPLE.items()):
            # A form that is sent back shows the page that it stands on once more: every other one is.
            if door is None or (endpoint != ENDING and (way.method == "GET" or (number + self.turn) % 2)):
                self._walk(at, laid, door, endpoint)
        for whose in WHOSE:
            self._take(at, laid, door, whose, "json")
        self._take(at, laid, door, WHOSE[self.turn % 3], SHAPES[self.turn % 4])
        self._take(at, laid, door, WHOSE[self.turn % 3], "json", words=False)

    def _some_ways(self, at: int, laid: Laid, door: Door | None) -> None:
        """One about which something was said that should change nothing: the page, one more way, one record."""
        self._walk(at, laid, door, LOOK)
        endpoint = [each for each in COUPLE if each != ENDING][self.turn % (len(COUPLE) - 1)]
        self._walk(at, laid, door, endpoint)
        self._take(at, laid, door, WHOSE[self.turn % 3], ("json", *SHAPES)[self.turn % 5])

    def _lists(self, at: int, doors: list[Door]) -> None:
        browser = self.browsers[at]
        names, listed = set().union(*(each.names for each in doors)), set().union(*(each.listed for each in doors))
        page = browser.get("/caseload").text
        assert words_in(page) == names
        assert ways.figures(page) == listed
        assert page.count(NOT_SHOWN) == sum(SCORES not in each.classes for each in doors)
        page = browser.get("/digest").text
        assert words_in(page) == names
        assert ways.figures(page) == {each for each in listed if each[0] in {"gap", "changed"}}
        if self.turn % 2:
            page = browser.get("/caseload?show=archived").text
            assert not words_in(page)
            over = [each for each in self.asked if each.therapist == at and each.opened is not None]
            assert page.count("Access ended.") == len(over) - len(doors)
        else:
            sought = name(self.turn // 2 % 4)
            found = {each for door in doors if sought in door.names for each in door.names}
            assert words_in(browser.get(f"/caseload?q={sought}").text) - {sought} == found - {sought}

    def _walk(self, at: int, laid: Laid, door: Door | None, endpoint: str) -> None:
        """Ask by one way, and compare what comes."""
        way = COUPLE[endpoint]
        whose = 1 - at if way.other else at
        kept = self.stage.laying.sets[whose] if way.other else "first-weeks"
        parts = {"homework_id": laid.homework[whose], "note_id": laid.notes[whose], "set_id": kept}
        path = self._path(endpoint, way, {"couple_id": laid.id, **parts})
        answer = self.browsers[at].open(path, method=way.method, data=way.form or None)
        if door is None or way.other or (way.page == "paper" and not door.brief):
            assert (answer.status_code, answer.data) == (404, self.nothing[at]), path
            return
        assert answer.status_code == way.status, path
        if answer.location:
            # What is said once is said here, so that it stands on no page that is compared.
            self.browsers[at].get("/caseload/codes")
        if way.page:
            words, figures = ways.expected(door, way.page)
            assert words_in(answer.text) == words, path
            assert ways.figures(answer.text) == figures, path

    def _path(self, endpoint: str, way: Way, parts: dict[str, Any]) -> str:
        return self.stage.paths[endpoint, way.method].format(**parts)

    def _take(self, at: int, laid: Laid, door: Door | None, whose: str, shape: str, *, words: bool = True) -> None:
        """Take one record along, and compare what is in it."""
        named = shape != "json" and self.turn % 2 == 0
        chosen = {each: "yes" for each, yes in (("words", words), ("named", named)) if yes}
        form = {"whose": whose, "format": shape, **chosen}
        answer = self.browsers[at].post(f"/caseload/{laid.id}/export", data=form)
        if door is None:
            assert (answer.status_code, answer.data) == (404, self.nothing[at])
            return
        assert answer.status_code == 200
        record = ways.record(door, whose, words=words)
        if shape == "json":
            assert ways.taken(answer.text) == record
        else:
            ways.compare(door, whose, shape, answer, record, named=named)

    def each_partner_is_told_whether_the_door_is_open(self) -> None:
        for who, two in self.two.items():
            mine = [
                each for each in self.asked if each.two == two and (each.opened is not None or not each.over(self.day))
            ]
            state = {
                each.ident: "ended" if each.ended else "waiting" if each.opened is None else "open" for each in mine
            }
            with self.stage.app.app_context():
                told = {each.id: each.state for each in service.guests_of(self.pair(who), now=NOW)}
            assert told == state

    def teardown(self) -> None:
        """At the end, all that is a therapist's own, and all that is anybody's: nothing of any couple is in it."""
        for at, browser in enumerate(getattr(self, "browsers", [])):
            # They hang on no door, and are many: each of the two in some of the walks.
            if self.turn % 8 != at:
                continue
            own = {word("own", at)}
            for endpoint, way in DESK.items():
                whose = 1 - at if way.other else at
                parts = {
                    "own_id": self.stage.laying.owns[whose],
                    "step_id": "step-1",
                    "code_id": self.stage.codes[whose].id,
                }
                path = self._path(endpoint, way, parts)
                answer = browser.open(path, method=way.method, data=way.form or None)
                assert answer.status_code == way.status, path
                assert words_in(answer.text) == (own if way.page else set()), path


def told_instead_of_set(told: str, *_how: Any, **_more: Any) -> bytes:
    """What a document is made of, in its place: that it is made is shown elsewhere, once."""
    return told.encode()


@pytest.mark.only_on("sqlite")
def test_every_way_of_a_therapist_is_told_of(app: Flask) -> None:
    assert ways.untold(app) == set(), "a new way, or one that is gone: say in ways.py what a therapist finds there"


@pytest.mark.only_on("sqlite")
@pytest.mark.timeout(7200)
def test_a_therapist_sees_what_both_let_them_and_nothing_else(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("app.caseload.writers.paper"), "_set", told_instead_of_set)
    machine = type("Machine", (Consenting,), {"stage": set_up(app)})
    walks = settings(
        max_examples=WALKS,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        # A walk is short and its steps have names: to look for a shorter one takes longer than to read it.
        phases=[Phase.generate],
    )
    run_state_machine_as_test(machine, settings=walks)
