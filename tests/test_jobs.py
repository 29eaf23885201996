"""The timetable, and what each of its steps does."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import backup, create_app, jobs, schema
from app.accounts.models import AuthSession, Throttle
from app.archive import Unusable
from app.config import Config
from app.core.db import Model, db, transaction
from app.core.ids import new_id
from app.couples.models import Invitation
from app.exercises.models import Draft
from tests.factories import MASTER, NOW, SECRET, make_couple, make_person, make_prompt

DAY = timedelta(days=1)


@pytest.fixture
def step(app: Flask) -> Callable[..., bool]:
    """`step(jobs.housekeeping)`: do it now."""
    return lambda do: jobs.run(app, jobs.Step(do, DAY))


@pytest.fixture
def home(tmp_path: Path, at: Callable[..., datetime]) -> Iterator[Flask]:
    """An app of its own, on SQLite in a folder of its own."""
    url = f"sqlite:///{tmp_path / 'attune.sqlite3'}"
    home = create_app(Config(data=tmp_path, database_url=url, secret_key=SECRET, master_key=MASTER))
    with home.app_context():
        schema.upgrade()
    yield home
    with home.app_context():
        db.engine.dispose()


@pytest.fixture
def left(app: Flask) -> Callable[[Any], list[Any]]:
    """`left(Draft.words)`: what is still there."""

    def look(column: Any) -> list[Any]:
        with app.app_context():
            return sorted(db.session.scalars(select(column)))

    return look


def test_housekeeping_forgets_sessions_a_month_after_they_were_over(step, left, save, ana) -> None:
    save(
        _session(ana, "alive", expires_at=NOW + DAY),
        _session(ana, "expired lately", expires_at=NOW - 29 * DAY),
        _session(ana, "ended lately", expires_at=NOW + DAY, ended_at=NOW - 29 * DAY),
        _session(ana, "expired long ago", expires_at=NOW - 31 * DAY),
        _session(ana, "ended long ago", expires_at=NOW + DAY, ended_at=NOW - 31 * DAY),
    )
    assert step(jobs.housekeeping)
    assert left(AuthSession.label) == ["alive", "ended lately", "expired lately"]


def test_housekeeping_forgets_throttles_after_a_day(step, left, save) -> None:
    save(
        Throttle(name="fresh", tries=3, since=NOW - DAY / 48),
        Throttle(name="old", tries=3, since=NOW - 2 * DAY),
    )
    assert step(jobs.housekeeping)
    assert left(Throttle.name) == ["fresh"]


def test_housekeeping_forgets_drafts_after_ninety_days(step, left, save, couple, ana, ben) -> None:
    prompt = save(make_prompt(couple))
    save(
        Draft(prompt_id=prompt.id, author_id=ana.id, words=b"young", saved_at=NOW - 89 * DAY),
        Draft(prompt_id=prompt.id, author_id=ben.id, words=b"old", saved_at=NOW - 91 * DAY),
    )
    assert step(jobs.housekeeping)
    assert left(Draft.words) == [b"young"]


def test_housekeeping_forgets_invitations_a_week_after_they_are_settled(step, left, save, couple, ana) -> None:
    save(
        _invitation(couple, ana, "open", expires_at=NOW + DAY),
        _invitation(couple, ana, "expired lately", expires_at=NOW - 6 * DAY),
        _invitation(couple, ana, "confirmed lately", expires_at=NOW - 5 * DAY, confirmed_at=NOW - 6 * DAY),
        _invitation(couple, ana, "expired", expires_at=NOW - 8 * DAY),
        _invitation(couple, ana, "confirmed", expires_at=NOW - 6 * DAY, confirmed_at=NOW - 8 * DAY),
        _invitation(couple, ana, "withdrawn", expires_at=NOW - 6 * DAY, withdrawn_at=NOW - 8 * DAY),
    )
    assert step(jobs.housekeeping)
    assert left(Invitation.code_hash) == ["confirmed lately", "expired lately", "open"]


def test_housekeeping_takes_nothing_that_people_wrote(step, app, save, couple) -> None:
    save(make_prompt(couple, day=NOW.date() - 3000 * DAY))
    before = _counts(app)
    assert step(jobs.housekeeping)
    assert _counts(app) == before


def test_nothing_that_was_deleted_lies_in_the_journal(home) -> None:
    words, ana = b"a word that should be gone" * 40, make_person("Ana")
    couple = make_couple(ana)
    prompt = make_prompt(couple)
    old = Draft(prompt_id=prompt.id, author_id=ana.id, words=words, saved_at=NOW - 91 * DAY)
    with home.app_context(), transaction():
        for row in (ana, couple, prompt, old):
            db.session.add(row)
            db.session.flush()
    assert _lies_in(home, words)
    assert jobs.run(home, jobs.Step(jobs.housekeeping, DAY))
    assert not _lies_in(home, words)


def test_a_step_that_fails_is_named_by_type_and_stops_no_other(app, caplog) -> None:
    done: list[datetime] = []

    def fails(*, now: datetime) -> None:
        raise RuntimeError("what somebody wrote")

    def full(*, now: datetime) -> None:
        raise Unusable("There is no room.")

    def works(*, now: datetime) -> None:
        done.append(now)

    with caplog.at_level(logging.ERROR):
        went_well = [jobs.run(app, jobs.Step(do, DAY)) for do in (fails, full, works)]
    assert (went_well, done) == ([False, False, True], [NOW])
    told = ["step fails failed: RuntimeError", "step full failed: There is no room."]
    assert [record.getMessage() for record in caplog.records] == told


def test_a_step_that_fails_leaves_nothing_half_done(app, save, left, couple, ana, monkeypatch) -> None:
    prompt = save(make_prompt(couple))
    save(Draft(prompt_id=prompt.id, author_id=ana.id, words=b"old", saved_at=NOW - 91 * DAY))
    monkeypatch.setattr(jobs, "_settled", lambda _before: 1 / 0)
    assert not jobs.run(app, jobs.Step(jobs.housekeeping, DAY))
    assert left(Draft.words) == [b"old"]


def test_the_scheduler_keeps_the_timetable(app) -> None:
    with jobs.running(app) as scheduler:
        kept = {job.id: job for job in scheduler.get_jobs()}
        assert set(kept) == {step.name for step in jobs.TIMETABLE}
        for step in jobs.TIMETABLE:
            job = kept[step.name]
            assert job.trigger.interval == step.every
            assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
            assert job.next_run_time == NOW + timedelta(minutes=1)
    assert not scheduler.running


@pytest.mark.only_on("sqlite")
def test_a_clock_that_is_set_back_holds_nothing_up(app, at, monkeypatch) -> None:
    looked = threading.Event()
    with jobs.running(app) as scheduler:
        scheduler.pause()
        reckoned = {job.id: job.next_run_time for job in scheduler.get_jobs()}
        jobs.set_right(scheduler, now=NOW)
        assert {job.id: job.next_run_time for job in scheduler.get_jobs()} == reckoned
        back = at(NOW - DAY)
        jobs.set_right(scheduler, now=back)
        assert {job.next_run_time for job in scheduler.get_jobs()} == {back}
    monkeypatch.setattr(jobs, "GLANCE", timedelta())
    monkeypatch.setattr(jobs, "set_right", lambda *_, **__: looked.set())
    with jobs.running(app):
        assert looked.wait(10)


def test_a_backup_is_made_once_a_day(home, at) -> None:
    for hours, count in ((0, 1), (1, 1), (23, 1), (24, 2), (25, 2), (72, 3)):
        at(NOW + timedelta(hours=hours))
        assert jobs.run(home, jobs.Step(jobs.nightly_backup, DAY))
        assert len(backup.dated(home.extensions["attune"])) == count


def test_a_backup_that_is_dated_ahead_stands_in_the_way_of_none(home, at) -> None:
    config = home.extensions["attune"]
    (folder := backup.folder_of(config)).mkdir()
    for day in range(backup.KEPT):
        (folder / f"attune-{NOW + (30 + day) * DAY:%Y-%m-%d-%H%M%S}.tar.gz").touch()
    for day in range(2):
        now = at(NOW + day * DAY)
        assert jobs.run(home, jobs.Step(jobs.nightly_backup, DAY))
        assert backup.age(config, now=now) == timedelta()
    assert len(backup.dated(config)) == backup.KEPT


def test_postgres_is_left_to_its_own_tools(step, app, database) -> None:
    assert step(jobs.nightly_backup)
    assert len(backup.dated(app.extensions["attune"])) == (0 if database == "postgresql" else 1)


# Below


def _session(person: Any, label: str, **times: datetime) -> AuthSession:
    begun = NOW - 60 * DAY
    facts = {"created_at": begun, "seen_on": begun.date(), "fresh_until": begun, **times}
    return AuthSession(person_id=person.id, label=label, token_hash=new_id(), **facts)


def _invitation(couple: Any, person: Any, code: str, **times: datetime) -> Invitation:
    return Invitation(couple_id=couple.id, inviter_id=person.id, code_hash=code, created_at=NOW - 9 * DAY, **times)


def _counts(app: Flask) -> dict[str, int]:
    with app.app_context():
        tables = Model.metadata.sorted_tables
        return {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables}


def _lies_in(home: Flask, words: bytes) -> bool:
    files = [path for path in home.extensions["attune"].data.iterdir() if path.is_file()]
    return any(words[:26] in path.read_bytes() for path in files)
