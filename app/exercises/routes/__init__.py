"""The pages of the daily loop."""

from flask import Flask

from app.exercises import service
from app.exercises.routes import history, plan, prompts, today


def init_app(app: Flask) -> None:
    """Add the pages. Reads the catalogue, so that an app with broken content does not start."""
    service.catalogue()
    app.extensions["daily_exercises"] = lambda: service.catalogue().exercises
    for module in (today, prompts, history, plan):
        app.register_blueprint(module.bp)
