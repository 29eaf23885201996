"""A push service that takes everything: TLS 1.3 on loopback, 201 for each push, at once or after a while.

One thread and one epoll over bare TLS sockets, so that it is far quicker than whoever sends. Run as a process of its
own, it prints its port; at GET /spent it tells how many pushes it has taken, and the CPU time that they took it.
"""

import json
import select
import socket
import ssl
import sys
import time
from collections import deque
from pathlib import Path

END = b"\r\n\r\n"
LENGTH = b"content-length:"
ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
LARGEST = 65_536


class Sink:
    """Serves for ever. `after`: seconds between a push and its answer."""

    def __init__(self, certificate: Path, after: float) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_3
        self._context.load_cert_chain(certificate)
        self._after = after
        self._door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._door.setblocking(False)
        self._poll = select.epoll()
        self._poll.register(self._door, select.EPOLLIN)
        self._calls: dict[int, ssl.SSLSocket] = {}
        self._heard: dict[int, bytes] = {}
        self._later: deque[tuple[float, int, ssl.SSLSocket]] = deque()
        self._taken = 0

    @property
    def port(self) -> int:
        port: int = self._door.getsockname()[1]
        return port

    def serve(self) -> None:
        while True:
            wait = max(0.0, self._later[0][0] - time.monotonic()) if self._later else -1
            for number, _ in self._poll.poll(wait):
                if number == self._door.fileno():
                    self._open()
                else:
                    self._hear(number)
            while self._later and self._later[0][0] <= time.monotonic():
                _, number, call = self._later.popleft()
                if self._calls.get(number) is call:
                    self._say(number, ANSWER)

    def _open(self) -> None:
        raw, _ = self._door.accept()
        raw.setblocking(False)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        call = self._context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        self._calls[call.fileno()], self._heard[call.fileno()] = call, b""
        self._poll.register(call, select.EPOLLIN)

    def _hear(self, number: int) -> None:
        try:
            told = self._calls[number].recv(LARGEST)
        except ssl.SSLWantReadError:
            return
        except OSError:
            told = b""
        if not told:
            self._close(number)
            return
        heard = self._heard[number] + told
        while (end := heard.find(END)) >= 0 and len(heard) >= (whole := end + len(END) + _length(heard[:end])):
            asked, heard = heard[:end], heard[whole:]
            if asked.startswith(b"GET "):
                self._say(number, self._spent())
            else:
                self._take(number)
        self._heard[number] = heard

    def _take(self, number: int) -> None:
        self._taken += 1
        if self._after:
            self._later.append((time.monotonic() + self._after, number, self._calls[number]))
        else:
            self._say(number, ANSWER)

    def _say(self, number: int, answer: bytes) -> None:
        try:
            self._calls[number].sendall(answer)
        except OSError:
            self._close(number)

    def _close(self, number: int) -> None:
        self._poll.unregister(number)
        self._calls.pop(number).close()
        self._heard.pop(number)

    def _spent(self) -> bytes:
        told = json.dumps({"taken": self._taken, "cpu": time.process_time()}).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told)


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next((int(line[len(LENGTH) :]) for line in lines if line.startswith(LENGTH)), 0)


if __name__ == "__main__":
    sink = Sink(Path(sys.argv[1]), float(sys.argv[2]))
    print(sink.port, flush=True)
    sink.serve()
