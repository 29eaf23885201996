"""One at a time: whoever writes on the path of a couple holds the couple's row."""

from app.core.db import db, lock
from app.core.errors import NotFound
from app.couples.models import Couple
from app.couples.service import Pair


def hold(pair: Pair) -> None:
    """Let nobody else write on this couple's path until the transaction ends. Raises NotFound if it is over."""
    couple = db.session.get(Couple, pair.couple_id)
    if couple is None:
        raise NotFound
    lock(couple)
    if couple.ended_at is not None:
        raise NotFound
