"""POST over HTTP/1.1 on connections that are kept: as little of it as a push needs, and therefore quick.

It follows no redirect, keeps no cookie, and knows no proxy of the environment.
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import urlsplit

from app.push.connection import Broken, Connection, Reply
from app.push.resolver import PublicResolver

CONNECT, WHOLE, REST, IDLE = 5.0, 15.0, 1.0, 60.0
"""Seconds to reach a service, for all of one POST, for what follows the head, and for a connection to be kept."""


class Pool:
    """POSTs, and the connections that are kept between them. It lives on one event loop."""

    def __init__(self, resolver: PublicResolver) -> None:
        """`resolver`: says which addresses a name leads to, and refuses those that we do not call."""
        self._resolver = resolver
        self._trust = ssl.create_default_context()
        self._trust.set_alpn_protocols(["http/1.1"])
        self._kept: defaultdict[tuple[str, str, int], list[Connection]] = defaultdict(list)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Raises Refused, Broken and any other OSError; TimeoutError; ValueError for a header that is none."""
        async with asyncio.timeout(WHOLE):
            parts = urlsplit(url)
            place = (parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            host = parts.netloc.removesuffix(":443")
            request = _request(target, {"Host": host, **headers, "Content-Length": str(len(body))}, body)
            connection = self._take(place) or await self._connect(*place)
            try:
                return await connection.ask(request)
            finally:
                if connection.free:
                    connection.rest(IDLE)
                    self._kept[place].append(connection)
                else:
                    connection.close()

    def close(self) -> None:
        """Let go of every connection that is kept."""
        for kept in self._kept.values():
            for connection in kept:
                connection.close()
        self._kept.clear()

    def _take(self, place: tuple[str, str, int]) -> Connection | None:
        kept = self._kept[place]
        while kept:
            connection = kept.pop()
            if connection.free:
                return connection
        return None

    async def _connect(self, scheme: str, host: str, port: int) -> Connection:
        failed: OSError = Broken()
        trust, name = (self._trust, host) if scheme == "https" else (None, None)
        async with asyncio.timeout(CONNECT):
            # Looked up anew each time, so that a name cannot change between the check and the call.
            for family, address in await self._resolver.resolve(host, port):
                try:
                    _, connection = await asyncio.get_running_loop().create_connection(
                        lambda: Connection(REST),
                        address,
                        port,
                        family=family,
                        ssl=trust,
                        server_hostname=name,
                    )
                except OSError as error:
                    failed = error
                else:
                    return connection
        raise failed


def _request(target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if told.count("\n") != len(headers) or told.count("\r") != len(headers):
        raise ValueError("a header must not have more than one line")
    return f"POST {target} HTTP/1.1\r\n{told}\r\n".encode("ascii") + body
