"""Copies of everything: made under writes, proven, brought back elsewhere, and refused when they are not whole."""

import errno
import gzip
import os
import random
import shutil
import stat
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, make_url, select, text

from app import backup, create_app, erased, restore, schema, serving
from app.accounts.models import AuthSession, Person
from app.accounts.service import open_session
from app.archive import Unusable, pack, run_tool, unpack
from app.config import Config
from app.core import clock
from app.core.crypto import Vault
from app.core.db import db, transaction
from app.exercises.models import Prompt, Response
from app.exercises.words import open_words, seal_words
from tests.factories import NOW, TODAY, make_couple, make_person, make_prompt
from tests.support import missing
from tests.support.databases import create_database
from tests.support.postgres import _folders

WORDS = {"text": "the smell of rain on the way home, ✨ and =1+1"}
KEYS = ("master_key", "secret_key")


@pytest.fixture
def home_at(tmp_path: Path, at: Callable[..., datetime]) -> Iterator[Callable[..., Flask]]:
    """`home_at("here")`: an app in a data folder of its own, keys and all, as a first start makes it."""
    made: list[Flask] = []

    def make(name: str, **others: str) -> Flask:
        home = create_app(Config.from_env({"ATTUNE_DATA": str(tmp_path / name), **others}))
        made.append(home)
        return home

    yield make
    for home in made:
        _close(home)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which Ana wrote something for Ben."""
    folder = tmp_path_factory.mktemp("written") / "here"
    home = create_app(Config.from_env({"ATTUNE_DATA": str(folder)}))
    with home.app_context():
        schema.upgrade()
    _write(home)
    _close(home)
    return folder


@pytest.fixture
def home(home_at: Callable[..., Flask], written: Path, tmp_path: Path) -> Flask:
    """One in which Ana wrote something for Ben."""
    shutil.copytree(written, tmp_path / "here")
    return home_at("here")


@pytest.fixture
def archive(home: Flask) -> Path:
    return _back_up(home)


# There and back


def test_a_backup_brings_everything_back_elsewhere(home, archive, home_at) -> None:
    there = home_at("there")
    done = _restore(there, archive)
    assert done.made_at == NOW.isoformat()
    # The same command goes on: it may have to make a backup, before the tables change, and to look at an exercise.
    assert _read(there) == [WORDS]
    assert _back_up(there).exists()
    again = home_at("there")
    assert _read(again) == [WORDS]
    data, old = (each.extensions["attune"] for each in (again, home))
    assert (data.master_key, data.secret_key) == (old.master_key, old.secret_key)
    names = [*KEYS, "attune.sqlite3"]
    assert {oct(stat.S_IMODE((data.data / name).stat().st_mode)) for name in names} == {"0o600"}


def test_a_backup_is_for_its_owner_alone_and_holds_four_things(archive) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with tarfile.open(archive) as tar:
        members = {member.name: oct(member.mode) for member in tar}
    assert members == dict.fromkeys(("about.json", "attune.sqlite3", *KEYS), "0o600")


def test_a_backup_made_while_people_write_holds_no_half_of_anything(home, home_at, tmp_path) -> None:
    stop, failed = threading.Event(), []

    def keep_writing() -> None:
        while not stop.is_set():
            try:
                _write(home, couples=2)
            except Exception as error:
                failed.append(error)

    writers = [threading.Thread(target=keep_writing) for _ in range(2)]
    for writer in writers:
        writer.start()
    made = [_back_up(home, tmp_path / f"{number}.tar.gz") for number in range(6)]
    stop.set()
    for writer in writers:
        writer.join()
    assert failed == []
    counts = []
    for number, each in enumerate(made):
        again = home_at(f"again {number}")
        _restore(again, each)
        _close(again)
        again = home_at(f"again {number}")
        with again.app_context():
            people, responses = (db.session.scalar(select(func.count()).select_from(t)) for t in (Person, Response))
        assert people == 2 * responses
        assert _read(again) == [WORDS] * responses
        counts.append(responses)
    assert counts == sorted(counts)
    assert counts[-1] > counts[0] > 0


def test_a_backup_of_a_data_folder_keeps_the_newest_fourteen_and_what_somebody_has_named(home, at) -> None:
    data = home.extensions["attune"].data
    _back_up(home)
    own = backup.folder_of(home.extensions["attune"]) / "attune-before-the-move.tar.gz"
    own.touch()
    for day in range(1, 20):
        at(NOW + timedelta(days=day))
        _back_up(home)
        backup.prune(home.extensions["attune"], now=clock.now())
        if day == 18:
            left = [data / "backups" / ".backup-x", data / "backups" / ".backup-y", data / ".restore-z"]
            for each, then in zip(left, (NOW, clock.now(), NOW), strict=True):
                each.mkdir()
                (each / "master_key").touch()
                os.utime(each, (then.timestamp(), then.timestamp()))
    assert [each.exists() for each in left] == [False, True, False], "what a kill left, but not what is under way"
    kept = backup.dated(home.extensions["attune"])
    assert [path.name[7:17] for path in kept] == [f"{TODAY + timedelta(days=day)}" for day in range(6, 20)]
    assert backup.age(home.extensions["attune"], now=clock.now()) == timedelta()
    assert own.exists()


def test_nothing_is_written_over(home, archive) -> None:
    before = archive.read_bytes()
    with pytest.raises(Unusable, match="is there already"):
        _back_up(home, archive)
    assert archive.read_bytes() == before


def test_a_backup_that_cannot_be_written_says_so(home, tmp_path) -> None:
    with pytest.raises(Unusable, match="cannot be written"):
        _back_up(home, tmp_path / "nowhere" / "file")


def test_a_backup_that_its_own_key_does_not_open_is_never_made(home) -> None:
    wrong = replace(home.extensions["attune"], master_key=b"x" * 32)
    with home.app_context(), pytest.raises(Unusable, match="does not open the words"):
        backup.make(wrong, revision=schema.current(), now=NOW, progress=_silent)
    assert backup.dated(wrong) == []


# What is there already


def test_a_restore_leaves_what_is_there_unless_it_is_forced(home, archive) -> None:
    before = _bytes(home)
    with pytest.raises(Unusable, match="--force"):
        _restore(home, archive)
    assert _bytes(home) == before


def test_a_forced_restore_moves_what_is_there_aside(home, archive, home_at) -> None:
    _write(home)
    assert len(_read(home)) == 2
    done = _restore(home, archive, force=True)
    assert len(_read(home_at("here"))) == 1
    assert (done.aside / "attune.sqlite3").exists()
    assert not (done.aside / "master_key").exists()


def test_a_forced_restore_keeps_the_key_of_what_was_there(archive, home_at) -> None:
    other = home_at("other")
    with other.app_context():
        schema.upgrade()
    key = (other.extensions["attune"].data / "master_key").read_text()
    done = _restore(other, archive, force=True)
    assert (done.aside / "master_key").read_text() == key
    assert _read(home_at("other")) == [WORDS]


def test_a_restore_waits_for_nobody_who_is_at_work(archive, home_at) -> None:
    there = home_at("there")
    data = there.extensions["attune"].data
    with serving.holding(data, alone=False), pytest.raises(serving.InUse, match="Attune is running"):
        _restore(there, archive)
    with serving.holding(data, alone=True), pytest.raises(serving.InUse), serving.holding(data, alone=False):
        pass


def test_a_restore_puts_the_keys_where_the_settings_say(archive, home_at, tmp_path) -> None:
    (tmp_path / "keys").mkdir()
    settings = {f"{name.upper()}_FILE": str(tmp_path / "keys" / name) for name in KEYS}
    there = home_at("there", **settings)
    _restore(there, archive)
    assert _read(home_at("there", **settings)) == [WORDS]
    assert not any((there.extensions["attune"].data / name).exists() for name in KEYS)


def test_a_key_that_cannot_be_replaced_stops_a_restore_before_it_begins(archive, home_at) -> None:
    there = home_at("there")
    there.extensions["attune"] = replace(there.extensions["attune"], master_key_file=Path("/proc/self/master_key"))
    with pytest.raises(Unusable, match="its folder cannot be written to"):
        _restore(there, archive)
    assert not (there.extensions["attune"].data / "attune.sqlite3").exists()


# What must not come back


def test_a_restore_signs_everybody_out(home, home_at) -> None:
    with home.app_context(), transaction():
        person = db.session.scalars(select(Person)).first()
        open_session(person, "Firefox", now=NOW)
    archive = _back_up(home)
    _restore(home_at("there"), archive)
    with home_at("there").app_context():
        assert db.session.scalars(select(AuthSession.ended_at)).all() == [NOW]


def test_who_has_erased_themselves_since_stays_erased(home, archive, home_at) -> None:
    with home.app_context():
        gone = db.session.scalar(select(Person.id).where(Person.name == "Ana"))
    erased.remember(home.extensions["attune"], gone, TODAY)
    _restore(home, archive, force=True)
    again = home_at("here")
    with again.app_context():
        assert db.session.scalars(select(Person.name)).all() == ["Ben"]
        assert db.session.scalar(select(func.count()).select_from(Response)) == 0


# What is not whole


def test_a_truncated_backup_is_refused_wherever_it_ends(archive, home_at, tmp_path) -> None:
    there, whole = home_at("there"), archive.read_bytes()
    before = _bytes(there)
    for part in (0, 1, 2, 10, 100, len(whole) // 3, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        cut = tmp_path / "cut.tar.gz"
        cut.write_bytes(whole[:part])
        with pytest.raises(Unusable, match=r"cut\.tar\.gz is damaged, or is no backup of Attune"):
            _restore(there, cut)
    assert _bytes(there) == before


def test_a_flipped_bit_is_found_wherever_it_is(archive, tmp_path) -> None:
    whole, chance, found = archive.read_bytes(), random.Random(1), 0
    content = gzip_of(archive)
    # The first ten bytes are gzip's own head: its time and system say nothing of the content.
    for place in sorted(chance.sample(range(10, len(whole)), 120)):
        flipped = tmp_path / f"{place}.tar.gz"
        flipped.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :])
        folder = tmp_path / str(place)
        folder.mkdir()
        if gzip_of(flipped) == content:
            continue  # A bit that carries nothing: it may be either way.
        found += 1
        with pytest.raises(Unusable, match="is damaged"):
            unpack(flipped, folder)
    assert found > 100


def gzip_of(path: Path) -> bytes | None:
    """What is packed in a file, or None where it does not unpack."""
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        return None


def test_an_archive_of_something_else_is_refused(home_at, tmp_path) -> None:
    other = tmp_path / "other.tar.gz"
    with tarfile.open(other, "w:gz") as tar:
        tar.add(__file__, "about.json")
    with pytest.raises(Unusable, match="no backup of Attune"):
        _restore(home_at("there"), other)


def test_a_backup_with_the_wrong_key_is_refused(archive, home_at, tmp_path) -> None:
    def with_other_key(folder: Path) -> None:
        (folder / "master_key").write_text("ab" * 32)

    there = home_at("there")
    with pytest.raises(Unusable, match=r"The key in other\.tar\.gz does not open the words in it"):
        _restore(there, _altered(archive, tmp_path, with_other_key))
    assert not (there.extensions["attune"].data / "attune.sqlite3").exists()


def test_a_backup_that_finds_no_room_is_not_called_damaged(archive, home_at, monkeypatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.archive.shutil.copyfileobj", full)
    with pytest.raises(Unusable, match=r"cannot be laid into \S+ \(No space left on device\)\.$"):
        _restore(home_at("there"), archive)


def test_a_backup_whose_database_is_damaged_is_refused(archive, home_at, tmp_path) -> None:
    def damage(folder: Path) -> None:
        with (folder / "attune.sqlite3").open("r+b") as file:
            file.seek(4096 + 1)
            file.write(b"\xff" * 8000)

    with pytest.raises(Unusable, match=r"The database in other\.tar\.gz is damaged"):
        _restore(home_at("there"), _altered(archive, tmp_path, damage))


@pytest.mark.parametrize("newer", [{"revision": "9999"}, {"format": 2}])
def test_a_backup_of_a_newer_attune_is_refused(archive, home_at, tmp_path, newer) -> None:
    other = _altered(archive, tmp_path, lambda _folder: None, **newer)
    with pytest.raises(Unusable, match="was made by a newer Attune"):
        _restore(home_at("there"), other)


# PostgreSQL


def test_a_backup_of_postgres_brings_everything_back(addresses, home_at, monkeypatch) -> None:
    _find_tools(monkeypatch)
    home = home_at("here", DATABASE_URL=create_database(addresses("postgresql")))
    with home.app_context():
        schema.upgrade()
    _write(home, couples=3)
    archive = _back_up(home)
    there = home_at("there", DATABASE_URL=create_database(addresses("postgresql")))
    _restore(there, archive)
    again = home_at("there", DATABASE_URL=there.extensions["attune"].database_url)
    assert _read(again) == [WORDS] * 3
    with again.app_context(), db.engine.connect() as connection:
        looked_over = text("SELECT count(*) FROM pg_stats WHERE tablename = 'couples'")
        assert connection.scalar(looked_over), "so that what comes next is planned for what there is"
    with pytest.raises(Unusable, match="--force"):
        _restore(again, archive)
    _write(again)
    with again.app_context(), db.engine.begin() as connection:
        # As a newer Attune may have: no backup of an older one knows of it.
        connection.execute(text("CREATE TABLE of_tomorrow (person_id VARCHAR(22) REFERENCES people)"))
    with monkeypatch.context() as patch:
        patch.setattr(restore, "run_tool", _giving_up_once())
        with pytest.raises(Unusable, match="it gave up"):
            _restore(again, archive, force=True)
    assert len(_read(again)) == 4, "all is as it was"
    done = _restore(again, archive, force=True)
    assert len(_read(again)) == 3
    assert (done.aside / "attune.pgdump").stat().st_size > 1000
    with again.app_context():
        assert not inspect(db.engine).has_table("of_tomorrow")
    with pytest.raises(Unusable, match="holds a database of postgresql, but DATABASE_URL names one of sqlite"):
        _restore(home_at("elsewhere"), archive)


def _giving_up_once() -> Callable[..., str]:
    """A `run_tool` whose first pg_restore fails."""
    failures = ["it gave up"]

    def run(name: str, *words: str, password: str | None = None) -> str:
        if name == "pg_restore" and failures:
            raise Unusable(failures.pop())
        return run_tool(name, *words, password=password)

    return run


def test_the_tools_of_postgres_get_the_address_without_a_password_or_signs_in_its_place() -> None:
    url = make_url("postgresql+psycopg://ana:a%40b@db.example.org:5499/attune?sslmode=require")
    assert backup.libpq(url) == "postgresql://ana@db.example.org:5499/attune?sslmode=require"


def test_without_the_tools_of_postgres_it_says_what_is_missing(addresses, home_at, monkeypatch) -> None:
    home = home_at("here", DATABASE_URL=addresses("postgresql"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unusable, match="pg_dump is not installed"):
        _back_up(home)


# Below


def _write(home: Flask, couples: int = 1) -> None:
    """Couples of two, one response each, in one transaction."""
    with home.app_context(), transaction():
        vault = Vault(home.extensions["attune"].master_key)
        for _ in range(couples):
            ana, ben = make_person("Ana"), make_person("Ben")
            for person in (ana, ben):
                person.login = f"{person.name}-{person.id}"
                person.key.wrapped = vault.new_key(person.id)
            db.session.add_all((ana, ben))
            db.session.flush()
            couple = make_couple(ana, ben)
            prompt = make_prompt(couple)
            words = seal_words(vault.unwrap(ana.key.wrapped, ana.id), "responses", prompt.id, ana.id, WORDS)
            given = {"ratings": {"mood": 7}, "words": words, "given_on": TODAY, "submitted_at": NOW}
            for row in (couple, prompt, Response(prompt_id=prompt.id, author_id=ana.id, **given)):
                db.session.add(row)
                db.session.flush()


def _read(home: Flask) -> list[dict[str, str]]:
    with home.app_context():
        vault = home.extensions["vault"]
        rows = db.session.execute(select(Response, Person).join(Person).join(Prompt))
        keys = [(response, person.id, vault.unwrap(person.key.wrapped, person.id)) for response, person in rows]
        return [open_words(key, "responses", each.prompt_id, author, each.words) for each, author, key in keys]


def _back_up(home: Flask, file: Path | None = None) -> Path:
    with home.app_context():
        return backup.make(
            home.extensions["attune"], file, revision=schema.current(), now=clock.now(), progress=_silent
        )


def _restore(home: Flask, archive: Path, *, force: bool = False) -> restore.Restored:
    with home.app_context():
        return restore.restore(home.extensions["attune"], archive, force=force, now=clock.now())


def _silent(_done: int, _all: int) -> None:
    pass


def _bytes(home: Flask) -> dict[str, bytes]:
    _close(home)
    folder = home.extensions["attune"].data
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != ".in-use"}


def _altered(archive: Path, tmp_path: Path, alter: Callable[[Path], None], **about: object) -> Path:
    """Another archive, as sound in form as the first, but with something else in it."""
    folder, other = tmp_path / "altered", tmp_path / "other.tar.gz"
    folder.mkdir()
    told = unpack(archive, folder)
    alter(folder)
    pack(other, replace(told, **about), folder)
    return other


def _close(home: Flask) -> None:
    with home.app_context():
        db.engine.dispose()


def _find_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = next((folder for folder in _folders() if (folder / "pg_dump").exists()), None)
    if folder is None:
        missing("postgres", "no pg_dump beside the PostgreSQL of the tests")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
