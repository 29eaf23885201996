"""The moves of occasions as they lie in their rows, and the words in them, sealed under their author's key."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.crypto import unseal
from app.core.db import db
from app.couples.service import Partner
from app.guided.flow import Key
from app.guided.models import Move


def moves_of(occasion_ids: Sequence[str]) -> Sequence[Move]:
    """The moves of some occasions. One statement."""
    return db.session.scalars(select(Move).where(Move.occasion_id.in_(occasion_ids))).all()


def key_of(move: Move) -> Key:
    """The natural key of a move within its occasion."""
    return Key(move.step, move.lane, move.number)


def words_of(move: Move, author: Partner) -> str:
    """What a partner wrote, opened. Whether it may be is decided before."""
    return words_in(move, author.id, author.key) if move.words else ""


def words_in(move: Move, author: str, key: bytes) -> str:
    """The same under a key. Raises Undecipherable where they do not open any more."""
    return unseal(key, move.words, about(move.occasion_id, key_of(move), author)) if move.words else ""


def about(occasion_id: str, key: Key, author: str) -> str:
    """What the words of a move are bound to."""
    return f"moves|{occasion_id}.{key.step}.{key.lane}.{key.number}|words|{author}"
