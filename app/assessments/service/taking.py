"""All sittings of somebody, in whatever couple, to take along. Their own alone."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.assessments.addressing import called
from app.assessments.instrument import Instrument
from app.assessments.models import Assessment, Hint, Release
from app.assessments.scoring import WrongAnswer, scores
from app.assessments.service.sealed import Sitting, opened
from app.assessments.service.sittings import ALL
from app.assessments.service.wordings import Wordings
from app.core.crypto import Undecipherable
from app.core.db import db, rows_of


def taken_along(person_id: str, key: bytes, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Somebody's sittings in plain values: each question with what was answered, what came of it, and to whom which
    part has been open. `key`: that of their words; `numbers`: those of couples.
    """
    releases: dict[str, list[Release]] = {}
    theirs = select(Release).join(Assessment, Assessment.id == Release.assessment_id)
    for row in db.session.scalars(theirs.where(Assessment.person_id == person_id).order_by(Release.released_at)):
        releases.setdefault(row.assessment_id, []).append(row)
    hint, wordings = db.session.get(Hint, person_id), Wordings()
    return {
        "told_on_today": {
            "not_before": hint.not_before.isoformat() if hint and hint.not_before else None,
            "off_at": _instant(hint.off_at) if hint else None,
        },
        "sittings": [
            _plain(sitting, wordings.of(sitting), releases.get(sitting.id, []), numbers[sitting.couple_id])
            for sitting in readable_sittings_of(person_id, key)
        ],
    }


def readable_sittings_of(person_id: str, key: bytes) -> Iterator[Sitting]:
    """Their sittings. One that does not open any more is told of without its answers: the others are still worth it."""
    for row in rows_of(ALL, me=person_id):
        try:
            yield opened(row, key, person_id)
        except Undecipherable:
            yield opened(row, key, person_id, parts=())


def _plain(sitting: Sitting, key: Instrument, releases: list[Release], couple: int) -> dict[str, Any]:
    return {
        "couple": couple,
        "instrument": sitting.instrument,
        "name": key.name,
        "validated": key.validated,
        "version": sitting.version,
        "locale": sitting.locale,
        "wording_hash": sitting.wording_hash,
        "started_at": _instant(sitting.started_at),
        "finished_at": _instant(sitting.finished_at),
        "finished_on": sitting.finished_on.isoformat() if sitting.finished_on else None,
        "answers": [_answer(key, ident, value) for ident, value in sitting.all_given.items()],
        "scores": _scores(key, sitting) if sitting.finished_at else [],
        "opened": [
            {
                "part": each.part,
                "to": each.audience,
                "released_at": _instant(each.released_at),
                "withdrawn_at": _instant(each.withdrawn_at),
            }
            for each in releases
        ],
    }


def _answer(key: Instrument, ident: str, value: int | None) -> dict[str, Any]:
    """A question and what was given to it; without the words where they are gone from this server."""
    item = next((item for item in key.items if item.id == ident), None)
    return {
        "item": ident,
        "question": _told(item.text) if item else "",
        "private": item.private if item else False,
        "value": value,
        "answer": _told(item.label(value)) if item and value is not None else None,
    }


def _told(text: str) -> str:
    return called(text, gettext("your partner"))


def _scores(key: Instrument, sitting: Sitting) -> list[dict[str, Any]]:
    try:
        found = scores(key, sitting.answers)
    except WrongAnswer:
        return []
    return [{"scale": each.scale.id, "value": each.value, "answered": each.answered} for each in found]


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None
