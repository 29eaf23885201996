"""Fixtures for every test: an app on each database, people who are signed in, and a clock that stands still."""

import gc
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import compress
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine
from werkzeug.test import TestResponse

from app import create_app, schema
from app.accounts.models import Person
from app.accounts.service import open_session
from app.config import ROOT, Config
from app.core import clock
from app.core.db import Model, db, transaction
from app.core.sqlite import WRITE
from app.couples.models import Couple
from app.exercises.models import Prompt
from tests import pages
from tests.factories import MASTER, NOW, SECRET, make_couple, make_passkey, make_person, make_prompt
from tests.support import missing
from tests.support.databases import asked, hurried
from tests.support.postgres import NoPostgres, postgres

DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=DATABASES, help="run the tests of both databases on one alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        only = metafunc.definition.get_closest_marker("only_on")
        wanted = only.args if only else [chosen] if chosen else DATABASES
        metafunc.parametrize("database", wanted, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test with many values, let one run on PostgreSQL: it is told there that the database does its part.

    All of them do with `--database postgresql`, and always those marked `each_value`: there the values are about it.
    """
    if config.getoption("--database"):
        return
    first: dict[str, str] = {}
    for item in items:
        if _on_postgres(item) and not item.get_closest_marker("each_value"):
            first[_name(item)] = min(item.nodeid, first.get(_name(item), item.nodeid))
    spared = [item for item in items if first.get(_name(item), item.nodeid) != item.nodeid and _on_postgres(item)]
    config.hook.pytest_deselected(items=spared)
    dropped = {*map(id, spared)}
    items[:] = [item for item in items if id(item) not in dropped]


def _on_postgres(item: pytest.Item) -> bool:
    return getattr(item, "callspec", None) is not None and item.callspec.params.get("database") == "postgresql"


def _name(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def pytest_collection_finish() -> None:
    # Thousands of tests lie in memory until the end: no collection of garbage needs to look at them again and again.
    gc.collect()
    gc.freeze()


# The app, on each database


@pytest.fixture(scope="session")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The URL of an empty database of a kind, made when first asked for."""
    known: dict[str, str] = {}
    with ExitStack() as stack:

        def address(database: str) -> str:
            if database not in known:
                if database == "sqlite":
                    known[database] = f"sqlite:///{tmp_path_factory.mktemp('data') / 'attune.sqlite3'}"
                else:
                    known[database] = stack.enter_context(_fresh_postgres())
            return known[database]

        yield address


@pytest.fixture(scope="session")
def apps(addresses: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Flask]]:
    """The app on a database of a kind, built once, with every table."""
    built: dict[str, Flask] = {}

    def app_on(database: str) -> Flask:
        if database not in built:
            built[database] = _build(_config(addresses(database), tmp_path_factory.mktemp("instance")))
            _make_tables(built[database])
        return built[database]

    yield app_on
    for app in built.values():
        _let_go(app)


@pytest.fixture
def app(apps: Callable[[str], Flask], database: str, at: Callable[..., datetime]) -> Iterator[Flask]:
    """The app, once on SQLite and once on PostgreSQL. Its tables are empty again after each test."""
    app = apps(database)
    yield app
    _empty_tables(app)


@pytest.fixture
def make_app(app: Flask) -> Iterator[Callable[..., Flask]]:
    """`make_app(registration="closed")`: a second app on the same database, with other settings."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(_build(replace(app.extensions["attune"], **settings)))
        return made[-1]

    yield make
    for each in made:
        _let_go(each)


# Whoever looks


class Visitor(FlaskClient):
    """A browser: says where its requests come from, and refuses every page that is not sound.

    It looks at those of the app on SQLite alone, no page is another for its database, and at what it has seen once.
    """

    sound: ClassVar[set[int]] = set()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        self._looks = self.application.extensions["attune"].database_url.startswith("sqlite")

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if self._looks and response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            seen = pages.bones(response.text)
            found = list(pages.faults(response.text)) if seen not in self.sound else []
            assert not found, f"{response.request.path}: {found}"
            self.sound.add(seen)
        return response


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody is signed in on."""
    return app.test_client()


@pytest.fixture
def as_user(app: Flask) -> Callable[..., FlaskClient]:
    """`as_user(ana)`: a browser of its own that Ana is signed in on."""

    def sign_in(person: Person, label: str = "Firefox on Linux") -> FlaskClient:
        browser = app.test_client()
        with app.app_context(), transaction():
            token = open_session(person, label, now=clock.now())
        browser.set_cookie("attune", token)
        return browser

    return sign_in


# Rows


@pytest.fixture
def save(app: Flask) -> Callable[..., Any]:
    """`ana, ben = save(make_person("Ana"), make_person("Ben"))`: commit rows, and hand them back to be read."""

    def save_rows(*rows: Model) -> Any:
        with app.app_context(), transaction():
            db.session.add_all(rows)
            db.session.flush()
            db.session.expunge_all()
        return rows[0] if len(rows) == 1 else rows

    return save_rows


@pytest.fixture
def ana(save: Callable[..., Person]) -> Person:
    return save(make_person("Ana"))


@pytest.fixture
def ben(save: Callable[..., Person]) -> Person:
    return save(make_person("Ben"))


@pytest.fixture
def carol(save: Callable[..., Any]) -> Person:
    """A stranger, alone in a couple that waits for a second."""
    carol: Person = save(make_person("Carol"))
    save(make_couple(carol))
    return carol


@pytest.fixture
def dina(save: Callable[..., Person]) -> Person:
    return save(make_person("Dina"))


@pytest.fixture
def eli(save: Callable[..., Person]) -> Person:
    return save(make_person("Eli"))


@pytest.fixture
def thea(save: Callable[..., Person]) -> Person:
    """A therapist, with a passkey."""
    thea: Person = save(make_person("Thea", role="therapist"))
    save(make_passkey(thea))
    return thea


@pytest.fixture
def couple(save: Callable[..., Couple], ana: Person, ben: Person) -> Couple:
    """Ana, quince, and Ben, sloe."""
    return save(make_couple(ana, ben))


@pytest.fixture
def other_couple(save: Callable[..., Couple], dina: Person, eli: Person) -> Couple:
    """Dina, quince, and Eli, sloe."""
    return save(make_couple(dina, eli))


@dataclass
class Two:
    """Ana and Ben, each with a browser; `give` gives the couple a prompt."""

    ana: FlaskClient
    ben: FlaskClient
    couple: Couple
    give: Callable[..., Prompt]


@pytest.fixture
def two(couple: Couple, ana: Person, ben: Person, as_user: Callable[..., FlaskClient], save: Callable[..., Any]) -> Two:
    """Ana and Ben at their phones. `two.give("love_map", item="home-smell")`: a prompt for both."""

    def give(*args: Any, **kwargs: Any) -> Prompt:
        prompt: Prompt = save(make_prompt(couple, *args, **kwargs))
        return prompt

    return Two(as_user(ana), as_user(ben), couple, give)


# Measures


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with statements() as seen:` the SQL that ran inside, without BEGIN, COMMIT and PRAGMA."""

    return lambda: asked(_engine(app))


@pytest.fixture
def at() -> Iterator[Callable[..., datetime]]:
    """`at("2026-11-13T08:00")` or `at(NOW + timedelta(days=3))`: it is then, and stays so. It is NOW at first."""
    with ExitStack() as stack:

        def move(when: str | datetime) -> datetime:
            instant = datetime.fromisoformat(when) if isinstance(when, str) else when
            instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
            stack.close()
            stack.enter_context(time_machine.travel(instant, tick=False))
            return instant

        move(NOW)
        yield move


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    """The instant at which a test begins."""
    return NOW


# Below


def _config(url: str, data: Path) -> Config:
    keys = {"secret_key": SECRET, "master_key": MASTER, "password_cost": (8, 1)}
    # A mail server, and a host with a name for passkeys, so that there is every page that there can be.
    others = {
        "smtp_url": "smtp://127.0.0.1:9?from=attune@example.org",
        "base_url": "http://localhost:8000",
        "therapists": "invited",
    }
    return Config(data=data, database_url=url, **others, **keys)


def _build(config: Config) -> Flask:
    app = hurried(create_app(config))
    app.test_client_class = Visitor
    return app


def _make_tables(app: Flask) -> None:
    with app.app_context():
        if any((ROOT / "migrations" / "versions").glob("*.py")):
            schema.upgrade()
        else:
            with _writing(db.engine) as connection:
                Model.metadata.create_all(connection)


def _empty_tables(app: Flask) -> None:
    """Delete all rows, those first that lean on others. TRUNCATE takes ten times as long for so few."""
    with _writing(_engine(app)) as connection:
        names = [table.name for table in reversed(Model.metadata.sorted_tables)]
        held = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in names)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for name in compress(names, connection.exec_driver_sql(f"SELECT {held}").one()):
            connection.exec_driver_sql(f"DELETE FROM {name}")


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        yield connection


def _engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def _let_go(app: Flask) -> None:
    _engine(app).dispose()


@contextmanager
def _fresh_postgres() -> Iterator[str]:
    """A database of our own on the server, so that several runs can share one."""
    try:
        with postgres() as server:
            url, name = sqlalchemy.make_url(server), f"attune_{secrets.token_hex(4)}"
            engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            yield url.set(database=name).render_as_string(hide_password=False)
            with engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
            engine.dispose()
    except NoPostgres as reason:
        missing("postgres", reason)
