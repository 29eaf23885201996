"""All rows of the app at once: to compare, and to put back."""

from typing import Any

from flask import Flask
from sqlalchemy import event

from app.core.db import Model, db
from app.core.sqlite import WRITE

Rows = dict[str, list[dict[str, Any]]]

UNHEEDED = {"throttles"}
"""What may change with a request that is refused: how often something was tried."""

READS = ("SELECT", "PRAGMA")
"""How statements begin that write nothing."""


def dump(app: Flask, but: set[str] = UNHEEDED) -> Rows:
    """Every row of every table, in an order of its own, without the day on which a session was last seen."""
    found: Rows = {}
    with app.app_context(), db.engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            if table.name not in but:
                rows = [dict(row) for row in connection.execute(table.select()).mappings()]
                found[table.name] = sorted(
                    ({**row, "seen_on": None} if "seen_on" in row else row for row in rows), key=repr
                )
    return found


class Kept:
    """The rows of an app as they are now, to be asked whether they are still the same, and to be put back.

    Both are asked thousands of times, mostly for nothing: so it looks only after something was written.
    """

    def __init__(self, app: Flask) -> None:
        self._app, self._rows, self._told = app, keep(app), dump(app)
        self._written = False
        with app.app_context():
            self._watched = db.engine, "before_cursor_execute", self._note
        event.listen(*self._watched)

    def let_go(self) -> None:
        """Look no more."""
        event.remove(*self._watched)

    def same(self) -> bool:
        """Whether the rows are what they were, but for what `dump` leaves out."""
        return not self._written or dump(self._app) == self._told

    def put_back(self) -> None:
        """Let them be what they were."""
        if self._written:
            put_back(self._app, self._rows)
            self._written = False

    def _note(self, _connection: object, _cursor: object, statement: str, *_others: object) -> None:
        self._written = self._written or not statement.lstrip().startswith(READS)


def keep(app: Flask) -> Rows:
    """Every row of every table as it is, for `put_back`."""
    with app.app_context(), db.engine.connect() as connection:
        tables = Model.metadata.sorted_tables
        return {table.name: [dict(row) for row in connection.execute(table.select()).mappings()] for table in tables}


def put_back(app: Flask, kept: Rows) -> None:
    """Let the tables hold these rows and no others."""
    with app.app_context(), db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        for table in reversed(Model.metadata.sorted_tables):
            connection.execute(table.delete())
        for table in Model.metadata.sorted_tables:
            if kept.get(table.name):
                connection.execute(table.insert(), kept[table.name])
