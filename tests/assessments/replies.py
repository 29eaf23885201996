"""A FHIR R4 QuestionnaireResponse as the sitting that it tells of. Pure."""

from datetime import datetime

from app.assessments.choices import Table, extension, items_of, value_of
from app.assessments.fhir import WORDING_HASH, Sitting, canonical
from app.assessments.instrument import Instrument
from app.assessments.pack import Refused
from app.assessments.scoring import check


def sitting_of(response: Table, instrument: Instrument) -> Sitting:
    """The sitting in a QuestionnaireResponse to this very instrument. Raises Refused."""
    if response.get("questionnaire") != f"{canonical(instrument)}|{instrument.version}":
        raise Refused(f"The response answers {response.get('questionnaire', 'nothing')}, not this instrument.")
    if extension(response, WORDING_HASH) not in (None, instrument.wording_hash):
        raise Refused("The response answers other words than these.")
    answers = {}
    for item, _ in items_of(response.get("item") or [], [], 1):
        for answer in item.get("answer") or []:
            value = value_of(answer.get("valueCoding") or {}, answer)
            if value is None:
                raise Refused(f"The answer to {item['linkId']!r} has no value.")
            answers[item["linkId"]] = value
    try:
        check(instrument, answers)
        at = datetime.fromisoformat(response.get("authored") or "")
    except ValueError as error:
        raise Refused(f"The response is not sound: {error}") from error
    person = ((response.get("subject") or {}).get("identifier") or {}).get("value") or ""
    return Sitting(
        id=response.get("id") or "",
        person=person,
        instrument=instrument,
        answers=answers,
        at=at,
        complete=response.get("status") == "completed",
    )
