"""Which addresses we ever send to: the push services we know, by name, and only where they are on the open internet."""

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple

HOSTS = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "notify.windows.com",
)
"""The push services of Chrome, Firefox, Safari and Edge; a name also stands for what is below it."""

LONGEST, LONGEST_HOST = 1024, 128
PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_ADDRESS = re.compile(r"(https?)://([a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?((?:[/?][\x21-\x22\x24-\x7e]*)?)")
"""Scheme, host, port, and what is asked for there, in plain signs: nobody's name, and no mark of a place in it."""
_CLOSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/8", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
            "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        ),
    )
)  # fmt: skip
"""What is not the open internet: private, local, shared, reserved, tunnelled, translated, and for many at once."""


class BadEndpoint(ValueError):
    """This is not an address of a push service that we send to."""


class Endpoint(NamedTuple):
    """A sound address of a push service, taken apart once: where to call, and what to ask for there."""

    scheme: str
    host: str
    port: int
    netloc: str
    target: str

    @property
    def place(self) -> tuple[str, str, int]:
        """What a connection is made to."""
        return self.scheme, self.host, self.port

    @property
    def origin(self) -> str:
        """As its service knows itself: without the port that goes without saying."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def service(self) -> str:
        """What its push service is called: the host."""
        return self.host if self.scheme == "https" and self.port == PORTS["https"] else self.netloc


def endpoint_of(address: str, hosts: Iterable[str], *, loopback: bool = False) -> Endpoint:
    """An endpoint that we may send to, taken apart. Raises BadEndpoint.

    `hosts`: the names allowed. `loopback`: 127.0.0.1 and localhost are allowed, in plain http, too; for tests alone.
    """
    parts = _ADDRESS.fullmatch(address) if len(address) <= LONGEST else None
    if parts is None:
        raise BadEndpoint
    scheme, host, port, target = parts.groups()
    number = int(port) if port else PORTS[scheme]
    here = loopback and host in {"127.0.0.1", "localhost"} and number < 2**16
    if not here and (scheme != "https" or number != PORTS[scheme] or not _is_service(host, hosts)):
        raise BadEndpoint
    netloc = host if number == PORTS["https"] else f"{host}:{number}"
    return Endpoint(scheme, host, number, netloc, target if target[:1] == "/" else f"/{target}")


def _is_service(host: str, hosts: Iterable[str]) -> bool:
    if len(host) > LONGEST_HOST or not _HOST.fullmatch(host):
        return False
    return any(host == name or host.endswith(f".{name}") for name in hosts)


def is_public(address: str) -> bool:
    """Whether an IP address, as text, lies on the open internet. By our own list: the library's has holes."""
    try:
        ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return not any(ip in network for network in _CLOSED if network.version == ip.version)
