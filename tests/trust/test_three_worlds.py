"""Two worlds that differ only in what one of three may not know look the same to that one, to the last byte.

Thea is a therapist, Ana and Ben a couple. To Thea the worlds differ in all that both have not let her see: words,
scores, sittings, answers not shown, what each said yes to beyond what both did, and before the door is open in
everything. To Ana they differ in what Ben said to Thea and told her: not yet, no, yes to this or to that. Whoever reads
asks for every page there is for them and takes along all that can be; status, headers, body and the number of
statements are the same. All that chance decides hangs on the seed; `TWO_WORLDS=1000` tells a hundred pairs to each.
"""

import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from importlib import import_module
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.accounts.service import open_session
from app.assessments.models import ANSWERS, PRIVATE, THERAPIST, Release
from app.caseload import service as caseload
from app.caseload.models import BriefLook
from app.caseload.routes import partners as partner_routes
from app.caseload.service import records
from app.caseload.service.guests import Hosted
from app.core.db import db, transaction
from app.couples.service import Pair, pair_of
from app.exercises.models import Draft, Prompt, Response
from app.scores.models import WeeklyScore
from app.therapist import service
from app.therapist.models import ASSESSMENTS, CLASSES, COMPLETION, RESPONSES, SCORES, Consent, HomeworkDay
from tests.factories import ISO_WEEK, NOW, TODAY, make_couple, make_passkey, make_person
from tests.reminders.people import visitor_of
from tests.support.databases import asked
from tests.therapist import ways
from tests.therapist.laid import Laid, Laying
from tests.trust.rows import put_back
from tests.trust.schedules import Chance

TOLD = max(int(os.environ.get("TWO_WORLDS") or 0) // 10, 3)
"""How many pairs of worlds each of the two reads."""

Said = list[set[str] | None]
"""What somebody says to a therapist, one thing after another: the classes of a yes, None for a no."""
HALF: list[tuple[Said, Said]] = [
    ([], []), ([None], []), ([{*CLASSES}], []), ([], [set()]), ([{SCORES}, None], [{SCORES}]), ([None], [{*CLASSES}])
]  # fmt: skip
"""What Ana and Ben can have said without that the door is open."""
OTHERWISE = "quite other words, and more of them"

WAITING, OPEN, OVER = SITUATIONS = ("waiting", "open", "over")
ANA, BEN, THEA = 0, 1, 2
Answer = tuple[str, str, list[tuple[str, str]], bytes, int]
READS = {ANA: {"pair", "two", "partner", "person"}, THEA: {"therapist", "person"}}
"""The policies of the pages that one can have."""


pytestmark = pytest.mark.only_on("sqlite")


class World:
    """One of the two: everybody in it, all that is laid down, and what comes to whoever reads."""

    def __init__(self, app: Flask, seed: str, chance: Chance, **laid: Any) -> None:
        put_back(app, {})
        chance.begin(seed)
        self.app, self.guest = app, ""
        people = [make_person(each) for each in ("Ana", "Ben")]
        doctors = [make_person(each, role="therapist") for each in ("Thea", "Theo")]
        with app.app_context(), transaction():
            db.session.add_all([*people, *doctors])
            db.session.flush()
            couple = make_couple(*people)
            db.session.add_all([couple, *map(make_passkey, doctors)])
            db.session.flush()
            db.session.expunge_all()
        self.laying = Laying(people, doctors, **laid)
        self.laying.live(app, [couple])
        self.people, self.doctors = list(map(visitor_of, people)), list(map(visitor_of, doctors))
        with app.app_context(), transaction():
            self.tokens = [open_session(each, "Firefox", now=NOW) for each in (*people, *doctors)]
            for each in doctors:
                service.edit_practice(each, name="", policy="none", own="")
                service.make_code(visitor_of(each), standing=True, now=NOW)
            self.codes = [service.codes_of(each, now=NOW)[0] for each in self.doctors]
            self.laying.desk()
            self.laid: Laid = self.laying.lay(0, couple.id, (ANA, BEN), weeks=False)

    def act(self, do: Callable[[], Any]) -> Any:
        """Do something at once."""
        with self.app.app_context(), transaction():
            return do()

    def let_ask(self, therapist: int = 0) -> None:
        """Ana types the code of one of the therapists."""
        code = self.codes[therapist].code
        self.guest = self.act(lambda: service.let_ask(pair_of(self.people[ANA]), code, now=NOW))

    def say(self, who: int, said: Said) -> None:
        """One of the two says what they say to the therapist who asked last."""
        for each in said:
            self.act(partial(self._say, who, each))

    def _say(self, who: int, said: set[str] | None) -> None:
        pair = pair_of(self.people[who])
        if said is None:
            service.say_no(pair, self.guest, now=NOW)
        else:
            service.say_yes(pair, self.guest, said, now=NOW)

    def browser(self, who: int) -> FlaskClient:
        """That of Ana (0), Ben (1), Thea (2) or Theo (3)."""
        browser = FlaskClient(self.app, self.app.response_class)
        browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        browser.set_cookie("attune", self.tokens[who])
        return browser

    def take_away(self, table: Any, *which: Any) -> None:
        """Let rows not be there at all."""
        self.act(lambda: db.session.execute(delete(table).where(*which)))

    def id_of(self, who: int) -> str:
        """The id of Ana or Ben."""
        return str(self.people[who].person_id)

    def disclose(self, shown: set[int], parts: set[tuple[int, str]], looked: set[int]) -> None:
        """Who of the two shows their answer to Thea, opens which part of a sitting, and has seen the brief."""

        def rows() -> None:
            for who in sorted(shown):
                caseload.show(pair_of(self.people[who]), self.doctors[0].person_id, self.laid.prompt, now=NOW)
            for who, part in sorted(parts):
                for sitting in self.laid.sittings[who][: 1 if part == PRIVATE else 2]:
                    facts = {"assessment_id": sitting, "part": part, "audience": THERAPIST}
                    db.session.add(Release(**facts, released_at=NOW))
            for who in sorted(looked):
                look = {"session_id": self.laid.sessions[0], "person_id": self.id_of(who), "looked_on": TODAY}
                db.session.add(BriefLook(**look))

        self.act(rows)


def everything(world: World, chance: Chance, who: int) -> Iterator[Answer]:
    """What comes to Ana (0) or Thea (2) of every page there is for them, and of all they can take along."""
    browser = world.browser(who)
    with world.app.app_context():
        prompts, engine = sorted(db.session.scalars(select(Prompt.id))), db.engine
    values: dict[str, tuple[Any, ...]] = {
        "couple_id": (world.laid.id,), "homework_id": (world.laid.homework[0],), "own_id": (world.laying.owns[0],),
        "step_id": ("step-1",), "guest_id": (world.guest,), "prompt_id": tuple(prompts), "exercise": ("check_in",),
        "sitting_id": world.laid.sittings[ANA], "instrument": ("balance",), "week": (ISO_WEEK,),
        "given_id": (world.laid.homework[0],), "day": (TODAY.isoformat(),), "year": (TODAY.year,), "number": (1,),
    }  # fmt: skip
    asking = [("GET", path, {}) for path in _paths(world.app, READS[who], values)]
    if who == THEA:
        asking += [("GET", f"/caseload{each}", {}) for each in ("?show=archived", "?show=flagged", "?q=Ana")]
        for whose, shape in product(ways.WHOSE, ("json", *ways.SHAPES)):
            form = {"whose": whose, "format": shape, "words": "yes", "named": "yes"}
            asking.append(("POST", f"/caseload/{world.laid.id}/export", form))
    for number, (method, path, form) in enumerate([*asking, ("POST", "/export", {})]):
        chance.begin(f"{who}.{number}")
        with asked(engine) as seen:
            answer = browser.open(path, method=method, data=form or None)
        yield f"{method} {path} {form or ''}", answer.status, list(answer.headers), answer.data, len(seen)


def _paths(app: Flask, policies: set[str], values: dict[str, tuple[Any, ...]]) -> Iterator[str]:
    """The address of every page with one of these policies, of which each part is known."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and app.extensions["policies"][rule.endpoint] in policies:
            template = re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule)
            for chosen in product(*(values.get(each, ()) for each in sorted(rule.arguments))):
                yield template.format(**dict(zip(sorted(rule.arguments), chosen, strict=True)))


# What Thea may not know


def to_thea(app: Flask, chance: Chance, seed: int, other: bool) -> World:
    """One of two worlds that are the same to Thea: the one as it is, or the other."""
    decided, free = random.Random(seed), random.Random(f"{seed} {other}")
    situation = SITUATIONS[seed % 3]
    both = set(decided.sample(CLASSES, decided.randrange(3))) if situation == OPEN else set()
    shown, parts = set(decided.sample((ANA, BEN), 1)), {(decided.choice((ANA, BEN)), ANSWERS)}
    if RESPONSES not in both:
        shown = set(free.sample((ANA, BEN), free.randrange(3)))
    if ASSESSMENTS not in both:
        parts = set(free.sample(list(product((ANA, BEN), (ANSWERS, PRIVATE))), free.randrange(4)))

    def said(each: str) -> str:
        kind, *whose = each.removeprefix("zq").removesuffix("z").split("-")
        answers = {"because": whose[1:2] == ["0"], "chosen": int(whose[-1]) in shown} if RESPONSES in both else {}
        seen = situation == OPEN and {"line": whose[1:2] == ["0"], **answers}.get(kind, False)
        mine = kind in {"note", "noted"} and whose[1] == "0"
        return OTHERWISE if other and not seen and not mine else each

    sat = tuple(2 if not other or (ASSESSMENTS in both and who in dict(parts)) else 3 - who for who in (ANA, BEN))
    felt = (3, 9) if other and SCORES not in both else (10, 4)
    world = World(app, f"{seed}", chance, said=said, sat=sat, felt=felt)
    ana, ben = _all_of(both, free)
    if situation == WAITING:
        ana, ben = HALF[(decided.randrange(6) + (1 + seed % 5) * other) % 6]
    if ana or ben or not other:
        world.let_ask()
        world.say(ANA, ana)
        world.say(BEN, ben)
    world.disclose(shown, parts, set(free.sample((ANA, BEN), free.randrange(2))))
    if situation == OVER:
        world.say((seed // 3 + other) % 2, [None])
    if other:
        _other_rows(world, free, both, situation)
    return world


def _all_of(both: set[str], free: random.Random) -> tuple[Said, Said]:
    """What the two may say that comes to a yes of both to these classes alone."""
    beyond = {each: free.choice((ANA, BEN, None)) for each in sorted({*CLASSES} - both)}
    one, two = ({*both, *(each for each in beyond if beyond[each] == who)} for who in (ANA, BEN))
    before: Said = free.choice(([], [None], [{*CLASSES}]))
    return [*before, one], [two]


def _other_rows(world: World, free: random.Random, both: set[str], situation: str) -> None:
    """What Thea knows nothing of need not be there at all; and there may be another therapist."""
    gone: list[Any] = [Draft]
    if SCORES not in both and free.random() < 0.5:
        gone.append(WeeklyScore)
    if situation != OPEN:
        gone += free.sample([Response, HomeworkDay], 1)
    for table in gone:
        world.take_away(table)
    if free.random() < 0.5:
        world.let_ask(therapist=1)
        for who in (ANA, BEN):
            world.say(who, [{*CLASSES}])


# What Ana may not know


def to_ana(app: Flask, chance: Chance, seed: int, other: bool) -> World:
    """One of two worlds that are the same to Ana: the one as it is, or the other."""
    decided, free = random.Random(seed), random.Random(f"{seed} {other}")
    situation = SITUATIONS[seed % 3]

    def said(each: str) -> str:
        kind, *whose = each.removeprefix("zq").removesuffix("z").split("-")
        bens = kind in {"sealed", "draft", "because", "unsaid"} and whose[-1] == str(BEN)
        return OTHERWISE if other and (bens or kind == "noted") else each

    felt, sat = ((10, 9), (2, 1)) if other else ((10, 4), (2, 2))
    world = World(app, f"{seed}", chance, said=said, felt=felt, sat=sat)
    world.let_ask()
    mine: set[str] = set(decided.sample(CLASSES, decided.randrange(4)))
    if situation == WAITING:
        ana: Said = [[], [None], [mine]][seed // 3 % 3]
        # While Ana says yes, Ben says nothing, or no, also after a yes.
        apart: list[Said] = [[], [None], [{*CLASSES}, None], [{*CLASSES}], [set()], [None, {SCORES}]]
        ben = apart[(seed + other) % (3 if ana == [mine] else 6)]
    else:
        ana, ben = [mine], [{*CLASSES} if other else set(free.sample(CLASSES, free.randrange(2)))]
    world.say(BEN, ben)
    world.say(ANA, ana)
    shown, parts = ({BEN}, {(BEN, ANSWERS), (BEN, PRIVATE)}) if other else (set(), set())
    world.disclose({ANA, *shown}, {(ANA, ANSWERS), *parts}, {BEN} if other else set())
    if situation != WAITING:
        _looked_at_by_thea(world, chance)
    if situation == OVER:
        if other:
            world.say(BEN, [None])
        else:
            world.act(lambda: service.end_access(world.doctors[0], world.laid.id, now=NOW))
    if other:
        world.take_away(HomeworkDay, HomeworkDay.person_id == world.id_of(BEN))
    return world


def _looked_at_by_thea(world: World, chance: Chance) -> None:
    """That she looks, and takes something along, is kept for Ana to see: the same, whatever there was to see."""
    browser, here = world.browser(THEA), f"/caseload/{world.laid.id}"
    for path in ("", "/brief", "/homework"):
        chance.begin(path)
        browser.get(f"{here}{path}")
    chance.begin("export")
    browser.post(f"{here}/export", data={"whose": "second", "format": "json"})


READERS = {"Thea": (THEA, to_thea), "Ana": (ANA, to_ana)}


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chance]:
    """What both worlds draw from; and no document is set, but told of as it would be."""
    paper = import_module("app.caseload.writers.paper")
    monkeypatch.setattr(paper, "_set", lambda told, *_how, **_more: told.encode())
    with Chance().instead() as chance:
        yield chance


def compare(app: Flask, chance: Chance, reader: str, seed: int) -> int:
    """How many answers came, the same in both worlds. Raises AssertionError over the first that differs."""
    who, tell = READERS[reader]
    here = list(everything(tell(app, chance, seed, False), chance, who))
    there = everything(tell(app, chance, seed, True), chance, who)
    for one, two in zip(here, there, strict=True):
        assert one == two, f"seed {seed}: {one[0]}"
    return len(here)


@pytest.mark.parametrize("seed", range(TOLD))
@pytest.mark.parametrize("reader", READERS)
def test_nothing_tells_one_of_three_what_they_may_not_know(app: Flask, chance: Chance, reader: str, seed: int) -> None:
    assert compare(app, chance, reader, seed) > 30


# That it would be seen: each of these lets a little slip, and a pair of the same worlds tells of it


def _answers_of_one_alone(patch: pytest.MonkeyPatch) -> None:
    """Answers that are shown are in a record, whether both have said yes to that or not."""
    patch.setattr(records, "RESPONSES", COMPLETION)


def _half_a_yes(patch: pytest.MonkeyPatch) -> None:
    """The codes of a therapist look otherwise once one of a couple has said yes."""
    codes_of = service.codes_of
    one = select(Consent.guest_id).where(Consent.given)
    patch.setattr(service, "codes_of", lambda *a, **how: codes_of(*a, **how) * (1 + bool(db.session.scalar(one))))


def _told_of_the_other(patch: pytest.MonkeyPatch) -> None:
    """What a therapist sees of me goes by what both have said yes to."""
    hosted = partner_routes.hosted

    def of_both(pair: Pair, guest_id: str, *, now: datetime) -> Hosted:
        found, you = hosted(pair, guest_id, now=now), pair.you
        return replace(found, mine=found.mine & hosted(replace(pair, me=you, you=pair.me), guest_id, now=now).mine)

    patch.setattr(partner_routes, "hosted", of_both)


LEAKS = {
    _answers_of_one_alone: ("Thea", 1),
    _half_a_yes: ("Thea", 0),
    _told_of_the_other: ("Ana", 4),
}
"""Who is told by it, and in which pair of worlds."""


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__.strip("_").replace("_", " "))
def test_a_leak_to_one_of_three_would_be_seen(app: Flask, chance: Chance, monkeypatch, leak) -> None:
    leak(monkeypatch)
    with pytest.raises(AssertionError, match=r"seed \d: (GET|POST) /"):
        compare(app, chance, *LEAKS[leak])
