"""A push service of our own on loopback, for a real Firefox: a WebSocket to the browser, an endpoint for pushes.

It is as strict as those of the browsers' makers, and keeps what it cannot hand on yet. Unlike them it can be told to
damage a message, to be out of reach, and to lose all that it knows.
"""

import asyncio
import base64
import json
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from app.core import clock

LARGEST = 4096
"""Bytes of a message as it is encrypted; each service takes as many."""

PATIENCE = 20
"""Seconds for whatever is waited for; the machine of a test may be busy."""

DELIVERED, UNDECRYPTED = 100, 101
"""How Firefox acknowledges a message: it woke the worker, or could not be decrypted."""


@dataclass
class Subscription:
    """One browser's on one site. `key`: the public key that alone may push to it. Gone once it has unsubscribed."""

    token: str
    channel: str
    key: str
    gone: bool = False
    waiting: list["Message"] = field(default_factory=list)


@dataclass(frozen=True)
class Message:
    """One push as it came: all that the service itself can know of it."""

    body: bytes
    headers: dict[str, str]
    until: datetime

    @property
    def topic(self) -> str | None:
        return self.headers.get("Topic")


class PushService:
    """Runs between `start` and `stop`, in a thread of its own."""

    def __init__(self) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self.messages: list[Message] = []
        self.damages = False
        """Whether what is handed on arrives broken."""
        self.port = 0
        self._heard: dict[str, list[Any]] = defaultdict(list)
        self._changed = threading.Condition()
        self._reachable = True
        self._browser = ""
        self._socket: web.WebSocketResponse | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pushd", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._do(self._listen())

    def stop(self) -> None:
        self._do(self._hang_up())
        self._do(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    # What a test says and asks

    def hears(self, kind: str) -> Any:
        """The next "hello", "register", "unregister" or "ack", waited for if need be; each is given once."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._heard[kind], PATIENCE), f"no {kind!r} came"
            return self._heard[kind].pop(0)

    def heard(self, kind: str) -> list[Any]:
        """All of this kind that has come by now, such as the statuses that each "push" was answered with."""
        with self._changed:
            return self._heard.pop(kind, [])

    def afresh(self) -> None:
        """A new test begins."""
        with self._changed:
            self._heard.clear()
            self.messages.clear()
            self.damages = False

    @contextmanager
    def out_of_reach(self) -> Iterator[None]:
        """The browser has no connection meanwhile, as a phone has none in a tunnel."""
        self._reachable = False
        self._do(self._hang_up())
        try:
            yield
        finally:
            self._reachable = True
        self.hears("hello")

    def forget_everything(self) -> None:
        """Lose all subscriptions, as services do once in a while; the browser learns of it when it comes back."""
        self._browser = ""
        self.subscriptions.clear()
        self._do(self._hang_up())
        self.hears("hello")

    # The browser's side

    async def _listen(self) -> None:
        app = web.Application()
        app.add_routes([web.get("/", self._talk), web.post("/push/{token}", self._take)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        if not self._reachable:
            return web.Response(status=503)
        own = web.WebSocketResponse(protocols=("push-notification",))
        await own.prepare(request)
        async for message in own:
            told = json.loads(message.data)
            kind = told.get("messageType", "ping")
            answer: Callable[[dict[str, Any]], Any] = getattr(self, f"_on_{kind}")
            if (reply := answer(told)) is not None:
                await own.send_json(reply)
            if kind == "hello":
                self._socket = own
                self._note("hello", told.get("uaid"))
                for subscription in list(self.subscriptions.values()):
                    await self._hand_on(subscription)
        if self._socket is own:
            self._socket = None
        return own

    def _on_ping(self, _told: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _on_hello(self, told: dict[str, Any]) -> dict[str, Any]:
        # Another name than the browser came with tells it that all its subscriptions are lost.
        self._browser = self._browser or secrets.token_hex(16)
        return {**told, "status": 200, "uaid": self._browser, "broadcasts": {}}

    def _on_register(self, told: dict[str, Any]) -> dict[str, Any]:
        known = Subscription(secrets.token_urlsafe(24), told["channelID"], told.get("key", "").rstrip("="))
        self.subscriptions[known.token] = known
        self._note("register", known)
        endpoint = f"http://127.0.0.1:{self.port}/push/{known.token}"
        return {
            "messageType": "register",
            "status": 200,
            "channelID": known.channel,
            "pushEndpoint": endpoint,
        }

    def _on_unregister(self, told: dict[str, Any]) -> dict[str, Any]:
        for known in self.subscriptions.values():
            known.gone = known.gone or known.channel == told["channelID"]
        self._note("unregister", told["channelID"])
        return {**told, "status": 200}

    def _on_ack(self, told: dict[str, Any]) -> None:
        for update in told["updates"]:
            self._note("ack", update["code"])

    def _on_nack(self, told: dict[str, Any]) -> None:
        self._note("ack", told["code"])

    def _on_broadcast_subscribe(self, _told: dict[str, Any]) -> None:
        """Nothing is ever broadcast here."""

    # The pusher's side

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        known = self.subscriptions.get(request.match_info["token"])
        status = self._judge(known, request, body)
        if status == 201:
            assert known is not None
            lasting = timedelta(seconds=int(request.headers["TTL"]))
            message = Message(body, dict(request.headers), clock.now() + lasting)
            self.messages.append(message)
            topics = [each for each in known.waiting if message.topic is None or each.topic != message.topic]
            known.waiting = [*topics, message]
            await self._hand_on(known)
        self._note("push", status)
        return web.Response(status=status)

    def _judge(self, known: Subscription | None, request: web.Request, body: bytes) -> int:
        """The status that a push is answered with."""
        headers = request.headers
        if known is None:
            return 404
        if known.gone:
            return 410
        if "Authorization" not in headers:
            return 401
        if signed_by(headers["Authorization"], f"http://{request.host}", clock.now()) != known.key:
            return 403
        if not headers.get("TTL", "").isdecimal() or headers.get("Content-Encoding") != "aes128gcm":
            return 400
        return 413 if len(body) > LARGEST else 201

    async def _hand_on(self, known: Subscription) -> None:
        """Give the browser what waits for it and is still good; without a connection that goes on waiting."""
        if self._socket is None:
            known.waiting = [message for message in known.waiting if message.until > clock.now()]
            return
        for message in known.waiting:
            if message.until >= clock.now():
                body = message.body[:-1] + bytes([message.body[-1] ^ self.damages])
                await self._socket.send_json(
                    {
                        "messageType": "notification",
                        "channelID": known.channel,
                        "version": secrets.token_hex(8),
                        "data": base64.urlsafe_b64encode(body).rstrip(b"=").decode(),
                        "headers": {"encoding": "aes128gcm"},
                    }
                )
        known.waiting = []

    # Below

    async def _hang_up(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    def _note(self, kind: str, what: Any) -> None:
        with self._changed:
            self._heard[kind].append(what)
            self._changed.notify_all()

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)


@contextmanager
def push_service() -> Iterator[PushService]:
    """A service that runs meanwhile."""
    service = PushService()
    service.start()
    yield service
    service.stop()


def signed_by(authorization: str, origin: str, now: datetime) -> str | None:
    """The public key that has signed a push to `origin`, by RFC 8292; None where that is not good, or not now."""
    try:
        scheme, _, rest = authorization.partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        head, claims, signature = parts["t"].split(".")
        point, raw = _bytes(parts["k"]), _bytes(signature)
        pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
        said, how = json.loads(_bytes(claims)), json.loads(_bytes(head))
        good = (
            scheme == "vapid"
            and how["alg"] == "ES256"
            and len(raw) == 64
            and said["aud"] == origin
            and said["sub"].startswith(("mailto:", "https://"))
            and now.timestamp() < said["exp"] <= (now + timedelta(days=1)).timestamp()
        )
    except (InvalidSignature, KeyError, ValueError):
        return None
    return parts["k"].rstrip("=") if good else None


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), "-_", validate=True)
