"""Logs: a line per request, event and fault, as text or as JSON. Never a word that somebody wrote, never an address."""

import json
import logging
import re
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from app.core.events import REFUSED, Event

log = logging.getLogger("attune")
_OWN = ("event", "command", "method", "route", "status", "ms", "incident")
_QUEUE = "waitress.queue"
"""Warns whenever a request has to wait for a thread, be it for a millisecond."""
_SERVER, _ABOUT = "waitress", re.compile("(while serving|when servicing|closing channel) .*", re.DOTALL)
"""After these words the server that we stand on names a path, or the address of a visitor."""


def init_app(app: Flask, *, form: str, level: str) -> None:
    """Log to stderr in `form` ("text" or "json") from `level` up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty, from_level in (("apscheduler", logging.WARNING), ("alembic", logging.WARNING), (_QUEUE, logging.ERROR)):
        logging.getLogger(chatty).setLevel(max(from_level, root.level))
    if form == "json":
        app.before_request(_start)
        app.after_request(_finish)


class TextLines(logging.Formatter):
    """A line for people, with the number that an error page shows."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. Of an exception only the type: its text can hold what somebody wrote."""
        line = f"{record.levelname} {record.name}: {_said(record)}"
        if incident := getattr(record, "incident", ""):
            line += f" (number {incident})"
        return f"{line} [{record.exc_info[0].__name__}]" if record.exc_info and record.exc_info[0] else line


class JsonLines(logging.Formatter):
    """One JSON object per line, UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. Exceptions are named by type only: their text can hold what somebody wrote."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        }
        line |= {key: getattr(record, key) for key in _OWN if hasattr(record, key)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=True)


def _said(record: logging.LogRecord) -> str:
    said = record.getMessage()
    return _ABOUT.sub(r"\1 …", said) if record.name == _SERVER else said


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    # The rule and not the path: an id in a path says who looked at what.
    rule = request.url_rule.rule if request.url_rule else "-"
    spent = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
    facts = {"method": request.method, "route": rule, "status": response.status_code}
    for event in g.pop("events", ()):
        note(event, **facts)
    log.info("request", extra={**facts, "ms": spent})
    return response


def note(event: Event, **facts: object) -> None:
    """A line for an event. `facts` as a line may have them."""
    level = logging.WARNING if event in REFUSED else logging.INFO
    log.log(level, "event", extra={"event": event.value, **facts})
