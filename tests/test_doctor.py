"""What the doctor finds: each thing that can be amiss, in a house where the rest is well."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import delete, text, update

from app import backup, create_app, doctor, schema
from app.accounts.models import Person
from app.accounts.service import open_session
from app.config import Config
from app.core.db import db, transaction
from app.core.sqlite import WRITE
from app.push import service as push
from app.push.models import TEST, PushSubscription, VapidKey
from tests.factories import NOW, make_person
from tests.support.mail import MailServer


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A house where all is well, as far as a house without a name of its own can be; its keys lie apart."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "there" / "keys").mkdir(parents=True)
    env = {"ATTUNE_DATA": str(folder / "there" / "data"), "BASE_URL": "https://attune.example.org"}
    keys = {f"{name}_FILE": str(folder / "there" / "keys" / name.lower()) for name in ("MASTER_KEY", "SECRET_KEY")}
    home = create_app(Config.from_env({**env, **keys}))
    with home.app_context():
        schema.upgrade()
        with transaction():
            push.rotate_keys(now=NOW)
        _back_up(home)
        db.session.remove()
        db.engine.dispose()
    shutil.copytree(folder / "there", folder / "kept")
    return home


@pytest.fixture
def home(built: Flask, at: Callable[..., datetime], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """That house, as it was when it was built."""
    home = built
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: SimpleNamespace(free=10 << 30))
    folder = home.extensions["attune"].data.parent
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("kept"), folder)
    with home.app_context():
        yield home
        db.session.remove()
        db.engine.dispose()


def _back_up(home: Flask) -> None:
    backup.make(home.extensions["attune"], revision=schema.current(), now=NOW, progress=lambda _done, _all: None)


@pytest.fixture
def amiss(home: Flask) -> Callable[..., list[tuple[str, str]]]:
    """`amiss()`: all that is not ok."""

    def look(*, without: int = 0, **settings: object) -> list[tuple[str, str]]:
        config = replace(home.extensions["attune"], **settings)
        found = doctor.examine(config, now=NOW)
        assert len(found) == len(doctor.CHECKS) - without
        return [(finding.level, finding.says) for finding in found if finding.level != doctor.OK]

    return look


def test_nothing_is_amiss_where_all_is_well(amiss) -> None:
    assert amiss() == []


def test_a_plain_address_is_a_warning(amiss) -> None:
    ((level, says),) = amiss(base_url="http://127.0.0.1:8000")
    assert (level, "no phone can install it" in says) == (doctor.WARNING, True)


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o711])
def test_a_data_folder_that_others_can_enter_is_a_problem(home, amiss, mode) -> None:
    data = home.extensions["attune"].data
    data.chmod(mode)
    assert amiss() == [(doctor.PROBLEM, f"Others can look into the data folder: run chmod 700 {data}.")]


@pytest.mark.parametrize("name", ["master_key", "secret_key"])
def test_a_key_that_others_can_read_is_a_problem(home, amiss, name) -> None:
    path = backup.key_files(home.extensions["attune"])[name]
    path.chmod(0o640)
    assert amiss() == [(doctor.PROBLEM, f"Others can read a key: run chmod 600 {path}.")]


def test_a_key_beside_the_database_is_a_warning(home, amiss) -> None:
    beside = home.extensions["attune"].data / "master_key"
    beside.write_text("")
    beside.chmod(0o600)
    ((level, says),) = amiss(master_key_file=beside)
    assert (level, says.startswith("The master key lies beside the database")) == (doctor.WARNING, True)


def test_a_key_that_is_gone_is_a_problem(home, amiss) -> None:
    (key := backup.key_files(home.extensions["attune"])["master_key"]).unlink()
    assert amiss() == [(doctor.PROBLEM, f"{key}: No such file or directory.")]


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 100, None])
def test_without_a_database_the_doctor_says_so_once_and_makes_none(home, amiss, content) -> None:
    db.engine.dispose()
    file = schema.database_file(home.extensions["attune"])
    file.unlink() if content is None else file.write_bytes(content)
    told = "There is no database yet" if content is None else f"The database {file} is damaged, or is none."
    ((level, says),) = amiss(without=8)
    assert (level, says.startswith(told), file.exists()) == (doctor.PROBLEM, True, content is not None)


def test_tables_that_are_not_up_to_date_are_a_problem(amiss) -> None:
    _change("UPDATE alembic_version SET version_num = '0001'")
    assert amiss() == [(doctor.PROBLEM, "The tables are not up to date: run ./run setup.")]


def test_tables_of_a_newer_attune_are_a_problem(amiss) -> None:
    _change("UPDATE alembic_version SET version_num = '9999'")
    assert amiss() == [(doctor.PROBLEM, "The database was made by a newer Attune. Update this one.")]


def test_a_key_that_does_not_open_the_words_is_a_problem(home, amiss) -> None:
    stranger = make_person("Ana")  # sealed under the key of the tests, which is not the key of this house
    with transaction():
        db.session.add(stranger)
    ((level, says),) = amiss()
    assert (level, says.startswith("This master key does not open")) == (doctor.PROBLEM, True)


def test_a_clock_that_runs_behind_is_a_problem(home, amiss) -> None:
    person = _somebody(home)
    with transaction():
        db.session.add(person)
        db.session.flush()
        open_session(person, "Firefox", now=NOW + timedelta(minutes=6))
    ((level, says),) = amiss()
    assert (level, says.startswith("The clock says 2026-11-12 20:00 UTC, but")) == (doctor.PROBLEM, True)


@pytest.mark.parametrize(("free", "level"), [(99, doctor.PROBLEM), (100, doctor.WARNING), (1023, doctor.WARNING)])
def test_a_full_disk_is_told_in_time(amiss, monkeypatch, free, level) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: SimpleNamespace(free=free << 20))
    assert amiss() == [(level, f"{free:,} MiB are free for data.")]


def test_an_old_backup_is_a_warning(home, amiss, at) -> None:
    (made,) = backup.dated(home.extensions["attune"])
    made.rename(made.with_name("attune-2026-11-10-190000.tar.gz"))
    assert amiss() == [(doctor.WARNING, "The newest backup is 49 h old. Run ./run backup.")]
    made.with_name("attune-2026-11-10-190000.tar.gz").unlink()
    ((level, says),) = amiss()
    assert (level, says.startswith("There is no backup in")) == (doctor.WARNING, True)


@pytest.mark.parametrize(
    ("version", "level"), [((3, 46, 1), doctor.PROBLEM), ((3, 50, 7), doctor.OK), ((3, 51, 2), doctor.PROBLEM)]
)
def test_a_journal_that_this_sqlite_cannot_be_trusted_with_is_a_problem(amiss, monkeypatch, version, level) -> None:
    told = SimpleNamespace(sqlite_version=".".join(map(str, version)), sqlite_version_info=version)
    with db.engine.connect() as connection:
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    monkeypatch.setattr(doctor, "driver", lambda: told)
    expected = doctor.WARNING if level == doctor.PROBLEM and journal != "wal" else level
    assert [found for found, _says in amiss()] == ([] if expected == doctor.OK else [expected])


def test_without_a_key_to_push_with_nothing_can_ring(amiss) -> None:
    with transaction():
        db.session.execute(delete(VapidKey))
    assert amiss() == [(doctor.PROBLEM, "There is no key to push with: run ./run setup.")]


def test_a_key_to_push_with_that_does_not_open_is_a_problem(amiss) -> None:
    with transaction():
        db.session.execute(update(VapidKey).values(private=b"x"))
    ((level, says),) = amiss()
    assert (level, says.startswith("The master key does not open 1 of the keys to push with.")) == (
        doctor.PROBLEM,
        True,
    )


def test_a_contact_that_is_on_nobodys_network_is_a_warning(amiss) -> None:
    ((level, says),) = amiss(vapid_subject="https://localhost")
    assert (level, says.endswith("set VAPID_SUBJECT.")) == (doctor.WARNING, True)


@pytest.mark.parametrize(("status", "told"), [(403, True), (400, True), (503, False), (410, False)])
def test_a_push_service_that_turns_us_away_is_a_problem_for_a_day(home, amiss, status, told) -> None:
    ana = _somebody(home)
    with transaction():
        subscription = PushSubscription(
            person_id=ana.id, key_id=push.current_key().id, endpoint_hash="x", address=b"", created_at=NOW,
            service="web.push.apple.com", label="Safari", synced_on=NOW.date(), failed_at=NOW, failure=str(status),
        )  # fmt: skip
        db.session.add(subscription)
    said = [says for _, says in amiss()]
    expected = f"We were turned away by web.push.apple.com ({status}). Look at VAPID_SUBJECT and at the clock."
    assert said == ([expected] if told else [])
    with transaction():
        db.session.merge(subscription).failed_at = NOW - timedelta(days=1, seconds=1)
    assert amiss() == []


def test_a_notification_that_nobody_sends_is_a_problem(home, amiss) -> None:
    ana = _somebody(home)
    with transaction():
        push.enqueue(ana.id, TEST, "one", now=NOW - doctor.LATE, until=NOW + timedelta(hours=1))
    assert amiss() == []
    with transaction():
        push.enqueue(ana.id, TEST, "two", now=NOW - doctor.LATE - timedelta(seconds=1), until=NOW + timedelta(hours=1))
    told = "Notifications that should have gone out by now: 1."
    assert amiss() == [(doctor.PROBLEM, f"{told} Is the timetable running (./run jobs)?")]


def test_a_mail_server_that_is_not_there_is_a_problem(amiss) -> None:
    with MailServer() as server:
        assert amiss(smtp_url=server.url) == []
    ((level, says),) = amiss(smtp_url=server.url)
    assert (level, says.startswith("The mail server of SMTP_URL cannot be used")) == (doctor.PROBLEM, True)


def test_exercises_that_are_not_whole_are_a_problem(amiss, monkeypatch) -> None:
    monkeypatch.setattr(doctor.exercises, "catalogue", lambda: 1 / 0)
    assert amiss() == [(doctor.PROBLEM, "The exercises could not be checked (ZeroDivisionError).")]


def _somebody(home: Flask) -> Person:
    person = make_person("Ana")
    person.key.wrapped = home.extensions["vault"].new_key(person.id)
    with transaction():
        db.session.add(person)
    return person


def _change(statement: str) -> None:
    with db.engine.execution_options(**{WRITE: True}).begin() as connection:
        connection.execute(text(statement))
