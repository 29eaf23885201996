"""What goes to a mail server, and what becomes of a letter that it does not take."""

import socket
from datetime import timedelta

import pytest

from app.config import Config, WrongSetting
from app.push import mailer
from app.push.answers import DONE, LATER, OURS, UNSENT
from app.push.mailer import Mailer
from app.push.sending import BEGUN_WITHIN, Letter
from tests.factories import NOW
from tests.support.mail import MailServer

HOME = "https://attune.example.org"
LETTER = Letter("ana@example.org", "Attune: Something has opened.", "Something has opened.\n\nhttps://x\n")

pytestmark = pytest.mark.usefixtures("at")


def test_a_letter_says_what_it_is_told_and_who_it_is_from(at) -> None:
    with MailServer() as server:
        answers = Mailer(server.url, HOME).send({"one": LETTER, "two": LETTER}, now=NOW)
    assert {ident: answer.means for ident, answer in answers.items()} == {"one": DONE, "two": DONE}
    assert server.recipients == [LETTER.address] * 2
    letter = server.letters[0]
    assert letter["From"] == "Attune <attune@example.org>"
    assert (letter["To"], letter["Subject"]) == (LETTER.address, LETTER.subject)
    assert letter.get_content().splitlines() == LETTER.text.splitlines()
    assert letter["Date"].datetime == NOW
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_repeat_bears_the_same_name() -> None:
    with MailServer() as server:
        for _ in range(2):
            Mailer(server.url, HOME).send({"one": LETTER}, now=NOW)
    assert len(server.letters) == 2
    assert {letter["Message-ID"] for letter in server.letters} == {"<one@attune.example.org>"}


@pytest.mark.parametrize(("says", "means"), [("550 No such person", OURS), ("451 Not now", LATER)])
def test_a_letter_that_is_refused_for_good_is_not_tried_again_and_one_refused_for_now_is(says, means) -> None:
    with MailServer(refuses=says) as server:
        answers = Mailer(server.url, HOME).send({"one": LETTER, "two": LETTER}, now=NOW)
    assert [answer.means for answer in answers.values()] == [means, means]


def test_where_no_server_answers_all_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answers = Mailer(f"smtp://127.0.0.1:{port}?from=a@example.org", HOME).send({"one": LETTER}, now=NOW)
    assert answers["one"].means == LATER


def test_what_was_claimed_too_long_ago_is_left_to_the_next_worker(at) -> None:
    at(NOW + BEGUN_WITHIN + timedelta(seconds=1))
    with MailServer() as server:
        answers = Mailer(server.url, HOME).send({"one": LETTER}, now=NOW)
    assert (answers["one"].means, server.letters) == (UNSENT, [])


def test_a_server_elsewhere_has_to_speak_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """To one on this machine nobody can listen in."""
    monkeypatch.setattr(mailer, "_HERE", set())
    with MailServer() as server:
        answers = Mailer(server.url, HOME).send({"one": LETTER}, now=NOW)
    assert (answers["one"].means, server.letters) == (LATER, [])


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org", "http://mail.example.org?from=a@example.org", "smtp://?from=a@example.org",
        "smtp://mail.example.org", "smtp://mail.example.org?from=nobody", "smtp://mail.example.org:x?from=a@b.c",
        "smtp://mail.example.org?from=a%0d%0aBcc:x@b.c", "smtps://[mail?from=a@b.c",
    ],
)  # fmt: skip
def test_a_server_that_cannot_be_one_is_refused_without_telling_its_password(tmp_path, url) -> None:
    secret = url.replace("://", "://attune:cherry@")
    with pytest.raises(WrongSetting, match="SMTP_URL must look like") as refused:
        Config.from_env({"ATTUNE_DATA": str(tmp_path), "SMTP_URL": secret})
    assert "cherry" not in str(refused.value)
