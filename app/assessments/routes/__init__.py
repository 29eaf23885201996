"""The pages of assessments: what there is, sittings, what came of them, and the map of both."""

from flask import Flask

from app.accounts import service as accounts
from app.assessments import service
from app.assessments.routes import opening, private, shelf, sittings
from app.assessments.routes.pages import bp, sat
from app.assessments.talks import talks

MODULES = (opening, private, shelf, sittings)
"""The pages."""


def init_app(app: Flask) -> None:
    """Add the pages, and let the first page know what can be sat, without a statement of its own. Raises TalkError."""
    talks()
    accounts.ask_along("sat", service.FINISHED)
    accounts.ask_along("hinted", service.HINTED)
    accounts.ask_along("packs", service.INSTALLED)
    app.register_blueprint(bp)
    app.register_blueprint(sat)
