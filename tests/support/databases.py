"""Apps that lose no time, databases of a test's own, and what a database is asked."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

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


class _Compiled(BytecodeCache):
    """What templates become, for all apps of a run: each is compiled once, and not once for each app."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


def hurried(app: Flask) -> Flask:
    """The same app, which on SQLite waits for no disk. Power cuts are the business of `core/test_db.py`."""
    app.jinja_env.bytecode_cache = _Compiled()
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
