"""All that a couple can have and a therapist could see, laid down at once, each bit of it in a word that tells whose.

A word is like `zqchosen-2-1z`: what it is, of which couple, for which therapist, of which of the people. Whatever is
given, done and sat is here from the first day; what a therapist gets to see of it hangs on doors and choices alone.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.caseload.models import BriefLine, Note, Session, Shown
from app.caseload.service.briefs import line_about
from app.caseload.service.keeping import note_about as noted_about
from app.core.crypto import Vault, seal
from app.core.db import Model, db
from app.core.ids import new_id
from app.couples.models import Couple
from app.exercises.models import Draft, Mark, Prompt, Response
from app.exercises.words import seal_words
from app.scores.models import WeeklyScore
from app.scores.service import monday_of, stands_of
from app.therapist.models import Homework, HomeworkDay
from app.therapist.own_guide import begun, with_step
from app.therapist.service import Author, begin_own, keep_set
from app.therapist.service.giving import note_about
from app.therapist.service.saying import because_about
from tests.factories import MASTER, NOW, TODAY, make_sitting
from tests.scores.histories import live_weeks, steady

DAY = timedelta(days=1)
RATINGS = dict.fromkeys(("mood", "stress", "understood", "valued", "supported", "guess_mood", "guess_stress"), 7)
EVERY_DAY = 0b1111111
FELT = (10, 7, 4, 1)
"""What each of the four rates, week by week: any two of them live so far apart that it is flagged."""
WEEKS = 12
SAT = (1, 2, 1, 2)
"""What each of the four gives to every question."""
DID = (3, 2)
"""On how many of three days quince and sloe did what is given daily."""

Word = str


def word(what: str, *whose: int) -> Word:
    """What stands for a thing of somebody's."""
    return "-".join((f"zq{what}", *map(str, whose))) + "z"


def words_in(text: str) -> set[Word]:
    """All such words in a text."""
    return set(re.findall(r"zq[a-z]+(?:-\d+)*z", text))


def name(who: int) -> Word:
    """What one of the four is called."""
    return word("name", who)


def went(therapist: int, place: int) -> int:
    """How what this therapist gave went today, as quince (0) or sloe (1) says."""
    return 7 + therapist if place == 0 else 2 + therapist


@dataclass(frozen=True)
class Laid:
    """What is there of one couple. `two`: quince and sloe, each a number of the four."""

    number: int
    id: str
    two: tuple[int, int]
    prompt: str
    """The one whose answers can be chosen to be shown: both can read both."""
    sittings: dict[int, tuple[str, str]]
    """Person → those that can be opened, of the balance and of what comes to a number; another never is."""
    homework: tuple[str, str]
    """Therapist → what they gave for every day."""
    sessions: tuple[str, str]
    notes: tuple[str, str]

    @property
    def names(self) -> set[Word]:
        """Both, by name."""
        return set(map(name, self.two))


def sat_on(who: int, which: int = 0) -> date:
    """The day of a sitting that somebody may open: of the balance (0), or of what comes to a number (1)."""
    return TODAY - (20 + 40 * which + who) * DAY


class Laying:
    """The four and the two, with what it takes to lay down more of them. To be used within a transaction."""

    def __init__(
        self,
        people: Sequence[Person],
        doctors: Sequence[Person],
        *,
        felt: Sequence[int] = FELT,
        sat: Sequence[int] = SAT,
        said: Callable[[Word], str] = str,
    ) -> None:
        """`felt` and `sat`: what each rates and chooses. `said`: what is written where a word of somebody's stands."""
        self.people, self.doctors = people, doctors
        self._felt, self._sat, self._said = felt, sat, said
        self._keys = {each.id: Vault(MASTER).unwrap(each.key.wrapped, each.id) for each in (*people, *doctors)}
        self._weeks: list[list[dict[str, Any]]] = []
        self.sets: list[str] = []
        self.owns: list[str] = []

    def live(self, app: Flask, couples: Sequence[Couple]) -> None:
        """Let all four have weeks behind them; from then on any couple of theirs has the same."""
        last = monday_of(TODAY) - 7 * DAY
        for who, person in enumerate(self.people):
            couple = couples[who // 2]
            live_weeks(app, couple, person, steady(*[self._felt[who]] * 4), last=last, number=WEEKS, now=NOW)
        table = WeeklyScore.__table__
        with app.app_context():
            for person in self.people:
                found = db.session.execute(select(table).where(table.c.person_id == person.id).order_by(table.c.week))
                self._weeks.append([dict(row) for row in found.mappings()])

    def levels(self, who: int) -> list[tuple[str, float, float, float]]:
        """(Monday, level, low, high) of somebody's weeks."""
        rows = [(row["week"], row["state"], row["formula"]) for row in self._weeks[who]]
        stands, _change = stands_of(rows, rows[-1][0])
        return [(each.week.isoformat(), each.level, each.low, each.high) for each in stands]

    def desk(self) -> None:
        """What the therapists have of their own: a set, and an exercise that is whole."""
        for number, doctor in enumerate(self.doctors):
            author, own = Author(doctor.id, doctor.key.wrapped), word("own", number)
            told = {**begun(own), **dict.fromkeys(("summary", "why", "closing"), own), "landing": [own]}
            self.owns.append(begin_own(author, with_step(told, {"kind": "read", "title": own, "text": own}), now=NOW))
            given = Homework(exercise="check_in", weekdays=1, first=TODAY)
            self.sets.append(keep_set(author, word("set", number), [given], now=NOW))

    def lay(self, number: int, couple_id: str, two: tuple[int, int], *, weeks: bool = True) -> Laid:
        """Lay down everything of a couple."""
        prompts = [new_id() for _ in range(5)]
        given = [(0, "check_in"), (1, "check_in"), (2, "check_in"), (3, "check_in"), (0, "love_map")]
        for ident, (back, exercise) in zip(prompts, given, strict=True):
            item = "home-smell" if exercise == "love_map" else None
            self._add(Prompt(id=ident, couple_id=couple_id, exercise=exercise, day=TODAY - back * DAY, item=item))
        db.session.flush()
        first, second = two
        said = [("chosen", 0, two), ("kept", 1, two), ("sealed", 2, (first,)), ("sealed", 3, (second,))]
        for what, at, authors in said:
            for who in authors:
                self._add(self._response(prompts[at], TODAY - at * DAY, who, word(what, number, who)))
        sittings = {}
        for who in two:
            sittings[who] = self._around(number, couple_id, who, prompts)
        db.session.flush()
        if weeks:
            rows = [{**row, "couple_id": couple_id} for who in two for row in self._weeks[who]]
            db.session.execute(WeeklyScore.__table__.insert(), rows)
        homework, sessions, notes = zip(*(self._cared(number, couple_id, two, at) for at in (0, 1)), strict=True)
        return Laid(number, couple_id, two, prompts[0], sittings, homework, sessions, notes)

    def _around(self, number: int, couple_id: str, who: int, prompts: Sequence[str]) -> tuple[str, str]:
        """What one has besides: a draft, thanks, and three sittings. The ids of those that may be opened."""
        person, couple = self.people[who], Couple(id=couple_id)
        for ident in prompts[2:4]:
            # Chosen before it was open to both, or taken back since: in no case for anybody to read.
            self._add(*(Shown(prompt_id=ident, author_id=person.id, therapist_id=doctor.id, shown_at=NOW)
                        for doctor in self.doctors))  # fmt: skip
        typed = {"typed": [["answer", self._said(word("draft", number, who))]]}
        thanks = {"thanks": self._said(word("thanks", number, who))}
        key = self._keys[person.id]
        self._add(
            Draft(prompt_id=prompts[4], author_id=person.id, saved_at=NOW,
                  words=seal_words(key, "drafts", prompts[4], person.id, typed)),
            Mark(prompt_id=prompts[0], author_id=person.id, value=7, marked_at=NOW,
                 words=seal_words(key, "marks", prompts[0], person.id, thanks)),
        )  # fmt: skip
        value = self._sat[who]
        sat = [
            make_sitting(couple, person, of, value=value, private=value - 1 if of == "balance" else None, at=at)
            for of, at in (
                ("balance", NOW - (TODAY - sat_on(who))),
                ("satisfaction", NOW - (TODAY - sat_on(who, 1))),
                ("satisfaction", NOW - 90 * DAY),
            )
        ]
        self._add(*sat)
        return sat[0].id, sat[1].id

    def _response(self, prompt: str, day: date, who: int, said: Word) -> Response:
        person = self.people[who]
        told = {
            "feelings": [],
            "need": "space",
            "guess_need": "space",
            "high": self._said(said),
            "low": "",
            "challenge": "",
        }
        sealed = seal_words(self._keys[person.id], "responses", prompt, person.id, told)
        return Response(
            prompt_id=prompt, author_id=person.id, ratings=RATINGS, words=sealed, given_on=day, submitted_at=NOW
        )

    def _cared(self, number: int, couple_id: str, two: tuple[int, int], at: int) -> tuple[str, str, str]:
        """What a therapist has of a couple: homework, a session, a note. The ids of these."""
        doctor, ids = self.doctors[at], [new_id() for _ in range(3)]
        session, note = new_id(), new_id()
        facts = {"couple_id": couple_id, "therapist_id": doctor.id, "pauses": [], "created_at": NOW}
        said = self._sealed(doctor, note_about(ids[0], doctor.id), self._said(word("note", number, at)))
        days: list[dict[str, Any]] = [{"weekdays": EVERY_DAY, "dates": [], "first": TODAY - 2 * DAY, "note": said}]
        days += [{"weekdays": 0, "dates": [TODAY.isoformat()], "first": TODAY, "last": TODAY}] * 2
        for ident, exercise, when in zip(ids, ("check_in", "appreciation", "mirroring"), days, strict=True):
            self._add(Homework(id=ident, series_id=ident, exercise=exercise, **facts, **when))
        # The session of the one is today, that of the other tomorrow, so that its brief takes two looks.
        self._add(Session(id=session, therapist_id=doctor.id, couple_id=couple_id, day=TODAY + at * DAY))
        noted = self._sealed(doctor, noted_about(note, doctor.id), self._said(word("noted", number, at)))
        self._add(Note(id=note, therapist_id=doctor.id, couple_id=couple_id, words=noted, written_at=NOW))
        db.session.flush()
        for place, who in enumerate(two):
            person = self.people[who]
            line = self._sealed(person, line_about(session, person.id), word("line", number, at, who))
            self._add(
                BriefLine(session_id=session, author_id=person.id, words=line, written_at=NOW),
                HomeworkDay(homework_id=ids[0], person_id=person.id, day=TODAY, went=went(at, place), went_at=NOW),
                self._skipped(ids[1], person, word("because", number, at, who), shared=True),
                self._skipped(ids[2], person, word("unsaid", number, at, who), shared=False),
            )
        return ids[0], session, note

    def _skipped(self, homework: str, person: Person, because: Word, *, shared: bool) -> HomeworkDay:
        row = HomeworkDay(homework_id=homework, person_id=person.id, day=TODAY, skipped_at=NOW)
        row.because = self._sealed(person, because_about(row), self._said(because))
        row.shared_at = NOW if shared else None
        return row

    def _sealed(self, person: Person, about: str, text: str) -> bytes:
        return seal(self._keys[person.id], text, about)

    def _add(self, *rows: Model) -> None:
        db.session.add_all(rows)
