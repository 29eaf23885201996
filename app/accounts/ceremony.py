"""The ceremonies of WebAuthn: what a browser is asked for, and what its answer proves.

A passkey is always one that can be found without a name, and that has made sure who holds it: by a face, a finger, or
a code. So it is two factors by itself.
"""

import base64
import ipaddress
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

PATIENCE = 5 * 60
"""Seconds that a browser has for an answer."""


class Refused(ValueError):
    """An answer proves nothing. Never says why."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are bound to: the host by its name, and the origin that pages have."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser sent: the credential, for whom it is kept there, and the challenge that it has signed."""

    credential_id: str
    person_id: str
    challenge: str
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A fresh passkey, as it is to be kept."""

    credential_id: str
    public_key: str
    sign_count: int
    synced: bool
    backed_up: bool


def site_of(base_url: str) -> Site | None:
    """The site at this address, None where the host is an IP address: browsers bind no passkey to one."""
    host = urlsplit(base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Site(host, base_url)
    return None


def to_make(site: Site, challenge: str, person_id: str, login: str, known: Iterable[str]) -> dict[str, Any]:
    """What to ask of a browser that is to make a passkey, where none of `known` is there yet."""
    # At the first use, here and below: it loads the forms of every maker of passkeys, which takes long.
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import AuthenticatorSelectionCriteria as Criteria
    from webauthn.helpers.structs import ResidentKeyRequirement, UserVerificationRequirement

    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Attune",
        user_id=person_id.encode(),
        user_name=login,
        challenge=_bytes(challenge),
        timeout=PATIENCE * 1000,
        authenticator_selection=Criteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_described(known),
    )
    return options_to_json_dict(options)


def to_use(site: Site, challenge: str, known: Iterable[str] = ()) -> dict[str, Any]:
    """What to ask of a browser that is to use a passkey: one of `known`, or any for this site."""
    from webauthn import generate_authentication_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.host,
        challenge=_bytes(challenge),
        timeout=PATIENCE * 1000,
        allow_credentials=_described(known) or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def read(text: str) -> Answer:
    """What a browser sent, not yet believed. Raises Refused."""
    try:
        told = json.loads(text)
        client = json.loads(_bytes(told["response"]["clientDataJSON"]))
        handle = told["response"].get("userHandle") or ""
        return Answer(str(told["id"]), _bytes(handle).decode(), str(client["challenge"]), told)
    except Exception as error:
        raise Refused from error


def made(site: Site, answer: Answer) -> Made:
    """The passkey that a browser has made. Raises Refused."""
    from webauthn import verify_registration_response
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        found = verify_registration_response(
            credential=answer.told,
            expected_challenge=_bytes(answer.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:
        # The library raises much besides its own errors, for what strangers send.
        raise Refused from error
    return Made(
        _base64(found.credential_id),
        _base64(found.credential_public_key),
        found.sign_count,
        found.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        found.credential_backed_up,
    )


def used(site: Site, answer: Answer, public_key: str, sign_count: int) -> tuple[int, bool]:
    """(its count, whether it is backed up now) of the passkey that has signed. Raises Refused, also for a copy."""
    from webauthn import verify_authentication_response

    try:
        found = verify_authentication_response(
            credential=answer.told,
            expected_challenge=_bytes(answer.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=_bytes(public_key),
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise Refused from error
    return found.new_sign_count, found.credential_backed_up


def _described(known: Iterable[str]) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=_bytes(each)) for each in known]


def _bytes(text: str) -> bytes:
    # The signs at its end are left out there; more of them than are missing do no harm.
    return base64.urlsafe_b64decode(f"{text}===")


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
