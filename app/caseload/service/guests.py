"""A therapist as one partner has them for a guest: only while the door is open."""

from dataclasses import dataclass
from datetime import datetime

from app.accounts.models import Person
from app.caseload.attention import Level, Line
from app.caseload.models import Session
from app.caseload.service.keeping import next_session
from app.core.db import db
from app.core.errors import NotFound
from app.couples.models import QUINCE
from app.couples.service import Pair, Partner
from app.scores.service import weeks_of
from app.therapist.models import Guest
from app.therapist.service import OPEN, Author, guest_of


@dataclass(frozen=True)
class Hosted:
    """A guest of one's couple. `mine`: the classes that I have said yes to; `two`: quince first."""

    id: str
    therapist: Person
    mine: frozenset[str]
    two: tuple[Partner, Partner]
    session: Session | None

    @property
    def author(self) -> Author:
        """The therapist as the author of their own exercises' names."""
        return Author(self.therapist.id, self.therapist.key.wrapped)


def hosted(pair: Pair, guest_id: str, *, now: datetime) -> Hosted:
    """The guest with this id, while their door is open. Raises NotFound."""
    seen = guest_of(pair, guest_id, now=now)
    if seen.state != OPEN or pair.you is None:
        raise NotFound
    therapist = db.session.get_one(Person, db.session.get_one(Guest, guest_id).therapist_id)
    two = (pair.me, pair.you) if pair.me.side == QUINCE else (pair.you, pair.me)
    session = next_session(therapist.id, pair.couple_id, pair.today(now))
    return Hosted(guest_id, therapist, seen.mine or frozenset(), two, session)


def own_line(pair: Pair, *, now: datetime) -> Line:
    """My own weeks that are over, as a therapist would see them."""
    weeks = [each for each in weeks_of(pair, now=now) if each.over]
    levels = tuple(
        Level(each.week, each.score.level, each.score.low, each.score.high, each.formula.version) for each in weeks
    )
    return Line(levels, weeks[-1].change) if weeks else Line(())
