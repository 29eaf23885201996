"""Who is asking: a therapist, with something to show besides a password."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue

from app.accounts.guards import FACTORS, ask_to_sign_in, current_visitor
from app.accounts.models import THERAPIST
from app.core.errors import NotFound
from app.core.policy import declare


def therapist_required(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Open to therapists. The view gets the Visitor first; a partner finds nothing."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        visitor = current_visitor()
        if visitor is None:
            return ask_to_sign_in()
        if visitor.role != THERAPIST:
            raise NotFound
        return view(visitor, *args, **kwargs) if visitor.secured else redirect(FACTORS, 303)

    return declare(guarded, THERAPIST)
