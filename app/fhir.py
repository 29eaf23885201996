"""Somebody's own sittings as one FHIR R4 Bundle: the questionnaires, what was answered, the scores. Theirs alone."""

from typing import Any

from flask_babel import gettext

from app.accounts.models import Person
from app.assessments import service
from app.assessments.addressing import addressed
from app.assessments.fhir import Sitting
from app.assessments.schemas import observations_of, questionnaire_of, response_of
from app.assessments.scoring import WrongAnswer

WHOSE = "me"
"""What the person is called in it: nothing that anybody else would know them by."""


def bundle_of(person: Person, key: bytes) -> dict[str, Any]:
    """All finished sittings, the oldest first. One whose words are gone, or whose answers do not open, is left out."""
    forms: dict[tuple[str, str, str], dict[str, Any]] = {}
    told: list[dict[str, Any]] = []
    wordings, you = service.Wordings(), gettext("your partner")
    for number, sitting in enumerate(service.readable_sittings_of(person.id, key), 1):
        words = wordings.of(sitting)
        if words.wording_hash != sitting.wording_hash or sitting.finished_at is None:
            continue
        answers = service.answered(sitting.all_given)
        ident = f"sitting-{number}"
        done = Sitting(id=ident, person=WHOSE, instrument=words, answers=answers, at=sitting.finished_at, complete=True)
        try:
            here = [addressed(response_of(done), you), *observations_of(done)]
        except WrongAnswer:
            continue
        forms.setdefault((words.id, words.locale, words.version), addressed(questionnaire_of(words), you))
        told += here
    entries = [{"resource": each} for each in (*forms.values(), *told)]
    return {"resourceType": "Bundle", "type": "collection", **({"entry": entries} if entries else {})}
