"""Couples that let a therapist in, laid down as rows."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from app.caseload.models import Care
from benchmarks.support.house import insert


def open_doors(
    connection: sa.Connection, therapist: str, couples: Iterable[tuple[str, str, str]], now: datetime
) -> None:
    """Let each couple (its id, and those of the two) show a therapist all there is to show."""
    insert(connection, Care, [{"therapist_id": therapist, "couple_id": couple} for couple, _, _ in couples])
