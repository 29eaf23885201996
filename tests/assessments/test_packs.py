"""What an operator may put on the shelf, and what is refused, each with its reason in one sentence."""

import json
import re
import tomllib

import pytest

from app import doctor
from app.assessments import service
from app.assessments.binding import bind
from app.assessments.keys import ORDER, keys
from app.assessments.models import InstrumentPack
from app.assessments.pack import MAX_ITEMS, Refused, from_table
from app.assessments.packfile import MAX_BYTES, from_toml, to_toml
from app.assessments.scoring import scores
from app.assessments.service import packs
from app.assessments.shelf import BUILT_IN, PACKS, PLAIN, builtin
from app.assessments.unbinding import bare, pack_of
from app.core.db import db, transaction
from tests.assessments.words import STEPS, made, pack, table

CSI_4, RAS, RBA = (keys()[ident] for ident in ("csi_4", "ras", "rba"))


def changed(key, *path, to) -> dict:
    """A sound pack with one thing in it replaced, or taken out where `to` is None."""
    found = json.loads(json.dumps(table(key)))
    *way, last = path
    within = found
    for name in way:
        within = within[name]
    within.pop(last, None) if to is None else within.update({last: to})
    return found


REFUSED = [
    # the pack, and what is said of it
    (changed(CSI_4, "licence", to=None), "The pack names no licence: say under which terms its words may be used."),
    (changed(CSI_4, "licence", to="  "), "The pack names no licence"),
    (changed(CSI_4, "permission", to=None), "The pack names no permission: say who permitted their use and when"),
    (changed(CSI_4, "permission", to=""), "The pack names no permission"),
    (changed(CSI_4, "instrument", to="csi_5"), "There is no key for 'csi_5'; there are balance, satisfaction, csi_4"),
    (changed(CSI_4, "instrument", to="../csi_4"), "The pack's instrument must be the id of a key."),
    (changed(CSI_4, "locale", to="English"), "The pack's locale must be a language such as en or pt_BR."),
    (changed(CSI_4, "locale", to=None), "The pack's locale must be a language such as en or pt_BR."),
    (changed(CSI_4, "version", to=2), "In the pack, version must be a text."),
    (changed(CSI_4, "version", to="1 or 2"), "The pack's version must be at most 20 letters, digits, dots and dashes."),
    (changed(CSI_4, "cut_off", to=3), "The pack holds 'cut_off', which means nothing here."),
    (changed(CSI_4, "scoring", to={}), "The pack holds 'scoring', which means nothing here."),
    (changed(CSI_4, "items", "4", to=None), "Couples Satisfaction Index (4 items) has 4 items; the pack has 3."),
    (changed(CSI_4, "items", "5", to="Five?"), "Couples Satisfaction Index (4 items) has 4 items; the pack has 5."),
    (changed(CSI_4, "items", to={str(n): "?" for n in (1, 2, 3, 5)}), "has no item 5; it has 1, 2, 3, 4."),
    (changed(CSI_4, "items", to=["?"] * 4), "The pack's items must be a table."),
    (changed(CSI_4, "items", to=None), "has 4 items; the pack has 0."),
    (changed(CSI_4, "items", to={f"i{n}": "?" for n in range(MAX_ITEMS + 1)}), "The pack has 201 items; 200 fit."),
    (changed(CSI_4, "items", "1", to=7), "In the pack, item 1 must be a table of labels, scale, text."),
    (changed(CSI_4, "items", "1", "reverse", to=True), "In the pack, item 1 must be a table of labels, scale, text."),
    (changed(CSI_4, "items", "1", "text", to=" "), "In the pack, item 1 must be a text."),
    (changed(CSI_4, "items", "1", "text", to="x" * 1001), "In the pack, item 1 is 1001 characters long; 1000 fit."),
    (changed(CSI_4, "items", "1", "text", to="How\0?"), "In the pack, item 1 holds characters that cannot be shown."),
    (
        changed(CSI_4, "items", "1", "text", to="\u202eHow?"),
        "In the pack, item 1 holds characters that cannot be shown",
    ),
    (changed(CSI_4, "items", "1", "text", to="{me}?"), "In the pack, item 1 holds a brace; {you} alone may"),
    (changed(CSI_4, "items", "1", "scale", to="total"), "Which items make a scale of Couples Satisfaction Index (4"),
    (
        changed(CSI_4, "formats", "degree", "labels", to=["a"] * 6),
        "Item 1 is answered in 7 steps; the pack has 6 labels.",
    ),
    (changed(CSI_4, "formats", "degree", "labels", to=["a"]), "The labels of format degree must be a list of 2 to 20."),
    (
        changed(CSI_4, "formats", "degree", "labels", to=["a"] * 99),
        "The labels of format degree must be a list of 2 to 20",
    ),
    (
        changed(CSI_4, "formats", "degree", "labels", to=[1] * 7),
        "In the pack, a label of format degree must be a text.",
    ),
    (
        changed(CSI_4, "formats", "degree", "steps", to=STEPS),
        "The steps of format degree are the key's; the pack may not",
    ),
    (changed(CSI_4, "formats", "degree", "mirrored", to=True), "The steps of format degree are the key's"),
    (changed(CSI_4, "formats", "degree", to=None), "Item 1 has no labels, neither of its own nor of format degree."),
    (changed(CSI_4, "formats", "degree", "labels", to=[""] * 7), "Item 1 needs a label at both ends."),
    (
        changed(CSI_4, "formats", "other", to={"labels": ["a", "b"]}),
        "has no format other; it has degree, extent, truth.",
    ),
    (changed(CSI_4, "sections", to={"other": {}}), "has no section other; it has all."),
    (changed(CSI_4, "scales", to={"other": "Other"}), "has no scale other; it has total."),
    (
        changed(CSI_4, "wording_hash", to="sha256:" + "0" * 64),
        "The words are not those that the hash is of: they have sha",
    ),
    (changed(RBA, "formats", "continuum", "steps", to=None), "The pack must say which steps format continuum has"),
    (changed(RBA, "formats", "continuum", "mirrored", to=None), "The pack must say which steps format continuum has"),
    (
        changed(RBA, "formats", "continuum", "mirrored", to="yes"),
        "Whether format continuum is mirrored must be true or",
    ),
    (
        changed(RBA, "formats", "continuum", "steps", to=[1, 2, 4]),
        "The steps of format continuum must be whole numbers in",
    ),
    (
        changed(RBA, "formats", "continuum", "steps", to=[1, 1, 2]),
        "The steps of format continuum must be whole numbers in",
    ),
    (
        changed(RBA, "formats", "continuum", "steps", to=[10**9, 0]),
        "The steps of format continuum must be a list of whole",
    ),
    (changed(RBA, "items", "35", "scale", to=None), "Item 35 is in no factor; the factors are time, relational"),
    (changed(RBA, "items", "35", "scale", to="luck"), "Item 35 is in 'luck', which is no factor; the factors are"),
    (changed(RBA, "items", "35", to=None), "Relationship Balance Assessment has 35 items; the pack has 34."),
    (
        table(RBA, items={place.id: {"text": "?", "scale": "time"} for place in RBA.items}),
        "No item is in the factor relational.",
    ),
    (table(keys()["balance"], locale=PLAIN), "Relationship balance comes with Attune in this language."),
]


@pytest.mark.parametrize(("found", "told"), REFUSED, ids=[told for _, told in REFUSED])
def test_a_pack_that_does_not_fit_is_refused_with_the_reason(found, told) -> None:
    with pytest.raises(Refused, match=re.escape(told)) as refused:
        service.bound(from_table(found))
    said = str(refused.value)
    assert said.endswith(".")
    assert "\n" not in said


HOSTILE = [
    (b"\xff\xfe\x00", "The file is not UTF-8."),
    (b"x" * (MAX_BYTES + 1), "The file is larger than 256 KB."),
    (b"a = " + b"[" * 100_000 + b"]" * 100_000, "The file is nested too deeply."),
    (b"x = " + b"{a = " * 5_000 + b"1" + b"}" * 5_000, "The file is nested too deeply."),
    (b'instrument = "csi_4"\ninstrument = "ras"', "The file is no TOML: Cannot overwrite a value"),
    (b"n = " + b"9" * 5_000, "The file is no TOML: Exceeds the limit"),
    (b"a" + b".a" * 100_000 + b" = 1", "A line of the file holds more than 500 dots."),
    (b"x = { a" + b".a" * 100_000 + b" = 1 }", "A line of the file holds more than 500 dots."),
    (b"not a pack", "The file is no TOML: Expected '='"),
    (b"", "The pack names no licence"),
]


@pytest.mark.parametrize(("raw", "told"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_file_is_refused_in_a_sentence(raw, told) -> None:
    with pytest.raises(Refused, match=re.escape(told)) as refused:
        from_toml(raw)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("ident", ORDER)
def test_a_pack_comes_back_from_its_file_as_it_was(ident) -> None:
    instrument = made(ident)
    plain = pack_of(keys()[ident], instrument)
    assert from_toml(to_toml(plain).encode()) == plain
    assert bind(keys()[ident], plain) == instrument


@pytest.mark.parametrize("ident", BUILT_IN)
def test_what_we_ship_is_in_its_plainest_form(ident) -> None:
    shipped = tomllib.loads((PACKS / f"{ident}.{PLAIN}.toml").read_text())
    plain = tomllib.loads(to_toml(pack_of(keys()[ident], builtin()[ident, PLAIN])))
    assert set(shipped) == set(plain) - {"wording_hash"}
    for name in set(shipped) - {"items", "sections"}:
        assert shipped[name] == plain[name]


def test_odd_letters_survive_the_file() -> None:
    text = '“¿Qué?” \\ " 漢字 👩‍❤️‍👩 = [x] # no comment'
    odd = pack("kms", items={str(number): f"{text} {number}" for number in (1, 2, 3)})
    assert from_toml(to_toml(odd).encode()) == odd


def test_a_key_alone_scores_what_its_words_scored() -> None:
    for ident in (ident for ident in ORDER if made(ident).scored):
        wordless = bare(keys()[ident])
        answers = {item.id: item.options[number % 3].value for number, item in enumerate(made(ident).items)}
        assert [each.value for each in scores(wordless, answers)] == [
            each.value for each in scores(made(ident), answers)
        ]
        assert {item.text for item in wordless.items} == {""}
    assert bare(keys()["rba"]).scales == ()
    assert scores(bare(keys()["rba"]), {"1": 4}) == ()


def test_a_pack_is_installed_offered_replaced_and_removed(app, now) -> None:
    with app.app_context():
        assert [each.id for each in service.instruments("xx")] == list(BUILT_IN)
        with transaction():
            installed, new = service.install(pack("csi_4"), now=now)
        assert new
        assert service.installed() == (installed,)
        assert [each.id for each in service.instruments("en")] == [*BUILT_IN, "csi_4"]
        assert service.instrument("csi_4", "en") == installed == service.wording_of("csi_4", "xx", "1")
        with transaction():
            again, new = service.install(pack("csi_4", permission="By letter"), now=now)
        assert (new, again.permission) == (False, "By letter")
        assert service.instrument("csi_4", "en").permission == "By letter"
        with pytest.raises(Refused, match="Version 1 is installed with other words"), transaction():
            service.install(pack("csi_4", items={str(number): "Other?" for number in (1, 2, 3, 4)}), now=now)
        with transaction():
            assert service.remove("csi_4", version="2") == []
            assert service.remove("csi_4") == [("xx", "1")]
        assert service.instrument("csi_4", "en") is None
        assert service.wording_of("csi_4", "xx", "1") is None
        assert service.scored_by("csi_4", "xx", "1").scales == CSI_4.scales


@pytest.mark.only_on("sqlite")
def test_a_pack_that_a_newer_key_does_not_take_is_left_aside_and_told_of(app, now) -> None:
    with app.app_context():
        with transaction():
            service.install(pack("kms"), now=now)
            service.install(pack("csi_4"), now=now)
        kept = "csi_4", "xx", "1"
        with transaction():
            row = db.session.get(InstrumentPack, kept)
            row.body = row.body.replace("[items.4]", "[items.5]")
        assert [each.id for each in service.installed()] == ["kms"]
        assert service.wording_of(*kept) is None
        ((which, why),) = packs.misfits()
        assert (which, "has no item 5" in why) == ("csi_4, xx, version 1", True)
        finding = doctor.CHECKS["The instruments"](app.extensions["attune"], now)
        assert finding.level == doctor.WARNING
        assert "csi_4, xx, version 1 is of no use any more: Couples" in finding.says
        with transaction():
            service.remove("csi_4")
        assert packs.misfits() == []
        assert doctor.CHECKS["The instruments"](app.extensions["attune"], now).says.endswith("whole: 3 can be sat.")


@pytest.mark.only_on("sqlite")
def test_the_language_that_fits_best_is_offered_and_the_newest_version(app, now, at) -> None:
    with app.app_context():
        for number, (locale, version) in enumerate(
            [("xx", "1"), ("en", "1"), ("pt", "1"), ("pt_BR", "1"), ("pt_BR", "2")]
        ):
            items = {place.id: f"{locale} {version}?" for place in RAS.items}
            with transaction():
                service.install(
                    pack("ras", locale=locale, version=version, items=items), now=now.replace(minute=number)
                )
        offered = {locale: service.instrument("ras", locale) for locale in ("pt_BR", "pt", "pt_PT", "en_GB", "de")}
        assert {locale: (each.locale, each.version) for locale, each in offered.items()} == {
            "pt_BR": ("pt_BR", "2"),
            "pt": ("pt", "1"),
            "pt_PT": ("pt_BR", "2"),
            "en_GB": ("en", "1"),
            "de": ("en", "1"),
        }
        assert service.wording_of("ras", "pt_BR", "1").items[0].text == "pt_BR 1?"
