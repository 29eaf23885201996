"""The server of Attune on a house, as `./run serve` starts it: processes of its own, a free port of the loopback."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.config import ROOT
from benchmarks.support.house import House

PATIENCE = 40


class Server:
    """One server, which can be started again after it was killed."""

    def __init__(self, house: House, *, workers: int, app: str) -> None:
        """`app` is what to serve, as module and name; "app" is Attune itself."""
        module, *name = app.split(":")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._command = [sys.executable, "-m", module, *name, "serve", "--no-jobs", "--workers", str(workers)]
        self._env = {**os.environ, **house.settings, "HOST": "127.0.0.1", "PORT": str(self.port), "BASE_URL": ""}
        self._log = house.config.data / "server.log"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and come back when it listens. Raises RuntimeError with what it said when it does not."""
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._env,
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
                text=True,
                # A group of its own, so that a kill reaches the workers at the same instant.
                start_new_session=True,
            )
        assert self._process.stdout is not None
        if not any("listens" in line for line in self._process.stdout):
            raise RuntimeError(f"the server did not start: {self.told()}")

    def kill(self) -> None:
        """End all its processes at once, whatever they are at: kill -9."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._let_go()

    def stop(self) -> None:
        """Ask it to stop, and kill it when it does not."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self.kill()

    def told(self) -> str:
        """What it has logged."""
        return self._log.read_text()

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


@contextmanager
def served(house: House, *, workers: int = 1, app: str = "app") -> Iterator[Server]:
    """A server that has started, and is gone afterwards."""
    server = Server(house, workers=workers, app=app)
    try:
        server.start()
        yield server
    finally:
        server.stop()
