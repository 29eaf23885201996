"""The pages of reminders."""

from flask import Flask

from app.accounts import service as accounts
from app.reminders.routes import calendar, health, mail, reminders, settings
from app.reminders.routes.pages import bp
from app.reminders.service import RUNG_BY

MODULES = (calendar, health, mail, reminders, settings)


def init_app(app: Flask) -> None:
    """Add the pages, and let each page know what rings for whoever looks, if anything: `visitor.facts.rung_by`."""
    accounts.ask_along("rung_by", RUNG_BY)
    app.register_blueprint(bp)
