"""The timetable, on one page. Each step asks the database what is due, so that a late or repeated one does no harm."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, current_app
from sqlalchemy import ColumnElement, delete, or_

from app import backup, erased, schema
from app.accounts import service as accounts
from app.archive import Unusable
from app.config import Config
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import kind_of
from app.couples import service as couples
from app.couples.models import Invitation
from app.exercises.models import Draft
from app.guided import service as guided
from app.guided.models import StepDraft
from app.push import service as push
from app.push.gateway import Gateway
from app.push.mailer import Mailer
from app.reminders import service as reminders
from app.scores import service as scores
from app.therapist import service as therapist

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

INVITATIONS, DRAFTS = timedelta(days=7), timedelta(days=90)
"""How long each is kept after it is over, or after it was last touched."""


@dataclass(frozen=True)
class Step:
    """Something to do every so often. It opens the transactions it needs, and may be done twice without harm."""

    do: Callable[..., None]
    every: timedelta

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self.do.__name__


def housekeeping(*, now: datetime) -> None:
    """Delete what nobody needs any more, and let no trace of it lie in the journal."""
    with transaction():
        # The devices first: they ring no more because of a session that is here to say so.
        push.sweep_devices()
        accounts.sweep_sessions(now=now)
        accounts.sweep_throttles(now=now)
        for table in (Draft, StepDraft):
            db.session.execute(delete(table).where(table.saved_at < now - DRAFTS))
        accounts.sweep_challenges(now=now)
        accounts.sweep_therapist_invitations(before=now - INVITATIONS)
        db.session.execute(delete(Invitation).where(_settled(now - INVITATIONS)))
        couples.erase_deserted()
        therapist.sweep_codes(before=now - INVITATIONS)
        therapist.sweep_guests(before=now - INVITATIONS)
        push.sweep_notifications(now=now)
        push.retire_unused_keys()
        reminders.sweep_slots()
        reminders.refresh_slots(now=now)
    erased.empty_journal()


def ring(*, now: datetime) -> None:
    """Lay into the outbox what is due, then deliver what lies in it, a batch at a time."""
    gateway: Gateway = current_app.extensions["gateway"]
    mailer: Mailer = current_app.extensions["mailer"]
    config: Config = current_app.extensions["attune"]
    while True:
        more = True
        while more:
            with transaction():
                more = reminders.dispatch(now=now)
        more = True
        while more:
            with transaction():
                more = guided.ring_planned(now=now)
        with transaction():
            gate = partial(reminders.gate, mail_from=config.base_url if mailer else "", now=now)
            batch = push.claim(gate, base_url=config.base_url, now=now)
        if not batch.looked_at:
            return
        # Between the two transactions and in none of them: nobody waits for a push service with a lock in hand.
        answers, posted = gateway.send(batch.pushes, now=now), mailer.send(batch.letters, now=now)
        # Each batch has a time of its own: leases and windows are counted from it, and many batches take long.
        now = clock.now()
        with transaction():
            push.record(batch, answers, posted, now=now)


def close_weeks(*, now: datetime) -> None:
    """Work out the scores of weeks that are over, or that a late rating has opened again, a batch at a time.

    Whoever has a number now is told so, on the Monday after.
    """
    tell, more = partial(reminders.tell_weeks, now=now), True
    while more:
        with transaction():
            more = scores.close_weeks(now=now, tell=tell) > 0


def nightly_backup(*, now: datetime) -> None:
    """Make a backup when the newest is a day old. PostgreSQL is left to its own tools."""
    config: Config = current_app.extensions["attune"]
    if schema.database_file(config) is None:
        return
    age = backup.age(config, now=now)
    if age is None or age >= timedelta(days=1):
        backup.make(config, revision=schema.current(), now=now, progress=lambda _done, _all: None)
        backup.prune(config, now=now)


GLANCE, FIRST = timedelta(seconds=20), timedelta(minutes=1)
"""How often it is looked whether the clock was set back, and how long after the start each step is first done."""

TIMETABLE = (
    Step(ring, timedelta(seconds=20)),
    Step(close_weeks, timedelta(minutes=1)),
    Step(housekeeping, timedelta(hours=1)),
    Step(nightly_backup, timedelta(hours=1)),
)


@contextmanager
def running(app: Flask) -> "Iterator[BackgroundScheduler]":
    """Go through the timetable beside what happens inside. Each step is first done after a minute."""
    # At the first use: only a process that serves goes by the clock.
    from apscheduler.schedulers.background import BackgroundScheduler

    late = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    scheduler = BackgroundScheduler(job_defaults=late, timezone=UTC)
    first = clock.now() + FIRST
    for step in TIMETABLE:
        seconds = step.every.total_seconds()
        scheduler.add_job(run, "interval", (app, step), seconds=seconds, id=step.name, next_run_time=first)
    scheduler.start()
    over = threading.Event()

    def glance() -> None:
        while not over.wait(GLANCE.total_seconds()):
            set_right(scheduler, now=clock.now())

    watcher = threading.Thread(target=glance, name="clock", daemon=True)
    watcher.start()
    try:
        yield scheduler
    finally:
        over.set()
        watcher.join()
        scheduler.shutdown()
        app.extensions["gateway"].close()


def set_right(scheduler: "BackgroundScheduler", *, now: datetime) -> None:
    """Let each step that is due later than it can be, be due now.

    The scheduler knows the hour of the next time alone. Where the clock is set back after that was reckoned, nothing
    would be done until it is that hour again: nobody would be told of anything meanwhile.
    """
    every = {step.name: step.every for step in TIMETABLE}
    for job in scheduler.get_jobs():
        if job.next_run_time > now + every[job.id] + FIRST:
            job.modify(next_run_time=now)


def run(app: Flask, step: Step) -> bool:
    """Do one step now, in an app context of its own. Whether it went well; if not, the log names the kind of error."""
    try:
        with app.app_context():
            step.do(now=clock.now())
    except Exception as error:
        # The type only: an error's text can hold what somebody wrote. That of a backup is a sentence of ours.
        log.error("step %s failed: %s", step.name, error if isinstance(error, Unusable) else kind_of(error))  # noqa: TRY400
        return False
    return True


def _settled(before: datetime) -> ColumnElement[bool]:
    ends = (Invitation.expires_at, Invitation.confirmed_at, Invitation.withdrawn_at)
    return or_(*(end < before for end in ends))
