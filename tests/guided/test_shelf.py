"""The content of longer exercises is read strictly, and says where it is wrong."""

from pathlib import Path

import pytest

from app.guided.guide import KINDS
from app.guided.shelf import CONTENT, GUIDES, GuideError, load, read

SAMPLE = (Path(__file__).parent / "sample.toml").read_text()


@pytest.fixture
def reading(tmp_path):
    """`reading(text)`: the guide that a file of this text holds."""

    def guide(text: str):
        (tmp_path / "happy_memories.toml").write_text(text)
        return read(tmp_path)["happy_memories"]

    return guide


def test_a_sound_file_is_read_whole(reading):
    guide = reading(SAMPLE)
    sea = guide.variants["sea"]
    assert {step.kind for step in sea.steps} == set(KINDS)
    assert sea.steps[0].text == "Sit down, {me}.\n\nThink of the sea."
    assert next(step for step in sea.steps if step.kind == "choose").options == ("Wade", "Swim", "Look at it")
    assert guide.variants["wood"].steps[0].text.endswith("Think of the wood.")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "A sample"', 'name = "A sample"\ncolour = "red"', "colour is not known"),
        ('name = "A sample"', "", "name must be a text"),
        ("minutes = 5", "minutes = 0", "minutes must be a whole number from 1 to 120"),
        ('intensity = "warm"', 'intensity = "hot"', "intensity must be one of light, warm, deep"),
        ('landing = ["Rest a little, {me} and {you}."]', "landing = []", "landing must be a list of 1 to 4 texts"),
        ("{theme}", "{colour}", "[steps arrive] text holds the placeholder {colour}"),
        ('kind = "listen"', 'kind = "sing"', "[steps rest] kind must be one of"),
        ('who = "first"', 'who = "third"', "[steps tell] who must be one of first, second"),
        ("seconds = 30", "", "[steps rest] seconds must be a whole number from 10 to 3600"),
        ("seconds = 60", "seconds = 6", "[steps tell] seconds must be"),
        ('label = "Mine alone"', "", "[steps alone] label must be a text"),
        ('label = "Mine alone"', 'label = "Mine alone"\nseconds = 60', "[steps alone] seconds is not known in a step"),
        ('options = "ideas"', 'options = "theme"', "[steps which] options must be a list, or the name of one"),
        ('id = "tell-back"', 'id = "tell"', "[steps] tell stands there twice"),
        ('id = "tell-back"', 'id = "Tell"', "must be an id of at most 32"),
        ('kind = "rate"', 'kind = "read"', "[steps] end must not rate, but as the last step"),
        ('title = "The wood"', 'title = "the sea"', "[variants.wood] title says the same as that of sea"),
        ('ideas = ["Walk", "Stand still"]', 'ideas = ["Walk"]', "[variants.wood] ideas must be a list of 2 to 8"),
        ('ideas = ["Walk", "Stand still"]', 'ideas = ["Walk", "walk"]', "[variants.wood] ideas says the same twice"),
        ('title = "Arrive"', 'title = " Arrive"', "[steps arrive] title must be a text without space around it"),
        ('title = "Arrive"', f'title = "{"x" * 61}"', "[steps arrive] title is 61 characters long; 60 fit"),
        ("[variants.sea]", "[variants.Sea]", "[variants] Sea must be an id"),
        ("minutes = 5", "minutes = ", "cannot be read"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(reading, old, new, told):
    assert old in SAMPLE
    with pytest.raises(GuideError, match=r"^happy_memories\.toml") as error:
        reading(SAMPLE.replace(old, new))
    assert told in str(error.value)


def test_a_file_that_is_no_guide_is_refused(tmp_path):
    (tmp_path / "knitting.toml").write_text(SAMPLE)
    with pytest.raises(GuideError, match=r"knitting\.toml is none of the guides"):
        read(tmp_path)


def test_all_seven_are_there():
    assert tuple(load()) == GUIDES == tuple(name for name in GUIDES if (CONTENT / f"{name}.toml").exists())


def test_no_variant_comes_again_before_all_have_been(reading):
    guide = reading(SAMPLE)
    orders = set()
    for number in range(20):
        had: dict[str, int] = {}
        for _ in range(3 * len(guide.variants)):
            chosen = guide.next_for(f"couple-{number}", had).id
            assert guide.next_for(f"couple-{number}", had).id == chosen
            had[chosen] = had.get(chosen, 0) + 1
            assert max(had.values()) - min(had.get(each, 0) for each in guide.variants) <= 1
        orders.add(guide.next_for(f"couple-{number}", {}).id)
    assert orders == set(guide.variants)
