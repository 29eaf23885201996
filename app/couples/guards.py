"""A partner and their couple, as a request sees them: light, read in one statement, never a proxy."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g
from flask.typing import ResponseReturnValue

from app.accounts.guards import ask_to_sign_in, partner_of_request, person
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import lock, transaction
from app.core.errors import NotFound
from app.core.policy import declare
from app.couples import service
from app.couples.service import Pair

PAIR, TWO = "pair", "two"


def pair_required(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Open to a partner, also one who is still on their own. The view gets the Pair first."""
    return _guard(view, PAIR)


def two_required(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Open to a partner whose couple has two. Others get 404. The view gets the Pair first."""
    return _guard(view, TWO)


def _guard(view: Callable[..., ResponseReturnValue], who: str) -> Callable[..., ResponseReturnValue]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        visitor = partner_of_request()
        if visitor is None:
            return ask_to_sign_in()
        pair = service.pair_of(visitor) or _begin(visitor)
        g.pair = pair
        if pair.you is None and who == TWO:
            raise NotFound
        return view(pair, *args, **kwargs)

    return declare(guarded, who)


def _begin(visitor: Visitor) -> Pair:
    with transaction():
        me = person(visitor)
        # Two requests of somebody who has just come may both find none: the later waits here, then looks again.
        lock(me)
        if service.pair_of(visitor) is None:
            service.begin_alone(me, now=clock.now())
    pair = service.pair_of(visitor)
    if pair is None:
        raise NotFound
    return pair
