"""The therapist of two in the demo: asked, let in by both, given homework by, looked in on, and soon to be met."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.accounts.models import Person
from app.accounts.service import Visitor
from app.caseload import service as caseload
from app.caseload.models import Session
from app.core.db import db
from app.couples.service import Pair
from app.demo_homework import give_homework
from app.demo_rows import DAY, Calendar
from app.exercises.models import APPRECIATION, CHECK_IN
from app.therapist import service as therapist
from app.therapist.days import DONE, OPEN
from app.therapist.models import SHORT, Visit
from app.therapist.service import Author, Wish

AFTER = 14
"""How many days ago they met last."""


def take_care(
    giver: Person,
    seen_as: Callable[[Person], Visitor],
    told: Mapping[str, Any],
    pairs: Mapping[str, Pair],
    day: Calendar,
) -> None:
    """Let a therapist be the guest of two, inside a transaction, in the order of days. `pairs`: login → as that one
    sees the couple; `told`: what the content holds of it."""
    visitor, author = seen_as(giver), Author(giver.id, giver.key.wrapped)
    one, *_ = pairs.values()
    guest_id = _let_in(visitor, told, pairs, day)
    give_homework(giver, one, day)
    for who, (ago, because) in told["skipped"].items():
        _skip(pairs[who], ago, because, day)
    _met(author, one.couple_id, day)
    first = day.today - told["given"] * DAY
    for each in told["gives"]:
        weekdays = sum(1 << number - 1 for number in each["weekdays"])
        asked = Wish(exercise=each["exercise"], first=first, weekdays=weekdays, note=each.get("note", ""))
        therapist.give(author, one.couple_id, asked, now=day.at(first, 12), today=first)
    for who, days in told["went"].items():
        _rate(pairs[who], days, day)
    for ago, hour, kind in told["visits"]:
        db.session.add(Visit(guest_id=guest_id, kind=kind, began_at=day.at(day.today - ago * DAY, hour)))
    _prepare(author, told, pairs, day)


def _let_in(visitor: Visitor, told: Mapping[str, Any], pairs: Mapping[str, Pair], day: Calendar) -> str:
    began = day.today - told["since"] * DAY
    therapist.make_code(visitor, standing=False, now=day.at(began, 10))
    (code,) = therapist.codes_of(visitor, now=day.at(began, 10))
    guest_id = ""
    for hour, (who, classes) in enumerate(told["yes"].items(), 19):
        guest_id = therapist.let_ask(pairs[who], code.code, now=day.at(began, hour))
        therapist.say_yes(pairs[who], guest_id, classes, now=day.at(began, hour))
    return guest_id


def _rate(pair: Pair, went: Mapping[str, int], day: Calendar) -> None:
    """Say how it went some days ago, of what was done then."""
    for ago, number in went.items():
        for seen in _of_day(pair, day.today - int(ago) * DAY, DONE, day):
            therapist.rate(pair, seen, number, now=day.at(seen.day, 22.5))


def _skip(pair: Pair, ago: int, because: str, day: Calendar) -> None:
    for seen in _of_day(pair, day.today - ago * DAY, OPEN, day):
        therapist.skip(pair, seen, because, shared=True, now=day.at(seen.day, 22.5))


def _of_day(pair: Pair, on: date, state: str, day: Calendar) -> list[therapist.DaySeen]:
    """The short exercises that were given for a day, as they stood for one late on it: those in one state."""
    rows = therapist.homework_of([pair.couple_id], on, on)[pair.couple_id]
    given = [row.id for row in rows if row.exercise in SHORT and list(row.schedule.days(on, on))]
    seen = [therapist.day_seen(pair, ident, on, now=day.at(on, 22.5)) for ident in given]
    return [each for each in seen if each.state == state]


def _met(author: Author, couple_id: str, day: Calendar) -> None:
    """They met, and talked the check-ins over."""
    on = day.today - AFTER * DAY
    db.session.add(Session(therapist_id=author.id, couple_id=couple_id, day=on))
    for row in therapist.homework_of([couple_id], on, on)[couple_id]:
        if row.exercise == CHECK_IN:
            caseload.talk_over(author, couple_id, row.id, today=on)


def _prepare(author: Author, told: Mapping[str, Any], pairs: Mapping[str, Pair], day: Calendar) -> None:
    """The next session is set; some of the two have looked at its brief, added a line, and shown what they wrote."""
    now, (one, *_) = day.now, pairs.values()
    ahead = day.today + told["session_in"] * DAY
    caseload.set_care(author, one.couple_id, session=ahead, in_a_row=3, archived=False, today=day.today, now=now)
    caseload.note_down(author, one.couple_id, told["own_note"], now=day.at(day.today - AFTER * DAY, 18))
    db.session.flush()
    session = caseload.next_session(author.id, one.couple_id, day.today)
    assert session is not None  # noqa: S101 - it has just been set
    for who, line in told["lines"].items():
        caseload.look_at(session, pairs[who].me.id, today=day.today - DAY)
        caseload.add_line(session, pairs[who].me, line, now=day.at(day.today - DAY, 21.8))
    for who, most in told["shows"].items():
        own = [each for each in caseload.own_of(pairs[who], author.id, now=now) if each.exercise == APPRECIATION]
        for each in own[:most]:
            caseload.show(pairs[who], author.id, each.prompt_id, now=now)
