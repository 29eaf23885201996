"""The commands of an operator: in a process of their own, as `./run` starts them, where the process is the point."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from app import __main__, backup, cli, create_app, serving, trouble
from app.__main__ import NOT_WHOLE
from app.config import ROOT, Config, WrongSetting
from app.core import sqlite
from app.core.db import db
from app.core.sqlite import driver
from tests.test_architecture import LATE

LINUX = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for child processes in /proc")
Command = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `setup` leaves it."""
    folder = tmp_path_factory.mktemp("house") / "data"
    told = subprocess.check_output([sys.executable, "-m", "app", "setup"], cwd=ROOT, env=_env(folder), text=True)
    assert told == f"All is set up in {folder}.\n"
    return folder


@pytest.fixture
def made(set_up: Path, data: Path) -> None:
    """The data folder is set up."""
    shutil.copytree(set_up, data)


@pytest.fixture
def start(data: Path) -> Iterator[Command]:
    """`start("serve", PORT="8001")`: the command, running. It is gone at the end of the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(*words: str, **settings: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "app", *words]
        env = {**_env(data), **settings}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
        running.append(subprocess.Popen(command, cwd=ROOT, env=env, text=True, **pipes))
        return running[-1]

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        # Ends only when nobody that it has started is left, either.
        process.communicate(timeout=30)


@pytest.fixture
def run(data: Path) -> Callable[..., tuple[int, str]]:
    """`code, told = run("doctor")`: the command, in this process."""

    def finish(*words: str, **settings: str) -> tuple[int, str]:
        app = create_app(Config.from_env({"ATTUNE_DATA": str(data), **settings}))
        result = app.test_cli_runner().invoke(args=words)
        with app.app_context():
            db.engine.dispose()
        return result.exit_code, result.output

    return finish


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


# Setting up


def test_setup_makes_all_and_may_be_repeated(run, data, made) -> None:
    keys = [(data / name).read_text() for name in ("master_key", "secret_key")]
    assert run("setup")[0] == 0
    assert [(data / name).read_text() for name in ("master_key", "secret_key")] == keys
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    files = [path for path in data.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"attune.sqlite3", "master_key", "secret_key"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in files} == {"0o600"}


def test_processes_that_start_first_at_once_make_one_key(data) -> None:
    told = subprocess.check_output([sys.executable, "-c", _AT_ONCE], cwd=ROOT, env=_env(data), text=True)
    key = (data / "master_key").read_text().rstrip()
    assert Counter(told.splitlines()) == {key: 4, f"All is set up in {data}.": 4, "[0, 0, 0, 0]": 1}
    assert len(key) == 64
    assert [path.name for path in data.glob(".*key*")] == []


_AT_ONCE = r"""
import os
import sys
from app.__main__ import main
from app.config import Config
sys.argv[1:] = ["setup"]
gate, opened = os.pipe()
children = []
for _ in range(4):
    child = os.fork()
    if not child:
        os.close(opened)
        os.read(gate, 1)
        sys.stdout.write(Config.from_env().master_key.hex() + "\n")
        main()
    children.append(child)
os.close(opened)
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
"""
"""One process loads the app. The four that are forked off it wait for each other, then begin."""


def test_a_change_of_the_tables_is_preceded_by_a_backup(run, data) -> None:
    assert run("db", "upgrade", "0002")[0] == 0
    code, told = run("setup")
    (kept,) = (data / "backups").iterdir()
    assert (code, str(kept) in told) == (0, True)
    assert run("setup")[0] == 0
    assert list((data / "backups").iterdir()) == [kept]


def test_a_database_of_a_newer_attune_is_left_alone(run, data, made) -> None:
    _sqlite(data, "UPDATE alembic_version SET version_num = '9999'")
    assert run("setup") == (1, "Error: The database was made by a newer Attune. Update this one first.\n")
    assert run("serve")[0] == 1


@pytest.mark.parametrize("fault", [WrongSetting, *NOT_WHOLE])
def test_a_setting_or_content_that_cannot_be_used_stops_it_with_a_sentence(fault, monkeypatch) -> None:
    def fail() -> None:
        raise fault("guide.toml: title is missing")

    monkeypatch.setattr(__main__, "create_app", fail)
    with pytest.raises(SystemExit) as stopped:
        __main__.main()
    assert stopped.value.code == "Error: guide.toml: title is missing"


def test_to_ask_for_the_version_makes_no_data_folder(monkeypatch, capsys) -> None:
    monkeypatch.setattr(__main__, "create_app", None)
    monkeypatch.setattr(sys, "argv", ["app", "--version"])
    with pytest.raises(SystemExit) as stopped:
        __main__.main()
    assert stopped.value.code == 0
    assert "Python 3." in capsys.readouterr().out


# There and back


def test_a_backup_is_made_and_brought_back(run, data, made, tmp_path) -> None:
    file, there = tmp_path / "all.tar.gz", tmp_path / "there"
    code, told = run("backup", str(file))
    assert (code, told) == (0, f"Everything is in {file}. Keep it as safe as the data: whoever has it can read it.\n")
    code, told = run("restore", str(file), ATTUNE_DATA=str(there))
    assert (code, told[:24]) == (0, "All is back as it was on")
    assert "what they have ended since" in told
    assert (there / "master_key").read_text() == (data / "master_key").read_text()
    assert run("restore", str(file)) == (
        1,
        f"Error: There is a database at {data / 'attune.sqlite3'} already. With --force it is moved aside.\n",
    )


# What a machine does to us


def test_what_is_wrong_with_the_disk_is_told_in_a_sentence_by_every_command(data, made, monkeypatch) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 40)
    app, file = create_app(Config.from_env({"ATTUNE_DATA": str(data)})), data / "attune.sqlite3"

    def told(*words: str) -> str:
        return app.test_cli_runner().invoke(args=words).output

    def fill(*_given: object) -> None:
        with closing(driver().connect(":memory:")) as database:
            database.execute("PRAGMA max_page_count=2")
            database.execute("CREATE TABLE much AS SELECT zeroblob(100000)")

    with monkeypatch.context() as patch:
        patch.setattr(backup, "_copy", fill)
        assert re.fullmatch(r"Error: \S+\.tar\.gz cannot be made \(database or disk is full\)\.\n", told("backup"))
        assert list((data / "backups").iterdir()) == []
        patch.setattr(cli, "set_up", fill)
        assert told("reset-factors", "thea") == f"Error: There is no room on the disk of the database {file}.\n"
    with closing(driver().connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert f"Error: The database {file} is busy: another program has been writing" in told("reset-factors", "thea")
    with app.app_context():
        db.engine.dispose()
    file.write_bytes(b"no database at all" * 500)
    for words in (("sign-out", "--yes"), ("backup",)):
        assert told(*words).startswith(f"Error: The database {file} is damaged, or is none. docs/backups.md says")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('connection failed: connection to server at "::1", port 5 failed: FATAL:  role "a" does not exist', "role"),
        ('connection failed: connection to server at "::1", port 5 failed: Connection refused\n\tIs it there?', "Conn"),
        ("failed to resolve host 'nowhere.invalid': [Errno -2] Name or service not known", "Name or service not known"),
        ("connection timeout expired", ""),
    ],
)
def test_why_a_postgres_cannot_be_reached_is_told_and_its_address_is_not(text, why) -> None:
    config = Config(data=Path(), database_url="postgresql+psycopg://[::1]:5/a", secret_key=b"", master_key=b"")
    told = trouble.sentence(OperationalError("", {}, Exception(text)), config)
    assert told.startswith("DATABASE_URL: the database cannot be reached" + (f" ({why}" if why else "."))
    assert "::1" not in told
    assert "nowhere" not in told


def test_a_folder_or_a_package_that_is_missing_is_named(run, data, made, monkeypatch) -> None:
    told = "Error: /nowhere/attune.sqlite3: No such file or directory.\n"
    assert run("setup", DATABASE_URL="sqlite:////nowhere/attune.sqlite3") == (1, told)
    monkeypatch.setattr("app.find_spec", lambda _name: None)
    with pytest.raises(
        WrongSetting, match=r"^DATABASE_URL: PostgreSQL needs one more package: .venv/bin/python -m pip"
    ):
        run("setup", DATABASE_URL="postgresql://127.0.0.1/attune")


# Serving


def test_serve_tells_its_address_serves_and_stops_when_asked(start, port, made) -> None:
    server = start("serve", PORT=port)
    assert _told(server, "listens") == f"Attune listens on http://127.0.0.1:{port}\n"
    with ExitStack() as slow:
        for _ in range(200):
            halfway = slow.enter_context(socket.create_connection(("127.0.0.1", int(port))))
            halfway.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert _get(port, "/healthz") == b"ok\n"
    assert _get(port, "/readyz") == b"ok\n"
    server.send_signal(signal.SIGINT)
    assert server.wait(10) == 0


def test_a_request_that_has_begun_is_answered_before_the_server_stops(start, port) -> None:
    server = start("serve", PORT=port)
    _told(server, "listens")
    with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as visitor:
        head = (b"GET /healthz HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close", b"Content-Length: 1")
        visitor.sendall(b"\r\n".join((*head, b"Expect: 100-continue", b"", b"")))
        assert visitor.recv(100).startswith(b"HTTP/1.1 100")
        server.send_signal(signal.SIGTERM)
        _until(lambda: _refused(port))
        assert server.poll() is None
        visitor.sendall(b".")
        assert _all_of(visitor).startswith(b"HTTP/1.1 200")
    assert server.wait(10) == 0


def test_a_long_answer_arrives_whole_although_the_server_was_asked_to_stop(port) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    server = subprocess.Popen([sys.executable, "-c", _SLOW, port], cwd=ROOT, text=True, **pipes)
    _told(server, "ready")
    with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        _told(server, "asked")
        server.send_signal(signal.SIGTERM)
        _until(lambda: _refused(port))
        server.stdin.write("go on\n")
        server.stdin.close()
        answer = _all_of(visitor)
    assert len(answer) > 8_000_000
    assert answer.endswith(b"the end")
    assert (server.wait(10), server.stdout.close()) == (0, None)


_SLOW = """
import sys
from pathlib import Path
from flask import Flask
from app.config import Config
from app.serving import Stopper, open_socket, serve
app = Flask("slow")
config = Config(data=Path(), database_url="", port=int(sys.argv[1]), secret_key=b"s" * 32, master_key=b"m" * 32)
app.extensions["attune"] = config
@app.get("/")
def slow():
    print("asked", flush=True)
    sys.stdin.readline()
    return "." * 8_000_000 + "the end"
stopper, listening = Stopper(), open_socket(config)
print("ready", flush=True)
serve(app, listening, stopper)
"""


@pytest.mark.only_on("sqlite")
def test_a_request_that_tells_two_lengths_is_refused_and_what_follows_is_not_read(app) -> None:
    """A proxy may believe one of them and the server the other: what is a body to one is a request to the other."""
    asked = SimpleNamespace(stopping=False)
    listening = serving.open_socket(replace(app.extensions["attune"], port=0))
    server = Thread(target=serving.serve, args=(app, listening, asked))
    server.start()
    follows = b"\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    both, chunked = b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked"
    try:
        for first, told, statuses in (
            (b"HTTP/1.1", chunked, [b"200", b"200"]),
            (b"HTTP/1.1", both, [b"400"]),
            (b"HTTP/1.1", b"Transfer-Encoding: chunked\r\ncontent-length: 0", [b"400"]),
            (b"HTTP/1.0", b"Connection: keep-alive\r\n" + chunked, [b"400"]),
            (b"HTTP/1.1", b"Transfer-Encoding:\r\nContent-Length: 5", [b"400"]),
            (b"HTTP/1.1", chunked + b"\r\nTRANSFER-ENCODING: chunked", [b"400"]),
            (b"HTTP/1.1", b"Transfer-Encoding:\r\n chunked", [b"400"]),
        ):
            with socket.create_connection(listening.getsockname(), timeout=10) as visitor:
                visitor.sendall(b"GET /healthz " + first + b"\r\nHost: 127.0.0.1\r\n" + told + follows)
                assert re.findall(rb"HTTP/1.[01] (\d+) ", _all_of(visitor)) == statuses, told
    finally:
        asked.stopping = True
        asked.wake()
        server.join(10)


def test_a_port_that_is_taken_is_named(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run("serve", PORT=str(port))
    assert answer == (1, f"Error: HOST, PORT: cannot listen on 127.0.0.1:{port} (Address already in use).\n")


@LINUX
def test_several_workers_serve_and_one_that_dies_is_replaced(start, port, made) -> None:
    server = start("serve", "--workers", "2", PORT=port)
    _told(server, "listens")
    assert _get(port, "/healthz") == b"ok\n"
    _until(lambda: len(_children(server.pid)) == 3)
    children = _children(server.pid)
    assert "\nUmask:\t0077\n" in Path(f"/proc/{children[0]}/status").read_text(), "what it makes is its owner's alone"
    os.kill(children[0], signal.SIGKILL)
    _told(server, "died")
    assert _get(port, "/healthz") == b"ok\n"
    _until(lambda: len(_children(server.pid)) == 3)
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) == 0
    assert not any(Path(f"/proc/{child}").exists() for child in children)


@LINUX
@pytest.mark.parametrize(
    "meanwhile", ["os._exit(0)", "os.kill(worker, signal.SIGTERM); os.close(begin); os.waitpid(worker, 0)"]
)
def test_a_worker_ends_whatever_happens_before_it_has_begun(meanwhile) -> None:
    """The first process is gone, or has asked it to stop, when its own work begins."""
    script = _FORKED.replace("MEANWHILE", meanwhile)
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, timeout=20, check=True)


_FORKED = """
import os, signal
from app import serving
real, (began, begin) = os.fork, os.pipe()
def fork():
    worker = real()
    if worker == 0:
        os.close(begin)
        # What happens meanwhile: the pipe is closed by then.
        os.read(began, 1)
    return worker
os.fork = fork
serving.Stopper()
worker = serving._fork(lambda stopper: stopper.wait())
MEANWHILE
"""


@LINUX
def test_workers_end_when_the_first_process_is_gone(start, port, made) -> None:
    server = start("serve", "--workers", "2", PORT=port)
    _told(server, "listens")
    _get(port, "/healthz")
    children = _children(server.pid)
    server.kill()
    server.wait()
    _until(lambda: not any(_alive(child) for child in children))


def test_the_timetable_can_run_by_itself_or_once(start, run, data, made) -> None:
    assert run("jobs", "--once") == (0, "")
    assert len(list((data / "backups").iterdir())) == 1
    process = start("jobs")
    _told(process, "runs")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


# Looking


def test_doctor_finds_nothing_grave_in_a_new_house(run, made) -> None:
    code, told = run("doctor")
    assert code == 0
    assert not re.search("^problem", told, re.MULTILINE)


def test_doctor_ends_with_one_over_a_problem(run, data, made) -> None:
    data.chmod(0o755)
    code, told = run("doctor")
    assert (code, f"problem Others can look into the data folder: run chmod 700 {data}." in told) == (1, True)


def test_policies_lists_every_route_and_who_may_use_it_and_loads_no_more_than_it_needs(start) -> None:
    told, _ = (process := start("policies", PYTHONPROFILEIMPORTTIME="1")).communicate(timeout=60)
    assert process.returncode == 0
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.splitlines() if "import time:" in line}
    assert "flask" in loaded
    assert not loaded & LATE
    lines = [line.split() for line in told.splitlines() if "import time:" not in line]
    assert ["public", "GET", "/healthz"] in lines
    assert ["person", "POST", "/settings/deletion"] in lines
    assert all(who in {"public", "person", "partner", "pair", "two", "therapist"} for who, *_ in lines)


# Below


def _told(process: "subprocess.Popen[str]", word: str) -> str:
    for line in process.stdout:
        if word in line:
            return line
    raise AssertionError(f"it never said {word!r}")


def _get(port: str, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read()


def _refused(port: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", int(port))).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        # It is being shut at this very moment.
        return False
    return False


def _all_of(visitor: socket.socket) -> bytes:
    parts = []
    while part := visitor.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def _children(pid: int) -> list[int]:
    return sorted(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def _alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def _until(true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to pass in thirty seconds")


def _env(data: Path) -> dict[str, str]:
    return {**os.environ, "ATTUNE_DATA": str(data), "PYTHONUNBUFFERED": "1"}


def _sqlite(data: Path, statement: str) -> None:
    with closing(driver().connect(data / "attune.sqlite3")) as database, database:
        database.execute(statement)
