"""What the two want of the path: each chooses alone, and both read both once both have chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from app.core.db import db, rows_of
from app.couples.service import Pair, Partner
from app.path.models import Choice
from app.path.sealing import opened, sealed
from app.path.service.holding import hold
from app.path.steps import Aim, load


@dataclass(frozen=True, slots=True)
class Aims:
    """What I have chosen, and what you have: empty unless both of us have chosen. In the order of the path."""

    mine: tuple[Aim, ...]
    yours: tuple[Aim, ...]

    @property
    def ours(self) -> tuple[Aim, ...]:
        """What both of us want: the aims of the couple."""
        return tuple(aim for aim in self.mine if aim in self.yours)

    @property
    def mine_alone(self) -> tuple[Aim, ...]:
        """What only I have chosen, of two who both have."""
        return tuple(aim for aim in self.mine if aim not in self.yours)

    @property
    def yours_alone(self) -> tuple[Aim, ...]:
        """What only you have chosen."""
        return tuple(aim for aim in self.yours if aim not in self.mine)


_CHOICES = select(Choice.person_id, Choice.aims).where(Choice.couple_id == bindparam("couple"))


def aims_of(pair: Pair) -> Aims:
    """What I may see of what we have chosen. One statement."""
    rows = dict(map(tuple, rows_of(_CHOICES, couple=pair.couple_id)))
    if pair.me.id not in rows:
        return Aims((), ())
    both = pair.you is not None and pair.you.id in rows
    return Aims(_opened(pair, pair.me, rows), _opened(pair, pair.you, rows) if pair.you and both else ())


def choose_aims(pair: Pair, aims: Sequence[str], *, now: datetime) -> None:
    """Say what I want of the path, by the ids of aims; a second time in place of the first."""
    hold(pair)
    words = sealed(pair.me.key, "path_choices", pair.couple_id, pair.me.id, " ".join(aims))
    db.session.merge(Choice(couple_id=pair.couple_id, person_id=pair.me.id, aims=words, chosen_at=now))


def _opened(pair: Pair, who: Partner, rows: dict[str, bytes]) -> tuple[Aim, ...]:
    chosen = opened(who.key, "path_choices", pair.couple_id, who.id, rows[who.id]).split()
    return tuple(aim for aim in load().aims.values() if aim.id in chosen)
