"""The database: one base class, one session, one way to write.

A request reads freely. To write, it opens `transaction()`, once; services inside never commit.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVarTuple

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, Row, Select, TypeDecorator, event, inspect, update
from sqlalchemy.orm import DeclarativeBase, Session

from app.core.sqlite import WRITE

Columns = TypeVarTuple("Columns")


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

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


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


db = SQLAlchemy(metadata=Model.metadata)


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


def rows_of(statement: Select[*Columns], **values: Any) -> Sequence[Row[*Columns]]:
    """The plain rows of a statement made once, with `bindparam` for what differs: a fifth of the session's own cost."""
    db.session.flush()
    return db.session.connection().execute(statement, values).all()


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
