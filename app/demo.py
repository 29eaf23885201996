"""The demo: made-up people in a data folder of its own. The database says of itself that it is one, and of which day.

It says so in two numbers that SQLite keeps in the head of the file. A file without them is real, and never opened.
"""

import os
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app import backup, erased, schema
from app.backup import Progress
from app.config import Config
from app.core import clock
from app.core.db import db, transaction
from app.core.hashing import hasher
from app.core.sqlite import driver
from app.core.zones import zones
from app.demo_people import STEPS, digits, everybody, password, write
from app.demo_rows import Calendar
from app.scores import service as scores

MARK = b"demo"
"""The application id of a database in which everything is made up."""

_MARK_AT = 68
"""Where SQLite keeps the application id."""


class NoDemo(RuntimeError):
    """The demo cannot be made here. The message is a sentence for the operator."""


def init_app(app: Flask) -> None:
    """In a demo, let every page say so, and let people change into somebody else."""
    config: Config = app.extensions["attune"]
    if config.demo:
        app.context_processor(
            lambda: {"demo": {"people": everybody(), "password": password(), "digits": lambda: digits(clock.now())}}
        )


def settings(config: Config) -> dict[str, str]:
    """The environment of the demo: a folder beside the data of `config`, and none of its keys or databases."""
    own = dict.fromkeys(("DATABASE_URL", "MASTER_KEY_FILE", "SECRET_KEY", "SECRET_KEY_FILE"), "")
    return {**own, "ATTUNE_DEMO": "1", "ATTUNE_DATA": f"{config.data}-demo"}


def provide(config: Config, *, anew: bool, now: datetime, progress: Progress) -> bool:
    """Make the people and all that they have written, unless those of today are there. Whether it made them.

    Raises NoDemo, before anything is opened, where there is a database that is no demo.
    """
    file = schema.database_file(config)
    if file is None or file != config.data / "attune.sqlite3":
        raise NoDemo("The demo has a database of its own: leave DATABASE_URL empty for it.")
    if file.exists() and not marked(file):
        raise NoDemo(f"{file} is no demo, so it is left alone. Set ATTUNE_DATA to another folder.")
    calendar = Calendar(zone_here(), now)
    if not anew and file.exists() and _day_of_it() == _number(calendar.today):
        return False
    _make(config, file, calendar, progress)
    return True


def marked(file: Path) -> bool:
    """Whether a database says of itself that it is a demo. Reads the head of the file, and opens nothing."""
    with file.open("rb") as database:
        return database.read(_MARK_AT + len(MARK))[_MARK_AT:] == MARK


def zone_here() -> str:
    """The time zone of this machine, UTC where it does not tell."""
    told = os.environ.get("TZ", "").removeprefix(":")
    link = Path("/etc/localtime").resolve().as_posix().partition("/zoneinfo/")[2]
    return next((name for name in (told, link) if name in zones()), "UTC")


def _make(config: Config, file: Path, calendar: Calendar, progress: Progress) -> None:
    db.session.remove()
    db.engine.dispose()
    for old in (*(file.with_name(file.name + end) for end in ("", "-wal", "-shm", "-journal")), *backup.dated(config)):
        old.unlink(missing_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
    with closing(driver().connect(file)) as database:
        # First of all, so that a demo that was cut short is still known as one.
        database.execute(f"PRAGMA application_id = {int.from_bytes(MARK)}")
    schema.upgrade()
    # Not yet inside the transaction, since each takes its time.
    hashes = {person.login: hasher().hash(password()) for person in everybody()}
    progress(1, STEPS)
    with transaction():
        write(calendar, hashes, progress)
        scores.rebuild("", now=calendar.now)
        db.session.execute(text(f"PRAGMA user_version = {_number(calendar.today)}"))
    erased.empty_journal()


def _day_of_it() -> int | None:
    """The number of the day that the demo was made for, None when its tables are not those of this Attune."""
    if schema.current() != schema.head():
        return None
    return int(db.session.scalar(text("PRAGMA user_version")) or 0)


def _number(day: date) -> int:
    return int(f"{day:%Y%m%d}")
