"""The pages of a therapist's couples, and what partners see of them."""

from flask import Flask

from app.caseload.routes import briefs, couple, couples, exports, notes, notice, partners
from app.caseload.routes.pages import bp

MODULES = (couples, couple, notes, briefs, exports, notice, partners)


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)
