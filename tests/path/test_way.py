"""The steps: opened in any order, written at by both, behind them when they say so."""

import html
import re

import pytest

from app.path.steps import load
from tests.couples.steps import at_once, become_two
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.only_on("sqlite")
STEP, OTHER = "listen-first", "choose-again"
SAID = "You look up.\nThen I know."


def write(browser, text=SAID, step=STEP):
    answer = browser.post(f"/path/{step}/line", data={"text": text})
    assert (answer.status_code, answer.location) == (303, f"/path/{step}"), answer.text
    return answer


def shown(browser, step=STEP):
    """The words on the page of a step: (whose, what), in order."""
    page = browser.get(f"/path/{step}").text
    found = re.finditer(r'<div class="said (me|you) .*?<p class="lines">(.*?)</p>', page, re.DOTALL)
    return [(each[1], html.unescape(each[2])) for each in found]


def test_each_step_can_be_opened_at_any_time_and_leads_to_its_exercise(two, as_user, carol) -> None:
    alone = as_user(carol)
    for step in reversed(load().steps.values()):
        for browser in (two.ana, alone):
            page = browser.get(f"/path/{step.id}").text
            assert html.escape(step.question, quote=False) in page.replace("&#39;", "'")
            assert f'href="/exercises/{step.exercise}"' in page
    assert two.ana.get("/path/no-such-step").status_code == 404
    assert two.ana.post("/path/no-such-step/line", data={"text": "x"}).status_code == 404
    assert two.ana.post("/path/no-such-step/done").status_code == 404


def test_what_one_keeps_both_read_and_each_may_add_to_it(two) -> None:
    write(two.ana)
    assert shown(two.ana) == [("me", SAID)]
    assert shown(two.ben) == [("you", SAID)]
    write(two.ben, "Yes.")
    write(two.ana, "I mean it in another way by now.")
    assert shown(two.ben) == [("you", SAID), ("me", "Yes."), ("you", "I mean it in another way by now.")]
    assert shown(two.ben, OTHER) == []


def test_a_double_tap_keeps_words_once(two) -> None:
    write(two.ana)
    write(two.ana)
    assert shown(two.ana) == [("me", SAID)]
    write(two.ben)
    write(two.ana)
    assert len(shown(two.ana)) == 3


def test_somebody_alone_writes_notes_that_stay_their_own_when_two_become_of_it(as_user, carol, dina, save) -> None:
    alone, joining = as_user(carol), as_user(dina)
    write(alone)
    assert shown(alone) == [("me", SAID)]
    become_two(alone, joining)
    assert (shown(alone), shown(joining)) == ([], [])
    assert SAID in html.unescape(alone.get("/path/earlier").text)
    assert "look up" not in joining.get("/path/earlier").text


def test_somebody_alone_is_told_what_takes_two(as_user, carol) -> None:
    alone = as_user(carol)
    assert "takes two" in alone.get("/path").text
    for path in ("/path/listen-first/done", "/path/listen-first/undoing", "/path/aims"):
        assert alone.post(path, data={"aims": "joy"}).status_code == 404
    for path in ("/path", "/path/aims", "/path/recommitment", f"/path/{STEP}"):
        page = alone.get(path).text
        assert not re.findall(rf'action="({path}|/path/recommitment|{path}/done)"', page), path


def test_a_step_is_behind_both_when_either_says_so_until_either_takes_it_back(two, at) -> None:
    first, second = list(load().steps)[:2]
    assert "Done together" not in two.ana.get("/path").text
    two.ana.post(f"/path/{first}/done")
    for browser in (two.ana, two.ben):
        assert f"done together on {TODAY.day} November" in browser.get(f"/path/{first}").text
        assert next_step(browser) == second
    at(NOW.replace(day=NOW.day + 3))
    two.ben.post(f"/path/{first}/done")
    assert f"done together on {TODAY.day} November" in two.ana.get(f"/path/{first}").text
    two.ben.post(f"/path/{first}/undoing")
    assert "Done together" not in two.ana.get("/path").text
    assert next_step(two.ana) == first


def test_a_step_out_of_order_is_as_good_as_any(two) -> None:
    two.ana.post(f"/path/{OTHER}/done")
    assert next_step(two.ben) == next(iter(load().steps))
    for step in load().steps:
        two.ana.post(f"/path/{step}/done")
    assert next_step(two.ben) is None


def test_another_couple_sees_nothing_of_it(two, other_couple, as_user, dina) -> None:
    write(two.ana)
    two.ana.post(f"/path/{STEP}/done")
    stranger = as_user(dina)
    assert shown(stranger) == []
    assert "Done together" not in stranger.get("/path").text


def test_two_who_write_in_the_same_instant_both_find_their_words(two) -> None:
    answers = at_once((write, two.ana, "first"), (write, two.ben, "second"), (write, two.ana, "third"))
    assert {answer.status_code for answer in answers} == {303}
    assert {text for _whose, text in shown(two.ana)} == {"first", "second", "third"}


def next_step(browser):
    """The step that the path suggests, if any."""
    found = re.search(r'href="/path/([\w-]+)" aria-current="step"', browser.get("/path").text)
    return found and found[1]
