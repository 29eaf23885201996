"""People who can be reminded in earnest: couples, each of them with a phone, and all in a slot that is due."""

import base64
import json
import os
from datetime import datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.accounts.models import Person
from app.core.crypto import seal
from app.core.db import transaction
from app.core.ids import new_id
from app.push import service as push
from app.push.models import PushSubscription
from app.reminders.models import EVERY_DAY, WINDOW, Reminder, ReminderSlot
from benchmarks.support.house import Guest, House, couples, insert

KEYS = 200
"""Key pairs that the phones share among them: making one for each would take longer than all the rest."""


def device_keys() -> dict[str, str]:
    """What a browser gives out to be encrypted for."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    told = (point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), os.urandom(16))
    p256dh, auth = (base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in told)
    return {"p256dh": p256dh, "auth": auth}


def hand_out(home: House, people: int, port: int, *, now: datetime) -> None:
    """Lay down the people and their phones, whose push service is the one on `port`, at noon where they are."""
    with home.app.app_context(), transaction():
        key_id = push.rotate_keys(now=now).id
    noon = f"Etc/GMT{now.hour - 12:+d}"
    keys = [device_keys() for _ in range(KEYS)]
    with home.loading() as connection:
        guests = [guest for pair in couples(home, connection, people // 2, now=now) for guest in pair]
        connection.execute(sa.update(Person).values(zone=noon))
        slot = {"id": new_id(), "zone": noon, "at": 12 * 60, "weekdays": EVERY_DAY, "window": WINDOW}
        insert(connection, ReminderSlot, [{**slot, "next_due_at": now, "cursor": ""}])
        insert(connection, Reminder, [{"slot_id": slot["id"], "person_id": guest.id} for guest in guests])
        common = {"key_id": key_id, "service": f"localhost:{port}", "label": "A phone", "created_at": now}
        rows = [
            {**common, **_phone(guest, keys[number % KEYS], port), "synced_on": now.date()}
            for number, guest in enumerate(guests)
        ]
        insert(connection, PushSubscription, rows)
        connection.commit()


def _phone(guest: Guest, keys: dict[str, str], port: int) -> dict[str, object]:
    ident = new_id()
    words = json.dumps([f"https://localhost:{port}/push/{guest.id}", keys["p256dh"], keys["auth"]])
    sealed = seal(guest.key, words, f"push_subscriptions|{ident}|address|{guest.id}")
    return {"id": ident, "person_id": guest.id, "endpoint_hash": os.urandom(32).hex(), "address": sealed}
