"""A browser with a passkey, made of software: what it answers, for tests that need no window."""

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

from app.core.ids import new_id

PRESENT, VERIFIED, SYNCABLE, BACKED_UP, ATTESTED = 1, 4, 8, 16, 64


@dataclass
class Authenticator:
    """Keeps one passkey. `flags` are those of its answers, `count` how often it has signed."""

    origin: str = "http://localhost:8000"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    ident: bytes = field(default_factory=lambda: new_id().encode())
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    owner: str = ""

    def make(self, options: dict[str, Any]) -> str:
        """What the browser says when it was asked to make a passkey."""
        self.owner = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        public = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        credential = bytes(16) + struct.pack(">H", len(self.ident)) + self.ident + public
        data = self._data(options["rp"]["id"], self.flags | ATTESTED) + credential
        made = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._told({"clientDataJSON": client, "attestationObject": made})

    def use(self, options: dict[str, Any]) -> str:
        """What the browser says when it was asked for a passkey."""
        self.count += 1
        data, client = self._data(options["rpId"], self.flags), self._client("webauthn.get", options["challenge"])
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        told = {"clientDataJSON": client, "authenticatorData": data, "signature": signed}
        return self._told({**told, "userHandle": base64url_to_bytes(self.owner)})

    def _data(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _told(self, response: dict[str, bytes]) -> str:
        ident = bytes_to_base64url(self.ident)
        told = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": ident, "rawId": ident, "type": "public-key", "response": told})


def make_passkey(browser: Any, authenticator: Authenticator, name: str = "My phone") -> Any:
    """Ask for a passkey, make it, and send it on: the last answer."""
    options = browser.post("/settings/passkeys/options").json
    return browser.post("/settings/passkeys", data={"answer": authenticator.make(options), "name": name})


def use_passkey(browser: Any, authenticator: Authenticator, to: str = "/sign-in/passkey", **others: str) -> Any:
    """Sign in, or confirm, by a passkey: the last answer."""
    answer = authenticator.use(browser.post(f"{to}/options").json)
    return browser.post(to, data={"answer": answer, **others})
