"""Requests on the wire: made beforehand, sent over a kept connection, or several in the same instant."""

import socket
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from urllib.parse import urlencode

CUT_OFF = (OSError, HTTPException)
"""What a server that died leaves of a request."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: str


class Wire:
    """A connection to the server that is kept from one request to the next."""

    def __init__(self, port: int) -> None:
        """Open it. Raises OSError."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, raw: bytes) -> None:
        """Send these bytes."""
        self._socket.sendall(raw)

    def receive(self) -> Reply:
        """Wait for the reply, to its end. Raises one of CUT_OFF when there is none."""
        with closing(HTTPResponse(self._socket)) as answer:
            answer.begin()
            return Reply(answer.status, answer.headers, answer.read().decode())

    def ask(self, raw: bytes) -> Reply:
        """One request and its reply. Raises one of CUT_OFF."""
        self.send(raw)
        return self.receive()

    def close(self) -> None:
        """Let go."""
        self._socket.close()


def get(path: str, token: str) -> bytes:
    """A request for a page, by who holds this session."""
    return _head("GET", path, token) + b"\r\n"


def post(path: str, token: str, form: Mapping[str, str]) -> bytes:
    """A form that is sent, by who holds this session."""
    body = urlencode(form).encode()
    told = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    return _head("POST", path, token) + told.encode() + body


def at_once(wires: Sequence[Wire], requests: Sequence[bytes]) -> list[Reply]:
    """Send requests in the same instant, each on a wire of its own. Raises one of CUT_OFF."""
    # All but the last byte first: the server waits for that one, and then it is there for all.
    for wire, raw in zip(wires, requests, strict=True):
        wire.send(raw[:-1])
    for wire, raw in zip(wires, requests, strict=True):
        wire.send(raw[-1:])
    return [wire.receive() for wire in wires]


def _head(method: str, path: str, token: str) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: attune={token}", "Sec-Fetch-Site: same-origin")
    return "".join(f"{line}\r\n" for line in lines).encode()
