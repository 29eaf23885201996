"""What the tests of the engine share: a gateway that sends nothing, a turn of the clockwork, rows made by hand."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import jobs
from app.accounts.models import Person
from app.core.crypto import seal, vault
from app.core.db import db, transaction
from app.core.ids import new_id
from app.push import service as push
from app.push.answers import Answer
from app.push.models import TEST, Notification, PushSubscription
from app.push.sending import Push
from app.push.service import devices
from tests.factories import NOW
from tests.push.devices import Browser

FCM, MOZILLA = "https://fcm.googleapis.com/fcm/send/", "https://updates.push.services.mozilla.com/wpush/v2/"


class Sink:
    """A gateway that keeps what it is given, and answers as told: all alike, or each by its endpoint."""

    def __init__(self) -> None:
        self.pushes: list[Push] = []
        self.answer: Answer = Answer(201)
        self.answers: dict[str, Answer] = {}
        self.before: Callable[[], object] = lambda: None
        """What happens while it sends, such as somebody erasing themselves."""

    def send(self, pushes: Sequence[Push], *, now: datetime) -> list[Answer]:
        self.before()
        self.pushes += pushes
        return [self.answers.get(each.endpoint, self.answer) for each in pushes]

    def close(self) -> None:
        """There is nothing to let go of."""

    @property
    def shown(self) -> list[dict[str, Any]]:
        """What the devices would show, opened."""
        return [json.loads(each.body)["notification"] for each in self.pushes]

    @property
    def endpoints(self) -> Counter[str]:
        """How often each device was pushed to."""
        return Counter(each.endpoint for each in self.pushes)


@pytest.fixture
def sink(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Sink:
    """In the place of the gateway."""
    sink = Sink()
    monkeypatch.setitem(app.extensions, "gateway", sink)
    return sink


@pytest.fixture
def ring(app: Flask) -> Callable[[], None]:
    """`ring()`: the clockwork comes by once."""

    def come_by() -> None:
        assert jobs.run(app, jobs.Step(jobs.ring, timedelta(seconds=20)))

    return come_by


@pytest.fixture
def plant(app: Flask) -> Callable[..., Browser]:
    """`plant(ana, "https://…")`: a device of Ana's, made by hand and past every check."""

    def make(person: Person, endpoint: str = FCM, *, known: Browser | None = None, **others: Any) -> Browser:
        browser = known or Browser(f"{FCM}{new_id()}" if endpoint == FCM else endpoint)
        told = browser.told("")
        ident = others.pop("id", None) or new_id()
        with app.app_context(), transaction():
            key = push.current_key() or push.rotate_keys(now=NOW)
            words = json.dumps([endpoint if endpoint != FCM else browser.endpoint, told["p256dh"], told["auth"]])
            row = PushSubscription(
                id=ident,
                person_id=person.id,
                key_id=key.id,
                endpoint_hash=vault().fingerprint(ident, "a test"),
                address=seal(vault().unwrap(person.key.wrapped, person.id), words, devices._about(ident, person.id)),
                service="fcm.googleapis.com",
                label="Firefox on Linux",
                created_at=NOW,
                synced_on=NOW.date(),
            )
            for name, value in others.items():
                setattr(row, name, value)
            db.session.add(row)
        return browser

    return make


@pytest.fixture
def lay(app: Flask) -> Callable[..., None]:
    """`lay(ana)`: a test notification for Ana in the outbox; or one of another kind, about something."""

    def enqueue(person: Person, kind: str = TEST, subject: str = "one", **others: Any) -> None:
        with app.app_context(), transaction():
            push.enqueue(person.id, kind, subject, **{"now": NOW, "until": NOW + timedelta(hours=3), **others})

    return enqueue


@pytest.fixture
def outbox(app: Flask) -> Callable[..., list[Notification]]:
    """`outbox()`: every notification there is; `outbox(ana)`: Ana's."""

    def look(*people: Person) -> list[Notification]:
        with app.app_context():
            rows = select(Notification).order_by(Notification.created_at, Notification.subject)
            wanted = rows.where(Notification.person_id.in_([each.id for each in people])) if people else rows
            return list(db.session.scalars(wanted))

    return look


@pytest.fixture
def devices_left(app: Flask) -> Callable[..., list[PushSubscription]]:
    """`devices_left(ana)`: the rows of Ana's devices, whether they ring or not."""

    def look(person: Person) -> list[PushSubscription]:
        with app.app_context():
            rows = select(PushSubscription).where(PushSubscription.person_id == person.id)
            return list(db.session.scalars(rows.order_by(PushSubscription.created_at, PushSubscription.id)))

    return look
