"""Places: time zones, the networks and browsers that requests come from, and the paths they may go on to."""

import ipaddress
import re
from functools import lru_cache
from itertools import groupby
from urllib.parse import urlsplit
from zoneinfo import available_timezones

_AREAS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()  # noqa: SIM905
)
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),  # codespell:ignore cros
    ("Linux", "Linux"),
)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Every time zone a person may choose, by its IANA name."""
    return frozenset(name for name in available_timezones() if name.split("/")[0] in _AREAS or name == "UTC")


@lru_cache(maxsize=1)
def zone_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The time zones for a list to choose from: each area with its (name, place)."""
    named = [(name.partition("/")[0], name, name.partition("/")[2].replace("_", " ") or name) for name in zones()]
    grouped = groupby(sorted(named), key=lambda each: each[0])
    return [(area, [(name, place) for _area, name, place in each]) for area, each in grouped]


def own_path(address: str, otherwise: str = "/today") -> str:
    """`address` if it is a path of this app, else `otherwise`: never another host, never a scheme."""
    if not _PATH.fullmatch(address):
        return otherwise
    parts = urlsplit(address)
    return otherwise if parts.scheme or parts.netloc else address


def network_of(address: str | None) -> str:
    """The /24 or /56 that an IP address lies in: roughly one household, so that changing the last part wins nothing."""
    try:
        ip = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return "-"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 56), strict=False))


def label_of(user_agent: str) -> str:
    """A browser in a few coarse words: "Chrome on Android"."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser} on {system}" if browser and system else browser or system or "A browser"
