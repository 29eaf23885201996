"""A record as a FHIR R4 Bundle of type collection. A person is told by a pseudonym.

The person is a Patient, the couple a Group of two, what was given a CarePlan with a Task for each day, how it went a
QuestionnaireResponse to a Questionnaire of ours, a sitting another, a score an Observation, a response that somebody
chose to show a QuestionnaireResponse, too. Names of our own begin with `urn:attune:`.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from app.caseload.attention import DONE, MISSED, OPEN, SKIPPED
from app.caseload.record import COUPLE, Chosen, Joint, Piece, Record, Scored, Texts, Week

OURS = "urn:attune:"
STATUS = {DONE: "completed", SKIPPED: "rejected", MISSED: "failed", OPEN: "requested"}
"""What FHIR calls the state of a Task; one that is open and was looked at is in progress."""
BEGUN = "in-progress"
REFLECTION, SHOWN = "homework-reflection", "shown-response"
SCORE = {"system": "http://unitsofmeasure.org", "code": "{score}", "unit": "points"}
"""As UCUM writes what has no unit: the braces are part of it."""

Resource = dict[str, Any]


def bundle(record: Record, texts: Texts) -> bytes:
    """The record as JSON of FHIR."""
    told = (_forms(record, texts), _homework(record, texts), _measured(record, texts), _shown(record))
    resources = [*_subjects(record), *chain.from_iterable(told)]
    whole = {
        "resourceType": "Bundle",
        "language": texts.lang,
        "type": "collection",
        "timestamp": f"{record.made_on.isoformat()}T00:00:00Z",
        "entry": [
            {"fullUrl": f"{OURS}{each['resourceType'].casefold()}:{each['id']}", "resource": each} for each in resources
        ],
    }
    return json.dumps(_without_nothing(whole), ensure_ascii=False, indent=1).encode()


def _subjects(record: Record) -> list[Resource]:
    people = record.members if record.kind == COUPLE else (record.pseudonym,)
    named = record.subject if record.subject != record.pseudonym and record.kind != COUPLE else None
    patients = [
        {
            "resourceType": "Patient",
            "id": each,
            "identifier": [{"system": f"{OURS}pseudonym", "value": each}],
            "name": [{"text": named}] if named else None,
        }
        for each in people
    ]
    if record.kind != COUPLE:
        return patients
    group = {
        "resourceType": "Group",
        "id": record.pseudonym,
        "identifier": [{"system": f"{OURS}pseudonym", "value": record.pseudonym}],
        "type": "person",
        "actual": True,
        "name": record.subject,
        "member": [{"entity": {"reference": f"Patient/{each}"}} for each in people],
    }
    return [*patients, group]


def _forms(record: Record, texts: Texts) -> Iterable[Resource]:
    if any(each.went is not None or each.because for each in record.homework):
        yield _form(
            REFLECTION,
            texts.fhir["reflection"],
            [("went", texts.fhir["went"], "integer"), ("because", texts.fhir["because"], "text")],
        )
    yield from {each.form["id"]: dict(each.form) for each in record.sat}.values()
    if record.chosen:
        yield _form(SHOWN, texts.fhir["shown"], [("words", texts.fhir["words"], "text")])


def _form(ident: str, title: str, items: Sequence[tuple[str, str, str]]) -> Resource:
    return {
        "resourceType": "Questionnaire",
        "id": ident,
        "url": f"{OURS}form:{ident}",
        "version": "1",
        "title": title,
        "status": "active",
        "subjectType": ["Patient"],
        "item": [{"linkId": link, "text": text, "type": kind} for link, text, kind in items],
    }


def _homework(record: Record, texts: Texts) -> Iterable[Resource]:
    pieces: Sequence[Piece | Joint] = record.together if record.kind == COUPLE else record.homework
    if not pieces:
        return
    subject = _subject(record)
    yield {
        "resourceType": "CarePlan",
        "id": f"homework-{record.pseudonym}",
        "status": "active",
        "intent": "plan",
        "title": texts.fhir["homework"],
        "subject": subject,
        "period": {"start": record.first.isoformat(), "end": record.last.isoformat()},
        "activity": [{"reference": {"reference": f"Task/{each.id}"}} for each in pieces],
    }
    for each in pieces:
        yield _task(each, subject, texts)
    for piece in record.homework:
        if piece.went is not None or piece.because:
            yield _reflection(piece, subject)


def _task(piece: Piece | Joint, subject: Resource, texts: Texts) -> Resource:
    joint = isinstance(piece, Joint)
    if isinstance(piece, Joint):
        opened_on, done_on, status = None, piece.both_done_on, "completed" if piece.both_done else BEGUN
    else:
        opened_on, done_on = piece.opened_on, piece.done_on
        status = BEGUN if piece.state == OPEN and opened_on else STATUS[piece.state]
    if opened_on and done_on and opened_on > done_on:
        # An exercise of a day was done for that day, also where it was filled in after it.
        opened_on = None
    period = {"start": opened_on.isoformat() if opened_on else None, "end": done_on.isoformat() if done_on else None}
    over = piece.talked_over_on
    return {
        "resourceType": "Task",
        "id": piece.id,
        "status": status,
        "businessStatus": {"text": texts.fhir["joint" if joint else "one"]},
        "intent": "plan",
        "code": {"coding": [{"system": f"{OURS}exercise", "code": piece.exercise}], "text": piece.title},
        "for": subject,
        "authoredOn": piece.day.isoformat(),
        "executionPeriod": period if opened_on or done_on else None,
        "restriction": {"period": {"start": piece.day.isoformat()}},
        "note": [{"text": texts.sentences["talked_over"].format(day=texts.day(over))}] if over else None,
    }


def _reflection(piece: Piece, subject: Resource) -> Resource:
    items: list[Resource] = []
    if piece.went is not None:
        items.append({"linkId": "went", "answer": [{"valueInteger": piece.went}]})
    if piece.because:
        items.append({"linkId": "because", "answer": [{"valueString": piece.because}]})
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"{piece.id}-said",
        "questionnaire": f"{OURS}form:{REFLECTION}|1",
        "status": "completed",
        "subject": subject,
        "authored": (piece.done_on or piece.day).isoformat(),
        "basedOn": [{"reference": f"CarePlan/homework-{_id_of(subject)}"}],
        "item": items,
    }


def _measured(record: Record, texts: Texts) -> Iterable[Resource]:
    subject = _subject(record)
    for week in record.weeks:
        if week.level is not None:
            yield _week(record, week, subject, texts)
    for each in record.sat:
        yield {**each.response, "id": each.id, "subject": subject, "authored": each.on.isoformat()}
    for score in record.scored:
        yield _scored(score, subject, texts)


def _week(record: Record, week: Week, subject: Resource, texts: Texts) -> Resource:
    ends = (("low", week.low), ("high", week.high))
    return {
        "resourceType": "Observation",
        "id": f"week-{week.week.isoformat()}-{record.pseudonym}",
        "status": "final",
        "code": _code("attunement", texts.fhir["attunement"]),
        "subject": subject,
        "effectivePeriod": {"start": week.week.isoformat()},
        "valueQuantity": _points(week.level or 0.0),
        "note": [{"text": texts.sentences["not_validated"]}],
        "component": [
            {"code": _code(f"attunement.{name}", texts.fhir[name]), "valueQuantity": _points(value)}
            for name, value in ends
            if value is not None
        ],
    }


def _scored(each: Scored, subject: Resource, texts: Texts) -> Resource:
    return {
        "resourceType": "Observation",
        "id": each.id,
        "status": "final",
        "code": _code(f"{each.instrument}.{each.scale}", each.name),
        "subject": subject,
        "effectiveDateTime": each.on.isoformat(),
        "valueQuantity": _points(each.value),
        "note": None if each.validated else [{"text": texts.sentences["not_validated"]}],
        "referenceRange": [
            {"low": {"value": each.lowest}, "high": {"value": each.highest}, "text": texts.fhir["range"]}
        ],
    }


def _shown(record: Record) -> Iterable[Resource]:
    subject = _subject(record)
    for each in record.chosen:
        yield _response(each, subject)


def _response(each: Chosen, subject: Resource) -> Resource:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": each.id,
        "questionnaire": f"{OURS}form:{SHOWN}|1",
        "status": "completed",
        "subject": subject,
        "authored": each.day.isoformat(),
        "item": [{"linkId": "words", "text": each.title, "answer": [{"valueString": each.words}]}],
    }


def _subject(record: Record) -> Resource:
    return {"reference": f"{'Group' if record.kind == COUPLE else 'Patient'}/{record.pseudonym}"}


def _id_of(subject: Resource) -> str:
    return str(subject["reference"]).partition("/")[2]


def _code(code: str, text: str) -> Resource:
    return {"coding": [{"system": f"{OURS}score", "code": code}], "text": text}


def _points(value: float) -> Resource:
    return {"value": round(value, 2), **SCORE}


def _without_nothing(value: Any) -> Any:
    """FHIR knows no null and no empty list."""
    if isinstance(value, dict):
        return {name: _without_nothing(each) for name, each in value.items() if each not in (None, [], "")}
    return [_without_nothing(each) for each in value] if isinstance(value, list) else value
