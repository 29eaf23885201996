"""Backups: copies of everything, made while people write, and opened once before they count."""

import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import URL, make_url

from app.archive import COPY, MASTER_KEY, SECRET_KEY, About, Unusable, pack, run_tool, unpack
from app.config import Config
from app.core.sqlite import driver
from app.schema import database_file

KEPT = 14
"""How many backups of the folder's own are kept. A deleted account is gone from them once as many days are past."""
BEGUN, BROUGHT = ".backup-", ".restore-"
"""How the folders begin in which a backup is made, and one brought back. They are gone at the end."""
_NAME = "attune-%Y-%m-%d-%H%M%S.tar.gz"
_DATED = re.compile(r"attune-\d{4}-\d\d-\d\d-\d{6}\.tar\.gz")
_PAGES = 1000

Progress = Callable[[int, int], None]
"""Told how many pages are done, and of how many."""


def make(
    config: Config, target: Path | None = None, *, revision: str | None, now: datetime, progress: Progress
) -> Path:
    """Copy everything into one file, `target` or a dated one in the data folder, and prove it by opening it.

    Nobody has to wait for it. Raises Unusable; then there is no file.
    """
    folder = folder_of(config)
    target = (target or folder / now.strftime(_NAME)).absolute()
    if target.exists():
        raise Unusable(f"{target} is there already.")
    try:
        if target.parent == folder:
            folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=BEGUN) as name:
            work = Path(name)
            about = About(database=_kind(config), revision=revision, made_at=now.isoformat(timespec="seconds"))
            _copy(config, work / COPY[about.database], progress)
            (work / MASTER_KEY).write_text(config.master_key.hex() + "\n")
            (work / SECRET_KEY).write_text(config.secret_key.hex() + "\n")
            pack(work / "archive", about, work)
            (work / "proof").mkdir()
            unpack(work / "archive", work / "proof")
            (work / "archive").replace(target)
    except OSError as error:
        raise Unusable(f"{target} cannot be written ({error.strerror}).") from error
    except driver().Error as error:
        raise Unusable(f"{target} cannot be made ({error}).") from error
    return target


def folder_of(config: Config) -> Path:
    """The folder of the dated backups, there from the first of them on."""
    return config.data / "backups"


def dated(config: Config) -> list[Path]:
    """The dated backups, oldest first. What somebody else has named is theirs to keep."""
    return sorted(path for path in folder_of(config).glob("*") if _DATED.fullmatch(path.name))


def prune(config: Config, *, now: datetime) -> None:
    """Keep the newest of the dated backups, and remove the others."""
    # What a clock that went ahead has dated later than today is none of the newest.
    for old in sorted(dated(config), key=lambda path: (made_at(path) <= now, path))[:-KEPT]:
        old.unlink(missing_ok=True)
    sweep(config, now=now)


def sweep(config: Config, *, now: datetime) -> None:
    """Remove what a kill or a power cut left half done a day ago or more: copies of everything, with the keys."""
    for left in (*folder_of(config).glob(f"{BEGUN}*"), *config.data.glob(f"{BROUGHT}*")):
        if left.stat().st_mtime < (now - timedelta(days=1)).timestamp():
            shutil.rmtree(left, ignore_errors=True)


def age(config: Config, *, now: datetime) -> timedelta | None:
    """How old the newest dated backup is, None when there is none up to now."""
    times = [made_at(path) for path in dated(config)]
    return min((now - each for each in times if each <= now), default=None)


def made_at(path: Path) -> datetime:
    """When a dated backup was made, by the clock there was."""
    return datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)


def key_files(config: Config) -> dict[str, Path]:
    """Where the keys lie, by the names that they have in a backup. Without one that came in no file."""
    files = {MASTER_KEY: config.master_key_file, SECRET_KEY: config.secret_key_file}
    return {name: path for name, path in files.items() if path is not None}


def libpq(url: URL) -> str:
    """The address as PostgreSQL's programs take it, without the password, which others could see in a list."""
    # Without: to set it to None would leave it there, and PostgreSQL takes the *** that stand for it for the password.
    return url._replace(drivername="postgresql", password=None).render_as_string()


def _kind(config: Config) -> str:
    return "postgresql" if database_file(config) is None else "sqlite"


def _copy(config: Config, copy: Path, progress: Progress) -> None:
    file, url = database_file(config), make_url(config.database_url)
    if file is None:
        run_tool("pg_dump", "--format=custom", f"--file={copy}", f"--dbname={libpq(url)}", password=url.password)
    elif not file.exists():
        raise Unusable(f"There is no database at {file} yet.")
    else:
        _copy_sqlite(file, copy, progress)


def _copy_sqlite(file: Path, copy: Path, progress: Progress) -> None:
    with closing(driver().connect(file, isolation_level=None)) as source, closing(driver().connect(copy)) as target:
        source.execute("PRAGMA busy_timeout=5000")
        # One reading transaction: with a WAL the copy is of this instant, and no write starts it over.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=_PAGES, progress=lambda _status, left, all_: progress(all_ - left, all_))
        source.execute("COMMIT")
        target.execute("PRAGMA journal_mode=DELETE")
