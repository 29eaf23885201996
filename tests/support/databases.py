"""Databases of a test's own, and what a database is asked."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.prepared import Prepared


def create_database(url: str) -> str:
    """The URL of an empty database on the PostgreSQL server of `url`. It goes when the server goes."""
    server, name = sa.make_url(url), f"attune_{secrets.token_hex(4)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


def hurried(app: Flask) -> Flask:
    """The same app, which on SQLite waits for no disk. Power cuts are the business of `core/test_db.py`."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
    return app


@contextmanager
def asked(engine: sa.Engine) -> Iterator[list[str]]:
    """The SQL that is asked inside, through SQLAlchemy or past it, without BEGIN, COMMIT and PRAGMA."""
    seen: list[str] = []
    rows = Prepared.rows

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        seen.append(statement)

    def noted(prepared: Prepared, *args: Any) -> list[Any]:
        seen.append(prepared.sql)
        return rows(prepared, *args)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(Prepared, "rows", noted):
            yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
