"""Passwords at rest."""

import threading

import pytest

from app.config import Config
from app.core import hashing
from app.core.hashing import Busy, Hasher


@pytest.fixture
def hasher():
    return Hasher((8, 1))


def test_a_hash_fits_its_password_alone(hasher):
    kept = hasher.hash("seven quiet herons")
    assert kept.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert hasher.fits("seven quiet herons", kept)
    assert not hasher.fits("seven quiet heron", kept)
    assert not hasher.fits("Seven quiet herons", kept)
    assert kept != hasher.hash("seven quiet herons")


@pytest.mark.parametrize("kept", [None, "", "x", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
def test_without_a_sound_hash_nothing_fits(hasher, kept):
    assert not hasher.fits("nobody has this password", kept)


def test_a_hash_of_another_cost_is_outdated(hasher):
    kept = hasher.hash("x")
    assert not hasher.outdated(kept)
    assert Hasher((16, 1)).outdated(kept)
    assert Hasher((8, 2)).outdated(kept)


def test_the_cost_of_an_installation_is_the_one_that_is_recommended(tmp_path):
    assert Config.from_env({"ATTUNE_DATA": str(tmp_path)}).password_cost == (19_456, 2)


def test_only_two_work_at_once_and_a_third_is_told_to_come_back(hasher, monkeypatch):
    monkeypatch.setattr(hashing, "PATIENCE", 0.05)
    inside, leave = threading.Semaphore(0), threading.Event()

    def hold():
        with hasher._turn():
            inside.release()
            leave.wait(5)

    threads = [threading.Thread(target=hold) for _ in range(2)]
    for each in threads:
        each.start()
        inside.acquire(timeout=5)
    with pytest.raises(Busy) as busy:
        hasher.hash("x")
    assert (busy.value.status, busy.value.wait) == (503, 1)
    leave.set()
    for each in threads:
        each.join()
    assert hasher.fits("x", hasher.hash("x"))


def test_a_turn_is_given_back_when_hashing_fails(hasher, monkeypatch):
    monkeypatch.setattr(hashing, "PATIENCE", 0.05)
    for _ in range(5):
        with pytest.raises(UnicodeEncodeError):
            hasher.hash("\ud800")
    assert hasher.hash("x")
