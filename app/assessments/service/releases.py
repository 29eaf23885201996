"""What somebody opens of a sitting, to whom, and how they shut it again. Each part by itself, each person alone.

The map is the one thing that takes two: it is there while both have opened a sitting of the same instrument.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Select, bindparam, select, update

from app.accounts.service import person_by_id
from app.assessments.instrument import Instrument
from app.assessments.models import ANSWERS, PARTNER, PRIVATE, THERAPIST, Assessment, Release
from app.assessments.service.register import therapists
from app.assessments.service.sealed import COLUMNS, Sitting, opened
from app.core.db import db, lock, rows_of
from app.core.errors import DomainError
from app.couples.service import Pair, Partner


class NotReleasable(DomainError):
    """This part of this sitting cannot be opened to them."""

    message = lazy_gettext("That cannot be opened.")


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open of a sitting of mine: (part, audience) → since when."""

    since: dict[tuple[str, str], datetime]

    def to(self, audience: str, part: str = ANSWERS) -> datetime | None:
        """Since when a part is open to somebody, None while it is not."""
        return self.since.get((part, audience))


@dataclass(frozen=True, slots=True)
class Both:
    """A sitting of each, both opened to the other."""

    mine: Sitting
    yours: Sitting


@dataclass(frozen=True, slots=True)
class Author:
    """Whose sittings are read, and with which key."""

    id: str
    key: bytes


_SINCE: Select[*tuple[Any, ...]] = (
    select(Release.part, Release.audience, Release.released_at)
    .join(Assessment, Assessment.id == Release.assessment_id)
    .where(Assessment.person_id == bindparam("me"), Assessment.id == bindparam("id"), Release.withdrawn_at.is_(None))
)
_OPEN: Select[*tuple[Any, ...]] = (
    select(*COLUMNS)
    .join(Release, Release.assessment_id == Assessment.id)
    .where(
        Assessment.person_id == bindparam("author"),
        Assessment.couple_id == bindparam("couple"),
        Release.audience == bindparam("audience"),
        Release.part == bindparam("part"),
        Release.withdrawn_at.is_(None),
        Assessment.finished_at.is_not(None),
    )
    .order_by(Assessment.finished_at, Assessment.id)
)


def opened_of(pair: Pair, sitting_id: str) -> Opened:
    """What is open of a sitting of mine. Says nothing of the partner. One statement."""
    rows = rows_of(_SINCE, me=pair.me.id, id=sitting_id)
    return Opened({(row[0], row[1]): row[2] for row in rows})


def open_part(pair: Pair, sitting: Sitting, instrument: Instrument, part: str, audience: str, *, now: datetime) -> None:
    """Open a part of a finished sitting of mine. One instrument is open to the partner in one sitting at a time:
    opening this one shuts the one before.

    Raises NotReleasable where there is nothing to open, nobody to open it to, or nothing that it would be for.
    """
    if sitting.finished_at is None or not may_open(pair, sitting, instrument, part, audience):
        raise NotReleasable
    # Two sittings that are opened in the same instant: the later one takes the place of the other.
    lock(person_by_id(pair.me.id))
    if opened_of(pair, sitting.id).to(audience, part) is not None:
        return
    if audience == PARTNER:
        _shut(pair, now, Assessment.instrument == sitting.instrument, Release.part == part, Release.audience == PARTNER)
    db.session.add(Release(assessment_id=sitting.id, part=part, audience=audience, released_at=now))


def shut_part(pair: Pair, sitting_id: str, part: str, audience: str, *, now: datetime) -> None:
    """Shut it again, at once. What was not open stays as it is."""
    _shut(pair, now, Assessment.id == sitting_id, Release.part == part, Release.audience == audience)


def shut_to_therapists(couple_id: str, _therapist_id: str, now: datetime) -> None:
    """Shut all that the two have opened to their therapist: whoever comes, or has gone, it was meant for somebody."""
    here = select(Release.id).join(Assessment, Assessment.id == Release.assessment_id)
    to_them = (Assessment.couple_id == couple_id, Release.audience == THERAPIST, Release.withdrawn_at.is_(None))
    db.session.execute(update(Release).where(Release.id.in_(here.where(*to_them))).values(withdrawn_at=now))


def may_open(pair: Pair, sitting: Sitting, instrument: Instrument, part: str, audience: str) -> bool:
    """Whether a part of a sitting can be opened to somebody at all, if its person wants that.

    To the partner: what the two may compare, and what was given in private; never a score. To a therapist: each part,
    while there is one. What was sat with somebody else, or in words that are gone, to nobody.
    """
    if sitting.couple_id != pair.couple_id or not sitting.in_words_of(instrument):
        return False
    if part == PRIVATE and not any(value is not None for value in sitting.private.values()):
        return False
    if audience == THERAPIST:
        return therapists.there_for(pair.couple_id)
    return pair.you is not None and (part == PRIVATE or bool(instrument.compared))


def both_open(pair: Pair, instrument: Instrument) -> Both | None:
    """A sitting of each of the same instrument, None unless both have opened one. Two statements at the most.

    Whether the other has opened theirs is not even looked up before I have opened mine: what is not asked cannot show.
    """
    if pair.you is None:
        return None
    mine = _open_to_partner(pair, pair.me, ANSWERS, instrument)
    yours = _open_to_partner(pair, pair.you, ANSWERS, instrument) if mine else None
    return Both(mine, yours) if mine and yours else None


def mine_open(pair: Pair, instrument: Instrument) -> Sitting | None:
    """The sitting of mine that is open to my partner, if one is."""
    return _open_to_partner(pair, pair.me, ANSWERS, instrument)


def told_by_partner(pair: Pair) -> list[Sitting]:
    """Sittings of which my partner lets me read what they gave in private, and nothing else."""
    if pair.you is None:
        return []
    return open_of(pair.you, pair.couple_id, PRIVATE, PARTNER)


def _open_to_partner(pair: Pair, author: Partner, part: str, instrument: Instrument) -> Sitting | None:
    found = open_of(author, pair.couple_id, part, PARTNER)
    return next((each for each in reversed(found) if each.instrument == instrument.id), None)


def open_of(author: Partner | Author, couple_id: str, part: str, audience: str) -> list[Sitting]:
    """Somebody's finished sittings of which a part is open, with that part and no other. One statement."""
    rows = rows_of(_OPEN, author=author.id, couple=couple_id, audience=audience, part=part)
    return [opened(row, author.key, author.id, parts=(part,)) for row in rows]


def _shut(pair: Pair, now: datetime, *which: Any) -> None:
    mine = select(Release.id).join(Assessment, Assessment.id == Release.assessment_id)
    here = mine.where(Assessment.person_id == pair.me.id, Release.withdrawn_at.is_(None), *which)
    db.session.execute(update(Release).where(Release.id.in_(here)).values(withdrawn_at=now))
