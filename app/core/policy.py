"""Who may use a route. Each view declares it, and the app refuses to start over one that does not.

A guard (see `accounts.guards`, `couples.guards`) wraps a view, checks the visitor at each request and marks
the view with `declare`. A route open to all says so with `public`.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask

PUBLIC = "public"
_MARK = "__policy__"

View = Callable[..., Any]


class UndeclaredRoute(RuntimeError):
    """A route says nothing about who may use it, so the app does not start."""


def declare(view: View, who: str) -> View:
    """Mark `view` as open to `who`: the name of a relation such as "person" or "pair"."""
    setattr(view, _MARK, who)
    return view


def public(view: View) -> View:
    """Mark a view as open to everybody. It must show nothing personal."""
    return declare(view, PUBLIC)


def policy_table(app: Flask) -> dict[str, str]:
    """Endpoint → who may use it, for every route of the app.

    Raises UndeclaredRoute, naming the endpoints, when one declares nothing.
    """
    table = {endpoint: getattr(view, _MARK, "") for endpoint, view in app.view_functions.items()}
    missing = sorted(endpoint for endpoint, who in table.items() if not who)
    if missing:
        raise UndeclaredRoute(f"no policy is declared for: {', '.join(missing)}")
    return table
