"""Bringing a backup back. The old is moved aside and kept; nothing is touched before the backup is proven whole."""

import os
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

from flask import current_app
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import DatabaseError

from app import erased
from app.archive import COPY, About, Unusable, run_tool, unpack
from app.backup import BROUGHT, key_files, libpq
from app.config import Config
from app.core.crypto import Vault
from app.core.db import db
from app.core.sqlite import driver
from app.schema import database_file, known
from app.serving import holding


@dataclass(frozen=True)
class Restored:
    """What a restore did: the instant the backup was made, and where the old lies, if there was any."""

    made_at: str
    aside: Path | None


def restore(config: Config, archive: Path, *, force: bool, now: datetime) -> Restored:
    """Put what `archive` holds in place, sign everybody out, and erase again who was erased since.

    Raises Unusable, before anything is changed, when the archive is not whole, or when something is there and not
    `force`; InUse when Attune runs. Both say it in a sentence.
    """
    with holding(config.data, alone=True), tempfile.TemporaryDirectory(dir=config.data, prefix=BROUGHT) as name:
        fresh = Path(name)
        try:
            about = unpack(archive, fresh)
        except OSError as error:
            raise Unusable(f"{archive.name} cannot be laid into {config.data} ({error.strerror}).") from error
        _fits(config, about, archive.name)
        _keys_fit(config, fresh)
        place = _place_postgres if database_file(config) is None else _place_sqlite
        aside = _place_aside(config, now)
        place(config, fresh, aside, force, now)
        _place_keys(config, fresh, aside)
        _take_keys(config, fresh)
        return Restored(about.made_at, aside if aside.exists() else None)


def _fits(config: Config, about: About, name: str) -> None:
    here = "postgresql" if database_file(config) is None else "sqlite"
    if about.database != here:
        raise Unusable(f"{name} holds a database of {about.database}, but DATABASE_URL names one of {here}.")
    if about.revision is not None and not known(about.revision):
        raise Unusable(f"{name} was made by a newer Attune. Update this one first.")


def _keys_fit(config: Config, fresh: Path) -> None:
    for name, path in key_files(config).items():
        if not _is_there(path, fresh / name) and not os.access(path.parent, os.W_OK):
            raise Unusable(f"The key {path} would have to be replaced, but its folder cannot be written to.")


def _place_sqlite(config: Config, fresh: Path, aside: Path, force: bool, now: datetime) -> None:
    copy, file = fresh / COPY["sqlite"], database_file(config)
    assert file is not None  # noqa: S101 - the caller chose by it
    if file.exists() and not force and _holds_something():
        raise Unusable(f"There is a database at {file} already. With --force it is moved aside.")
    with closing(driver().connect(copy)) as database:
        database.execute("PRAGMA foreign_keys=ON")
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for statement, values in _corrections(config, tables, now):
            database.execute(statement, values)
        database.commit()
    db.engine.dispose()
    for old in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))):
        if old.exists():
            _move_aside(old, aside)
    copy.replace(file)


def _place_postgres(config: Config, fresh: Path, aside: Path, force: bool, now: datetime) -> None:
    url, copy, old = make_url(config.database_url), COPY["postgresql"], None
    how = ("--no-owner", "--single-transaction", f"--dbname={libpq(url)}")
    if _holds_something():
        if not force:
            raise Unusable("There are tables in the database already. With --force they are copied, then replaced.")
        aside.mkdir(mode=0o700)
        old = str(aside / copy)
        run_tool("pg_dump", "--format=custom", f"--file={old}", f"--dbname={libpq(url)}", password=url.password)
        _drop_tables()
    try:
        run_tool("pg_restore", *how, str(fresh / copy), password=url.password)
    except Unusable:
        if old is not None:
            run_tool("pg_restore", *how, old, password=url.password)
        raise
    with db.engine.begin() as connection:
        for statement, values in _corrections(config, set(inspect(connection).get_table_names()), now):
            connection.execute(text(statement), values)
        # A server looks over its rows now and then; until it had, it would plan as if it knew nothing of them.
        connection.execute(text("ANALYZE"))


def _drop_tables() -> None:
    """All that there are: those of a newer Attune, which no backup of an older one names, would hold on to others."""
    with db.engine.begin() as connection:
        quoted = map(connection.dialect.identifier_preparer.quote, inspect(connection).get_table_names())
        connection.execute(text(f"DROP TABLE {', '.join(quoted)} CASCADE"))


def _place_aside(config: Config, now: datetime) -> Path:
    """A folder that is not there yet, for what is moved aside: no earlier one may be written over."""
    names = (f"before-restore-{now:%Y-%m-%d-%H%M%S}{f'-{number}' if number else ''}" for number in count())
    return next(path for path in map(config.data.joinpath, names) if not path.exists())


def _holds_something() -> bool:
    try:
        return bool(inspect(db.engine).get_table_names())
    except DatabaseError:
        return True


def _corrections(config: Config, tables: set[str], now: datetime) -> list[tuple[str, dict[str, str]]]:
    """What must not come back: the sessions that were open then, and those who have erased themselves since."""
    at = now.replace(tzinfo=None).isoformat(sep=" ") if database_file(config) else now.isoformat()
    ended = [("UPDATE auth_sessions SET ended_at = :at WHERE ended_at IS NULL", {"at": at})]
    gone = [("DELETE FROM people WHERE id = :id", {"id": person}) for person in erased.everybody(config)]
    return (ended if "auth_sessions" in tables else []) + (gone if "people" in tables else [])


def _place_keys(config: Config, fresh: Path, aside: Path) -> None:
    for name, path in key_files(config).items():
        found = fresh / name
        try:
            if _is_there(path, found):
                continue
            if path.exists():
                _move_aside(path, aside)
            _write_key(path, found.read_text())
        except OSError as error:
            raise Unusable(f"The key {path} cannot be replaced ({error.strerror}).") from error


def _take_keys(config: Config, fresh: Path) -> None:
    """Let this process go on with the keys that came: it has still to bring the tables up to date."""
    came = {name: bytes.fromhex((fresh / name).read_text()) for name in key_files(config)}
    current_app.extensions["attune"] = replace(config, **came)  # type: ignore[arg-type]
    current_app.extensions["vault"] = Vault(current_app.extensions["attune"].master_key)


def _is_there(path: Path, found: Path) -> bool:
    return path.exists() and path.read_text().strip() == found.read_text().strip()


def _write_key(path: Path, text_of_key: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text_of_key)
        file.flush()
        os.fsync(file.fileno())


def _move_aside(old: Path, aside: Path) -> None:
    aside.mkdir(mode=0o700, exist_ok=True)
    old.rename(aside / old.name)
