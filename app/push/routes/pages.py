"""What the routes of pushes share, and the key that pages tell browsers."""

from typing import Any

from flask import Blueprint

from app.push import service

bp = Blueprint("push", __name__, url_prefix="/push")


@bp.app_context_processor
def keys() -> dict[str, Any]:
    """Give templates `push_key()`."""
    return {"push_key": public_key}


def public_key() -> str:
    """The key that browsers subscribe with, or "" before there is one."""
    key = service.current_key()
    return key.public if key else ""
