"""Passkeys in a real Chromium, with an authenticator of DevTools in the place of a finger."""

import socket
import threading
from datetime import timedelta

import pytest
from waitress import wasyncore
from waitress.server import create_server

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def address(make_app):
    """The app, served at an address with a name: browsers bind no passkey to a number."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = create_server(
        make_app(base_url=f"http://localhost:{port}"), host="127.0.0.1", port=port, threads=4, ident=None
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://localhost:{port}"
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join(5)
    server.task_dispatcher.shutdown()


def finger(phone, *, synced=False, verified=True):
    """Give a phone a virtual authenticator: how to change whether it knows the finger."""
    devtools = phone.context.new_cdp_session(phone.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": verified, "automaticPresenceSimulation": True, "defaultBackupEligibility": synced,
        "defaultBackupState": synced,
    }  # fmt: skip
    ident = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return lambda known: devtools.send("WebAuthn.setUserVerified", {"authenticatorId": ident, "isUserVerified": known})


def test_a_passkey_is_made_and_lets_in_and_confirms(phone, ana, at, now):
    device = phone(ana)
    device.expected |= {"422"}
    knows = finger(device, synced=True)
    page = device.goto("/settings/second-factor")
    page.get_by_label("What to call it").fill("Ana’s phone")
    device.tap("Make a passkey here")
    device.sees("Your passkey is kept.")
    device.sees("Ana’s phone")
    device.sees("Whoever can use that account")
    device.goto("/settings")
    device.tap("Sign out")
    page.wait_for_url("**/")
    device.goto("/sign-in?next=/settings/devices")
    knows(False)
    device.tap("Use a passkey")
    device.sees("This passkey did not work here.")
    knows(True)
    device.tap("Use a passkey")
    page.wait_for_url("**/settings/devices")
    device.arrives("Where you are signed in")
    at(now.replace(minute=10))
    device.goto("/confirm?next=/export")
    device.tap("Use your passkey")
    page.wait_for_url(lambda url: "/confirm" not in url)
    _send_what_came_too_late(device, lambda: at(now + timedelta(days=20)))


def _send_what_came_too_late(device, wait):
    """Words that are sent after the session go where they were meant for, once a passkey has let their author in."""
    device.goto("/reminders/new")
    device.page.get_by_label("What does it follow?").fill("After “tea”, we open it.")
    wait()
    device.expected |= {"401"}
    device.tap("Remind me then")
    device.sees("What you wrote is kept")
    device.tap("Use a passkey")
    device.page.wait_for_url("**/reminders")
    device.sees("After “tea”, we open it.")


def test_a_browser_that_knows_no_passkeys_offers_none(phone, ana):
    device = phone()
    device.context.add_init_script("delete globalThis.PublicKeyCredential")
    page = device.goto("/sign-in")
    device.until("customElements.get('passkey-button')")
    assert not page.get_by_text("Use a passkey").is_visible()
    assert page.get_by_label("Password").is_visible()
