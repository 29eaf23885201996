"""What browsers ask of pushes. No pages: a script subscribes, and the worker tells what it has shown."""

from flask import Flask

from app.push.routes import devices
from app.push.routes.pages import bp

MODULES = (devices,)


def init_app(app: Flask) -> None:
    """Add the routes."""
    app.register_blueprint(bp)
