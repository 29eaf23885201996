"""Couples that let a therapist in, laid down as rows."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from app.caseload.models import Care
from app.core.ids import new_id
from app.therapist.models import Consent, Guest
from benchmarks.support.house import insert


def open_doors(
    connection: sa.Connection, therapist: str, couples: Iterable[tuple[str, str, str]], now: datetime
) -> None:
    """Let each couple (its id, and those of the two) show a therapist all there is to show."""
    doors = [(new_id(), *couple) for couple in couples]
    asked = {"therapist_id": therapist, "asked_at": now, "opened_at": now}
    insert(connection, Guest, [{"id": door, "couple_id": couple, **asked} for door, couple, _, _ in doors])
    yes = {"said_at": now, "given": True, "scores": True, "assessments": True, "responses": True}
    both = [(door, person) for door, _, first, second in doors for person in (first, second)]
    insert(connection, Consent, [{"guest_id": door, "person_id": person, **yes} for door, person in both])
    insert(connection, Care, [{"therapist_id": therapist, "couple_id": couple} for _, couple, _, _ in doors])
