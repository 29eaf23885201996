"""What Ana types is found where she can see it, where she has opened it, and nowhere else.

Not in the files of the database, in no log, in no backup, in no page of anybody else, in no message of an error.
"""

import base64
import gzip
import io
import json
import logging
import os
import re
import select
import socket
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import StatementError
from waitress import wasyncore
from waitress.server import create_server
from werkzeug.test import TestResponse

from app import backup, jobs, schema
from app.core import clock
from app.core.db import Model, db, transaction
from app.core.forms import Form, Secret, Words
from app.exercises import service
from tests.factories import ISO_WEEK, TODAY
from tests.support import missing
from tests.support.postgres import _folders
from tests.trust.story import BEN, EVERY_DAY, GIVEN, LEFT, OPEN, PUBLIC, SEALED, STEP, Story

HOMEWORK = {"homework", "homework_days", "homework_templates", "own_exercises"}
SHOWN_TO_NOBODY = {"push_subscriptions", "vapid_keys", "authenticators"}
"""Sealed for the gateway alone, or for what digits are worked out from."""

CHOSEN = {"path_choices", "assessments"}
"""Sealed, and chosen instead of typed, so that no word tells whose it is. Their own tests move them about."""

NOTED = {"HomeworkForm.note'"}
"""What their therapist wrote beside homework that is for both."""

HOMEWORK_PARTS = ("given_id", "homework_id", "own_id", "set_id", "step_id", "day")
SECRET, HIDDEN = "a secret of the app's", "something in disguise"


def forms(below: type[Form] = Form) -> Iterator[type[Form]]:
    """Every form of the app."""
    for form in below.__subclasses__():
        yield form
        yield from forms(form)


@pytest.mark.only_on("sqlite")
def test_the_story_types_into_every_field_that_takes_text(app: Flask) -> None:
    story = Story(app)
    list(story.tell())
    fields = {
        f"{form.__name__}.{name}"
        for form in forms()
        if form.__module__.startswith("app.")
        for name, each in form().fields.items()
        if isinstance(each, Words | Secret)
    }
    assert fields <= {where.rstrip("'") for where in story.words}, "a new field: let Ana type into it in story.py"


# At rest


def test_nothing_that_ana_types_is_in_the_database(app: Flask) -> None:
    story = Story(app)

    def look(path: str, _answer: object) -> None:
        found = found_in(at_rest(app), story)
        assert not found - PUBLIC, f"after {path}: {found}"

    story.after_each = look
    list(story.tell())
    assert {"NewPerson.login", "Account.name"} <= found_in(at_rest(app), story), "it is not looked for where it lies"


def test_nothing_that_ana_types_is_in_a_backup(app: Flask, tmp_path: Path, database: str, monkeypatch) -> None:
    if database == "postgresql":
        find_tools(monkeypatch)
    story = Story(app)
    for number, _halt in enumerate(story.tell()):
        archive = tmp_path / f"{number}.tar.gz"
        with app.app_context():
            backup.make(app.extensions["attune"], archive, revision=schema.current(), now=clock.now(), progress=silent)
        assert {"NewPerson.login", "Account.name"} <= found_in(unpacked(archive, tmp_path), story) <= PUBLIC


# In the log


@pytest.mark.only_on("sqlite")
def test_nothing_that_ana_types_is_in_the_log(make_app: Callable[..., Flask]) -> None:
    with listening(make_app) as (app, logs):
        story = Story(app)
        for _halt in story.tell():
            for browser in (story.ana, story.ben):
                list(pages(app, browser, story))
        log_line(app)
    heard = {form: log.getvalue() for form, log in logs.items()}
    assert all("a line at the end" in each for each in heard.values())
    assert heard["json"].count("/prompts/<prompt_id>") > 20
    assert len(set(re.findall(r'"event": "([a-z-]+)"', heard["json"]))) > 10, "what happens at the doors is among it"
    assert not found_in({form: each.encode() for form, each in heard.items()}, story)
    assert not any(prompt in each for prompt in story.prompts.values() for each in heard.values()), "who looked at what"


@pytest.mark.only_on("sqlite")
def test_no_error_repeats_what_ana_typed(make_app: Callable[..., Flask], monkeypatch) -> None:
    with listening(make_app) as (app, logs):
        story = Story(app)
        assert next(story.tell()) == SEALED
        typed = {"text": story.word("a field")}
        for error in (RuntimeError, StatementError, UnicodeEncodeError):

            def fail(*_given: object, error: type = error, **_others: object) -> None:
                raise made(error, json.dumps(typed))

            monkeypatch.setattr(service, "submit_response", fail)
            answer = story.ana.post(f"/prompts/{story.prompts['appreciation']}/response", data=typed)
            jobs.run(app, jobs.Step(lambda *, now: fail(now=now), timedelta(hours=1)))
            assert answer.status_code == 500
            number = re.search(r"Number (\w+)\.", answer.text)
            heard = {form: log.getvalue() for form, log in logs.items()}
            assert number is not None
            assert all(error.__name__ in each and number[1] in each for each in heard.values())
            assert not found_in({"page": answer.data} | {form: each.encode() for form, each in heard.items()}, story)


@pytest.mark.only_on("sqlite")
def test_a_server_that_fails_a_visitor_does_not_log_at_which_page_or_whom(make_app: Callable[..., Flask]) -> None:
    def fail(_environ: object, _start_response: object) -> None:
        raise RuntimeError

    with listening(make_app) as (_app, logs):
        server: Any = create_server(fail, sockets=[socket.create_server(("127.0.0.1", 0))], threads=1)
        with socket.create_connection(server.socket.getsockname()) as visitor:
            visitor.sendall(b"GET /prompts/what-ana-looked-at HTTP/1.0\r\n\r\n")
            while not select.select([visitor], [], [], 0)[0]:
                wasyncore.loop(timeout=0.02, map=server._map, count=1)
            (channel,) = server.active_channels.values()
            whom = str(visitor.getsockname()[1])
            try:
                fail({}, None)
            except RuntimeError:
                channel.handle_error()
            server.logger.error("Exception when servicing %r", channel)
            server.task_dispatcher.queue_logger.warning("Task queue depth is 1")
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)
    for log in logs.values():
        told = log.getvalue()
        assert all(each in told for each in ("while serving", "closing channel", "when servicing"))
        assert "what-ana-looked-at" not in told
        assert "depth" not in told, "that a request had to wait for a moment is nobody's trouble"
        assert whom not in told


# In the pages of others


@pytest.mark.only_on("sqlite")
def test_only_who_may_reads_what_ana_wrote(app: Flask, as_user, dina, carol, thea, other_couple) -> None:
    story = Story(app)
    strangers = [as_user(dina), as_user(carol), as_user(thea), app.test_client()]
    seen = {}
    for halt in story.tell():
        for stranger in strangers:
            assert not found_in(dict(pages(app, stranger, story)), story), halt
        seen[halt] = {each for each in found_in(dict(pages(app, story.ben, story)), story) if not each.startswith(BEN)}
        mine = found_in(dict(pages(app, story.ana, story)), story)
        assert {"AppreciationForm.text", "CheckInForm.high'", "LoveMapForm.guess", "CheckInAloneForm.low"} <= mine
    name = {"Account.name"}
    guest = {"NewTherapist.name"}
    assert seen[SEALED] == GIVEN | name | guest | NOTED
    opened = {f"CheckInForm.{field}'" for field in ("high", "low", "challenge")} | {
        "LoveMapForm.answer",
        "LoveMapForm.guess",
    }
    opened |= {"AmendmentForm.text", "LandingForm.thanks", "VerdictForm.text", "RevealForm.text", "ClosingForm.text"}
    assert seen[OPEN] == GIVEN | name | guest | NOTED | opened
    # What Ben said to the therapist, and to whom, is in his own export; what Ana is called now is not.
    assert seen[LEFT] == guest


@pytest.mark.only_on("sqlite")
def test_the_worker_keeps_no_page_of_anybody(app: Flask) -> None:
    script = app.test_client().get("/sw.js").text
    kept = json.loads(re.match(r"self\.STATIC = (\{.*?\});\n", script)[1])["files"]
    kept += re.findall(r"^const OFFLINE = '(.*)';$", script, re.MULTILINE)
    assert "/offline" in kept
    assert not re.findall(r"cache\.(?:add|put)\w*\((?!OFFLINE, offline\)|self\.STATIC\.files)", script)
    story = Story(app)
    list(story.tell())
    for path in kept:
        answer = app.test_client().get(path)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False), path
        assert not found_in({path: story.ana.get(path).data}, story), path


# Moved about


@pytest.mark.only_on("sqlite")
def test_sealed_words_open_nowhere_but_where_they_were_written(app: Flask) -> None:
    story = Story(app)
    tell = story.tell()
    assert [next(tell), next(tell)] == [SEALED, OPEN]
    cells = [cell for cell in sealed_cells(app) if cell.table not in SHOWN_TO_NOBODY | CHOSEN]
    written = {"responses", "drafts", "turns", "marks", "amendments", "moves", "step_drafts"}
    written |= {"reminders", "reminder_settings", "path_lines", "path_wordings", "therapist_notes", "brief_lines"}
    assert {cell.table for cell in cells} == written | {"person_keys", "passkeys", "practices", *HOMEWORK}
    before = everything_shown(app, story)
    lost = {}
    for cell in cells:
        with held(app, {cell: b"\x01" + bytes(300)}):
            now = everything_shown(app, story)
        lost[cell] = {where: before[where] - now[where] for where in before if now[where] != before[where]}
        assert lost[cell], f"nobody is shown what is in {cell}, so this would say nothing of it"
    # Each with its neighbour, mostly of its own table, and with one of a table far away.
    for one, other in [
        pair for away in (1, len(cells) // 2) for pair in zip(cells, cells[away:] + cells[:away], strict=True)
    ]:
        with held(app, {one: read(app, other), other: read(app, one)}):
            # The page, and the export, which goes on where something does not open.
            for where in {way for cell in (one, other) for way in (next(iter(lost[cell])), list(lost[cell])[-1])}:
                gone = lost[one].get(where, set()) | lost[other].get(where, set())
                answer = ask(story, *where)
                shown = found_in({"": unzipped(answer)}, story)
                assert shown <= before[where] - gone, (one, other, where)
                if not {"drafts", "step_drafts"} & {one.table, other.table} and where[1] != "/export":
                    assert answer.status_code == 500, (one, other, where)
                    assert "That was us, not you." in answer.text
    assert everything_shown(app, story) == before


# Below


def found_in(places: dict[str, bytes], story: Story) -> set[str]:
    """Where Ana typed the words that are in these bytes; SECRET for those she was given, HIDDEN for any in disguise."""
    low, where = b"\n".join(places.values()).lower(), {word: where for where, word in story.words.items()}
    found = {where[word.decode()] for word in re.findall(story.sign.encode() + rb"[0-9a-f]{8}", low)}
    if any(secret.lower().encode() in low for secret in story.secrets):
        found.add(SECRET)
    if any(each in low for each in disguises(story.sign)):
        found.add(HIDDEN)
    return found


def disguises(word: str) -> set[bytes]:
    """Other forms that a word may lie about in, in small letters."""
    plain = word.encode()
    shifted = [base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return {each.lower() for each in (plain.hex().encode(), plain[::-1], word.encode("utf-16-le"), *shifted)}


def at_rest(app: Flask) -> dict[str, bytes]:
    """All that lies on the disk for this app: the data folder, and the database in whole."""
    config = app.extensions["attune"]
    file = schema.database_file(config)
    folders = {config.data, *([file.parent] if file else [])}
    found = {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    if file is None:
        with app.app_context(), db.engine.connect() as connection:
            for table in sqlalchemy.inspect(connection).get_table_names():
                for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                    found[table] = found.get(table, b"") + b"\n".join(map(raw, row)) + b"\n"
    return found


def raw(value: object) -> bytes:
    """A value of a row as bytes."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def unpacked(archive: Path, tmp_path: Path) -> dict[str, bytes]:
    """The bytes of a backup, as they lie and in every wrapping off."""
    found = {"archive": archive.read_bytes(), "stream": gzip.decompress(archive.read_bytes())}
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member)
            assert file is not None
            found[member.name] = file.read()
    if dump := found.get("attune.pgdump"):
        (tmp_path / "dump").write_bytes(dump)
        found["restored"] = backup.run_tool("pg_restore", "--file=-", str(tmp_path / "dump")).encode()
    return found


def pages(app: Flask, browser: FlaskClient, story: Story) -> Iterator[tuple[str, bytes]]:
    """Everything that this browser gets to see: each page, of each prompt of Ana's, and the export."""
    ways = {"prompt_id": {*story.prompts.values(), *story.alone.values()}, "exercise": EVERY_DAY}
    parts = ("token", "code", "topic_id", "guest_id", "couple_id", "note_id", *HOMEWORK_PARTS)
    ways |= {part: {"x"} for part in parts} | {"week": {ISO_WEEK}, "year": {TODAY.year}}
    for day in story.homework["ana"][:1]:
        ways |= {"given_id": {day.split("/")[2]}, "day": {day.split("/")[3]}}
    ways |= {"sitting_id": set(story.sat), "instrument": {"balance"}, "number": {1}}
    ways |= {"step": {STEP}, "occasion_id": set(story.occasions.values())}
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "pwa.static":
            for value in map(dict, product(*([(name, each) for each in ways[name]] for name in rule.arguments))):
                path = app.url_map.bind("localhost").build(rule.endpoint, value)
                for query in ("", "?edit") if "prompt_id" in value else ("",):
                    yield path + query, browser.get(path + query).data
    yield "/export", unzipped(browser.post("/export"))


def everything_shown(app: Flask, story: Story) -> dict[tuple[str, str], set[str]]:
    """(who, where) → the words that the two are shown there."""
    paths = [f"/prompts/{prompt}" for prompt in story.prompts.values()]
    paths += [f"/occasions/{occasion}" for occasion in story.occasions.values()] + [
        "/history/earlier",
        "/reminders",
        "/reminders/mail",
        f"/path/{STEP}",
        "/path/recommitment",
        "/settings/second-factor",
    ]
    paths.append("/export")
    ways = [(who, path) for path in paths for who in ("ana", "ben")]
    ways += [(who, path) for who, more in story.homework.items() for path in more]
    ways += [("thea", path) for path in ("/settings/second-factor", "/practice", "/export")]
    ways += [("thea", story.notes), *((who, f"{story.guest}/brief") for who in ("ana", "ben"))]
    return {way: found_in({"": unzipped(ask(story, *way))}, story) for way in ways}


def ask(story: Story, who: str, path: str) -> TestResponse:
    """What one of the two gets."""
    browser: FlaskClient = getattr(story, who)
    return browser.post(path) if path == "/export" else browser.get(path)


def unzipped(answer: TestResponse) -> bytes:
    """The bytes of an answer, out of every wrapping."""
    if answer.mimetype != "application/zip":
        return answer.data
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())


@contextmanager
def listening(make_app: Callable[..., Flask]) -> Iterator[tuple[Flask, dict[str, io.StringIO]]]:
    """An app that logs all it has to say, and what it says in each form that a log may have."""
    root, logs, handlers = logging.getLogger(), {form: io.StringIO() for form in ("text", "json")}, []
    before = root.handlers[:], root.level
    for form, log in logs.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stderr", log)
            app = make_app(log_format=form, log_level="DEBUG")
        handlers += root.handlers
    root.handlers[:] = handlers
    try:
        yield app, logs
    finally:
        root.handlers[:], root.level = before
        root.setLevel(before[1])


def log_line(app: Flask) -> None:
    """Show that something is heard at all."""
    logging.getLogger("attune").debug("a line at the end")


def made(error: type, text: str) -> Exception:
    """An error that holds a text in each place where one can."""
    if error is StatementError:
        return StatementError(text, f"INSERT INTO responses VALUES ('{text}')", {"words": text}, ValueError(text))
    return UnicodeEncodeError("utf-8", text, 0, 1, text) if error is UnicodeEncodeError else error(text)


@dataclass(frozen=True)
class Cell:
    """A sealed value: its table, its row by the primary key, its column."""

    table: str
    row: tuple[tuple[str, Any], ...]
    column: str

    @property
    def where(self) -> tuple[sqlalchemy.Table, sqlalchemy.ColumnElement[bool]]:
        """(the table, which row)."""
        table = Model.metadata.tables[self.table]
        return table, sqlalchemy.and_(*(table.c[name] == value for name, value in self.row))


def sealed_cells(app: Flask) -> list[Cell]:
    """Everything in the database that is sealed."""
    found = []
    with app.app_context(), db.engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, sqlalchemy.LargeBinary):
                    filled = connection.execute(table.select().where(column.is_not(None))).mappings()
                    rows = [tuple((key.name, row[key.name]) for key in table.primary_key) for row in filled]
                    found += [Cell(table.name, row, column.name) for row in rows]
    return found


@contextmanager
def held(app: Flask, values: dict[Cell, bytes]) -> Iterator[None]:
    """Let cells hold something else for a while."""
    before = {cell: read(app, cell) for cell in values}
    for each in (values, before):
        with app.app_context(), transaction():
            for cell, value in each.items():
                table, which = cell.where
                db.session.execute(table.update().where(which).values({cell.column: value}))
        if each is values:
            yield


def read(app: Flask, cell: Cell) -> bytes:
    """What a cell holds."""
    table, which = cell.where
    with app.app_context():
        value: bytes = db.session.execute(sqlalchemy.select(table.c[cell.column]).where(which)).scalar_one()
    return value


def find_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programs of the PostgreSQL of the tests be found."""
    folder = next((folder for folder in _folders() if (folder / "pg_dump").exists()), None)
    if folder is None:
        missing("postgres", "no pg_dump beside the PostgreSQL of the tests")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def silent(_done: int, _all: int) -> None:
    """Tell nobody how far it is."""
