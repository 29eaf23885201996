"""Marionette, the driver that is built into Firefox, over its socket: `LENGTH:[0, number, command, words]`."""

import itertools
import json
import socket
from typing import Any

PATIENCE = 20
"""Seconds for whatever Firefox is asked to wait for; the machine of a test may be busy."""

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The word by which WebDriver hands over an element of a page."""


class DriverError(Exception):
    """Firefox says that something did not work, and what."""


class Marionette:
    """One session. Scripts run in the page, or, with `inside=True`, in Firefox itself, in one sandbox that is kept."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=2 * PATIENCE)
        self._stream = self._socket.makefile("rb")
        self._numbers = itertools.count(1)
        self._receive()
        self.version: str = self.ask("WebDriver:NewSession")["capabilities"]["browserVersion"]
        milliseconds = PATIENCE * 1000
        limits = {"implicit": milliseconds, "pageLoad": milliseconds, "script": milliseconds}
        self.ask("WebDriver:SetTimeouts", **limits)

    def ask(self, command: str, **words: Any) -> Any:
        """What Firefox answers to a command. Raises DriverError."""
        number = next(self._numbers)
        message = json.dumps([0, number, command, words]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _kind, answered, error, result = self._receive()
        assert answered == number
        if error:
            raise DriverError(f"{command}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def run(self, script: str, *words: Any, inside: bool = False) -> Any:
        """What the body of an async function gives, which finds `words` in `words`. Raises DriverError if it throws."""
        body = f"return (async (...words) => {{ {script} }})(...arguments)"
        if not inside:
            return self.ask("WebDriver:ExecuteScript", script=body, args=words, sandbox=None)
        self.ask("Marionette:SetContext", value="chrome")
        try:
            kept = {"sandbox": "kept", "newSandbox": False}
            return self.ask("WebDriver:ExecuteScript", script=body, args=words, **kept)
        finally:
            self.ask("Marionette:SetContext", value="content")

    def find(self, selector: str) -> str:
        """The id of the first element that the selector finds, once there is one. Raises DriverError."""
        found: str = self.ask("WebDriver:FindElement", using="css selector", value=selector)[ELEMENT]
        return found

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def _receive(self) -> Any:
        length = bytearray()
        while (sign := self._stream.read(1)) != b":":
            if not sign:
                raise DriverError("Firefox has hung up")
            length += sign
        return json.loads(self._stream.read(int(length)))
