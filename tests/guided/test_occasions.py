"""What two see and do in a longer exercise, over HTTP."""

import pytest

from app.guided.shelf import load
from tests.guided.play import begin, finish, go

GUIDES = sorted(load())
HEART = "heart_to_heart"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("exercise", GUIDES)
def test_two_on_two_phones_come_to_the_end_of_every_exercise(as_user, ana, ben, couple, exercise):
    one, two = as_user(ana), as_user(ben)
    here = begin(one, exercise)
    finish((one, two), here, "our own words")
    assert "Now put the phone down" in two.get(here).text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("exercise", GUIDES)
def test_two_on_one_phone_come_to_the_end_of_every_exercise(as_user, ana, ben, couple, exercise):
    one = as_user(ana)
    here = begin(one, exercise, together="yes")
    for _ in range(60):
        if not go(one, here, together=True):
            break
    assert "come to the end" in one.get(here).text
