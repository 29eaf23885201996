"""What an operator should know: one finding per check, each in a sentence that says what to do."""

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select

from app import backup, schema
from app.accounts.models import AuthSession, PersonKey
from app.assessments import service as assessments
from app.config import Config
from app.core.crypto import Undecipherable, vault
from app.core.db import db
from app.core.errors import kind_of
from app.core.sqlite import driver, sound
from app.exercises import service as exercises
from app.push import service as push
from app.push.mailer import Mailer
from app.trouble import sentence

OK, WARNING, PROBLEM = "ok", "warning", "problem"
_MIB = 1024 * 1024

LATE = timedelta(minutes=5)
"""A notification that has been due for longer than any worker takes to get to it."""


@dataclass(frozen=True)
class Finding:
    """What a check found: ok, warning or problem, and the sentence."""

    level: str
    says: str


def examine(config: Config, *, now: datetime) -> list[Finding]:
    """All checks, in order. One that cannot be made is a problem too; without a database those of it are left out."""
    found: list[Finding] = []
    there = True
    for name, check in CHECKS.items():
        if there or check not in _ASK_DATABASE:
            found.append(_try(name, check, config, now))
            there = there and (check is not _database or found[-1].level == OK)
    return found


def _try(name: str, check: Callable[[Config, datetime], Finding], config: Config, now: datetime) -> Finding:
    try:
        return check(config, now)
    except Exception as error:
        return Finding(PROBLEM, sentence(error, config) or f"{name} could not be checked ({kind_of(error)}).")


def _settings(config: Config, _now: datetime) -> Finding:
    demo = " This is a demo." if config.demo else ""
    return Finding(OK, f"The settings are sound. People reach Attune at {config.base_url}.{demo}")


def _https(config: Config, _now: datetime) -> Finding:
    if config.https:
        return Finding(OK, "BASE_URL is https.")
    return Finding(WARNING, "BASE_URL is not https: only this machine can use Attune, and no phone can install it.")


def _folder(config: Config, _now: datetime) -> Finding:
    mode = stat.S_IMODE(config.data.stat().st_mode)
    if not os.access(config.data, os.W_OK | os.X_OK):
        return Finding(PROBLEM, f"The data folder {config.data} cannot be written to.")
    if mode & 0o077:
        return Finding(PROBLEM, f"Others can look into the data folder: run chmod 700 {config.data}.")
    return Finding(OK, f"The data folder {config.data} is yours alone.")


def _keys(config: Config, _now: datetime) -> Finding:
    for path in backup.key_files(config).values():
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            return Finding(PROBLEM, f"Others can read a key: run chmod 600 {path}.")
    return Finding(OK, "The keys are yours alone.")


def _keys_apart(config: Config, _now: datetime) -> Finding:
    file, master = schema.database_file(config), config.master_key_file
    if file is not None and master is not None and master.parent.resolve() == file.parent.resolve():
        return Finding(
            WARNING,
            f"The master key lies beside the database: who copies {file.parent} can read all. See MASTER_KEY_FILE.",
        )
    return Finding(OK, "The master key lies apart from the database.")


def _database(config: Config, _now: datetime) -> Finding:
    file = schema.database_file(config)
    if file is not None and not file.exists():
        # To ask would be to make it.
        return Finding(PROBLEM, "There is no database yet: run ./run setup.")
    with db.engine.connect() as connection:
        connection.execute(select(1))
    return Finding(OK, f"The database answers ({db.engine.dialect.name}).")


def _sqlite(config: Config, _now: datetime) -> Finding:
    file = schema.database_file(config)
    if file is None:
        return Finding(OK, "SQLite is not in use.")
    with db.engine.connect() as connection:
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one().upper()
    module = driver()
    library = f"SQLite {module.sqlite_version} with journal mode {journal}"
    if sound(module.sqlite_version_info):
        return Finding(OK, f"{library} is durable.")
    if journal == "WAL":
        return Finding(PROBLEM, f"{library} can damage the database: stop every process, then start again.")
    return Finding(WARNING, f"{library} is durable, but slower: 3.51.3 or newer would be better.")


def _migrations(_config: Config, _now: datetime) -> Finding:
    try:
        behind = schema.pending()
    except schema.TooNew:
        return Finding(PROBLEM, "The database was made by a newer Attune. Update this one.")
    if behind:
        return Finding(PROBLEM, "The tables are not up to date: run ./run setup.")
    return Finding(OK, f"The tables are up to date ({schema.head()}).")


def _master_key(_config: Config, _now: datetime) -> Finding:
    row = db.session.execute(select(PersonKey.person_id, PersonKey.wrapped).limit(1)).first()
    if row is None:
        return Finding(OK, "There is nobody's key to open yet.")
    try:
        vault().unwrap(row[1], row[0])
    except Undecipherable:
        return Finding(PROBLEM, "This master key does not open the words in the database. Bring the right one back.")
    return Finding(OK, "The master key opens the words in the database.")


def _clock(_config: Config, now: datetime) -> Finding:
    newest = db.session.scalar(select(func.max(AuthSession.created_at)))
    if newest is not None and newest > now + timedelta(minutes=5):
        return Finding(PROBLEM, f"The clock says {now:%Y-%m-%d %H:%M} UTC, but somebody signed in later than that.")
    return Finding(OK, f"The clock says {now:%Y-%m-%d %H:%M} UTC.")


def _push_key(_config: Config, _now: datetime) -> Finding:
    if push.current_key() is None:
        return Finding(PROBLEM, "There is no key to push with: run ./run setup.")
    if shut := push.keys_shut():
        return Finding(
            PROBLEM, f"The master key does not open {shut} of the keys to push with. Bring the right one back."
        )
    behind = push.devices_behind()
    told = f" Devices that use an older one, and follow at their next visit: {behind}." if behind else ""
    return Finding(OK, f"There is a key to push with.{told}")


def _push_contact(config: Config, _now: datetime) -> Finding:
    if urlsplit(config.vapid_subject).hostname in {"localhost", "127.0.0.1", "::1"}:
        return Finding(WARNING, "Push services have nobody to write to, and Apple's turns us away: set VAPID_SUBJECT.")
    return Finding(OK, f"Push services may write to {config.vapid_subject}.")


def _push_services(_config: Config, now: datetime) -> Finding:
    refused = push.turned_away(since=now - timedelta(days=1))
    if refused:
        told = ", ".join(f"{service} ({code})" for service, code in refused)
        return Finding(PROBLEM, f"We were turned away by {told}. Look at VAPID_SUBJECT and at the clock.")
    return Finding(OK, "No push service has turned us away since yesterday.")


def _timetable(_config: Config, now: datetime) -> Finding:
    waiting = push.overdue(now - LATE)
    if waiting:
        told = f"Notifications that should have gone out by now: {waiting}."
        return Finding(PROBLEM, f"{told} Is the timetable running (./run jobs)?")
    return Finding(OK, "No notification is late.")


def _mail(config: Config, _now: datetime) -> Finding:
    if not config.smtp_url:
        return Finding(OK, "No mail server is set: reminders come by push and as a calendar.")
    try:
        Mailer(config.smtp_url, config.base_url).check()
    except OSError as error:
        return Finding(PROBLEM, f"The mail server of SMTP_URL cannot be used ({type(error).__name__}).")
    return Finding(OK, "The mail server lets us in.")


def _disk(config: Config, _now: datetime) -> Finding:
    free = shutil.disk_usage(config.data).free // _MIB
    level = PROBLEM if free < 100 else WARNING if free < 1024 else OK
    return Finding(level, f"{free:,} MiB are free for data.")


def _backups(config: Config, now: datetime) -> Finding:
    age = backup.age(config, now=now)
    if age is None:
        return Finding(WARNING, f"There is no backup in {backup.folder_of(config)} yet: run ./run backup.")
    told = f"The newest backup is {age / timedelta(hours=1):.0f} h old."
    return Finding(WARNING, f"{told} Run ./run backup.") if age > timedelta(hours=48) else Finding(OK, told)


def _catalogue(_config: Config, _now: datetime) -> Finding:
    items = sum(len(exercise.items) for exercise in exercises.catalogue().exercises.values())
    return Finding(OK, f"The exercises are whole: {items} questions.")


def _instruments(_config: Config, _now: datetime) -> Finding:
    if packs := assessments.misfits():
        told = " ".join(f"The pack {which} is of no use any more: {why}" for which, why in packs)
        return Finding(WARNING, f"{told} See docs/instruments.md.")
    return Finding(OK, f"The instruments are whole: {len(assessments.instruments('en'))} can be sat.")


_ASK_DATABASE = {
    _sqlite, _migrations, _master_key, _clock, _push_key, _push_services, _timetable, _instruments,
}  # fmt: skip
CHECKS: dict[str, Callable[[Config, datetime], Finding]] = {
    "The settings": _settings,
    "BASE_URL": _https,
    "The data folder": _folder,
    "The keys": _keys,
    "The place of the keys": _keys_apart,
    "The database": _database,
    "SQLite": _sqlite,
    "The tables": _migrations,
    "The master key": _master_key,
    "The clock": _clock,
    "The key to push with": _push_key,
    "The contact for push services": _push_contact,
    "The push services": _push_services,
    "The timetable": _timetable,
    "The mail server": _mail,
    "The disk": _disk,
    "The backups": _backups,
    "The instruments": _instruments,
    "The exercises": _catalogue,
}
