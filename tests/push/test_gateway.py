"""What goes over the wire, to a push service on this machine; and what we make of what it answers."""

import base64
import gc
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from app.core import clock
from app.push import transport
from app.push.answers import BREAKS_AFTER, DONE, LATER, LONGEST_WAIT, OURS, UNSENT, Answer, asked_to_wait, wait_before
from app.push.endpoints import HOSTS
from app.push.gateway import AT_ONCE, Gateway, are_device_keys, new_keys
from app.push.messages import SIZE, Line, payload
from app.push.sending import BEGUN_WITHIN, Push
from tests.push.devices import Browser
from tests.push.wire import CREATED, Request, Wire, certificate, wire

SUBJECT = "mailto:us@example.org"
KEYS = new_keys()
HOUR = timedelta(hours=1)


@pytest.fixture
def service() -> Iterator[Wire]:
    with wire() as service:
        yield service


@pytest.fixture
def other() -> Iterator[Wire]:
    with wire() as other:
        yield other


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway(SUBJECT, HOSTS, loopback=True)
    yield gateway
    gateway.close()


@pytest.fixture
def one_at_a_time() -> Iterator[Gateway]:
    gateway = Gateway(SUBJECT, HOSTS, loopback=True, at_once=1)
    yield gateway
    gateway.close()


@pytest.fixture
def sent(gateway: Gateway) -> Callable[..., Answer]:
    """`sent(push_to(service))`: the answer to one push."""
    return lambda push, now=None: gateway.send([push], now=now or clock.now())[0]


def push_to(service: Wire | str, browser: Browser | None = None, **others: Any) -> Push:
    """A push to a device with this service, or at an address."""
    endpoint = service if isinstance(service, str) else f"{service.origin}/push/abc?d=e"
    told = (browser or _BROWSER).told("")
    known = Push(endpoint, told["p256dh"], told["auth"], "key", KEYS.private, b'{"a":1}', 600, "normal", "t" * 32)
    return replace(known, **others)


_BROWSER = Browser()


def opened(request: Request, browser: Browser) -> bytes:
    """The body, decrypted as the browser does."""
    return http_ece.decrypt(request.body, private_key=browser.private, auth_secret=browser.secret, version="aes128gcm")


def claims_of(request: Request, public: str = KEYS.public) -> dict[str, Any]:
    """The claims in a request's signature, once that is found good by our public key."""
    scheme, _, told = request.headers["authorization"].partition(" ")
    fields = dict(part.strip().split("=", 1) for part in told.split(","))
    assert scheme.lower() == "vapid"
    assert fields["k"].rstrip("=") == public
    signed, _, signature = fields["t"].rpartition(".")
    r, s = (int.from_bytes(half) for half in (_bytes(signature)[:32], _bytes(signature)[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(fields["k"]))
    key.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    header, claims = (json.loads(_bytes(part)) for part in signed.split("."))
    assert header["alg"] == "ES256"
    return claims


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def answering(status: str, *fields: str, body: bytes = b"") -> bytes:
    """An HTTP answer: `answering("429 Slow down", "Retry-After: 60")`."""
    return "\r\n".join((f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", "")).encode() + body


# What is sent


def test_a_push_says_how_long_it_is_good_how_urgent_and_what_it_replaces(service, sent) -> None:
    assert sent(push_to(service, ttl=1234, urgency="high", topic="abc-DEF_123")) == Answer(201)
    (request,) = service.requests
    assert request.line == "POST /push/abc?d=e HTTP/1.1"
    wanted = {"ttl": "1234", "urgency": "high", "topic": "abc-DEF_123", "content-encoding": "aes128gcm"}
    assert wanted.items() <= request.headers.items()
    assert request.headers["host"] == f"127.0.0.1:{service.port}"
    assert not {"cookie", "referer", "origin", "crypto-key", "x-wns-cache-policy"} & request.headers.keys()


def test_the_browser_and_nobody_else_can_read_what_is_sent(service, sent) -> None:
    browser = Browser()
    body = payload(
        Line("Attune", "It is your turn."), ident="n.s", tag="t", navigate="https://a/x", lang="en", badge=2, actions={}
    )
    sent(push_to(service, browser, body=body))
    (request,) = service.requests
    read = opened(request, browser)
    assert read == body
    assert len(read) == SIZE
    assert json.loads(read)["notification"]["body"] == "It is your turn."
    assert b"your turn" not in request.body
    with pytest.raises(Exception, match=r"."):
        opened(request, Browser())


def test_each_message_has_the_same_length_whatever_it_says_and_its_own_key(service, sent) -> None:
    for title in ("A", "A" * 300):
        told = Line(title, title)
        sent(push_to(service, body=payload(told, ident="", tag="", navigate="", lang="", badge=0, actions={})))
    first, second = (request.body for request in service.requests)
    assert len(first) == len(second)
    assert first[:16] != second[:16]


def test_a_signature_names_the_service_us_and_an_end_within_a_day(service, other, sent) -> None:
    now = clock.now()
    for each in (service, other, service):
        sent(push_to(each))
    for each in (service, other):
        claims = claims_of(each.requests[0])
        assert claims["aud"] == each.origin
        assert claims["sub"] == SUBJECT
        assert now < datetime.fromtimestamp(claims["exp"], UTC) <= now + 24 * HOUR


def test_a_signature_is_made_anew_after_an_hour_and_not_before(service, sent) -> None:
    now = clock.now()
    for later in (timedelta(), timedelta(minutes=59), HOUR, 2 * HOUR):
        sent(push_to(service), now=now + later)
    first, second, third, fourth = (request.headers["authorization"] for request in service.requests)
    assert first == second
    assert len({second, third, fourth}) == 3
    ends = [datetime.fromtimestamp(claims_of(request)["exp"], UTC) for request in service.requests]
    assert all(end - now - later > 6 * HOUR for end, later in zip(ends, (0 * HOUR, HOUR, HOUR, 2 * HOUR), strict=True))


def test_a_clock_that_is_set_back_leaves_no_signature_from_the_future(service, sent) -> None:
    now = clock.now()
    sent(push_to(service), now=now + 48 * HOUR)
    sent(push_to(service), now=now)
    assert datetime.fromtimestamp(claims_of(service.requests[1])["exp"], UTC) <= now + 24 * HOUR


def test_each_key_signs_for_the_devices_that_are_bound_to_it(service, sent) -> None:
    later = new_keys()
    sent(push_to(service))
    sent(push_to(service, key_id="later", private=later.private))
    claims_of(service.requests[0])
    claims_of(service.requests[1], later.public)


def test_what_is_remembered_of_many_services_has_an_end(gateway) -> None:
    now = clock.now()
    for number in range(2000):
        origin = f"https://a{number}.fcm.googleapis.com"
        gateway._authorization(push_to(f"{origin}/x"), origin, now)
    assert len(gateway._signed) < 1000


# Over TLS


@pytest.fixture
def at_the_service(monkeypatch: pytest.MonkeyPatch) -> Callable[[Wire], None]:
    """`at_the_service(service)`: every name in the world leads there."""
    really = socket.socket.connect

    def lead(service: Wire) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)
        monkeypatch.setattr(socket.socket, "connect", lambda self, _to: really(self, ("127.0.0.1", service.port)))

    return lead


@pytest.mark.parametrize("host", HOSTS)
def test_each_push_service_is_spoken_to_over_tls_by_its_name(host, tmp_path, monkeypatch, at_the_service) -> None:
    trust, public = certificate(tmp_path, host)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    gateway = Gateway(SUBJECT, HOSTS)
    with wire(trust) as service:
        at_the_service(service)
        for port in ("", ":443"):
            assert gateway.send([push_to(f"https://{host}{port}/x")], now=clock.now()) == [Answer(201)]
        gateway.close()
    assert {request.headers["host"].removesuffix(":443") for request in service.requests} == {host}
    assert {claims_of(request)["aud"] for request in service.requests} == {f"https://{host}"}
    # Windows refuses a message with a time to live that does not say this.
    asked = {request.headers.get("x-wns-cache-policy") for request in service.requests}
    assert asked == ({"cache"} if host == "notify.windows.com" else {None})


@pytest.mark.parametrize("names", [("fcm.googleapis.com.evil.example",), ("127.0.0.1",), ()])
def test_a_service_that_cannot_prove_its_name_is_told_nothing(names, tmp_path, monkeypatch, at_the_service) -> None:
    trust, public = certificate(tmp_path, *(names or HOSTS))
    if names:
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
    gateway = Gateway(SUBJECT, HOSTS)
    with wire(trust) as service:
        at_the_service(service)
        assert gateway.send([push_to("https://fcm.googleapis.com/x")], now=clock.now())[0].failure == "network"
        gateway.close()
    assert service.requests == []


# Where it does not go


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status, service, other, sent) -> None:
    service.answer = answering(f"{status} Elsewhere", f"Location: {other.origin}/internal-admin")
    assert sent(push_to(service)) == Answer(status)
    assert len(service.requests) == 1
    assert other.connections == 0


def test_proxies_of_the_environment_are_not_used(service, other, sent, monkeypatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, other.origin)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert sent(push_to(service)) == Answer(201)
    assert other.connections == 0


def test_cookies_are_not_kept(service, sent) -> None:
    service.answer = answering("201 Created", "Set-Cookie: who=ana; Path=/")
    for _ in range(2):
        assert sent(push_to(service)) == Answer(201)
    assert all("cookie" not in request.headers for request in service.requests)


# How it waits


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience of a fraction of a second."""
    for name, seconds in {"CONNECT": 0.4, "ANSWER": 0.4, "REST": 0.1}.items():
        monkeypatch.setattr(transport, name, seconds)


@pytest.mark.usefixtures("hurried")
def test_nobody_is_waited_for_long(service, other, gateway) -> None:
    service.answer = ""
    answers = gateway.send([push_to(service), push_to(other), push_to(service)], now=clock.now())
    assert answers == [Answer(0, failure="timeout"), Answer(201), Answer(0, failure="timeout")]
    assert answers[0].means == LATER


@pytest.mark.usefixtures("hurried")
def test_what_was_said_is_said_though_its_rest_never_comes(service, sent) -> None:
    service.answer = lambda _request: b"HTTP/1.1 410 Gone\r\nContent-Length: 10\r\n\r\n"
    assert sent(push_to(service)) == Answer(410)


def test_nobody_there_is_a_failure_of_the_network(service, sent) -> None:
    with wire() as gone:
        pass
    assert sent(push_to(gone)) == Answer(0, failure="network")
    assert sent(push_to(service)) == Answer(201)


def test_a_connection_is_kept(service, sent) -> None:
    for _ in range(20):
        assert sent(push_to(service)) == Answer(201)
    assert service.connections == 1


def test_a_connection_is_kept_though_the_answer_has_a_body(service, sent) -> None:
    service.answer = answering("201 Created", body=b"thank you")
    for _ in range(20):
        assert sent(push_to(service)) == Answer(201)
    assert service.connections == 1


def test_a_connection_that_was_hung_up_between_two_pushes_costs_neither(service, sent) -> None:
    service.answer = answering("201 Created", "Connection: close")
    for _ in range(5):
        assert sent(push_to(service)) == Answer(201)
    assert len(service.requests) == 5


def test_many_go_at_once_and_each_gets_its_own_answer(service, gateway) -> None:
    service.answer = lambda request: answering(f"{request.line.split('/')[1][:3]} x")
    wanted = [201 if number % 7 else 410 for number in range(500)]
    pushes = [push_to(f"{service.origin}/{status}") for status in wanted]
    assert gateway.send(pushes, now=clock.now()) == [Answer(status) for status in wanted]
    assert service.connections <= AT_ONCE


def test_several_may_send_through_one_gateway(service, gateway) -> None:
    with ThreadPoolExecutor(6) as people:
        answers = list(people.map(lambda _: gateway.send([push_to(service)] * 20, now=clock.now()), range(6)))
    assert answers == [[Answer(201)] * 20] * 6
    assert [thread.name for thread in threading.enumerate()].count("push") == 1


def test_nothing_to_send_opens_nothing(gateway) -> None:
    before = threading.active_count()
    assert gateway.send([], now=clock.now()) == []
    assert threading.active_count() == before


def test_closing_leaves_no_thread_and_no_connection_and_one_may_go_on(service) -> None:
    before, gateway = set(threading.enumerate()), Gateway(SUBJECT, HOSTS, loopback=True)
    service.answer = CREATED
    for number in (1, 2):
        gateway.send([push_to(f"http://localhost:{service.port}/x")], now=clock.now())
        gateway.close()
        ours = [thread for thread in set(threading.enumerate()) - before if "talk" not in thread.name]
        assert ours == []
        assert service.connections == number
    gateway.close()


# What it makes of what it hears


def test_no_word_of_an_answer_is_kept_or_told(service, sent, caplog) -> None:
    service.answer = answering("400 secret-reason", "X-Secret: secret-field", body=b"secret-body " * 50)
    answer = sent(push_to(service))
    assert answer == Answer(400)
    assert answer.means == OURS
    assert "secret" not in repr(answer) + caplog.text


def test_nothing_that_is_private_stands_in_the_repr_of_a_push(service) -> None:
    assert "PRIVATE" not in repr(push_to(service))
    assert '"a"' not in repr(push_to(service))


def test_an_endless_answer_is_not_listened_to(service, sent) -> None:
    whole = 100_000_000
    service.answer = f"HTTP/1.1 201 Created\r\nContent-Length: {whole}\r\n\r\n".encode() + bytes(whole)
    assert sent(push_to(service)) == Answer(201)
    service.answer = CREATED
    assert sent(push_to(service)) == Answer(201)
    assert service.taken < whole / 4


GARBAGE = (
    b"", b"\r\n\r\n", b"hello", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 abc Created\r\n\r\n", b"HTTP/9.9 201 Created\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n", bytes(range(256)) * 8, b"\0" * 5000, b"HTTP/1.1 201 Created\r\nX: " + b"a" * 100_000,
    b"HTTP/1.1 99999 Created\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 -20 Created\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 201", "HTTP/1.1 ٢٠١ Created\r\nContent-Length: 0\r\n\r\n".encode(), b"\xff\xfe HTTP/1.1 201 C\r\n\r\n",
    b"<html>HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n",
)  # fmt: skip
"""What is no answer in HTTP."""


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.usefixtures("hurried")
def test_garbage_is_a_failure_to_try_again_and_harms_nobody_after_it(garbage, service, other, sent) -> None:
    service.answer = garbage
    answer = sent(push_to(service))
    assert answer.means == LATER
    assert answer.failure in {"network", "timeout"} or answer.status >= 500 or answer.status < 200
    service.answer = CREATED
    assert sent(push_to(service)) == Answer(201)
    assert sent(push_to(other)) == Answer(201)


@pytest.mark.parametrize("retry_after", ["soon", "", "-1", "9" * 400, "99999999999999999999 Jan 12:00 -0000 1 1", "²"])
def test_a_wish_to_be_left_alone_that_makes_no_sense_is_none(retry_after, service, sent) -> None:
    service.answer = answering("429 Slow down").replace(b"\r\n\r\n", f"\r\nRetry-After: {retry_after}\r\n\r\n".encode())
    answer = sent(push_to(service))
    assert answer.status == 429
    assert answer.means == LATER
    assert asked_to_wait(answer, clock.now()) is None


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_asks_to_be_left_alone_in_seconds_or_until_a_date(status) -> None:
    now = datetime(2026, 11, 12, 20, 0, tzinfo=UTC)
    assert asked_to_wait(Answer(status, "120"), now) == timedelta(seconds=120)
    assert asked_to_wait(Answer(status, "Thu, 12 Nov 2026 20:05:00 GMT"), now) == timedelta(minutes=5)
    assert asked_to_wait(Answer(status, "Thu, 12 Nov 2026 20:05:00"), now) == timedelta(minutes=5)
    assert asked_to_wait(Answer(status, "Thu, 12 Nov 2026 19:00:00 GMT"), now) == timedelta()
    assert asked_to_wait(Answer(status, "99999999"), now) == LONGEST_WAIT
    assert asked_to_wait(Answer(status), now) is None
    assert asked_to_wait(Answer(500, "120"), now) is None


def test_waits_grow_and_do_not_end() -> None:
    waits = [wait_before(tries) for tries in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=30)


@pytest.mark.parametrize("broken", [{"p256dh": "AAAA"}, {"auth": ""}, {"private": b"no key"}, {"topic": "a\r\nX: y"}])
def test_a_push_that_cannot_be_made_is_named_and_the_others_go_out(broken, service, gateway) -> None:
    pushes = [push_to(service), push_to(service, key_id="broken", **broken), push_to(service)]
    answers = gateway.send(pushes, now=clock.now())
    assert answers == [Answer(201), Answer(0, failure="unsendable"), Answer(201)]
    assert answers[1].means == OURS
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""), ("AAAA", "AAAA"), (_BROWSER.told("")["p256dh"], "AAAA"), ("BAAA" * 22, _BROWSER.told("")["auth"]),
        (_BROWSER.told("")["p256dh"][:-1], _BROWSER.told("")["auth"]), ("ü" * 87, _BROWSER.told("")["auth"]),
        (_BROWSER.told("")["p256dh"] + "A", _BROWSER.told("")["auth"]), (_BROWSER.told("")["p256dh"], "A" * 24),
    ],
    ids=range(8),
)  # fmt: skip
def test_keys_that_nothing_can_be_encrypted_for_are_told_from_others(p256dh, auth) -> None:
    assert not are_device_keys(p256dh, auth)
    assert are_device_keys(_BROWSER.told("")["p256dh"], _BROWSER.told("")["auth"])


# What one sending learns on its way


def test_a_service_that_asks_for_rest_gets_it_at_once(service, other, one_at_a_time) -> None:
    service.answer = answering("429 Slow down", "Retry-After: 60")
    pushes = [push_to(each) for each in (service, service, other, service, other)]
    answers = one_at_a_time.send(pushes, now=clock.now())
    held = Answer(0, failure="held")
    assert answers == [Answer(429, "60"), held, Answer(201), held, Answer(201)]
    assert held.means == UNSENT
    assert len(service.requests) == 1


def test_a_service_that_fails_again_and_again_is_left_alone_and_no_other(service, other, one_at_a_time) -> None:
    service.answer = answering("500 Oh")
    answers = one_at_a_time.send([push_to(service), push_to(other)] * (BREAKS_AFTER + 5), now=clock.now())
    assert answers[::2] == [Answer(500)] * BREAKS_AFTER + [Answer(0, failure="held")] * 5
    assert {answer.means for answer in answers[1::2]} == {DONE}


def test_a_service_that_fails_now_and_then_is_not_left_alone(service, one_at_a_time) -> None:
    turns = iter(([500] * (BREAKS_AFTER - 1) + [201]) * 3)
    service.answer = lambda _request: answering(f"{next(turns)} x")
    answers = one_at_a_time.send([push_to(service)] * BREAKS_AFTER * 3, now=clock.now())
    assert UNSENT not in {answer.means for answer in answers}


def test_what_was_learned_is_forgotten_with_the_next_sending(service, one_at_a_time) -> None:
    service.answer = answering("429 Slow down", "Retry-After: 60")
    one_at_a_time.send([push_to(service)], now=clock.now())
    service.answer = CREATED
    assert one_at_a_time.send([push_to(service)], now=clock.now()) == [Answer(201)]


@pytest.fixture
def sleeping(service: Wire, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """`sleeping(HOUR)`: the machine sleeps for an hour while the first push is under way. Gives when it began."""

    def sleep(how_long: timedelta) -> datetime:
        now, slept = clock.now(), [timedelta()]

        def answer(_request: Request) -> bytes:
            slept[0] = how_long
            return CREATED

        service.answer = answer
        monkeypatch.setattr(clock, "now", lambda: now + slept[0])
        return now

    return sleep


def test_what_was_claimed_before_the_machine_slept_is_not_sent_after_its_window(service, one_at_a_time, sleeping):
    now = sleeping(HOUR)
    answers = one_at_a_time.send([push_to(service, ttl=600), push_to(service, ttl=3600)], now=now)
    assert answers == [Answer(201), Answer(0, failure="late")]
    assert answers[1].means == UNSENT


def test_what_has_passed_since_it_was_claimed_shortens_its_life(service, one_at_a_time, sleeping) -> None:
    now = sleeping(BEGUN_WITHIN)
    one_at_a_time.send([push_to(service, ttl=600)] * 2, now=now)
    assert [request.headers["ttl"] for request in service.requests] == ["600", "510"]


def test_a_sending_begins_nothing_once_its_lease_is_nearly_over(service, one_at_a_time, sleeping) -> None:
    now = sleeping(BEGUN_WITHIN + timedelta(seconds=1))
    answers = one_at_a_time.send([push_to(service)] * 3, now=now)
    assert [answer.failure for answer in answers] == ["", "held", "held"]


# In the long run


def test_thousands_of_pushes_leave_nothing_behind(service, gateway) -> None:
    service.keeps = False
    now, pushes = clock.now(), [push_to(service)] * 500
    gateway.send(pushes, now=now)
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(6):
        assert set(gateway.send(pushes, now=now)) == {Answer(201)}
    gc.collect()
    # Less than one object for every sixth push.
    assert sys.getallocatedblocks() - before < len(pushes)
