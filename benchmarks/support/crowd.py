"""Millions of people with a reminder each: in slots, as Attune keeps them, and beside it one indexed row per person.

Everybody has one reminder, at a quarter of an hour in one of 400 zones: 38,400 slots, whose people are spread evenly
over the whole table of people. Of every 50 slots one is due. Laid down by the database itself, in the order of its
keys, so that five million people take a minute or two.
"""

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from app.accounts.models import Person
from app.core.db import Instant, db
from app.couples.day import day_of
from app.push.models import REMINDER, Notification
from app.reminders.models import EVERY_DAY, WINDOW, Reminder, ReminderSettings, ReminderSlot
from app.reminders.schedule import next_due
from benchmarks.support.house import SQLITE, House, house

ZONES = sorted(zoneinfo.available_timezones() - {"localtime"})[:400]
QUARTERS = 24 * 4
SLOTS = len(ZONES) * QUARTERS
ONE_IN = 50
"""Which part of the slots is due."""

NOW = datetime(2026, 11, 13, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
"""Due later than whatever is moved in a benchmark, which tells the two apart again."""

A_BATCH = 2_000
_SLOT, _PERSON = "slotslotslotsl", "personpersonpe"
_SLOT_ID, _PERSON_ID = (f"printf('%08x', {{}}) || '{rest}'" for rest in (_SLOT, _PERSON))

# The rows that the other way needs: what a slot knows, once for each person.
rows = sa.Table(
    "reminder_rows",
    sa.MetaData(),
    sa.Column("person_id", sa.String(22), primary_key=True),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("at", sa.Integer, nullable=False),
    sa.Column("weekdays", sa.Integer, nullable=False),
    sa.Column("window", sa.Integer, nullable=False),
    sa.Column("next_due_at", Instant(), nullable=False, index=True),
)


def person_id(number: int) -> str:
    """The id of one of the people."""
    return f"{number:08x}{_PERSON}"


def build(data: Path, people: int) -> None:
    """Lay down a house in a data folder, where it stays."""
    with house(SQLITE, data) as home:
        gather(home, people)


def gather(home: House, people: int) -> None:
    """Lay down the people, the slots that they are in, and a row for each. Half of them have settings of their own."""
    with home.loading() as connection:
        run = partial(_run, connection, people=people, slots=SLOTS, one_in=ONE_IN, now=NOW, later=LATER)
        rows.create(connection)
        connection.exec_driver_sql("DROP INDEX ix_reminders_person_id")
        connection.exec_driver_sql("CREATE TEMP TABLE zones (number INTEGER PRIMARY KEY, name TEXT)")
        named = [{"number": number, "name": name} for number, name in enumerate(ZONES)]
        connection.execute(sa.text("INSERT INTO zones VALUES (:number, :name)"), named)
        run(
            f"INSERT INTO {Person.__tablename__}"
            " (id, login, name, role, password_hash, zone, locale, theme, created_at)"
            f" SELECT {_PERSON_ID.format('value')}, {_PERSON_ID.format('value')}, 'Ana', 'partner', '-', 'UTC', 'en',"
            " 'auto', :now FROM numbers",
            of=people,
        )
        run(
            f'INSERT INTO {ReminderSlot.__tablename__} (id, zone, at, weekdays, "window", next_due_at, cursor)'
            f" SELECT {_SLOT_ID.format('value')}, zones.name, value % {QUARTERS} * 15, {EVERY_DAY}, {WINDOW},"
            " CASE WHEN value % :one_in = 0 THEN :now ELSE :later END, ''"
            f" FROM numbers JOIN zones ON zones.number = value / {QUARTERS}",
            of=SLOTS,
        )
        # Person n is in slot n % SLOTS. By slot, then by person: the order of the key.
        run(
            f"INSERT INTO {Reminder.__tablename__} (slot_id, person_id)"
            f" SELECT {_SLOT_ID.format('value % :slots')}, {_PERSON_ID.format('value')} FROM numbers ORDER BY 1, 2",
            of=people,
        )
        run(
            f"INSERT INTO {ReminderSettings.__tablename__} (person_id, quiet_from, quiet_to, level, several,"
            " tells_opened, tells_turn, tells_week)"
            f" SELECT {_PERSON_ID.format('value')}, 1320, 420, 'plain', 0, 1, 1, 1 FROM numbers WHERE value % 2",
            of=people,
        )
        run(
            f'INSERT INTO {rows.name} (person_id, zone, at, weekdays, "window", next_due_at)'
            ' SELECT r.person_id, s.zone, s.at, s.weekdays, s."window", s.next_due_at'
            f" FROM {Reminder.__tablename__} r JOIN {ReminderSlot.__tablename__} s ON s.id = r.slot_id"
            " ORDER BY r.person_id",
        )
        connection.exec_driver_sql(f"CREATE INDEX ix_reminders_person_id ON {Reminder.__tablename__} (person_id)")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def put_back(home: House) -> int:
    """Let the same be due again, and empty the outbox. How many notifications there were."""
    with home.loading() as connection:
        run = partial(_run, connection, now=NOW, later=LATER)
        told = connection.scalar(sa.select(sa.func.count()).select_from(Notification)) or 0
        run(f"UPDATE {ReminderSlot.__tablename__} SET next_due_at = :now WHERE next_due_at < :later")
        run(f"UPDATE {rows.name} SET next_due_at = :now WHERE next_due_at < :later")
        run(f"DELETE FROM {Notification.__tablename__}")
        connection.commit()
    return told


def move_rows(*, now: datetime) -> bool:
    """What `dispatch` does, with a row per person: a batch of due rows, each moved on, with its notification."""
    connection = db.session.connection()
    due = connection.execute(_DUE, {"now": now, "most": A_BATCH}).all()
    if not due:
        return False
    moved, laid = [], []
    for row in due:
        moved.append(
            {"id": row.person_id, "old": row.next_due_at, "new": next_due(now, row.zone, row.at, row.weekdays)}
        )
        if row.paused_until is None or row.paused_until <= now:
            day, until = day_of(row.next_due_at, row.zone).isoformat(), row.next_due_at + timedelta(minutes=row.window)
            subject = f"{day}+{row.at}" if row.several else day
            laid.append({"person": row.person_id, "subject": subject, "now": now, "until": until})
    connection.execute(_MOVE, moved)
    connection.execute(_LAY, laid)
    return True


_DUE = (
    sa.select(rows, ReminderSettings.several, ReminderSettings.paused_until)
    .outerjoin(ReminderSettings, ReminderSettings.person_id == rows.c.person_id)
    .where(rows.c.next_due_at <= sa.bindparam("now", type_=Instant()))
    .order_by(rows.c.next_due_at)
    .limit(sa.bindparam("most"))
)
_MOVE = (
    sa.update(rows)
    .where(rows.c.person_id == sa.bindparam("id"), rows.c.next_due_at == sa.bindparam("old"))
    .values(next_due_at=sa.bindparam("new"))
)
_LAY = sa.text(
    f"INSERT INTO {Notification.__tablename__}"
    " (id, person_id, kind, subject, created_at, expires_at, next_try_at, tries)"
    f" VALUES (lower(hex(randomblob(11))), :person, '{REMINDER}', :subject, :now, :until, :now, 0)"
    " ON CONFLICT DO NOTHING"
).bindparams(sa.bindparam("now", type_=Instant()), sa.bindparam("until", type_=Instant()))


def _run(connection: sa.Connection, statement: str, *, of: int = 0, **named: object) -> None:
    """Run a statement; `numbers` in it has the column `value`, from 0 up to `of`."""
    numbers = (
        "WITH RECURSIVE numbers(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM numbers WHERE value + 1 < :of) "
    )
    prepared = sa.text((numbers if of else "") + statement)
    known = {name: value for name, value in {**named, "of": of}.items() if f":{name}" in prepared.text}
    instants = [sa.bindparam(name, type_=Instant()) for name, value in known.items() if isinstance(value, datetime)]
    connection.execute(prepared.bindparams(*instants), known)
