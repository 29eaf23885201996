"""The shelf: as much as was promised, for everybody, a minute each; and no fault in it that is not told by name."""

import re
import shutil
import tomllib
from collections import Counter

import pytest

from app import create_app
from app.config import ROOT
from app.exercises import catalogue
from app.learn import routes, shelf
from app.learn.shelf import CONTENT, ShelfError, load, read
from app.learn.topic import EXERCISES
from tests.exercises.test_catalogue import NOT_FOR_EVERYBODY

SHELF = load()
TOPICS = SHELF.topics.values()
LINK = re.compile(r'href="/learn/([^"]+)"')
PROMISED = {"roots": 9, "drift": 12, "talking": 8, "power": 5, "wounds": 5, "therapy": 3, "patience": 1, "help": 2}
DAILY = {"check_in", "appreciation", "mirroring", "love_map"}
LONGER = {
    "heart_to_heart", "reading_the_signs", "mindful_presence", "happy_memories", "appreciation_game", "doing_together",
    "mindful_listening",
}  # fmt: skip


# As much as was promised


def test_there_are_the_topics_that_were_promised():
    assert len(TOPICS) >= 48
    held = Counter(topic.group for topic in TOPICS)
    assert (held["roots"], held["drift"]) == (9, 12)
    assert all(held[group] >= least for group, least in {**PROMISED, "abuse": 2}.items())
    assert len(SHELF.groups) == 9


def test_every_topic_is_for_any_two_people():
    for topic in TOPICS:
        for shown in (topic.title, topic.summary, *topic.text):
            assert not NOT_FOR_EVERYBODY.search(shown), shown
            assert not re.search(r"['\"]|--|\s-\s|!!", shown), shown


def test_no_sentence_stands_there_twice():
    sentences = Counter(
        sentence.casefold()
        for topic in TOPICS
        for text in (topic.summary, *topic.text)
        for sentence in re.split(r"(?<=[.?!]) ", text)
        if len(sentence.split()) > 6
    )
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_every_exercise_is_led_to_by_the_name_it_has():
    assert set(EXERCISES) == DAILY | LONGER
    assert {topic.exercise for topic in TOPICS} - {""} == set(EXERCISES)
    named = {name: each.name for name, each in catalogue.load().exercises.items()}
    for path in (ROOT / "app" / "guided" / "content").glob("*.toml"):
        named[path.stem] = tomllib.loads(path.read_text()).get("name", "")
    assert set(named) >= DAILY
    assert named == {name: EXERCISES.get(name) for name in named}


def test_what_is_about_danger_leads_to_help_and_to_no_exercise_for_two():
    (group,) = (group for group in SHELF.groups if not group.paired)
    assert group.id == "abuse"
    for topic in group.topics:
        assert topic.exercise == topic.practice == ""
        assert 'href="/help-lines"' in topic.html
    assert any('href="/learn/not-for-two"' in topic.html for topic in TOPICS)


def test_one_can_walk_through_a_group_and_to_every_topic_from_every_other():
    for group in SHELF.groups:
        walked = [group.topics[0]]
        while after := SHELF.around(walked[-1])[1]:
            assert SHELF.around(after)[0] is walked[-1]
            walked.append(after)
        assert tuple(walked) == group.topics
    for start in TOPICS:
        reached, edge = set(), [start]
        while edge:
            reached |= {each.id for each in edge}
            led_to = {name for topic in edge for name in (*topic.neighbours, *LINK.findall(topic.html))}
            edge = [SHELF.topics[name] for name in led_to - reached]
        assert reached == set(SHELF.topics), start.id


def test_a_fact_names_its_source():
    """Where a text speaks of research, the topic says whose; and no source is named for nothing."""
    telling = re.compile(
        r"\b(stud(?:y|ies)|research(?:ers)?|experiments?|trials?|found that|psychologists?)\b", re.IGNORECASE
    )
    for topic in TOPICS:
        if telling.search(" ".join(topic.text)):
            assert topic.sources, topic.id


# Faults


HEAD = {
    "title": '"One"',
    "group": '"g"',
    "place": "1",
    "summary": '"About one."',
    "exercise": '"check_in"',
    "neighbours": '["two", "three"]',
    "also_called": '["uno"]',
    "sources": '[{ who = "A. Body", what = "A paper", year = 1999 }]',
}
TEXT = "A word and *another* one, [here](/help-lines).\n\n- an item\n\n" + "word " * 125
GROUPS = '[[groups]]\nid = "g"\ntitle = "G"\nsummary = "All."\n'
OTHERS = {"two": '["one", "three"]', "three": '["one", "two"]'}
TITLES = {"two": '"Two"', "three": '"Three"'}


@pytest.fixture
def folder(tmp_path):
    """`folder(title='"X"', text="…")`: a shelf of three, whole but for what is given of the first one."""

    def make(text=TEXT, groups=GROUPS, name="one", raw=None, **head):
        (tmp_path / "groups.toml").write_text(groups)
        (tmp_path / "urgent.toml").write_text('words = ["die"]\nphrases = ["not safe"]')
        for place, other in enumerate(OTHERS, 2):
            facts = {**HEAD, "title": TITLES[other], "place": str(place), "neighbours": OTHERS[other]}
            (tmp_path / f"{other}.md").write_text(written(facts, TEXT))
        facts = {name: value for name, value in {**HEAD, **head}.items() if value is not None}
        (tmp_path / f"{name}.md").write_text(raw if raw is not None else written(facts, text))
        return tmp_path

    return make


def written(head, text):
    return "+++\n" + "".join(f"{name} = {value}\n" for name, value in head.items()) + "+++\n" + text


def test_what_is_whole_is_read(folder):
    one = read(folder()).topics["one"]
    assert (one.title, one.practice, one.place) == ("One", "Daily check-in", 1)
    assert one.text[:2] == ("A word and another one, here.", "an item")
    assert one.html.startswith('<p>A word and <em>another</em> one, <a href="/help-lines">here</a>.</p>\n<ul>')


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"raw": "no head"}, "one.md must begin with a head"),
        ({"raw": "+++\ntitle =\n+++\n"}, "one.md: the head cannot be read"),
        ({"colour": '"red"'}, "one.md: colour is not known"),
        ({"title": None}, "one.md: title must be a text"),
        ({"title": '" One"'}, "one.md: title must be a text"),
        ({"title": f'"{"long" * 20}"'}, "one.md: title must be a text of at most 60"),
        ({"title": '"two"'}, "the title two stands there twice"),
        ({"group": '"h"'}, "one.md: there is no group h"),
        ({"place": "0"}, "one.md: place must be a whole number"),
        ({"place": "2"}, "one.md: place 2 is taken twice"),
        ({"exercise": '"yoga"'}, "one.md: exercise must be one of check_in"),
        ({"exercise": None}, "one.md: exercise must be one of check_in"),
        ({"groups": GROUPS + "paired = false"}, "one.md: no exercise for two may follow"),
        ({"groups": GROUPS + "paired = 3"}, "groups.toml g: paired must be true or false"),
        ({"groups": GROUPS * 2}, "groups.toml: an id stands there twice"),
        ({"groups": GROUPS + GROUPS.replace('"g"', '"h"')}, "groups.toml h: there is no topic in it"),
        ({"groups": "groups = 1"}, "groups.toml: groups must be tables"),
        ({"neighbours": '["two"]'}, "one.md: neighbours must be 2 to 4"),
        ({"neighbours": '["two", "two"]'}, "one.md: neighbours must be 2 to 4 different"),
        ({"neighbours": '["two", "four"]'}, "one.md: four is no other topic"),
        ({"neighbours": '["two", "one"]'}, "one.md: one is no other topic"),
        ({"also_called": "[]"}, "one.md: also_called must be 1 to 16"),
        ({"sources": '["A. Body"]'}, "one.md: each of sources needs who, what and year"),
        ({"sources": '[{ who = "A", what = "B", year = 1999, url = "x" }]'}, "one.md: each of sources needs"),
        ({"sources": '[{ who = "A", what = "B", year = "1999" }]'}, "one.md: the year of a source must be a year"),
        ({"text": "Too short."}, "one.md has 2 words; a minute is 130 to 190"),
        ({"text": TEXT + "word " * 100}, "one.md has 233 words"),
        ({"text": f"# A head\n\n{TEXT}"}, "one.md: heading_open  is more than a text here may hold"),
        ({"text": f"<b>x</b>\n\n{TEXT}"}, "one.md: inline <b>x</b> is more than a text"),
        ({"text": f"![x](/y)\n\n{TEXT}"}, "one.md: image "),
        ({"text": f"`x`\n\n{TEXT}"}, "one.md: code_inline x is more"),
        ({"text": f"[x](https://example.org)\n\n{TEXT}"}, "one.md: https://example.org does not lead within the app"),
        ({"text": f"[x](/learn/four)\n\n{TEXT}"}, "one.md: four is no other topic"),
        ({"text": f"[x](/today)\n\n{TEXT}"}, "one.md: /today does not lead within the app"),
        ({"name": "One_"}, "One_.md: a name is small letters"),
    ],
)
def test_each_fault_is_told_by_file_and_field(folder, given, told):
    with pytest.raises(ShelfError, match=re.escape(told)):
        read(folder(**given))


def test_a_topic_that_no_other_leads_to_is_a_fault(folder):
    home = folder()
    (home / "four.md").write_text(written({**HEAD, "title": '"Four"', "place": "4"}, TEXT))
    with pytest.raises(ShelfError, match=re.escape("four.md is no other topic's neighbour")):
        read(home)


def test_what_cannot_be_read_is_a_fault(folder):
    home = folder()
    (home / "urgent.toml").unlink()
    with pytest.raises(ShelfError, match=re.escape("urgent.toml cannot be read")):
        read(home)


@pytest.mark.only_on("sqlite")
def test_an_app_with_a_broken_shelf_does_not_start(app, tmp_path, monkeypatch):
    home = shutil.copytree(CONTENT, tmp_path / "content")
    (home / "how-long.md").unlink()
    monkeypatch.setattr(shelf, "CONTENT", home)
    load.cache_clear()
    routes.index.cache_clear()
    try:
        with pytest.raises(ShelfError, match="how-long is no other topic"):
            create_app(app.extensions["attune"])
    finally:
        load.cache_clear()
        routes.index.cache_clear()
