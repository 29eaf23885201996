"""Each step between two states of the tables, up and down, on both databases, with rows in them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from app import create_app, schema
from app.config import ROOT, Config
from app.core.db import Model, db
from app.core.sqlite import WRITE
from tests.factories import MASTER, SECRET
from tests.support.databases import create_database

pytestmark = pytest.mark.each_value

REVISIONS = [step.revision for step in ScriptDirectory(ROOT / "migrations").walk_revisions()][::-1]
"""All steps, the first one first."""


@pytest.fixture
def fresh(addresses: Callable[[str], str], database: str, tmp_path) -> Iterator[Callable[[], Flask]]:
    """`fresh()`: an app on an empty database of its own."""
    made: list[Flask] = []

    def make() -> Flask:
        data = tmp_path / str(len(made))
        data.mkdir(mode=0o700)
        url = f"sqlite:///{data / 'attune.sqlite3'}"
        if database == "postgresql":
            url = create_database(addresses(database))
        made.append(create_app(Config(data=data, database_url=url, secret_key=SECRET, master_key=MASTER)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(fresh: Callable[[], Flask]) -> Iterator[Flask]:
    app = fresh()
    with app.app_context():
        schema.alembic()
        yield app


def test_there_is_one_newest_step_and_one_line_to_it() -> None:
    scripts = ScriptDirectory(ROOT / "migrations")
    assert len(scripts.get_heads()) == len(scripts.get_bases()) == 1
    assert [step.revision for step in scripts.walk_revisions()][::-1] == sorted(REVISIONS)


def test_all_steps_together_make_what_the_models_say(app: Flask, fresh: Callable[[], Flask]) -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata) == []
    migrated = _described()
    with fresh().app_context():
        with _writing() as connection:
            Model.metadata.create_all(connection)
        assert _described() == migrated


def test_all_steps_back_leave_nothing_and_forward_again_everything(app: Flask) -> None:
    flask_migrate.upgrade()
    there = _described()
    flask_migrate.downgrade(revision="base")
    assert _described() == {}
    flask_migrate.upgrade()
    assert _described() == there


def test_each_step_forward_keeps_every_row_and_forward_and_back_changes_nothing(app: Flask) -> None:
    tables: list[sa.Table] = []
    for revision in REVISIONS:
        _populate(tables)
        before, there = _rows(tables), _described()
        flask_migrate.upgrade(revision=revision)
        more = _tables()
        _assert_kept(before, _rows(more))
        _go_back_before(revision)
        assert (_rows(tables), _described()) == (before, there), revision
        flask_migrate.upgrade(revision=revision)
        tables = more


def test_each_step_back_keeps_every_row_of_what_stays(app: Flask) -> None:
    flask_migrate.upgrade()
    tables = _tables()
    _populate(tables)
    before = _rows(tables)
    for revision in reversed(REVISIONS):
        _go_back_before(revision)
        left = _rows(_tables())
        _assert_kept({name: rows for name, rows in before.items() if name in left}, left)
        before = left


def test_a_process_that_dies_in_the_middle_leaves_what_was_there(fresh: Callable[[], Flask]) -> None:
    dying = {statement: fresh() for statement in (2, 9, 20)}
    urls = {statement: app.extensions["attune"].database_url for statement, app in dying.items()}
    with _start(dying[2], _DEADLY, json.dumps(urls)) as process:
        assert json.loads(process.stdout.read()) == [-signal.SIGKILL] * 3
    for app in dying.values():
        with app.app_context():
            assert _described() == {}
            schema.upgrade()
            assert len(_described()) == len(Model.metadata.tables)


def test_processes_that_start_at_once_all_find_their_tables(app: Flask) -> None:
    with _start(app, _AT_ONCE) as process:
        assert process.stdout.read(4) == "...."
        process.stdin.write("go!!")
        process.stdin.close()
        assert json.loads(process.stdout.read()) == [0, 0, 0, 0]
    assert len(_described()) == len(Model.metadata.tables)


# Below

_UPGRADE = """
import json, os, signal, sys
from dataclasses import replace
from sqlalchemy import Engine, event
from app import create_app, schema
from app.config import Config

def upgrade(config, ready=lambda: None):
    with create_app(config).app_context():
        ready()
        schema.upgrade()

def fork(work):
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)

def tell_how_they_end(pids):
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]), flush=True)
"""
"""One process loads the app; those that are forked off it make one each."""

_AT_ONCE = f"""{_UPGRADE}
def wait():
    os.write(1, b".")
    os.read(0, 1)

tell_how_they_end([fork(lambda: upgrade(Config.from_env(), wait)) for _ in range(4)])
"""

_DEADLY = f"""{_UPGRADE}
def die_at(number, url):
    seen = []
    @event.listens_for(Engine, "after_cursor_execute")
    def die(connection, cursor, statement, *_):
        seen.extend([statement] if "CREATE" in statement else [])
        if len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)
    upgrade(replace(Config.from_env(), database_url=url))

urls = json.loads(sys.argv[1])
tell_how_they_end([fork(lambda: die_at(int(number), url)) for number, url in urls.items()])
"""


def _start(app: Flask, script: str, *words: str) -> "subprocess.Popen[str]":
    pipe, command = subprocess.PIPE, [sys.executable, "-c", script, *words]
    return subprocess.Popen(command, cwd=ROOT, env=_env(app), stdin=pipe, stdout=pipe, text=True)


def _env(app: Flask) -> dict[str, str]:
    config = app.extensions["attune"]
    return {**os.environ, "ATTUNE_DATA": str(config.data), "DATABASE_URL": config.database_url}


def _go_back_before(revision: str) -> None:
    place = REVISIONS.index(revision)
    flask_migrate.downgrade(revision=REVISIONS[place - 1] if place else "base")


def _writing() -> Any:
    return db.engine.execution_options(**{WRITE: True}).begin()


def _tables() -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(db.engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _described() -> dict[str, Any]:
    """Every table with its columns, constraints and indexes, as the database itself tells them."""
    inspector = sa.inspect(db.engine)
    columns = inspector.get_multi_columns()
    found = {
        "columns": {
            table: {each["name"]: (str(each["type"]), each["nullable"]) for each in told}
            for table, told in columns.items()
        },
        "primary key": inspector.get_multi_pk_constraint(),
        "foreign keys": _told(inspector.get_multi_foreign_keys()),
        "unique": _told(inspector.get_multi_unique_constraints()),
        "checks": _told(inspector.get_multi_check_constraints()),
        "indexes": _told(inspector.get_multi_indexes()),
    }
    return {
        table[1]: {kind: told.get(table) for kind, told in found.items()}
        for table in columns
        if table[1] != "alembic_version"
    }


def _told(found: dict[Any, list[Any]]) -> dict[Any, list[str]]:
    return {
        table: sorted(json.dumps(each, default=str, sort_keys=True) for each in told) for table, told in found.items()
    }


def _populate(tables: list[sa.Table]) -> None:
    """Two rows for each table, one full and one with gaps where gaps may be. Each points at rows of its own number.

    What was there before is gone.
    """
    made: dict[str, list[dict[str, Any]]] = {}
    with _writing() as connection:
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            made[table.name] = [_row(table, number, made) for number in range(2)]
            connection.execute(table.insert(), made[table.name])


def _row(table: sa.Table, number: int, made: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    row = {column.name: None if column.nullable and number else _value(column, number) for column in table.columns}
    for constraint in table.foreign_key_constraints:
        for element in constraint.elements:
            if row[element.parent.name] is not None:
                row[element.parent.name] = made[element.column.table.name][number][element.column.name]
    return row


def _value(column: sa.Column, number: int) -> Any:
    kind = column.type.python_type
    if kind is str:
        return f"{column.name}{number}"[-(column.type.length or 40) :]
    values = {
        bool: bool(number),
        int: number + 1,
        float: number + 0.5,
        bytes: bytes([number]) * 300,
        object: {"mood": number},
        date: date(2026, 11, 12),
        datetime: datetime(2026, 11, 12, 20, number, tzinfo=UTC),
    }
    return values[kind]


def _rows(tables: list[sa.Table]) -> dict[str, list[dict[str, Any]]]:
    with db.engine.connect() as connection:
        return {
            table.name: sorted((dict(row) for row in connection.execute(table.select()).mappings()), key=str)
            for table in tables
        }


def _assert_kept(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> None:
    for name, rows in before.items():
        shared = sorted(set(rows[0]) & set(after[name][0]))
        kept, now = ([[str(row[column]) for column in shared] for row in each] for each in (rows, after[name]))
        assert shared
        assert sorted(kept) == sorted(now), name
