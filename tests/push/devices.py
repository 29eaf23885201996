"""Devices for tests: a browser's keys, and a subscription made through the routes."""

import base64
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import transaction
from app.push import service as push
from tests.factories import NOW


class Browser:
    """What a browser makes when it subscribes: an endpoint, and keys that only it can decrypt with."""

    def __init__(self, endpoint: str | None = None) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.endpoint = endpoint or f"https://fcm.googleapis.com/fcm/send/{os.urandom(12).hex()}"

    def told(self, key: str) -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        p256dh, auth = (base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (point, self.secret))
        return {"endpoint": self.endpoint, "p256dh": p256dh, "auth": auth, "key": key, "asked": "yes"}


def subscribe(app: Flask, client: FlaskClient, endpoint: str | None = None) -> Browser:
    """Let this client ring."""
    with app.app_context():
        known = push.current_key()
        if known is None:
            with transaction():
                push.rotate_keys(now=NOW)
    key = client.get("/push/key").get_json()["key"]
    browser = Browser(endpoint)
    answer = client.post("/push/subscription", data=browser.told(key))
    assert answer.status_code == 204, answer.text
    return browser
