"""POST over HTTP/1.1 on connections that are kept: as little of it as a push needs, and therefore quick.

It follows no redirect, keeps no cookie, and knows no proxy of the environment.
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Mapping

from app.push.connection import Broken, Connection, Reply
from app.push.endpoints import Endpoint
from app.push.resolver import PublicResolver

CONNECT, ANSWER, REST, IDLE = 5.0, 9.0, 1.0, 60.0
"""Seconds to reach a service, for its answer, for what follows the head of that, and for a connection to be kept."""

WHOLE = CONNECT + ANSWER + REST
"""Seconds that one POST takes at most."""


Place = tuple[str, str, int]


class Pool:
    """POSTs, and the connections that are kept between them. It lives on one event loop."""

    def __init__(self, resolver: PublicResolver) -> None:
        """`resolver`: says which addresses a name leads to, and refuses those that we do not call."""
        self._resolver = resolver
        self._trust = ssl.create_default_context()
        self._trust.set_alpn_protocols(["http/1.1"])
        self._kept: defaultdict[Place, list[Connection]] = defaultdict(list)

    async def post(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Reply:
        """Raises Refused, Broken and any other OSError; TimeoutError; ValueError for a header that is none."""
        request = _request(endpoint, headers, body)
        place = endpoint.place
        connection = self._take(place) or await self._connect(endpoint)
        try:
            return await connection.ask(request, ANSWER)
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

    def _take(self, place: Place) -> Connection | None:
        kept = self._kept[place]
        while kept:
            connection = kept.pop()
            if connection.free:
                return connection
        return None

    async def _connect(self, endpoint: Endpoint) -> Connection:
        failed: OSError = Broken()
        trust, name = (self._trust, endpoint.host) if endpoint.scheme == "https" else (None, None)
        async with asyncio.timeout(CONNECT):
            # Looked up anew each time, so that a name cannot change between the check and the call.
            for family, address in await self._resolver.resolve(endpoint.host, endpoint.port):
                try:
                    _, connection = await asyncio.get_running_loop().create_connection(
                        lambda: Connection(REST),
                        address,
                        endpoint.port,
                        family=family,
                        ssl=trust,
                        server_hostname=name,
                    )
                except OSError as error:
                    failed = error
                else:
                    return connection
        raise failed


def _request(endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> bytes:
    told = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if told.count("\n") != len(headers) or told.count("\r") != len(headers):
        raise ValueError("a header must not have more than one line")
    head = f"POST {endpoint.target} HTTP/1.1\r\nHost: {endpoint.netloc}\r\n{told}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body
