"""Where the database stands between the migrations, and how it gets to the newest."""

import os
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import make_url

from app.config import Config
from app.core.db import db


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
        return MigrationContext.configure(connection).get_current_revision()


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
    command.upgrade(_alembic(), "head")


@cache
def _revisions() -> tuple[str, ...]:
    """All that this code knows, newest first. They lie in files, which do not change while it runs."""
    scripts = ScriptDirectory.from_config(_alembic())
    return tuple(script.revision for script in scripts.walk_revisions("base", "heads"))


def _alembic() -> AlembicConfig:
    found: AlembicConfig = current_app.extensions["migrate"].migrate.get_config()
    return found
