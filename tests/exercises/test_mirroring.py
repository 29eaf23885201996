"""Mirroring on two phones, and side by side on one: whose turn it is, what is read, and that no word is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import db
from app.exercises.models import DayTogether, Turn
from app.exercises.service import catalogue
from tests.exercises.acts import act, page
from tests.exercises.reading import fields, having, parse, said, text
from tests.factories import NOW, TODAY

MIRRORING = catalogue().exercises["mirroring"]
TOPIC = next(iter(MIRRORING.items))
SIDE_BY_SIDE = "?together=1"


@pytest.fixture
def talk(two):
    """A mirroring that nobody has begun."""
    return two.give("mirroring", item=TOPIC)


def take(browser, prompt, query="", **typed):
    """Send the form of the page that the browser shows now, with these fields filled in."""
    held = dict(fields(page(browser, prompt, query), f"/prompts/{prompt.id}/turn"))
    return act(browser, prompt, "turn", **{**held, **typed})


def heading(browser, prompt, query=""):
    return text(next(parse(page(browser, prompt, query)).iter("h1")))


def turns(app):
    """(author's name, kind, round, attempt, together) of each turn, in order."""
    with app.app_context():
        rows = db.session.scalars(select(Turn).order_by(Turn.number))
        return [(row.author_id, row.kind, row.round, row.attempt, row.together) for row in rows]


def test_a_whole_talk_on_two_phones(app, two, talk, ana, ben):
    assert heading(two.ana, talk) == heading(two.ben, talk) == "Speak, and be heard."
    for speaker, listener, one, other in ((two.ana, two.ben, "Ana", "Ben"), (two.ben, two.ana, "Ben", "Ana")):
        assert heading(speaker, talk) == "Speak, and be heard."
        take(speaker, talk, text=f"{one} speaks")
        assert heading(speaker, talk) == f"It is with {other} now."
        assert heading(listener, talk) == "Say back what you heard."
        assert (f"{one} said", f"{one} speaks") in said(page(listener, talk))
        take(listener, talk, text=f"{other} mirrors")
        assert heading(speaker, talk) == "How well were you heard?"
        take(speaker, talk, heard="9", verdict="heard")
        assert heading(listener, talk) == "What makes sense to you in it?"
        assert ("Heard 9 of 10. You have it", "") in said(page(listener, talk))
        assert (f"Heard 9 of 10. {other} has it", "") in said(page(speaker, talk))
        take(listener, talk, text=f"{other} understands")
    assert [turn[:2] for turn in turns(app)] == [
        (ana.id, "speak"), (ben.id, "mirror"), (ana.id, "heard"), (ben.id, "understand"),
        (ben.id, "speak"), (ana.id, "mirror"), (ben.id, "heard"), (ana.id, "understand"),
    ]  # fmt: skip
    for browser, name in ((two.ana, "Ben"), (two.ben, "Ana")):
        shown = page(browser, talk)
        assert heading(browser, talk) == "You have heard each other."
        assert len(said(shown)) == 8
        starter = next(each for each in parse(shown).iter("h2") if each.get("id") == "starter")
        assert text(starter) in {each.replace("{you}", name) for each in MIRRORING.starters["any"]}
        assert "You have heard each other." in browser.get("/today").text
        assert "That was today. Now each other." in browser.get("/today").text
        assert "1 day together this month" in browser.get("/today").text


def test_a_talk_that_is_not_done_is_no_day_together(app, two, talk):
    take(two.ana, talk, text="I speak")
    assert "Yours is in for today." in two.ana.get("/today").text
    take(two.ben, talk, text="I mirror")
    with app.app_context():
        assert list(db.session.scalars(select(DayTogether))) == []


def test_something_may_be_missing_three_times_and_then_it_goes_on(app, two, talk):
    take(two.ben, talk, text="I speak")
    for attempt, told in ((1, ""), (2, "second of three tries"), (3, "last of three tries")):
        assert told in page(two.ana, talk)
        take(two.ana, talk, text=f"mirrored, {attempt}")
        take(two.ben, talk, heard=str(attempt), verdict="missing", text=f"not yet, {attempt}")
        assert (f"Heard {attempt} of 10. Still missing", f"not yet, {attempt}") in said(page(two.ana, talk))
    assert heading(two.ana, talk) == "What makes sense to you in it?"
    take(two.ana, talk, text="what I can see")
    assert heading(two.ana, talk) == "Speak, and be heard."
    assert [turn[1:4] for turn in turns(app)][-2:] == [("missing", 1, 3), ("understand", 1, 3)]


def test_what_is_missing_must_be_said(app, two, talk):
    take(two.ana, talk, text="I speak")
    take(two.ben, talk, text="I mirror")
    answer = take(two.ana, talk, heard="4", verdict="missing")
    assert answer.status_code == 422
    assert "Please say what is still missing." in answer.text
    assert ("heard", "4") in fields(answer.text, f"/prompts/{talk.id}/turn")
    assert len(turns(app)) == 2


def test_today_tells_whose_turn_it_is(two, talk):
    assert "One speaks, the other says it back." in two.ben.get("/today").text
    take(two.ana, talk, text="I speak")
    assert "Your turn." in two.ben.get("/today").text
    assert "It is with Ben now." in two.ana.get("/today").text


# Out of turn


def test_of_two_who_begin_at_once_one_speaks_and_the_other_keeps_their_words(app, two, talk, ana):
    """What Ben meant to say is not taken for what he heard."""
    before = dict(fields(page(two.ben, talk), f"/prompts/{talk.id}/turn"))
    take(two.ana, talk, text="Ana was quicker")
    answer = act(two.ben, talk, "turn", **{**before, "text": "Ben, in the same minute"})
    assert answer.status_code == 409
    assert "It has moved on since this page opened. Your words are kept below." in answer.text
    for shown in (answer.text, page(two.ben, talk)):
        assert ("text", "Ben, in the same minute") in fields(shown, f"/prompts/{talk.id}/turn")
        assert "Ana was quicker" in shown
    assert [turn[:2] for turn in turns(app)] == [(ana.id, "speak")]
    assert "in the same minute" not in page(two.ana, talk)


def test_whoever_is_not_to_speak_now_keeps_their_words_and_finds_them_again(app, two, talk):
    take(two.ana, talk, text="I speak")
    answer = act(two.ana, talk, "turn", text="and another thing")
    assert answer.status_code == 409
    for shown in (answer.text, page(two.ana, talk)):
        assert ("What you had typed", "and another thing") in said(shown)
    assert len(turns(app)) == 1
    assert "another thing" not in page(two.ben, talk)


@pytest.mark.parametrize("wrong", ["mirror-1-1", "understand-1-1", "speak-2-1", "verdict-1-1", "mirror-1-3"])
def test_no_step_is_skipped(app, two, talk, wrong):
    typed = {"heard": "5", "verdict": "heard"} if wrong.startswith("verdict") else {}
    answer = act(two.ana, talk, "turn", step=wrong, text="too soon", **typed)
    assert answer.status_code == 409
    assert ("text", "too soon") in fields(answer.text, f"/prompts/{talk.id}/turn")
    assert turns(app) == []


def test_the_same_turn_sent_twice_is_taken_once(app, two, talk):
    path = f"/prompts/{talk.id}/turn"
    for browser, typed in (
        (two.ana, {"text": "I speak"}),
        (two.ben, {"text": "I mirror"}),
        (two.ana, {"heard": "5", "verdict": "missing", "text": "that"}),
    ):
        sent = {**dict(fields(page(browser, talk), path)), **typed}
        answers = [act(browser, talk, "turn", **sent) for _ in range(2)]
        assert [(answer.status_code, answer.location) for answer in answers] == [(303, f"/prompts/{talk.id}")] * 2
    assert len(turns(app)) == 3


def test_nothing_can_be_added_when_it_is_done(app, two, talk):
    speaker, listener = two.ana, two.ben
    for _ in range(2):
        take(speaker, talk, text="I speak")
        take(listener, talk, text="I mirror")
        take(speaker, talk, heard="9", verdict="heard")
        take(listener, talk, text="I understand")
        speaker, listener = listener, speaker
    answer = act(two.ana, talk, "turn", text="one more word")
    assert answer.status_code == 409
    assert ("What you had typed", "one more word") in said(answer.text)
    assert len(turns(app)) == 8


def test_a_turn_is_for_a_mirroring_alone(app, two):
    for exercise in ("check_in", "love_map"):
        prompt = two.give(exercise, item="home-smell" if exercise == "love_map" else None)
        assert act(two.ana, prompt, "turn", text="x").status_code == 404
    assert turns(app) == []


# Late


@pytest.mark.parametrize(("days", "status"), [(6, 303), (7, 409)])
def test_a_talk_that_has_begun_can_be_finished_for_six_days(two, talk, at, days, status):
    take(two.ana, talk, text="I speak")
    at(NOW + timedelta(days=days))
    answer = act(two.ben, talk, "turn", text="late, but mine")
    assert answer.status_code == status
    if status == 409:
        assert ("What you had typed", "late, but mine") in said(answer.text)
        assert heading(two.ben, talk) == "This one has gone by."
        assert ("Ana said", "I speak") in said(page(two.ben, talk))


@pytest.mark.parametrize(("days", "status"), [(3, 303), (4, 409)])
def test_a_talk_can_be_begun_for_three_days(two, days, status):
    talk = two.give("mirroring", day=TODAY - timedelta(days), item=TOPIC)
    assert act(two.ana, talk, "turn", text="late, but mine").status_code == status


# Side by side


def names_of_hand_over(browser, prompt):
    shown = browser.get(f"/prompts/{prompt.id}/handover").text
    return text(next(parse(shown).iter("h1"))), shown


def test_a_whole_talk_side_by_side_on_one_phone(app, two, talk, ana, ben):
    steps = [
        ("Ana", {"text": "SPOKEN by Ana"}), ("Ben", {"text": "MIRRORED by Ben"}),
        ("Ana", {"heard": "3", "verdict": "missing", "text": "MISSED by Ana"}), ("Ben", {"text": "MIRRORED again"}),
        ("Ana", {"heard": "9", "verdict": "heard"}), ("Ben", {"text": "UNDERSTOOD by Ben"}),
        ("Ben", {"text": "SPOKEN by Ben"}), ("Ana", {"text": "MIRRORED by Ana"}),
        ("Ben", {"heard": "8", "verdict": "heard"}), ("Ana", {"text": "UNDERSTOOD by Ana"}),
    ]  # fmt: skip
    onward, here = f"/prompts/{talk.id}/handover", f"/prompts/{talk.id}{SIDE_BY_SIDE}"
    for number, (name, typed) in enumerate(steps):
        if number and name != steps[number - 1][0]:
            asked, shown = names_of_hand_over(two.ana, talk)
            assert asked == f"Hand the phone to {name}."
            assert f"I am {name}" in shown
        assert f"Side by side: {name} is typing now." in page(two.ana, talk, SIDE_BY_SIDE)
        answer = take(two.ana, talk, SIDE_BY_SIDE, **typed)
        # Who has said what makes sense speaks next: the phone stays where it is.
        assert (answer.status_code, answer.location) == (303, here if "UNDERSTOOD" in typed.get("text", "") else onward)
        turned = "Now the other way round" in page(two.ana, talk, SIDE_BY_SIDE)
        assert turned == (number >= 5)
    people = {"Ana": ana.id, "Ben": ben.id}
    assert [turn[0] for turn in turns(app)] == [people[name] for name, _ in steps]
    assert all(turn[4] for turn in turns(app))
    assert two.ana.get(f"/prompts/{talk.id}/handover").location == f"/prompts/{talk.id}"
    words = [(who, words) for who, words in said(page(two.ben, talk)) if words]
    assert words[0] == ("Ana said · side by side", "SPOKEN by Ana")
    assert words[-1] == ("What makes sense · side by side", "UNDERSTOOD by Ana")


def test_the_page_between_two_turns_shows_no_word_of_anybody(two, talk):
    take(two.ana, talk, SIDE_BY_SIDE, text="CANARY one")
    take(two.ana, talk, SIDE_BY_SIDE, text="CANARY two")
    act(two.ana, talk, "draft", text="CANARY three")
    asked, shown = names_of_hand_over(two.ana, talk)
    assert asked == "Hand the phone to Ana."
    assert "CANARY" not in shown
    assert MIRRORING.items[TOPIC].text not in shown
    # Nor does the phone lay out there what it kept for its owner and could not give any more.
    for both in (shown, page(two.ana, talk, SIDE_BY_SIDE)):
        assert "Here are your words back" not in both
    assert "Here are your words back" in page(two.ana, talk)


def test_side_by_side_nobody_finds_in_the_form_what_the_other_had_typed(two, talk):
    path = f"/prompts/{talk.id}/turn"
    take(two.ana, talk, text="I speak")
    act(two.ana, talk, "draft", text="CANARY that Ana keeps to herself")
    assert "CANARY" not in page(two.ana, talk, SIDE_BY_SIDE)
    bens = dict(fields(page(two.ana, talk, SIDE_BY_SIDE), path)) | {"text": "CANARY of Ben, half"}
    act(two.ana, talk, "draft", **bens)
    assert ("text", "CANARY of Ben, half") in fields(page(two.ana, talk, SIDE_BY_SIDE), path)
    take(two.ben, talk, text="on his own phone after all")
    assert "CANARY" not in page(two.ana, talk)
    assert "CANARY" not in page(two.ana, talk, SIDE_BY_SIDE)


def test_side_by_side_a_turn_that_was_not_right_comes_back_for_the_same_one_of_the_two(two, talk):
    take(two.ana, talk, SIDE_BY_SIDE, text="I speak")
    answer = take(two.ana, talk, SIDE_BY_SIDE, text="x" * 2_001)
    assert answer.status_code == 422
    assert "Side by side: Ben is typing now." in answer.text
    assert ("text", "x" * 2_001) in fields(answer.text, f"/prompts/{talk.id}/turn")


def test_before_anybody_has_spoken_there_is_nobody_to_hand_it_to(two, talk):
    assert two.ana.get(f"/prompts/{talk.id}/handover").location == f"/prompts/{talk.id}"


def test_on_the_phone_of_whose_turn_it_is_nobody_is_asked_to_hand_it_over(two, talk):
    take(two.ana, talk, text="I speak")
    assert f'href="/prompts/{talk.id}/handover"' in page(two.ana, talk)
    assert f'href="/prompts/{talk.id}{SIDE_BY_SIDE}"' in page(two.ben, talk)


# Between turns


def test_a_draft_waits_for_ones_own_turn_and_is_gone_once_it_was_taken(two, talk):
    act(two.ben, talk, "draft", text="What I will say")
    take(two.ana, talk, text="I speak")
    assert "What I will say" not in page(two.ana, talk)
    assert ("text", "What I will say") in fields(page(two.ben, talk), f"/prompts/{talk.id}/turn")
    take(two.ben, talk)
    assert ("Ben heard", "What I will say") in said(page(two.ana, talk))
    take(two.ana, talk, heard="9", verdict="heard")
    assert ("text", "") in fields(page(two.ben, talk), f"/prompts/{talk.id}/turn")


def test_a_talk_shows_in_the_journal_of_both_once_it_has_begun(two, talk):
    assert "Nothing here yet." in two.ben.get("/history/mirroring").text
    take(two.ana, talk, text="I speak")
    for browser in (two.ana, two.ben):
        lines = list(having(parse(browser.get("/history/mirroring").text), "kept"))
        assert [each.get("href") for each in lines] == [f"/prompts/{talk.id}"]


def test_somebody_alone_has_no_mirroring(as_user, carol, talk):
    browser = as_user(carol)
    assert act(browser, talk, "turn", text="x").status_code == 404
    assert browser.get(f"/prompts/{talk.id}/handover").status_code == 404
