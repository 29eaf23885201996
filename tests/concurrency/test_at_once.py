"""Two partners at the same instant, and a server that is killed while it writes: short runs of the benchmarks."""

from collections.abc import Callable

import pytest

from benchmarks import crash, reveals
from benchmarks.support.house import POSTGRESQL, SQLITE


@pytest.fixture
def postgres(addresses: Callable[[str], str], database: str) -> str:
    """The PostgreSQL server of the tests, where one is needed."""
    return addresses(POSTGRESQL) if database == POSTGRESQL else ""


def test_both_may_respond_twice_at_the_same_instant_and_it_opens_once(database, postgres) -> None:
    prompts = 60
    found = reveals.trial(database, prompts, workers=2, postgres=postgres)
    assert found.sound, found
    assert found.statuses == {303: 4 * prompts}
    assert found.apart == prompts
    assert found.drafts == 0
    assert found.read["pages"] > 0


def test_what_was_acknowledged_outlives_a_kill_once_and_whole() -> None:
    found = crash.trial(SQLITE, kills=3, responses=300)
    assert found.sound, found
    assert len(found.acknowledged) >= 300
    assert found.cut_off > 0


def test_the_same_trial_finds_a_reply_that_comes_before_its_commit() -> None:
    found = crash.trial(SQLITE, kills=2, responses=40, broken=True)
    assert found.wrong["lost"] > 0
