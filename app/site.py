"""The front of the house: welcome, privacy, and whether the app is well."""

from flask import Blueprint, Flask, Response, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app import schema
from app.accounts.guards import HOMES, current_visitor
from app.core.policy import public

bp = Blueprint("site", __name__)


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/")
@public
def show_welcome() -> ResponseReturnValue:
    """What Attune is, for somebody who is not signed in; for others the day."""
    visitor = current_visitor()
    if visitor:
        return redirect(HOMES[visitor.role], 303)
    return render_template("site/welcome.html")


@bp.get("/privacy")
@public
def show_privacy() -> ResponseReturnValue:
    """What is kept, who could read it, and what Attune is not."""
    current_visitor()
    return render_template("site/privacy.html")


@bp.get("/healthz")
@public
def show_health() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def show_readiness() -> Response:
    """The database answers, and is as new as the code. Says no more than yes or no."""
    try:
        ready = not schema.pending()
    except (SQLAlchemyError, schema.TooNew, LookupError):
        ready = False
    return Response("ok\n" if ready else "not ready\n", status=200 if ready else 503, mimetype="text/plain")


@bp.get("/.well-known/change-password")
@public
def show_change_password() -> ResponseReturnValue:
    """Where password managers look for the form."""
    return redirect("/settings/password", 303)
