"""Throttles: how often something may be tried. Counted in the database, so that all workers share one budget.

A try is claimed before it is made: of a hundred that arrive at once, only as many as are free get through.
Nothing is ever locked for good, and what is counted is a name and a network together, so that a stranger's tries
do not shut out the owner.
"""

import math
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, text

from app.accounts.models import Throttle
from app.core.crypto import vault
from app.core.db import Instant, db, lock
from app.core.errors import TooMany
from app.core.events import Event, tell

WINDOW, LONGEST = timedelta(hours=1), timedelta(minutes=15)
_SEEN = text("INSERT INTO throttles (name, tries, since) VALUES (:name, 0, :since) ON CONFLICT DO NOTHING").bindparams(
    bindparam("since", type_=Instant())
)


def claim_try(what: str, *, free: int, now: datetime) -> None:
    """Count a try at `what` before it is made. Raises TooMany while it has to wait.

    The first `free` in an hour cost nothing; after each one more the wait doubles, from a second to 15 minutes.
    """
    ident = _ident(what)
    db.session.execute(_SEEN, {"name": ident, "since": now})
    throttle = db.session.get_one(Throttle, ident)
    lock(throttle)
    if throttle.since > now + LONGEST:
        # The clock went ahead then, and was set back: nobody must wait until it is as late again.
        throttle.tries, throttle.since, throttle.blocked_until = 0, now, None
    if throttle.blocked_until is not None and throttle.blocked_until > now:
        tell(Event.HELD_BACK)
        raise TooMany(math.ceil((throttle.blocked_until - now).total_seconds()))
    if now - throttle.since >= WINDOW:
        throttle.tries, throttle.since = 0, now
    throttle.tries += 1
    over = throttle.tries - free
    throttle.blocked_until = now + min(timedelta(seconds=2.0 ** min(over, 20)), LONGEST) if over >= 0 else None


def take_back(what: str) -> None:
    """The last try at `what` was a good one: it does not count."""
    throttle = db.session.get(Throttle, _ident(what))
    if throttle is not None:
        throttle.tries, throttle.blocked_until = max(0, throttle.tries - 1), None


def forget_tries(what: str) -> None:
    """Begin anew with `what`."""
    db.session.execute(delete(Throttle).where(Throttle.name == _ident(what)))


def sweep_throttles(*, now: datetime) -> None:
    """Forget what nobody has tried for a day."""
    db.session.execute(delete(Throttle).where(Throttle.since < now - timedelta(days=1)))


def _ident(what: str) -> str:
    return vault().fingerprint(what, "throttle")
