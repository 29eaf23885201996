"""The machine of a longer exercise: it stands where its moves say, whatever way they came."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.guided.flow import (
    EARLY,
    KNOWN,
    NEW,
    OTHERS,
    OVER,
    PAUSE,
    SIDES,
    STOP,
    TIMER,
    WHOLE,
    Flow,
    Key,
    Made,
    other_side,
    takes_words,
)  # fmt: skip
from app.guided.guide import CHOOSE
from app.guided.shelf import read
from tests.factories import NOW
from tests.guided.phones import Phone, Server, run, tap

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("content")
    (folder / "happy_memories.toml").write_bytes((Path(__file__).parent / "sample.toml").read_bytes())
    return read(folder)["happy_memories"].variants["sea"].steps


def test_two_who_do_all_that_is_asked_come_to_the_end(steps):
    server = Server(steps)
    for turn in range(40):
        side = SIDES[turn % 2]
        if key := tap(server.flow, side):
            assert server.take(key, pick=0) == NEW
    assert server.flow.ended
    assert not server.flow.stopped


@settings(max_examples=60, deadline=None)
@given(chance=st.randoms(use_true_random=False), first=st.sampled_from(SIDES))
def test_the_same_moves_in_any_order_stand_for_the_same(steps, chance, first):
    server = Server(steps, first)
    for _ in range(chance.randrange(60)):
        key, pick = anything(steps, chance, server.flow)
        server.take(key, pick)
    known = list(server.moves.items())
    chance.shuffle(known)
    again, now = Flow(steps, first, dict(known)), server.clock + SECOND
    flow = server.flow
    assert (again.position, again.stopped, again.paused) == (flow.position, flow.stopped, flow.paused)
    assert [again.left(step, now) for step in steps] == [flow.left(step, now) for step in steps]
    assert all(flow.judge(key) == KNOWN for key in server.moves)


@settings(max_examples=60, deadline=None)
@given(chance=st.randoms(use_true_random=False))
def test_no_move_takes_a_step_back_and_none_is_taken_for_a_step_that_is_not_on(steps, chance):
    server = Server(steps)
    for _ in range(60):
        before = server.flow
        key, pick = anything(steps, chance, before)
        verdict = server.take(key, pick)
        assert server.flow.position >= before.position
        if verdict == NEW and key.step != WHOLE:
            assert before.step is not None
            assert before.step.id == key.step
        if verdict != NEW:
            assert server.flow.moves == before.moves
        if before.ended:
            assert verdict in {OVER, KNOWN}


def anything(steps, chance, flow):
    """A move that a phone may send: mostly one that fits, often one that does not."""
    side = chance.choice(SIDES)
    if chance.random() < 0.6 and (key := tap(flow, side)):
        return key, chance.randrange(2)
    lane = chance.choice([*SIDES, TIMER, PAUSE, PAUSE, STOP] if chance.random() < 0.3 else [*SIDES, TIMER])
    step = WHOLE if lane in {PAUSE, STOP} else chance.choice(steps).id
    return Key(step, lane, flow.next_number(step, lane) if chance.random() < 0.7 else chance.randrange(1, 5)), 0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from((TIMER, PAUSE)), st.integers(0, 30)), max_size=14))
def test_time_runs_only_while_it_is_started_and_nobody_pauses(steps, events):
    """Against a second reckoning, second by second."""
    step = next(each for each in steps if each.id == "tell")
    moves = {Key("arrive", side): Made(NOW) for side in SIDES}
    counts, at, seconds = {TIMER: 0, PAUSE: 0}, NOW, 0
    for lane, later in events:
        seconds += later if counts[TIMER] % 2 and not counts[PAUSE] % 2 else 0
        at += later * SECOND
        counts[lane] += 1
        moves[Key(step.id if lane == TIMER else WHOLE, lane, counts[lane])] = Made(at)
    seconds += 7 if counts[TIMER] % 2 and not counts[PAUSE] % 2 else 0
    flow = Flow(steps, "quince", moves)
    assert flow.elapsed(step, at + 7 * SECOND) == seconds * SECOND
    assert flow.left(step, at + 7 * SECOND) == max(0, 60 - seconds) * SECOND


def test_who_speaks_says_when_it_is_done_and_nobody_else(steps):
    server = Server(steps, first="sloe")
    for side in SIDES:
        server.take(Key("arrive", side))
    assert server.take(Key("tell", "quince")) == OTHERS
    assert server.take(Key("tell", "sloe")) == NEW
    assert server.take(Key("tell", "sloe")) == KNOWN
    assert server.take(Key("tell", "quince")) == OVER
    assert server.take(Key("end", "quince")) == EARLY


def test_the_same_pick_decides_and_two_different_ones_may_change(steps):
    server = Server([step for step in steps if step.kind == CHOOSE])
    which = server.steps[0]
    server.take(Key("which", "quince"), 0)
    assert not server.flow.reads("sloe", which, "quince")
    server.take(Key("which", "sloe"), 1)
    assert server.flow.reads("sloe", which, "quince")
    assert server.flow.decided(which) is None
    assert server.take(Key("which", "quince", 3), 1) == EARLY
    assert server.take(Key("which", "quince", 2), 1) == NEW
    assert server.flow.decided(which) == 1
    assert server.take(Key("which", "sloe", 2), 0) == OVER


def test_words_open_to_the_other_only_when_both_are_in_and_those_written_alone_never(steps):
    for step in filter(takes_words, steps):
        for there in ({}, {"quince"}, {"sloe"}, set(SIDES)):
            flow = Flow([step], "quince", {Key(step.id, side): Made(NOW) for side in there})
            for reader in SIDES:
                assert flow.reads(reader, step, reader)
                assert flow.reads(reader, step, other_side(reader)) == (step.kind != "write" and len(there) == 2)


# Two phones and a bad network


@pytest.mark.parametrize("seed", range(5))
def test_two_phones_stay_in_step_though_requests_are_lost_doubled_and_late(steps, seed):
    """A hundred runs each: both end in the same state, and each word that was acknowledged is there as it was sent."""
    for number in range(100):
        chance = random.Random(f"{seed} {number}")
        server = Server(steps, chance.choice(SIDES))
        phones = [Phone(side, chance) for side in SIDES]
        run(server, phones, chance)
        one, two = (phone.seen for phone in phones)
        assert one.moves == two.moves == server.moves
        assert one.position == two.position == len(steps)
        for phone in phones:
            for key, words in phone.gave.items():
                assert server.words[key] == words, key
        given = {key for phone in phones for key in phone.gave}
        assert {key for key in server.moves if key.lane in SIDES} == given
