"""The other way to remind people: APScheduler with one job for each, kept in SQLite by its own job store.

A favour that it would not have in earnest: its database does not wait for the disk at each commit, as ours does.
"""

import pickle
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.util import datetime_to_utc_timestamp

from app.core import clock
from app.core.db import transaction
from app.core.sqlite import driver
from app.push import service as push
from app.push.models import REMINDER
from benchmarks.support.crowd import QUARTERS, ZONES, person_id
from benchmarks.support.house import House

homes: list[House] = []
"""Where `tell` lays its notification; a job in the store can name a function alone."""


class Here(BaseExecutor):
    """Runs a job at once, in the scheduler's own thread, so that nothing waits for anything."""

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        job.func(*job.args)
        self._run_job_success(job.id, [])


class Still(BaseScheduler):
    """A scheduler that looks when it is told to, so that one look can be measured."""

    def wakeup(self) -> None:
        """It is told by whoever measures."""

    def shutdown(self, wait: bool = True) -> None:
        """There is no thread to wait for."""
        super().shutdown(wait)

    def look(self) -> None:
        self._process_jobs()


def nothing(_person: str) -> None:
    """What a due job does, where moving it on is all that is measured."""


def tell(person: str) -> None:
    """What a due job does in earnest: its notification, in a transaction of its own, since it runs alone."""
    now = clock.now()
    with homes[-1].app.app_context(), transaction():
        push.enqueue(person, REMINDER, now.date().isoformat(), now=now, until=now + timedelta(hours=3))


def spent(home: House, folder: Path, *, jobs: int, due: int, earnest: bool) -> tuple[float, float]:
    """Seconds, and seconds of CPU, for each due job: moved on by the scheduler, in `earnest` with its notification."""
    homes.append(home)
    engine = sa.create_engine(f"sqlite:///{folder / f'jobs-{earnest}.sqlite3'}", module=driver())
    sa.event.listen(engine, "connect", _hasten)
    store = SQLAlchemyJobStore(engine=engine)
    scheduler = Still(timezone=UTC)
    scheduler.add_executor(Here())
    scheduler.add_jobstore(store)
    scheduler.start()
    _fill(scheduler, store, jobs, due, tell if earnest else nothing)
    wall, cpu = time.perf_counter(), time.process_time()
    scheduler.look()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    left = len(store.get_due_jobs(clock.now()))
    scheduler.shutdown()
    engine.dispose()
    if left:
        raise RuntimeError(f"{left} jobs of {due} are due still")
    return wall / due, cpu / due


def _fill(scheduler: Still, store: SQLAlchemyJobStore, jobs: int, due: int, do: Any) -> None:
    """As many jobs as asked, the first of them due. Laid down as rows: adding them one by one takes minutes."""
    pattern = scheduler.add_job(do, CronTrigger(hour=0, timezone=UTC), ["nobody"], misfire_grace_time=None)
    kept = pattern.__getstate__()
    now = clock.now()
    rows = []
    for number in range(jobs):
        quarter = number % QUARTERS
        trigger = CronTrigger(hour=quarter // 4, minute=quarter % 4 * 15, timezone=ZONES[number % len(ZONES)])
        # The due ones lie all over the table, as those of one minute would.
        rings_at = now if number % (jobs // due) == 0 and number // (jobs // due) < due else now + timedelta(hours=20)
        state = {**kept, "id": f"{number:08x}", "trigger": trigger, "next_run_time": rings_at}
        state["args"] = (person_id(number),)
        rows.append(
            {
                "id": state["id"],
                "next_run_time": datetime_to_utc_timestamp(rings_at),
                "job_state": pickle.dumps(state, store.pickle_protocol),
            }
        )
    with store.engine.begin() as connection:
        connection.execute(store.jobs_t.insert(), rows)
    scheduler.remove_job(pattern.id)


def _hasten(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
