"""What one says of the other's words, and how one says one's own again: marks, thanks and amendments."""

import pytest
from sqlalchemy import select

from app.core.db import db
from app.exercises.models import Amendment, Mark
from app.exercises.service import catalogue
from tests.exercises.acts import act, page, respond
from tests.exercises.reading import fields, having, parse, said, text

NUDGE = next(iter(catalogue().exercises["appreciation"].items))
CLOSENESS = {"spot_on": "Spot on", "close": "Close", "not_yet": "Not yet"}


@pytest.fixture
def love_map(two):
    """An answered question: Ana said rain and guessed smoke, Ben said resin and guessed hay."""
    prompt = two.give("love_map", item="home-smell")
    respond(two.ana, prompt, answer="rain", guess="smoke")
    respond(two.ben, prompt, answer="resin", guess="hay")
    return prompt


@pytest.fixture
def gift(two):
    """Ana's appreciation of Ben."""
    prompt = two.give("appreciation", item=NUDGE)
    respond(two.ana, prompt, text="You sang in the kitchen")
    return prompt


def rows(app, table):
    with app.app_context():
        return list(db.session.scalars(select(table)))


# How close a guess came


def back_to_it(browser, prompt, answer):
    """Whether an answer leads to the place of the page that was answered from, and not to its head."""
    path, _, place = answer.location.partition("#")
    return (answer.status_code, path) == (303, f"/prompts/{prompt.id}") and f' id="{place}"' in page(browser, prompt)


def chosen(html):
    return [each.get("value") for each in parse(html).iter("button") if each.get("aria-pressed") == "true"]


@pytest.mark.parametrize("closeness", CLOSENESS)
def test_each_says_how_close_the_others_guess_came_and_the_other_sees_it(two, love_map, closeness):
    assert chosen(page(two.ana, love_map)) == []
    assert back_to_it(two.ana, love_map, act(two.ana, love_map, "mark", closeness=closeness))
    assert chosen(page(two.ana, love_map)) == [closeness]
    shown = next(
        box for box in having(parse(page(two.ben, love_map)), "said") if "smoke" not in text(box) and "hay" in text(box)
    )
    assert f"Ana says: {CLOSENESS[closeness]}" in text(shown)
    assert chosen(page(two.ben, love_map)) == []
    assert "Ben says" not in page(two.ana, love_map)


def test_how_close_it_came_can_be_said_anew(app, two, love_map):
    for closeness in ("not_yet", "spot_on"):
        act(two.ana, love_map, "mark", closeness=closeness)
    assert "Ana says: Spot on" in page(two.ben, love_map)
    assert "Ana says: Not yet" not in page(two.ben, love_map)
    assert len(rows(app, Mark)) == 1


def test_nothing_is_said_of_a_guess_that_is_sealed(app, two):
    prompt = two.give("love_map", item="home-smell")
    assert act(two.ana, prompt, "mark", closeness="close").status_code == 404
    respond(two.ben, prompt)
    assert act(two.ana, prompt, "mark", closeness="close").status_code == 404
    assert rows(app, Mark) == []


def test_a_mark_that_is_none_is_refused_with_a_sentence(app, two, love_map):
    for wrong in ("100", "", "perfect"):
        answer = act(two.ana, love_map, "mark", closeness=wrong)
        assert answer.status_code == 422
        assert "Please choose one of those shown." in answer.text
    assert act(two.ana, love_map, "mark", landed="5").status_code == 422
    assert rows(app, Mark) == []


# How much it landed


@pytest.mark.parametrize("landed", range(11))
def test_the_receiver_says_how_much_it_landed(two, gift, landed):
    assert back_to_it(two.ben, gift, act(two.ben, gift, "mark", landed=str(landed)))
    assert f"It landed with Ben: {landed} of 10." in page(two.ana, gift)
    assert f"You said it landed: {landed} of 10" in page(two.ben, gift)


def test_thanks_reach_the_one_who_gave_and_can_be_put_otherwise(two, gift):
    act(two.ben, gift, "mark", landed="8", thanks="I had not noticed that you noticed")
    assert ("Ben", "I had not noticed that you noticed") in said(page(two.ana, gift))
    held = fields(page(two.ben, gift), f"/prompts/{gift.id}/mark")
    assert held == [("landed", "8"), ("thanks", "I had not noticed that you noticed")]
    act(two.ben, gift, "mark", landed="9", thanks="Thank you")
    assert said(page(two.ana, gift)) == [("You", "You sang in the kitchen"), ("Ben", "Thank you")]
    act(two.ben, gift, "mark", landed="9")
    assert said(page(two.ana, gift)) == [("You", "You sang in the kitchen")]


def test_a_gift_can_land_after_one_was_given_in_return(two, gift):
    respond(two.ben, gift, text="You waited for me")
    act(two.ben, gift, "mark", landed="7")
    act(two.ana, gift, "mark", landed="0")
    assert "It landed with Ben: 7 of 10." in page(two.ana, gift)
    assert "It landed with Ana: 0 of 10." in page(two.ben, gift)


def test_nobody_marks_their_own_gift(app, two, gift):
    assert act(two.ana, gift, "mark", landed="10").status_code == 404
    assert rows(app, Mark) == []


def test_a_landing_that_was_not_right_keeps_the_thanks_and_leaves_the_draft_alone(app, two, gift):
    act(two.ben, gift, "draft", text="What I began to say")
    answer = act(two.ben, gift, "mark", landed="11", thanks="Thank you so much")
    assert answer.status_code == 422
    assert "Please choose a number from 0 to 10." in answer.text
    assert ("thanks", "Thank you so much") in fields(answer.text, f"/prompts/{gift.id}/mark")
    assert fields(page(two.ben, gift), f"/prompts/{gift.id}/response") == [("text", "What I began to say")]
    assert rows(app, Mark) == []


# Said again, better


def amendments(html, who):
    """(newest wording, earlier wordings) of what somebody said."""
    for box in having(parse(html), "said"):
        if next((text(each) for each in having(box, "who")), "").split(",")[0] == who:
            newest, *earlier = ["".join(each.itertext()) for each in having(box, "lines")]
            return newest, earlier
    return None


def test_both_see_a_later_wording_and_the_earlier_ones_stay(two, love_map):
    for wording in ("rain on stone", "rain on warm stone"):
        assert act(two.ana, love_map, "amendment", field="answer", text=wording).status_code == 303
    meant = ("rain on warm stone", ["rain", "rain on stone"])
    assert amendments(page(two.ana, love_map), "You") == meant
    assert amendments(page(two.ben, love_map), "Ana") == meant
    assert amendments(page(two.ben, love_map), "You") == ("resin", [])


@pytest.mark.parametrize("field", ["high", "low", "challenge"])
def test_each_kind_of_words_of_a_check_in_can_be_said_again(two, field):
    prompt = two.give("check_in")
    given = {name: f"{name}, first" for name in ("high", "low", "challenge")}
    respond(two.ana, prompt, **given)
    respond(two.ben, prompt)
    assert act(two.ana, prompt, "amendment", field=field, text="put better").status_code == 303
    words = [words for who, words in said(page(two.ben, prompt)) if who.startswith("Ana")]
    assert words == [f"put better\n{given[name]}" if name == field else given[name] for name in given]


def test_a_gift_can_be_said_again_and_lies_so_in_the_jar(two, gift):
    act(two.ana, gift, "amendment", field="text", text="You sang for me in the kitchen")
    meant = ("You sang for me in the kitchen", ["You sang in the kitchen"])
    assert amendments(page(two.ben, gift), "Ana") == amendments(two.ben.get("/history/jar").text, "Ana") == meant


@pytest.mark.parametrize("answered_by_both", [False, True])
@pytest.mark.parametrize(
    ("exercise", "field"),
    [("love_map", "guess"), ("love_map", "high"), ("love_map", "text"), ("check_in", "answer"),
     ("check_in", "feelings"), ("check_in", "need"), ("check_in", "mood"), ("appreciation", "answer"),
     ("appreciation", "thanks")],
)  # fmt: skip
def test_nothing_else_can_be_amended(app, two, exercise, field, answered_by_both):
    prompt = two.give(exercise, item={"love_map": "home-smell", "appreciation": NUDGE}.get(exercise))
    respond(two.ana, prompt)
    if answered_by_both:
        respond(two.ben, prompt)
    answer = act(two.ana, prompt, "amendment", field=field, text="Put better")
    assert answer.status_code == 422
    assert rows(app, Amendment) == []


@pytest.mark.parametrize("exercise", ["check_in", "love_map"])
def test_nothing_is_amended_before_it_is_open(app, two, exercise):
    prompt = two.give(exercise, item="home-smell" if exercise == "love_map" else None)
    field = {"check_in": "high", "love_map": "answer"}[exercise]
    assert act(two.ana, prompt, "amendment", field=field, text="too soon").status_code == 404
    respond(two.ana, prompt)
    assert act(two.ana, prompt, "amendment", field=field, text="too soon").status_code == 404
    assert act(two.ben, prompt, "amendment", field=field, text="not mine").status_code == 404
    assert rows(app, Amendment) == []


def test_nobody_amends_what_the_other_said(two, love_map):
    act(two.ben, love_map, "amendment", field="answer", text="something Ben says")
    assert amendments(page(two.ben, love_map), "Ana") == ("rain", [])
    assert amendments(page(two.ana, love_map), "Ben") == ("something Ben says", ["resin"])


def test_an_amendment_that_was_not_right_keeps_the_words(app, two, love_map):
    long = "x" * 2_001
    answer = act(two.ana, love_map, "amendment", field="answer", text=long)
    assert answer.status_code == 422
    assert "This is 2001 characters long; 2000 fit." in answer.text
    assert ("text", long) in fields(answer.text, f"/prompts/{love_map.id}/amendment")
    assert rows(app, Amendment) == []
    assert fields(page(two.ana, love_map), f"/prompts/{love_map.id}/amendment") == [("field", "answer"), ("text", "")]


def test_only_words_that_were_said_can_be_said_again(two):
    """A check-in without words offers none; one with some offers those."""
    prompt = two.give("check_in")
    respond(two.ana, prompt, high="the morning", low="the bus")
    respond(two.ben, prompt)
    offered = [each.get("value") for each in parse(page(two.ana, prompt)).iter("input") if each.get("name") == "field"]
    assert offered == ["high", "low"]
    assert "Say it again, better" not in page(two.ben, prompt)
