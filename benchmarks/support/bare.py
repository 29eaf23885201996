"""The least a day could cost on Flask and this database: a hello that asks what the day asks, and drops the answers.

Nobody is let in by it, no value is turned into anything, no word is opened and none is written.
"""

from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

from flask import Flask, request

from app.core.prepared import Prepared
from benchmarks.support.direct import visit

PATH = "/bare"


class Noting:
    """A driver's connection that notes what it is asked."""

    def __init__(self, connection: Any, seen: list[tuple[str, Any]]) -> None:
        self.connection, self.seen = connection, seen

    def execute(self, sql: str, values: Any) -> Any:
        """Ask, and note it."""
        self.seen.append((sql, values))
        return self.connection.execute(sql, values)


def bare(app: Flask, requests: Sequence[dict[str, Any]]) -> Flask:
    """An app with one page, at PATH, that asks for each visitor the statements which `app` asks at their request."""
    asked = {each["HTTP_COOKIE"]: statements_of(app, each) for each in requests}
    with app.app_context():
        connection: Any = app.extensions["sqlalchemy"].engine.raw_connection().dbapi_connection
    least = Flask("bare")

    @least.get(PATH)
    def show() -> str:
        for sql, values in asked[request.environ["HTTP_COOKIE"]]:
            connection.execute(sql, values).fetchall()
        return "Hello!"

    return least


def statements_of(app: Flask, environ: dict[str, Any]) -> list[tuple[str, Any]]:
    """Each statement that `app` prepared for this request, with its values, as the driver was told them."""
    seen: list[tuple[str, Any]] = []
    rows = Prepared.rows

    def noted(prepared: Prepared, connection: Any, given: dict[str, Any]) -> list[Any]:
        return rows(prepared, Noting(connection, seen), given)

    with patch.object(Prepared, "rows", noted):
        visit(app, environ)
    return seen
