"""Instruments and sittings as FHIR R4, out and in."""

import json
from typing import Any

from marshmallow import Schema, ValidationError

from app.assessments.fhir import Sitting, observations, questionnaire, response
from app.assessments.instrument import Instrument
from app.assessments.pack import Refused
from app.assessments.packfile import text_of
from app.assessments.schemas.shapes import Observation, Questionnaire, QuestionnaireResponse


def questionnaire_of(instrument: Instrument) -> dict[str, Any]:
    """An instrument as a Questionnaire."""
    return _dumped(Questionnaire(), questionnaire(instrument))


def response_of(sitting: Sitting) -> dict[str, Any]:
    """A sitting as a QuestionnaireResponse."""
    return _dumped(QuestionnaireResponse(), response(sitting))


def observations_of(sitting: Sitting) -> list[dict[str, Any]]:
    """The scores of a sitting as Observations, one each."""
    return [_dumped(Observation(), each) for each in observations(sitting)]


def read_questionnaire(raw: bytes) -> dict[str, Any]:
    """The fields of a Questionnaire in a file, each of the right type. Raises Refused."""
    return _loaded(Questionnaire(), raw, "Questionnaire")


def read_response(raw: bytes) -> dict[str, Any]:
    """The fields of a QuestionnaireResponse in a file, each of the right type. Raises Refused."""
    return _loaded(QuestionnaireResponse(), raw, "QuestionnaireResponse")


def _dumped(schema: Schema, found: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = schema.dump(found)
    return made


def _loaded(schema: Schema, raw: bytes, kind: str) -> dict[str, Any]:
    try:
        table = _parsed(text_of(raw))
        loaded: dict[str, Any] = schema.load(_of_kind(kind, table))
    except ValidationError as error:
        raise Refused(f"The {kind} is not sound: {_first(error.messages)}") from error
    except RecursionError as error:
        raise Refused("The file is nested too deeply.") from error
    return loaded


def _of_kind(kind: str, table: Any) -> dict[str, Any]:
    if not isinstance(table, dict) or table.get("resourceType") != kind:
        raise Refused(f"The file is no {kind} of FHIR R4.")
    return table


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        # Not a JSONDecodeError alone: a number of 5,000 digits is something else to Python.
        raise Refused(f"The file is no JSON: {error}.") from error


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _first(messages: Any, path: str = "") -> str:
    """The first of the nested complaints, with the way to it."""
    while isinstance(messages, dict):
        name, messages = next(iter(messages.items()))
        path += f".{name}" if path else str(name)
    told = messages[0] if isinstance(messages, list) else messages
    return f"{path}: {told}"
