"""What can be sat again, and how gently that is told. Of the one who looks alone: nobody's is anybody else's.

What the first page must know rides along with the statement that asks who visits: `FINISHED`, `HINTED`, `INSTALLED`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import String, case, cast, func, select

from app.accounts.models import Person
from app.accounts.service import person_by_id
from app.assessments.instrument import Instrument
from app.assessments.keys import Key, keys
from app.assessments.models import Assessment, Hint, InstrumentPack
from app.assessments.service.sealed import Sitting
from app.assessments.shelf import BUILT_IN
from app.core.db import db, lock
from app.core.gathered import gathered, rows_in, values_in
from app.couples.models import Membership
from app.couples.service import Pair

DELAY = timedelta(days=7)
_OFF = "off"


FINISHED = (
    select(gathered(Assessment.instrument, func.coalesce(cast(Assessment.finished_on, String), "")))
    .join(Membership, (Membership.couple_id == Assessment.couple_id) & (Membership.person_id == Assessment.person_id))
    .where(Assessment.person_id == Person.id, Membership.left_at.is_(None))
    .correlate(Person)
    .scalar_subquery()
)
"""Of a person in their couple: each sitting, as instrument and day; without a day while it is begun."""

HINTED = (
    select(case((Hint.off_at.is_not(None), _OFF), else_=cast(Hint.not_before, String)))
    .where(Hint.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)
"""Until when a person wants no hint: a day, "off", or None."""

INSTALLED = select(gathered(InstrumentPack.instrument)).scalar_subquery()
"""What the operator installed. The same for everybody."""


def latest(sittings: Iterable[Sitting], couple_id: str) -> dict[str, date | None]:
    """Instrument → the day of its latest sitting in a couple, None while one is begun."""
    return _latest((each.instrument, each.finished_on) for each in sittings if each.couple_id == couple_id)


def latest_told(finished: str | None) -> dict[str, date | None]:
    """The same from what FINISHED says."""
    return _latest((ident, date.fromisoformat(day) if day else None) for ident, day in rows_in(finished))


def _latest(sat: Iterable[tuple[str, date | None]]) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for instrument, day in sat:
        before = found.get(instrument, date.min)
        found[instrument] = None if day is None or before is None else max(day, before)
    return found


def due_on(instrument: Instrument | Key, latest: Mapping[str, date | None]) -> date | None:
    """From which day on it can be sat again; None while it can be sat for the first time, or to its end."""
    last = latest.get(instrument.id)
    return None if last is None else last + timedelta(weeks=instrument.every_weeks)


def first_due(finished: str | None, installed: str | None, today: date) -> tuple[Key | None, bool]:
    """(the first on the shelf that can be sat now, if any; whether it is begun). From FINISHED and INSTALLED."""
    latest, there = latest_told(finished), {*BUILT_IN, *values_in(installed)}
    on_shelf = (key for ident, key in keys().items() if ident in there)
    found = next((key for key in on_shelf if (day := due_on(key, latest)) is None or day <= today), None)
    return found, found is not None and latest.get(found.id, today) is None


def hints(hinted: str | None, today: date) -> bool:
    """Whether somebody wants to be told today. From what HINTED says."""
    return hinted is None or (hinted != _OFF and date.fromisoformat(hinted) <= today)


def hints_at_all(hinted: str | None) -> bool:
    """Whether somebody wants to be told at some time."""
    return hinted != _OFF


def put_off(pair: Pair, *, now: datetime) -> None:
    """Tell me nothing for a week."""
    _hint(pair).not_before = pair.today(now) + DELAY


def stop_telling(pair: Pair, *, now: datetime) -> None:
    """Tell me nothing any more."""
    _hint(pair).off_at = now


def tell_again(pair: Pair) -> None:
    """Tell me again, from now on."""
    hint = _hint(pair)
    hint.off_at = hint.not_before = None


def _hint(pair: Pair) -> Hint:
    lock(person_by_id(pair.me.id))
    return db.session.merge(Hint(person_id=pair.me.id))
