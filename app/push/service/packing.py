"""Due notifications into pushes: judged by a gate, then one for each device, made ready to be sent."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.accounts.models import Person, PersonKey
from app.core.crypto import Undecipherable, vault
from app.core.db import db
from app.push.messages import Line, payload
from app.push.models import FAILED, SENT, SKIPPED, Delivery, PushService, PushSubscription, VapidKey
from app.push.sending import Letter, Push
from app.push.service.devices import open_address, rings
from app.push.service.keys import private_of


@dataclass(frozen=True, slots=True)
class Due:
    """A notification whose time has come, for the gate to judge."""

    id: str
    person_id: str
    kind: str
    subject: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """It is still wanted: what the lock screen shows, where a tap leads, and how many prompts are open.

    letter: what goes by e-mail when no device rings. rings: whether it goes to devices at all.
    """

    line: Line
    path: str
    lang: str
    badge: int
    actions: dict[str, str] = field(default_factory=dict)
    urgency: str = "normal"
    letter: Letter | None = None
    rings: bool = True


@dataclass(frozen=True, slots=True)
class Later:
    """It is wanted, but not before this instant."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Nobody needs it any more."""


Gate = Callable[[Sequence[Due]], dict[str, Wanted | Later | Unwanted]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One push of a batch, with the rows it is about."""

    notification_id: str
    subscription_id: str
    service: str
    push: Push


@dataclass(slots=True)
class Batch:
    """What has been claimed: pushes to send, letters to send, and the notifications that still wait for a service."""

    parcels: list[Parcel] = field(default_factory=list)
    letters: dict[str, Letter] = field(default_factory=dict)
    """By the id of the notification."""

    held: dict[str, datetime] = field(default_factory=dict)
    looked_at: int = 0

    @property
    def pushes(self) -> list[Push]:
        """The pushes, in the order of the parcels."""
        return [parcel.push for parcel in self.parcels]


def pack(batch: Batch, wanted: dict[str, tuple[Due, Wanted]], base_url: str, *, now: datetime) -> dict[str, list[str]]:
    """Make one push for each device that has not been given the notification yet, or a letter where none rings.

    Gives the ids of those that nothing is left to do for, by what became of them: SENT, SKIPPED or FAILED.
    """
    devices = _devices_of({due.person_id for due, _ in wanted.values()})
    given, blocked, privates = _given(list(wanted)), _blocked(now), _privates() if devices else {}
    empty: dict[str, list[str]] = {SENT: [], SKIPPED: [], FAILED: []}
    unsendable = set()
    for due, verdict in wanted.values():
        rings_on, made = devices.get(due.person_id, []) if verdict.rings else [], len(batch.parcels)
        if verdict.letter and not rings_on:
            batch.letters[due.id] = verdict.letter
            continue
        left = [row for row in rings_on if (due.id, row.id) not in given]
        for row in left:
            if row.service in blocked:
                batch.held[due.id] = min(blocked[row.service], batch.held.get(due.id, blocked[row.service]))
            elif parcel := _parcel(due, verdict, row, privates.get(row.key_id), base_url, now):
                batch.parcels.append(parcel)
            else:
                unsendable.add(row.id)
        if len(batch.parcels) == made and due.id not in batch.held:
            empty[FAILED if left else SENT if rings_on else SKIPPED].append(due.id)
    if unsendable:
        named = update(PushSubscription).where(PushSubscription.id.in_(unsendable))
        db.session.execute(named.values(failed_at=now, failure="unsendable"))
    return empty


def _given(notification_ids: list[str]) -> set[tuple[str, str]]:
    given = select(Delivery.notification_id, Delivery.subscription_id)
    return {(row[0], row[1]) for row in db.session.execute(given.where(Delivery.notification_id.in_(notification_ids)))}


def _devices_of(person_ids: set[str]) -> dict[str, list[Any]]:
    devices: dict[str, list[Any]] = {}
    for row in db.session.execute(_DEVICES.where(PushSubscription.person_id.in_(person_ids))):
        devices.setdefault(row.person_id, []).append(row)
    return devices


def _privates() -> dict[str, bytes]:
    """The private keys by their ids, but for those that do not open: what is bound to them cannot be sent."""
    privates = {}
    for key in db.session.scalars(select(VapidKey)):
        with suppress(Undecipherable):
            privates[key.id] = private_of(key)
    return privates


_DEVICES = (
    select(
        PushSubscription.id,
        PushSubscription.person_id,
        PushSubscription.address,
        PushSubscription.service,
        PushSubscription.key_id,
        PersonKey.wrapped,
    )
    .join(PersonKey, PersonKey.person_id == PushSubscription.person_id)
    .join(Person, Person.id == PushSubscription.person_id)
    .where(rings(), Person.disabled_at.is_(None))
)


def _parcel(due: Due, verdict: Wanted, row: Any, private: bytes | None, base_url: str, now: datetime) -> Parcel | None:
    """The push of a notification to a device, or None when it does not open. It must not be in the way of the others.

    It stays: after a mistake with the master key every one of them is so, and each opens again when that is mended.
    """
    try:
        endpoint, p256dh, auth = open_address(row.id, row.person_id, row.wrapped, row.address)
    except (Undecipherable, ValueError):
        return None
    if private is None:
        return None
    mark = vault().fingerprint(f"{due.person_id}|{due.kind}|{due.subject.rstrip('+')}", "push-topic")[:32]
    body = payload(
        verdict.line,
        ident=f"{due.id}.{row.id}",
        tag=mark,
        navigate=base_url + verdict.path,
        lang=verdict.lang,
        badge=verdict.badge,
        actions=verdict.actions,
    )
    ttl = max(1, int((due.expires_at - now).total_seconds()))
    push = Push(endpoint, p256dh, auth, row.key_id, private, body, ttl, verdict.urgency, mark)
    return Parcel(due.id, row.id, row.service, push)


def _blocked(now: datetime) -> dict[str, datetime]:
    rows = select(PushService.host, PushService.blocked_until).where(PushService.blocked_until > now)
    return {host: until for host, until in db.session.execute(rows) if until is not None}
