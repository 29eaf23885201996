"""The JSON API under /api/v1: how a view is added to it, and the document that describes it, in OpenAPI 3.1.

The document is not served, and no page shows it: it is printed by `./run openapi`.
"""

import json
from collections.abc import Callable
from typing import Any

import flask_smorest
from flask import Flask
from marshmallow import Schema

from app.core.policy import View
from app.core.schemas import Refusal

ADDRESS = "/api/v1"
ABOUT = (
    "One's own weekly scores, as Attune's pages show them: to read, for the one whose session asks, and for nobody "
    "else. Nothing can be changed here. What is not there and what is somebody else's look the same: 404."
)
SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": "__Host-attune",
    "description": "The session that signing in opens. Where Attune is used without https, it is called attune.",
}


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Some views of the API."""

    def shows(self, path: str, schema: type[Schema], *parameters: dict[str, Any]) -> Callable[[View], View]:
        """GET `path` gives what the view returns, as `schema` has it. Stands above the guard."""

        def add(view: View) -> View:
            for status, why in ((404, "There is nothing here for the one who asks."), (401, "Nobody is signed in.")):
                view = self.alt_response(status, schema=Refusal, description=why)(view)
            view = self.response(200, schema, description="What was asked for.")(view)
            added: View = self.get(path, parameters=list(parameters))(view)
            return added

        return add


class _Api(flask_smorest.Api):  # type: ignore[misc]
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """None of its own: `core.errors` tells them, here as everywhere."""


def init_app(app: Flask, *blueprints: Blueprint) -> None:
    """Add these views, and the document about them."""
    kwargs = {"title": "Attune", "version": "1", "openapi_version": "3.1.0", "info": {"description": ABOUT}}
    api = _Api(app, spec_kwargs={**kwargs, "security": [{"session": []}]})
    api.spec.components.security_scheme("session", SESSION)
    for each in blueprints:
        api.register_blueprint(each)
    app.extensions["api"] = api.spec


def document(app: Flask) -> str:
    """The description of the whole API, as JSON with a line end, the same for every instance of this version."""
    return json.dumps(app.extensions["api"].to_dict(), indent=2, ensure_ascii=False) + "\n"
