"""The outbox: what is to be said is laid into it in the transaction that causes it, and claimed and settled later.

Claim, then act: whoever moves `next_try_at` on has the right to deliver, for as long as LEASE. A worker that dies
meanwhile costs a wait, and at worst a repeat, which takes the place of the first on the device.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, exists, func, or_, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import Instant, db
from app.core.ids import new_id
from app.push.models import FAILED, MISSED, SENT, SKIPPED, Delivery, Notification, PushService
from app.push.service.packing import Batch, Due, Gate, Later, Unwanted, Wanted, pack

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)
"""How long a settled notification stays, so that none of its kind comes twice about one thing."""

_LAY = text(
    "INSERT INTO notifications (id, person_id, kind, subject, created_at, expires_at, next_try_at, tries)"
    " VALUES (:id, :person, :kind, :subject, :now, :until, :at, 0) ON CONFLICT DO NOTHING"
).bindparams(*(bindparam(name, type_=Instant()) for name in ("now", "until", "at")))


def enqueue(
    person_id: str, kind: str, subject: str, *, now: datetime, until: datetime, at: datetime | None = None
) -> None:
    """Lay a notification into the outbox, to be delivered from `at` (by default now) until `until`.

    A second of the same kind about the same subject changes nothing.
    """
    enqueue_each([person_id], kind, subject, now=now, until=until, at=at)


def enqueue_each(
    people: Iterable[str], kind: str, subject: str, *, now: datetime, until: datetime, at: datetime | None = None
) -> None:
    """The same for many people (by their ids), at least one."""
    words = {"kind": kind, "subject": subject, "now": now, "until": until, "at": at or now}
    db.session.execute(_LAY, [{"id": new_id(), "person": person_id, **words} for person_id in people])


def postpone(person_id: str, notification_id: str, *, now: datetime, by: timedelta) -> bool:
    """Ring once more after a while, as long as that lies within its window. Whether it will."""
    first = db.session.get(Notification, notification_id)
    if first is None or first.person_id != person_id or now + by >= first.expires_at:
        return False
    enqueue(person_id, first.kind, f"{first.subject}+", now=now, until=first.expires_at, at=now + by)
    return True


def claim(gate: Gate, *, base_url: str, now: datetime, most: int = 500) -> Batch:
    """Claim up to `most` due notifications and make the pushes of those that are still wanted."""
    due = _claimed(now, most)
    batch = Batch(looked_at=len(due))
    done: dict[str, list[str]] = {MISSED: [each.id for each in due if each.expires_at <= now]}
    waiting: dict[datetime, list[str]] = {}
    wanted: dict[str, tuple[Due, Wanted]] = {}
    fresh = [each for each in due if each.expires_at > now]
    verdicts = _judged(gate, fresh)
    for each in fresh:
        verdict = verdicts.get(each.id)
        if isinstance(verdict, Wanted):
            wanted[each.id] = (each, verdict)
        elif isinstance(verdict, Later) and verdict.at < each.expires_at:
            waiting.setdefault(verdict.at, []).append(each.id)
        else:
            done.setdefault(SKIPPED if verdict else FAILED, []).append(each.id)
    for outcome, ids in (*done.items(), *pack(batch, wanted, base_url, now=now).items()):
        _settle(ids, outcome, now)
    for until, ids in waiting.items():
        _wait(ids, until)
    return batch


def _judged(gate: Gate, due: Sequence[Due]) -> dict[str, Wanted | Later | Unwanted]:
    """What the gate says of each. One that it stumbles over has no verdict, and is not in the way of the others."""
    try:
        return gate(due) if due else {}
    except SQLAlchemyError:
        raise
    except Exception as error:
        if len(due) == 1:
            # The type only: an error's text can hold what somebody wrote.
            log.error("a %s notification cannot be judged: %s", due[0].kind, type(error).__name__)  # noqa: TRY400
            return {}
    middle = len(due) // 2
    return {**_judged(gate, due[:middle]), **_judged(gate, due[middle:])}


def sweep_notifications(*, now: datetime) -> None:
    """Forget what was settled a month ago, and the services that are well."""
    db.session.execute(delete(Notification).where(Notification.finished_at < now - KEPT))
    free = or_(PushService.blocked_until.is_(None), PushService.blocked_until < now)
    db.session.execute(delete(PushService).where(PushService.failures == 0, free))


def overdue(before: datetime) -> int:
    """How many notifications have been due since before then, and are not even claimed."""
    due = select(func.count()).where(Notification.next_try_at < before)
    return db.session.scalar(due) or 0


def _claimed(now: datetime, most: int) -> list[Due]:
    due = select(Notification.id).where(Notification.next_try_at <= now).order_by(Notification.next_try_at).limit(most)
    ids = list(db.session.scalars(due.with_for_update(skip_locked=True)))
    if not ids:
        return []
    moved = update(Notification).where(Notification.id.in_(ids), Notification.next_try_at <= now)
    db.session.execute(moved.values(next_try_at=now + LEASE, tries=Notification.tries + 1))
    rows = select(
        Notification.id, Notification.person_id, Notification.kind, Notification.subject, Notification.expires_at
    ).where(Notification.id.in_(ids))
    return [Due(*row) for row in db.session.execute(rows)]


def _settle(ids: Sequence[str], outcome: str, now: datetime) -> None:
    """Be done with these. What a device has been given already was sent, whatever became of the rest."""
    if not ids:
        return
    given = exists().where(Delivery.notification_id == Notification.id)
    done = update(Notification).where(Notification.id.in_(ids))
    values = {"next_try_at": None, "finished_at": now, "outcome": case((given, SENT), else_=outcome)}
    db.session.execute(done.values(values), execution_options={"synchronize_session": False})


def _wait(ids: Iterable[str], until: datetime) -> None:
    waiting = update(Notification).where(Notification.id.in_(ids))
    db.session.execute(waiting.values(next_try_at=until, tries=Notification.tries - 1))
