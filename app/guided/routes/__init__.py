"""The pages of the longer exercises."""

from flask import Flask

from app.accounts import service as accounts
from app.guided import service
from app.guided.routes import gone, occasions, pages, planned, shelf

MODULES = (shelf, occasions, planned, gone)
"""The pages."""


def init_app(app: Flask) -> None:
    """Add the pages. Reads the guides, so that an app with broken content does not start."""
    service.guides()
    accounts.ask_along("ahead", service.AHEAD)
    app.register_blueprint(pages.shelf)
    app.register_blueprint(pages.occasions)
