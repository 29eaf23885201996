"""Six digits that change every thirty seconds, as authenticator apps show them: RFC 6238 with SHA-1, the usual kind."""

from datetime import datetime

import pyotp

STEP = 30
"""Seconds for which a code stands."""

LATE = 1
"""How many steps a clock may be off, to either side."""


def new_secret() -> str:
    """A fresh secret of 160 bits, in base32."""
    return pyotp.random_base32()


def address(secret: str, login: str) -> str:
    """What an app reads off a QR code: the secret, and what to call it."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Attune")


def code_at(secret: str, step: int) -> str:
    """The six digits of a step, counted from 1970."""
    return pyotp.HOTP(secret).at(step)


def step_of(secret: str, typed: str, now: datetime, *, after: int | None) -> int | None:
    """The step whose digits were typed, if it is about now and later than `after`, else None. Spaces do not matter."""
    digits, here = "".join(typed.split()), int(now.timestamp()) // STEP
    fitting = [step for step in range(here - LATE, here + LATE + 1) if _same(code_at(secret, step), digits)]
    return next((step for step in fitting if after is None or step > after), None)


def _same(one: str, other: str) -> bool:
    return bool(pyotp.utils.strings_equal(one, other))
