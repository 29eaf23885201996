"""A couple in care, as rows: a door that both have opened, homework, what was done of it, weeks, sealed words."""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import delete, text

from app.accounts.models import Person
from app.caseload.models import Session, Shown
from app.caseload.service import note_down
from app.core.crypto import Vault
from app.core.db import db, transaction
from app.core.ids import new_id
from app.couples.models import Couple
from app.exercises.models import Prompt, Response
from app.exercises.words import seal_words
from app.scores.models import WeeklyScore
from app.scores.service import monday_of
from app.therapist.models import CLASSES, Consent, Guest, Homework, HomeworkDay
from app.therapist.service import Author
from tests.factories import MASTER, NOW, TODAY, make_couple, make_passkey, make_person
from tests.scores.histories import live_weeks

DAY = timedelta(days=1)
RATINGS = {"mood": 7, "stress": 3, "understood": 7, "valued": 7, "supported": 7, "guess_mood": 6, "guess_stress": 4}


class Care:
    """Thea's care for couples, with what happens in it laid down as rows."""

    def __init__(self, app: Flask, thea: Person) -> None:
        self.app, self.thea = app, thea
        self.keep(make_passkey(thea))

    def keep(self, *rows: Any) -> None:
        """Commit rows."""
        with self.app.app_context(), transaction():
            db.session.add_all(rows)

    def open(
        self,
        couple: Couple,
        one: Person,
        two: Person,
        first: Collection[str] = CLASSES,
        second: Collection[str] = CLASSES,
    ) -> str:
        """Let both say yes, each to some classes: the guest's id."""
        guest, at = new_id(), NOW - timedelta(days=60)
        self.keep(Guest(id=guest, therapist_id=self.thea.id, couple_id=couple.id, asked_at=at, opened_at=at))
        self.keep(
            *(
                Consent(
                    guest_id=guest, person_id=who.id, said_at=at, given=True, **{each: each in said for each in CLASSES}
                )
                for who, said in ((one, first), (two, second))
            )
        )
        return guest

    def take_in(self, number: int) -> None:
        """So many more couples, each with a door that is open, homework, and what was done of it, in one go."""
        rows: list[Any] = []
        later: list[Any] = []
        for each in range(number):
            one, two = (make_person(f"{name}{new_id()}") for name in "xy")
            couple, guest, given, prompt = make_couple(one, two), new_id(), new_id(), new_id()
            seen = {"said_at": NOW, "given": True, **dict.fromkeys(CLASSES, True)}
            rows += [one, two, couple]
            rows.append(Guest(id=guest, therapist_id=self.thea.id, couple_id=couple.id, asked_at=NOW, opened_at=NOW))
            later += [Consent(guest_id=guest, person_id=who.id, **seen) for who in (one, two)]
            facts = {"exercise": "check_in", "weekdays": 127, "dates": [], "pauses": [], "first": TODAY - 9 * DAY}
            rows.append(
                Homework(
                    id=given, series_id=given, couple_id=couple.id, therapist_id=self.thea.id, created_at=NOW, **facts
                )
            )
            rows.append(Prompt(id=prompt, couple_id=couple.id, exercise="check_in", day=TODAY - (each % 9) * DAY))
            when = {"given_on": TODAY, "submitted_at": NOW, "ratings": RATINGS, "words": b""}
            later.append(Response(prompt_id=prompt, author_id=one.id, **when))
        self.keep(*rows)
        self.keep(*later)
        # PostgreSQL does so by itself within a minute. Until then it may plan for the no rows that it saw last.
        with self.app.app_context(), transaction():
            if db.engine.dialect.name == "postgresql":
                db.session.execute(text("ANALYZE"))

    def homework(self, couple: Couple, exercise: str = "check_in", days: int = 28, **others: Any) -> str:
        """Something given every day for the last days: its id."""
        ident = new_id()
        facts = {"weekdays": 127, "dates": [], "pauses": [], "first": TODAY - days * DAY, **others}
        self.keep(
            Homework(
                id=ident, couple_id=couple.id, therapist_id=self.thea.id, exercise=exercise, series_id=ident,
                created_at=NOW, **facts,
            )
        )  # fmt: skip
        return ident

    def did(
        self,
        couple: Couple,
        days: Collection[date],
        *who: Person,
        exercise: str = "check_in",
        words: Callable[..., str] = lambda *_: "",
    ) -> list[str]:
        """Let these people answer the prompts of some days: the prompts' ids, the first day first."""
        given = [(new_id(), day) for day in sorted(days)]
        self.keep(*(Prompt(id=ident, couple_id=couple.id, exercise=exercise, day=day) for ident, day in given))
        rows = []
        for ident, day in given:
            for each in who:
                key = Vault(MASTER).unwrap(each.key.wrapped, each.id)
                high = words(each, day)
                text = {
                    "feelings": [],
                    "need": "space",
                    "guess_need": "space",
                    "high": high,
                    "low": "",
                    "challenge": "",
                }
                sealed = seal_words(key, "responses", ident, each.id, text)
                at = datetime.combine(day, time(19), UTC)
                rows.append(
                    Response(
                        prompt_id=ident, author_id=each.id, ratings=RATINGS, words=sealed, given_on=day,
                        submitted_at=at,
                    )
                )  # fmt: skip
        self.keep(*rows)
        return [ident for ident, _ in given]

    def answer(self, prompts: Collection[str], who: Person) -> None:
        """Let somebody answer prompts that are there."""
        key = Vault(MASTER).unwrap(who.key.wrapped, who.id)
        text = {"feelings": [], "need": "space", "guess_need": "space", "high": "", "low": "", "challenge": ""}
        with self.app.app_context(), transaction():
            for ident in prompts:
                day = db.session.get_one(Prompt, ident).day
                sealed = seal_words(key, "responses", ident, who.id, text)
                facts = {"given_on": day, "submitted_at": NOW - 2 * DAY, "ratings": RATINGS, "words": sealed}
                db.session.add(Response(prompt_id=ident, author_id=who.id, **facts))

    def forget_weeks(self, who: Person) -> None:
        """Let somebody have no weeks."""
        with self.app.app_context(), transaction():
            db.session.execute(delete(WeeklyScore).where(WeeklyScore.person_id == who.id))

    def end(self, guest: str) -> None:
        """Let a guest's door be shut."""
        with self.app.app_context(), transaction():
            db.session.get_one(Guest, guest).ended_at = NOW

    def said(self, homework: str, who: Person, day: date, **what: Any) -> None:
        """What somebody says of a day of homework."""
        self.keep(HomeworkDay(homework_id=homework, person_id=who.id, day=day, **what))

    def weeks(self, couple: Couple, who: Person, rated: Callable[[int], Any], number: int = 12) -> None:
        """Weeks that are over, the last one that before this one."""
        last = monday_of(TODAY) - 7 * DAY
        live_weeks(self.app, couple, who, rated, last=last, number=number, now=NOW)

    def session(self, couple: Couple, day: date) -> str:
        """Set the day of a session: its id."""
        ident = new_id()
        self.keep(Session(id=ident, therapist_id=self.thea.id, couple_id=couple.id, day=day))
        return ident

    def show(self, prompt_id: str, who: Person) -> None:
        """Let somebody show a response of theirs."""
        self.keep(Shown(prompt_id=prompt_id, author_id=who.id, therapist_id=self.thea.id, shown_at=NOW))

    def note(self, couple: Couple, words: str) -> None:
        """Let Thea keep a note."""
        with self.app.app_context(), transaction():
            note_down(Author(self.thea.id, self.thea.key.wrapped), couple.id, words, now=NOW)


def days_back(*numbers: int) -> list[date]:
    """Days so many days ago."""
    return [TODAY - number * DAY for number in numbers]
