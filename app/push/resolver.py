"""Names into addresses, and a refusal as soon as one of them is not on the open internet."""

import asyncio
import socket
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from app.push.endpoints import is_public


class Refused(OSError):
    """A name leads to an address that is not on the open internet."""


class PublicResolver(AbstractResolver):
    """Looks names up anew for each connection, so that a name cannot change between the check and the call."""

    def __init__(self, *, anywhere: bool) -> None:
        """`anywhere`: refuse nothing, for tests."""
        self._anywhere = anywhere

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """What aiohttp asks for. Raises Refused, and OSError where there is no such name."""
        loop = asyncio.get_running_loop()
        found: list[Any] = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        if not self._anywhere and not all(is_public(address[0]) for *_rest, address in found):
            raise Refused(f"{host} is not on the open internet")
        return [
            ResolveResult(
                hostname=host, host=address[0], port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST
            )
            for kind, _type, proto, _name, address in found
        ]

    async def close(self) -> None:
        """Nothing is held."""
