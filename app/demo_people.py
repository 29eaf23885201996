"""The people of the demo: they register, find each other as anybody would, and then their stories are written."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from app import demo_path
from app.accounts import service as accounts
from app.accounts.models import THERAPIST, Person
from app.accounts.one_time import STEP, code_at
from app.accounts.service import Particulars, Visitor
from app.backup import Progress
from app.couples import service as couples
from app.couples.service import Pair
from app.demo_care import take_care
from app.demo_caseload import give_caseload
from app.demo_occasions import hold, plan_ahead
from app.demo_rows import DAY, Calendar
from app.demo_sittings import sit
from app.demo_story import Story
from app.reminders import service as reminders
from app.reminders.models import WINDOW
from app.scores import service as scores
from app.therapist import service as therapist

CONTENT = Path(__file__).parent / "content" / "demo.toml"
GUEST = "thea"
"""Who is a guest of couples."""

STEPS = 4
"""How many steps of `progress` there are, the first before anything is written."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Somebody of the demo: how to sign in as them, who they are, and what there is to look at."""

    login: str
    name: str
    about: str
    look: str


def everybody() -> list[MadeUp]:
    """All who can be signed in as, the therapist last."""
    people: dict[str, dict[str, Any]] = _content()["people"]
    return [MadeUp(login, each["name"], each["about"], each["look"]) for login, each in people.items()]


def password() -> str:
    """Everybody's."""
    return str(_content()["password"])


def digits(now: datetime) -> str:
    """The six digits that the therapist's app shows now."""
    return code_at(_content()["people"][GUEST]["digits"], int(now.timestamp()) // STEP)


def write(calendar: Calendar, hashes: Mapping[str, str], progress: Progress) -> None:
    """Write everybody, inside a transaction. `hashes`: login → that of their password."""
    since = {name: calendar.today - (told["days"] - 1) * DAY for name, told in _stories().items()}
    since["before_noor"] -= _stories()["sam_and_noor"]["days"] * DAY

    people: dict[str, Person] = {}

    def register(login: str, story: str) -> Person:
        particulars = Particulars(login, _content()["people"][login]["name"], calendar.zone, "en")
        person = accounts.register(particulars, hashes[login], now=calendar.at(since[story], 6))
        accounts.renew_codes(person)
        people[login] = person
        _ask_to_be_told(person, _content()["people"][login].get("reminders", ()), now=calendar.at(since[story], 7))
        return person

    def tell(story: str, pair: Pair) -> None:
        Story(story, _stories()[story], pair, since[story], calendar).write()

    sam = register("sam", "before_noor")
    tell("before_noor", _alone(sam, calendar.at(since["before_noor"], 6)))
    noor = register("noor", "sam_and_noor")
    tell("sam_and_noor", _joined(sam, noor, calendar.at(since["sam_and_noor"], 6.5)))
    _do_more(_pair(sam), _pair(noor), calendar)
    progress(2, STEPS)
    kim, robin = (register(login, "kim_and_robin") for login in ("kim", "robin"))
    tell("kim_and_robin", _joined(kim, robin, calendar.at(since["kim_and_robin"], 6.5)))
    progress(3, STEPS)
    alex = register("alex", "alex")
    tell("alex", _alone(alex, calendar.at(since["alex"], 6)))
    couples.invite(_pair(alex), now=calendar.at(calendar.today - DAY, 19))
    for told in _content()["sittings"]:
        sit(_pair(people[told["who"]]), told, calendar)
    _take_care(hashes[GUEST], {who: _pair(people[who]) for who in ("sam", "noor")}, calendar)
    progress(STEPS, STEPS)


def _take_care(password_hash: str, pairs: Mapping[str, Pair], calendar: Calendar) -> None:
    """A therapist, who shows more than a password, and twelve couples who have let her in: these two, and eleven."""
    began = calendar.at(calendar.today - 60 * DAY, 9)
    told = _content()["people"][GUEST]
    guest = accounts.register(Particulars(GUEST, told["name"], calendar.zone, "en"), password_hash, now=began)
    guest.role = THERAPIST
    accounts.renew_codes(guest)
    accounts.begin_app(guest, told["digits"])
    accounts.confirm_app(guest, digits(began), now=began)
    therapist.edit_practice(guest, name="The Green Door", policy="none", own="")
    give_caseload(guest, calendar)
    take_care(guest, _visitor, _stories()["sam_and_noor"]["care"], pairs, calendar)


def _do_more(sam: Pair, noor: Pair, calendar: Calendar) -> None:
    """What the two do beside their days: longer exercises, the path, and looking at their weeks together."""
    story = _stories()["sam_and_noor"]
    hold(sam, story, calendar)
    plan_ahead(noor, story, calendar)
    for pair in (sam, noor):
        scores.open_weeks(pair, now=calendar.at(calendar.today - 20 * DAY, 21))
    couples.edit_couple(noor, zone=calendar.zone, shows_answering=True)
    demo_path.write(story["path"], {"sam": sam, "noor": noor}, calendar)


def _ask_to_be_told(person: Person, times: Sequence[Mapping[str, str]], *, now: datetime) -> None:
    for time in times:
        hour, minute = map(int, time["at"].split(":"))
        weekdays = sum(1 << int(day) - 1 for day in time["days"])
        at, line = hour * 60 + minute, time["line"]
        reminders.add_reminder(_visitor(person), at=at, weekdays=weekdays, window=WINDOW, if_then=line, now=now)


def _alone(person: Person, at: datetime) -> Pair:
    couples.begin_alone(person, now=at)
    return _pair(person)


def _joined(first: Person, second: Person, at: datetime) -> Pair:
    """The two, after the first has invited and confirmed the second."""
    for person in (first, second):
        if couples.pair_of(_visitor(person)) is None:
            couples.begin_alone(person, now=at)
    couples.invite(_pair(first), now=at)
    invited = couples.invitation_of(_pair(first), now=at)
    assert invited is not None  # noqa: S101 - it has just been made
    couples.claim(_pair(second), invited.code, now=at)
    couples.confirm(_pair(first), invited.id, now=at)
    return _pair(first)


def _pair(person: Person) -> Pair:
    pair = couples.pair_of(_visitor(person))
    assert pair is not None  # noqa: S101 - everybody here has begun a couple
    return pair


def _visitor(person: Person) -> Visitor:
    """The person as a request of theirs would see them."""
    facts = (person.role, person.zone, person.locale, person.theme, person.key.wrapped)
    return Visitor(person.id, person.name, *facts, "", person.created_at.date(), person.created_at)


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    return tomllib.loads(CONTENT.read_text(encoding="utf-8"))


def _stories() -> dict[str, Any]:
    return {name: told for name, told in _content().items() if isinstance(told, dict) and "days" in told}
