"""What the log tells an operator of the doors, so that an attack can be seen. Never of whom, never from where.

All names are here. Which way somebody went is left out where the other of two, who may run the server, has no right to
know it: that a consent was changed, and not whether it was given or taken back.
"""

from enum import StrEnum

from flask import g, has_request_context


class Event(StrEnum):
    """Something at a door. The value stands in the log."""

    SIGNED_IN = "signed-in"
    REGISTERED = "registered"
    SIGN_IN_FAILED = "sign-in-failed"
    PROOF_FAILED = "proof-failed"
    RECOVERY_FAILED = "recovery-failed"
    HELD_BACK = "held-back"
    RECOVERY_CODE_USED = "recovery-code-used"
    RESET_LINK_USED = "reset-link-used"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - what happened to one
    RECOVERY_CODES_RENEWED = "recovery-codes-renewed"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    APP_ADDED = "app-added"
    APP_REMOVED = "app-removed"
    SESSIONS_ENDED = "sessions-ended"
    CONSENT_CHANGED = "consent-changed"
    EXPORT_MADE = "export-made"
    RECORD_TAKEN = "record-taken"
    ACCOUNT_ERASED = "account-erased"
    OTHER_SITE_REFUSED = "other-site-refused"
    NOT_THEIRS = "not-theirs"
    COMMAND = "command"


REFUSED = frozenset(
    {
        Event.SIGN_IN_FAILED,
        Event.PROOF_FAILED,
        Event.RECOVERY_FAILED,
        Event.HELD_BACK,
        Event.OTHER_SITE_REFUSED,
        Event.NOT_THEIRS,
    }
)
"""What was tried in vain: graver than the rest, so that LOG_LEVEL=WARNING keeps these alone."""


def tell(event: Event) -> None:
    """Let it be told with the answer of this request, whose status says how it ended. Nothing outside a request."""
    if has_request_context():
        g.setdefault("events", []).append(event)
