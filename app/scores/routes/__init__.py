"""The pages of a person's weeks and of both while both want to; and one's own weeks as JSON."""

from flask import Flask

from app.scores.routes import api, together, weeks, years
from app.scores.routes.pages import bp

API = (api.bp,)
"""What there is below /api/v1."""

MODULES = (together, weeks, years)
"""The pages."""


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)
