"""What homework knows of the longer exercises: their names, and when two closed them. It takes both to close one."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, Date, String, cast, select, type_coerce

from app.accounts.models import Person
from app.accounts.service import LATELY
from app.core.db import db
from app.core.gathered import gathered
from app.couples.models import Membership
from app.guided import service as guided
from app.guided.models import Occasion

Closed = dict[tuple[str, str, str], list[date]]
"""(couple, person, exercise) → the days on which they closed it, once for each time."""

_CLOSED = Occasion.stopped_at.is_(None)
"""Together, not early."""


def longer() -> Mapping[str, str]:
    """Exercise → its name, for those that every couple has."""
    return {ident: guide.name for ident, guide in guided.guides().items()}


def closed_of(couple_ids: Collection[str], first: date, last: date) -> Closed:
    """The occasions that each closed from `first` to `last`. One statement."""
    here = (Occasion.couple_id.in_(couple_ids), Occasion.ended_on >= first, Occasion.ended_on <= last, _CLOSED)
    rows = db.session.execute(
        select(Occasion.couple_id, Membership.person_id, Occasion.exercise, type_coerce(Occasion.ended_on, Date))
        .join(Membership, Membership.couple_id == Occasion.couple_id)
        .where(*here, Membership.left_at.is_(None))
        .order_by(Occasion.ended_on, Occasion.ended_at)
    )
    found: Closed = {}
    for couple_id, person_id, exercise, day in rows:
        found.setdefault((couple_id, person_id, exercise), []).append(day)
    return found


def closed_lately() -> ColumnElement[str | None]:
    """The same for whoever looks, to be asked along: exercise and day, as `along` reads them."""
    mine = (Membership.person_id == Person.id, Membership.left_at.is_(None))
    rows = (
        select(gathered(Occasion.exercise, cast(Occasion.ended_on, String)))
        .select_from(Occasion)
        .join(Membership, Membership.couple_id == Occasion.couple_id)
        .where(*mine, _CLOSED, Occasion.ended_on >= LATELY)
    )
    return rows.correlate(Person).scalar_subquery()
