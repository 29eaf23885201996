"""Recovery codes: eight of them, each good for one new password. Kept only as keyed hashes."""

from datetime import datetime

from sqlalchemy import delete, func, select, update

from app.accounts.codes import COUNT, new_code, plain
from app.accounts.models import Person, RecoveryCode
from app.core.crypto import vault
from app.core.db import db, lock
from app.core.events import Event, tell


def renew_codes(person: Person) -> list[str]:
    """Eight fresh codes, to be shown this once. The ones before are void."""
    # Two pages at once: the later waits here, and its codes are those that hold.
    lock(person)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [new_code() for _ in range(COUNT)]
    db.session.add_all(RecoveryCode(person_id=person.id, code_hash=_hash(code)) for code in codes)
    return codes


def use_code(person_id: str, typed: str, *, now: datetime) -> bool:
    """Whether this is an unused code of the person; if so it is used up, once, however many try at the same time."""
    mine = update(RecoveryCode).where(
        RecoveryCode.person_id == person_id, RecoveryCode.code_hash == _hash(typed), RecoveryCode.used_at.is_(None)
    )
    used: bool = db.session.execute(mine.values(used_at=now)).rowcount == 1  # type: ignore[attr-defined]
    if used:
        tell(Event.RECOVERY_CODE_USED)
    return used


def codes_left(person_id: str) -> int:
    """How many codes a person has not used yet."""
    unused = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def _hash(typed: str) -> str:
    return vault().fingerprint(plain(typed), "recovery-code")
