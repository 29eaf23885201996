"""All rows of the app at once: to compare, and to put back."""

from typing import Any

from flask import Flask

from app.core.db import Model, db
from app.core.sqlite import WRITE

Rows = dict[str, list[dict[str, Any]]]

UNHEEDED = {"throttles"}
"""What may change with a request that is refused: how often something was tried."""


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
