"""The devices that accept pushes: subscribed, listed, and dropped. Each belongs to one person, and to one session."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, and_, delete, exists, select, update

from app.accounts.models import AuthSession
from app.accounts.service import Visitor, person_by_id
from app.core.crypto import seal, unseal, vault
from app.core.db import db, lock
from app.core.errors import DomainError, NotFound
from app.core.ids import new_id
from app.push import gateway
from app.push.endpoints import BadEndpoint, endpoint_of
from app.push.models import Notification, PushSubscription, VapidKey

MOST = 10
"""Devices of one person. One more takes the place of the one that has been away longest."""


class BadSubscription(DomainError):
    """What a browser sent is not a subscription with a push service that we know."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = lazy_gettext("This browser named a push service that Attune does not send to.")


class ForeignSubscription(DomainError):
    """This browser is subscribed for somebody else. It has to subscribe anew."""

    message = lazy_gettext("This browser still rings for somebody else.")


class Removed(DomainError):
    """The person has taken this browser off the list. It rings again when they ask for it there."""

    status = HTTPStatus.GONE
    message = lazy_gettext("You have taken this browser off the list of those that ring.")


@dataclass(frozen=True, slots=True)
class Device:
    """What a browser says of its subscription. `key` is the public key it was made with; `label` what it is called."""

    endpoint: str
    p256dh: str
    auth: str
    key: str
    label: str


def subscribe(
    visitor: Visitor, device: Device, hosts: Iterable[str], *, asked: bool, loopback: bool, now: datetime
) -> PushSubscription:
    """Note that a browser still rings for the visitor, or, where they have `asked` for it, let it ring.

    Raises BadSubscription and ForeignSubscription; and if not asked for, Removed for one that they took off the list,
    NotFound for one that was never on it.
    """
    try:
        service = endpoint_of(device.endpoint, hosts, loopback=loopback).service
    except BadEndpoint as error:
        raise BadSubscription from error
    key = db.session.scalar(select(VapidKey).where(VapidKey.public == device.key))
    if key is None or not gateway.are_device_keys(device.p256dh, device.auth):
        raise BadSubscription
    # Two pages of one browser at once: the later waits here, and finds what the first has noted.
    lock(person_by_id(visitor.person_id))
    hashed = vault().fingerprint(device.endpoint, "push-endpoint")
    known = db.session.scalar(select(PushSubscription).where(PushSubscription.endpoint_hash == hashed))
    if known is not None and known.person_id != visitor.person_id:
        raise ForeignSubscription
    if not asked and known is None:
        raise NotFound
    if not asked and known is not None and known.removed_at is not None:
        raise Removed
    if known is None:
        _make_room(visitor.person_id)
        known = PushSubscription(id=new_id(), person_id=visitor.person_id, endpoint_hash=hashed, created_at=now)
        db.session.add(known)
    words = json.dumps([device.endpoint, device.p256dh, device.auth])
    known.address = seal(
        vault().unwrap(visitor.wrapped_key, visitor.person_id), words, _about(known.id, known.person_id)
    )
    known.key_id, known.service, known.session_id = key.id, service, visitor.session_id
    known.label, known.synced_on, known.removed_at = device.label[:80], now.date(), None
    db.session.flush()
    _forget_earlier(known)
    return known


def open_address(row_id: str, person_id: str, wrapped_key: bytes, address: bytes) -> tuple[str, str, str]:
    """(endpoint, p256dh, auth) of a subscription. Raises Undecipherable."""
    endpoint, p256dh, auth = json.loads(
        unseal(vault().unwrap(wrapped_key, person_id), address, _about(row_id, person_id))
    )
    return endpoint, p256dh, auth


def devices_of(person_id: str) -> list[PushSubscription]:
    """The devices of a person that ring, newest visit first."""
    mine = select(PushSubscription).where(PushSubscription.person_id == person_id, rings())
    return list(
        db.session.scalars(mine.order_by(PushSubscription.synced_on.desc(), PushSubscription.created_at.desc()))
    )


def drop_device(person_id: str, subscription_id: str, *, now: datetime) -> None:
    """Let one of my devices ring no more until it is asked for there. Raises NotFound for any other."""
    mine = update(PushSubscription).where(
        PushSubscription.id == subscription_id,
        PushSubscription.person_id == person_id,
        PushSubscription.removed_at.is_(None),
    )
    if not db.session.execute(mine.values(removed_at=now, address=b"")).rowcount:  # type: ignore[attr-defined]
        raise NotFound


def note_shown(person_id: str, shown: str, *, now: datetime) -> None:
    """A device of mine tells what it has shown: the id of the notification, a dot, its own. Raises NotFound."""
    notification_id, _, subscription_id = shown.partition(".")
    notification = db.session.get(Notification, notification_id)
    device = db.session.get(PushSubscription, subscription_id)
    if notification is None or device is None or {notification.person_id, device.person_id} != {person_id}:
        raise NotFound
    device.shown_at = now


def turned_away(*, since: datetime) -> list[tuple[str, str]]:
    """The push services that have refused what we sent for a fault of ours, with their answer: (host, status)."""
    refused = select(PushSubscription.service, PushSubscription.failure).where(
        PushSubscription.failed_at > since, PushSubscription.failure.in_(("400", "401", "403", "413"))
    )
    return [(row[0], row[1] or "") for row in db.session.execute(refused.distinct().order_by(PushSubscription.service))]


def sweep_devices() -> None:
    """Drop the devices whose session has been ended: signing out ends the ringing, too."""
    ended = select(AuthSession.id).where(AuthSession.ended_at.is_not(None))
    db.session.execute(delete(PushSubscription).where(PushSubscription.session_id.in_(ended)))


def rings() -> ColumnElement[bool]:
    """Whether a subscription still rings: it is on the list, and its session was not ended. Running out is no end."""
    ended = exists().where(AuthSession.id == PushSubscription.session_id, AuthSession.ended_at.is_not(None))
    return and_(PushSubscription.removed_at.is_(None), ~ended)


def _forget_earlier(subscription: PushSubscription) -> None:
    """A browser has one subscription: the ones before, of the same session, are over."""
    same = PushSubscription.session_id == subscription.session_id
    db.session.execute(delete(PushSubscription).where(same, PushSubscription.id != subscription.id))


def _make_room(person_id: str) -> None:
    devices = select(PushSubscription.id).where(PushSubscription.person_id == person_id)
    by_visit = devices.order_by(
        PushSubscription.removed_at.is_(None).desc(),
        PushSubscription.synced_on.desc(),
        PushSubscription.created_at.desc(),
    )
    for surplus in db.session.scalars(by_visit.offset(MOST - 1)).all():
        db.session.execute(delete(PushSubscription).where(PushSubscription.id == surplus))


def _about(row_id: str, person_id: str) -> str:
    return f"push_subscriptions|{row_id}|address|{person_id}"
