"""Attune with one thing changed, for a server of its own: `python -m benchmarks.support.apps broken serve`."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, after_this_request, request
from flask.cli import ScriptInfo
from sqlalchemy.orm import Session

from app import create_app
from app.core.db import db
from app.core.sqlite import WRITE
from app.exercises.routes import prompt_page

LATE = 0.02
"""Seconds between a reply and the commit it speaks of, where the two are the wrong way round."""


def named() -> Flask:
    """Attune; each reply names the process that it comes from."""
    app = create_app()

    @app.after_request
    def name(response: Response) -> Response:
        response.headers["Worker"] = str(os.getpid())
        return response

    return app


def counted() -> Flask:
    """Attune; a file `sent` in the data folder tells of each reply what it was, for what, and how long its body is."""
    app = create_app()
    sent = app.extensions["attune"].data / "sent"

    @app.after_request
    def count(response: Response) -> Response:
        wanted_for = request.headers.get("Sec-Fetch-Dest", "-")
        line = f"{request.path} {wanted_for} {response.content_encoding or '-'} {len(response.get_data())}\n"
        with sent.open("a") as file:
            file.write(line)
        return response

    return app


def broken() -> Flask:
    """Attune as it must not be: a response is committed when the reply is out already."""
    prompt_page.transaction = commit_late
    return create_app()


@contextmanager
def commit_late() -> Iterator[None]:
    """What `transaction` does, but for its end."""
    session = db.session()
    session.rollback()
    session.info[WRITE] = True
    try:
        session.connection(execution_options={WRITE: True})
        yield
        session.flush()
    except BaseException:
        session.rollback()
        session.info.pop(WRITE)
        raise
    # Out of the request's hands, which would roll it back at the end.
    db.session.registry.clear()

    @after_this_request
    def commit_after(response: Response) -> Response:
        response.call_on_close(lambda: _commit(session))
        return response


def _commit(session: Session) -> None:
    time.sleep(LATE)
    session.commit()
    session.close()


if __name__ == "__main__":
    made: Flask = globals()[sys.argv.pop(1)]()
    made.cli(obj=ScriptInfo(create_app=lambda: made, set_debug_flag=False, load_dotenv_defaults=False))
