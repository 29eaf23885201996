"""Whatever people do in whatever order: a therapist sees what both of a couple let them see, and nothing else.

Hypothesis acts at random: lets therapists ask, says yes to this and that, takes it back, leaves, comes together again,
ends as a therapist, lets days go by. After each act all that is told is compared with a model that knows no database.

`CONSENT_MACHINE=2000 ./run test tests/therapist/test_consent_machine.py` walks 2,000 ways; the suite walks a few.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.accounts.models import Person
from app.accounts.service import open_session
from app.core.db import db, transaction
from app.core.errors import DomainError, NotFound
from app.couples import service as couples
from app.therapist import service
from app.therapist.models import CLASSES
from tests.factories import NOW, make_passkey, make_person
from tests.reminders.people import visitor_of

WALKS, STEPS = int(os.environ.get("CONSENT_MACHINE", "15")), 24
HEALTH = list(HealthCheck)
partners, therapists = st.integers(0, 3), st.integers(0, 1)
classes = st.sets(st.sampled_from(CLASSES))


@dataclass
class Asked:
    """A therapist with a couple, as the model has it. `said`: partner → the classes of a yes, or None for a no."""

    therapist: int
    two: tuple[str, frozenset[int]]
    at: datetime
    said: dict[int, set[str] | None] = field(default_factory=dict)
    opened: bool = False
    ended: bool = False

    def over(self, now: datetime) -> bool:
        return self.ended or (not self.opened and now - self.at >= timedelta(days=30))


class Consenting(RuleBasedStateMachine):
    """Four people, who may be two couples, and two therapists."""

    app = None

    @initialize()
    def begin(self) -> None:
        self.now = NOW
        people = [make_person(f"{name}{os.urandom(6).hex()}") for name in "abcd"]
        doctors = [make_person(f"t{os.urandom(6).hex()}", role="therapist") for _ in range(2)]
        with self.app.app_context(), transaction():
            db.session.add_all([*people, *doctors])
            db.session.flush()
            db.session.add_all(map(make_passkey, doctors))
            self.people, self.doctors = list(map(visitor_of, people)), list(map(visitor_of, doctors))
            self.tokens = [open_session(each, "Firefox", now=NOW) for each in doctors]
            self.codes = []
            for each in doctors:
                service.edit_practice(each, name="", policy="none", own="")
                service.make_code(visitor_of(each), standing=True, now=NOW)
                self.codes.append(service.codes_of(visitor_of(each), now=NOW)[0].code)
            for each in people:
                couples.begin_alone(db.session.get_one(Person, each.id), now=NOW)
        self.two: dict[int, tuple[str, frozenset[int]]] = {}
        self.ever: list[str] = []
        self.asked: list[Asked] = []
        self.idents: list[str] = []
        self.come_together(0, 1)
        self.come_together(2, 3)
        self.let_ask(0, 0)

    def pair(self, who: int):
        return couples.pair_of(self.people[who])

    @rule(one=partners, other=partners)
    def come_together(self, one: int, other: int) -> None:
        if one == other or one in self.two or other in self.two:
            return
        with self.app.app_context(), transaction():
            for who in (one, other):
                if self.pair(who) is None:
                    couples.begin_alone(db.session.get_one(Person, self.people[who].person_id), now=self.now)
            couples.invite(self.pair(one), now=self.now)
            invited = couples.invitation_of(self.pair(one), now=self.now)
            couples.claim(self.pair(other), invited.code, now=self.now)
            couples.confirm(self.pair(one), invited.id, now=self.now)
            here = (self.pair(one).couple_id, frozenset({one, other}))
        self.two[one] = self.two[other] = here
        self.ever.append(here[0])

    @rule(who=partners)
    def leave(self, who: int) -> None:
        if who not in self.two:
            return
        with self.app.app_context(), transaction():
            couples.leave_couple(self.pair(who), now=self.now)
        for each in self.two[who][1]:
            del self.two[each]

    @rule(who=partners, therapist=therapists)
    def let_ask(self, who: int, therapist: int) -> None:
        if who not in self.two:
            return
        with self.app.app_context(), transaction():
            ident = service.let_ask(self.pair(who), self.codes[therapist], now=self.now)
        known = [
            ident
            for each, ident in zip(self.asked, self.idents, strict=True)
            if (each.therapist, each.two) == (therapist, self.two[who]) and not each.over(self.now)
        ]
        assert known in ([], [ident])
        if not known:
            self.asked.append(Asked(therapist, self.two[who], self.now))
            self.idents.append(ident)

    @rule(number=st.integers(0, 3), said=st.tuples(classes, classes))
    def both_say_yes(self, number: int, said: tuple[set[str], set[str]]) -> None:
        """What chance alone brings about too seldom."""
        if self.asked:
            two = sorted(self.asked[-1 - number % len(self.asked)].two[1])
            for who, each in zip(two, said, strict=True):
                self.say_yes(who, number, each)

    @rule(who=partners, number=st.integers(0, 3), said=classes)
    def say_yes(self, who: int, number: int, said: set[str]) -> None:
        self._say(who, number, said, lambda pair, ident: service.say_yes(pair, ident, said, now=self.now))

    @rule(who=partners, number=st.integers(0, 3))
    def say_no(self, who: int, number: int) -> None:
        self._say(who, number, None, lambda pair, ident: service.say_no(pair, ident, now=self.now))

    def _say(self, who, number, said, act) -> None:
        if not self.asked:
            return
        # The newest first: the old ones are over, most of the time.
        asked, ident = self.asked[-1 - number % len(self.asked)], self.idents[-1 - number % len(self.idents)]
        may = self.two.get(who) == asked.two and not asked.over(self.now)
        done = False
        with self.app.app_context():
            pair = self.pair(who)
            try:
                with transaction():
                    if pair is not None:
                        act(pair, ident)
                        done = True
            except DomainError:
                pass
        assert done == may
        if may:
            asked.said[who] = said
            if said is None and asked.opened:
                asked.ended = True
            if all(asked.said.get(each) is not None for each in asked.two[1]):
                asked.opened = True

    @rule(therapist=therapists, number=st.integers(0, 3))
    def end(self, therapist: int, number: int) -> None:
        couple_id = self.ever[-1 - number % len(self.ever)]
        open_ = [each for each in self._open(therapist) if each.two[0] == couple_id]
        done = False
        with self.app.app_context():
            try:
                with transaction():
                    service.end_access(self.doctors[therapist], couple_id, now=self.now)
                done = True
            except NotFound:
                pass
        assert done == bool(open_)
        for each in open_:
            each.ended = True

    @rule(days=st.sampled_from((1, 12, 31)))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def _open(self, therapist: int) -> list[Asked]:
        living = set(self.two.values())
        return [
            each
            for each in self.asked
            if each.therapist == therapist and each.opened and not each.ended and each.two in living
        ]

    @invariant()
    def each_therapist_is_told_what_both_let_them(self) -> None:
        for therapist, doctor in enumerate(getattr(self, "doctors", [])):
            allowed = {
                each.two[0]: {"completion"} | set.intersection(*(each.said[who] for who in each.two[1]))
                for each in self._open(therapist)
            }
            over = [each for each in self.asked if each.therapist == therapist and each.opened]
            with self.app.app_context():
                told = {door.couple.id: set(door.classes) for door in service.caseload_of(doctor)}
                assert told == allowed
                assert len(service.ended_of(doctor)) == len(over) - len(allowed)
                for couple_id in self.ever:
                    try:
                        door = service.couple_of_therapist(doctor, couple_id)
                    except NotFound:
                        assert couple_id not in allowed
                    else:
                        assert set(door.classes) == allowed[couple_id]
                        assert {each.id for each in door.couple.partners} == {
                            self.people[who].person_id for who in range(4) if self.two.get(who, ("",))[0] == couple_id
                        }

    @invariant()
    def each_partner_is_told_whether_the_door_is_open(self) -> None:
        for who, two in getattr(self, "two", {}).items():
            mine = [
                (ident, each)
                for ident, each in zip(self.idents, self.asked, strict=True)
                if each.two == two and (each.opened or not each.over(self.now))
            ]
            state = {ident: "ended" if each.ended else "open" if each.opened else "waiting" for ident, each in mine}
            with self.app.app_context():
                told = {each.id: each.state for each in service.guests_of(self.pair(who), now=self.now)}
            assert told == state

    def teardown(self) -> None:
        """At the end, by every address: what is open is a page, everything else is the same 404."""
        for therapist, token in enumerate(getattr(self, "tokens", [])):
            browser = self.app.test_client()
            browser.set_cookie("attune", token)
            allowed = {each.two[0] for each in self._open(therapist)}
            for couple_id in self.ever:
                status = browser.get(f"/caseload/{couple_id}").status_code
                assert status == (200 if couple_id in allowed else 404)


@pytest.mark.only_on("sqlite")
@pytest.mark.timeout(3600)
def test_a_therapist_sees_what_both_let_them_and_nothing_else(app) -> None:
    machine = type("Machine", (Consenting,), {"app": app})
    walks = settings(
        max_examples=WALKS,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(machine, settings=walks)
