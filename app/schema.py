"""Where the database stands between the migrations, and how it gets to the newest."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import Column, MetaData, String, Table, inspect, make_url, select

from app.config import ROOT, Config
from app.core.db import db

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

MIGRATIONS = ROOT / "migrations"

_VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32)))
"""Where Alembic notes the revision. It is read without Alembic, which few starts need and all would wait for."""


class TooNew(RuntimeError):
    """The database was made by a newer Attune than this one. The message is a sentence for the operator."""


def database_file(config: Config) -> Path | None:
    """The file of a SQLite database, whether or not it is there yet. None for PostgreSQL."""
    url = make_url(config.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def head() -> str:
    """The newest revision that this code knows."""
    return _revisions()[0]


def current() -> str | None:
    """The revision of the database, None while it is empty or not there."""
    file = database_file(current_app.extensions["attune"])
    if file is not None and not file.exists():
        return None
    with db.engine.connect() as connection:
        return connection.scalar(select(_VERSION)) if inspect(connection).has_table(_VERSION.name) else None


def known(revision: str) -> bool:
    """Whether this code can work with a database at this revision."""
    return revision in _revisions()


def pending() -> bool:
    """Whether there is something to migrate. Raises TooNew when the database is ahead of this code."""
    revision = current()
    if revision is not None and not known(revision):
        raise TooNew("The database was made by a newer Attune. Update this one first.")
    return revision != head()


def upgrade() -> None:
    """Bring the database to the newest revision. Two processes may do so at once: one does the work."""
    file = database_file(current_app.extensions["attune"])
    if file is not None and not file.exists():
        # SQLite gives its journal the rights of the database, so this one mode is enough.
        os.close(os.open(file, os.O_CREAT, 0o600))
    from alembic import command  # At the first use: it takes long to load, and most starts find their tables.

    command.upgrade(alembic(), "head")


def alembic() -> "AlembicConfig":
    """What Alembic is told of this app. From then on the commands of Flask-Migrate know of it, too."""
    from flask_migrate import Migrate  # At the first use, like all of Alembic.

    if "migrate" not in current_app.extensions:
        Migrate(current_app, db, directory=str(MIGRATIONS))
    found: AlembicConfig = current_app.extensions["migrate"].migrate.get_config()
    return found


@cache
def _revisions() -> tuple[str, ...]:
    """All that this code knows, newest first. Files are named after them, and do not change while it runs."""
    return tuple(sorted((path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/*.py")), reverse=True))
