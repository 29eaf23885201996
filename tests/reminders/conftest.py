"""What the tests of reminders begin with."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Person
from app.core import clock
from app.core.db import transaction
from app.reminders import service as reminders
from tests.push.engine import devices_left, lay, outbox, plant, ring, sink
from tests.reminders.people import visitor_of

__all__ = ["devices_left", "lay", "outbox", "plant", "ring", "sink"]


@pytest.fixture
def wish(app: Flask) -> Callable[..., None]:
    """`wish(ana, "20:30")`: Ana wants to be told then, every day; or as the fields say."""

    def add(person: Person, at: str = "20:30", **others: Any) -> None:
        hour, minute = map(int, at.split(":"))
        told = {"at": hour * 60 + minute, "weekdays": 127, "window": 180, "if_then": "", **others}
        with app.app_context(), transaction():
            reminders.add_reminder(visitor_of(person), **told, now=clock.now())

    return add


@pytest.fixture
def edit(app: Flask) -> Callable[..., None]:
    """`edit(ana, several=True)`: Ana wants to be told otherwise. Without quiet hours unless they are given."""

    def change(person: Person, **changes: Any) -> None:
        with app.app_context(), transaction():
            reminders.edit_settings(person.id, **{"quiet_from": 0, "quiet_to": 0, **changes})

    return change
