"""The form of a backup: one .tar.gz with the copy of the database, the two keys, and a note that says what it is.

Whoever has it can read everything; it is made with mode 0600. Nothing is taken from one before all of it is checked.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.crypto import Undecipherable, Vault
from app.core.sqlite import driver
from app.exercises.words import open_words

FORMAT = 1
ABOUT, MASTER_KEY, SECRET_KEY = "about.json", "master_key", "secret_key"
COPY = {"sqlite": "attune.sqlite3", "postgresql": "attune.pgdump"}
"""The name of the copy in the archive, for each kind of database."""


class Unusable(RuntimeError):
    """A backup cannot be made or used. The message is one sentence that says why."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What an archive says of itself. `revision` is that of the database, None when it had no tables."""

    database: str
    revision: str | None
    made_at: str
    format: int = FORMAT


def pack(archive: Path, about: About, folder: Path) -> None:
    """Write `archive` from the copy and the keys in `folder`, and see it safe on the disk."""
    (folder / ABOUT).write_text(json.dumps(asdict(about), indent=1))
    descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
            for name in (ABOUT, COPY[about.database], MASTER_KEY, SECRET_KEY):
                tar.add(folder / name, name, filter=_anonymous)
        file.flush()
        os.fsync(file.fileno())


def unpack(archive: Path, folder: Path) -> About:
    """Lay what `archive` holds into `folder`, whole and proven: the keys in it open the words in it.

    Raises Unusable, with a sentence, for anything less; OSError where there is no room for it, or the like.
    """
    try:
        _read_to_the_end(archive)
        with tarfile.open(archive, "r:gz") as tar:
            about = About(**json.loads(_extract(tar, ABOUT, folder).read_text()))
            if about.format != FORMAT:
                raise Unusable(f"{archive.name} was made by a newer Attune. Update this one first.")
            copy = _extract(tar, COPY[about.database], folder)
            master = bytes.fromhex(_extract(tar, MASTER_KEY, folder).read_text())
            _extract(tar, SECRET_KEY, folder)
        vault = Vault(master)
    except (OSError, EOFError, tarfile.TarError, zlib.error, KeyError, TypeError, ValueError) as error:
        if isinstance(error, OSError) and error.errno:
            # Of what is read, no fault has a number: this is of where it is read from or laid.
            raise
        raise Unusable(f"{archive.name} is damaged, or is no backup of Attune.") from error
    _prove(about, copy, vault, archive.name)
    return about


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _read_to_the_end(archive: Path) -> None:
    """The check sum stands at the end, so nothing is believed before that."""
    with gzip.open(archive) as stream:
        while stream.read(1 << 20):
            pass


def _extract(tar: tarfile.TarFile, name: str, folder: Path) -> Path:
    source = tar.extractfile(name)
    if source is None:
        raise ValueError(name)
    target = folder / name
    with source, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(source, file)
    return target


def _prove(about: About, copy: Path, vault: Vault, name: str) -> None:
    look = _look_into_sqlite if about.database == "sqlite" else _look_into_postgres
    keys, responses = look(copy, name)
    try:
        persons = {person: vault.unwrap(wrapped, person) for person, wrapped in keys}
        for prompt, author, words in responses:
            open_words(persons[author], "responses", prompt, author, words)
    except (Undecipherable, KeyError) as error:
        raise Unusable(f"The key in {name} does not open the words in it.") from error


_Found = tuple[Iterable[tuple[str, bytes]], Iterable[tuple[str, str, bytes]]]
"""All wrapped keys of persons (person, key), and one response (prompt, author, words), if there is any."""


def _look_into_sqlite(copy: Path, name: str) -> _Found:
    module = driver()
    try:
        with closing(module.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)) as database:
            if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Unusable(f"The database in {name} is damaged.")
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            keys, one = (
                "SELECT person_id, wrapped FROM person_keys",
                "SELECT prompt_id, author_id, words FROM responses",
            )
            return (
                database.execute(keys).fetchall() if "person_keys" in tables else [],
                database.execute(f"{one} LIMIT 1").fetchall() if "responses" in tables else [],
            )
    except module.DatabaseError as error:
        raise Unusable(f"The database in {name} is damaged.") from error


def _look_into_postgres(copy: Path, _name: str) -> _Found:
    def rows(table: str) -> list[list[str]]:
        told = run_tool("pg_restore", "--data-only", f"--table={table}", "--file=-", str(copy))
        found = re.search(rf"^COPY \S*{table} \((.*?)\) FROM stdin;\n(.*?)^\\\.$", told, re.MULTILINE | re.DOTALL)
        if found is None:
            return []
        columns = found[1].split(", ")
        picked = [columns.index(column) for column in _COLUMNS[table]]
        return [[line.split("\t")[each] for each in picked] for line in found[2].splitlines()]

    keys = [(person, _bytea(wrapped)) for person, wrapped in rows("person_keys")]
    return keys, [(prompt, author, _bytea(words)) for prompt, author, words in rows("responses")[:1]]


_COLUMNS = {"person_keys": ("person_id", "wrapped"), "responses": ("prompt_id", "author_id", "words")}


def _bytea(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\\\x"))


def run_tool(name: str, *words: str, password: str | None = None) -> str:
    """Run a program of PostgreSQL, and give what it printed. Raises Unusable with what it complained of."""
    program = shutil.which(name)
    if program is None:
        raise Unusable(f"{name} is not installed: it comes with PostgreSQL's client programs.")
    env = {**os.environ, "PGPASSWORD": password} if password else None
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False, env=env)  # noqa: S603
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it gave no reason"]
        raise Unusable(f"{name} failed: {lines[0]}")
    return done.stdout
