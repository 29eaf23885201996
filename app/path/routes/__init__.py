"""The pages of the path."""

from flask import Flask

from app.path.routes import aims, earlier, recommitment, way
from app.path.routes.pages import bp
from app.path.steps import load

MODULES = (aims, earlier, recommitment, way)


def init_app(app: Flask) -> None:
    """Add the pages. Raises PathError when the content is not whole."""
    load()
    app.register_blueprint(bp)
