"""Whether homework stands: as long as both let its therapist in, looked at anew at each request."""

from sqlalchemy import ColumnElement, func, select

from app.couples.models import Couple
from app.therapist.models import Consent, Guest, Homework


def in_force() -> ColumnElement[bool]:
    """Whether `Homework` is given now, as a part of a statement: its therapist's door is open, by a yes of both."""
    both = select(func.count()).where(Consent.guest_id == Guest.id, Consent.given).correlate(Guest).scalar_subquery()
    return (
        select(Guest.id)
        .join(Couple, Couple.id == Guest.couple_id)
        .where(
            Guest.therapist_id == Homework.therapist_id,
            Guest.couple_id == Homework.couple_id,
            Guest.opened_at.is_not(None),
            Guest.ended_at.is_(None),
            Couple.ended_at.is_(None),
            both == 2,
        )
        .correlate(Homework)
        .exists()
    )
