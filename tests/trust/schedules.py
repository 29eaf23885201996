"""A week of Ana and Ben, made up by chance and told twice: once as it is, and once with other secrets of Ben's.

Beforehand it is settled for each answer of Ben's whether it may open. One that may is the same in both worlds. One that
may not has other words and ratings in the other world, or is not there at all; Ana then never answers that prompt, and
Ben never lets go of it, so nothing of it may ever come to her. All that chance decides hangs on the seed.
"""

import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.accounts.models import AuthSession
from app.accounts.service import open_session
from app.assessments.paging import pages_of
from app.assessments.shelf import PLAIN, builtin
from app.core.db import db, transaction
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING, PlanEntry, Prompt, Response, Turn
from tests.factories import NOW, make_couple, make_person
from tests.trust.rows import put_back

ANA, BEN = "Ana", "Ben"
FIRST = NOW - timedelta(hours=12)
"""The morning on which the week begins."""

WORDS = ("quiet", "bread", "river", "lamp", "stone", "window", "garden", "letter", "winter", "apple", "song", "boat")
FEELINGS = ("playful", "rested", "tender", "weary", "lonely", "angry", "worried")
NEEDS = ("listening", "advice", "affection", "space", "help", "nothing")
RATINGS = {"mood", "stress", "understood", "valued", "supported", "guess_mood", "guess_stress"}
PLANNED = (CHECK_IN, APPRECIATION, MIRRORING, LOVE_MAP)
PRYING = ("amendment", "discarding", "draft", "keeping", "mark", "release", "turn")
PAGES = ("/today", "/history", "/history/jar", "/history/map", "/history/earlier", "/couple", "/plan", "/settings",
         "/weeks", "/weeks/years", "/weeks/together", "/assessments", "/assessments/balance",
         "/assessments/told")  # fmt: skip

SAT = {name: pages_of(builtin()[name, PLAIN]) for name in ("balance", "satisfaction")}
"""The pages of what they sit; the last one of the balance is private."""

Form = dict[str, Any]
SAME: Form = {"the same": "in both worlds"}


@dataclass(frozen=True)
class Act:
    """Something that one of the two asks for. `other` is its form in the other world, None when it is not there."""

    who: str
    at: datetime
    method: str
    path: str
    form: Form = field(default_factory=dict)
    other: Form | None = None


class Chance:
    """What the app draws its secrets from: the same for the same seed, and for each act anew."""

    def __init__(self) -> None:
        self.begin("")

    def begin(self, seed: str) -> None:
        """From here on draw what this seed brings."""
        self._random = random.Random(seed)

    @contextmanager
    def instead(self) -> Iterator["Chance"]:
        """Let `secrets` draw from here."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(secrets, "token_bytes", lambda size=32: self._random.randbytes(size))
            patch.setattr(secrets, "token_hex", lambda size=32: self._random.randbytes(size).hex())
            patch.setattr(secrets, "token_urlsafe", self._urlsafe)
            patch.setattr(secrets, "randbits", self._getrandbits)
            patch.setattr(secrets, "choice", self._choice)
            yield self

    def _getrandbits(self, bits: int) -> int:
        return self._random.getrandbits(bits)

    def _choice(self, among: Sequence[Any]) -> Any:
        return self._random.choice(among)

    def _urlsafe(self, size: int = 32) -> str:
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return "".join(self._random.choice(letters) for _ in range((size * 4 + 2) // 3))


@dataclass
class Facts:
    """What the rows say of a prompt: who has given a response (and let go of it), and the kind of the last turn."""

    id: str
    day: date
    exercise: str
    given: dict[str, bool] = field(default_factory=dict)
    last: str = ""

    @property
    def open(self) -> bool:
        """Whether both have answered."""
        return len(self.given) == 2


class Stage:
    """One world: an app on a database of its own, with Ana and Ben in it."""

    def __init__(self, app: Flask, chance: Chance) -> None:
        self.app, self._chance = app, chance
        self._browsers: dict[str, FlaskClient] = {}
        self._names: dict[str, str] = {}

    def begin(self, seed: str) -> None:
        """Nobody but Ana and Ben, who have been a couple for a month."""
        put_back(self.app, {})
        self._chance.begin(seed)
        people = {name: make_person(name) for name in (ANA, BEN)}
        self._names = {person.id: name for name, person in people.items()}
        couple = make_couple(*people.values())
        with self.app.app_context(), transaction():
            db.session.add_all(people.values())
            db.session.flush()
            db.session.add(couple)
            db.session.flush()
            # Every day has something of each kind.
            db.session.add_all(PlanEntry(couple_id=couple.id, exercise=name, weekdays=127) for name in PLANNED)
            tokens = {name: open_session(person, "Firefox on Linux", now=FIRST) for name, person in people.items()}
            db.session.flush()
            # So that an export can be had at any time.
            db.session.execute(update(AuthSession).values(fresh_until=FIRST + timedelta(days=20)))
        for name, token in tokens.items():
            self._browsers[name] = FlaskClient(self.app, self.app.response_class)
            self._browsers[name].environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
            self._browsers[name].set_cookie("attune", token)

    def do(self, act: Act, form: Form, seed: str) -> TestResponse:
        """What comes of an act."""
        self._chance.begin(seed)
        with time_machine.travel(act.at, tick=False):
            return self._browsers[act.who].open(act.path, method=act.method, data=form or None)

    def facts(self) -> list[Facts]:
        """What is so of each prompt, by the day and the exercise."""
        with self.app.app_context():
            rows = db.session.execute(select(Prompt.id, Prompt.day, Prompt.exercise))
            found = {row.id: Facts(*row) for row in rows}
            for prompt, author, released in db.session.execute(
                select(Response.prompt_id, Response.author_id, Response.released_at)
            ):
                found[prompt].given[self._names[author]] = released is not None
            for prompt, kind in db.session.execute(select(Turn.prompt_id, Turn.kind).order_by(Turn.number)):
                found[prompt].last = kind
        return sorted(found.values(), key=lambda each: (each.day, each.exercise, each.id))


class Week:
    """The acts of a week, as chance brings them, played in the first world while they are made up."""

    def __init__(self, seed: int, stage: Stage) -> None:
        self.seed, self.stage = seed, stage
        self.acts: list[Act] = []
        self.answers: list[TestResponse] = []
        self.absent = seed % 2 == 1
        """Whether Ben's secrets are not there at all in the other world, or there and others."""
        self.secrets = 0
        """How many there were."""
        self._chance = random.Random(seed)
        self._secret: set[str] = set()
        self._now = FIRST
        stage.begin(f"{seed}")

    def happen(self, most: int) -> "Week":
        """Let `most` things happen, with Ana looking about between them, and at what may tell her most in the end."""
        self._ask(ANA, "/today")
        for number in range(most):
            if number and self._chance.random() < 0.4:
                self._now += timedelta(hours=self._chance.randrange(6, 60))
                self._ask(self._chance.choice((ANA, BEN)), "/today")
            self._now += timedelta(minutes=self._chance.randrange(5, 120))
            facts = self.stage.facts()
            if number < 2:
                self.respond(BEN, [each for each in self._lately(facts, 0) if each.exercise in {CHECK_IN, LOVE_MAP}])
            elif number == 2:
                self.pry(ANA, facts)
            elif number == 3 and self.seed % 5 == 1:
                self.sit(BEN, facts, "balance")
            else:
                self._something(facts)
            self._ask(ANA, self._somewhere(facts))
        given = [f"/prompts/{prompt.id}" for prompt in self.stage.facts() if BEN in prompt.given]
        looked = (
            "/today",
            "/history",
            f"/history/{self._chance.choice((CHECK_IN, LOVE_MAP))}",
            "/weeks",
            "/weeks/together",
            "/assessments/balance/map",
        )
        for path in (*looked, *given):
            self._ask(ANA, path)
        self._ask(ANA, "/export", {})
        return self

    def _something(self, facts: list[Facts]) -> None:
        """Let either of the two do something that can be done."""
        who, before = self._chance.choice((ANA, BEN)), len(self.acts)
        for kind in self._chance.choices(list(KINDS), list(KINDS.values()), k=5):
            if len(self.acts) == before:
                getattr(self, kind)(who, facts)

    def look(self, who: str, facts: list[Facts]) -> None:
        """Look at today and at a prompt."""
        self._ask(who, "/today")
        for prompt in self._some(facts):
            self._ask(who, f"/prompts/{prompt.id}?edit")

    def respond(self, who: str, facts: list[Facts]) -> None:
        """Answer, or change an answer, now and then without what is needed."""
        skipped = {MIRRORING, APPRECIATION if who == BEN and self._chance.random() < 0.7 else ""}
        fitting = [each for each in self._lately(facts, self._chance.choice((0, 3))) if each.exercise not in skipped]
        for prompt in self._some([each for each in fitting if who == BEN or each.id not in self._secret]):
            left_out = self._chance.random() < 0.1
            form, other = (self._response(prompt.exercise, long, left_out) for long in (False, True))
            path = f"/prompts/{prompt.id}/response"
            if who == BEN and prompt.exercise != APPRECIATION:
                self._ben_responds(prompt, path, form, other)
            else:
                self._ask(who, path, form)

    def _ben_responds(self, prompt: Facts, path: str, form: Form, other: Form) -> None:
        refused = prompt.open or prompt.given.get(BEN, False)
        opens = ANA in prompt.given and not refused
        stays = self.absent and prompt.id in self._secret
        secret = not opens and (refused or stays or self._chance.random() < 0.7)
        answer = self._ask(BEN, path, form, self._elsewhere(other) if secret else form)
        self.secrets += secret
        if answer.location == f"/prompts/{prompt.id}" and not refused:
            (self._secret.add if secret else self._secret.discard)(prompt.id)

    def draft(self, who: str, facts: list[Facts]) -> None:
        """Begin to write."""
        for prompt in self._some(facts):
            form, other = ({"answer": self._words(long), "text": self._words(long)} for long in (False, True))
            elsewhere = self._elsewhere(other) if who == BEN else form
            self._ask(who, f"/prompts/{prompt.id}/draft", form, elsewhere)

    def discard(self, who: str, facts: list[Facts]) -> None:
        """Take an answer back."""
        for prompt in self._some([each for each in facts if who in each.given]):
            answer = self._ask(who, f"/prompts/{prompt.id}/discarding", {})
            if who == BEN and answer.location == "/today":
                self._secret.discard(prompt.id)

    def release(self, who: str, facts: list[Facts]) -> None:
        """Let the other read what waits, unless it is a secret."""
        for prompt in self._some([each for each in facts if who in each.given and each.id not in self._secret]):
            self._ask(who, f"/prompts/{prompt.id}/release", {})

    def wait(self, who: str, facts: list[Facts]) -> None:
        """Let it wait."""
        for prompt in self._some([each for each in facts if who in each.given]):
            self._ask(who, f"/prompts/{prompt.id}/keeping", {})

    def set_aside(self, who: str, facts: list[Facts]) -> None:
        """Not this one."""
        for prompt in self._some([each for each in self._lately(facts, 0) if each.exercise != CHECK_IN]):
            self._ask(who, f"/prompts/{prompt.id}/setting-aside", {})

    def pry(self, _who: str, facts: list[Facts]) -> None:
        """Let Ana try at one of Ben's secrets whatever there is to try, but for answering."""
        for prompt in self._some([each for each in facts if each.id in self._secret]):
            act = self._chance.choice(("setting-aside", "setting-aside", *PRYING))
            form = {"landed": "7"} if prompt.exercise == CHECK_IN else {"closeness": "close"}
            self._ask(ANA, f"/prompts/{prompt.id}/{act}", form if act == "mark" else {})

    def mark(self, who: str, facts: list[Facts]) -> None:
        """Say of the other's answer how it was, also where there is none to see."""
        for prompt in self._some(self._rather_open([each for each in facts if set(each.given) - {who}])):
            closeness = {"closeness": self._chance.choice(("spot_on", "close", "not_yet"))}
            landed = {"landed": self._chance.randrange(11), "thanks": self._words()}
            self._ask(who, f"/prompts/{prompt.id}/mark", closeness if prompt.exercise == LOVE_MAP else landed)

    def amend(self, who: str, facts: list[Facts]) -> None:
        """Say it better, also where it cannot be yet."""
        for prompt in self._some(self._rather_open([each for each in facts if who in each.given])):
            name = {CHECK_IN: "high", APPRECIATION: "text", LOVE_MAP: "answer"}[prompt.exercise]
            self._ask(who, f"/prompts/{prompt.id}/amendment", {"field": name, "text": self._words()})

    def turn(self, who: str, facts: list[Facts]) -> None:
        """Take a turn, also when it is the other's."""
        for prompt in self._some([each for each in facts if each.exercise == MIRRORING]):
            form: Form = {"text": self._words()}
            if prompt.last == "mirror":
                verdict = self._chance.choice(("heard", "missing"))
                form |= {"heard": self._chance.randrange(11), "verdict": verdict}
            self._ask(who, f"/prompts/{prompt.id}/turn", form)

    def open_weeks(self, who: str, _facts: list[Facts]) -> None:
        """Open one's weeks to the other, or shut them. What Ben does is a secret where Ana never opens hers."""
        shared = self.seed % 3 == 0
        if shared or who == BEN:
            end = self._chance.choice(("", "", "/withdrawal"))
            self._ask(who, f"/weeks/together/opening{end}", {}, {} if shared else None)
            self.secrets += not shared

    def sit(self, who: str, _facts: list[Facts], instrument: str = "") -> None:
        """Sit something and open it, with an answer in private, which in Ben's case is always a secret; what else he
        gives is one but for the balance where Ana opens hers, too.
        """
        shared, instrument = self.seed % 3 == 0, instrument or self._chance.choice(("balance", "satisfaction"))
        secret = who == BEN and not (shared and instrument == "balance")
        begun = self._ask(who, f"/assessments/{instrument}/sittings", {}, None if secret and self.absent else SAME)
        form, other, private, hidden = (
            {item.id: str(self._chance.choice(item.options).value) for item in page.items}
            for page in (SAT[instrument][0], SAT[instrument][0], SAT[instrument][-1], SAT[instrument][-1])
        )
        self._ask(who, f"{begun.location}/pages/1", form, self._elsewhere(other) if secret else form)
        elsewhere = self._elsewhere(hidden) if who == BEN else private
        self._ask(who, f"{begun.location}/pages/{SAT[instrument][-1].number}", private, elsewhere)
        self._ask(who, f"{begun.location}/finish", {}, None if secret and self.absent else SAME)
        if instrument == "balance" and (shared or who == BEN):
            end = self._chance.choice(("", "", "/withdrawal"))
            part = {"part": "answers", "audience": "partner"}
            self._ask(who, f"{begun.location}/release{end}", part, None if secret and self.absent else part)
        self.secrets += who == BEN

    def plan(self, who: str, _facts: list[Facts]) -> None:
        """Change what is done on which days."""
        chosen = {name: [day for day in "1234567" if self._chance.random() < 0.6] for name in PLANNED}
        self._ask(who, "/plan", {name: days for name, days in chosen.items() if days})

    def agree(self, who: str, _facts: list[Facts]) -> None:
        """Change where the day begins, and whether the other may see that an answer is in."""
        form = {"zone": self._chance.choice(("UTC", "Europe/Madrid", "Asia/Tokyo"))}
        if self._chance.random() < 0.5 and not (who == BEN and self.absent):
            form["shows_answering"] = "yes"
        self._ask(who, "/couple", form)

    def leave(self, who: str, _facts: list[Facts]) -> None:
        """End it."""
        self._ask(who, "/leaving", {})

    def _ask(self, who: str, path: str, form: Form | None = None, other: Form | None = SAME) -> TestResponse:
        method = "GET" if form is None else "POST"
        act = Act(who, self._now, method, path, form or {}, form or {} if other is SAME else other)
        self.acts.append(act)
        self.answers.append(self.stage.do(act, act.form, f"{self.seed}.{len(self.acts)}"))
        return self.answers[-1]

    def _some(self, facts: list[Facts]) -> list[Facts]:
        """One of them, or none where there is none."""
        return self._chance.sample(facts, min(1, len(facts)))

    def _somewhere(self, facts: list[Facts]) -> str:
        """A page to look at: today, or a prompt that somebody has answered, or any other."""
        given = [f"/prompts/{prompt.id}" for prompt in facts if prompt.given] or ["/history"]
        return self._chance.choice(("/today", "/today", *self._chance.choices(given, k=2), self._chance.choice(PAGES)))

    def _rather_open(self, facts: list[Facts]) -> list[Facts]:
        """Those that are open, more often than not."""
        found = [each for each in facts if each.open or each.exercise == APPRECIATION]
        return found if found and self._chance.random() < 0.9 else facts

    def _lately(self, facts: list[Facts], days: int = 3) -> list[Facts]:
        """Those of the last days, which can still be answered."""
        return [each for each in facts if each.day >= (self._now - timedelta(days)).date()]

    def _elsewhere(self, other: Form) -> Form | None:
        return None if self.absent else other

    def _response(self, exercise: str, long: bool, left_out: bool) -> Form:
        if exercise == APPRECIATION:
            return {} if left_out else {"text": self._words(long)}
        if exercise == LOVE_MAP:
            return {"guess": self._words(long)} | ({} if left_out else {"answer": self._words(long)})
        form: Form = {name: self._chance.randrange(11) for name in sorted(RATINGS - {"mood" if left_out else ""})}
        form |= {name: self._chance.choice(NEEDS) for name in ("need", "guess_need")}
        form["feelings"] = self._chance.sample(FEELINGS, self._chance.randrange(4))
        return form | {name: self._words(long) for name in ("high", "low", "challenge") if self._chance.random() < 0.5}

    def _words(self, long: bool = False) -> str:
        few = self._chance.randrange(1, 15)
        return " ".join(self._chance.choice(WORDS) for _ in range(few + (60 if long else 0)))


KINDS = {
    "look": 3,
    "respond": 12,
    "draft": 2,
    "discard": 1,
    "release": 1,
    "wait": 1,
    "set_aside": 3,
    "pry": 2,
    "mark": 3,
    "amend": 2,
    "turn": 3,
    "open_weeks": 2,
    "sit": 1,
    "plan": 1,
    "agree": 1,
    "leave": 0.2,
}
"""What may happen, and how often."""


def played_again(week: Week, stage: Stage) -> Iterator[tuple[Act, TestResponse, TestResponse]]:
    """Each act of Ana's, with what came of it in the first world and what comes of it in this one."""
    stage.begin(f"{week.seed}")
    for number, (act, answer) in enumerate(zip(week.acts, week.answers, strict=True), start=1):
        if act.other is not None:
            again = stage.do(act, act.other, f"{week.seed}.{number}")
            if act.who == ANA:
                yield act, answer, again
