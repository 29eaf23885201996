"""Alembic's environment: the app's own engine, so that both databases run the same migrations."""

from alembic import context
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection

from app.core.sqlite import PATIENCE, WRITE

migrate = current_app.extensions["migrate"]


def skip_empty(_context: MigrationContext, _revision: object, directives: list[MigrationScript]) -> None:
    """Write no file when nothing has changed."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def run() -> None:
    """Run the migrations over one writing connection, in one transaction."""
    with migrate.db.engine.connect().execution_options(**{WRITE: True}) as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if sqlite:
            # A batch rebuilds a table: cascades must not fire while the old one is dropped.
            raw.execute("PRAGMA foreign_keys=OFF")
            # Whoever else migrates takes as long as it takes.
            raw.execute("PRAGMA busy_timeout=60000")
        try:
            with connection.begin():
                if not sqlite:
                    be_alone(connection)
                migrate_over(connection)
                if sqlite and raw.execute("PRAGMA foreign_key_check").fetchone():
                    raise RuntimeError("a row would point at nothing, so nothing was changed")
        finally:
            if sqlite:
                raw.execute("PRAGMA foreign_keys=ON")
                raw.execute(f"PRAGMA busy_timeout={PATIENCE}")


def be_alone(connection: Connection) -> None:
    """Let one process migrate at a time, and take as long as it takes. SQLite's writing transaction does so anyway."""
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4156)")


def migrate_over(connection: Connection) -> None:
    """Do what the command asked for."""
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        process_revision_directives=skip_empty,
        **migrate.configure_args,
    )
    context.run_migrations()


run()
