"""Instruments and sittings in FHIR R4: sound to another's library, back without loss, and others' forms taken in."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from app.assessments import reading
from app.assessments.binding import bind
from app.assessments.fhir import Sitting
from app.assessments.keys import ORDER, keys
from app.assessments.pack import Refused
from app.assessments.packfile import MAX_BYTES, to_toml
from app.assessments.schemas import (
    observations_of,
    questionnaire_of,
    read_questionnaire,
    read_response,
    response_of,
)
from app.assessments.scoring import scores
from app.assessments.shelf import PLAIN, builtin
from app.assessments.unbinding import pack_of
from tests.assessments.replies import sitting_of
from tests.assessments.words import made

SHELF = {ident: builtin()[ident, PLAIN] if (ident, PLAIN) in builtin() else made(ident) for ident in ORDER}
AT = datetime(2026, 11, 12, 20, 30, tzinfo=UTC)


def sitting(ident, *, left_out=0, **changes) -> Sitting:
    instrument = SHELF[ident]
    answers = {
        item.id: item.options[number % len(item.options)].value
        for number, item in enumerate(instrument.items)
        if number >= left_out
    }
    told = {"id": "sitting-1", "person": "person-1", "at": AT, "complete": True, "answers": answers}
    return Sitting(instrument=instrument, **(told | changes))


def as_file(resource) -> bytes:
    return json.dumps(resource).encode()


def read(form, ident=None, **given):
    """What an install reads from a form: the pack, and the instrument that comes of it."""
    found = read_questionnaire(as_file(form))
    key = keys()[ident] if ident else reading.key_of(found, keys())
    pack = reading.pack_of(found, key, **given)
    return pack, bind(key, pack)


@pytest.mark.parametrize("ident", ORDER)
def test_an_instrument_is_a_sound_questionnaire_and_comes_back_without_loss(ident) -> None:
    instrument = SHELF[ident]
    form = questionnaire_of(instrument)
    sound = Questionnaire.model_validate(form)
    assert json.loads(sound.model_dump_json()) == form
    pack, back = read(form)
    before = to_toml(pack_of(keys()[ident], instrument))
    assert to_toml(pack_of(keys()[ident], back)) == before
    assert bind(keys()[ident], pack, built_in=instrument.built_in) == instrument


@pytest.mark.parametrize("ident", ORDER)
@pytest.mark.parametrize("changes", [{}, {"left_out": 2, "complete": False}, {"answers": {}, "complete": False}])
def test_a_sitting_is_a_sound_response_and_comes_back_without_loss(ident, changes) -> None:
    sat = sitting(ident, **changes)
    response = response_of(sat)
    sound = QuestionnaireResponse.model_validate(response)
    assert json.loads(sound.model_dump_json()) == json.loads(json.dumps(response).replace("+00:00", "Z"))
    assert sitting_of(read_response(as_file(response)), sat.instrument) == sat


@pytest.mark.parametrize("ident", ORDER)
def test_each_score_is_a_sound_observation(ident) -> None:
    sat = sitting(ident)
    found = observations_of(sat)
    assert [each["valueQuantity"]["value"] for each in found] == [
        each.value for each in scores(sat.instrument, sat.answers)
    ]
    for each in found:
        Observation.model_validate(each)
        notes = [note["text"] for note in each.get("note", [])]
        assert ("Not a validated scale." in notes) == (not sat.instrument.validated)
        lows = [{"value": scale.cut.at} for scale in sat.instrument.scored if scale.cut]
        assert [each["low"] for each in each["referenceRange"][1:]] == lows


def test_a_score_with_gaps_says_so_and_too_many_gaps_give_none() -> None:
    (estimate,) = observations_of(sitting("ras", left_out=1, complete=False))
    assert estimate["status"] == "preliminary"
    assert estimate["note"] == [{"text": "An estimate: 1 of 7 questions were not answered."}]
    assert observations_of(sitting("ras", left_out=2)) == []


def test_what_is_private_is_marked_in_the_questionnaire() -> None:
    groups = {group["linkId"]: group for group in questionnaire_of(SHELF["balance"])["item"]}
    assert "extension" not in groups["domains"]
    assert groups["power"]["extension"] == [{"url": "urn:attune:private", "valueBoolean": True}]


RESPONSES = [
    (
        {"questionnaire": "urn:attune:form:ras:xx|1"},
        "The response answers urn:attune:form:ras:xx|1, not this instrument.",
    ),
    ({"questionnaire": None}, "The response answers nothing, not this instrument."),
    (
        {"extension": [{"url": "urn:attune:wording-hash", "valueString": "sha256:0"}]},
        "The response answers other words",
    ),
    ({"authored": "yesterday"}, "The response is not sound: Invalid isoformat string: 'yesterday'"),
    ({"item": [{"linkId": "9", "answer": [{"valueCoding": {"code": "1"}}]}]}, "not sound: kms has no item 9."),
    ({"item": [{"linkId": "1", "answer": [{"valueCoding": {"code": "8"}}]}]}, "not sound: 8 is no answer to 1."),
    ({"item": [{"linkId": "1", "answer": [{"valueCoding": {"code": "good"}}]}]}, "The answer to '1' has no value."),
    ({"item": [{"answer": []}]}, "The QuestionnaireResponse is not sound: item.0.linkId: Missing data"),
    ({"resourceType": "Patient"}, "The file is no QuestionnaireResponse of FHIR R4."),
]


@pytest.mark.parametrize(("changes", "told"), RESPONSES, ids=[told for _, told in RESPONSES])
def test_a_response_that_is_not_to_these_words_is_refused(changes, told) -> None:
    response = {name: value for name, value in (response_of(sitting("kms")) | changes).items() if value is not None}
    with pytest.raises(Refused, match=re.escape(told)):
        sitting_of(read_response(as_file(response)), SHELF["kms"])


# What others export


def clinic_form() -> dict:
    """A form as a clinic's record system gives it out: narrative, foreign linkIds, help texts, a total, groups, and
    options in two fashions. The questions are made up.
    """
    options = [
        {
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix", "valueString": "a"}
            ],
            "valueCoding": {
                "extension": [
                    {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": float(step)}
                ],
                "system": "http://loinc.org",
                "code": f"LA{step}-0",
                "display": f"Answer {step}",
            },
        }
        for step in range(1, 6)
    ]
    concepts = [
        {
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": step}],
            "code": f"c{step}",
            "display": f"Choice {step}",
            "designation": [{"language": "es", "value": "Opción"}],
        }
        for step in range(1, 6)
    ]
    help_text = {"linkId": "/ras-1-help", "type": "display", "text": "Take your time.", "prefix": "?"}
    questions = [
        {
            "linkId": "/ras-1",
            "prefix": "1.",
            "type": "choice",
            "required": True,
            "text": "Made up 1?",
            "item": [help_text],
        }
        | {"answerOption": options, "code": [{"system": "http://loinc.org", "code": "0000-1"}]},
        *(
            {"linkId": f"/ras-{number}", "type": "choice", "text": f"Made up {number}?", "answerValueSet": "#five"}
            for number in range(2, 7)
        ),
        {"linkId": "/ras-7", "type": "open-choice", "text": "Made up 7?", "answerOption": deepcopy(options)},
    ]
    total = {"linkId": "/ras-total", "type": "decimal", "readOnly": True, "text": "Total"}
    return {
        "resourceType": "Questionnaire",
        "id": "4711",
        "meta": {"versionId": "56", "profile": ["http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire"]},
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">A form</div>'},
        "contained": [
            {
                "resourceType": "ValueSet",
                "id": "five",
                "status": "draft",
                "compose": {"include": [{"system": "http://clinic.example/answers", "concept": concepts}]},
            },
            {"resourceType": "Organization", "id": "us", "name": "The clinic"},
        ],
        "extension": [{"url": "http://clinic.example/form-owner", "valueReference": {"reference": "#us"}}],
        "url": "http://clinic.example/fhir/Questionnaire/4711",
        "identifier": [{"use": "official", "system": "http://clinic.example/forms", "value": "4711"}],
        "version": "2.1.0",
        "name": "RelationshipAssessmentScale",
        "title": "Relationship Assessment Scale (RAS)",
        "status": "active",
        "language": "en-US",
        "publisher": "The clinic",
        "date": "2026-03-01",
        "copyright": "Made up for a test",
        "item": [
            {"linkId": "/intro", "type": "display", "text": "About the two of you"},
            {"linkId": "/part-a", "type": "group", "text": "Part A", "item": questions[:4]},
            {"linkId": "/part-b", "type": "group", "text": "Part B", "item": [*questions[4:], total]},
        ],
    }


def test_a_clinics_questionnaire_installs() -> None:
    form = clinic_form()
    Questionnaire.model_validate(form)
    _, instrument = read(form, permission="By letter of the author, 1 May 2026")
    assert (instrument.id, instrument.locale, instrument.version) == ("ras", "en_US", "2.1.0")
    assert (instrument.licence, instrument.name) == ("Made up for a test", "Relationship Assessment Scale (RAS)")
    assert [item.text for item in instrument.items] == [f"Made up {number}?" for number in range(1, 8)]
    assert [option.label for option in instrument.item("1").options] == [f"Answer {step}" for step in range(1, 6)]
    assert [option.label for option in instrument.item("4").options] == [f"Choice {step}" for step in range(1, 6)]
    (score,) = scores(instrument, {item.id: 5 for item in instrument.items})
    assert score.value == 27


def test_a_form_with_its_options_the_other_way_round_keeps_their_values() -> None:
    form = clinic_form()
    for option in (form["item"][1]["item"][0], form["item"][2]["item"][2]):
        option["answerOption"].reverse()
    form["contained"][0]["compose"]["include"][0]["concept"].reverse()
    _, instrument = read(form, permission="By letter")
    assert instrument.item("1").label(5) == "Answer 5"
    assert instrument.item("4").label(2) == "Choice 2"


def edit(*path, to=None, form=None):
    """A clinic's form with one thing in it replaced, or taken out."""
    form = form or clinic_form()
    *way, last = path
    within = form
    for name in way:
        within = within[name]
    if to is None:
        del within[last]
    else:
        within[last] = to
    return form


FIRST = ("item", 1, "item", 0)
FOREIGN = [
    (edit("copyright"), "The pack names no licence: say under which terms"),
    (edit("language"), "The pack's locale must be a language"),
    (edit("version", to="2.1 (draft)"), "The pack's version must be at most 20 letters"),
    (
        edit("name", form=edit("title", to="Our form")),
        "The questionnaire names no instrument that there is a key for; say",
    ),
    (
        edit("title", to="RAS / CSI-4"),
        "The questionnaire names more than one instrument; say which it is: --as balance",
    ),
    (
        edit("identifier", to=[{"system": "urn:attune:instrument", "value": "ras_9"}]),
        "There is no key for 'ras_9'; there are balance, satisfaction",
    ),
    (edit("item", 1, "item", 3), "Relationship Assessment Scale has 7 items; the questionnaire has 6."),
    (edit("item", 0, "type", to="choice"), "Relationship Assessment Scale has 7 items; the questionnaire has 8."),
    (edit("item", 0, "type", to="string"), "Item '/intro' is of type string; a key knows items of type choice alone."),
    (edit(*FIRST, "type", to="integer"), "Item '/ras-1' is of type integer; a key knows items of type choice alone."),
    (edit(*FIRST, "linkId", to="/ras-2"), "The questionnaire has the linkId '/ras-2' twice."),
    (edit(*FIRST, "linkId", to=""), "The questionnaire has an item without a linkId."),
    (edit(*FIRST, "linkId"), "The Questionnaire is not sound: item.1.item.0.linkId: Missing data"),
    (edit(*FIRST, "linkId", to=7), "The Questionnaire is not sound: item.1.item.0.linkId: Not a valid string."),
    (edit(*FIRST, "text"), "In the pack, item 1 must be a text."),
    (edit(*FIRST, "answerOption"), "Item '/ras-1' has no options."),
    (
        edit(*FIRST, "answerOption", 4),
        "Item 1 is answered with 1, 2, 3, 4 in the file, and with 1, 2, 3, 4, 5 by the key.",
    ),
    (
        edit(*FIRST, "answerOption", to=[{"valueInteger": step} for step in range(5)]),
        "Item 1 is answered with 0, 1, 2, 3, 4",
    ),
    (
        edit(*FIRST, "answerOption", to=[{"valueInteger": step} for step in range(1, 6)]),
        "Item 1 needs a label at both ends.",
    ),
    (edit(*FIRST, "answerOption", to=[{"valueInteger": 1}] * 5), "Two options of item '/ras-1' have the same value."),
    (edit(*FIRST, "answerOption", to=[{"valueInteger": 1}] * 21), "Item '/ras-1' has more than 20 options."),
    (
        edit(*FIRST, "answerOption", 0, "valueCoding", "extension"),
        "An option of item '/ras-1' has no whole number as its value (ordinalValue).",
    ),
    (
        edit(*FIRST, "answerOption", 0, "valueCoding", "extension", 0, "valueDecimal", to=1.5),
        "An option of item '/ras-1' has no whole number as its value (ordinalValue).",
    ),
    (
        edit("item", 1, "item", 1, "answerValueSet", to="http://elsewhere.example/vs"),
        "The options 'http://elsewhere.exam",
    ),
    (edit("resourceType", to="Patient"), "The file is no Questionnaire of FHIR R4."),
    (edit("item", to={"linkId": "a"}), "The Questionnaire is not sound: item: Not a valid list."),
    (edit("item", to=[{"linkId": str(n), "type": "display"} for n in range(201)]), "has more than 200 items."),
]


@pytest.mark.parametrize(("form", "told"), FOREIGN, ids=[told for _, told in FOREIGN])
def test_a_form_that_does_not_fit_is_refused_with_the_reason(form, told) -> None:
    with pytest.raises(Refused, match=re.escape(told)) as refused:
        read(form, permission="By letter")
    assert "\n" not in str(refused.value)


def test_a_form_says_nothing_of_permission_so_the_operator_must() -> None:
    with pytest.raises(Refused, match="The pack names no permission"):
        read(clinic_form())


def test_what_a_form_leaves_out_the_operator_may_say() -> None:
    form = edit("copyright", form=edit("language", form=edit("name", form=edit("title", to="Our form"))))
    pack, _ = read(form, "ras", permission="By letter", licence="Ours", locale="pt-BR")
    assert (pack.permission, pack.licence, pack.locale) == ("By letter", "Ours", "pt_BR")


def test_values_that_are_turned_over_already_are_not_turned_twice() -> None:
    form = clinic_form()
    for place, step in enumerate(form["item"][2]["item"][2]["answerOption"]):
        step["valueCoding"]["extension"][0]["valueDecimal"] = 5 - place
    with pytest.raises(
        Refused, match="The values of item 7 run the other way than those of the rest; the key turns them"
    ):
        read(form, permission="By letter")


def test_factors_may_be_told_by_the_groups_that_items_lie_in() -> None:
    form = questionnaire_of(SHELF["rba"])
    items = form["item"][0]["item"]
    names = {scale.id: scale.name for scale in keys()["rba"].scales}
    groups = {ident: [] for ident in names}
    for item in items:
        factor = next(each["valueCode"] for each in item["extension"] if each["url"] == "urn:attune:factor")
        item["extension"] = [each for each in item["extension"] if each["url"] == "urn:attune:mirrored"]
        groups[factor].append(item)
    form["item"] = [
        {"linkId": f"g-{ident}", "type": "group", "text": names[ident], "item": found}
        for ident, found in groups.items()
    ]
    _, back = read(form)
    assert back.scales == SHELF["rba"].scales
    form["item"][3]["text"] = "Something else"
    with pytest.raises(Refused, match="is in no factor; the factors are time, relational"):
        read(form)


HOSTILE = [
    (
        b'{"resourceType": "Questionnaire", "item": ' + b'[{"linkId": "a", "item": ' * 9_000,
        "The file is nested too deeply.",
    ),
    (
        b'{"resourceType": "Questionnaire", "item": ' + b'[{"linkId":"a","item":' * 200 + b"[]" + b"}]" * 200 + b"}",
        "The file is nested too deeply.",
    ),
    (as_file({"resourceType": "Questionnaire"}) + b" " * MAX_BYTES, "The file is larger than 256 KB."),
    (b'{"resourceType": "Questionnaire", "x": NaN}', "The file is no JSON: NaN is no number."),
    (b'{"resourceType": "Questionnaire", "x": ' + b"9" * 5_000 + b"}", "The file is no JSON: Exceeds the limit"),
    (b'{"resourceType": "Questionnaire",', "The file is no JSON: Expecting property name"),
    (b'{"\xff": 1}', "The file is not UTF-8."),
    (b"[]", "The file is no Questionnaire of FHIR R4."),
]


@pytest.mark.parametrize(("raw", "told"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_form_is_refused_in_a_sentence(raw, told) -> None:
    with pytest.raises(Refused, match=re.escape(told)) as refused:
        read_questionnaire(raw)
    assert len(str(refused.value)) < 200


def test_items_in_groups_in_groups_are_refused_before_they_are_walked() -> None:
    form = {"linkId": "a", "type": "group"}
    for number in range(9):
        form = {"linkId": f"g{number}", "type": "group", "item": [form]}
    with pytest.raises(Refused, match=r"The questionnaire nests items more than 8 deep\."):
        read({"resourceType": "Questionnaire", "item": [form]}, "ras")
