"""One connection to a push service, on which one request after the other is answered.

Of an answer it keeps the head, and of what follows it reads no more than lets the connection be kept. What was said
stays said, whatever follows it.
"""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass

_HEAD, _BODY = 16_384, 4_096
_END = b"\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"


class Broken(OSError):
    """A service cannot be reached, has hung up, or says what is not HTTP."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The head of an answer: its status, and its fields by their names in lower case."""

    status: int
    fields: Mapping[str, str]

    @property
    def stays(self) -> bool:
        """Whether the service keeps the connection, and says where this answer ends."""
        if "close" in self.fields.get("connection", "").lower():
            return False
        return self.chunked or self.length is not None

    @property
    def chunked(self) -> bool:
        """Whether what follows comes in chunks, the last of which is empty."""
        return self.fields.get("transfer-encoding", "").lower() == "chunked"

    @property
    def length(self) -> int | None:
        """How many bytes follow; None when it is not said, or more than we read."""
        told = "0" if self.status in {204, 304} else self.fields.get("content-length", "")
        return int(told) if told.isascii() and told.isdigit() and len(told) < 6 and int(told) <= _BODY else None


class Connection(asyncio.Protocol):
    """One connection, on which one request at a time is answered."""

    def __init__(self, patience: float) -> None:
        """Not connected yet: the event loop does that. `patience`: seconds for what follows the head of an answer.

        It looks as often whether something has taken too long: a timer for each request would cost more.
        """
        self._patience, self._due = patience, math.inf
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Reply] | None = None
        self._reply: Reply | None = None
        self._heard = bytearray()

    @property
    def free(self) -> bool:
        """Whether it can take another request."""
        return self._transport is not None and self._answer is None

    def ask(self, request: bytes, seconds: float) -> asyncio.Future[Reply]:
        """Send a request; gives its answer, as soon as that is whole. Raises Broken, there or at once; TimeoutError."""
        if self._transport is None:
            raise Broken
        loop = asyncio.get_running_loop()
        self._answer, self._due = loop.create_future(), loop.time() + seconds
        self._transport.write(request)
        return self._answer

    def rest(self, seconds: float) -> None:
        """Wait for the next request, for so long."""
        self._due = asyncio.get_running_loop().time() + seconds

    def close(self, reason: type[OSError] = Broken) -> None:
        """Let go of it at once; `reason` is what whoever still waits for an answer gets."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(reason())
        self._answer = self._reply = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """From the event loop: it can be used."""
        self._transport = transport
        self._look()

    def data_received(self, data: bytes) -> None:
        """From the event loop: some of an answer."""
        self._heard += data
        if self._answer is None:
            # Said without having been asked: whatever it is, it is no answer to what will be.
            self.close()
        elif self._reply is not None:
            self._hear_rest(self._reply)
        elif reply := self._hear_head():
            self._due = asyncio.get_running_loop().time() + self._patience
            self._hear_rest(reply)

    def connection_lost(self, _reason: Exception | None) -> None:
        """From the event loop: the other side has hung up."""
        self._finish(stays=False)

    def _hear_head(self) -> Reply | None:
        while (end := self._heard.find(_END)) >= 0:
            head = bytes(self._heard[:end])
            del self._heard[: end + len(_END)]
            reply = read_head(head)
            if reply is None:
                break
            # A word that the request has come so far is not the answer yet.
            if reply.status >= 200:
                self._reply = reply
                return reply
        if end >= 0 or len(self._heard) > _HEAD:
            self.close()
        return None

    def _hear_rest(self, reply: Reply) -> None:
        if not reply.stays or len(self._heard) > _BODY:
            self._finish(stays=False)
        elif self._heard.endswith(_LAST_CHUNK) if reply.chunked else len(self._heard) >= (reply.length or 0):
            self._finish(stays=True)

    def _finish(self, *, stays: bool) -> None:
        if self._reply is not None and self._answer is not None and not self._answer.done():
            self._answer.set_result(self._reply)
        if stays:
            self._answer = self._reply = None
            self._heard.clear()
        else:
            self.close()

    def _look(self) -> None:
        if self._transport is None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() < self._due:
            loop.call_later(self._patience, self._look)
        elif self._reply is not None:
            self._finish(stays=False)
        else:
            self.close(TimeoutError)


def read_head(head: bytes) -> Reply | None:
    """The head of an answer, or None for what is no HTTP/1."""
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, status = first.partition(" ")
    if version not in {"HTTP/1.1", "HTTP/1.0"} or not (status[:3].isascii() and status[:3].isdigit()):
        return None
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if version == "HTTP/1.0":
        fields["connection"] = "close"
    return Reply(int(status[:3]), fields)
