"""Instruments and sittings in the shapes of FHIR R4, as plain tables. Pure. `reading.py` reads them back.

An instrument is a Questionnaire, a sitting a QuestionnaireResponse, a score an Observation. Names of our own begin with
`urn:attune:`. The value of an option stands in the extension that FHIR has for it, ordinalValue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.assessments.instrument import BETWEEN, Instrument, Item, Option, Scale, Section
from app.assessments.scoring import scores

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
OURS = "urn:attune:"
INSTRUMENT, FORM = f"{OURS}instrument", f"{OURS}form"
PERMISSION, WORDING_HASH, VALIDATED = f"{OURS}permission", f"{OURS}wording-hash", f"{OURS}validated"
SCALE, FACTOR, MIRRORED, PRIVATE = f"{OURS}scale", f"{OURS}factor", f"{OURS}mirrored", f"{OURS}private"
INTRO = ".intro"
"""What the linkId of a section's text ends with. No id of ours holds a dot."""

NOT_VALIDATED = "Not a validated scale."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """What a QuestionnaireResponse tells: who answered what of an instrument, when, and whether they were done.

    `id` and `person` are names by which the receiver knows them, not necessarily ours.
    """

    id: str
    person: str
    instrument: Instrument
    answers: Mapping[str, int]
    at: datetime
    complete: bool


def questionnaire(instrument: Instrument) -> dict[str, Any]:
    """The instrument as a Questionnaire, with all that its pack holds and what its key adds to a reader."""
    return {
        "resourceType": "Questionnaire",
        "id": f"{instrument.id}.{instrument.locale}.{instrument.version}".replace("_", "-"),
        "language": instrument.locale.replace("_", "-"),
        "extension": [
            {"url": PERMISSION, "valueString": instrument.permission},
            {"url": WORDING_HASH, "valueString": instrument.wording_hash},
            {"url": VALIDATED, "valueBoolean": instrument.validated},
            *({"url": SCALE, "valueCoding": _coding(scale.id, scale.name)} for scale in instrument.scales),
        ],
        "url": canonical(instrument),
        "identifier": [{"system": INSTRUMENT, "value": instrument.id}],
        "version": instrument.version,
        "name": "".join(part.capitalize() for part in instrument.id.split("_")),
        "title": instrument.name,
        "status": "active",
        "subjectType": ["Patient"],
        "description": instrument.about or None,
        "copyright": instrument.licence,
        "item": [_group(instrument, section) for section in instrument.sections],
    }


def response(sitting: Sitting) -> dict[str, Any]:
    """The sitting as a QuestionnaireResponse. An item that was not answered is not in it."""
    instrument, answers = sitting.instrument, sitting.answers
    groups = []
    for section in instrument.sections:
        given = [item for item in instrument.of_section(section) if item.id in answers]
        if given:
            items = [_answered(item, answers[item.id]) for item in given]
            groups.append({"linkId": section.id, "text": section.title or None, "item": items})
    return {
        "resourceType": "QuestionnaireResponse",
        "id": sitting.id,
        "extension": [{"url": WORDING_HASH, "valueString": instrument.wording_hash}],
        "questionnaire": f"{canonical(instrument)}|{instrument.version}",
        "status": "completed" if sitting.complete else "in-progress",
        "subject": _subject(sitting),
        "authored": sitting.at.isoformat(),
        "item": groups or None,
    }


def observations(sitting: Sitting) -> list[dict[str, Any]]:
    """An Observation for each scale that came to a score. None for balance, nor where too little was answered."""
    return [
        {
            "resourceType": "Observation",
            "id": f"{sitting.id}.{score.scale.id}",
            "status": "final" if sitting.complete else "preliminary",
            "code": {
                "coding": [
                    {
                        "system": SCALE,
                        "code": f"{sitting.instrument.id}.{score.scale.id}",
                        "display": score.scale.name,
                    }
                ],
                "text": sitting.instrument.name,
            },
            "subject": _subject(sitting),
            "effectiveDateTime": sitting.at.isoformat(),
            "valueQuantity": {
                "value": round(score.value, 2),
                "unit": "points",
                "system": "http://unitsofmeasure.org",
                "code": "{score}",
            },
            "note": [{"text": text} for text in _notes(sitting.instrument, score.filled, len(score.scale.items))]
            or None,
            "referenceRange": _range(score.scale),
            "derivedFrom": [{"reference": f"QuestionnaireResponse/{sitting.id}"}],
        }
        for score in scores(sitting.instrument, sitting.answers)
        if score.value is not None
    ]


def canonical(instrument: Instrument) -> str:
    """The name by which a response points at the questionnaire."""
    return f"{FORM}:{instrument.id}:{instrument.locale}"


def _group(instrument: Instrument, section: Section) -> dict[str, Any]:
    intro = [{"linkId": f"{section.id}{INTRO}", "text": section.text, "type": "display"}] if section.text else []
    factors = {ident: scale.id for scale in instrument.scales if scale.rule == BETWEEN for ident in scale.items}
    items = [_asked(item, factors.get(item.id)) for item in instrument.of_section(section)]
    return {
        "linkId": section.id,
        "extension": [{"url": PRIVATE, "valueBoolean": True}] if section.private else None,
        "text": section.title or None,
        "type": "group",
        "item": [*intro, *items],
    }


def _asked(item: Item, factor: str | None) -> dict[str, Any]:
    extension = [{"url": MIRRORED, "valueBoolean": item.mirrored}, {"url": FACTOR, "valueCode": factor}]
    return {
        "linkId": item.id,
        "extension": extension if factor else None,
        "text": item.text,
        "type": "choice",
        "required": False,
        "answerOption": [{"valueCoding": _chosen(option)} for option in item.options],
    }


def _answered(item: Item, value: int) -> dict[str, Any]:
    option = next(option for option in item.options if option.value == value)
    return {"linkId": item.id, "text": item.text or None, "answer": [{"valueCoding": _chosen(option)}]}


def _chosen(option: Option) -> dict[str, Any]:
    return {
        "extension": [{"url": ORDINAL, "valueDecimal": option.value}],
        "code": str(option.value),
        "display": option.label or None,
    }


def _coding(code: str, display: str) -> dict[str, str]:
    return {"system": SCALE, "code": code, "display": display}


def _subject(sitting: Sitting) -> dict[str, Any]:
    return {"identifier": {"system": f"{OURS}person", "value": sitting.person}}


def _range(scale: Scale) -> list[dict[str, Any]]:
    whole = {"low": {"value": scale.lowest}, "high": {"value": scale.highest}, "text": "All that is possible"}
    if scale.cut is None:
        return [whole]
    return [whole, {"low": {"value": scale.cut.at}, "text": "Not counted as troubled in the source"}]


def _notes(instrument: Instrument, filled: int, whole: int) -> list[str]:
    told = [] if instrument.validated else [NOT_VALIDATED]
    return [*told, f"An estimate: {filled} of {whole} questions were not answered."] if filled else told
