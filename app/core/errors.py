"""What can go wrong in the domain, in its own words, and the page, or the JSON, each turns into.

A message is one plain sentence for a person. It never holds what somebody wrote.
"""

import logging
import os
import secrets
from http import HTTPStatus
from pathlib import Path
from traceback import walk_tb

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import HTTPException

from app.core.events import Event, tell

log = logging.getLogger(__name__)

_HOUSE = f"{Path(__file__).parents[1]}{os.sep}"

API = "/api/"
"""Below here a program asks: it is told in JSON, and is never sent to another page."""


class DomainError(Exception):
    """A step that the rules do not allow. Subclasses say what happened, with a status and a sentence."""

    status = HTTPStatus.CONFLICT
    message = lazy_gettext("That is no longer possible.")


class NotFound(DomainError):
    """There is no such thing for the one who asks, whether or not it exists for others."""

    status = HTTPStatus.NOT_FOUND
    message = lazy_gettext("There is no page at this address, or it is not yours to see.")


class NotSignedIn(DomainError):
    """Nobody is signed in, where there is no page to send them to."""

    status = HTTPStatus.UNAUTHORIZED
    message = lazy_gettext("Please sign in first.")


class TooMany(DomainError):
    """A limit was reached. `wait` is in seconds, at least 1."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    message = lazy_gettext("That was a lot of tries. Please wait a little.")

    def __init__(self, wait: int) -> None:
        """`wait`: seconds until the next try counts."""
        super().__init__()
        self.wait = max(1, wait)


def init_app(app: Flask) -> None:
    """Give each error a page of our own."""
    app.register_error_handler(DomainError, told)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def told(error: DomainError) -> ResponseReturnValue:
    """The page that says what happened, with its status."""
    headers = {"Retry-After": str(error.wait)} if isinstance(error, TooMany) else {}
    if isinstance(error, NotFound):
        tell(Event.NOT_THEIRS)
    return _say(error.status, error.message), error.status, headers


def _http(error: HTTPException) -> ResponseReturnValue:
    sentences = {
        403: gettext("This request did not come from Attune itself, so nothing was done."),
        404: str(NotFound.message),
        405: gettext("That cannot be done here."),
        413: gettext("That is more than fits. Please shorten it."),
    }
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    message = sentences.get(status, gettext("That request could not be understood."))
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    return _say(status, message), status, headers


def _unforeseen(error: Exception) -> ResponseReturnValue:
    incident = secrets.token_hex(4)
    log.error("unforeseen %s at %s", kind_of(error), _place_of(error), extra={"incident": incident})
    message = gettext("Something went wrong on our side. What you had kept is safe. Number %(id)s.", id=incident)
    return _say(500, message), 500


def kind_of(error: Exception) -> str:
    """What an error is called, here and by the database. Nothing of its text, which can hold what somebody wrote."""
    told = getattr(error, "orig", None) or error
    code = getattr(told, "sqlite_errorname", None) or getattr(told, "sqlstate", None)
    return f"{type(error).__name__} ({code})" if code else type(error).__name__


def _place_of(error: Exception) -> str:
    """Where in our own code it happened: deeper down it says nothing."""
    places = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    ours = [(file, line) for file, line in places if file.startswith(_HOUSE)] or places
    return "{}:{}".format(*ours[-1]) if ours else "-"


def asks_for_json() -> bool:
    """Whether a program asks, and not somebody who looks at pages."""
    return request.path.startswith(API)


def _say(status: int, message: object) -> Response | str:
    if asks_for_json():
        return jsonify(status=int(status), message=str(message))
    return render_template("errors/show.html", status=int(status), message=message)
