"""The pages of therapists, and of couples about theirs."""

from flask import Flask

from app.therapist.routes import access, caseload, practice
from app.therapist.routes.pages import bp

MODULES = (caseload, practice, access)


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)
