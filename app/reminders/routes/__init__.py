"""The pages of reminders."""

from flask import Flask

from app.reminders.routes import calendar, health, mail, reminders, settings
from app.reminders.routes.pages import bp

MODULES = (calendar, health, mail, reminders, settings)


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)
