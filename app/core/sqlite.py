"""SQLite, made safe: a library without the WAL-reset bug if there is one, and a durable mode for what is there.

Two modes only. WAL with synchronous=FULL where the library has the fix (3.51.3, or 3.50.7 and 3.44.6 on their
lines), else a rollback journal with synchronous=EXTRA. WAL with NORMAL loses acknowledged rows in a power cut.
"""

import importlib
import sqlite3
from time import sleep
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, PoolProxiedConnection, event

WRITE = "attune_write"
"""Execution option that makes a connection's transaction begin as a writing one."""

PATIENCE = 5_000
"""Milliseconds for which a transaction waits for another that writes."""

PAUSE = 20
"""Milliseconds between two tries at what the library does not wait for."""


def driver() -> ModuleType:
    """The DB-API module to use: Python's own when its library is sound, else the bundled one, if installed."""
    if sound(sqlite3.sqlite_version_info):
        return sqlite3
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def sound(version: tuple[int, ...]) -> bool:
    """Whether this version of the SQLite library may run in WAL mode with several writers."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def mode(module: ModuleType) -> tuple[str, str]:
    """(journal_mode, synchronous) for this library."""
    return ("WAL", "FULL") if sound(module.sqlite_version_info) else ("DELETE", "EXTRA")


def prepare(engine: Engine) -> None:
    """Make each connection of `engine` durable, and each transaction say at once whether it writes."""
    dbapi = engine.dialect.import_dbapi() if engine.dialect.dbapi is None else engine.dialect.dbapi
    journal, synchronous = mode(dbapi)  # type: ignore[arg-type]

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={PATIENCE}")
        _keep_journal(connection, journal, dbapi)
        for pragma in (
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
            "cell_size_check=ON",
            # KiB that a connection may hold of the file; the 2,000 of the library make rows in large tables cost twice.
            "cache_size=-8192",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_as_told(connection: Connection) -> None:
        begin(connection.connection, writes=connection.get_execution_options().get(WRITE, False))


def _keep_journal(connection: Any, journal: str, dbapi: Any) -> None:
    """Set the mode of the journal. Here the library waits for nobody, not for whoever makes the file just now."""
    for left in reversed(range(PATIENCE // PAUSE)):
        try:
            connection.execute(f"PRAGMA journal_mode={journal}")
        except dbapi.OperationalError:
            if not left:
                raise
            sleep(PAUSE / 1000)
        else:
            return


def begin(connection: PoolProxiedConnection, *, writes: bool) -> None:
    """Begin a transaction on a connection that `prepare` has seen."""
    # A read that turns into a write fails at once under load, whatever the timeout (957 of 1,200
    # transactions): so a read may not write at all, and a write takes its lock at the start.
    raw: Any = connection.dbapi_connection
    # The pragma makes SQLite compile every statement anew: so only when it changes something.
    if connection.info.get(WRITE) != writes:
        raw.execute("PRAGMA query_only=OFF" if writes else "PRAGMA query_only=ON")
        connection.info[WRITE] = writes
    raw.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
