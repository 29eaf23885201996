"""A house for a benchmark: a data folder of its own, every table on either database, and couples who are signed in."""

import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import create_app, schema
from app.accounts.models import IDLE, PARTNER, AuthSession, Person, PersonKey
from app.accounts.service.sessions import hash_of
from app.config import Config
from app.core.crypto import vault
from app.core.db import Model, db
from app.core.ids import new_id
from app.core.sqlite import driver
from app.couples.models import QUINCE, SLOE, Couple, Membership
from tests.support.databases import create_database
from tests.support.postgres import postgres

SQLITE, POSTGRESQL = DATABASES = ("sqlite", "postgresql")
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class House:
    """Where a benchmark happens. `app` is for this process; a server makes its own, from the settings."""

    config: Config
    app: Flask

    @property
    def settings(self) -> dict[str, str]:
        """The environment in which a server works on this house."""
        return {"ATTUNE_DATA": str(self.config.data), "DATABASE_URL": self.config.database_url}

    @contextmanager
    def loading(self) -> Iterator[sa.Connection]:
        """A connection that lays down rows fast, with no care for a power cut. Commit them yourself."""
        url = self.config.database_url
        lite = url.startswith(SQLITE)
        with self.app.app_context():
            db.engine.dispose()
        engine = sa.create_engine(url, **({"module": driver()} if lite else {}))
        with engine.connect() as connection:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000000") if lite else ():
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            connection.commit()
            yield connection
        engine.dispose()

    def look(self, query: sa.Select[Any]) -> Sequence[Any]:
        """The rows of a query, as they are in the database at this moment."""
        with self.app.app_context():
            return db.session.execute(query).all()


@dataclass(frozen=True)
class Guest:
    """One partner of a couple, signed in by a session of their own. `key` seals their words."""

    id: str
    name: str
    side: str
    couple: str
    key: bytes = field(repr=False)
    token: str = field(repr=False)


@contextmanager
def house(database: str, folder: Path | None = None) -> Iterator[House]:
    """A house with empty tables on `database`, gone afterwards; with `folder`, what is there, and it stays."""
    with ExitStack() as stack:
        data = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="attune-")))
        env = {"ATTUNE_DATA": str(data)}
        if database == POSTGRESQL:
            env["DATABASE_URL"] = create_database(stack.enter_context(postgres()))
        config = Config.from_env(env)
        app = create_app(config)
        with app.app_context():
            schema.upgrade()
            stack.callback(db.engine.dispose)
        yield House(config, app)


def couples(house: House, connection: sa.Connection, count: int, *, now: datetime) -> list[tuple[Guest, Guest]]:
    """Let `count` couples be there for a month, everybody with a key, and signed in on one browser."""
    with house.app.app_context():
        made = [_couple(number) for number in range(count)]
        wrapped = {guest.id: key for pair, keys in made for guest, key in zip(pair, keys, strict=True)}
    pairs = [pair for pair, _ in made]
    guests = [guest for pair in pairs for guest in pair]
    month = now - timedelta(days=30)
    insert(connection, Person, [_person(guest, month) for guest in guests])
    insert(connection, PersonKey, [{"person_id": each, "wrapped": key} for each, key in wrapped.items()])
    insert(connection, Couple, [{"id": first.couple, "zone": "UTC", "created_at": month} for first, _ in pairs])
    insert(connection, Membership, [_membership(guest, month.date()) for guest in guests])
    insert(connection, AuthSession, [_session(guest, now) for guest in guests])
    return pairs


def insert(connection: sa.Connection, model: type[Model], rows: Rows) -> None:
    """Lay down rows of a table, with its defaults."""
    if rows:
        connection.execute(sa.insert(model.__table__), rows)


def _couple(number: int) -> tuple[tuple[Guest, Guest], tuple[bytes, bytes]]:
    couple, ana, ben = new_id(), new_id(), new_id()
    wrapped = vault().new_key(ana), vault().new_key(ben)
    keys = vault().unwrap(wrapped[0], ana), vault().unwrap(wrapped[1], ben)
    first = Guest(ana, f"Ana {number}", QUINCE, couple, keys[0], secrets.token_urlsafe(32))
    return (first, Guest(ben, f"Ben {number}", SLOE, couple, keys[1], secrets.token_urlsafe(32))), wrapped


def _person(guest: Guest, since: datetime) -> dict[str, Any]:
    particulars = {"zone": "UTC", "locale": "en", "theme": "auto", "role": PARTNER}
    # Nobody signs in here, so that no password need fit.
    return {
        "id": guest.id, "login": guest.id, "name": guest.name, "password_hash": "-", "created_at": since, **particulars,
    }  # fmt: skip


def _membership(guest: Guest, since: date) -> dict[str, Any]:
    place = {"couple_id": guest.couple, "person_id": guest.id, "side": guest.side}
    return {**place, "joined_on": since, "shows_answering": True}


def _session(guest: Guest, now: datetime) -> dict[str, Any]:
    return {
        "token_hash": hash_of(guest.token), "person_id": guest.id, "label": "Benchmark", "created_at": now,
        "seen_on": now.date(), "fresh_until": now, "expires_at": now + IDLE,
    }  # fmt: skip
