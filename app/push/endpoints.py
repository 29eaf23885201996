"""Which addresses we ever send to: the push services we know, by name, and only where they are on the open internet."""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

HOSTS = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "notify.windows.com",
)
"""The push services of Chrome, Firefox, Safari and Edge; a name also stands for what is below it."""

LONGEST, LONGEST_HOST = 1024, 128
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_ADDRESS = re.compile(r"[\x21-\x7e]+")
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


def service_of(endpoint: str, hosts: Iterable[str], *, loopback: bool = False) -> str:
    """The host of an endpoint that we may send to. Raises BadEndpoint.

    `hosts`: the names allowed. `loopback`: 127.0.0.1 and localhost are allowed, in plain http, too; for tests alone.
    """
    if len(endpoint) > LONGEST or not _ADDRESS.fullmatch(endpoint):
        raise BadEndpoint
    try:
        parts = urlsplit(endpoint)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadEndpoint from error
    if parts.username is not None or parts.password is not None or "@" in parts.netloc or "#" in endpoint:
        raise BadEndpoint
    if loopback and parts.scheme in {"http", "https"} and host in {"127.0.0.1", "localhost"}:
        return parts.netloc
    if parts.scheme != "https" or not _HOST.fullmatch(host) or parts.netloc not in {host, f"{host}:443"}:
        raise BadEndpoint
    if len(host) > LONGEST_HOST or not any(host == name or host.endswith(f".{name}") for name in hosts):
        raise BadEndpoint
    return host


def origin_of(endpoint: str) -> str:
    """The origin of a sound endpoint as its service knows itself: without the port that goes without saying."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}".removesuffix(":443")


def is_public(address: str) -> bool:
    """Whether an IP address, as text, lies on the open internet. By our own list: the library's has holes."""
    try:
        ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return not any(ip in network for network in _CLOSED if network.version == ip.version)
