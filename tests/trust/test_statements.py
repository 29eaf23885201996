"""A page costs as many statements after a year as on the first day."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import AuthSession, Person
from app.assessments.models import Assessment, Release
from app.core.crypto import Vault
from app.core.db import Model, db, transaction
from app.core.ids import new_id
from app.couples.models import Couple, Invitation, Membership
from app.exercises.models import (
    APPRECIATION,
    CHECK_IN,
    LOVE_MAP,
    MIRRORING,
    Amendment,
    DayTogether,
    Draft,
    Mark,
    Prompt,
    Response,
    Turn,
)
from app.exercises.service import catalogue
from app.exercises.words import seal_words
from app.guided.models import Occasion
from app.push import service as push
from app.reminders import service as reminders
from app.therapist.models import CLASSES, Consent, Guest, Homework
from tests.factories import ISO_WEEK, MASTER, NOW, TODAY, make_couple, make_person, make_sitting
from tests.guided.rows import END, make_occasion
from tests.reminders.people import visitor_of

LITTLE, MUCH = 1, 400
"""Days of the couple, of the one before it, and everything else in proportion."""

ALLOWED = {"today.show": 3, "history.index": 4, "accounts.show_settings": 1, "site.show_privacy": 1}
"""The most that a page may cost, where we have promised something."""

WORDS = {
    CHECK_IN: {"feelings": [], "need": "space", "guess_need": "help", "high": "a walk"},
    APPRECIATION: {"text": "soup"},
    LOVE_MAP: {"answer": "bread", "guess": "rain"},
}
RATINGS = dict.fromkeys(("mood", "stress", "understood", "valued", "supported", "guess_mood", "guess_stress"), 7)

Year = Callable[[int, int], None]


@pytest.fixture
def live(app: Flask, save: Callable[..., Any], ana: Person, ben: Person, couple: Couple) -> Year:
    """`live(1, 400)`: let Ana and Ben have these days (1 is today, 2 yesterday …), and as many in a couple now over."""
    over = make_couple(ana, ben, since=TODAY - timedelta(days=900))
    over.ended_at = NOW - timedelta(days=450)
    for membership in over.memberships:
        membership.left_at = over.ended_at
    save(over)

    def days(first: int, last: int) -> None:
        rows: dict[type[Model], list[dict[str, Any]]] = {}
        for number in range(first, last + 1):
            for kind, row in a_day(couple, ana, ben, TODAY - timedelta(days=number - 1)):
                rows.setdefault(kind, []).append(row)
            for kind, row in a_day(over, ana, ben, TODAY - timedelta(days=number + 499)):
                rows.setdefault(kind, []).append(row)
            for kind, row in around(couple, ana, number):
                rows.setdefault(kind, []).append(row)
        with app.app_context(), transaction():
            for kind, many in rows.items():
                db.session.execute(kind.__table__.insert(), many)

    return days


def a_day(couple: Couple, ana: Person, ben: Person, day: date) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    """(table, row) of all that the two did on a day: everything that there is."""
    at = NOW - (TODAY - day)
    yield DayTogether, {"couple_id": couple.id, "day": day}
    for name, exercise in catalogue().exercises.items():
        ident, items = new_id(), sorted(exercise.items)
        item = items[day.toordinal() % len(items)] if items else None
        yield Prompt, {"id": ident, "couple_id": couple.id, "day": day, "exercise": name, "take": 1, "item": item}
        for number, person in enumerate((ana, ben), start=1):
            who = {"prompt_id": ident, "author_id": person.id}
            text, said = {"text": "soup"}, {"kind": "speak", "round": 1, "attempt": 1, "rating": 7, "together": False}
            if name == MIRRORING:
                words = sealed(person, "turns", f"{ident}.{number}", text)
                yield Turn, {**who, **said, "number": number, "words": words, "taken_at": at}
                yield (
                    Draft,
                    {**who, "words": sealed(person, "drafts", ident, {"typed": [["text", "so"]]}), "saved_at": at},
                )
                continue
            words = sealed(person, "responses", ident, WORDS[name])
            given = {"ratings": RATINGS if name == CHECK_IN else {}, "words": words, "given_on": day, "opened_on": day}
            yield Response, {**who, **given, "submitted_at": at}
            value, thanks = (60 if name == LOVE_MAP else 7), sealed(person, "marks", ident, {"thanks": "you"})
            yield Mark, {**who, "value": value, "words": thanks, "marked_at": at}
            later = {"number": 1, "field": "text", "words": sealed(person, "amendments", f"{ident}.1", text)}
            yield Amendment, {**who, **later, "amended_at": at}
    if (TODAY - day).days % 4 == 0:
        for row in make_occasion(couple, (ana, ben), until=END, begun_at=at, words="for you"):
            yield type(row), {column.key: getattr(row, column.key) for column in row.__table__.columns}


def around(couple: Couple, ana: Person, number: int) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    """(table, row) of what an account gathers beside its words."""
    at = NOW - timedelta(minutes=number)
    times = {"created_at": at, "expires_at": NOW + timedelta(days=1)}
    session = {"id": new_id(), "token_hash": new_id(), "person_id": ana.id, "label": "Firefox on Linux"}
    yield AuthSession, {**session, **times, "seen_on": TODAY, "fresh_until": at}
    invitation = {"id": new_id(), "couple_id": couple.id, "inviter_id": ana.id, "code_hash": new_id()}
    yield Invitation, {**invitation, **times, "withdrawn_at": at}
    sitting = make_sitting(couple, ana, at=NOW - timedelta(weeks=number))
    yield Assessment, {column.key: getattr(sitting, column.key) for column in Assessment.__table__.columns}
    opened = {"id": new_id(), "assessment_id": sitting.id, "part": "private", "audience": "partner"}
    yield Release, {**opened, "released_at": at, "withdrawn_at": at}


def lengthen(app: Flask, ana: Person, prompts: list[str]) -> None:
    """Let the prompts of today have been talked about again and again."""
    rows = []
    with app.app_context(), transaction():
        for prompt in db.session.query(Prompt).where(Prompt.id.in_(prompts), Prompt.exercise != MIRRORING):
            for number in range(2, 40):
                words = sealed(ana, "amendments", f"{prompt.id}.{number}", {"text": "better"})
                who = {"prompt_id": prompt.id, "author_id": ana.id, "number": number}
                rows.append({**who, "field": "text", "words": words, "amended_at": NOW})
        db.session.execute(Amendment.__table__.insert(), rows)


def sealed(person: Person, table: str, row: str, words: dict[str, Any]) -> bytes:
    """Words as they lie in a row."""
    return seal_words(Vault(MASTER).unwrap(person.key.wrapped, person.id), table, row, person.id, words)


@pytest.mark.only_on("sqlite")
def test_no_page_costs_more_statements_when_there_is_more(app, as_user, statements, live: Year, ana, couple) -> None:
    browser = as_user(ana)
    live(LITTLE, LITTLE)
    with app.app_context():
        prompts = [each.id for each in db.session.query(Prompt).where(Prompt.couple_id == couple.id)]
        sat = [each.id for each in db.session.query(Assessment).where(Assessment.person_id == ana.id)]
        there = db.session.scalars(db.select(Occasion.id).where(Occasion.couple_id == couple.id)).all()
    ways = {"prompt_id": prompts, "sitting_id": sat, "occasion_id": there[:1], **told(app, browser, ana)}
    few = dict(counted(app, browser, statements, ways))
    live(LITTLE + 1, MUCH)
    lengthen(app, ana, prompts)
    many = dict(counted(app, browser, statements, ways))
    assert many == few
    assert len(many) > 30
    for endpoint, most in ALLOWED.items():
        with app.test_request_context():
            assert few[app.url_map.bind("localhost").build(endpoint)] <= most, endpoint


def told(app: Flask, browser: FlaskClient, ana: Person) -> dict[str, list[str]]:
    """The parts of addresses that Ana is told of when she asks for reminders as a calendar and by e-mail."""
    with app.app_context(), transaction():
        push.rotate_keys(now=NOW)
    address = re.search(r"/reminders/calendar/([\w-]+)\.ics", browser.post("/reminders/calendar").text)
    browser.post("/reminders/mail", data={"address": "ana@example.org"})
    with app.app_context():
        mail = reminders.mail_of(visitor_of(ana))
    assert address
    assert mail
    with app.app_context(), transaction():
        couple_id = db.session.scalars(select(Membership.couple_id).filter_by(person_id=ana.id, left_at=None)).one()
        guest = db.session.scalar(select(Guest))
        if guest is None:
            therapist = make_person("Thea", role="therapist")
            db.session.add(therapist)
            db.session.flush()
            guest = Guest(id=new_id(), therapist_id=therapist.id, couple_id=couple_id, asked_at=NOW)
            db.session.add(guest)
            db.session.flush()
            guest.opened_at = NOW
            for person_id in db.session.scalars(select(Membership.person_id).filter_by(couple_id=couple_id)):
                yes = {"person_id": person_id, "said_at": NOW, "given": True, **dict.fromkeys(CLASSES, False)}
                db.session.add(Consent(guest_id=guest.id, **yes))
            for exercise in (CHECK_IN, "heart_to_heart"):
                row = Homework(id=new_id(), couple_id=couple_id, therapist_id=guest.therapist_id, exercise=exercise)
                row.series_id, row.created_at, row.first, row.weekdays = row.id, NOW, TODAY - timedelta(days=MUCH), 127
                db.session.add(row)
        db.session.flush()
        given = db.session.scalars(select(Homework.id).filter_by(exercise=CHECK_IN)).one()
        db.session.expunge(guest)
    told = {"guest_id": [guest.id], "given_id": [given], "day": [TODAY.isoformat()]}
    return {"token": [address[1]], "code": [mail.code], **told}


def counted(app: Flask, browser: FlaskClient, statements: Any, ways: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    """(path, how many statements it costs) for each page, when it is not the first look, and for each download."""
    ways = {**ways, "exercise": list(WORDS), "digest": ["latest"], "name": ["css/tokens.css"], "topic_id": ["money"]}
    ways |= {"week": [ISO_WEEK], "year": [str(TODAY.year)], "instrument": ["balance", "satisfaction"], "number": ["1"]}
    ways |= {"step": ["listen-first"]}
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and app.extensions["policies"][rule.endpoint] != "therapist":
            others = {name: ways[name][0] for name in rule.arguments}
            for name in rule.arguments & {"prompt_id", "exercise", "sitting_id"} or {""}:
                for value in ways.get(name, [""]):
                    path = app.url_map.bind("localhost").build(
                        rule.endpoint, {**others, **({name: value} if name else {})}
                    )
                    yield path, cost(browser.get, path, statements)
    for path in ("/export", "/export/research"):
        yield f"POST {path}", cost(browser.post, path, statements)


def cost(ask: Callable[..., Any], path: str, statements: Any) -> int:
    """How many statements the second of two requests takes."""
    ask(path)
    with statements() as seen:
        answer = ask(path)
    assert answer.status_code in {200, 303}, path
    return len(seen)
