"""The pages of a therapist's couples, and what partners see of them."""

from flask import Flask

from app.accounts import service as accounts
from app.caseload import service
from app.caseload.routes import briefs, couple, couples, exports, notes, notice, partners
from app.caseload.routes.pages import bp

MODULES = (couples, couple, notes, briefs, exports, notice, partners)


def init_app(app: Flask) -> None:
    """Add the pages, and let the first page know of a therapist without a statement of its own."""
    for name, fact in service.ALONG.items():
        accounts.ask_along(name, fact())
    app.register_blueprint(bp)
