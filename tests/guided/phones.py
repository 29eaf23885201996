"""Two phones, a network that loses and delays, and what they talk to: the machine alone, or a database."""

import random
from datetime import timedelta

from flask import Flask

from app.accounts.models import Person
from app.core.db import transaction
from app.couples.service import Pair, pair_of
from app.guided import service
from app.guided.flow import KNOWN, NEW, OVER, PAUSE, SIDES, TIMER, WHOLE, Flow, Key, Made
from app.guided.guide import CHOOSE, RATE, SPEAK, Step
from app.guided.service import AlreadyGiven, MovedOn, NotYours
from tests.factories import NOW
from tests.reminders.people import visitor_of

SECOND = timedelta(seconds=1)
Asked = tuple[Key, int | None, str]
LOST = 0.3
"""How many requests, and how many answers, never arrive."""


class Server:
    """The machine as the service runs it: one move after the other, each judged by what is there."""

    def __init__(self, steps: tuple[Step, ...], first: str = "quince") -> None:
        self.steps, self.first, self.clock = steps, first, NOW
        self.moves: dict[Key, Made] = {}
        self.words: dict[Key, str | None] = {}

    @property
    def flow(self) -> Flow:
        return Flow(self.steps, self.first, dict(self.moves))

    def take(self, key: Key, pick: int | None = None, words: str | None = None) -> str:
        """What becomes of a move that comes now."""
        self.clock += SECOND
        verdict = self.flow.judge(key)
        if verdict == NEW:
            self.moves[key] = Made(self.clock, pick)
            self.words[key] = words
        return verdict


class RealServer:
    """The service on a database, with an occasion that Ana has begun: `two` in the order of SIDES."""

    def __init__(self, app: Flask, two: tuple[Person, Person], exercise: str, first: str) -> None:
        self.app, self.clock = app, NOW
        with app.app_context():
            pairs = [pair_of(visitor_of(person)) for person in two]
        self.pairs = dict(zip(SIDES, filter(None, pairs), strict=True))
        with app.app_context(), transaction():
            guide = service.guide_of(self.pairs["quince"], exercise)
            self.id = service.begin(self.pairs["quince"], guide, "", first, now=self.clock).id
        self.flow = self.seen("quince").flow

    def seen(self, side: str) -> service.Seen:
        """The occasion as one of them sees it."""
        pair: Pair = self.pairs[side]
        with self.app.app_context():
            seen = service.seen_of(pair, service.occasion_for(pair, self.id), now=self.clock)
            # What a page reads of it, while there is a database to read from.
            assert seen.version
            return seen

    def take(self, key: Key, pick: int | None = None, words: str | None = None) -> str:
        """What becomes of a move that comes now, sent by the phone of its side, or by either."""
        self.clock += SECOND
        step = next((each for each in self.flow.steps if each.id == key.step), None)
        kind = step.kind if step else ""
        side = key.lane if key.lane in SIDES else "quince"
        wish = service.Wish(
            step=key.step,
            lane=key.lane,
            number=key.number,
            text=words or "" if kind in {"write", "reveal", RATE} and key.lane in SIDES else "",
            pick=pick,
            rating=7 if kind == RATE else None,
        )
        pair = self.pairs[side]
        try:
            with self.app.app_context(), transaction():
                new = service.make_move(pair, service.occasion_for(pair, self.id), wish, now=self.clock)
        except (MovedOn, NotYours, AlreadyGiven):
            verdict = OVER
        else:
            verdict = NEW if new else KNOWN
        if verdict == NEW:
            self.flow = self.seen(side).flow
        return verdict


def tap(flow: Flow, side: str) -> Key | None:
    """The move that the page of a side offers now, or None."""
    step = flow.step
    if step is None or flow.ended or (step.kind == SPEAK and flow.speaker(step) != side):
        return None
    if step.kind == CHOOSE:
        return Key(step.id, side, flow.next_number(step.id, side))
    return None if flow.is_in(step, side) else Key(step.id, side)


class Phone:
    """Shows what it last heard, and sends what is tapped on it until there is an answer."""

    def __init__(self, side: str, chance: random.Random) -> None:
        self.side, self.chance = side, chance
        self.seen: Flow | None = None
        self.sending: Asked | None = None
        self.gave: dict[Key, str] = {}

    def act(self) -> Asked | None:
        """What to ask of the server now: a look, or the move that waits for its answer."""
        if self.sending is None and self.seen is not None and not self.seen.ended:
            self.sending = self.tapped()
        return self.sending

    def tapped(self) -> Asked | None:
        """Something that its page offers."""
        assert self.seen is not None
        assert self.seen.step is not None
        step, lanes = self.seen.step, []
        if step.seconds and self.chance.random() < 0.4:
            lanes.append(Key(step.id, TIMER, self.seen.next_number(step.id, TIMER)))
        if self.chance.random() < 0.1:
            lanes.append(Key(WHOLE, PAUSE, self.seen.next_number(WHOLE, PAUSE)))
        if key := tap(self.seen, self.side):
            lanes.append(key)
        if not lanes:
            return None
        key = self.chance.choice(lanes)
        picked = self.chance.randrange(2) if step.kind == CHOOSE else None
        return key, picked, f"{self.side} in {key.step}, {self.chance.random()}"

    def hears(self, sent: Asked | None, verdict: str, flow: Flow) -> None:
        """An answer, maybe to what was sent long ago."""
        if sent is not None and sent == self.sending:
            self.sending = None
            if verdict in {NEW, KNOWN} and sent[0].lane == self.side:
                self.gave[sent[0]] = sent[2]
        # An answer that comes late tells of an earlier time; a phone believes the one that knows more.
        if self.seen is None or len(flow.moves) >= len(self.seen.moves):
            self.seen = flow


def run(server: Server | RealServer, phones: list[Phone], chance: random.Random, most: int = 4000) -> None:
    """Let them go on over a network that loses, doubles and delays: 3 of 10 requests, and 3 of 10 answers."""
    flying: list[tuple[Phone, Asked | None]] = []
    for _ in range(most):
        phone = chance.choice(phones)
        asked = phone.act()
        copies = 2 if chance.random() < 0.1 else 1
        flying += [(phone, asked) for _ in range(copies) if chance.random() >= LOST]
        # In any order: some are overtaken by many.
        while flying and (chance.random() >= LOST):
            phone, sent = flying.pop(chance.randrange(len(flying)))
            verdict = server.take(*sent) if sent else ""
            if chance.random() >= LOST:
                phone.hears(sent, verdict, server.flow)
        if server.flow.ended and all(each.seen and each.seen.ended and each.sending is None for each in phones):
            return
    raise AssertionError("they did not come to the end")
