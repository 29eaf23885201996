"""Names into addresses, and a refusal as soon as one of them is not on the open internet."""

import asyncio
import socket
from dataclasses import dataclass

from app.push.endpoints import is_public


class Refused(OSError):
    """A name leads to an address that is not on the open internet."""


@dataclass(frozen=True, slots=True)
class PublicResolver:
    """Looks names up anew for each connection. `anywhere`: refuse nothing, for tests."""

    anywhere: bool = False

    async def resolve(self, host: str, port: int) -> list[tuple[int, str]]:
        """The (family, address) of all that a name leads to. Raises Refused; OSError where there is no such name."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [(int(family), str(address[0])) for family, _type, _proto, _name, address in found]
        if not self.anywhere and not all(is_public(address) for _, address in addresses):
            raise Refused(f"{host} is not on the open internet")
        return addresses
