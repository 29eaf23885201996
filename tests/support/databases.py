"""Databases of a test's own."""

import secrets

import sqlalchemy as sa
from flask import Flask

from app.core.db import db


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
