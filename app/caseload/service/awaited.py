"""What the first page tells a partner of a therapist: that one asks, and that a brief is there to be seen first.

It rides along with the statement that asks who visits. What the other has said or looked at is in none of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, select

from app.accounts.models import Person
from app.accounts.service import LATELY
from app.caseload.models import BriefLook, Session
from app.core.gathered import gathered, rows_in
from app.couples.models import Membership
from app.therapist.models import WAITS, Consent, Guest

SOON = timedelta(days=7)
"""For how long before a session its brief is told of."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """Where it leads, and the name of the therapist; the day of the session, None where they ask to be let in."""

    path: str
    name: str
    day: date | None = None


def asking_along() -> ColumnElement[str | None]:
    """Who asks the couple of whoever looks, and has had no word from them yet, as one text."""
    said = and_(Consent.guest_id == Guest.id, Consent.person_id == Membership.person_id)
    rows = _guests(cast(Guest.asked_at, String)).outerjoin(Consent, said)
    return _told(rows.where(Guest.opened_at.is_(None), Consent.guest_id.is_(None)))


def briefs_along() -> ColumnElement[str | None]:
    """The sessions to come whose brief whoever looks has not seen yet, as one text."""
    met = and_(Session.therapist_id == Guest.therapist_id, Session.couple_id == Guest.couple_id)
    seen = and_(BriefLook.session_id == Session.id, BriefLook.person_id == Membership.person_id)
    rows = _guests(cast(Session.day, String)).join(Session, met).outerjoin(BriefLook, seen)
    return _told(rows.where(Guest.opened_at.is_not(None), Session.day >= LATELY, BriefLook.session_id.is_(None)))


ALONG = {"asking": asking_along, "briefs": briefs_along}
"""The facts that come along, by name."""


def awaited(facts: Mapping[str, Any], today: date) -> list[Awaited]:
    """What is to be told today, out of the facts that came along: who asks, then the next session of each guest."""
    asks = [
        Awaited(f"/therapist-access/{ident}", name)
        for ident, name, asked in rows_in(facts["asking"])
        if today < date.fromisoformat(asked[:10]) + WAITS
    ]
    days = sorted((date.fromisoformat(day), ident, name) for ident, name, day in rows_in(facts["briefs"]))
    soon = {ident: (name, day) for day, ident, name in reversed(days) if today <= day <= today + SOON}
    return asks + [Awaited(f"/therapist-access/{ident}/brief", *told) for ident, told in soon.items()]


def _guests(when: ColumnElement[str]) -> Select[Any]:
    """The guests of each couple with one of its people, as id, name and a day."""
    therapist = Person.__table__.alias("guest")
    rows = select(gathered(Guest.id, therapist.c.name, when)).select_from(Membership)
    here = rows.join(Guest, Guest.couple_id == Membership.couple_id)
    return here.join(therapist, therapist.c.id == Guest.therapist_id).where(Guest.ended_at.is_(None))


def _told(rows: Select[Any]) -> ColumnElement[str | None]:
    mine = rows.where(Membership.person_id == Person.id, Membership.left_at.is_(None))
    return mine.correlate(Person).scalar_subquery()
