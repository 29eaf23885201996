"""Places: the networks and browsers that requests come from, and the paths they may go on to."""

import ipaddress
import re
from urllib.parse import urlsplit

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
