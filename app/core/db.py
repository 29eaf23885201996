"""The database: one base class, one session, one way to write.

A request reads freely. To write, it opens `transaction()`, once; services inside never commit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, PoolProxiedConnection, TypeDecorator, event, inspect, update
from sqlalchemy.orm import DeclarativeBase, Session

from app.core import sqlite
from app.core.prepared import Asked, prepared
from app.core.sqlite import WRITE


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, on databases that know zones and on SQLite, which does not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime; hand the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must know its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Give back aware UTC."""
        return _out_of_text if dialect.name == "sqlite" else _in_utc


def _out_of_text(value: str | None) -> datetime | None:
    # The text of SQLite names no zone. In one step: a page reads dozens of instants.
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """The base of every table. Each constraint gets a name, so that a migration can drop it again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Database(SQLAlchemy):
    """The session, and beside it the connection that `rows_of` reads on."""

    def init_app(self, app: Flask) -> None:
        """Let both go at the end of each request."""
        super().init_app(app)
        app.teardown_appcontext(lambda _error: _stop_reading())


db = Database(metadata=Model.metadata)


class WriteOutsideTransaction(RuntimeError):
    """Something was about to be written without `transaction()`."""


@contextmanager
def transaction() -> Iterator[None]:
    """Write: everything inside is committed together, or nothing is.

    What was read before is forgotten and read again when used, since a read is never turned into a write.
    """
    session = db.session()
    if session.info.get(WRITE):
        raise WriteOutsideTransaction("a transaction is open already; open it once, at the edge")
    session.rollback()
    _stop_reading()
    session.info[WRITE] = True
    try:
        session.connection(execution_options={WRITE: True})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(WRITE, None)


def rows_of(statement: Asked, **values: Any) -> list[Any]:
    """The plain rows of a select made once, with `bindparam` for what differs. By position or by name.

    They come from one read transaction for the whole request, without the session: opening and closing that costs as
    much as a page may. Once the session has begun, they come from its transaction.
    """
    if db.session.registry.has() and (session := db.session()).in_transaction():
        session.flush()
        connection = session.connection()
        return prepared(statement, connection.dialect).rows(connection.connection.dbapi_connection, values)
    dialect, reading = _reading()
    return prepared(statement, dialect).rows(reading.dbapi_connection, values)


def _reading() -> tuple[Dialect, PoolProxiedConnection]:
    found: tuple[Dialect, PoolProxiedConnection] | None = g.get("reading")
    if found is None:
        engine = db.engine
        g.reading = found = engine.dialect, engine.raw_connection()
        if engine.dialect.name == "sqlite":
            sqlite.begin(found[1], writes=False)
    return found


def _stop_reading() -> None:
    found = g.pop("reading", None)
    if found is not None:
        # The pool rolls back what it is given.
        found[1].close()


def lock(record: Model) -> None:
    """Hold this row until the transaction ends, and see it as it is now.

    A write that changes nothing takes the lock on every database; SQLite has no FOR UPDATE.
    """
    mapper = inspect(type(record))
    keys = dict(zip(mapper.primary_key, mapper.primary_key_from_instance(record), strict=True))
    statement = update(type(record)).where(*(column == value for column, value in keys.items()))
    db.session.execute(statement.values({column.key: column for column in keys}))
    db.session.refresh(record)


@event.listens_for(Session, "before_flush")
def _only_in_a_transaction(session: Session, *_args: Any) -> None:
    if not session.info.get(WRITE):
        raise WriteOutsideTransaction("open transaction() before changing a row")


@event.listens_for(Session, "after_begin")
def _one_connection(*_args: Any) -> None:
    # Two of one request would wait for each other, with a writer between them where readers are in its way.
    if has_app_context():
        _stop_reading()
