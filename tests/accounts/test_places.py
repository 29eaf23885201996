"""Paths of our own, networks, browsers, time zones."""

import pytest

from app.accounts.places import label_of, network_of, own_path
from app.core.zones import zone_groups, zones


@pytest.mark.parametrize("path", ["/", "/today", "/prompts/a?b=c&d=%20e", "/x#y", "/a//b", "/@evil.example"])
def test_own_paths_stay(path):
    assert own_path(path, "/else") == path


@pytest.mark.parametrize(
    "address",
    [
        "",
        "today",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/a\\b",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\tevil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " /today",
        "/today\r\nX: y",
        "/a b",
        "/\x00",
    ],
)
def test_other_addresses_never_do(address):
    assert own_path(address, "/else") == "/else"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:22ff::1", "2001:db8:1:2200::/56"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/56"),
        (None, "-"),
        ("nonsense", "-"),
    ],
)
def test_a_network_is_about_a_household(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605 Version/18 Safari/605", "Safari on Mac"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_coarsely(agent, label):
    assert label_of(agent) == label


def test_every_zone_can_be_chosen_once():
    shown = [name for _area, places in zone_groups() for name, _place in places]
    assert sorted(shown) == sorted(zones())
    assert {"Europe/Berlin", "America/Argentina/Ushuaia", "Asia/Kolkata", "UTC"} <= zones()
    assert not zones() & {"posixrules", "Factory", "localtime", "Etc/GMT+5"}
