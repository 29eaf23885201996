"""What a couple does about a therapist: lets them ask, and says yes or no, each partner alone.

Of the other's answer a partner learns one thing: while the door is open, that it was yes, to completion. Before that,
no and not yet look alike; after it, whoever ended it does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext
from sqlalchemy import delete, select

from app.accounts.models import Person, PersonKey
from app.core.db import db, lock
from app.core.errors import DomainError, NotFound
from app.couples.models import Couple
from app.couples.service import Pair, day_of
from app.therapist.models import CLASSES, WAITS, Consent, Guest, Practice
from app.therapist.service.doors import doors_changed
from app.therapist.service.giving import rest_while_shut
from app.therapist.service.inviting import therapist_of, use_code
from app.therapist.service.practices import Told, told_by

MOST = 3
"""How many therapists may ask one couple, or be its guests, at a time."""

WAITING, OPEN, ENDED = "waiting", "open", "ended"


class EnoughGuests(DomainError):
    """As many therapists as one couple may have."""

    message = lazy_gettext("You have as many therapists here as Attune can show. One of them has to end first.")


class Over(DomainError):
    """The guest has left, was shown out, or asked too long ago."""

    message = lazy_gettext("This has ended. To begin again, ask your therapist for a new code.")


@dataclass(frozen=True, slots=True)
class GuestSeen:
    """A therapist as one partner sees them. Nothing in it follows from what the other has said, but for `state`.

    `mine` is None before I have said anything, else the classes I said yes to; `refused`: I said no.
    """

    id: str
    name: str
    practice: Told
    state: str
    asked_on: date
    until: date
    mine: frozenset[str] | None
    refused: bool


def let_ask(pair: Pair, typed: str, *, now: datetime) -> str:
    """Let the therapist whose code this is ask the two: the guest's id. Raises NoCode, EnoughGuests, NotFound.

    The second of the two may type the same code: it leads to the guest that is there already.
    """
    couple = db.session.get_one(Couple, pair.couple_id)
    lock(couple)
    if pair.you is None or couple.ended_at is not None:
        raise NotFound
    living = list(db.session.scalars(select(Guest).where(Guest.couple_id == couple.id, Guest.ended_at.is_(None))))
    known = therapist_of(typed)
    for guest in living:
        if guest.therapist_id == known and not _over(guest, now):
            return guest.id
    therapist_id = use_code(typed, now=now)
    if sum(not _over(guest, now) for guest in living) >= MOST:
        raise EnoughGuests
    for guest in living:
        if guest.therapist_id == therapist_id:
            # It waited too long; what was said then counts no more.
            guest.ended_at = now
            db.session.flush()
    fresh = Guest(therapist_id=therapist_id, couple_id=pair.couple_id, asked_at=now)
    db.session.add(fresh)
    db.session.flush()
    return fresh.id


def say_yes(pair: Pair, guest_id: str, classes: Collection[str], *, now: datetime) -> None:
    """Say yes to completion and to these classes, in place of what I said before. Raises NotFound, Over."""
    guest = _living(pair, guest_id, now=now)
    before = _shown(guest)
    _say(guest, pair.me.id, True, classes, now=now)
    shown = _shown(guest)
    if guest.opened_at is not None and shown != before:
        guest.changed_at = now
    elif guest.opened_at is None and shown is not None:
        rest_while_shut(guest, pair.zone, pair.today(now))
        guest.opened_at = now
        doors_changed.tell(pair.couple_id, guest.therapist_id, now)


def keep_within(pair: Pair, guest_id: str, classes: Collection[str], *, now: datetime) -> bool:
    """Take back each class that I said yes to and that is none of these. Whether I said yes to all of these before.

    Raises NotFound, Over.
    """
    guest = _living(pair, guest_id, now=now)
    said = db.session.get(Consent, (guest.id, pair.me.id))
    if said is None or not said.given:
        return False
    mine = {each for each in CLASSES if getattr(said, each)}
    if not mine <= set(classes):
        say_yes(pair, guest_id, mine.intersection(classes), now=now)
    return mine >= set(classes)


def say_no(pair: Pair, guest_id: str, *, now: datetime) -> None:
    """Say no, or take back a yes. An open door is shut for good. Raises NotFound, Over."""
    guest = _living(pair, guest_id, now=now)
    _say(guest, pair.me.id, False, (), now=now)
    if guest.opened_at is not None:
        guest.ended_at = now
        doors_changed.tell(pair.couple_id, guest.therapist_id, now)


def guests_of(pair: Pair, *, now: datetime) -> list[GuestSeen]:
    """The couple's therapists, the newest first, without those whose asking came to nothing. One statement."""
    rows = db.session.execute(
        select(Guest, Person.name, PersonKey.wrapped, Practice, Consent)
        .join(Person, Person.id == Guest.therapist_id)
        .join(PersonKey, PersonKey.person_id == Person.id)
        .outerjoin(Practice, Practice.person_id == Person.id)
        .outerjoin(Consent, (Consent.guest_id == Guest.id) & (Consent.person_id == pair.me.id))
        .where(Guest.couple_id == pair.couple_id)
        .order_by(Guest.asked_at.desc(), Guest.id)
    ).all()
    return [_seen(pair, *row) for row in rows if row[0].opened_at or not _over(row[0], now)]


def guest_of(pair: Pair, guest_id: str, *, now: datetime) -> GuestSeen:
    """One of them. Raises NotFound."""
    found = next((each for each in guests_of(pair, now=now) if each.id == guest_id), None)
    if found is None:
        raise NotFound
    return found


def sweep_guests(*, before: datetime) -> None:
    """Forget those who asked in vain, and what was said to them, if that was over before then."""
    db.session.execute(delete(Guest).where(Guest.opened_at.is_(None), Guest.asked_at < before - WAITS))


def _living(pair: Pair, guest_id: str, *, now: datetime) -> Guest:
    """The guest, held until the transaction ends, of a couple that is still one."""
    couple, guest = db.session.get_one(Couple, pair.couple_id), db.session.get(Guest, guest_id)
    if guest is None or guest.couple_id != couple.id:
        raise NotFound
    lock(couple)
    lock(guest)
    if couple.ended_at is not None:
        raise NotFound
    if _over(guest, now):
        raise Over
    return guest


def _over(guest: Guest, now: datetime) -> bool:
    return guest.ended_at is not None or (guest.opened_at is None and guest.asked_at + WAITS <= now)


def _say(guest: Guest, person_id: str, given: bool, classes: Collection[str], *, now: datetime) -> None:
    said = db.session.get(Consent, (guest.id, person_id))
    if said is None:
        said = Consent(guest_id=guest.id, person_id=person_id)
        db.session.add(said)
    said.said_at, said.given = now, given
    for each in CLASSES:
        setattr(said, each, each in classes)
    db.session.flush()


def _shown(guest: Guest) -> frozenset[str] | None:
    """The classes that both have said yes to; None without a yes of both. What one of them said alone is not in it."""
    yes = db.session.scalars(select(Consent).where(Consent.guest_id == guest.id, Consent.given)).all()
    both = frozenset(each for each in CLASSES if all(getattr(said, each) for said in yes))
    return both if len(yes) == 2 else None


def _seen(
    pair: Pair, guest: Guest, name: str, wrapped: bytes, practice: Practice | None, said: Consent | None
) -> GuestSeen:
    state = ENDED if guest.ended_at else OPEN if guest.opened_at else WAITING
    mine = frozenset(each for each in CLASSES if getattr(said, each)) if said is not None else None
    days = day_of(guest.asked_at, pair.zone), day_of(guest.asked_at + WAITS, pair.zone)
    refused = said is not None and not said.given
    return GuestSeen(guest.id, name, told_by(practice, wrapped), state, *days, mine, refused)
