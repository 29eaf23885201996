"""What the answer of a push service means, and when to try again."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

DONE, GONE, OURS, LATER, UNSENT = "done", "gone", "ours", "later", "unsent"
"""Delivered · the subscription is no more · a mistake of ours, so keep the subscription · try again · never sent, so
that nothing is known of the service or the device."""

WAITS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))
BREAKS_AFTER, BREAK = 10, timedelta(minutes=1)
"""After how many failures in a row a push service is left alone, and how long."""

LONGEST_WAIT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a push service said: a status, 0 when it said nothing; `retry_after` as it stands in the header."""

    status: int
    retry_after: str = ""
    failure: str = ""
    """Why there was no status, in a word. For the health page: "refused", "timeout", "network", "unsendable". And for
    what was not sent at all: "held", since its service asked for rest or is broken, and "late"."""

    @property
    def means(self) -> str:
        """DONE, GONE, OURS, LATER or UNSENT."""
        if self.failure in {"held", "late"}:
            return UNSENT
        if self.status in {200, 201, 202, 204}:
            return DONE
        if self.status in {404, 410}:
            return GONE
        if self.failure in {"refused", "unsendable"}:
            return OURS
        return OURS if 400 <= self.status < 500 and self.status not in {408, 425, 429} else LATER

    @property
    def code(self) -> str:
        """The failure in at most 16 characters, for a row."""
        return self.failure or str(self.status)


def asked_to_wait(answer: Answer, now: datetime) -> timedelta | None:
    """How long the service asks to be left alone, from its Retry-After in seconds or as a date; None if it does not."""
    if answer.status not in {429, 503} or not answer.retry_after:
        return None
    text = answer.retry_after.strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return min(timedelta(seconds=int(text)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
        left = (until.replace(tzinfo=UTC) if until.tzinfo is None else until) - now
    except (ValueError, OverflowError):
        return None
    return min(max(left, timedelta()), LONGEST_WAIT)


def wait_before(tries: int) -> timedelta:
    """How long to wait after this many tries, from 1."""
    return WAITS[min(tries, len(WAITS)) - 1]
