"""Homework of the demo: what a therapist gave to two of its people, and what they said of it."""

from datetime import timedelta

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


def give_homework(giver: Person, pair: Pair, calendar: Calendar) -> None:
    """Let a therapist have given a beginner's set four weeks ago, and a longer exercise for Saturdays, since.

    Of what `pair.me` did, every other day says how it went; the last day but one was let be.
    """
    author, first = Author(giver.id, giver.key.wrapped), calendar.today - timedelta(weeks=WEEKS)
    now = calendar.at(first, 12)
    therapist.use_set(author, pair.couple_id, therapist.set_for(author, "first-weeks"), first, now=now, today=first)
    saturdays = Wish(exercise="heart_to_heart", first=first, weekdays=1 << 5, note="When the week is over.")
    therapist.give(author, pair.couple_id, saturdays, now=now, today=first)
    span = (first, calendar.today)
    did, said = therapist.did_of([pair.couple_id], *span), therapist.days_said([pair.couple_id], *span)
    for row in therapist.homework_of([pair.couple_id], *span)[pair.couple_id]:
        states = therapist.states_for(row, pair.me.id, span, today=calendar.today, did=did, said=said)
        for number, (day, state) in enumerate(states.items()):
            mine = {"homework_id": row.id, "person_id": pair.me.id, "day": day}
            if state == DONE and number % 2:
                went = RATINGS[number % len(RATINGS)]
                db.session.add(HomeworkDay(**mine, went=went, went_at=calendar.at(day, 22)))
            elif state == OPEN and day == calendar.today - DAY:
                db.session.add(HomeworkDay(**mine, skipped_at=calendar.at(day, 22)))
