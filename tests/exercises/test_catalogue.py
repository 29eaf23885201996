"""The catalogue: as much as was promised, for everybody, and no fault in it that is not told by name."""

import itertools
import re
import shutil
from collections import Counter

import pytest

from app import create_app
from app.exercises import catalogue
from app.exercises.catalogue import CONTENT, EXERCISES, CatalogueError, load, read
from app.exercises.exercise import DEPTHS, REST, named
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING

ALL = load().exercises
STARTERS = [(name, text) for name, each in ALL.items() for texts in each.starters.values() for text in texts]

SMALL_WORDS = frozenset(
    """a about after an and another any are as ask at be been before being both but by can could did do
    does each ever few for from had has have how i if in into is it its last lately many me might more
    most much my no nobody not of off on once one or other others our out over own say so some somebody
    someone something somewhere still tell than that the their them then there these they thing things
    this those to too two under until up us was we were what when where which while who whom whose why
    will with would you your yours yourself""".split()  # noqa: SIM905
)
"""Words that say nothing of what a question is about."""

NOT_FOR_EVERYBODY = re.compile(
    r"""\b(he|she|him|her|hers|his|himself|herself|husbands?|wife|wives|spouses?|marri\w+|marry|wed|wedd\w+|honeymoon
    |anniversar\w+|engaged|engagement|divorc\w+|boyfriends?|girlfriends?|fianc\w+|brides?|grooms?|man|men|woman|women
    |boys?|girls?|lady|ladies|gentlem[ae]n|guys?|male|female|masculin\w+|feminin\w+|mothers?|fathers?|mums?|moms?|dads?
    |sons?|daughters?|brothers?|sisters?|parents?|kids?|your\ children|breadwinners?|housewi\w+|provider|homemaker
    |dominan\w+|submissi\w+)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words that suppose a gender, a marriage, children or a role."""


def texts():
    """Every text that a person can read: (where it stands, text)."""
    for name, each in ALL.items():
        yield from ((f"{name} {field}", getattr(each, field)) for field in ("name", "summary", "why"))
        for entry in (*each.items.values(), *each.retired.values(), *each.needs):
            yield f"{name} {entry.id}", entry.text
        for family in each.families:
            yield f"{name} {family.id}", family.name
            yield from ((f"{name} {word.id}", word.text) for word in family.words)
    yield from STARTERS


# As much as was promised


def test_there_are_four_exercises_in_the_order_of_a_day():
    assert tuple(ALL) == EXERCISES == (CHECK_IN, APPRECIATION, MIRRORING, LOVE_MAP)
    assert {name: each.opens for name, each in ALL.items()} == {
        CHECK_IN: "both",
        APPRECIATION: "at_once",
        MIRRORING: "turns",
        LOVE_MAP: "both",
    }
    assert {name: sorted(each.default_weekdays) for name, each in ALL.items()} == {
        CHECK_IN: [1, 2, 3, 4, 5, 6, 7],
        APPRECIATION: [1, 2, 3, 4, 5, 6, 7],
        MIRRORING: [2, 6],
        LOVE_MAP: [1, 3, 5],
    }


def test_a_whole_day_takes_a_few_minutes():
    for weekday in range(1, 8):
        day = [each.minutes for each in ALL.values() if weekday in each.default_weekdays]
        assert sum(day) <= 7


def test_there_are_questions_for_every_day_of_a_year_in_three_depths():
    depths = Counter(item.depth for item in ALL[LOVE_MAP].items.values())
    assert set(depths) == set(DEPTHS)
    assert min(depths.values()) >= 100
    assert depths.total() > REST.days
    assert all(item.text.endswith("?") for item in ALL[LOVE_MAP].items.values())


def test_there_are_topics_and_nudges_enough_that_a_year_does_not_feel_the_same():
    assert len(ALL[MIRRORING].items) >= 60
    assert len(ALL[APPRECIATION].items) >= 60
    for name in (MIRRORING, APPRECIATION):
        assert not ALL[name].has_depths


def test_a_check_in_offers_six_needs_and_feelings_of_six_families_or_more():
    check_in = ALL[CHECK_IN]
    assert [need.id for need in check_in.needs] == ["listening", "advice", "affection", "space", "help", "nothing"]
    assert len(check_in.families) >= 6
    assert all(len(family.words) >= 5 for family in check_in.families)


def test_every_exercise_sends_the_two_off_the_phone():
    for each in ALL.values():
        assert len(each.starters["any"]) >= 10
    assert set(ALL[CHECK_IN].starters) == {"any", *(need.id for need in ALL[CHECK_IN].needs)}
    assert all(len(texts) >= 5 for texts in ALL[CHECK_IN].starters.values())


def test_a_starter_stays_the_same_for_a_prompt_and_fits_the_need():
    check_in = ALL[CHECK_IN]
    for need in check_in.needs:
        found = {check_in.starter(f"prompt {number}", need.id) for number in range(100)}
        assert found == set(check_in.starters[need.id])
    assert check_in.starter("prompt", "space") == check_in.starter("prompt", "space")
    assert check_in.starter("prompt", "unheard-of") in check_in.starters["any"]
    assert ALL[LOVE_MAP].starter("prompt") in ALL[LOVE_MAP].starters["any"]
    assert named("{me} and {you}, {you} and {me}", me="{you}", you="{me}") == "{you} and {me}, {me} and {you}"


# For everybody


def test_no_two_say_the_same():
    for name, each in ALL.items():
        spoken = [text for other, text in STARTERS if other == name]
        for group in ([item.text for item in each.items.values()], spoken):
            for (one, its), (other, others) in itertools.combinations([(text, weighty(text)) for text in group], 2):
                assert len(its & others) < len(its | others) / 2, f"{one} / {other}"


def weighty(text):
    """The words of a text that say what it is about."""
    return set(re.findall(r"[a-z’]+", text.casefold())) - SMALL_WORDS


def test_no_text_supposes_a_gender_a_marriage_or_a_role():
    found = [(where, text) for where, text in texts() if NOT_FOR_EVERYBODY.search(text)]
    assert found == []


def test_names_stand_only_in_starters():
    starters = {text for _, text in STARTERS}
    assert {each for text in starters for each in re.findall(r"\{.*?\}", text)} <= {"{you}", "{me}"}
    assert [text for _, text in texts() if text not in starters and re.search(r"[{}]", text)] == []
    assert all(text.count("{") == len(re.findall(r"\{(?:you|me)\}", text)) for text in starters)


def test_every_text_is_one_line_in_plain_type():
    for where, text in texts():
        assert not re.search(r"[\n\t\"]|'|  ", text), where


# What is no longer asked


def test_a_question_that_is_no_longer_asked_keeps_its_words(content):
    moved = ALL[LOVE_MAP].items["home-smell"]
    content.replace(LOVE_MAP, 'home-smell = "', 'other-smell = "')
    content.replace(LOVE_MAP, "[starters]", f'[retired]\nhome-smell = "{moved.text}"\n\n[starters]')
    exercise = read(content.folder).exercises[LOVE_MAP]
    assert "home-smell" not in exercise.items
    assert exercise.item("home-smell").text == moved.text


def test_a_question_that_is_gone_is_told_as_such():
    for each in ALL.values():
        assert each.item("unheard-of").text == "A question that is no longer asked."
    assert ALL[LOVE_MAP].item("unheard-of").depth in DEPTHS


# Faults


class Content:
    """A copy of the content, in which one thing can be wrong."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(CONTENT, folder)

    def replace(self, exercise, before, after):
        """Write `after` where `before` stands; from there to the end where `before` ends in "…"."""
        path = self.folder / f"{exercise}.toml"
        text = path.read_text()
        if before.endswith("…"):
            before = text[text.index(before[:-1]) :]
        assert before in text
        path.write_text(text.replace(before, after, 1))


@pytest.fixture
def content(tmp_path):
    """A sound copy of the content, to break."""
    return Content(tmp_path / "content")


def test_an_unbroken_copy_is_read(content):
    assert read(content.folder) == load()


TEXT = "must be a text without space around it"
TOPIC = '"A good moment from this week that you would gladly live again."'
BROKEN = [
    (MIRRORING, "[items]", "[items", "mirroring.toml cannot be read"),
    (MIRRORING, "on-the-calendar", "moment-to-relive", "mirroring.toml cannot be read"),
    (MIRRORING, "minutes = 5", 'minutes = 5\ncolour = "blue"', "mirroring.toml colour is not known"),
    (MIRRORING, 'name = "Mirroring"\n', "", f"mirroring.toml name {TEXT}"),
    (MIRRORING, '"Mirroring"', '" Mirroring"', f"mirroring.toml name {TEXT}"),
    (MIRRORING, 'summary = "', 'summary = ["a"]\n"summary of" = "', "mirroring.toml summary of is not known"),
    (MIRRORING, 'why = "', 'why = ""\n# "', f"mirroring.toml why {TEXT}"),
    (MIRRORING, "minutes = 5", "minutes = 0", "mirroring.toml minutes must be a whole number from 1 to 60"),
    (MIRRORING, "minutes = 5", "minutes = 5.5", "mirroring.toml minutes must be a whole number from 1 to 60"),
    (MIRRORING, "minutes = 5", "minutes = 61", "mirroring.toml minutes must be a whole number from 1 to 60"),
    (MIRRORING, "minutes = 5", "minutes = true", "mirroring.toml minutes must be a whole number from 1 to 60"),
    (MIRRORING, "[2, 6]", "[2.0]", "mirroring.toml weekdays must be a list of numbers from 1 (Monday) to 7"),
    (MIRRORING, "[items]…", "[starters]\nany = ['Talk.']", "mirroring.toml [items] needs at least one entry"),
    (MIRRORING, "[items]", f"[items]\ntwin = {TOPIC}", "mirroring.toml [items] moment-to-relive says the same as twin"),
    (CHECK_IN, "[feelings.bright]…", "[starters]\nany = ['Talk.']", "check_in.toml [feelings] needs at least one"),
    (CHECK_IN, "listening = […", "listening = []", "check_in.toml [starters] listening must be a list of texts"),
    (MIRRORING, '"turns"', '"never"', "mirroring.toml opens must be one of both, at_once, turns"),
    (MIRRORING, "[2, 6]", "[2, 8]", "mirroring.toml weekdays must be a list of numbers from 1 (Monday) to 7"),
    (MIRRORING, "[2, 6]", '["Tue"]', "mirroring.toml weekdays must be a list of numbers from 1 (Monday) to 7"),
    (MIRRORING, "[2, 6]", "2", "mirroring.toml weekdays must be a list of numbers from 1 (Monday) to 7"),
    (MIRRORING, "moment-to-relive", "Moment", "mirroring.toml [items] Moment must be an id of at most 40"),
    (MIRRORING, "moment-to-relive", '"moment to"', "mirroring.toml [items] moment to must be an id of at most 40"),
    (MIRRORING, "moment-to-relive", "m" * 41, f"mirroring.toml [items] {'m' * 41} must be an id of at most 40"),
    (MIRRORING, TOPIC, "3", f"mirroring.toml [items] moment-to-relive {TEXT}"),
    (MIRRORING, TOPIC, '""', f"mirroring.toml [items] moment-to-relive {TEXT}"),
    (MIRRORING, TOPIC, f'"{"x" * 201}"', "mirroring.toml [items] moment-to-relive is 201 characters long; 200 fit"),
    (MIRRORING, "A good moment", "{you}", "mirroring.toml [items] moment-to-relive holds the placeholder {you}"),
    (MIRRORING, "A good moment", "{name}", "mirroring.toml [items] moment-to-relive holds the placeholder {name}"),
    (MIRRORING, "Tell {you}", "Tell {name}", "mirroring.toml [starters] any holds the placeholder {name}"),
    (MIRRORING, "[starters]…", "", "mirroring.toml [starters] any needs at least one text"),
    (MIRRORING, "[starters]…", "[starters]\nany = []", "mirroring.toml [starters] any needs at least one text"),
    (MIRRORING, "[starters]…", '[starters]\nany = "Talk."', "mirroring.toml [starters] any must be a list of texts"),
    (MIRRORING, "[starters]…", "[starters]\nany = [1]", f"mirroring.toml [starters] any {TEXT}"),
    (MIRRORING, "[starters]", "[retired]\ngone = 1\n[starters]", f"mirroring.toml [retired] gone {TEXT}"),
    (MIRRORING, "[items]…", "items = 1", "mirroring.toml [items] must be a table"),
    (LOVE_MAP, "[items.light]", "[items.lighter]", "love_map.toml [items] lighter must be one of light, deeper, deep"),
    (LOVE_MAP, "[items.light]", '[items]\nx = "y"\n[items.light]', "love_map.toml [items] x must be one of light"),
    (LOVE_MAP, "[items.deeper]", '[items.deeper]\nhome-smell = "A?"', "love_map.toml [items.deeper] home-smell stands"),
    (CHECK_IN, "listening = [", "hearing = [", "check_in.toml [starters] hearing is no need of this file"),
    (CHECK_IN, '"some advice"', "1", f"check_in.toml [needs] advice {TEXT}"),
    (CHECK_IN, 'name = "Bright"\n', "", f"check_in.toml [feelings.bright] name {TEXT}"),
    (CHECK_IN, "unhurried =", "amused =", "check_in.toml [feelings.calm.words] amused stands in another family"),
    (CHECK_IN, 'name = "Daily', 'feelings = 1\nname = "Daily', "check_in.toml cannot be read"),
    (
        CHECK_IN,
        "[feelings.bright]",
        "[feelings]\nsunny = 1\n[feelings.bright]",
        "check_in.toml [feelings.sunny] must be",
    ),
    (APPRECIATION, 'weight-off = "', 'weight-off = " ', f"appreciation.toml [items] weight-off {TEXT}"),
]


@pytest.mark.parametrize(("exercise", "before", "after", "told"), BROKEN)
def test_a_fault_is_told_by_file_entry_and_field(content, exercise, before, after, told):
    content.replace(exercise, before, after)
    with pytest.raises(CatalogueError) as fault:
        read(content.folder)
    assert str(fault.value).startswith(told)
    assert str(fault.value).endswith(".")


@pytest.mark.parametrize("name", EXERCISES)
def test_a_file_that_is_missing_or_no_text_is_told(content, name):
    path = content.folder / f"{name}.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(CatalogueError, match=rf"^{name}\.toml cannot be read"):
        read(content.folder)
    path.unlink()
    with pytest.raises(CatalogueError, match=rf"^{name}\.toml cannot be read"):
        read(content.folder)


@pytest.fixture
def config(app):
    return app.extensions["attune"]


def test_an_app_with_broken_content_does_not_start(content, config, monkeypatch):
    content.replace(MIRRORING, "minutes = 5", "minutes = 0")
    monkeypatch.setattr(catalogue, "CONTENT", content.folder)
    load.cache_clear()
    try:
        with pytest.raises(CatalogueError, match=r"^mirroring\.toml minutes must be"):
            create_app(config)
    finally:
        load.cache_clear()
