"""The one door to a mail server: neutral letters to people none of whose devices can be rung."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from app.core import clock
from app.push.answers import Answer
from app.push.sending import BEGUN_WITHIN, Letter

PATIENCE = 15.0
"""Seconds for the server to answer anything."""

_HERE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends letters through the server at `url`, as in smtps://user:password@host:465?from=address. "": sends none."""

    url: str
    base_url: str

    def __bool__(self) -> bool:
        """Whether there is a mail server."""
        return bool(self.url)

    def send(self, letters: Mapping[str, Letter], *, now: datetime) -> dict[str, Answer]:
        """Send all over one connection, and give the answer to each. Never raises for what a server says or does not.

        letters: by the id of the notification, which becomes that of the message, so that a repeat can be told as one.
        now: when they were claimed.
        """
        answers: dict[str, Answer] = {}
        if not letters:
            return answers
        failed = Answer(0, failure="held")
        try:
            with self._server() as server:
                for ident, letter in letters.items():
                    if clock.now() - now > BEGUN_WITHIN:
                        break
                    answers[ident] = self._post(server, ident, letter, now)
        except smtplib.SMTPResponseException as error:
            failed = _refusal(error.smtp_code)
        except TimeoutError:
            failed = Answer(0, failure="timeout")
        except (smtplib.SMTPException, OSError):
            failed = Answer(0, failure="network")
        return {ident: answers.get(ident, failed) for ident in letters}

    def check(self) -> None:
        """Reach the server and sign in, without sending anything. Raises OSError, of which SMTPException is one."""
        with self._server() as server:
            server.noop()

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        parts = urlsplit(self.url)
        host, name = parts.hostname or "", urlsplit(self.base_url).hostname
        trust = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, name, timeout=PATIENCE, context=trust)
        else:
            server = smtplib.SMTP(host, parts.port or 587, name, timeout=PATIENCE)
        with server:
            if parts.scheme == "smtp" and host not in _HERE:
                server.starttls(context=trust)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server

    def _post(self, server: smtplib.SMTP, ident: str, letter: Letter, now: datetime) -> Answer:
        try:
            server.send_message(self._message(ident, letter, now))
        except smtplib.SMTPRecipientsRefused as error:
            return _refusal(min(code for code, _ in error.recipients.values()))
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code)
        return Answer(201)

    def _message(self, ident: str, letter: Letter, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"] = f"Attune <{parse_qs(urlsplit(self.url).query)['from'][0]}>"
        message["To"] = letter.address
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now - timedelta(microseconds=now.microsecond))
        message["Message-ID"] = f"<{ident}@{urlsplit(self.base_url).hostname}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message


def _refusal(code: int) -> Answer:
    """What it means that a server has said no: for now below 500, for good from there."""
    return Answer(0, failure="network" if code < 500 else "unsendable")
