"""Two phones stay in step over a bad network, with the service and its database in between."""

import random

import pytest

from app.guided.flow import SIDES, other_side, takes_words
from app.guided.shelf import load
from tests.guided.phones import Phone, RealServer, run

RUNS = 10


@pytest.mark.only_on("sqlite")
def test_two_phones_and_the_database_end_in_the_same_state_and_nothing_is_lost(app, ana, ben, couple):
    for number in range(RUNS):
        chance = random.Random(f"real {number}")
        exercise = chance.choice(list(load()))
        server = RealServer(app, (ana, ben), exercise, chance.choice(SIDES))
        phones = [Phone(side, chance) for side in SIDES]
        run(server, phones, chance)
        with app.app_context():
            check(server, phones)


def check(server, phones):
    """Both are where the database is, and read what they were told is kept: their own words, and what has opened."""
    one, two = (phone.seen for phone in phones)
    assert one.moves == two.moves == server.flow.moves
    seen = {side: server.seen(side) for side in SIDES}
    for phone in phones:
        assert seen[phone.side].state == "ended"
        for key, words in phone.gave.items():
            step = seen[phone.side].variant.step(key.step)
            if takes_words(step):
                given, other = (seen[side].given(step, phone.side) for side in (phone.side, other_side(phone.side)))
                assert given.text == words
                assert (other is None) == (step.kind == "write")
                assert other is None or (other.text, other.rating) == (given.text, None)
