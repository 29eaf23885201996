"""Where we never send to, whoever asks for it: at subscribing, at sending, and watched at the socket."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock
from app.push.answers import OURS, Answer
from app.push.endpoints import HOSTS, LONGEST, BadEndpoint, endpoint_of, is_public
from app.push.gateway import Gateway, new_keys
from app.push.sending import Push
from tests.push.devices import Browser, subscribe

PUBLIC, PUBLIC_TOO, PUBLIC_SIX = "93.184.215.14", "8.8.4.4", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"

INNER = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.0", PUBLIC)
"""Addresses that somebody might try to reach by number; the last shows that a number is refused for being one."""

OPEN_CLOSED = (
    *INNER[:-1], "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1",
    "fe80::1%1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "3fff::1", "5f00::1",
)  # fmt: skip
"""Addresses that are not the open internet: local, private, shared, linked, mapped, translated, tunnelled, for many."""


def spellings(address: str) -> Iterator[str]:
    """The ways in which one IPv4 address can be spelt as a host."""
    number, parts = int(ipaddress.IPv4Address(address)), address.split(".")
    yield from (
        address,
        str(number),
        hex(number),
        f"0{number:o}",
        f"{address}.",
        f"[::ffff:{address}]",
        f"[::{address}]",
    )
    yield ".".join(f"{int(part):#x}" for part in parts)
    yield ".".join(f"0{int(part):o}" for part in parts)
    yield ".".join(f"{int(part):03}" for part in parts)
    yield f"{parts[0]}.{number & 0xFFFFFF}"
    yield f"{parts[0]}.{parts[1]}.{number & 0xFFFF}"
    yield f"[64:ff9b::{address}]"
    yield f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]"
    yield f"{address}.nip.io"
    yield address.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    yield address.replace(".", "。")
    yield address.replace(".", "%2e")


def look_alikes(host: str) -> Iterator[str]:
    """Hosts that are not `host`, and want to be taken for it."""
    first, _, rest = host.partition(".")
    yield from (f"evil{host}", f"evil-{host}", f"{host}.evil.example", f"{host}.", f"{host}..", f".{host}")
    yield from (f"{host}.internal", f"{host}-evil.example", f"{host}evil.example", f"{host}%00.evil.example")
    yield from (f"{host}%2eevil.example", f"evil.example%2f.{host}", f"evil.example\\.{host}", f"evil.example;.{host}")
    yield from (rest, f"www.{rest}", host.rpartition(".")[0], host.replace(".", "-"), host.replace(".", ".."))
    yield from (
        host.upper(),
        host.title(),
        f"a_b.{host}",
        f"-a.{host}",
        f"a-.{host}",
        f"{'a' * 64}.{host}",
        f"*.{host}",
    )
    yield from (host.replace(".", "。"), host.replace(".", "．", 1), host.replace(".", "｡", 1), f"{host}\u200b")
    yield from (host.replace("o", "о", 1), host.replace("s", "ѕ", 1), host.replace("o", "ⓞ", 1))
    yield from (f"xn--{first}-abc.{rest}", f"bücher.{host}", f"ⅰ.{host}", f"{host}\u00ad", f"{first}\u3002{rest}")


def hostile() -> list[str]:
    """Endpoints that no honest browser has."""
    known = HOSTS[0]
    schemes = (
        "http",
        "ftp",
        "file",
        "gopher",
        "ws",
        "wss",
        "data",
        "javascript",
        "dict",
        "ldap",
        "tftp",
        "httpss",
        "h",
    )
    found = [f"{scheme}://{known}/x" for scheme in schemes]
    found += [f"{known}/x", f"//{known}/x", f"https:{known}/x", f"https:/{known}/x", f"https:///{known}/x", "https://"]
    found += [
        "https:///x",
        "https://?x",
        "https://#x",
        f"https:\\\\{known}\\x",
        f"https//{known}/x",
        f"ht\ttps://{known}",
    ]
    found += ["x", "/", "about:blank", "blob:https://x", f"view-source:https://{known}/x", f"url:https://{known}/x"]
    inside = ("evil.example", "127.0.0.1", "localhost")
    for user in ("user@", "user:secret@", "@", ":@", ":secret@", "%40@", "a@b@"):
        found += [f"https://{user}{known}/x"]
    for host in inside:
        found += [f"https://{known}@{host}/x", f"https://{known}:443@{host}/x", f"https://{known}\\@{host}/x"]
        found += [f"https://{host}#@{known}/x", f"https://{host}\\@{known}/x", f"https://{host}%40{known}/x"]
        found += [
            f"https://{host}/{known}",
            f"https://{host}?{known}",
            f"https://{host}#.{known}",
            f"https://{host}:443/",
        ]
        found += [f"https://{host}\\{known}", f"https://{host}%23.{known}/x", f"https://{known}&{host}/x"]
    ports = ("80", "0", "8443", "444", "65535", "65536", "-1", "+443", "abc", "0443", "", "443:443", "4 43", "４４３")
    found += [f"https://{known}:{port}/x" for port in ports]
    found += [f"https://{host}/x" for address in INNER for host in spellings(address)]
    found += [f"https://{host}/x" for known in HOSTS for host in look_alikes(known) if host != known]
    six = ("::1", "::", "fe80::1%25eth0", "fe80::1%eth0", "fc00::1", "ff02::1", PUBLIC_SIX, "::1%", "1", "v1.x", "")
    found += [f"https://[{address}]/x" for address in six]
    found += [
        f"https://[{PUBLIC_SIX}]:443/x",
        f"https://[::1].{known}/x",
        f"https://[{known}]/x",
        "https://[/x",
        "https://]/x",
    ]
    near = ("localhost", "localhost.localdomain", "ip6-localhost", "metadata.google.internal", "router.local", "attune")
    found += [f"https://{name}/x" for name in near]
    broken = (
        "\0",
        "\r\nX-Evil: 1",
        "\n",
        "\t",
        "\x7f",
        "\x1b",
        " ",
        "\u2028",
        "\u202e",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    )
    found += [f"https://{known}/a{each}b" for each in broken]
    found += [f"https://{known[:4]}{each}{known[4:]}/x" for each in broken]
    found += [
        f"https://{known}/{'a' * LONGEST}",
        f"https://{'a.' * 400}{known}/x",
        f"https://{known}/x#fragment",
        f"https://{known}#",
    ]
    return list(dict.fromkeys(found))


HOSTILE = hostile()


@dataclass
class Watch:
    """What was looked up and what was called. `names` says where names lead; every call is turned down."""

    names: Callable[[str], list[str]] = lambda _name: [PUBLIC]
    looked_up: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Stands between us and the network, below every library."""
    watch = Watch()

    def look_up(host: Any, port: Any, *_args: Any, **_kwargs: Any) -> list[Any]:
        watch.looked_up.append(host.decode() if isinstance(host, bytes) else str(host))
        kinds = {4: socket.AF_INET, 6: socket.AF_INET6}
        addresses = watch.names(watch.looked_up[-1])
        versions = [(each, ipaddress.ip_address(each.partition("%")[0]).version) for each in addresses]
        return [
            (kinds[version], socket.SOCK_STREAM, 6, "", (each, port) if version == 4 else (each, port, 0, 0))
            for each, version in versions
        ]

    def call(_socket: socket.socket, address: Any) -> None:
        watch.called.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for way in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, way, call)
    return watch


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Answer]]:
    """`send("https://…")`: push there with the real gateway, as it stands in the app."""
    gateway, keys = Gateway("mailto:us@example.org", HOSTS), new_keys()

    def push(endpoint: str) -> Answer:
        told = Browser(endpoint).told("")
        one = Push(endpoint, told["p256dh"], told["auth"], "key", keys.private, b"{}", 60, "normal", "topic")
        return gateway.send([one], now=clock.now())[0]

    yield push
    gateway.close()


# By name


def test_there_are_enough_hostile_endpoints() -> None:
    assert len(set(HOSTILE)) >= 300


@pytest.mark.only_on("sqlite")
def test_no_hostile_endpoint_can_be_subscribed_with(app, ana, as_user, watch, devices_left) -> None:
    browser = as_user(ana)
    subscribe(app, browser)
    key = browser.get("/push/key").get_json()["key"]
    told, taken = Browser().told(key), {}
    for endpoint in HOSTILE:
        taken[endpoint] = browser.post("/push/subscription", data={**told, "endpoint": endpoint}).status_code
    assert {each: status for each, status in taken.items() if status != 422} == {}
    assert len(devices_left(ana)) == 1
    assert (watch.looked_up, watch.called) == ([], [])


@pytest.mark.only_on("sqlite")
def test_no_hostile_endpoint_is_sent_to_even_if_it_stands_in_the_database(
    app, ana, lay, plant, ring, watch, devices_left
) -> None:
    keys = Browser()
    for endpoint in HOSTILE:
        plant(ana, endpoint, known=keys)
    lay(ana)
    ring()
    assert (watch.looked_up, watch.called) == ([], [])
    assert {device.failure for device in devices_left(ana)} == {"refused"}
    assert len(devices_left(ana)) == len(HOSTILE)
    app.extensions["gateway"].close()


@pytest.mark.parametrize("host", HOSTS)
def test_the_push_services_of_browsers_are_sent_to(host, watch, send) -> None:
    for endpoint in (f"https://{host}/x", f"https://{host}:443/x?y=z", f"https://wns2-by3p.{host}/"):
        assert send(endpoint).failure == "network"
    assert set(watch.looked_up) == {host, f"wns2-by3p.{host}"}
    assert watch.called == [PUBLIC] * 3


def test_an_operator_may_allow_a_service_of_their_own_and_what_is_below_it() -> None:
    mine = ("push.example.org",)
    assert endpoint_of("https://push.example.org/x", mine).service == "push.example.org"
    assert endpoint_of("https://a.push.example.org/x", mine).service == "a.push.example.org"
    for endpoint in ("https://evilpush.example.org/x", "https://example.org/x", f"https://{HOSTS[0]}/x"):
        with pytest.raises(BadEndpoint):
            endpoint_of(endpoint, mine)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8123/x", "http://localhost/x"])
def test_this_machine_is_sent_to_in_tests_alone(endpoint) -> None:
    endpoint_of(endpoint, HOSTS, loopback=True)
    with pytest.raises(BadEndpoint):
        endpoint_of(endpoint, HOSTS)


@settings(deadline=None)
@given(st.text(min_size=0, max_size=60) | st.builds("https://{}/x".format, st.text(max_size=40)))
def test_whatever_is_no_endpoint_is_refused_in_one_way(text) -> None:
    try:
        host = endpoint_of(text, HOSTS).service
    except BadEndpoint:
        return
    assert any(host == name or host.endswith(f".{name}") for name in HOSTS)


def test_an_origin_has_no_port_that_goes_without_saying() -> None:
    assert (
        endpoint_of("https://fcm.googleapis.com:443/x?y", HOSTS, loopback=True).origin == "https://fcm.googleapis.com"
    )
    assert endpoint_of("https://fcm.googleapis.com/x:443", HOSTS, loopback=True).origin == "https://fcm.googleapis.com"
    assert endpoint_of("http://127.0.0.1:8443/x", HOSTS, loopback=True).origin == "http://127.0.0.1:8443"


# By address


@pytest.mark.parametrize("address", OPEN_CLOSED)
def test_a_known_name_that_leads_inside_is_not_called(address, watch, send) -> None:
    watch.names = lambda _name: [address]
    assert send(f"https://{HOSTS[0]}/x") == Answer(0, failure="refused")
    assert watch.called == []


@pytest.mark.parametrize("inside", ["127.0.0.1", "::1", "169.254.169.254", "64:ff9b::a00:1"])
@pytest.mark.parametrize("place", range(3))
def test_one_address_inside_among_others_is_enough_to_refuse_the_name(inside, place, watch, send) -> None:
    addresses = [PUBLIC, PUBLIC_TOO]
    addresses.insert(place, inside)
    watch.names = lambda _name: addresses
    assert send(f"https://{HOSTS[0]}/x").failure == "refused"
    assert watch.called == []


def test_a_name_that_turns_inside_after_it_was_looked_at_is_not_followed(watch, send) -> None:
    turns = iter([[PUBLIC], ["127.0.0.1"], [PUBLIC_TOO]])
    watch.names = lambda _name: next(turns)
    answers = [send(f"https://a{number}.{HOSTS[0]}/x").failure for number in range(3)]
    assert answers == ["network", "refused", "network"]
    assert watch.called == [PUBLIC, PUBLIC_TOO]


def test_the_address_that_is_called_is_the_one_that_was_looked_at(watch, send) -> None:
    send(f"https://{HOSTS[0]}/x")
    assert len(watch.looked_up) == len(watch.called) == 1


def test_a_name_that_does_not_exist_is_a_failure_to_try_again(watch, send) -> None:
    def nowhere(_name: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    watch.names = nowhere
    assert send(f"https://{HOSTS[0]}/x").failure == "network"


def test_what_is_refused_is_our_mistake_and_takes_no_device_away() -> None:
    assert Answer(0, failure="refused").means == OURS


@given(st.ip_addresses().map(str))
def test_no_address_is_open_that_the_library_calls_closed(address) -> None:
    ip = ipaddress.ip_address(address)
    assert not is_public(address) or (ip.is_global and not ip.is_multicast)


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_TOO, PUBLIC_SIX, f"::ffff:{PUBLIC}", "2a00:1450:4001:82b::200a"])
def test_the_addresses_of_the_world_are_open(address) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "1", "0x7f000001", "127.1", "::1::", "fcm.googleapis.com"])
def test_what_is_no_address_is_not_open(text) -> None:
    assert not is_public(text)
