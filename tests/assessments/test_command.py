"""`./run instruments`: what an operator types, and what they are told."""

import json

import pytest

from app.assessments.keys import keys
from app.assessments.packfile import to_toml
from app.assessments.shelf import PLAIN, builtin
from app.assessments.unbinding import pack_of
from tests.assessments.words import made, pack

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def type_in(app):
    def invoke(*words):
        told = app.test_cli_runner().invoke(args=["instruments", *map(str, words)], env={"COLUMNS": "200"})
        assert told.exception is None or isinstance(told.exception, SystemExit)
        return told.exit_code, told.output

    return invoke


@pytest.fixture
def kms(tmp_path):
    file = tmp_path / "kms.toml"
    file.write_text(to_toml(pack("kms")))
    return file


def test_a_pack_is_checked_installed_listed_shown_exported_and_removed(type_in, kms, tmp_path) -> None:
    named = "Kansas Marital Satisfaction Scale (kms, xx, version 1)"
    words = made("kms").wording_hash
    assert type_in("install", "--check", kms) == (0, f"{named} can be installed. Its words have {words}.\n")
    assert "words not installed" in line(type_in("list"), "kms")
    assert type_in("install", kms) == (0, f"{named} is installed. Its words have {words}.\n")
    assert type_in("install", kms)[1].startswith(f"{named} was installed already; licence and permission are as in")
    assert "None: made up" in line(type_in("list"), "kms")
    code, shown = type_in("show", "kms")
    assert code == 0
    for said in (
        "  Cut-off: below 17 (found: Crane",
        "Permission: Nobody's",
        words,
        "more than noise above 2.74 points",
        "  2: Question 2?",
        "    1 One end, 2",
    ):
        assert said in shown
    code, exported = type_in("export", "kms", "--fhir")
    form = tmp_path / "kms.json"
    form.write_text(exported)
    assert type_in("remove", "kms", "--yes") == (0, "Gone: kms, xx, version 1.\n")
    assert type_in("remove", "kms", "--yes")[0] == 1
    assert type_in("install", form) == (0, f"{named} is installed. Its words have {words}.\n")
    assert type_in("export", "kms") == (0, to_toml(pack_of(keys()["kms"], made("kms"))))


def test_what_is_refused_is_told_in_a_sentence_and_changes_nothing(type_in, kms) -> None:
    kms.write_text(kms.read_text().replace("licence", "license"))
    assert type_in("install", kms) == (1, "Error: The pack holds 'license', which means nothing here.\n")
    assert "words not installed" in line(type_in("list"), "kms")


def test_an_operator_says_what_a_form_cannot(type_in, tmp_path) -> None:
    form = tmp_path / "form.json"
    found = json.loads(type_in("export", "satisfaction", "--fhir")[1])
    form.write_text(
        json.dumps(found | {"identifier": [], "name": "Ours", "title": "Ours", "extension": [], "language": ""})
    )
    code, told = type_in("install", form)
    assert (code, "say which it is: --as" in told) == (1, True)
    code, told = type_in("install", form, "--as", "satisfaction", "--locale", "qq", "--permission", "Ours")
    assert (code, "Ours (satisfaction, qq, version 1) is installed" in told) == (0, True)


def test_what_comes_with_attune_is_told_as_such_and_cannot_be_replaced(type_in, tmp_path) -> None:
    _, exported = type_in("export", "balance")
    assert builtin()["balance", PLAIN].wording_hash in exported
    file = tmp_path / "balance.toml"
    file.write_text(exported)
    assert type_in("install", file) == (1, "Error: Relationship balance comes with Attune in this language.\n")
    shown = type_in("show", "balance")[1]
    assert "Not a validated scale." in shown
    assert "Comes with Attune: Relationship balance (balance, en, version 1)" in shown
    assert type_in("export", "ras") == (1, "Error: The words of ras are not installed.\n")
    assert "Its words are not installed." in type_in("show", "ras")[1]


def line(told, ident):
    """The line of a listing that begins with an id."""
    return next(each for each in told[1].splitlines() if each.split()[:1] == [ident])
