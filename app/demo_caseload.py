"""A caseload for a therapist of the demo: eleven couples, each in a state that a couple may be in. Rows, cheaply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.accounts.models import Person, PersonKey
from app.caseload.models import Care, Session
from app.core.crypto import vault
from app.core.db import Model
from app.core.ids import new_id
from app.couples.models import QUINCE, SLOE, Couple, Membership
from app.demo_course import chance
from app.demo_rows import DAY, Calendar, id_of, lay_down
from app.exercises.models import CHECK_IN, DayTogether, Prompt, Response
from app.exercises.words import seal_words
from app.guided.models import Occasion
from app.guided.service import guides
from app.therapist.models import CLASSES, RESPONSES, SCORES, Consent, Guest, Homework, HomeworkDay

FELT = ("understood", "valued", "supported")

LONGER, SATURDAY = "heart_to_heart", 5

TABLES = (
    Person, Couple, Membership, Guest, Consent, Care, Session, Homework, HomeworkDay, Prompt, Response, DayTogether,
    Occasion,
)  # fmt: skip
"""In the order in which they point to each other."""

LOOKS = 4
"""Of ten days, on how many somebody opens what they then leave; and for how many days after they have stopped."""


@dataclass(frozen=True, slots=True)
class State:
    """How a couple is. `felt`: from and to over its days, for each; `does`: of ten days, how many each does.

    `stops`: for how many days one has not done anything. `longer`: whether they have something for Saturdays, too.
    `session`: in how many days, None for none.
    """

    names: tuple[str, str]
    days: int
    felt: tuple[tuple[int, int], tuple[int, int]]
    does: tuple[int, int] = (9, 9)
    stops: tuple[int, int] = (0, 0)
    shows: tuple[str, ...] = (SCORES, RESPONSES)
    session: int | None = None
    longer: bool = False
    rests: bool = False
    archived: bool = False


STATES = (
    State(("Mara", "Jonas"), 56, ((3, 9), (4, 9)), longer=True, session=1),
    State(("Yusuf", "Lea"), 56, ((8, 4), (7, 6)), (8, 9), session=2),
    State(("Tess", "Oskar"), 49, ((7, 7), (7, 7)), (9, 9), (0, 9), session=4),
    State(("Iris", "Paul"), 42, ((6, 6), (6, 6)), (6, 5), (10, 10)),
    State(("Amir", "Sofie"), 56, ((9, 9), (5, 5)), session=6),
    State(("Kaya", "Finn"), 3, ((7, 7), (6, 6)), session=3),
    State(("Elif", "Tom"), 35, ((5, 7), (6, 7)), (10, 7), session=12),
    State(("Clara", "Hugo"), 28, ((7, 7), (7, 7)), (8, 8), shows=()),
    State(("Vera", "Nils"), 49, ((6, 6), (7, 7)), rests=True),
    State(("Dora", "Emil"), 56, ((4, 7), (5, 8)), (7, 8), longer=True, session=5),
    State(("Pia", "Leon"), 56, ((8, 8), (8, 8)), archived=True),
)
"""Doing well; sinking; one has stopped; both have; far apart; the first week; one does more; shows no scores;
on a break; slowly up; done and put away."""


def give_caseload(therapist: Person, calendar: Calendar) -> None:
    """Let this therapist have these couples, inside a transaction. Nobody can sign in as one of them.

    Their weeks follow from what they gave, once scores are worked out.
    """
    couples = (_Couple(therapist, calendar, state, number) for number, state in enumerate(STATES))
    lay_down([row for couple in couples for row in couple.rows()], TABLES)


class _Couple:
    """One of them, as rows."""

    def __init__(self, therapist: Person, calendar: Calendar, state: State, number: int) -> None:
        self._therapist, self._calendar, self._state = therapist, calendar, state
        self._luck, self._looks = chance("caseload", number), chance("opened", number)
        self._first = calendar.today - (state.days - 1) * DAY
        self._keys: dict[str, bytes] = {}
        self._made: list[Model] = []
        self._together: set[date] = set()

    def rows(self) -> list[Model]:
        """All of them, not yet written."""
        people = [self._person(name) for name in self._state.names]
        couple = Couple(id=new_id(), zone=self._calendar.zone, created_at=self._calendar.at(self._first, 6))
        self._made += [*people, couple]
        for person, side in zip(people, (QUINCE, SLOE), strict=True):
            self._made.append(Membership(couple_id=couple.id, person_id=person.id, side=side, joined_on=self._first))
        self._open(couple, people)
        daily = self._assign(couple, CHECK_IN, 127)
        for number in range(self._state.days):
            self._check_in(couple, people, number, daily)
        if self._state.longer:
            self._evenings(couple, people)
        self._made += [DayTogether(couple_id=couple.id, day=day) for day in sorted(self._together)]
        return self._made

    def _person(self, name: str) -> Person:
        ident = new_id()
        wrapped = vault().new_key(ident)
        self._keys[ident] = vault().unwrap(wrapped, ident)
        facts = {"zone": self._calendar.zone, "locale": "en", "theme": "auto", "password_hash": "-"}
        made = self._calendar.at(self._first, 6)
        return Person(id=ident, login=ident, name=name, created_at=made, key=PersonKey(wrapped=wrapped), **facts)

    def _open(self, couple: Couple, people: Sequence[Person]) -> None:
        """Both have said yes."""
        state, at = self._state, self._calendar.at(self._first, 7)
        guest = Guest(id=new_id(), therapist_id=self._therapist.id, couple_id=couple.id, asked_at=at, opened_at=at)
        self._made.append(guest)
        said = {"guest_id": guest.id, "said_at": at, "given": True, **{each: each in state.shows for each in CLASSES}}
        self._made += [Consent(person_id=person.id, **said) for person in people]
        archived = self._calendar.now if state.archived else None
        self._made.append(Care(therapist_id=self._therapist.id, couple_id=couple.id, archived_at=archived))
        days = [] if state.session is None else [state.session]
        days += [-14] if state.days > 21 else []
        for away in days:
            day = self._calendar.today + timedelta(days=away)
            self._made.append(Session(therapist_id=self._therapist.id, couple_id=couple.id, day=day))

    def _assign(self, couple: Couple, exercise: str, weekdays: int) -> str:
        ident, today = new_id(), self._calendar.today
        pauses = [[(today - 4 * DAY).isoformat(), None]] if self._state.rests else []
        homework = Homework(id=ident, series_id=ident, couple_id=couple.id, therapist_id=self._therapist.id)
        homework.exercise, homework.weekdays, homework.dates, homework.pauses = exercise, weekdays, [], pauses
        homework.first, homework.created_at = self._first, self._calendar.at(self._first, 8)
        self._made.append(homework)
        return ident

    def _evenings(self, couple: Couple, people: Sequence[Person]) -> None:
        """Saturdays: one of the two opens it some days before, and most of them they close it together."""
        given = self._assign(couple, LONGER, 1 << SATURDAY)
        variant = next(iter(guides()[LONGER].variants))
        what = {"couple_id": couple.id, "exercise": LONGER, "variant": variant, "first": QUINCE}
        days = [self._first + number * DAY for number in range(7, self._state.days - 1)]
        for number, day in enumerate(day for day in days if day.weekday() == SATURDAY):
            for person, before in zip(people, (3, number % 3), strict=True):
                self._opened(given, person, day, day - before * DAY)
            if number % 4 != 1:
                at = self._calendar.at(day, 20)
                ended = {"created_at": at, "begun_at": at, "ended_at": at + timedelta(minutes=40), "ended_on": day}
                self._made.append(Occasion(**what, **ended))
                self._together.add(day)

    def _opened(self, homework: str, person: Person, day: date, on: date) -> None:
        self._made.append(HomeworkDay(homework_id=homework, person_id=person.id, day=day, opened_on=on))

    def _check_in(self, couple: Couple, people: Sequence[Person], number: int, homework: str) -> None:
        state, day = self._state, self._first + number * DAY
        left, today = state.days - 1 - number, number == state.days - 1
        if state.rests and left <= 4:
            return
        does = [
            not today and left >= stopped and self._luck.randrange(10) < often
            for stopped, often in zip(state.stops, state.does, strict=True)
        ]
        for person, did, stopped in zip(people, does, state.stops, strict=True):
            # Who does not do it looks at it now and then, and for some days after they have stopped.
            if did or (self._looks.randrange(10) < LOOKS and left >= stopped - LOOKS):
                self._opened(homework, person, day, day)
        if not any(does):
            return
        prompt = Prompt(id=id_of("caseload", state.names, day), couple_id=couple.id, day=day, exercise=CHECK_IN)
        self._made.append(prompt)
        if all(does):
            self._together.add(day)
        for person, did, (begin, end) in zip(people, does, state.felt, strict=True):
            if did:
                met = begin + (end - begin) * number / max(state.days - 1, 1)
                self._made.append(self._response(prompt, person, self._ratings(met)))

    def _ratings(self, met: float) -> dict[str, int]:
        def near(value: float) -> int:
            return max(0, min(10, round(value + self._luck.gauss(0, 0.8))))

        felt = {name: near(met) for name in FELT}
        return {
            **felt,
            "mood": near(met),
            "stress": near(9 - met),
            "guess_mood": near(met),
            "guess_stress": near(9 - met),
        }

    def _response(self, prompt: Prompt, person: Person, ratings: Mapping[str, int]) -> Response:
        words = {"feelings": [], "need": "listening", "guess_need": "listening", "high": "", "low": "", "challenge": ""}
        sealed = seal_words(self._keys[person.id], "responses", prompt.id, person.id, words)
        at = self._calendar.at(prompt.day, 20 + self._luck.random())
        facts = {"given_on": prompt.day, "submitted_at": at, "opened_on": prompt.day}
        return Response(prompt_id=prompt.id, author_id=person.id, ratings=dict(ratings), words=sealed, **facts)
