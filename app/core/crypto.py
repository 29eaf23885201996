"""Words at rest: AES-256-GCM under the author's own key, which a master key outside the database wraps.

Format of a sealed text: one version byte, a 96-bit random nonce, then ciphertext and tag. What the text is about
(table, row, column, author) is bound in, so that it cannot be moved. Texts are padded to multiples of 256 bytes,
because a length says much about a feeling.
"""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_BLOCK = 256


class Undecipherable(RuntimeError):
    """A sealed text does not open: wrong key, moved row or damaged bytes. Never says which."""


class Vault:
    """Wraps and unwraps the keys of persons, and derives the keys for look-ups, from one master key."""

    def __init__(self, master: bytes) -> None:
        """`master`: 32 random bytes that are kept outside the database."""
        if len(master) != KEY_BYTES:
            raise ValueError("the master key must be 32 bytes long")
        self._master = master
        self._subkeys: dict[str, bytes] = {}

    def new_key(self, person: str) -> bytes:
        """A fresh key for a person, wrapped; only this form is stored."""
        return _encrypt(self._subkey("persons"), secrets.token_bytes(KEY_BYTES), f"person-key|{person}")

    def unwrap(self, wrapped: bytes, person: str) -> bytes:
        """The person's key itself. Raises Undecipherable."""
        return _decrypt(self._subkey("persons"), wrapped, f"person-key|{person}")

    def keep(self, secret: bytes, about: str) -> bytes:
        """A secret of the instance itself, such as a private key, in the form in which it is stored."""
        return _encrypt(self._subkey("instance"), secret, about)

    def kept(self, sealed: bytes, about: str) -> bytes:
        """The secret that `keep` took. Raises Undecipherable."""
        return _decrypt(self._subkey("instance"), sealed, about)

    def fingerprint(self, value: str, purpose: str) -> str:
        """A keyed hash (64 hex digits) to look up a secret by, without storing the secret."""
        return hmac.new(self._subkey(purpose), value.encode(), hashlib.sha256).hexdigest()

    def _subkey(self, purpose: str) -> bytes:
        if purpose not in self._subkeys:
            self._subkeys[purpose] = hmac.new(self._master, b"attune|" + purpose.encode(), hashlib.sha256).digest()
        return self._subkeys[purpose]


def vault() -> Vault:
    """The vault of the running app."""
    found: Vault = current_app.extensions["vault"]
    return found


def seal(key: bytes, text: str, about: str) -> bytes:
    """Encrypt `text` under `key`; `about` names the row and column and must be given again to open it."""
    plain = text.encode()
    padding = -(len(plain) + 1) % _BLOCK
    return _encrypt(key, plain + b"\x01" + b"\x00" * padding, about)


def unseal(key: bytes, sealed: bytes, about: str) -> str:
    """The text that `seal` took. Raises Undecipherable when key, row or bytes do not fit."""
    plain = _decrypt(key, sealed, about)
    return plain[: plain.rindex(b"\x01")].decode()


def _encrypt(key: bytes, plain: bytes, about: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def _decrypt(key: bytes, sealed: bytes, about: str) -> bytes:
    if sealed[:1] != _VERSION:
        raise Undecipherable
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], about.encode())
    except (InvalidTag, ValueError) as error:
        raise Undecipherable from error
