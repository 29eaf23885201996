"""Alembic's environment: the app's own engine, so that both databases run the same migrations."""

from alembic import context
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from flask import current_app

from app.core.sqlite import WRITE

migrate = current_app.extensions["migrate"]


def skip_empty(_context: MigrationContext, _revision: object, directives: list[MigrationScript]) -> None:
    """Write no file when nothing has changed."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def run() -> None:
    """Run the migrations over one writing connection."""
    with migrate.db.engine.connect().execution_options(**{WRITE: True}) as connection:
        if connection.dialect.name == "sqlite":
            # A batch rebuilds a table: cascades must not fire while the old one is dropped.
            raw = connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            process_revision_directives=skip_empty,
            **migrate.configure_args,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
        finally:
            if connection.dialect.name == "sqlite":
                raw.execute("PRAGMA foreign_keys=ON")


run()
