"""The keys we push with. The newest is offered to devices; older ones stay as long as a device is bound to them."""

from datetime import datetime

from sqlalchemy import delete, func, select, update

from app.core.crypto import Undecipherable, vault
from app.core.db import db
from app.core.ids import new_id
from app.push import gateway
from app.push.models import PushSubscription, VapidKey

_LIVING = select(VapidKey).where(VapidKey.retired_at.is_(None)).order_by(VapidKey.created_at.desc()).limit(1)
PUBLIC_KEY = _LIVING.with_only_columns(VapidKey.public).scalar_subquery()
"""What `current_key` tells of itself, or NULL."""


def current_key() -> VapidKey | None:
    """The key that devices subscribe with, or None before there is one."""
    return db.session.scalars(_LIVING).first()


def rotate_keys(*, now: datetime) -> VapidKey:
    """Make a new key. Devices follow at their next visit; until then each is pushed to with the key it knows."""
    db.session.execute(update(VapidKey).where(VapidKey.retired_at.is_(None)).values(retired_at=now))
    pair, ident = gateway.new_keys(), new_id()
    key = VapidKey(id=ident, public=pair.public, private=vault().keep(pair.private, f"vapid|{ident}"), created_at=now)
    db.session.add(key)
    db.session.flush()
    return key


def devices_behind() -> int:
    """How many devices are bound to a key that is retired."""
    old = select(VapidKey.id).where(VapidKey.retired_at.is_not(None))
    living = PushSubscription.removed_at.is_(None)
    return db.session.scalar(select(func.count()).where(PushSubscription.key_id.in_(old), living)) or 0


def keys_shut() -> int:
    """How many of the keys do not open."""
    return sum(1 for key in db.session.scalars(select(VapidKey)) if not _opens(key))


def private_of(key: VapidKey) -> bytes:
    """The private half, as PEM. Raises Undecipherable."""
    return vault().kept(key.private, f"vapid|{key.id}")


def retire_unused_keys() -> None:
    """Forget the retired keys that no device is bound to any more."""
    used = select(PushSubscription.key_id)
    db.session.execute(delete(VapidKey).where(VapidKey.retired_at.is_not(None), VapidKey.id.not_in(used)))


def _opens(key: VapidKey) -> bool:
    try:
        private_of(key)
    except Undecipherable:
        return False
    return True
