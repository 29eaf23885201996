"""The words that two stand by. One offers a wording, the other agrees or offers another; it stands once both agree."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy import bindparam, select

from app.core.db import db, rows_of
from app.core.errors import DomainError
from app.couples.service import Pair, Partner
from app.path.models import Wording
from app.path.sealing import opened, sealed
from app.path.service.holding import hold


class WordingChanged(DomainError):
    """There is no such wording of the other's to agree to, or by now there is a newer one, or another couple."""

    message = lazy_gettext("The wording has changed meanwhile, so nothing was agreed to. Please read it again.")


@dataclass(frozen=True, slots=True)
class Worded:
    """A wording, opened. `agreed_at`: since when both stand by it, None while it is an offer."""

    number: int
    author: Partner
    text: str
    written_at: datetime
    agreed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recommitment:
    """What stands, and what is on offer; what stood before, and what was offered and replaced, the newest first."""

    standing: Worded | None
    offered: Worded | None
    before: tuple[Worded, ...]
    replaced: tuple[Worded, ...]


_WORDINGS = (
    select(Wording.number, Wording.author_id, Wording.words, Wording.written_at, Wording.agreed_at)
    .where(Wording.couple_id == bindparam("couple"))
    .order_by(Wording.number)
)


def recommitment_of(pair: Pair) -> Recommitment:
    """What the two stand by, and what is on offer. What one has read does not vanish. One statement."""
    worded = [_worded(pair, row) for row in rows_of(_WORDINGS, couple=pair.couple_id)][::-1]
    agreed = [each for each in worded if each.agreed_at is not None]
    offers = [each for each in worded if each.agreed_at is None]
    offered = offers.pop(0) if offers and offers[0] is worded[0] else None
    return Recommitment(agreed[0] if agreed else None, offered, tuple(agreed[1:]), tuple(offers))


def offer(pair: Pair, text: str, *, now: datetime) -> None:
    """Offer a wording; it takes the place of one that is on offer. Word for word what the other offers: agree to it."""
    hold(pair)
    known = recommitment_of(pair)
    if known.offered and known.offered.text == text:
        if known.offered.author.id != pair.me.id:
            agree(pair, pair.couple_id, known.offered.number, now=now)
        return
    rows = rows_of(_WORDINGS, couple=pair.couple_id)
    number = rows[-1].number + 1 if rows else 1
    words = sealed(pair.me.key, "path_wordings", f"{pair.couple_id}.{number}", pair.me.id, text)
    row = Wording(couple_id=pair.couple_id, number=number, author_id=pair.me.id, words=words, written_at=now)
    db.session.add(row)


def agree(pair: Pair, couple_id: str, number: int, *, now: datetime) -> None:
    """Agree to the other's wording with this number in this couple, if it is still the last. Raises WordingChanged."""
    hold(pair)
    rows = rows_of(_WORDINGS, couple=pair.couple_id)
    # The first wording of another couple has the same number, too.
    if couple_id != pair.couple_id or not rows or rows[-1].number != number or rows[-1].author_id == pair.me.id:
        raise WordingChanged
    wording = db.session.get_one(Wording, (pair.couple_id, number))
    if wording.agreed_at is None:
        wording.agreed_at, wording.agreed_by_id = now, pair.me.id


def _worded(pair: Pair, row: tuple[int, str, bytes, datetime, datetime | None]) -> Worded:
    number, author_id, words, written_at, agreed_at = row
    author = pair.partner(author_id)
    text = opened(author.key, "path_wordings", f"{pair.couple_id}.{number}", author.id, words)
    return Worded(number, author, text, written_at, agreed_at)
