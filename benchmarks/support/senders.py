"""Who sends pushes in a race: processes of their own on one core, each told on its input how many, over and over.

`python -m benchmarks.support.senders KIND PLAN`; the answer to each number is a line of JSON with the seconds and the
CPU seconds that it took. What the plan holds is read before the first of them.
"""

import json
import selectors
import socket
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from pywebpush import webpush

from app import serving
from app.core import clock
from app.push.gateway import Gateway, encrypt, from_base64
from app.push.sending import Push

BATCH = 500
"""As many as the engine claims at once."""

AT_ONCE = 64
_CURVE = ec.SECP256R1()

Plan = dict[str, Any]
Send = Callable[[int], None]


def ours(plan: Plan) -> Send:
    """Attune's gateway, fed as the engine feeds it."""
    gateway = Gateway(plan["subject"], (), loopback=True, at_once=AT_ONCE)
    pushes = _pushes(plan)
    serving.settle()

    def send(count: int) -> None:
        for begun in range(0, count, BATCH):
            batch = [pushes[number % len(pushes)] for number in range(begun, min(begun + BATCH, count))]
            answers = gateway.send(batch, now=clock.now())
            if any(answer.status != 201 for answer in answers):
                raise RuntimeError(next(answer for answer in answers if answer.status != 201))

    return send


def readme(plan: Plan) -> Send:
    """pywebpush as its README has it: a call for each message, with the path of the key."""

    def send(count: int) -> None:
        for number in range(count):
            webpush(
                subscription_info=plan["subscriptions"][number % len(plan["subscriptions"])],
                data=plan["body"],
                vapid_private_key=plan["key"],
                vapid_claims={"sub": plan["subject"]},
            )

    return send


def encrypting(plan: Plan) -> Send:
    """pywebpush's encryption alone, of messages that nobody is sent."""
    pushes = _pushes(plan)

    def send(count: int) -> None:
        for number in range(count):
            encrypt(pushes[number % len(pushes)])

    return send


def agreeing(plan: Plan) -> Send:
    """No more than what the standard asks of the curve for each message: a fresh key, and a secret with the phone."""
    points = [_point(each) for each in plan["subscriptions"]]

    def send(count: int) -> None:
        for number in range(count):
            point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, points[number % len(points)])
            ec.generate_private_key(_CURVE).exchange(ec.ECDH(), point)

    return send


def bare(plan: Plan) -> Send:
    """One message that was encrypted before, again and again: what the sink can take."""
    body = encrypt(_pushes(plan)[0])
    head = f"POST /push/1 HTTP/1.1\r\nHost: localhost\r\nTTL: 60\r\nContent-Length: {len(body)}\r\n\r\n"
    request = head.encode() + body
    trust = ssl.create_default_context()
    poll = selectors.DefaultSelector()
    for _ in range(AT_ONCE):
        call = trust.wrap_socket(socket.create_connection(("127.0.0.1", plan["port"])), server_hostname="localhost")
        call.setblocking(False)
        poll.register(call, selectors.EVENT_READ)
    calls = [key.fileobj for key in poll.get_map().values()]

    def send(count: int) -> None:
        left, waiting = count, 0
        for call in calls[:count]:
            call.send(request)
            left, waiting = left - 1, waiting + 1
        while waiting:
            for key, _ in poll.select():
                try:
                    key.fileobj.recv(4096)
                except ssl.SSLWantReadError:
                    continue
                waiting -= 1
                if left:
                    key.fileobj.send(request)
                    left, waiting = left - 1, waiting + 1

    return send


KINDS = {each.__name__: each for each in (ours, readme, encrypting, agreeing, bare)}


def main(kind: str, plan: Path) -> None:
    """Send as many as each line says, and tell what it took."""
    send = KINDS[kind](json.loads(plan.read_text()))
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        send(int(line))
        print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]), flush=True)


def _pushes(plan: Plan) -> list[Push]:
    private, body = Path(plan["key"]).read_bytes(), plan["body"].encode()
    common = ("key", private, body, 3600, "normal", "a" * 32)
    return [
        Push(each["endpoint"], each["keys"]["p256dh"], each["keys"]["auth"], *common) for each in plan["subscriptions"]
    ]


def _point(subscription: dict[str, Any]) -> bytes:
    return from_base64(subscription["keys"]["p256dh"])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
