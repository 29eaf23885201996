"""A mail server of the tests' own, on loopback, that keeps what it is given and refuses what it is told to refuse."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _OnAnyPort(Controller):
    """On a port that the system chooses, which the one it stands on does not expect."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """`with MailServer() as server`: its `url` for SMTP_URL, and the `letters` it was given, oldest first."""

    def __init__(self, refuses: str = "") -> None:
        """`refuses`: what it answers to every recipient instead of taking the letter, such as "550 No such person"."""
        self.refuses, self.letters, self.recipients = refuses, [], []
        self._controller = _OnAnyPort(self, hostname="127.0.0.1", port=0)

    @property
    def url(self) -> str:
        """For SMTP_URL."""
        return f"smtp://127.0.0.1:{self._controller.port}?from=attune@example.org"

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - its name for this
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients += envelope.rcpt_tos
        return "250 OK"
