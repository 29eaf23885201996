"""Whether homework stands: as long as both let its therapist in, looked at anew at each request."""

from sqlalchemy import ColumnElement, exists, func, select

from app.core.db import db
from app.couples.models import Couple
from app.therapist.models import Consent, Guest, Homework


def there_for(couple_id: str) -> bool:
    """Whether a therapist is the guest of this couple now, by a yes of both. One statement."""
    return bool(db.session.scalar(select(exists().where(Guest.couple_id == couple_id, *_open()))))


def in_force() -> ColumnElement[bool]:
    """Whether `Homework` is given now, as a part of a statement: its therapist's door is open, by a yes of both."""
    here = (Guest.therapist_id == Homework.therapist_id, Guest.couple_id == Homework.couple_id)
    return select(Guest.id).where(*here, *_open()).correlate(Homework).exists()


def _open() -> tuple[ColumnElement[bool], ...]:
    both = select(func.count()).where(Consent.guest_id == Guest.id, Consent.given).correlate(Guest).scalar_subquery()
    lasts = select(Couple.id).where(Couple.id == Guest.couple_id, Couple.ended_at.is_(None)).correlate(Guest).exists()
    return Guest.opened_at.is_not(None), Guest.ended_at.is_(None), lasts, both == 2
