"""The codes of a therapist: one for each couple they invite, and one of their own that any couple may type."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from app.accounts.models import Person
from app.accounts.service import Visitor
from app.core.db import db, lock
from app.core.errors import DomainError, NotFound
from app.core.ids import new_id
from app.therapist.models import VALID, CoupleCode, Practice
from app.therapist.signs import code_of, hash_of

MOST = 20
"""How many couples one therapist may have invited at a time."""


class NoPolicy(DomainError):
    """The therapist has not said yet how they handle secrets."""

    message = lazy_gettext("First say how you handle secrets. Both partners read it before they decide.")


class EnoughInvited(DomainError):
    """As many codes are open as there may be."""

    message = lazy_gettext("Many of your codes are still open. Take back one that is not needed.")


class NoCode(DomainError):
    """No code like this is open."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = lazy_gettext("No code like this is open. Ask your therapist for a new one.")


@dataclass(frozen=True, slots=True)
class Code:
    """A code as its therapist sees it. `expires_at` is None for the one of their own."""

    id: str
    code: str
    expires_at: datetime | None


def make_code(visitor: Visitor, *, standing: bool, now: datetime) -> None:
    """A code for one couple, or the therapist's own, in place of the one before. Raises NoPolicy, EnoughInvited."""
    lock(db.session.get_one(Person, visitor.person_id))
    if db.session.get(Practice, visitor.person_id) is None:
        raise NoPolicy
    open_ = codes_of(visitor, now=now)
    for each in open_:
        if standing and each.expires_at is None:
            withdraw_code(visitor, each.id, now=now)
    if not standing and len(open_) >= MOST:
        raise EnoughInvited
    ident, ends = new_id(), None if standing else now + VALID
    row = CoupleCode(id=ident, therapist_id=visitor.person_id, code_hash=hash_of(code_of(ident)))
    row.created_at, row.expires_at = now, ends
    db.session.add(row)
    db.session.flush()


def codes_of(visitor: Visitor, *, now: datetime) -> list[Code]:
    """The therapist's open codes, the newest first. One statement."""
    mine = select(CoupleCode).where(CoupleCode.therapist_id == visitor.person_id, _open(now))
    rows = db.session.scalars(mine.order_by(CoupleCode.created_at.desc(), CoupleCode.id))
    return [Code(row.id, code_of(row.id), row.expires_at) for row in rows]


def withdraw_code(visitor: Visitor, code_id: str, *, now: datetime) -> None:
    """Make a code worthless. Who has used it already stays. Raises NotFound for what is not theirs, or over."""
    mine = (CoupleCode.id == code_id, CoupleCode.therapist_id == visitor.person_id, _open(now))
    if not db.session.execute(update(CoupleCode).where(*mine).values(withdrawn_at=now)).rowcount:  # type: ignore[attr-defined]
        raise NotFound


def therapist_of(typed: str) -> str | None:
    """Whose code this is or was, also when it is over; None when it never was one."""
    return db.session.scalar(select(CoupleCode.therapist_id).where(CoupleCode.code_hash == hash_of(typed)))


def use_code(typed: str, *, now: datetime) -> str:
    """The therapist whose code this is. One for a single couple is used up. Raises NoCode."""
    row = db.session.scalar(select(CoupleCode).where(CoupleCode.code_hash == hash_of(typed), _open(now)))
    if row is None:
        raise NoCode
    lock(row)
    therapist = db.session.get_one(Person, row.therapist_id)
    if row.used_at is not None or row.withdrawn_at is not None or therapist.disabled_at is not None:
        raise NoCode
    if row.expires_at is not None:
        row.used_at = now
    return row.therapist_id


def sweep_codes(*, before: datetime) -> None:
    """Forget the codes that were over before then."""
    over = or_(CoupleCode.expires_at < before, CoupleCode.withdrawn_at < before)
    db.session.execute(delete(CoupleCode).where(over))


def _open(now: datetime) -> ColumnElement[bool]:
    ahead = or_(CoupleCode.expires_at.is_(None), CoupleCode.expires_at > now)
    return and_(CoupleCode.used_at.is_(None), CoupleCode.withdrawn_at.is_(None), ahead)
