"""What the pages of the path share."""

from flask import Blueprint

from app.core.errors import NotFound
from app.path.steps import Step, load

bp = Blueprint("path", __name__, url_prefix="/path")


def step_asked(ident: str) -> Step:
    """The step in an address. Raises NotFound."""
    step = load().steps.get(ident)
    if step is None:
        raise NotFound
    return step
