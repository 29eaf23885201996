"""The one door to push services: encryption by pywebpush, a transport of our own, and every guard that it needs.

It keeps connections, speaks TLS only, follows no redirect, knows no proxy of the environment, waits for nobody long,
refuses a host whose address is not on the open internet, and reads no answer's body.
"""

import asyncio
import base64
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from app.core import clock
from app.push.answers import Answer
from app.push.endpoints import BadEndpoint, Endpoint, endpoint_of
from app.push.resolver import PublicResolver, Refused
from app.push.sending import Push, Sending
from app.push.transport import WHOLE, Pool

AT_ONCE = 64
SIGNED_FOR, SIGNED_ANEW = timedelta(hours=12), timedelta(hours=1)
"""How long a signature is good for, and after how long it is made anew."""

_SIGNATURES = 512


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A fresh VAPID key: the public half as browsers take it, and the private one as PEM."""

    public: str
    private: bytes


def new_keys() -> KeyPair:
    """Make a key pair on the curve P-256."""
    vapid = Vapid02()
    vapid.generate_keys()
    point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return KeyPair(base64.urlsafe_b64encode(point).rstrip(b"=").decode(), vapid.private_pem())


def are_device_keys(p256dh: str, auth: str) -> bool:
    """Whether something can be encrypted for these: a point on the curve, and 16 bytes, in URL-safe base64."""
    try:
        point, secret = from_base64(p256dh), from_base64(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == 65 and len(secret) == 16


def encrypt(push: Push) -> bytes:
    """The body of a push as it goes over the wire, by RFC 8291. Raises ValueError for keys that are none."""
    # At the first use: it loads two HTTP clients that we never ask, which takes long.
    from pywebpush import WebPusher

    # Not as it makes itself, which would copy the keys, and look again at what were looked at when they came.
    receiver = WebPusher.__new__(WebPusher)
    receiver.receiver_key, receiver.auth_key = from_base64(push.p256dh), from_base64(push.auth)
    encrypted: bytes = receiver.encode(push.body)["body"]
    return encrypted


def from_base64(text: str) -> bytes:
    """The bytes of URL-safe base64 without the signs at its end, as browsers give it. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)


class Gateway:
    """Sends pushes. Its connections live until `close`."""

    def __init__(self, subject: str, hosts: Iterable[str], *, loopback: bool = False, at_once: int = AT_ONCE) -> None:
        """`subject`: whom a push service may write to. `hosts`: where we send. `loopback`: this machine, for tests."""
        self._subject, self._hosts, self._loopback, self._at_once = subject, tuple(hosts), loopback, at_once
        self._signed: dict[tuple[str, str], tuple[datetime, str]] = {}
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pool: Pool | None = None
        self._thread: threading.Thread | None = None

    def send(self, pushes: Sequence[Push], *, now: datetime) -> list[Answer]:
        """Send all, many at once, and give the answer to each, in their order. Never raises for one of them.

        `now`: when they were claimed. What has passed since, be it that the machine slept, shortens their time to live.
        """
        if not pushes:
            return []
        return asyncio.run_coroutine_threadsafe(self._send_all(pushes, now), self._running()).result()

    def close(self) -> None:
        """Let go of every connection, and of the threads. Not while something is being sent."""
        if self._loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=WHOLE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=WHOLE)
        self._loop.close()
        self._loop = self._pool = self._thread = None

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="push", daemon=True)
                self._thread.start()
            return self._loop

    async def _end(self) -> None:
        if self._pool is not None:
            self._pool.close()
        await asyncio.get_running_loop().shutdown_default_executor()

    async def _send_all(self, pushes: Sequence[Push], now: datetime) -> list[Answer]:
        if self._pool is None:
            self._pool = Pool(PublicResolver(anywhere=self._loopback))
        sending, answers = Sending(now), {}
        # Each takes the next one. A task for each push costs more.
        numbered = iter(enumerate(pushes))

        async def send_some(pool: Pool) -> None:
            for number, push in numbered:
                answers[number] = await self._send(pool, push, sending)

        await asyncio.gather(*(send_some(self._pool) for _ in range(min(self._at_once, len(pushes)))))
        return [answers[number] for number in range(len(pushes))]

    async def _send(self, pool: Pool, push: Push, sending: Sending) -> Answer:
        try:
            # Looked at again, though it was when the device subscribed: the list of hosts may be another by now.
            endpoint = endpoint_of(push.endpoint, self._hosts, loopback=self._loopback)
        except BadEndpoint:
            return Answer(0, failure="refused")
        spent = max(clock.now() - sending.now, timedelta())
        answer = sending.kept_back(push, endpoint.service, spent)
        if answer is None:
            answer = await self._post(pool, push, endpoint, sending.now, spent)
        sending.note(endpoint.service, answer)
        return answer

    async def _post(self, pool: Pool, push: Push, endpoint: Endpoint, now: datetime, spent: timedelta) -> Answer:
        try:
            reply = await pool.post(endpoint, self._headers(push, endpoint, now, spent), encrypt(push))
            return Answer(reply.status, reply.fields.get("retry-after", ""))
        except Refused:
            return Answer(0, failure="refused")
        except TimeoutError:
            return Answer(0, failure="timeout")
        except OSError:
            return Answer(0, failure="network")
        except Exception:
            # One device with keys that nothing can be encrypted for must not keep the others from their message.
            return Answer(0, failure="unsendable")

    def _headers(self, push: Push, endpoint: Endpoint, now: datetime, spent: timedelta) -> dict[str, str]:
        headers = {
            "TTL": str(push.ttl - int(spent.total_seconds())),
            "Urgency": push.urgency,
            "Topic": push.topic,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self._authorization(push, endpoint.origin, now),
        }
        if endpoint.host.endswith("notify.windows.com"):
            headers["X-WNS-Cache-Policy"] = "cache"
        return headers

    def _authorization(self, push: Push, origin: str, now: datetime) -> str:
        known = self._signed.get((origin, push.key_id))
        if known is None or not timedelta() <= now - known[0] < SIGNED_ANEW:
            if len(self._signed) >= _SIGNATURES:
                self._signed.clear()
            # Fresh claims for each service: the library writes into those it is given.
            claims = {"aud": origin, "sub": self._subject, "exp": int((now + SIGNED_FOR).timestamp())}
            header: dict[str, str] = Vapid02.from_pem(push.private).sign(claims)
            known = self._signed[origin, push.key_id] = (now, header["Authorization"])
        return known[1]
