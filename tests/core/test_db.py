"""One way to write, on both databases."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.exc import DatabaseError

from app.accounts.models import Person
from app.core.db import WriteOutsideTransaction, db, lock, transaction
from app.core.sqlite import driver, prepare
from tests.factories import NOW, make_person

pytestmark = pytest.mark.each_value


def names(app):
    with app.app_context():
        return sorted(db.session.scalars(select(Person.name)))


def test_what_is_written_together_is_kept_together(app):
    with app.app_context(), transaction():
        db.session.add_all((make_person("Ana"), make_person("Ben")))
    assert names(app) == ["Ana", "Ben"]


def test_or_not_at_all(app):
    def half():
        with transaction():
            db.session.add(make_person("Ana"))
            db.session.flush()
            raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError):
        half()
    assert names(app) == []


def test_nothing_is_written_outside(app):
    with app.app_context():
        db.session.add(make_person("Ana"))
        with pytest.raises(WriteOutsideTransaction):
            db.session.commit()
        db.session.rollback()
    assert names(app) == []


@pytest.mark.only_on("sqlite")
def test_a_plain_statement_does_not_get_round_it_on_sqlite(app, ana):
    """PostgreSQL has no such switch for one transaction of many."""
    with app.app_context():
        with pytest.raises(DatabaseError, match="readonly"):
            db.session.execute(update(Person).values(name="Eve"))
        db.session.rollback()
    assert names(app) == ["Ana"]


def test_what_sqlite_has_acknowledged_is_on_the_disk(tmp_path):
    """The other tests do not wait for the disk: see `hurried`."""
    engine = create_engine(f"sqlite:///{tmp_path / 'attune.sqlite3'}", module=driver())
    prepare(engine)
    with engine.connect() as connection:
        full = 2
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() >= full
    engine.dispose()


def test_who_comes_while_another_makes_the_file_waits_for_them(tmp_path, monkeypatch):
    first = driver().connect(tmp_path / "attune.sqlite3", isolation_level=None)
    first.execute("BEGIN IMMEDIATE")
    first.execute("CREATE TABLE made (first)")
    waited = []

    def pause(_seconds):
        waited.append(first.in_transaction)
        first.execute("COMMIT")

    monkeypatch.setattr("app.core.sqlite.sleep", pause)
    engine = create_engine(f"sqlite:///{tmp_path / 'attune.sqlite3'}", module=driver())
    prepare(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM made").scalar() == 0
    engine.dispose()
    first.close()
    assert waited == [True]


def test_a_transaction_is_opened_once(app):
    with app.app_context(), pytest.raises(WriteOutsideTransaction), transaction(), transaction():
        pass
    with app.app_context(), transaction():
        db.session.add(make_person("Ana"))
    assert names(app) == ["Ana"]


def test_what_was_read_before_is_read_again(app, ana):
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        assert person.name == "Ana"
        thread = threading.Thread(target=rename, args=(app, ana.id, "Anita"))
        thread.start()
        thread.join()
        with transaction():
            assert person.name == "Anita"


def test_a_lock_shows_the_row_as_it_is_and_holds_it(app, ana):
    """Thirty threads add a letter each; without the lock some would be lost."""

    def add():
        with app.app_context(), transaction():
            person = db.session.get_one(Person, ana.id)
            lock(person)
            person.name += "x"

    threads = [threading.Thread(target=add) for _ in range(30)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert names(app) == ["Ana" + "x" * 30]


def rename(app, ident, name):
    with app.app_context(), transaction():
        db.session.get_one(Person, ident).name = name


@pytest.mark.parametrize(
    "instant",
    [
        NOW,
        datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2))),
        datetime(1999, 1, 1, microsecond=7, tzinfo=UTC),
    ],
)
def test_an_instant_comes_back_aware_and_in_utc(app, save, instant):
    person = save(make_person("Ana", created_at=instant))
    with app.app_context():
        kept = db.session.get_one(Person, person.id).created_at
        assert kept == instant
        assert kept.tzinfo is UTC or kept.utcoffset() == timedelta(0)
        found = db.session.scalars(select(Person.name).where(Person.created_at <= instant))
        assert list(found) == ["Ana"]


def test_an_instant_without_a_zone_is_refused(app):
    with app.app_context(), pytest.raises(Exception, match="must know its zone"), transaction():
        db.session.add(make_person("Ana", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
