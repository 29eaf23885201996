"""What passes between two about one prompt, as one of them may see it. Here, and only here, it is decided who reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from app.exercises.mirroring import DONE, Last, Step, next_step

OPENS_AT_ONCE, OPENS_TO_BOTH, OPENS_BY_TURNS = "at_once", "both", "turns"
FILL_IN = timedelta(days=3)
TURNS_FOR = timedelta(days=6)
WAITS = timedelta(hours=48)


@dataclass(slots=True)  # Not frozen, as Exchange is not: a page makes dozens, which would take four times as long.
class Answer:
    """A response as it lies in its row: `sealed` words, plain ratings, and when it came. Nobody changes it."""

    author: str
    ratings: Mapping[str, int]
    sealed: bytes
    submitted_at: datetime
    given_on: date
    released: bool = False
    kept_waiting: bool = False
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A mark one partner gave the other's response: a number, and sealed thanks if there are any."""

    value: int
    sealed: bytes | None


@dataclass(kw_only=True)
class Exchange:
    """One prompt with what both gave to it, seen by `me`. `day` and `today` are days of the couple. Nobody changes it.

    The marks are known only where one prompt is looked at alone.
    """

    id: str
    day: date
    exercise: str
    opens: str
    take: int
    item: str | None
    set_aside: bool
    me: str
    you: str | None
    you_show: bool
    today: date
    now: datetime
    mine: Answer | None = None
    theirs: Answer | None = field(default=None, repr=False)
    my_mark: Given | None = None
    your_mark: Given | None = None
    last_turn: Last | None = None
    brought_by: str | None = None
    """The id of what somebody gave besides the plan, where the plan did not have it."""

    came_round: bool = False
    """Whether its question was set aside on an earlier day. Known only where one prompt is looked at alone."""

    @property
    def untouched(self) -> bool:
        """Whether there is nothing in it that I may know of."""
        return self.mine is None and self.yours is None and self.last_turn is None

    @property
    def both_in(self) -> bool:
        """Whether both responded. Revealed is this, and nothing else, for what opens when both are in."""
        return self.mine is not None and self.theirs is not None

    @property
    def yours(self) -> Answer | None:
        """The partner's response if I may read it, else None: the one gate to another's words."""
        if self.theirs is None:
            return None
        if self.both_in or self.opens == OPENS_AT_ONCE or self.theirs.released:
            return self.theirs
        return None

    @property
    def open_to_both(self) -> bool:
        """Whether mine can be read by the other, so that it can be amended but no longer changed."""
        if self.mine is None:
            return False
        return self.both_in or self.mine.released or (self.opens == OPENS_AT_ONCE and self.you is not None)

    @property
    def step(self) -> Step:
        """The next step of a mirroring."""
        return next_step(self.last_turn, self.me, self.you or "")

    @property
    def fillable(self) -> bool:
        """Whether it can still be answered: on its day, and for three days after."""
        window = TURNS_FOR if self.last_turn else FILL_IN
        return not self.set_aside and self.day <= self.today <= self.day + window

    @property
    def late(self) -> bool:
        """Whether an answer given now is for an earlier day."""
        return self.today > self.day

    @cached_property
    def state(self) -> str:
        """One word for what I can do and see. See `_turns_state` and `_answers_state` for what there is."""
        return self._turns_state() if self.opens == OPENS_BY_TURNS else self._answers_state()

    @property
    def waited(self) -> int:
        """For how many whole days mine has been there."""
        return (self.now - self.mine.submitted_at).days if self.mine else 0

    @property
    def settled(self) -> bool:
        """Whether nothing is left for me to do."""
        return self.state not in {"open", "theirs_in", "received", "waiting", "your_turn"}

    @property
    def shown_in(self) -> bool:
        """Whether I may know that the partner's response is there."""
        return self.yours is not None or (self.theirs is not None and self.you_show)

    def _turns_state(self) -> str:
        step = self.step
        if step.kind == DONE:
            return "done"
        if not self.fillable:
            return "missed"
        if step.actor is None:
            return "open"
        return "your_turn" if step.actor == self.me else "their_turn"

    def _answers_state(self) -> str:
        if self.both_in:
            return "revealed"
        if self.mine is None:
            return self._unanswered_state()
        if self.open_to_both:
            return "released" if self.mine.released else "given"
        if self.you is None or self.mine.kept_waiting or self.now < self.mine.submitted_at + WAITS:
            return "sealed"
        return "waiting"

    def _unanswered_state(self) -> str:
        if not self.fillable:
            return "read" if self.yours else "missed"
        if self.yours:
            return "received"
        return "theirs_in" if self.shown_in else "open"


def from_row(row: Any, *, me: str, you: str | None, you_show: bool, today: date, now: datetime, opens: str) -> Exchange:
    """An Exchange out of one row of `service.looking.EXCHANGE`."""
    mine = theirs = turn = None
    if row.m_at is not None:
        mine = Answer(
            me, row.m_ratings, row.m_words, row.m_at, row.m_on, row.m_released, row.m_kept, row.m_opened,
        )  # fmt: skip
    if row.t_at is not None and you is not None:
        theirs = Answer(you, row.t_ratings, row.t_words, row.t_at, row.t_on, row.t_released)
    if row.l_kind is not None:
        turn = Last(row.l_kind, row.l_author, row.l_round, row.l_attempt)
    return Exchange(
        id=row.id,
        day=row.day,
        exercise=row.exercise,
        opens=opens,
        take=row.take,
        item=row.item,
        set_aside=row.set_aside,
        me=me,
        you=you,
        you_show=you_show,
        today=today,
        now=now,
        mine=mine,
        theirs=theirs,
        last_turn=turn,
        brought_by=row.brought_by,
    )


def with_marks(seen: Exchange, row: Any) -> Exchange:
    """The same with the marks in its row of `service.looking.MARKED`."""
    mine = Given(row.mk_value, row.mk_words) if row.mk_value is not None else None
    yours = Given(row.tk_value, row.tk_words) if row.tk_value is not None else None
    return replace(seen, my_mark=mine, your_mark=yours)
