"""Mirroring as a machine, on every path, against a model that tells the whole talk in one go."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import sampled_from

from app.exercises.mirroring import (
    DONE,
    HEARD,
    MIRROR,
    MISSING,
    SPEAK,
    UNDERSTAND,
    VERDICT,
    Last,
    Step,
    allowed_kinds,
    next_step,
)

ANA, BEN = "ana", "ben"
LONGEST = 16
"""The turns of a talk in which both are missed three times."""


def talk(first: str, heard_at: tuple[int | None, int | None]) -> list[tuple[str, str, int, int]]:
    """A whole talk as (kind, author, round, attempt): who speaks first, and at which try each was heard, if at all."""
    second = BEN if first == ANA else ANA
    told = []
    for number, (speaker, listener, heard) in enumerate(
        ((first, second, heard_at[0]), (second, first, heard_at[1])), start=1
    ):
        told.append((SPEAK, speaker, number, 1))
        tries = heard or 3
        for attempt in range(1, tries + 1):
            told.append((MIRROR, listener, number, attempt))
            told.append((HEARD if attempt == heard else MISSING, speaker, number, attempt))
        told.append((UNDERSTAND, listener, number, tries))
    return told


def every_path() -> Iterator[list[tuple[str, str, int, int]]]:
    """All talks that the machine allows, found by taking every kind of turn that may be taken at each step.

    One that does not end is given as far as it has come.
    """

    def onwards(taken: list[tuple[str, str, int, int]]) -> Iterator[list[tuple[str, str, int, int]]]:
        step = next_step(Last(*taken[-1]) if taken else None, ANA, BEN)
        if step.kind == DONE or len(taken) > LONGEST:
            yield taken
            return
        for kind in sorted(allowed_kinds(step)):
            for author in [step.actor] if step.actor else [ANA, BEN]:
                yield from onwards([*taken, (kind, author, step.round, step.attempt)])

    yield from onwards([])


PATHS = list(every_path())
OUTCOMES = (1, 2, 3, None)


def test_the_talks_that_can_be_had_are_these_and_no_others():
    meant = [talk(first, (one, two)) for first in (ANA, BEN) for one in OUTCOMES for two in OUTCOMES]
    assert sorted(PATHS) == sorted(meant)


@pytest.mark.parametrize("first", [ANA, BEN])
def test_somebody_who_is_heard_at_once_is_mirrored_once(first):
    kinds = [kind for kind, *_ in talk(first, (1, 1))]
    assert kinds == [SPEAK, MIRROR, HEARD, UNDERSTAND] * 2
    assert talk(first, (1, 1)) in PATHS


def test_nobody_says_it_back_more_than_three_times():
    for path in PATHS:
        for number in (1, 2):
            tries = [attempt for kind, _, each, attempt in path if (kind, each) == (MIRROR, number)]
            assert tries == [1, 2, 3][: len(tries)]
            assert tries


def test_each_speaks_once_and_each_listens_once():
    for path in PATHS:
        assert {author for kind, author, *_ in path if kind == SPEAK} == {ANA, BEN}
        assert {author for kind, author, *_ in path if kind == UNDERSTAND} == {ANA, BEN}
        for kind, author, number, _ in path:
            speaker = next(each for what, each, its, _ in path if what == SPEAK and its == number)
            assert (author == speaker) is (kind in {SPEAK, HEARD, MISSING}), path


def test_the_order_in_which_the_two_are_named_does_not_matter():
    for path in PATHS:
        for turn in path:
            assert next_step(Last(*turn), ANA, BEN) == next_step(Last(*turn), BEN, ANA)


def test_nothing_may_be_taken_when_it_is_done():
    assert allowed_kinds(Step(DONE, None, 2, 1)) == frozenset()


class Talking(RuleBasedStateMachine):
    """Two take turns as they like; what comes next is always the next line of one talk told in one go."""

    @initialize(first=sampled_from([ANA, BEN]), one=sampled_from(OUTCOMES), two=sampled_from(OUTCOMES))
    def begin(self, first: str, one: int | None, two: int | None) -> None:
        self.model = talk(first, (one, two))
        self.taken: list[tuple[str, str, int, int]] = []

    @property
    def step(self) -> Step:
        return next_step(Last(*self.taken[-1]) if self.taken else None, ANA, BEN)

    @precondition(lambda self: len(self.taken) < len(self.model))
    @rule()
    def take(self) -> None:
        kind, author, number, attempt = self.model[len(self.taken)]
        step = self.step
        assert kind in allowed_kinds(step)
        assert step.actor in {None, author}
        assert (step.round, step.attempt) == (number, attempt)
        self.taken.append((kind, author, number, attempt))

    @rule(kind=sampled_from([SPEAK, MIRROR, HEARD, MISSING, UNDERSTAND]))
    def try_something_else(self, kind: str) -> None:
        fits = {SPEAK: {SPEAK}, MIRROR: {MIRROR}, UNDERSTAND: {UNDERSTAND}, VERDICT: {HEARD, MISSING}, DONE: set()}
        assert (kind in allowed_kinds(self.step)) is (kind in fits[self.step.kind])

    @invariant()
    def done_exactly_at_the_end(self) -> None:
        assert (self.step.kind == DONE) is (len(self.taken) == len(self.model))

    @invariant()
    def either_may_begin_and_then_it_is_with_one(self) -> None:
        nobody = not self.taken or len(self.taken) == len(self.model)
        assert (self.step.actor is None) is nobody
        assert (self.step.kind == SPEAK and self.step.round == 1) is (not self.taken)


TestTalking = Talking.TestCase
TestTalking.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
