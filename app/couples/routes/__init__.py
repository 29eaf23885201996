"""The pages of couples."""

from flask import Flask

from app.accounts import service as accounts
from app.core import clock
from app.couples import service
from app.couples.help_lines import help_lines
from app.couples.routes import couple, invitation, joining
from app.couples.routes.pages import bp

MODULES = (invitation, joining, couple)


def init_app(app: Flask) -> None:
    """Add the pages. Reads the help lines, so that an app that would show broken ones does not start."""
    help_lines()
    app.extensions["invitation_check"] = lambda code: service.invitation_open(code, now=clock.now())
    accounts.ask_along("pairing", service.PAIRING)
    app.register_blueprint(bp)
