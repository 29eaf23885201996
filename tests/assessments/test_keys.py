"""What comes with Attune: keys that say what their sources say, and two instruments in words of our own."""

import re
from dataclasses import replace

import pytest
import textstat

from app.assessments.instrument import BETWEEN, MUCH, WHO
from app.assessments.keys import KEYS, ORDER, KeyFault, keys, read
from app.assessments.shelf import BUILT_IN, PACKS, PLAIN, builtin

PUBLISHED = {
    # id: (items, lowest, highest, cut-off, reversed, answered at least), from the sources that the keys name
    "csi_4": (4, 0, 21, 13.5, set(), 4),
    "csi_16": (16, 0, 81, 51.5, set(), 13),
    "ras": (7, 7, 35, None, {"4", "7"}, 6),
    "kms": (3, 3, 21, 17, set(), 3),
}
FACTORS = 12


@pytest.mark.parametrize("ident", PUBLISHED)
def test_a_key_says_what_its_sources_say(ident) -> None:
    key = keys()[ident]
    (scale,) = key.scales
    items, lowest, highest, cut, turned, _ = PUBLISHED[ident]
    assert (len(key.items), scale.lowest, scale.highest) == (items, lowest, highest)
    assert (scale.cut and scale.cut.at, scale.reverse) == (cut, turned)
    assert {place.id for place in key.items} == set(scale.items)


def test_csi_16_is_answered_in_four_ways_and_by_pairs_of_opposites() -> None:
    formats = keys()["csi_16"].formats
    used = [formats[place.format].steps for place in keys()["csi_16"].items]
    rising, falling = (0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0)
    worded = [(0, 1, 2, 3, 4, 5, 6), falling, *[rising] * 8]
    assert used == [*worded, falling, rising, falling, falling, rising, falling]
    assert len({place.format for place in keys()["csi_16"].items[:10]}) == 4


def test_the_published_balance_has_factors_and_claims_nothing_beyond_differences() -> None:
    key = keys()["rba"]
    assert (len(key.items), len(key.scales), key.asks_for_factors) == (35, FACTORS, True)
    for scale in key.scales:
        assert (scale.rule, scale.cut, scale.reliabilities, scale.apart) == (BETWEEN, None, (), None)


@pytest.mark.parametrize("ident", ORDER)
def test_no_key_of_a_published_scale_holds_a_question(ident) -> None:
    told = (KEYS / f"{ident}.toml").read_text()
    assert "text" not in re.findall(r"^(\w+) =", told, re.MULTILINE)
    assert "?" not in told


@pytest.mark.parametrize("ident", ORDER)
def test_each_figure_says_what_it_rests_on(ident) -> None:
    key = keys()[ident]
    assert key.sources
    assert key.terms
    for scale in key.scales:
        assert scale.cut is None or scale.cut.source
        for each in scale.reliabilities:
            assert each.source
            assert len({other.r for other in scale.reliabilities}) == len(scale.reliabilities) == 2


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('id = "kms"', 'id = "other"', "kms.toml: is named otherwise."),
        ("[[scales]]", '[[items]]\nid = "3"\nformat = "satisfied"\n[[scales]]', "an item stands there twice."),
        ('rule = "sum"', 'rule = "most"', "kms.toml: scale total has no such rule."),
        ('items = ["1", "2", "3"]', 'items = ["1", "2", "3"]\nreverse = ["9"]', "names an item that is not there."),
        ("at = 17", "at = 22", "the cut-off of scale total lies outside of it, or rests on nothing."),
        ("r = 0.92", "r = 1.2", "a reliability of scale total is none."),
        ('basis = "found"\nevery', 'basis = "felt"\nevery', "an item is in no section, or asks what nobody knows."),
        ("minutes", "minuets", "kms.toml cannot be read (TypeError("),
        ('name = "Kansas', 'name = "Kansas"x', "kms.toml cannot be read (TOMLDecodeError("),
    ],
)
def test_a_key_that_is_not_whole_is_named(tmp_path, was, becomes, told) -> None:
    whole = (KEYS / "kms.toml").read_text()
    assert was in whole
    (tmp_path / "kms.toml").write_text(whole.replace(was, becomes))
    with pytest.raises(KeyFault, match=re.escape(told)):
        read(tmp_path / "kms.toml")


def test_both_instruments_of_ours_are_there_and_say_that_nobody_validated_them() -> None:
    assert [ident for ident, locale in builtin() if locale == PLAIN] == list(BUILT_IN)
    for made in builtin().values():
        assert (made.validated, made.built_in) == (False, True)
        for scale in made.scored:
            assert {each.basis for each in scale.reliabilities} == {"assumed"}
            assert scale.cut is None


def test_balance_asks_two_questions_in_each_of_ten_domains_and_has_no_score() -> None:
    made = builtin()["balance", PLAIN]
    assert len(made.compared) == 10
    assert made.scored == ()
    for scale in made.compared:
        asked = [made.item(ident) for ident in scale.items]
        assert [(item.domain, item.asks, item.mirrored) for item in asked] == [
            (scale.id, WHO, True),
            (scale.id, MUCH, False),
        ]
        assert made.item(f"{scale.id}-who").label(0) == "About even"


def test_questions_of_power_are_private_and_in_no_scale() -> None:
    made = builtin()["balance", PLAIN]
    private = [item.id for item in made.items if item.private]
    assert len(private) == 6
    assert all(ident.startswith("power-") for ident in private)
    assert not set(private) & {ident for scale in made.scales for ident in scale.items}
    assert not set(private) & {item.id for item in made.open_items}


def test_our_words_are_plain_and_none_is_said_twice() -> None:
    said = [item.text for made in builtin().values() for item in made.items]
    assert len(set(said)) == len(said)
    assert max(map(len, said)) <= 100
    whole = " ".join([*said, *(made.about for made in builtin().values())]).replace("{you}", "Ben")
    assert textstat.flesch_kincaid_grade(whole) <= 7


def test_nothing_of_ours_speaks_of_gender_or_marriage() -> None:
    told = " ".join(path.read_text() for path in PACKS.glob("*.en.toml")).casefold()
    found = re.findall(r"\b(he|she|him|his|hers?|husband|wife|wives|spouse|marri\w*|marital)\b", told)
    assert found == []


def test_an_instrument_is_found_by_the_names_that_others_use() -> None:
    names = {"CSI-4": "csi_4", "csi16": "csi_16", "Relationship Assessment Scale": "ras", "KMSS": "kms", "rba": "rba"}
    for name, ident in names.items():
        assert [key.id for key in keys().values() if key.called(name)] == [ident]


def test_other_words_have_another_hash() -> None:
    made = builtin()["satisfaction", PLAIN]
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", made.wording_hash)
    assert made.wording_hash != builtin()["balance", PLAIN].wording_hash
    assert replace(made, about="Other").wording_hash == made.wording_hash
