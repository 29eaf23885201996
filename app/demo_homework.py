"""Homework of the demo: what a therapist gave to two of its people, what they opened, and what they said of it."""

from datetime import date, timedelta
from typing import Any

from app.accounts.models import Person
from app.core.db import db
from app.couples.service import Pair
from app.demo_rows import DAY, Calendar
from app.therapist import service as therapist
from app.therapist.days import DONE, OPEN
from app.therapist.models import HomeworkDay
from app.therapist.service import Author, Wish

WEEKS = 4
"""For how long they have had some."""

RATINGS = (7, 8, 6, 7, 9, 8, 5, 7)
"""How it went, day after day, over and over."""

LEFT_OPEN = 4
"""Of how many days one was opened and left, where it was not done."""


def give_homework(giver: Person, pair: Pair, calendar: Calendar) -> None:
    """Let a therapist have given a beginner's set four weeks ago, and a longer exercise for Saturdays, since.

    Of what `pair.me` did, every other day says how it went; the last day but one was let be. Whatever either did they
    had opened, and now and then something else.
    """
    author, first = Author(giver.id, giver.key.wrapped), calendar.today - timedelta(weeks=WEEKS)
    now = calendar.at(first, 12)
    therapist.use_set(author, pair.couple_id, therapist.set_for(author, "first-weeks"), first, now=now, today=first)
    saturdays = Wish(exercise="heart_to_heart", first=first, weekdays=1 << 5, note="When the week is over.")
    therapist.give(author, pair.couple_id, saturdays, now=now, today=first)
    span = (first, calendar.today)
    did, said = therapist.did_of([pair.couple_id], *span), therapist.days_said([pair.couple_id], *span)
    for row in therapist.homework_of([pair.couple_id], *span)[pair.couple_id]:
        for partner in (each for each in (pair.me, pair.you) if each is not None):
            states = therapist.states_for(row, partner.id, span, today=calendar.today, did=did, said=said)
            for number, (day, state) in enumerate(states.items()):
                told = _said(day, state, number, calendar) if partner is pair.me else {}
                if state == DONE or (not told and day < calendar.today and number % LEFT_OPEN == 0):
                    told["opened_on"] = day
                if told:
                    db.session.add(HomeworkDay(homework_id=row.id, person_id=partner.id, day=day, **told))


def _said(day: date, state: str, number: int, calendar: Calendar) -> dict[str, Any]:
    if state == DONE and number % 2:
        return {"went": RATINGS[number % len(RATINGS)], "went_at": calendar.at(day, 22)}
    return {"skipped_at": calendar.at(day, 22)} if state == OPEN and day == calendar.today - DAY else {}
