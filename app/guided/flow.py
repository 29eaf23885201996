"""A guided exercise as a machine: what two have done so far follows from a set of moves that only grows.

A move has a natural key: its step, its lane and a number. Whoever sends one twice changes nothing; one for a step that
is not reached yet is turned away, and its phone looks again. So requests may be lost, doubled and late without harm.

Lanes: one for each partner, by side; the timer of a step, and the pause of the whole, whose odd moves start and whose
even ones stop; and the early end. Pure: the steps and the moves in, what is now out. Instants are the server's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from app.guided.guide import CHOOSE, FIRST, RATE, READ, REVEAL, SPEAK, WRITE, Step

SIDES = ("quince", "sloe")
TIMER, PAUSE, STOP = "timer", "pause", "stop"
LANES = (*SIDES, TIMER, PAUSE, STOP)
WHOLE = ""
"""What stands for the step in a move that is about all of them: a pause, an early end."""

NEW, KNOWN, OVER, EARLY, OTHERS = "new", "known", "over", "early", "others"
"""What becomes of a move: taken; there already; its step is over; its step is not reached; it is not this one's."""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a move the only one of its kind. `number` counts from 1 in a lane of a step."""

    step: str
    lane: str
    number: int = 1


@dataclass(frozen=True, slots=True)
class Made:
    """What a move holds that the machine looks at: when it came, and which option it picks, if it does."""

    at: datetime
    pick: int | None = None


@dataclass(frozen=True)
class Flow:
    """Where two stand. `first` is the side of who begins."""

    steps: Sequence[Step]
    first: str
    moves: Mapping[Key, Made] = field(default_factory=dict)

    @cached_property
    def position(self) -> int:
        """How many steps are over."""
        return next((at for at, step in enumerate(self.steps) if not self.over(step)), len(self.steps))

    @property
    def step(self) -> Step | None:
        """The step that is on, or None when all are over."""
        return self.steps[self.position] if self.position < len(self.steps) else None

    @property
    def stopped(self) -> bool:
        """Whether they ended it before the last step."""
        return Key(WHOLE, STOP) in self.moves and self.step is not None

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        return self.step is None or self.stopped

    @property
    def paused(self) -> bool:
        """Whether the whole of it rests."""
        return not self.ended and self._count(WHOLE, PAUSE) % 2 == 1

    def over(self, step: Step) -> bool:
        """Whether a step is done with."""
        if step.kind == SPEAK:
            return self.is_in(step, self.speaker(step))
        if step.kind == CHOOSE:
            return self.decided(step) is not None
        return all(self.is_in(step, side) for side in SIDES)

    def speaker(self, step: Step) -> str:
        """The side of who speaks in a step."""
        return self.first if step.who == FIRST else other_side(self.first)

    def is_in(self, step: Step, side: str) -> bool:
        """Whether one of them has done their part of a step."""
        return Key(step.id, side) in self.moves

    def pick(self, step: Step, side: str) -> int | None:
        """The number of the option that one picked last, from 0."""
        return self.moves[Key(step.id, side, count)].pick if (count := self._count(step.id, side)) else None

    def decided(self, step: Step) -> int | None:
        """The option that both picked, if it is the same."""
        one, two = (self.pick(step, side) for side in SIDES)
        return one if one == two else None

    def reads(self, reader: str, step: Step, author: str) -> bool:
        """Whether a side may read what another gave in a step: the one gate to words, picks and lines.

        What one writes alone is theirs for ever; what is to be revealed, picked or said at the end opens when both
        are in. The number that somebody rated with is not asked about here: it stays with its author.
        """
        if reader == author:
            return True
        return step.kind in {REVEAL, CHOOSE, RATE} and all(self.is_in(step, side) for side in SIDES)

    def next_number(self, step: str, lane: str) -> int:
        """The number that the next move in a lane would have."""
        return self._count(step, lane) + 1

    def judge(self, key: Key) -> str:
        """What becomes of a move that comes now."""
        if key in self.moves:
            return KNOWN
        if self.ended:
            return OVER
        if key.lane in {PAUSE, STOP}:
            at_its_turn = key.step == WHOLE and key.number == self.next_number(WHOLE, key.lane)
            return NEW if at_its_turn and (key.lane == PAUSE or key.number == 1) else EARLY
        at = next((at for at, step in enumerate(self.steps) if step.id == key.step), len(self.steps))
        if at != self.position:
            return OVER if at < self.position else EARLY
        return self._judge_here(self.steps[at], key)

    def _judge_here(self, step: Step, key: Key) -> str:
        if key.lane == TIMER and step.seconds is None:
            return OVER
        if step.kind == SPEAK and key.lane in SIDES and key.lane != self.speaker(step):
            return OTHERS
        many = key.lane == TIMER or step.kind == CHOOSE
        if key.number != (self.next_number(step.id, key.lane) if many else 1):
            return EARLY
        return NEW

    def running(self, step: Step) -> bool:
        """Whether the time of a step runs, but for a pause of the whole."""
        return self._count(step.id, TIMER) % 2 == 1

    def elapsed(self, step: Step, now: datetime) -> timedelta:
        """How long the time of a step has run up to `now`, without the pauses."""
        timer, pause = self._instants(step.id, TIMER), self._instants(WHOLE, PAUSE)
        total, since = timedelta(), None
        going, resting = False, False
        for at, lane in sorted([*((at, TIMER) for at in timer), *((at, PAUSE) for at in pause), (now, "~")]):
            if since is not None:
                total += max(timedelta(), min(at, now) - since)
            going, resting = going ^ (lane == TIMER), resting ^ (lane == PAUSE)
            since = at if going and not resting else None
        return total

    def left(self, step: Step, now: datetime) -> timedelta:
        """How much of the time of a step is left."""
        whole = timedelta(seconds=step.seconds or 0)
        return max(timedelta(), whole - self.elapsed(step, now))

    def _count(self, step: str, lane: str) -> int:
        return self._counts.get((step, lane), 0)

    @cached_property
    def _counts(self) -> dict[tuple[str, str], int]:
        """(step, lane) → how many of its moves stand in a row from 1: what is missing holds up those behind it."""
        counts: dict[tuple[str, str], int] = {}
        for key in sorted(self.moves, key=lambda key: key.number):
            if key.number == counts.get((key.step, key.lane), 0) + 1:
                counts[key.step, key.lane] = key.number
        return counts

    def _instants(self, step: str, lane: str) -> Iterable[datetime]:
        return [self.moves[Key(step, lane, number)].at for number in range(1, self._count(step, lane) + 1)]


def other_side(side: str) -> str:
    """The side that is not this one."""
    return SIDES[1 - SIDES.index(side)]


def takes_words(step: Step) -> bool:
    """Whether one types in a step."""
    return step.kind in {WRITE, REVEAL, RATE}


def is_shared(step: Step) -> bool:
    """Whether two on one phone do a step at the same time, and not one after the other."""
    return step.kind == READ or not takes_words(step)
