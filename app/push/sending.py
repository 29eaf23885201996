"""What is sent, and what one sending learns of the services on its way. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.push.answers import BREAKS_AFTER, LATER, UNSENT, Answer, asked_to_wait

BEGUN_WITHIN = timedelta(seconds=90)
"""For how long one sending begins pushes: with the last of them it is over before the lease on them is."""


@dataclass(frozen=True, slots=True)
class Push:
    """One message to one device. `private` is the PEM of the key that the subscription is bound to."""

    endpoint: str
    p256dh: str
    auth: str
    key_id: str
    private: bytes = field(repr=False)
    body: bytes = field(repr=False)
    ttl: int
    urgency: str
    topic: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail, as neutral as a push."""

    address: str
    subject: str
    text: str


@dataclass(slots=True)
class Sending:
    """What one sending has learned of the services: how often each failed in a row, and which it now leaves alone."""

    now: datetime
    failures: Counter[str] = field(default_factory=Counter)
    resting: set[str] = field(default_factory=set)

    def kept_back(self, push: Push, host: str, spent: timedelta) -> Answer | None:
        """The answer to a push that is not to be sent any more, or not now; None for any other.

        spent: what has passed since it was claimed, be it that the machine slept.
        """
        if spent >= timedelta(seconds=push.ttl):
            return Answer(0, failure="late")
        if host in self.resting or spent > BEGUN_WITHIN:
            return Answer(0, failure="held")
        return None

    def note(self, host: str, answer: Answer) -> None:
        """Leave a service alone that asks for it, or is broken: the rest of the batch would fare no better."""
        if answer.means == UNSENT:
            return
        self.failures[host] = self.failures[host] + 1 if answer.means == LATER else 0
        if self.failures[host] >= BREAKS_AFTER or asked_to_wait(answer, self.now) is not None:
            self.resting.add(host)
