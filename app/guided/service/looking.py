"""An occasion as one of the two may see it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from flask_babel import gettext

from app.core.errors import NotFound
from app.couples.service import Pair, Partner
from app.guided.flow import SIDES, Flow, Key, Made, is_shared, other_side, takes_words
from app.guided.guide import CHOOSE, REVEAL, SPEAK, Guide, Step, Variant, named
from app.guided.models import Move, Occasion
from app.guided.service.others import guide_for
from app.guided.service.words import key_of, moves_of, words_of


@dataclass(frozen=True, slots=True)
class Given:
    """What one gave in a step and the one who looks may read. `passed`: they gave no words, which is all right.

    `rating` is there for its author alone. `together`: it was typed on one phone for both, by whoever held it.
    """

    author: Partner
    text: str
    pick: str = ""
    rating: int | None = None
    passed: bool = False
    together: bool = False


@dataclass
class Seen:
    """One occasion, seen by `pair.me`; `together` on one phone by both, which shows what is open to both alone."""

    pair: Pair
    you: Partner
    guide: Guide
    variant: Variant
    occasion: Occasion
    flow: Flow
    now: datetime
    together: bool = False
    rows: Mapping[Key, Move] = field(default_factory=dict, repr=False)

    @property
    def planned(self) -> bool:
        """Whether it has not begun yet."""
        return self.occasion.begun_at is None

    @property
    def step(self) -> Step | None:
        """The step that is on, None before the first and after the last."""
        return None if self.planned or self.over else self.flow.step

    @property
    def over(self) -> bool:
        """Whether it has ended, with the last step or early."""
        return self.occasion.ended_at is not None

    @property
    def state(self) -> str:
        """One word for what the page shows: planned, stopped, ended, paused, mine, hear (the other speaks) or wait."""
        step = self.step
        if step is None:
            return "planned" if self.planned else "stopped" if self.occasion.stopped_at else "ended"
        if self.flow.paused:
            return "paused"
        if step.kind == SPEAK and not self.together and self.flow.speaker(step) != self.pair.me.side:
            return "hear"
        if self.together or not self.flow.is_in(step, self.pair.me.side):
            return "mine"
        # Two picks that differ: either may change theirs.
        return "mine" if step.kind == CHOOSE and self.flow.is_in(step, self.you.side) else "wait"

    @property
    def actor(self) -> Partner | None:
        """Whose part it is on one phone for both: who types, one after the other; None where both do it at once."""
        if (step := self.step) is None:
            return None
        if not self.together:
            return self.pair.me
        if is_shared(step):
            return self.speaker
        return self.you if self.flow.is_in(step, self.pair.me.side) else self.pair.me

    @property
    def speaker(self) -> Partner | None:
        """Who speaks in the step that is on."""
        if self.step is None or self.step.kind != SPEAK:
            return None
        return self.on(self.flow.speaker(self.step))

    @property
    def lane(self) -> str:
        """The lane that a tap goes into: mine; on one phone that of whoever acts, or "both"."""
        return actor.side if (actor := self.actor) else "both"

    @property
    def number(self) -> int:
        """The number of the move that a tap makes: another one only where one may choose anew."""
        if self.step is None or self.step.kind != CHOOSE:
            return 1
        return max(self.flow.next_number(self.step.id, side) for side in SIDES if self.lane in {side, "both"})

    @property
    def personal(self) -> bool:
        """Whether the step is for the eyes of one alone."""
        return self.step is not None and takes_words(self.step)

    def on(self, side: str) -> Partner:
        """The one of the two on a side."""
        return self.pair.me if self.pair.me.side == side else self.you

    def told(self, text: str, *, listening: bool = False) -> str:
        """A text with the names in it, as whom it is for sees them: on one phone whose part it is, or with `listening`
        the other of the two. What both read there at once calls neither by name."""
        me, you = self.pair.me.name, self.you.name
        first, second = (me, you) if self.pair.me.side == self.occasion.first else (you, me)
        if self.together and self.actor is None:
            me, you = gettext("each of you"), gettext("the other")
        elif self.together and (self.actor == self.you) != listening:
            me, you = you, me
        return named(text, me=me, you=you, first=first, second=second)

    def given(self, step: Step, side: str) -> Given | None:
        """What one gave in a step, as far as the one who looks may read it; else None, whether or not it is there."""
        key = Key(step.id, side, max(1, self.flow.next_number(step.id, side) - 1))
        move, author = self.rows.get(key), self.on(side)
        readers = SIDES if self.together else (self.pair.me.side,)
        if move is None or not all(self.flow.reads(reader, step, side) for reader in readers):
            return None
        pick = step.options[move.pick] if move.pick is not None and move.pick < len(step.options) else ""
        rating = move.rating if author.id == self.pair.me.id and not self.together else None
        return Given(author, words_of(move, author), pick, rating, passed=move.words is None, together=move.together)

    @cached_property
    def behind(self) -> list[tuple[Step, list[Given]]]:
        """The steps so far in which something was given that may be read, each with what was; mine comes first."""
        found = []
        for step in self.variant.steps if self.over else self.variant.steps[: self.flow.position + 1]:
            if takes_words(step) or step.kind == CHOOSE:
                both = [self.given(step, side) for side in (self.pair.me.side, other_side(self.pair.me.side))]
                if given := [each for each in both if each is not None]:
                    found.append((step, given[:1] if self._agreed(step) else given))
        return found

    @property
    def strays(self) -> list[str]:
        """My own words of steps that the content no longer has."""
        mine = (move for move in self.rows.values() if move.words and move.lane == self.pair.me.side)
        return [words_of(move, self.pair.me) for move in mine if not self.variant.step(move.step)]

    @property
    def lately(self) -> list[tuple[Step, list[Given]]]:
        """What has opened, or was decided, just before the step that is on."""
        found = []
        for step in reversed(self.variant.steps[: self.flow.position]):
            if step.kind not in {REVEAL, CHOOSE}:
                break
            found += [each for each in self.behind if each[0] is step]
        return found[::-1]

    @property
    def seconds_left(self) -> int | None:
        """How much of the time of the step is left, in whole seconds, or None where none runs."""
        return round(self.flow.left(self.step, self.now).total_seconds()) if self.step and self.step.seconds else None

    @property
    def ticking(self) -> bool:
        """Whether the time of the step runs now."""
        return self.step is not None and self.flow.running(self.step) and not self.flow.paused

    @property
    def version(self) -> str:
        """Another one whenever my page would be another. It is made of what the page shows, and so tells no more."""
        step = self.step
        shown: list[object] = [self.state, self.occasion.planned_at, self.occasion.first, self.flow.position]
        if step is not None:
            shown += [self.flow.next_number(step.id, lane) for lane in ("timer", self.pair.me.side)]
            shown += [self.lane, [self.given(step, side) for side in SIDES], self.flow.next_number("", "pause")]
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]

    def _agreed(self, step: Step) -> bool:
        return step.kind == CHOOSE and self.flow.decided(step) is not None


def seen_of(pair: Pair, occasion: Occasion, *, now: datetime, together: bool = False) -> Seen:
    """An occasion as one of two sees it. One statement. Raises NotFound for somebody alone."""
    guide = guide_for(pair.couple_id, occasion.exercise)
    if pair.you is None or guide is None:
        raise NotFound
    variant = guide.variant(occasion.variant)
    rows = {key_of(move): move for move in moves_of([occasion.id])}
    flow = Flow(variant.steps, occasion.first, {key: Made(move.made_at, move.pick) for key, move in rows.items()})
    return Seen(pair, pair.you, guide, variant, occasion, flow, now, together, rows)
