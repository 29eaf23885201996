"""Everybody who may come to the door, and everything they may ask for: one row of each, with whose it is."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts.models import IDLE, AuthSession, Person
from app.accounts.service import end_token, open_session
from app.accounts.service.sessions import hash_of
from app.caseload.models import Note, Session
from app.core.crypto import Vault, seal
from app.core.db import db, transaction
from app.core.ids import new_id
from app.couples.models import Invitation
from app.exercises.models import LOVE_MAP, Response
from app.exercises.words import seal_words
from app.push.models import PushSubscription, VapidKey
from app.reminders import service as reminders
from app.reminders.models import Reminder, ReminderSlot
from app.therapist.models import CLASSES, Consent, CoupleCode, Guest, Homework, HomeworkTemplate, OwnExercise
from app.therapist.own_guide import begun, with_step
from tests.factories import ISO_WEEK, MASTER, NOW, TODAY, make_couple, make_passkey, make_person, make_prompt
from tests.reminders.people import visitor_of

STRANGERS = ("nobody", "ended", "expired", "disabled")
TWO = ("partner", "other partner", "other couple")
ALONE = ("alone", "former", "inviter", "claimant")
KINDS = (*STRANGERS, *TWO, *ALONE, "therapist")
"""Every kind of visitor. A disabled person's session never ended; a former partner has left; a claimant is not yet
confirmed by the inviter; a therapist has the consent of Hal and Ivy, who are no visitors."""

PEOPLE = {
    "ended": "Ana",
    "expired": "Ana",
    "disabled": "Hal",
    "partner": "Ana",
    "other partner": "Ben",
    "other couple": "Dina",
    "alone": "Carol",
    "former": "Fay",
    "inviter": "Ida",
    "claimant": "Jon",
    "therapist": "Thea",
}
EVERYBODY = frozenset(KINDS)
NEVER = "n" * 22
"""An id that nothing ever had."""

FEED = "f" * 32
"""The secret in the address of somebody's calendar: whoever has it may read that."""


@dataclass(frozen=True)
class Known:
    """A value for a part of a URL, and whom it leads somewhere."""

    value: str
    owners: frozenset[str] = EVERYBODY


@dataclass
class World:
    """Who there is, with the token of each kind, and the values for each argument of a route."""

    app: Flask
    people: dict[str, Person]
    tokens: dict[str, str]
    values: dict[str, list[Known]]
    left: str
    """The prompt of the couple that the former partner has left."""

    def browser(self, kind: str, app: Flask | None = None) -> FlaskClient:
        """A plain browser of this kind of visitor, which leaves it to others to judge the pages."""
        browser = FlaskClient(app or self.app, self.app.response_class)
        browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        if kind in self.tokens:
            browser.set_cookie("attune", self.tokens[kind])
        return browser

    def rules(self) -> list[Rule]:
        """All routes of the app."""
        return sorted(self.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))

    def paths(self, rule: Rule) -> Iterator[tuple[str, str, Known]]:
        """Each way to ask for a route: (path, the same path to what never was, or "", and whom it leads somewhere).

        One argument at the most says whose it is.
        """
        build = self.app.url_map.bind("localhost").build
        telling = next(filter(self.tells, sorted(rule.arguments)), None)
        others = {name: self.values[name][0].value for name in rule.arguments - {telling}}
        if telling is None:
            yield build(rule.endpoint, others), "", Known("")
        else:
            never = build(rule.endpoint, {**others, telling: NEVER})
            for known in self.values[telling]:
                yield build(rule.endpoint, {**others, telling: known.value}), never, known

    def path(self, rule: Rule, kind: str) -> str:
        """A path to ask for a route by, to something of this visitor's own where there is any."""
        ways = {kind in known.owners: path for path, _never, known in self.paths(rule)}
        return ways.get(True) or ways[False]

    def tells(self, name: str) -> bool:
        """Whether an argument is the id of something that belongs to somebody."""
        return any(known.owners != EVERYBODY for known in self.values[name])


COUPLES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("Fay", "Gus"): (),
    ("Ana", "Ben"): ("partner", "other partner"),
    ("Dina", "Eli"): ("other couple",),
    ("Hal", "Ivy"): (),
    ("Carol",): ("alone",),
    ("Fay",): ("former",),
    ("Ida",): ("inviter",),
    ("Jon",): ("claimant",),
}
"""Who is in a couple, and which kinds of visitor its prompt belongs to. The first one has ended."""

GUESTS = (("Ana", "Ben"), ("Dina", "Eli"), ("Hal", "Ivy"))
"""The couples that the therapist has asked; the last one has let them in."""


def build(app: Flask, save: Callable[..., Any]) -> World:
    """One of each, saved. Everybody who can has answered today's question, so that every act finds something."""
    names = {name for couple in COUPLES for name in couple} | {"Thea"}
    roles = {"Thea": {"role": "therapist"}, "Hal": {"disabled_at": NOW - timedelta(days=1)}}
    people = {name: make_person(name, **roles.get(name, {})) for name in sorted(names)}
    couples = {who: make_couple(*(people[name] for name in who)) for who in COUPLES}
    over = couples["Fay", "Gus"]
    over.ended_at = NOW - timedelta(days=2)
    for membership in over.memberships:
        membership.left_at = over.ended_at
    prompts = {who: make_prompt(couple, LOVE_MAP, item="home-smell") for who, couple in couples.items()}
    claimed = Invitation(
        id=new_id(),
        couple_id=couples["Ida",].id,
        inviter_id=people["Ida"].id,
        claimed_by=people["Jon"].id,
        code_hash="0" * 64,
        created_at=NOW,
        claimed_at=NOW,
        expires_at=NOW + timedelta(hours=72),
    )
    known = {
        "prompt_id": [Known(prompts[who].id, frozenset(owners)) for who, owners in COUPLES.items()],
        "invitation_id": [Known(claimed.id, frozenset({"inviter"}))],
        "exercise": [Known(LOVE_MAP)],
        "digest": [Known("latest")],
        "week": [Known(ISO_WEEK)],
        "year": [Known(str(TODAY.year))],
        "name": [Known("css/tokens.css")],
        "token": [Known(FEED)],
    }
    answers = [_answer(prompt.id, people[name]) for who, prompt in prompts.items() for name in who]
    left = prompts["Fay", "Gus"].id
    for rows in (people, couples, prompts):
        save(*rows.values())
    save(claimed, *answers)
    passkeys = {kind: make_passkey(people[PEOPLE[kind]]) for kind in ("partner", "other couple", "therapist")}
    # Of one that is the last a therapist has, nobody could be told whether it is let in.
    save(*passkeys.values(), make_passkey(people["Thea"]))
    known |= _let_in(save, people, couples) | _assign(save, people, couples)
    known["note_id"] = [Known(_meet(save, people["Thea"], couples["Hal", "Ivy"]))]
    known["passkey_id"] = [Known(passkey.id, frozenset({kind})) for kind, passkey in passkeys.items()]
    known |= _ring(app, save, {"partner": people["Ana"], "other couple": people["Dina"]})
    tokens, sessions = _sign_in(app, people)
    known["session_id"] = [Known(ident, _owners(kind)) for kind, ident in sessions.items()]
    return World(app, people, tokens, known, left)


def _let_in(save: Callable[..., Any], people: dict[str, Person], couples: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    """A therapist who is the guest of one couple, and asks two others."""
    thea = people["Thea"].id
    code = CoupleCode(id=new_id(), therapist_id=thea, code_hash="0" * 64, created_at=NOW)
    guests = {who: Guest(id=new_id(), therapist_id=thea, couple_id=couples[who].id, asked_at=NOW) for who in GUESTS}
    guests["Hal", "Ivy"].opened_at = NOW
    save(code, *guests.values())
    said = {"guest_id": guests["Hal", "Ivy"].id, "said_at": NOW, "given": True, **dict.fromkeys(CLASSES, True)}
    save(*(Consent(person_id=people[name].id, **said) for name in ("Hal", "Ivy")))
    return {
        "code_id": [Known(code.id, frozenset({"therapist"}))],
        "couple_id": [
            Known(couples[who].id, frozenset({"therapist"} if who == ("Hal", "Ivy") else ())) for who in GUESTS
        ],
    }


def _assign(save: Callable[..., Any], people: dict[str, Person], couples: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    """Homework of that therapist, with a set and an exercise of hers; and of another, whom two couples have let in."""
    otto, thea = make_person("Otto", role="therapist"), people["Thea"]
    save(otto)
    given = {who: _homework(couples[who], otto if who != ("Hal", "Ivy") else thea) for who in GUESTS}
    guests = {}
    for who in GUESTS[:2]:
        guest = guests[who] = Guest(
            id=new_id(), therapist_id=otto.id, couple_id=couples[who].id, asked_at=NOW, opened_at=NOW
        )
        save(guest, Session(id=new_id(), therapist_id=otto.id, couple_id=couples[who].id, day=TODAY))
        said = {"guest_id": guest.id, "said_at": NOW, "given": True, **dict.fromkeys(CLASSES, False)}
        save(*(Consent(person_id=people[name].id, **said) for name in who))
    own, kept = OwnExercise(id=new_id(), created_at=NOW), HomeworkTemplate(id=new_id(), created_at=NOW)
    step = {"kind": "read", "title": "Sit down", "text": "Near a window."}
    words = {own: with_step(begun("Doors"), step), kept: {"name": "First", "entries": []}}
    key = Vault(MASTER).unwrap(thea.key.wrapped, thea.id)
    for row, said in words.items():
        row.therapist_id = thea.id
        row.words = seal(key, json.dumps(said), f"{row.__tablename__}|{row.id}|words|{thea.id}")
    save(*given.values(), own, kept)
    return {
        "guest_id": [Known(guest.id, frozenset(COUPLES[who])) for who, guest in guests.items()],
        "given_id": [Known(given[who].id, frozenset(COUPLES[who])) for who in GUESTS],
        "homework_id": [Known(given["Hal", "Ivy"].id)],
        "own_id": [Known(own.id, frozenset({"therapist"}))],
        "set_id": [Known(kept.id)],
        "step_id": [Known("step-1")],
        "day": [Known(TODAY.isoformat())],
    }


def _meet(save: Callable[..., Any], thea: Person, couple: Any) -> str:
    """A session of today, and a note on the couple: its id."""
    ident, key = new_id(), Vault(MASTER).unwrap(thea.key.wrapped, thea.id)
    words = seal(key, "The letter.", f"therapist_notes|{ident}|words|{thea.id}")
    save(Session(id=new_id(), therapist_id=thea.id, couple_id=couple.id, day=TODAY))
    save(Note(id=ident, therapist_id=thea.id, couple_id=couple.id, words=words, written_at=NOW))
    return ident


def _homework(couple: Any, therapist: Person) -> Homework:
    ident = new_id()
    given = {"id": ident, "series_id": ident, "couple_id": couple.id, "therapist_id": therapist.id, "created_at": NOW}
    return Homework(**given, exercise=LOVE_MAP, first=TODAY, weekdays=127, dates=[], pauses=[])


def _ring(app: Flask, save: Callable[..., Any], owners: dict[str, Person]) -> dict[str, list[Known]]:
    """A reminder, a device that rings and an address for each, and a calendar of the first: what they are asked for by.

    A person is told by their kind, and here no other kind is the same person.
    """
    key = VapidKey(id=new_id(), public="k" * 87, private=b"", created_at=NOW)
    save(key)
    known: dict[str, list[Known]] = {"slot_id": [], "subscription_id": [], "code": []}
    for hour, (kind, person) in enumerate(owners.items(), 18):
        slot = ReminderSlot(id=new_id(), zone="UTC", at=hour * 60, weekdays=1, window=60, next_due_at=NOW, cursor="")
        device = PushSubscription(id=new_id(), person_id=person.id, key_id=key.id, endpoint_hash=person.id, address=b"")
        device.service, device.label, device.created_at, device.synced_on = "push.example", "Firefox", NOW, TODAY
        save(slot)
        save(Reminder(slot_id=slot.id, person_id=person.id), device)
        known["slot_id"].append(Known(slot.id, frozenset({kind})))
        known["subscription_id"].append(Known(device.id, frozenset({kind})))
        with app.app_context(), transaction():
            reminders.edit_mail(visitor_of(person), f"{person.login}@example.org", now=NOW)
            reminders.edit_settings(
                person.id, feed_hash=Vault(MASTER).fingerprint(FEED if kind == "partner" else kind, "calendar-feed")
            )
            mail = reminders.mail_of(visitor_of(person))
        assert mail is not None
        known["code"].append(Known(mail.code, frozenset({kind})))
    return known


def _answer(prompt_id: str, author: Person) -> Response:
    key = Vault(MASTER).unwrap(author.key.wrapped, author.id)
    words = seal_words(key, "responses", prompt_id, author.id, {"answer": "bread", "guess": "rain"})
    given = {"ratings": {}, "words": words, "given_on": TODAY, "submitted_at": NOW}
    return Response(prompt_id=prompt_id, author_id=author.id, **given)


def _owners(kind: str) -> frozenset[str]:
    """Who may end the session of a kind: the same person, if it has not ended yet."""
    same = {each for each in PEOPLE if PEOPLE[each] == PEOPLE[kind] and kind != "ended"}
    return frozenset(same - set(STRANGERS))


def _sign_in(app: Flask, people: dict[str, Person]) -> tuple[dict[str, str], dict[str, str]]:
    """(kind → token, kind → the id of the session)."""
    tokens, sessions = {}, {}
    with app.app_context(), transaction():
        for kind, name in PEOPLE.items():
            since = NOW - IDLE if kind == "expired" else NOW
            tokens[kind] = open_session(people[name], "Firefox on Linux", now=since)
        end_token(tokens["ended"], now=NOW)
    with app.app_context():
        for kind, token in tokens.items():
            sessions[kind] = db.session.scalars(select(AuthSession.id).filter_by(token_hash=hash_of(token))).one()
    return tokens, sessions
