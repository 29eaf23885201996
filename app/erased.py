"""What is erased stays erased: in no journal of the database, and in no backup that is brought back."""

from datetime import date
from pathlib import Path

from app.config import Config
from app.core.db import db


def remember(config: Config, person_id: str, day: date) -> None:
    """Note that this person is gone for good."""
    # Beside the database and not in it, since a restore replaces that. Ids and days alone.
    with _file(config).open("a") as file:
        file.write(f"{person_id} {day.isoformat()}\n")


def everybody(config: Config) -> list[str]:
    """The ids of all who are gone for good."""
    file = _file(config)
    return [line.split()[0] for line in file.read_text().splitlines() if line] if file.exists() else []


def empty_journal() -> None:
    """What was deleted still lies in SQLite's write-ahead log until that is cut off. Readers in its way: next time."""
    if db.engine.dialect.name == "sqlite":
        connection = db.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def _file(config: Config) -> Path:
    return config.data / "erased"
