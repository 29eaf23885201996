"""What one gives in a step is on no page of the other, and no page of theirs is another for its being there."""

import pytest

from tests.exercises.acts import unchecked
from tests.guided.play import filled, go, own, shared
from tests.guided.rows import HEART, MEMORIES, TALK, make_occasion

CANARY = "CANARY of Ben’s"
STEPS = {"write": TALK, "reveal": HEART, "choose": MEMORIES, "rate": TALK}


def everything(browser, here):
    """All that can be asked of an occasion, and of the pages that tell of it: (status, headers, body) by path."""
    paths = [
        here,
        f"{here}?together=0",
        f"{here}/state",
        f"{here}/state?together=0",
        "/today",
        "/exercises",
        "/history",
    ]
    answers = {path: browser.get(path) for path in paths}
    exported = browser.post("/export").data
    found = {path: (answer.status_code, str(answer.headers), answer.text) for path, answer in answers.items()}
    return found | {"export": len(exported)}


@pytest.fixture
def at_step(save, couple, ana, ben, as_user):
    def occasion(kind: str):
        first, *moves = make_occasion(couple, (ana, ben), STEPS[kind], until=kind)
        save(first)
        save(*moves)
        return unchecked(as_user(ana)), unchecked(as_user(ben)), f"/occasions/{first.id}"

    return occasion


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("kind", STEPS)
def test_no_page_of_the_other_is_another_when_one_has_given_something(at_step, kind):
    ana, ben, here = at_step(kind)
    everything(ana, here)
    before = everything(ana, here)
    offer = own(ben.get(here).text)
    ben.post(f"{here}/draft", data=filled(offer, CANARY))
    assert everything(ana, here) == before, "a draft"
    assert ben.post(offer.path, data=filled(offer, CANARY, rating="2")).status_code == 303
    if kind != "choose":
        assert CANARY in ben.get(here).text
    after = everything(ana, here)
    assert after == before
    assert all("CANARY" not in str(seen) for seen in after.values())
    # As if both held one phone: whether she has guessed his words is not told.
    guesses = [ana.post(offer.path, data={**filled(offer, text), "together": "yes"}) for text in (CANARY, "no")]
    assert len({answer.status_code for answer in guesses}) == 1


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("kind", STEPS)
def test_it_opens_when_both_are_in_or_never(at_step, kind):
    ana, ben, here = at_step(kind)
    offer = own(ben.get(here).text)
    ben.post(offer.path, data=filled(offer, CANARY, pick="1", rating="2"))
    go(ana, here)
    assert (CANARY in ana.get(here).text) == (kind in {"reveal", "rate"})
    assert "2 of 10" not in ana.get(here).text
    assert kind != "rate" or "2 of 10" in ben.get(here).text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("kind", STEPS)
def test_what_is_given_and_not_open_when_it_is_stopped_stays_with_who_gave_it(at_step, kind):
    ana, ben, here = at_step(kind)
    offer = own(ben.get(here).text)
    ben.post(offer.path, data=filled(offer, CANARY, rating="2"))
    stop = shared(ana.get(here).text, "stop")
    ana.post(stop.path, data=stop.fields)
    for path in (here, f"{here}?together=1", "/history"):
        assert CANARY not in ana.get(path).text
    assert kind == "choose" or CANARY in ben.get(here).text
    assert CANARY not in ben.get(f"{here}?together=1").text


@pytest.mark.only_on("sqlite")
def test_a_stranger_finds_no_occasion(at_step, as_user, carol, dina, eli, other_couple):
    _ana, _ben, here = at_step("reveal")
    for browser in (as_user(carol), as_user(dina)):
        for path in (here, f"{here}/state", f"{here}/handover", f"{here}?together=1"):
            answer = browser.get(path)
            assert answer.status_code == 404
            assert answer.text == browser.get("/occasions/AAAAAAAAAAAAAAAAAAAAAA").text
