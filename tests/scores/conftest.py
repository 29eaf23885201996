"""Ana and Ben, and what they rate, through the services and with a clock of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from sqlalchemy import select

from app.accounts.models import Person, PersonKey
from app.accounts.service import Visitor
from app.core.db import db, transaction
from app.couples.models import Couple
from app.couples.service import Pair, pair_of
from app.exercises import service as exercises
from app.exercises.mirroring import HEARD, MIRROR, MISSING, SPEAK, UNDERSTAND
from app.exercises.models import DayTogether, Mark, Response
from app.exercises.service import rating_changed
from app.exercises.words import seal_words
from app.scores import service as scores
from app.scores.models import WeeklyScore
from app.scores.service.keeping import SUMS
from tests.factories import NOW, TODAY, make_prompt

# A machine that is busy with other things is no fault of the arithmetic.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

MONDAY = date(2026, 11, 9)
"""That of the week in which the tests happen."""


@dataclass
class Life:
    """A couple's days. Whatever has no `at` happens at eight in the evening of the prompt's day, in UTC."""

    app: Flask
    couple: Couple
    prompts: dict[tuple[str, date], str] = field(default_factory=dict)

    def prompt(self, exercise: str, day: date) -> str:
        """The id of the couple's prompt of a day, made when first asked for."""
        if (exercise, day) not in self.prompts:
            prompt = make_prompt(self.couple, exercise, day, None if exercise == "check_in" else "home-smell")
            with self.app.app_context(), transaction():
                self.prompts[exercise, day] = prompt.id
                db.session.add(prompt)
        return self.prompts[exercise, day]

    def do(self, person: Person, what: Callable[..., Any], exercise: str, day: date, *args: Any, **kwargs: Any) -> Any:
        """One act of somebody with a prompt, in a transaction of its own."""
        ident = self.prompt(exercise, day)
        now = kwargs.pop("at", None) or evening(day)
        with self.app.app_context(), transaction():
            pair = self.pair(person)
            return what(pair, exercises.prompt_for(pair, ident), *args, now=now, **kwargs)

    def check_in(self, who: Person, day: date, felt: tuple[int, int, int], **others: Any) -> None:
        """Give, or change, a check-in: how understood, valued and supported they felt."""
        at = others.pop("at", None)
        self.do(who, exercises.submit_response, "check_in", day, {**felt_like(*felt), **others}, {}, at=at)

    def appreciated(self, giver: Person, receiver: Person, day: date, landed: int, at: datetime | None = None) -> None:
        """Somebody is given an appreciation and says how much it landed; a second time they change their mind."""
        if not self.given(giver, "appreciation", day):
            self.do(giver, exercises.submit_response, "appreciation", day, {}, {"text": "soup"}, at=evening(day))
        self.do(receiver, exercises.mark, "appreciation", day, landed, "", at=at)

    def known(self, guesser: Person, owner: Person, day: date, closeness: int) -> None:
        """Both answer a question of the love map, and the owner marks the guess."""
        for person in (guesser, owner):
            if not self.given(person, "love_map", day):
                self.do(person, exercises.submit_response, "love_map", day, {}, {"answer": "bread", "guess": "rain"})
        self.do(owner, exercises.mark, "love_map", day, closeness, "")

    def mirrored(self, first: Person, second: Person, day: date, heard: list[int], then: list[int]) -> None:
        """A whole talk. What each said of how well they were heard, try by try; the last try is the one that was it."""
        for speaker, listener, tries in ((first, second, heard), (second, first, then)):
            self.turn(speaker, day, SPEAK)
            for number, steps in enumerate(tries, start=1):
                self.turn(listener, day, MIRROR)
                self.turn(speaker, day, HEARD if number == len(tries) else MISSING, steps)
            self.turn(listener, day, UNDERSTAND)

    def turn(self, who: Person, day: date, kind: str, rating: int | None = None) -> None:
        """One turn of a talk."""
        self.do(who, exercises.take_turn, "mirroring", day, kind, kind, rating, together=False)

    def given(self, who: Person, exercise: str, day: date) -> bool:
        """Whether somebody has responded."""
        ident = self.prompt(exercise, day)
        with self.app.app_context():
            return exercises.exchange_for(self.pair(who), ident, now=evening(day)).mine is not None

    def close(self, at: datetime) -> int:
        """Close what is over."""
        with self.app.app_context(), transaction():
            return scores.close_weeks(now=at)

    def rebuild(self, at: datetime) -> None:
        """Work out everything anew."""
        after, more = "", 1
        while more:
            with self.app.app_context(), transaction():
                after, more = scores.rebuild(after, now=at, most=1)

    def weeks(self, who: Person, at: datetime, until: date | None = None) -> list[scores.Week]:
        """Somebody's own weeks."""
        with self.app.app_context():
            return scores.weeks_of(self.pair(who), now=at, until=until)

    def together(self, who: Person, at: datetime) -> scores.Together | None:
        """What both look at, as one of them sees it."""
        with self.app.app_context():
            return scores.together(self.pair(who), now=at)

    def open(self, who: Person, at: datetime = NOW) -> None:
        """Open somebody's weeks to the other."""
        with self.app.app_context(), transaction():
            scores.open_weeks(self.pair(who), now=at)

    def sums(self, who: Person, week: date = MONDAY) -> dict[str, int] | None:
        """The sums of somebody's week that are not 0, None where there is no row."""
        row = next((row for row in self.rows() if (row["person_id"], row["week"]) == (who.id, week)), None)
        return row and {name: row[name] for name in SUMS if row[name]}

    def rows(self) -> list[dict[str, Any]]:
        """All weeks of everybody, in full."""
        table = WeeklyScore.__table__
        with self.app.app_context():
            found = db.session.execute(select(table).order_by(table.c.couple_id, table.c.person_id, table.c.week))
            return [dict(row) for row in found.mappings()]

    def pair(self, person: Person) -> Pair:
        """The couple as one of the two sees it; in an app context."""
        key = db.session.get_one(PersonKey, person.id).wrapped
        visitor = Visitor(person.id, person.name, person.role, "UTC", "en", "auto", key, "", TODAY, NOW)
        found = pair_of(visitor)
        assert found is not None
        return found


@pytest.fixture
def life(app: Flask, couple: Couple) -> Life:
    """That of Ana and Ben."""
    return Life(app, couple)


@pytest.fixture
def other_life(app: Flask, other_couple: Couple) -> Life:
    """That of Dina and Eli."""
    return Life(app, other_couple)


def felt_like(understood: int, valued: int | None = None, supported: int | None = None) -> dict[str, int]:
    """The ratings of a check-in in which somebody felt like that; with one step, all three."""
    felt = {"understood": understood, "valued": valued, "supported": supported}
    guesses = {"mood": 6, "stress": 4, "guess_mood": 5, "guess_stress": 5}
    return guesses | {name: understood if step is None else step for name, step in felt.items()}


def evening(day: date) -> datetime:
    """Eight o'clock, in UTC."""
    return datetime.combine(day, time(20), UTC)


def a_week(life: Life, ana: Person, ben: Person, week: date, steps: int, *, gap: int = 2) -> None:
    """The rows of a week in which Ana gives the same step to everything, and Ben so many less.

    They are those of `lived_week`, at a tenth of its price: for tests in which the week is the ground alone.
    """
    two = ((ana, steps), (ben, steps - gap))
    with life.app.app_context(), transaction():
        pair, weeks = life.pair(ana), {}
        keys = {each.id: each.key for each in (pair.me, pair.you) if each}
        for exercise, day in product(("check_in", "appreciation"), (week + timedelta(days=at) for at in range(4))):
            prompt = make_prompt(life.couple, exercise, day, None if exercise == "check_in" else "home-smell")
            assert life.prompts.setdefault((exercise, day), prompt.id) == prompt.id, "this day has begun already"
            db.session.add(prompt)
            db.session.flush()
            weeks[exercise, day - timedelta(days=day.weekday())] = prompt
            for person, felt in two:
                ratings, words = (felt_like(felt), {}) if exercise == "check_in" else ({}, {"text": "soup"})
                sealed = seal_words(keys[person.id], "responses", prompt.id, person.id, words)
                given = {"ratings": ratings, "words": sealed, "given_on": day, "submitted_at": evening(day)}
                db.session.add(Response(prompt_id=prompt.id, author_id=person.id, **given))
                if exercise == "appreciation":
                    db.session.add(Mark(prompt_id=prompt.id, author_id=person.id, value=felt, marked_at=evening(day)))
            if exercise == "check_in":
                db.session.add(DayTogether(couple_id=life.couple.id, day=day))
        db.session.flush()
        for prompt in weeks.values():
            rating_changed.tell(pair, prompt, evening(prompt.day))


def lived_week(life: Life, ana: Person, ben: Person, week: date, steps: int, *, gap: int = 2) -> None:
    """The same, act by act."""
    for number in range(4):
        day = week + timedelta(days=number)
        life.check_in(ana, day, (steps,) * 3)
        life.check_in(ben, day, (steps - gap,) * 3)
        life.appreciated(ben, ana, day, steps)
        life.appreciated(ana, ben, day, steps - gap)
