"""What is sealed from somebody is on no page of theirs, and no page is another for its being there."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.routes import recovery, registration, settings
from app.couples.models import Couple, Membership
from app.exercises.catalogue import EXERCISES
from app.exercises.models import Prompt
from tests.exercises.acts import act, page, respond, unchecked
from tests.factories import ISO_WEEK, NOW, TODAY, make_prompt

CANARY = "CANARY of Ben’s"
QUERIES = {
    "prompts.show": ("", "?edit", "?edit=1&together=1", "?together=1"),
    "history.index": ("", "?before=2026-11-12", "?before=2026-12-31"),
    "history.show": ("", "?before=2026-11-12", "?before=2026-12-31"),
    "history.jar": ("", "?draw=0", "?draw=1", "?draw=2", "?draw=999999"),
    "history.earlier": ("", "?before=2026-12-31"),
}


@pytest.fixture
def world(two, save):
    """The prompts of a couple in which Ben has something sealed wherever something can be."""
    other, earlier, longer_ago = (TODAY - timedelta(days) for days in (1, 2, 9))
    prompts = {
        "check_in": two.give("check_in"),
        "love_map": two.give("love_map", item="home-smell"),
        "appreciation": two.give("appreciation", item="a-nudge"),
        "mirroring": two.give("mirroring", item="a-topic"),
        "begun": two.give("mirroring", day=other, item="a-topic"),
        "yesterday": two.give("check_in", day=other),
        "two days ago": two.give("love_map", day=earlier, item="safe-sound"),
        "gone by": two.give("love_map", day=longer_ago, item="best-light"),
        "set aside": two.give("love_map", day=other, item="soft-texture"),
        "open": two.give("love_map", day=earlier - timedelta(1), item="same-shade"),
    }
    act(two.ana, prompts["begun"], "turn", text="This much I said")
    respond(two.ana, prompts["open"])
    respond(two.ben, prompts["open"], answer="This much is open", guess="and this")
    return prompts


@pytest.mark.only_on("sqlite")
def test_no_page_holds_a_word_that_is_sealed_nor_is_another_for_it(app, two, world, save, ben, monkeypatch):
    """Fetched before Ben has sealed anything, and after each thing he does that Ana is not to know of."""
    for module in (recovery, registration, settings):
        # The one thing on a page that is another each time.
        monkeypatch.setattr(module, "suggestion", lambda: "five plain words")
    browser = unchecked(two.ana)
    everything(app, browser, world)
    before = everything(app, browser, world)
    for step in bens_steps(app, two, world, save, ben):
        after = everything(app, browser, world)
        assert set(after) == set(before), step
        for path, (status, headers, body) in after.items():
            assert "CANARY" not in body, (step, path)
            assert "CANARY" not in str(headers), (step, path)
            assert (status, headers, body) == before[path], (step, path)


def test_the_canary_sings_where_it_may(two, world):
    """The words that the test above looks for do show once they are open, or to their author."""
    respond(two.ben, world["love_map"], answer=CANARY)
    assert "CANARY" in page(two.ben, world["love_map"])
    assert "CANARY" not in page(two.ana, world["love_map"])
    respond(two.ana, world["love_map"])
    assert "CANARY" in page(two.ana, world["love_map"])
    assert "CANARY" in page(two.ben, world["love_map"])


def test_an_export_holds_nothing_of_what_the_other_has_sealed(app, two, world, save, ben):
    before = exported(two.ana)
    for step in bens_steps(app, two, world, save, ben):
        after = exported(two.ana)
        assert all("CANARY" not in text for text in after.values()), step
        assert after == before, step


@pytest.mark.parametrize(
    ("what", "typed"),
    [
        ("mark", {"landed": "5", "thanks": "x", "closeness": "close"}),
        ("mark", {"closeness": "close"}),
        ("mark", {"landed": "5"}),
        ("amendment", {"field": "high", "text": "x"}),
        ("amendment", {"field": "answer", "text": "x"}),
        ("keeping", {}),
        ("release", {}),
        ("discarding", {}),
        ("setting-aside", {}),
        ("response", {"answer": "", "mood": "11"}),
        ("turn", {"text": "x"}),
        ("draft", {"answer": "half of it"}),
    ],
)
@pytest.mark.parametrize("exercise", ["check_in", "love_map"])
def test_whatever_one_tries_ends_alike_whether_or_not_the_other_has_sealed(two, save, exercise, what, typed):
    ends = []
    for take in (1, 3):
        prompt = make_prompt(two.couple, exercise, item="home-smell" if exercise == "love_map" else None)
        prompt.take = take
        prompt = save(prompt)
        if take == 3:
            respond(two.ben, prompt, **({"high": CANARY} if exercise == "check_in" else {"answer": CANARY}))
        answer = act(two.ana, prompt, what, **typed)
        assert "CANARY" not in answer.text + str(answer.headers)
        told = [text.replace(prompt.id, "ID") for text in (answer.text, str(answer.headers))]
        ends.append((answer.status_code, *(("page", told[0]) if what != "setting-aside" else ())))
        two.ana.get("/today")
    assert ends[0] == ends[1]


def test_who_shows_that_they_answered_shows_that_and_no_more(two):
    prompt = two.give("check_in")
    before = two.ana.get("/today").text
    two.ben.post("/couple", data={"zone": "UTC", "shows_answering": "yes"})
    assert two.ana.get("/today").text == before
    respond(two.ben, prompt, high=CANARY)
    told = two.ana.get("/today").text
    assert "Ben’s is in. Yours opens them both." in told
    assert "CANARY" not in told + page(two.ana, prompt) + two.ana.get("/history").text
    assert "Nothing here yet." in two.ana.get("/history").text
    two.ben.post("/couple", data={"zone": "UTC"})
    assert two.ana.get("/today").text == before


def test_a_stranger_finds_nothing_of_two_at_all(two, world, as_user, carol):
    respond(two.ben, world["love_map"], answer=CANARY)
    respond(two.ana, world["love_map"])
    browser = as_user(carol)
    for prompt in world.values():
        for path in (f"/prompts/{prompt.id}", f"/prompts/{prompt.id}?together=1", f"/prompts/{prompt.id}/handover"):
            answer = browser.get(path)
            assert answer.status_code == 404
            assert answer.text == browser.get("/prompts/AAAAAAAAAAAAAAAAAAAAAA").text


def bens_steps(app: Flask, two, world: dict[str, Prompt], save, ben) -> Iterator[str]:
    """Ben does one thing after another, none of which Ana is to know of; each is named once it is done."""
    words = {"high": CANARY, "low": CANARY, "challenge": CANARY, "feelings": ["sad", "lost"], "need": "help"}
    mapped = {"answer": CANARY, "guess": CANARY}
    respond(two.ben, world["check_in"], **words)
    respond(two.ben, world["love_map"], **mapped)
    respond(two.ben, world["love_map"], **mapped | {"answer": CANARY * 3})
    respond(two.ben, world["yesterday"], **words)
    respond(two.ben, world["two days ago"], **mapped)
    yield "sealed two for today and two for earlier days, and changed one"
    respond(two.ben, world["gone by"], **mapped)
    for name in ("appreciation", "mirroring", "begun", "open", "check_in"):
        act(two.ben, world[name], "draft", text=CANARY, high=CANARY, answer=CANARY)
    act(two.ben, world["love_map"], "response", answer="", guess=CANARY)
    yield "wrote drafts, and sent what was not right or came too late"
    act(two.ben, world["yesterday"], "keeping")
    for name in ("love_map", "yesterday", "check_in"):
        page(two.ben, world[name])
    two.ben.get("/today")
    two.ben.get("/history")
    two.ben.post("/path/aims", data={"aims": ["fears", "own-part"]})
    yield "let one wait, looked at his own, and chose aims for the path"
    act(two.ben, world["two days ago"], "discarding")
    alone = save(Couple(zone="UTC", created_at=NOW - timedelta(90), ended_at=NOW - timedelta(60)))
    save(Membership(couple_id=alone.id, person_id=ben.id, side="quince", joined_on=TODAY, left_at=NOW - timedelta(60)))
    two.ben.post(f"/prompts/{save(make_prompt(alone, 'love_map', item='home-smell')).id}/response", data=mapped)
    assert "CANARY" in two.ben.get("/history/earlier").text
    yield "discarded one, and kept words from before"


def everything(app: Flask, browser: FlaskClient, prompts: dict[str, Prompt]) -> dict[str, tuple[int, str, str]]:
    """Path → (status, headers, body) of every page that can be fetched, with every id of the couple."""
    values = {
        "prompt_id": [prompt.id for prompt in prompts.values()],
        "exercise": [*EXERCISES, "nothing"],
        "digest": ["latest"],
        "name": ["css/tokens.css"],
        "week": [ISO_WEEK],
        "year": [str(TODAY.year)],
        "step": ["listen-first"],
        "instrument": ["balance", "nothing"],
        "number": ["1"],
        "sitting_id": ["x"],
        "token": ["x"],
        "occasion_id": ["x"],
        "code": ["x"],
        "topic_id": ["money"],
        "guest_id": ["x"],
        "couple_id": ["x"],
        "note_id": ["x"],
        **{part: ["x"] for part in ("given_id", "homework_id", "own_id", "step_id", "day")},
    }
    found = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        paths = [rule.rule]
        for name in rule.arguments:
            # A new route says here what it is to be asked with.
            paths = [re.sub(rf"<([a-z]+:)?{name}>", value, path) for path in paths for value in values[name]]
        for path in paths:
            for query in QUERIES.get(rule.endpoint, ("",)):
                answer = browser.get(path + query)
                assert answer.status_code < 500, path
                found[path + query] = (answer.status_code, str(answer.headers), answer.text)
    return found


def exported(browser: FlaskClient) -> dict[str, str]:
    """The files of an export, by name."""
    answer = browser.post("/export")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}
