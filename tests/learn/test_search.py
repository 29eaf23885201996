"""Finding: by everyday words, however they are spelt; help first where there may be danger; and no accident ever."""

from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.learn.routes import index
from app.learn.search import MOST, SMALL, Index
from app.learn.shelf import load
from app.learn.topic import Group, Shelf, Topic
from app.learn.words import ASKED_MOST, clean, distance, plain, slips, stem, words_of

SHELF, INDEX = load(), index()
WORDS = {
    word
    for topic in SHELF.topics.values()
    for text in (topic.title, topic.summary, *topic.also_called, *topic.text)
    for word in words_of(text)
}


def found(asked: str) -> list[str]:
    return [hit.topic.id for hit in INDEX.find(asked).hits]


# As people type


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("always on her fone", "phones"),
        ("he never listns to me", "listening"),
        ("we fihgt about mony", "money"),
        ("same argumnet again", "same-argument"),
        ("gas lighting", "what-abuse-is"),
        ("aplogize", "sorry"),
        ("I apologised and it didn't help", "sorry"),
        ("cheeting", "broken-trust"),
        ("afair", "broken-trust"),
        ("no sex any more", "touch-fades"),
        ("walking on eggshels", "who-may-be-upset"),
        ("mental lod", "unseen-work"),
        ("houswork", "unseen-work"),
        ("marriage councelling", "what-therapy-does"),
        ("terapist", "what-therapy-does"),
        ("jelous", "attachment"),
        ("she shuts down", "chase-retreat"),
        ("silent treatmant", "silence"),
        ("lonley", "small-calls"),
        ("burned out, overwhelmd", "too-much"),
        ("depresed", "one-not-well"),
        ("my dog died", "grief"),
        ("roomates", "too-full"),
        ("won’t go to therapy", "only-one-wants"),
        ("how many sesions", "how-long"),
        ("dont feel apreciated", "thanks-run-dry"),
        ("COMUNICATION", "speaking"),
        ("attachement style", "attachment"),
        ("new babby", "life-changes"),
        ("in laws", "habits-from-home"),
        ("aplogiz", "sorry"),
        ("comunic", "speaking"),
    ],
)
def test_everyday_words_lead_to_the_topic_however_they_are_spelt(typed, wanted):
    assert wanted in found(typed)[:3]


def slipped(word: str) -> list[str]:
    """The word with each of its letters left out, doubled, and swapped with the next."""
    left_out = [word[:at] + word[at + 1 :] for at in range(len(word))]
    doubled = [word[:at] + word[at] + word[at:] for at in range(len(word))]
    swapped = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
    return [*left_out, *doubled, *swapped]


def test_a_word_of_a_title_with_one_slip_still_finds_the_topic():
    titles: dict[str, set[str]] = {}
    for topic in SHELF.topics.values():
        for word in words_of(topic.title):
            if len(word) >= 5 and word not in SMALL:
                titles.setdefault(word, set()).add(topic.id)
    # A slip that makes another word of the shelf, such as help for helps, is none.
    tried = {(word, typed) for word in titles for typed in slipped(word) if typed not in WORDS}
    lost = [(word, typed) for word, typed in sorted(tried) if not titles[word] <= set(found(typed)[:5])]
    assert lost == []
    assert len(tried) > 1000


def test_every_title_and_every_other_name_finds_its_topic_first_or_among_those_that_share_it():
    for topic in SHELF.topics.values():
        assert found(topic.title)[0] == topic.id
        for name in topic.also_called:
            shared = sum(name in each.also_called for each in SHELF.topics.values())
            assert topic.id in found(name)[: shared + 2], name


# In which order


def shelf_of(**where: dict) -> Shelf:
    """A shelf of topics that differ in what is given alone."""
    made = {}
    for place, (name, fields) in enumerate(where.items(), 1):
        plain_one = {"title": f"One {name}", "summary": "Two.", "also_called": ("three",), "text": ("Four five.",)}
        facts = {"group": "g", "place": place, "exercise": "", "neighbours": (), "sources": (), "html": ""}
        made[name] = Topic(id=name, **{**plain_one, **facts, **fields})
    return Shelf(made, (Group("g", "G", "S", False, tuple(made.values())),), ("violence", "die"), ("not safe",))


def test_a_title_counts_for_more_than_another_name_a_summary_and_a_text():
    where = {
        "text": {"text": ("A kettle sings.",)},
        "summary": {"summary": "A kettle."},
        "also": {"also_called": ("a kettle",)},
        "title": {"title": "The kettle"},
    }
    order = [*where]
    for lower, upper in combinations(order, 2):
        index = Index(shelf_of(**{lower: where[lower], upper: where[upper], "none": {}}))
        for typed in ("kettle", "kettles"):
            assert next(hit.topic.id for hit in index.find(typed).hits) == upper, (lower, upper)


def test_who_says_more_of_what_was_typed_comes_first():
    index = Index(shelf_of(one={"summary": "About a kettle."}, two={"summary": "A kettle and a spoon."}))
    assert next(hit.topic.id for hit in index.find("spoon kettle").hits) == "two"


def test_the_line_that_was_met_is_shown_with_the_words_in_it():
    index = Index(shelf_of(one={"text": ("It rains. The Kettles sing at noon! It is late.",)}, two={}))
    (hit,) = index.find("kettle").hits
    assert [(piece.text, piece.met) for piece in hit.line] == [
        ("The ", False), ("Kettles", True), (" sing at noon!", False),
    ]  # fmt: skip
    assert index.find("one").hits[0].line == ()


def test_no_more_is_shown_than_can_be_looked_through():
    assert len(found("partner")) <= MOST < len(SHELF.topics)


# Nothing there


def test_what_is_nowhere_finds_nothing_and_names_what_looks_like_it():
    nothing = INDEX.find("rhubarb compote")
    assert nothing.hits == ()
    near = INDEX.find("unpaid silenceless")
    assert near.hits == () or near.near == ()
    like = Index(shelf_of(one={"title": "Strawberry"}, two={})).find("strawmen")
    assert like.hits == ()
    assert [topic.id for topic in like.near] == ["one"]


# Danger


@pytest.mark.parametrize(
    "typed",
    ["he hits me", "hitting", "violense", "suicde", "I want to die", "dying", "afraid of my partner", "self-harm",
     "scared to go home", "don’t feel safe", "end it all", "she threatens me", "stalking", "he wont let me go"],
)  # fmt: skip
def test_words_of_danger_bring_help_first(typed):
    assert INDEX.find(typed).urgent


@pytest.mark.parametrize(
    "typed",
    [
        "money",
        "we fight a lot",
        "anger",
        "sorry",
        "fighting about chores",
        "bored",
        "jealous",
        "how long",
        "treats",
        "feel",
    ],
)
def test_everyday_words_do_not_cry_danger(typed):
    assert not INDEX.find(typed).urgent


def test_help_comes_first_even_where_nothing_is_found():
    nowhere = Index(shelf_of(one={})).find("vioolence")
    assert nowhere.urgent
    assert nowhere.hits == ()


# Whatever is typed


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_comes_to_a_line_without_what_cannot_be_seen_and_to_an_answer(typed):
    result = INDEX.find(typed)
    assert result.asked == clean(result.asked) == clean(typed)
    assert len(result.asked) <= ASKED_MOST
    assert result.asked.isprintable()
    assert not (result.hits and result.near)


@given(st.text("abcdé'ph", min_size=1, max_size=9), st.text("abcdé'ph", min_size=1, max_size=9), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_the_distance_is_the_same_both_ways_and_as_counted_the_long_way(one, other, most):
    assert distance(one, other, most) == distance(other, one, most) == min(the_long_way(one, other), most + 1)


@cache
def the_long_way(one: str, other: str) -> int:
    """Optimal string alignment, by its definition."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        the_long_way(one[:-1], other) + 1,
        the_long_way(one, other[:-1]) + 1,
        the_long_way(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if one[-2:] == other[-2:][::-1] and len(one) > 1 < len(other):
        ways.append(the_long_way(one[:-2], other[:-2]) + 1)
    return min(ways)


def test_forms_of_a_word_are_one_word():
    for forms in (
        "apology apologies apologise apologising apologized apologize",
        "trust trusts trusted trusting",
        "stop stops stopped stopping",
        "decision decisions",
        "touch touches touched",
        "kiss kisses kissing",
    ):
        assert len({stem(word) for word in forms.split()}) == 1, forms
    assert words_of("Élan, don’t PHONE!") == ["elan", "dont", "phone"]
    assert plain("Straße") == "strasse"
    assert [slips(word) for word in ("sex", "time", "trouble", "argument")] == [0, 1, 1, 2]
