"""After the sending: what became of each push, of each notification, and how the push services are doing.

Rows are taken in the order of their ids, so that two workers never wait for one another.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, text, update

from app.core.db import Instant, db
from app.push.answers import (
    BREAK,
    BREAKS_AFTER,
    DONE,
    GONE,
    LATER,
    OURS,
    UNSENT,
    WAITS,
    Answer,
    asked_to_wait,
    wait_before,
)
from app.push.models import FAILED, MISSED, SENT, Delivery, Notification, PushService, PushSubscription
from app.push.service.packing import Batch, Parcel

log = logging.getLogger(__name__)

Came = Sequence[tuple[Parcel, Answer]]

_GIVE = text(
    "INSERT INTO deliveries (notification_id, subscription_id, sent_at)"
    " VALUES (:notification, :subscription, :now) ON CONFLICT DO NOTHING"
).bindparams(bindparam("now", type_=Instant()))
_KNOW = text("INSERT INTO push_services (host, failures) VALUES (:host, 0) ON CONFLICT DO NOTHING")


def record(batch: Batch, answers: Sequence[Answer], posted: Mapping[str, Answer], *, now: datetime) -> None:
    """Keep what became of each push and letter of a batch, and settle the notifications that are done with."""
    came = list(zip(batch.parcels, answers, strict=True))
    ids = {*batch.held, *posted, *(parcel.notification_id for parcel, _ in came)}
    rows = select(Notification).where(Notification.id.in_(ids)).order_by(Notification.id).with_for_update()
    notifications = list(db.session.scalars(rows))
    _note_devices(came, {row.id for row in notifications}, now)
    _note_services(came, now)
    _note_letters(posted)
    _conclude(notifications, came, posted, batch, now)


def _note_letters(posted: Mapping[str, Answer]) -> None:
    for code in sorted({answer.code for answer in posted.values() if answer.means in {LATER, OURS}}):
        log.error("the mail server does not take what we send: %s", code)


def _note_devices(came: Came, notifications: set[str], now: datetime) -> None:
    """What each device was given, or why not. Its person may have been erased meanwhile, or the device dropped."""
    rows = select(PushSubscription.id).where(PushSubscription.id.in_({parcel.subscription_id for parcel, _ in came}))
    alive = set(db.session.scalars(rows.order_by(PushSubscription.id).with_for_update()))
    here = [(parcel, answer) for parcel, answer in came if parcel.subscription_id in alive]
    device = update(PushSubscription)
    for code in sorted({answer.code for _, answer in here if answer.means in {LATER, OURS}}):
        failed = {parcel.subscription_id for parcel, answer in here if answer.code == code}
        db.session.execute(device.where(PushSubscription.id.in_(failed)).values(failed_at=now, failure=code))
    given = [parcel for parcel, answer in here if answer.means == DONE]
    if given:
        done = device.where(PushSubscription.id.in_({parcel.subscription_id for parcel in given}))
        db.session.execute(done.values(sent_at=now, failed_at=None, failure=None))
    if rows_given := [
        {"notification": parcel.notification_id, "subscription": parcel.subscription_id, "now": now}
        for parcel in given
        if parcel.notification_id in notifications
    ]:
        db.session.execute(_GIVE, rows_given)
    if gone := {parcel.subscription_id for parcel, answer in here if answer.means == GONE}:
        db.session.execute(delete(PushSubscription).where(PushSubscription.id.in_(gone)))


def _note_services(came: Came, now: datetime) -> None:
    """Leave a service alone that asks for it, or that has failed BREAKS_AFTER times in a row."""
    by_host: dict[str, list[Answer]] = {}
    for parcel, answer in came:
        if answer.means != UNSENT:
            by_host.setdefault(parcel.service, []).append(answer)
    for host, answers in sorted(by_host.items()):
        for code in sorted({answer.code for answer in answers if answer.means == OURS}):
            log.error("%s does not take what we push: %s", host, code)
        failed = [answer.means == LATER for answer in answers]
        if any(failed):
            _note_failures(host, failed, [asked_to_wait(answer, now) for answer in answers], now)
        else:
            well = update(PushService).where(PushService.host == host, PushService.failures > 0)
            db.session.execute(well.values(failures=0))


def _note_failures(host: str, failed: list[bool], asked: list[timedelta | None], now: datetime) -> None:
    db.session.execute(_KNOW, {"host": host})
    known = db.session.get_one(PushService, host, with_for_update=True)
    in_a_row = len(failed) - max((at + 1 for at, each in enumerate(failed) if not each), default=0)
    known.failures = in_a_row if in_a_row < len(failed) else known.failures + in_a_row
    waits = [wait for wait in asked if wait is not None]
    if known.failures >= BREAKS_AFTER:
        waits.append(BREAK)
    if waits:
        # Another worker may have been asked to wait for longer.
        known.blocked_until = max(now + max(waits), known.blocked_until or now)


def _conclude(
    notifications: Sequence[Notification], came: Came, posted: Mapping[str, Answer], batch: Batch, now: datetime
) -> None:
    """Try again what a service could not take yet, as long as its window lasts; be done with the rest."""
    answers: dict[str, list[Answer]] = {ident: [answer] for ident, answer in posted.items()}
    for parcel, answer in came:
        answers.setdefault(parcel.notification_id, []).append(answer)
    ids = [row.id for row in notifications]
    given = set(db.session.scalars(select(Delivery.notification_id).where(Delivery.notification_id.in_(ids))))
    given |= {ident for ident, answer in posted.items() if answer.means == DONE}
    for notification in notifications:
        if notification.finished_at is not None:
            # We were too slow: somebody else has claimed it after us, and settled it.
            continue
        means = {answer.means for answer in answers.get(notification.id, ())}
        again = [batch.held[notification.id]] if notification.id in batch.held else []
        again += [now + wait_before(notification.tries)] if LATER in means else []
        again += [now + WAITS[0]] if UNSENT in means else []
        notification.next_try_at = min((each for each in again if each < notification.expires_at), default=None)
        if notification.next_try_at is None:
            tried = FAILED if means - {UNSENT} or notification.tries > 1 else MISSED
            notification.finished_at, notification.outcome = now, SENT if notification.id in given else tried
        elif not means - {UNSENT}:
            notification.tries -= 1
