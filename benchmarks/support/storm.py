"""People to be told, in a storm: who they are, on which push services, and what may reach each of them, and when."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.core.crypto import seal
from app.core.db import transaction
from app.core.ids import new_id
from app.exercises.models import CHECK_IN, Prompt, Response
from app.push import service as push
from app.push.models import PushSubscription
from app.reminders.models import EVERY_DAY, Reminder, ReminderSettings, ReminderSlot
from app.reminders.service.wishes import default_settings
from benchmarks.support.house import Guest, House, couples, insert
from benchmarks.support.moods import GONE, MOODS, STEADY
from benchmarks.support.phones import device_keys

WAITS, DONE, PAUSED, ANSWERS, ASLEEP = "waits", "done", "paused", "answers", "asleep"
"""Waits to be told · has answered already · has a week off · answers while it storms · is due while nobody is up."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Device:
    """A device, by the last part of its endpoint, and the push service that it is with."""

    name: str
    mood: str

    @property
    def gone(self) -> bool:
        """Whether its service says that it is no more."""
        return self.name.startswith(GONE)


@dataclass(frozen=True)
class Someone:
    """Somebody in the storm. They may be told from `due` until `until`."""

    guest: Guest
    prompt_id: str
    sort: str
    due: datetime
    until: datetime
    devices: tuple[Device, ...]


@dataclass(frozen=True)
class Plan:
    """How the storm goes, in minutes from `begins`."""

    begins: datetime
    people: int
    slots: int
    first_due: int
    window: int
    well: int
    answers: int
    night: tuple[int, int]
    """When nobody is up, from and until. Those who are ASLEEP are due in it, and their window ends in it."""

    def at(self, minute: float) -> datetime:
        """The instant of a minute."""
        return self.begins + minute * MINUTE


def gather(home: House, plan: Plan, ports: Mapping[str, int]) -> list[Someone]:
    """Lay down everybody, with a prompt for each couple, and a slot for each minute in which somebody is due."""
    with home.app.app_context(), transaction():
        key_id = push.rotate_keys(now=plan.begins).id
    with home.loading() as connection, home.app.app_context():
        pairs = couples(home, connection, plan.people // 2, now=plan.begins)
        prompts = {first.couple: new_id() for first, _ in pairs}
        day = {"day": plan.begins.date(), "exercise": CHECK_IN, "take": 1}
        insert(connection, Prompt, [{"id": ident, "couple_id": couple, **day} for couple, ident in prompts.items()])
        guests = [guest for pair in pairs for guest in pair]
        crowd = [_someone(number, guest, prompts[guest.couple], plan) for number, guest in enumerate(guests)]
        insert(connection, Response, [answer(each, plan.begins) for each in crowd if each.sort == DONE])
        insert(connection, ReminderSettings, [_pause(each, plan) for each in crowd if each.sort == PAUSED])
        _set_clocks(connection, crowd)
        _hand_out(connection, crowd, ports, key_id, plan.begins)
        connection.commit()
    return crowd


def answer(someone: Someone, now: datetime) -> dict[str, object]:
    """The row of an answer to their prompt."""
    place = {"prompt_id": someone.prompt_id, "author_id": someone.guest.id}
    return {**place, "ratings": {}, "words": b"-", "given_on": now.date(), "submitted_at": now}


def _someone(number: int, guest: Guest, prompt_id: str, plan: Plan) -> Someone:
    sort = {0: DONE, 1: PAUSED, 2: ANSWERS, 3: ASLEEP}.get(number % 20, WAITS)
    due = plan.at(plan.first_due + number % plan.slots)
    until = due + plan.window * MINUTE
    if sort == ASLEEP:
        due, until = plan.at(plan.night[0] + 2), plan.at(plan.night[1] - 2)
    moods = [MOODS[number // 20 % len(MOODS)]] + [STEADY] * (number % 3 == 0)
    return Someone(guest, prompt_id, sort, due, until, tuple(_device(mood, number) for mood in moods))


def _device(mood: str, number: int) -> Device:
    gone = mood == GONE and number % 2
    return Device(f"{GONE if gone else 'here'}-{secrets.token_hex(8)}", mood)


def _pause(someone: Someone, plan: Plan) -> dict[str, object]:
    chosen = default_settings(someone.guest.id)
    names = [column.key for column in ReminderSettings.__table__.columns]
    return {**{name: getattr(chosen, name) for name in names}, "paused_until": plan.begins + timedelta(days=7)}


def _set_clocks(connection: sa.Connection, crowd: Sequence[Someone]) -> None:
    slots = {(each.due, each.until): new_id() for each in crowd}
    insert(
        connection,
        ReminderSlot,
        [
            {
                "id": ident, "zone": "UTC", "at": due.hour * 60 + due.minute, "weekdays": EVERY_DAY,
                "window": (until - due) // MINUTE, "next_due_at": due, "cursor": "",
            }
            for (due, until), ident in slots.items()
        ],
    )  # fmt: skip
    members = [{"slot_id": slots[each.due, each.until], "person_id": each.guest.id} for each in crowd]
    insert(connection, Reminder, members)


def _hand_out(
    connection: sa.Connection, crowd: Sequence[Someone], ports: Mapping[str, int], key_id: str, now: datetime
) -> None:
    keys = device_keys()
    rows = []
    for someone in crowd:
        for device in someone.devices:
            ident, service = new_id(), f"127.0.0.1:{ports[device.mood]}"
            words = json.dumps([f"http://{service}/push/{device.name}", keys["p256dh"], keys["auth"]])
            about = f"push_subscriptions|{ident}|address|{someone.guest.id}"
            rows.append({
                "id": ident, "person_id": someone.guest.id, "key_id": key_id, "endpoint_hash": secrets.token_hex(32),
                "address": seal(someone.guest.key, words, about), "service": service, "label": "A phone",
                "created_at": now, "synced_on": now.date(),
            })  # fmt: skip
    insert(connection, PushSubscription, rows)
