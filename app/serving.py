"""The web server: listens, serves, and stops without losing a request that has begun."""

import fcntl
import gc
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from app.config import Config, WrongSetting
from app.wire import Channel

log = logging.getLogger(__name__)
GRACE = 25
"""Seconds that requests in progress get to finish in. A container that stops us must wait longer."""
BODY_MAX = 1024 * 1024
"""What the server reads at most, far above what the app takes: so that the app can answer in its own words."""
CONNECTIONS, PATIENCE = 800, 30
"""How many connections a process holds at once, below the 1,024 files that it may open by default, and for how many
seconds one may be silent. A few that never finish what they began must not keep everybody else out."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_TICK = 0.2


class Stopper:
    """Knows whether the process was asked to stop, by SIGTERM or Ctrl-C. Asked twice, it stops at once."""

    def __init__(self, parent: int | None = None) -> None:
        """Take the signals from here on. `parent` has started this process, and may be gone by now."""
        self._asked, self._parent = False, parent or os.getppid()
        self.wake: Callable[[], object] = lambda: None
        for number in _SIGNALS:
            signal.signal(number, self._stop)

    @property
    def stopping(self) -> bool:
        """Whether to stop: somebody asked, or the process that started this one is gone."""
        return self._asked or os.getppid() != self._parent

    def wait(self) -> None:
        """Come back when it is time to stop."""
        while not self.stopping:
            time.sleep(_TICK)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        self.wake()


class InUse(RuntimeError):
    """Another process works on this data folder, or has it for itself. The message is a sentence for the operator."""


@contextmanager
def holding(data: Path, *, alone: bool) -> Iterator[None]:
    """Be at work on the data folder: with others, or `alone`. Raises InUse."""
    descriptor = os.open(data / ".in-use", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        told = "Attune is running on this data folder. Stop it first."
        raise InUse(told if alone else "A backup is being restored into this data folder. Try again after.") from error
    finally:
        os.close(descriptor)


def open_socket(config: Config) -> socket.socket:
    """A socket that listens where the settings say. Raises WrongSetting, for instance when another one does."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family, backlog=1024)
    except OSError as error:
        where, why = f"{config.host}:{config.port}", (error.strerror or "").split(" (")[0]
        raise WrongSetting(f"HOST, PORT: cannot listen on {where} ({why}).") from error


def settle() -> None:
    """What is loaded by now lives as long as the process: the garbage collector need not look at it again and again."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def serve(app: Flask, listening: socket.socket, stopper: Stopper) -> None:
    """Serve until `stopper` says stop; then take no new requests, and finish those that have begun."""
    config: Config = app.extensions["attune"]
    server: Any = create_server(
        app,
        sockets=[listening],
        threads=config.threads,
        ident=None,
        max_request_body_size=BODY_MAX,
        connection_limit=CONNECTIONS,
        channel_timeout=PATIENCE,
        cleanup_interval=PATIENCE // 3,
        # Flask's ProxyFix decides what to believe of a proxy's headers; without a proxy nobody may send them.
        clear_untrusted_proxy_headers=not config.trusted_proxies,
    )
    server.channel_class = Channel
    stopper.wake = server.pull_trigger
    while not stopper.stopping:
        _work(server, seconds=1)
    _finish(server)


def supervise(works: Sequence[Callable[[Stopper], None]]) -> None:
    """Run each of `works` in a process of its own, start again what dies, and stop all when asked to."""
    stopper = Stopper()
    running = {_fork(work): work for work in works}
    while not stopper.stopping:
        time.sleep(_TICK)
        for pid in _ended(running):
            log.error("a process has died, and is started again")
            work = running.pop(pid)
            running[_fork(work)] = work
    _stop_all(running)


def _fork(work: Callable[[Stopper], None]) -> int:
    # Signals wait until the new process can hear them, and it knows its parent from before, who may be gone by then.
    parent = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        return pid
    code = 1
    try:
        stopper = Stopper(parent)
        # Ctrl-C reaches every process of a terminal; the first process passes it on, so here it is not heard twice.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        work(stopper)
        code = 0
    finally:
        os._exit(code)


def _ended(running: Iterable[int]) -> list[int]:
    return [pid for pid in running if os.waitpid(pid, os.WNOHANG)[0]]


def _stop_all(running: Iterable[int]) -> None:
    left = set(running)
    for pid in left:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE + 3
    while left and time.monotonic() < deadline:
        left -= set(_ended(left))
        time.sleep(_TICK)
    for pid in left:
        os.kill(pid, signal.SIGKILL)


def _work(server: Any, *, seconds: float) -> None:
    wasyncore.loop(timeout=seconds, map=server._map, count=1, use_poll=hasattr(select, "poll"))


def _finish(server: Any) -> None:
    """What waitress itself leaves out: send what the threads still write after the listening has ended."""
    while select.select([server.socket], [], [], 0)[0]:
        server.handle_accept()
    wasyncore.dispatcher.close(server)
    deadline = time.monotonic() + GRACE
    for _ in range(2):
        _work(server, seconds=0.05)
    while _busy(server) and time.monotonic() < deadline:
        _work(server, seconds=0.05)
    if _busy(server):
        log.warning("stopped with requests unfinished after %d s", GRACE)
    server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(server._map)


def _busy(server: Any) -> bool:
    channels = list(server.active_channels.values())
    return any(channel.requests or channel.request or channel.total_outbufs_len for channel in channels)
