"""Mirroring, as a machine: speak, mirror, heard or still missing (three tries at most), understand, swap.

Pure: the last turn and the two partners in, the next step out.
"""

from dataclasses import dataclass

SPEAK, MIRROR, VERDICT, UNDERSTAND, DONE = "speak", "mirror", "verdict", "understand", "done"
HEARD, MISSING = "heard", "missing"
TRIES, ROUNDS = 3, 2
NAMES = frozenset(
    f"{kind}-{number}-{attempt}"
    for kind in (SPEAK, MIRROR, VERDICT, UNDERSTAND)
    for number in range(1, ROUNDS + 1)
    for attempt in range(1, TRIES + 1)
)
"""The names that a step can have while there is something to do."""


@dataclass(frozen=True, slots=True)
class Last:
    """The turn that was taken last: its kind is speak, mirror, heard, missing or understand."""

    kind: str
    author: str
    round: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next. `actor` is None at the very start, when either may speak, and at the end."""

    kind: str
    actor: str | None
    round: int
    attempt: int

    @property
    def name(self) -> str:
        """What a page calls the step that it was made for. A talk comes to each name once."""
        return f"{self.kind}-{self.round}-{self.attempt}"


def next_step(last: Last | None, ana: str, ben: str) -> Step:
    """The step after `last` between the partners with ids `ana` and `ben`, in any order."""
    if last is None:
        return Step(SPEAK, None, 1, 1)
    other = ben if last.author == ana else ana
    if last.kind == SPEAK:
        return Step(MIRROR, other, last.round, 1)
    if last.kind == MIRROR:
        return Step(VERDICT, other, last.round, last.attempt)
    if last.kind == MISSING and last.attempt < TRIES:
        return Step(MIRROR, other, last.round, last.attempt + 1)
    if last.kind in {HEARD, MISSING}:
        return Step(UNDERSTAND, other, last.round, last.attempt)
    if last.round < ROUNDS:
        # The one who listened, and has just said what makes sense, speaks now.
        return Step(SPEAK, last.author, last.round + 1, 1)
    return Step(DONE, None, last.round, last.attempt)


def allowed_kinds(step: Step) -> frozenset[str]:
    """The kinds of turn that may be taken at this step."""
    return frozenset({HEARD, MISSING}) if step.kind == VERDICT else frozenset({step.kind} - {DONE})
