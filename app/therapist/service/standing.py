"""Whether homework stands: as long as both let its therapist in, looked at anew at each request."""

from sqlalchemy import ColumnElement, and_

from app.therapist.models import Homework


def in_force() -> ColumnElement[bool]:
    """Whether `Homework` is given now, as a part of a statement."""
    return and_(Homework.therapist_id.is_not(None))
