"""What happens to pushes. Nothing here commits, asks the time, or talks to the network."""

from app.push.messages import Line
from app.push.sending import Letter
from app.push.service.devices import (
    BadSubscription,
    Device,
    ForeignSubscription,
    Removed,
    devices_of,
    drop_device,
    note_shown,
    subscribe,
    sweep_devices,
    turned_away,
)
from app.push.service.keys import PUBLIC_KEY, current_key, devices_behind, keys_shut, retire_unused_keys, rotate_keys
from app.push.service.outbox import LEASE, claim, enqueue, enqueue_each, overdue, postpone, sweep_notifications
from app.push.service.packing import Batch, Due, Gate, Later, Unwanted, Wanted
from app.push.service.settling import record

__all__ = [
    "LEASE",
    "PUBLIC_KEY",
    "BadSubscription",
    "Batch",
    "Device",
    "Due",
    "ForeignSubscription",
    "Gate",
    "Later",
    "Letter",
    "Line",
    "Removed",
    "Unwanted",
    "Wanted",
    "claim",
    "current_key",
    "devices_behind",
    "devices_of",
    "drop_device",
    "enqueue",
    "enqueue_each",
    "keys_shut",
    "note_shown",
    "overdue",
    "postpone",
    "record",
    "retire_unused_keys",
    "rotate_keys",
    "subscribe",
    "sweep_devices",
    "sweep_notifications",
    "turned_away",
]
