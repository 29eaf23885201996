"""Whatever is sent, to every route that takes a form and in every field of it: a sentence, never an accident.

`CASES` lists each such route with its form and a body that is right; a new route fails here until it is listed.
"""

import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import quote_from_bytes
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts import forms as accounts
from app.accounts.models import AuthSession, Person
from app.accounts.one_time import STEP, code_at
from app.accounts.service import app_to_confirm, begin_app, confirm_app, invite_therapist, renew_codes
from app.assessments import forms as assessments
from app.assessments.paging import pages_of
from app.assessments.shelf import PLAIN, builtin
from app.caseload import forms as caseload
from app.caseload.models import Session
from app.core.db import Model, db, transaction
from app.core.errors import API
from app.core.forms import Choice, Choices, Form, Rating, Secret, Words, Yes
from app.core.ids import new_id
from app.couples import forms as couples
from app.couples.models import Couple, Invitation
from app.couples.signs import code_of
from app.data_rights import DeletionForm
from app.exercises import forms as exercises
from app.guided import forms as guided
from app.guided.shelf import load
from app.path import forms as way
from app.push import forms as push
from app.reminders import forms as reminders
from app.therapist import forms as therapist
from app.therapist.models import CLASSES, Consent, Guest, Homework
from tests.exercises.acts import ABOUT_TWO, ALONE, GUESSES, act, respond, unchecked
from tests.exercises.reading import parse, text
from tests.factories import NOW, PASSWORD, TODAY, make_couple, make_person, make_prompt, make_sitting
from tests.guided.rows import HEART, MEMORIES, TALK, make_occasion
from tests.trust.rows import keep, put_back

pytestmark = pytest.mark.only_on("sqlite")

FELT = {"feelings": "sad", "high": "the sea", "low": "the bus", "challenge": "time"}
QUESTIONS = pages_of(builtin()["balance", PLAIN])[0].items
YESTERDAY = TODAY - timedelta(1)
NEW_PASSWORD = "nine brown otters by the weir"


@dataclass(frozen=True)
class Case:
    """A route that takes a form: who sends what there that is right. CAPITALS stand for ids and codes of the world."""

    endpoint: str
    path: str
    form: type[Form]
    who: str
    body: dict[str, str]

    def __str__(self) -> str:
        return f"{self.path}-{self.form.__name__}"

    @property
    def fields(self) -> dict[str, Any]:
        return self.form().fields


AT_STEP = {
    "READING": (HEART, "read", {}),
    "WRITING": (TALK, "write", {"text": "for me"}),
    "REVEALING": (HEART, "reveal", {"text": "for both", "passing": "yes"}),
    "PICKING": (MEMORIES, "choose", {"lane": "both", "pick": "1"}),
    "CLOSING": (TALK, "rate", {"rating": "8", "text": "slow and good"}),
}
"""Occasions that have come to a step of each kind: of which exercise, and what one gives there."""


def step_of(exercise: str, kind: str) -> str:
    """The id of the first step of a kind, in the first variant."""
    variant = next(iter(load()[exercise].variants.values()))
    return next(step.id for step in variant.steps if step.kind == kind)


CASES = [
    Case("accounts.create_person", "/register", accounts.NewPerson, "nobody",
         {"login": "fay", "name": "Fay", "password": NEW_PASSWORD, "zone": "Europe/Madrid", "adult": "yes"}),
    Case("accounts.create_session", "/sign-in", accounts.SignIn, "nobody",
         {"login": "ana", "password": PASSWORD, "next": "/history", "shared": "yes"}),
    Case("accounts.create_second", "/sign-in/second", accounts.SecondStep, "half",
         {"code": "DIGITS", "next": "/history", "shared": "yes"}),
    Case("accounts.create_authenticator_confirmation", "/settings/authenticator/confirmation", accounts.Digits, "eli",
         {"digits": "FRESH"}),
    Case("accounts.create_welcome", "/therapists/invited", accounts.TherapistCode, "nobody", {"code": "WELCOME"}),
    Case("accounts.create_therapist", "/therapists/new", accounts.NewTherapist, "welcomed",
         {"login": "cleo", "name": "Cleo", "password": NEW_PASSWORD, "zone": "Europe/Madrid", "bound": "yes"}),
    Case("accounts.create_confirmation", "/confirm", accounts.Confirmation, "ana", {"password": PASSWORD}),
    Case("accounts.create_recovery", "/recovery", accounts.Recovery, "nobody",
         {"login": "ana", "code": "RECOVERY", "password": NEW_PASSWORD}),
    Case("accounts.update_password", "/settings/password", accounts.NewPassword, "ana",
         {"current_password": PASSWORD, "password": NEW_PASSWORD}),
    Case("accounts.update_account", "/settings/account", accounts.Account, "ana",
         {"name": "Ana María", "zone": "Europe/Madrid", "theme": "dark"}),
    Case("couples.create_invited", "/invited", couples.JoinForm, "nobody", {"code": "INVITATION"}),
    Case("couples.create_joining", "/joining", couples.JoinForm, "carol", {"code": "INVITATION"}),
    Case("couples.update_couple", "/couple", couples.CoupleForm, "ana",
         {"zone": "Europe/Madrid", "shows_answering": "yes"}),
    Case("data_rights.create_deletion", "/settings/deletion", DeletionForm, "ana", {"word": "erase"}),
    Case("path.create_aims", "/path/aims", way.AimsForm, "ana", {"aims": "worth"}),
    Case("path.create_line", "/path/listen-first/line", way.LineForm, "ana", {"text": "you look up"}),
    Case("path.create_wording", "/path/recommitment", way.WordingForm, "ana", {"wording": "We go on."}),
    Case("plan.update", "/plan", exercises.PlanForm, "ana",
         {"check_in": "1", "appreciation": "2", "mirroring": "3", "love_map": "7"}),
    Case("prompts.create_response", "/prompts/CHECK_IN/response", exercises.CheckInForm, "ana",
         {**ALONE, **ABOUT_TWO, **GUESSES, **FELT}),
    Case("prompts.create_response", "/prompts/ALONE_CHECK_IN/response", exercises.CheckInAloneForm, "carol",
         {**ALONE, **FELT}),
    Case("prompts.create_response", "/prompts/LOVE_MAP/response", exercises.LoveMapForm, "ana",
         {"answer": "rain", "guess": "smoke"}),
    Case("prompts.create_response", "/prompts/ALONE_LOVE_MAP/response", exercises.LoveMapAloneForm, "carol",
         {"answer": "rain"}),
    Case("prompts.create_response", "/prompts/APPRECIATION/response", exercises.AppreciationForm, "ana",
         {"text": "You sang"}),
    Case("prompts.create_turn", "/prompts/TALK/turn", exercises.TurnForm, "ana",
         {"step": "speak-1-1", "text": "I speak", "together": "yes"}),
    Case("prompts.create_turn", "/prompts/HEARD/turn", exercises.VerdictForm, "ana",
         {"step": "verdict-1-1", "heard": "4", "verdict": "missing", "text": "the end of it", "together": "yes"}),
    Case("prompts.create_mark", "/prompts/OPENED/mark", exercises.GuessMarkForm, "ana", {"closeness": "close"}),
    Case("prompts.create_mark", "/prompts/GIFT/mark", exercises.LandingForm, "ana", {"landed": "8", "thanks": "Oh!"}),
    Case("prompts.create_amendment", "/prompts/OPENED/amendment", exercises.AmendmentForm, "ana",
         {"field": "answer", "text": "rain on stone"}),
    Case("prompts.create_amendment", "/prompts/OPENED_CHECK_IN/amendment", exercises.AmendmentForm, "ana",
         {"field": "high", "text": "the sea at six"}),
    Case("sittings.update_page", "/sittings/BEGUN/pages/1", assessments.page_form(QUESTIONS), "ana",
         {**dict.fromkeys((item.id for item in QUESTIONS), "1"), "go": "next"}),
    Case("sittings.create_release", "/sittings/SAT/release", assessments.OpenForm, "ana",
         {"part": "private", "audience": "partner", "sure": "yes"}),
    Case("sittings.create_withdrawal", "/sittings/SAT/release/withdrawal", assessments.ShutForm, "ana",
         {"part": "answers", "audience": "partner"}),
    Case("therapist.create_invited", "/therapist-invited", therapist.GuestCodeForm, "nobody", {"code": "OWNCODE"}),
    Case("therapist.create_guest", "/therapist-access", therapist.GuestCodeForm, "ana", {"code": "OWNCODE"}),
    Case("therapist.update_guest", "/therapist-access/GUEST", therapist.ConsentForm, "ana",
         {"scores": "yes", "assessments": "yes", "responses": "yes"}),
    Case("homework.create_skipping", "/homework/HOMEWORK/TODAY/skipping", therapist.SkipForm, "ana",
         {"because": "the night", "share": "yes"}),
    Case("homework.create_rating", "/homework/DONE/YESTERDAY/rating", therapist.WentForm, "ana", {"went": "7"}),
    Case("therapist.create_homework", "/caseload/COUPLE/homework", therapist.HomeworkForm, "thea",
         {"exercise": "check_in", "weekdays": "3", "first": "TODAY", "last": "TODAY", "whom": "both",
          "note": "Slowly"}),
    Case("therapist.update_homework", "/caseload/COUPLE/homework/HOMEWORK", therapist.HomeworkForm, "thea",
         {"exercise": "check_in", "dates": "TODAY", "first": "TODAY", "last": "TODAY", "whom": "both",
          "note": "Later"}),
    Case("therapist.create_homework_pause", "/caseload/COUPLE/homework/HOMEWORK/pause", therapist.PauseForm, "thea",
         {"since": "TODAY", "until": "TODAY"}),
    Case("therapist.create_homework_of_set", "/caseload/COUPLE/homework-sets/listening", therapist.UseSetForm,
         "thea", {"first": "TODAY"}),
    Case("therapist.create_set", "/caseload/COUPLE/homework-sets", therapist.KeepSetForm, "thea", {"name": "Mine"}),
    Case("therapist.create_own", "/own-exercises", therapist.NewOwnForm, "thea", {"name": "Doors"}),
    Case("therapist.update_own", "/own-exercises/OWN", therapist.OwnForm, "thea",
         {"name": "Doors", "summary": "Where one comes in", "why": "To know", "minutes": "20", "intensity": "warm",
          "landing": "Tea", "closing": "What was new?"}),
    Case("therapist.create_own_step", "/own-exercises/OWN/steps", therapist.SpeakStep, "thea",
         {"kind": "speak", "title": "A door", "text": "Tell", "other": "Hear", "who": "first", "seconds": "90"}),
    Case("therapist.create_own_step", "/own-exercises/OWN/steps", therapist.ChooseStep, "thea",
         {"kind": "choose", "title": "A door", "text": "Tell", "options": "One\nTwo"}),
    Case("therapist.update_own_step", "/own-exercises/OWN/steps/step-1", therapist.WriteStep, "thea",
         {"kind": "write", "title": "A door", "text": "Tell", "label": "Door"}),
    Case("therapist.update_practice", "/practice", therapist.PracticeForm, "thea",
         {"name": "The Green Door", "policy": "own", "own": "I keep no secrets."}),
    Case("caseload.update_care", "/caseload/COUPLE", caseload.CareForm, "thea",
         {"session": "TODAY", "in_a_row": "3", "archived": "yes"}),
    Case("caseload.create_talked_over", "/caseload/COUPLE/talked-over", caseload.TalkedForm, "thea",
         {"homework": "HOMEWORK"}),
    Case("caseload.create_note", "/caseload/COUPLE/notes", caseload.NoteForm, "thea", {"words": "The letter"}),
    Case("caseload.create_export", "/caseload/COUPLE/export", caseload.ExportForm, "thea",
         {"whose": "couple", "format": "json", "named": "yes", "words": "yes"}),
    Case("caseload.update_notice", "/digest/notice", caseload.NoticeForm, "thea", {"weekday": "1", "hour": "8"}),
    Case("caseload.update_my_line", "/therapist-access/GUEST/brief", caseload.BriefLineForm, "ana",
         {"line": "The letter came"}),
    Case("caseload.update_answer", "/therapist-access/GUEST/answers", caseload.ShowAnswerForm, "ana",
         {"prompt": "OPENED", "shown": "yes"}),
    Case("reminders.create", "/reminders", reminders.ReminderForm, "ana",
         {"at": "20:30", "weekdays": "5", "window": "60", "if_then": "After the dishes, we open it."}),
    Case("reminders.update_settings", "/reminders/settings", reminders.SettingsForm, "ana",
         {"quiet_from": "23:00", "quiet_to": "06:30", "level": "warm", "several": "yes", "tells_opened": "yes",
          "tells_turn": "yes", "tells_week": "yes", "tells_occasion": "yes"}),
    Case("reminders.update_mail", "/reminders/mail", reminders.MailForm, "ana", {"address": "ana@example.org"}),
    Case("reminders.update_zone", "/reminders/zone", reminders.ZoneForm, "ana", {"zone": "Europe/Madrid"}),
    Case("shelf.create", f"/exercises/{HEART}/occasions", guided.OccasionForm, "ana",
         {"variant": next(iter(load()[HEART].variants)), "first": "sloe", "when": "later", "day": "2026-11-14",
          "at": "21:00", "together": "yes"}),
    Case("occasions.create_beginning", "/occasions/PLANNED/beginning", guided.BeginningForm, "ana",
         {"first": "sloe", "together": "yes"}),
    Case("occasions.update_time", "/occasions/PLANNED/time", guided.TimeForm, "ana",
         {"day": "2026-11-15", "at": "20:15"}),
    *(
        Case("occasions.create_move", f"/occasions/{name}/moves", guided.move_form(kind), "ana",
             {"step": step_of(exercise, kind), "lane": "quince", "number": "1", "together": "yes", **fields})
        for name, (exercise, kind, fields) in AT_STEP.items()
    ),
]  # fmt: skip

EITHER = {"weekdays", "dates"}
"""Fields of which a sound form has one."""

BY_SCRIPT = [
    Case("accounts.create_passkey_session", "/sign-in/passkey", accounts.PasskeyEntry, "nobody", {"answer": "{}"}),
    Case("accounts.create_passkey_confirmation", "/confirm/passkey", accounts.PasskeyProof, "ana", {"answer": "{}"}),
    Case("accounts.create_passkey", "/settings/passkeys", accounts.NewPasskey, "ana", {"answer": "{}", "name": "x"}),
    Case("push.create_subscription", "/push/subscription", push.DeviceForm, "ana",
         {"endpoint": "https://fcm.googleapis.com/x", "p256dh": "BA", "auth": "AA", "key": "BB", "asked": "yes"}),
    Case("push.create_shown", "/push/shown", push.ShownForm, "ana", {"id": "x.y"}),
    Case("push.create_later", "/push/later", push.ShownForm, "ana", {"id": "x.y"}),
]  # fmt: skip
"""Sent by a script of ours and by the worker, which read the status alone."""

ANY_FORM = {"occasions.create_draft", "prompts.create_draft"}
"""Keeps whatever is typed."""

NO_FORM = {
    "assessments.create_delay", "assessments.create_hint", "assessments.create_sitting", "assessments.end_hint",
    "sittings.create_deletion", "sittings.create_finish",
    "accounts.create_authenticator", "accounts.create_confirmation_options", "accounts.create_passkey_options",
    "accounts.create_sign_in_options", "accounts.destroy_authenticator", "accounts.destroy_passkey",
    "therapist.create_code", "therapist.create_code_withdrawal", "therapist.create_colleague",
    "therapist.create_ending", "therapist.create_own_code", "therapist.create_refusal",
    "therapist.create_homework_end", "therapist.create_own_copy", "therapist.destroy_homework_pause",
    "therapist.destroy_own", "therapist.destroy_own_step", "therapist.destroy_set", "therapist.update_own_step_earlier",
    "homework.destroy_skipping", "caseload.destroy_note", "caseload.end_notice",
    "accounts.create_codes", "accounts.destroy_session", "accounts.end_device", "accounts.end_other_devices",
    "couples.create_confirmation", "couples.create_invitation", "couples.create_joining_withdrawal",
    "couples.create_leaving", "couples.create_withdrawal", "data_rights.create_export", "data_rights.create_research",
    "history.create_deletion", "occasions.create_calling_off", "path.create_agreement", "path.create_deletion",
    "path.create_done", "path.create_undoing",
    "prompts.create_discarding", "prompts.create_keeping", "prompts.create_release", "prompts.create_setting_aside",
    "reminders.create_confirmation", "reminders.create_feed", "reminders.create_feed_withdrawal",
    "reminders.create_mail_withdrawal", "reminders.create_pause", "reminders.create_test",
    "reminders.destroy", "reminders.end_device", "reminders.end_pause",
    "weeks.create_opening", "weeks.create_withdrawal",
}  # fmt: skip
"""Read nothing of what is sent along, or an id alone."""

EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=str)

SURROGATE = b"a\xed\xa0\x80b"
NUL, BIDI = "a\0b", "a\u202eb\u2066c"

TAGS = [
    "<script>alert(1)</script>", "<ScRiPt src=//x.example>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<iframe srcdoc=x>", "<a href='javascript:alert(1)'>x</a>", "<body onload=alert(1)>", "<b onclick=alert(1)>x</b>",
    "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>", "<math><mi xlink:href=x>", "<template>x",
    "<style>*{}</style>", "<link rel=stylesheet href=x>", "<meta http-equiv=refresh content=0>", "<base href=//x>",
    "<form action=//x><button>x", "<object data=x>", "<video><source onerror=alert(1)>", "<textarea autofocus>",
    " onmouseover=alert(1) x=", "{{ 7 * 7 }}", "{% for a in b %}", "${7*7}", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;", "%3Cscript%3E", "\\u003cscript\\u003e", "javascript:alert(1)", "<!--<script>",
]  # fmt: skip
PLACES = [
    "{}", '"{}', "'{}", "`{}", '">{}', "</textarea>{}", "</title></head>{}", "</script>{}", "-->{}<!--",
    "]]>{}\nand so on",
]  # fmt: skip
PAYLOADS = [place.replace("{}", tag) for place, tag in product(PLACES, TAGS)]


def chunks() -> list[str]:
    """All payloads, as many in one text as fit into most words. Each is as long: all are refused, or none."""
    found = [""]
    for payload in PAYLOADS:
        if len(found[-1]) + len(payload) >= exercises.SHORT - 1:
            found.append("")
        found[-1] += f"{payload} "
    return [each.ljust(exercises.SHORT - 1, "x") for each in found]


# The world


@dataclass
class World:
    """Browsers by who, and what the capitals in a case stand for."""

    app: Flask
    browsers: dict[str, FlaskClient]
    names: dict[str, str]
    people: dict[str, Person]
    couple: Couple

    def unchecked(self) -> "World":
        """The same, where pages are not checked for being sound: those whose skeleton is compared with a sound one."""
        plain = {
            who: unchecked(browser)
            for who, browser in self.browsers.items()
            if who not in {"nobody", "half", "welcomed"}
        }
        return replace(self, browsers=plain)

    def again(self) -> "World":
        """The same, in browsers that hold what these hold now."""
        browsers = {who: self.app.test_client() for who in self.browsers}
        for who, browser in browsers.items():
            browser._cookies = {**self.browsers[who]._cookies}
        return replace(self, browsers=browsers)

    def named(self, words: str) -> str:
        """With the ids and codes of this world for the capitals."""
        return "/".join(self.names.get(part, part) for part in words.split("/"))

    def body(self, case: Case) -> dict[str, str]:
        return {name: self.named(value) for name, value in case.body.items()}

    def send(self, case: Case, pairs: Iterable[tuple[str, str | bytes]]) -> TestResponse:
        """Send these fields, byte by byte as they are, in the browser of whoever the case is about."""
        return send(self.browsers[case.who], self.named(case.path), pairs)

    def rows(self) -> str:
        """A digest of all that is kept, but for drafts, sessions, throttles, and that somebody has looked."""
        kept = hashlib.sha256()
        with self.app.app_context():
            for table in Model.metadata.sorted_tables:
                if table.name not in {"drafts", "step_drafts", "auth_sessions", "throttles", "visits"}:
                    for row in db.session.execute(select(table).order_by(*table.primary_key.columns)):
                        kept.update(repr((table.name, *row)).encode())
        return kept.hexdigest()


@pytest.fixture(scope="module")
def built():
    """The world as it was when it was first made, and its rows."""
    return []


@pytest.fixture
def world(app, built, request):
    """Ana with something to fill in for every form; Carol, alone, too; Dina, who invites; Eli, who sets up an app.

    Half is a browser on which Dina, who has an app, has given her password.
    """
    if built:
        put_back(app, built[1])
    else:
        people = {name: request.getfixturevalue(name) for name in ("ana", "ben", "carol", "dina", "eli", "thea")}
        couple, as_user, save = map(request.getfixturevalue, ("couple", "as_user", "save"))
        built += [build(app, couple, people, as_user, save), keep(app)]
    return built[0].again()


def build(app, couple, people, as_user, save):
    ana, ben, carol, dina, eli, _ = people.values()
    with app.app_context():
        alone = db.session.get_one(Person, carol.id)
        theirs = db.session.execute(select(Model.metadata.tables["memberships"]).filter_by(person_id=alone.id)).one()
    made = {
        "CHECK_IN": make_prompt(couple),
        "LOVE_MAP": make_prompt(couple, "love_map", item="home-smell"),
        "APPRECIATION": make_prompt(couple, "appreciation", item="a-nudge"),
        "TALK": make_prompt(couple, "mirroring", item="a-topic"),
        "HEARD": make_prompt(couple, "mirroring", YESTERDAY, "a-topic"),
        "OPENED": make_prompt(couple, "love_map", YESTERDAY, "safe-sound"),
        "OPENED_CHECK_IN": make_prompt(couple, "check_in", YESTERDAY),
        "GIFT": make_prompt(couple, "appreciation", YESTERDAY, "a-nudge"),
        "ALONE_CHECK_IN": make_prompt(couple),
        "ALONE_LOVE_MAP": make_prompt(couple, "love_map", item="home-smell"),
    }
    for name in ("ALONE_CHECK_IN", "ALONE_LOVE_MAP"):
        made[name].couple_id = theirs.couple_id
    sat = {"BEGUN": make_sitting(couple, ana, done=False), "SAT": make_sitting(couple, ana)}
    save(*made.values(), *sat.values())
    made |= sat
    steps = {name: make_occasion(couple, (ana, ben), each, until=kind) for name, (each, kind, _) in AT_STEP.items()}
    steps["PLANNED"] = make_occasion(couple, (ana, ben), planned_at=NOW + timedelta(days=1))
    save(*(rows[0] for rows in steps.values()))
    save(*(row for rows in steps.values() for row in rows[1:]))
    made |= {name: rows[0] for name, rows in steps.items()}
    browsers = {
        "nobody": app.test_client(),
        **{name: as_user(each) for name, each in people.items()},
    }
    for who, name, typed in (("ana", "OPENED", {}), ("ben", "OPENED", {}), ("ben", "GIFT", {})):
        respond(browsers[who], made[name], **typed)
    for who in ("ana", "ben"):
        respond(browsers[who], made["OPENED_CHECK_IN"], high="the sea", low="the bus")
    act(browsers["ana"], made["HEARD"], "turn", text="I speak")
    act(browsers["ben"], made["HEARD"], "turn", text="I mirror")
    browsers["dina"].post("/invitation")
    with app.app_context(), transaction():
        names = {
            "RECOVERY": renew_codes(db.session.get_one(Person, ana.id))[0],
            "INVITATION": code_of(db.session.scalars(select(Invitation.id)).one()),
        }
    names |= _apps(app, browsers, dina, eli) | {"WELCOME": _welcomed(app, browsers)}
    browsers["thea"].post("/practice", data={"policy": "none"})
    browsers["thea"].post("/caseload/codes/own")
    (own,) = re.findall(r'class="token">([\w-]+)<', browsers["thea"].get("/caseload/codes").text)
    asked = browsers["ana"].post("/therapist-access", data={"code": own}).location
    names |= {"OWNCODE": own, "GUEST": asked.rpartition("/")[2]}
    names |= _homework(app, browsers["thea"], names["GUEST"], couple)
    return World(app, browsers, names | {name: row.id for name, row in made.items()}, people, couple)


def _homework(app: Flask, thea: FlaskClient, guest_id: str, couple: Couple) -> dict[str, str]:
    """What a therapist whom both let in has given them, of which Ana has done one; and an exercise of her own."""
    with app.app_context(), transaction():
        guest = db.session.get_one(Guest, guest_id)
        guest.opened_at = NOW
        for membership in db.session.get_one(Couple, couple.id).memberships:
            yes = {"guest_id": guest_id, "person_id": membership.person_id, "said_at": NOW, "given": True}
            db.session.add(Consent(**yes, **dict.fromkeys(CLASSES, True)))
        db.session.add(Session(id=new_id(), therapist_id=guest.therapist_id, couple_id=couple.id, day=TODAY))
        ids = {}
        for name, exercise, first in (("HOMEWORK", "check_in", TODAY), ("DONE", "love_map", YESTERDAY)):
            ids[name] = new_id()
            row = Homework(id=ids[name], series_id=ids[name], couple_id=couple.id, therapist_id=guest.therapist_id)
            row.exercise, row.first, row.weekdays, row.dates, row.pauses = exercise, first, 127, [], []
            row.created_at = NOW
            db.session.add(row)
    own = thea.post("/own-exercises", data={"name": "Doors"}).location
    thea.post(f"{own}/steps", data={"kind": "read", "title": "Sit", "text": "Down"})
    # What she was told of that stands on one page, and is then gone.
    thea.get(own)
    days = {"TODAY": TODAY.isoformat(), "YESTERDAY": YESTERDAY.isoformat()}
    return {**ids, **days, "COUPLE": couple.id, "OWN": own.rpartition("/")[2]}


def _apps(app: Flask, browsers: dict[str, FlaskClient], dina: Person, eli: Person) -> dict[str, str]:
    """Half a sign-in of Dina's, the digits that would end it, and those that would confirm an app of Eli's."""
    secrets, step = {}, int(NOW.timestamp()) // STEP
    with app.app_context(), transaction():
        for each in (dina, eli):
            person = db.session.get_one(Person, each.id)
            begin_app(person)
            secrets[each.id] = app_to_confirm(person)
        confirm_app(db.session.get_one(Person, dina.id), code_at(secrets[dina.id], step - 1), now=NOW)
    browsers["half"] = app.test_client()
    browsers["half"].post("/sign-in", data={"login": "dina", "password": PASSWORD})
    return {"DIGITS": code_at(secrets[dina.id], step), "FRESH": code_at(secrets[eli.id], step)}


def _welcomed(app: Flask, browsers: dict[str, FlaskClient]) -> str:
    """The code of somebody who may become a therapist, and a browser that has shown it."""
    with app.app_context(), transaction():
        code = invite_therapist("Cleo", None, now=NOW)
    browsers["welcomed"] = app.test_client()
    browsers["welcomed"].post("/therapists/invited", data={"code": code})
    return code


def send(browser: FlaskClient, path: str, pairs: Iterable[tuple[str, str | bytes]]) -> TestResponse:
    body = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)
    return browser.post(path, data=body, content_type="application/x-www-form-urlencoded")


def quoted(value: str | bytes) -> str:
    return quote_from_bytes(value if isinstance(value, bytes) else value.encode())


# A page that comes back


class Back:
    """A page that came back, and the form in it that was sent."""

    def __init__(self, html: str, path: str) -> None:
        self.page = parse(html)
        self._above = {child: parent for parent in self.page.iter() for child in parent}
        forms = [each for each in self.page.iter("form") if (each.get("action") or "").split("?")[0] == path]
        self.controls: dict[str, list[Element]] = {}
        for form in forms:
            for each in form.iter():
                if each.get("name") and each.get("type") != "hidden" and each.tag != "fieldset":
                    self.controls.setdefault(each.get("name") or "", []).append(each)

    def sentence(self, name: str) -> str:
        """What is said beside a field; where the page does not show the field, what is said at the head."""
        if name in self.controls:
            around = self._around(self.controls[name][0])
            told = [text(each) for each in around.iter("p") if "error" in (each.get("class") or "").split()]
            told += [text(each) for each in self.page.iter() if each.get("id") == f"{name}-error"]
        else:
            told = [text(each) for each in self.page.iter() if each.get("role") == "alert"]
        return next((each for each in told if each.endswith(".")), "")

    def typed(self, name: str) -> str | None:
        """What stands in a field for words, or None where the page has none for it."""
        for each in self.controls.get(name, []):
            if each.tag == "textarea":
                return each.text or ""
            if each.tag == "input" and each.get("type") not in {"radio", "checkbox", "password"}:
                return each.get("value", "")
        return None

    def chosen(self, name: str) -> str | None:
        """What is chosen in a field to choose from, or None where the page has none for it."""
        options: list[Element] = []
        for each in self.controls.get(name, []):
            if each.tag == "select" or (each.tag == "input" and each.get("type") in {"radio", "checkbox"}):
                options += each.iter("option") if each.tag == "select" else [each]
        marked = [each for each in options if each.get("checked") is not None or each.get("selected") is not None]
        return "".join(each.get("value", "") for each in marked) if options else None

    def _around(self, control: Element) -> Element:
        while control in self._above:
            control = self._above[control]
            if control.tag == "fieldset" or {"field", "tick"} & set((control.get("class") or "").split()):
                break
        return control

    def skeleton(self) -> Counter[tuple[str, str]]:
        """How often each element and attribute stands in the page, but for the sentences about what was wrong."""
        told = {
            inner
            for each in self.page.iter()
            if each.get("role") == "alert" or "error" in (each.get("class") or "")
            for inner in each.iter()
        }
        open_ = {"open", "checked", "selected", "aria-invalid", "aria-describedby", "hidden", "value"}
        found: Counter[tuple[str, str]] = Counter()
        for each in self.page.iter():
            if each not in told:
                found[each.tag, ""] += 1
                found.update((each.tag, str(name)) for name in each.attrib if name not in open_)
        return found


def showable(words: str | bytes) -> str:
    """What a page can show of words that were sent."""
    told = words.decode(errors="replace") if isinstance(words, bytes) else words
    told = told.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        each for each in told if each in "\t\n" or (unicodedata.category(each) not in {"Cc", "Cs"} and each != "\ufffd")
    )


# What is listed


def test_every_route_that_takes_what_is_sent_is_listed_here(app):
    listed = {case.endpoint for case in (*CASES, *BY_SCRIPT)} | ANY_FORM | NO_FORM
    assert listed == {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}


@EVERY_CASE
def test_what_is_right_is_taken(world, case):
    """So that what is refused below is refused for its fault alone."""
    answer = world.send(case, world.body(case).items())
    assert answer.status_code in {200, 303}
    assert set(case.body) | {"next", "held", "code", "to"} | EITHER >= set(case.fields)


def test_routes_without_a_form_read_nothing_of_what_is_sent(app, world, monkeypatch):
    read = []

    class Watching(app.request_class):
        @property
        def form(self):
            read.append(self.path)
            return super().form

    monkeypatch.setattr(app, "request_class", Watching)
    last = {"couples.create_leaving": 1, "accounts.destroy_session": 2}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint in NO_FORM]
    for rule in sorted(rules, key=lambda rule: last.get(rule.endpoint, 0)):
        path = rule.rule.replace("<prompt_id>", world.names["OPENED"])
        # Whatever it is called by, there is none of that name.
        path = re.sub("<(\\w+_id|instrument|day)>", "x", path)
        answer = world.browsers["ana"].post(path)
        # What is not there is read all the same: it may be words for a couple that has ended.
        assert answer.status_code == 404 or read == [], path
        read.clear()


# Field by field


def wrong(each: Any) -> list[str | bytes]:
    """Values that a field of this kind has to refuse."""
    broken: list[str | bytes] = [SURROGATE, NUL]
    if isinstance(each, Words):
        none = ["", " \n\t "] if each.required else []
        long = ["x" * (each.longest + 1)] if each.longest < accounts.HELD_MAX else []
        return [*none, *long, BIDI, *broken]
    if isinstance(each, Secret):
        return ["", "x" * 257, *broken]
    if isinstance(each, Rating):
        numbers = ["", "-1", "11", "1.5", "NaN", "inf", "1e999", "1e1", " 5", "+5", "0x5", "٣", "5,0", "null", "[5]"]
        return [*numbers, "9" * 5_000, BIDI, TAGS[0], *broken]
    if isinstance(each, Yes):
        return ["maybe", "0", "true", TAGS[0], BIDI, *broken]
    none = [""] if isinstance(each, Choice) and each.required else []
    return [*none, "gold", "1e999", "../../etc/passwd", "__class__", TAGS[0], BIDI, *broken]


def faults(world: World, case: Case, pairs: list[tuple[str | bytes, str | bytes]], bad: Iterable[str]) -> Iterator[str]:
    """What is not as it should be when these fields are sent, of which some are wrong."""
    answer = world.send(case, pairs)
    if answer.status_code != 422:
        yield f"{case}: {answer.status_code} for {pairs!r:.200}"
        return
    back, sent = Back(answer.text, world.named(case.path)), dict(pairs)
    for name in bad:
        if not back.sentence(name):
            yield f"{case}: nothing is said about {name} = {sent.get(name)!r:.60}"
    for name in set(case.fields) & set(sent):
        value, shown, chosen = sent[name], back.typed(name), back.chosen(name)
        if shown not in {None, showable(value)}:
            yield f"{case}: {name} = {value!r:.60} came back as {shown!r:.60}"
        if name not in bad and chosen not in {None, value}:
            yield f"{case}: {name} = {value!r} came back as {chosen}"
        if name not in bad and isinstance(case.fields[name], Secret) and value in answer.text:
            yield f"{case}: a password stands in the page"


def test_each_field_that_is_wrong_is_told_beside_it_and_the_others_are_kept(world):
    before, found = world.rows(), []
    for case in CASES:
        for name, kind in case.fields.items():
            pairs = [(each, value) for each, value in world.body(case).items() if each != name]
            found += faults(world, case, [*pairs, (name, wrong(kind)[0])], [name])
    assert found == []
    assert world.rows() == before


def test_every_wrong_value_of_every_field_is_told_beside_it(world):
    """All fields are wrong at once, each in all its ways."""
    before, found = world.rows(), []
    for case in CASES:
        ways = {name: wrong(kind) for name, kind in case.fields.items()}
        for number in range(max(map(len, ways.values()))):
            found += faults(world, case, [(name, ways[name][number % len(ways[name])]) for name in ways], ways)
    assert found == []
    assert world.rows() == before


def test_what_is_left_out_is_asked_for(world):
    for case in CASES:
        needed = [name for name, kind in case.fields.items() if kind.required]
        assert [each for each in faults(world, case, [], needed) if needed] == []
        for name in needed:
            if isinstance(case.fields[name], Choices):
                assert list(faults(world, case, [(name, "")], [name])) == []


def test_a_field_that_no_page_has_is_refused(world):
    before, found = world.rows(), []
    for case, stranger in product(CASES, ("stranger", "__class__", "_schema", "id", "mood[]", "x" * 300, SURROGATE)):
        found += faults(world, case, [*world.body(case).items(), (stranger, "x")], ["stranger"])
    assert found == []
    assert world.rows() == before


def test_a_field_that_is_sent_twice_is_refused(world):
    before, found = world.rows(), []
    for case in CASES:
        for name, value in world.body(case).items():
            found += faults(world, case, [*world.body(case).items(), (name, value)], [name])
    assert found == []
    assert world.rows() == before


def test_more_than_may_be_chosen_is_refused(world):
    case = next(case for case in CASES if case.form is exercises.CheckInForm)
    pairs = [(name, value) for name, value in case.body.items() if name != "feelings"]
    pairs += [("feelings", each) for each in ("sad", "lost", "safe", "angry")]
    assert list(faults(world, case, pairs, ["feelings"])) == []


@pytest.mark.parametrize("case", BY_SCRIPT, ids=str)
def test_what_a_script_sends_wrong_is_named_and_changes_nothing(world, case):
    before = world.rows()
    for name, kind in case.fields.items():
        for value in wrong(kind):
            answer = world.send(case, {**case.body, name: value}.items())
            assert (answer.status_code, set(answer.json["errors"])) == (422, {name}), value
    for pairs in ([*case.body.items(), *case.body.items()], [*case.body.items(), ("stranger", "x")], []):
        assert world.send(case, pairs).status_code == 422
    for kind, body in NO_FORMS:
        answer = world.browsers[case.who].post(case.path, data=body, content_type=kind or None)
        assert answer.status_code == 400, kind
    assert world.rows() == before


# What is no form, or too much of one


NO_FORMS = [
    ("application/json", b'{"a": 1}'), ("text/plain", b"a=1"), ("application/xml", b"<a/>"), ("x", b"a=1"),
    ("", b"a=1"), ("application/octet-stream", b"\x00\xff"),
]  # fmt: skip


def test_what_is_no_form_is_refused(world):
    before = world.rows()
    for case, (kind, body) in product(CASES, NO_FORMS):
        answer = world.browsers[case.who].post(world.named(case.path), data=body, content_type=kind or None)
        assert answer.status_code == 400, (case, kind)
        assert "That request could not be understood." in answer.text
    assert world.rows() == before


def test_files_where_words_belong_are_no_words(world):
    """A form of several parts is one, too; but a file in it is no field."""
    before = world.rows()
    for case in CASES:
        needed = [name for name, kind in case.fields.items() if kind.required]
        parts = {name: (io.BytesIO(b"\x00\xff"), "words.txt") for name in case.body}
        if needed:
            answer = world.browsers[case.who].post(world.named(case.path), data=parts)
            assert answer.status_code == 422, case
            assert all(Back(answer.text, world.named(case.path)).sentence(name) for name in needed), case
    assert world.rows() == before


def test_a_form_that_is_broken_is_no_empty_form(world):
    """Above all not where an empty one means something, as in a plan."""
    before = world.rows()
    part = b'--x\r\nContent-Disposition: form-data; name="check_in"\r\n\r\n1'
    for body, kind in product(
        (b"--x", part, part + b"\r\n--y--", b"\xff" * 100), ("", "; boundary=x", "; boundary=\xff")
    ):
        answer = world.browsers["ana"].post("/plan", data=body, content_type=f"multipart/form-data{kind}")
        assert answer.status_code == 400, (body, kind)
    for body in (b"check_in=1&\xff=1", b"check_in=\xff", b"\x00", b"=", b"%", b"%00=%00", b"check_in=%ED%A0%80"):
        answer = world.browsers["ana"].post("/plan", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 422, body
    assert world.rows() == before


def test_more_than_fits_is_refused_whole(world):
    before = world.rows()
    for case in CASES:
        most = accounts.HELD_MAX if "held" in case.fields else world.app.config["MAX_CONTENT_LENGTH"]
        answer = world.send(case, [*world.body(case).items(), ("stranger", "x" * most)])
        assert answer.status_code == 413, case
        assert "That is more than fits. Please shorten it." in answer.text
    assert world.rows() == before


@EVERY_CASE
def test_the_longest_words_of_every_field_fit_into_one_form(world, case):
    """In letters that take the most bytes on their way."""
    words = [name for name, kind in case.fields.items() if type(kind) is Words]
    longest = {name: "\U0001f326" * case.fields[name].longest for name in words}
    assert world.send(case, {**world.body(case), **longest}.items()).status_code in {200, 303}


def test_more_fields_than_any_form_has_are_refused(world):
    parts = {f"field-{number}": "x" for number in range(500)}
    path = f"/prompts/{world.names['CHECK_IN']}/response"
    assert world.browsers["ana"].post(path, data=parts).status_code == 422
    assert world.browsers["ana"].post(path, data=parts, content_type="multipart/form-data").status_code == 413


def test_a_draft_keeps_whatever_can_be_kept(world):
    path = f"/prompts/{world.names['LOVE_MAP']}"
    for pairs in ([("answer", SURROGATE)], [("answer", NUL), ("answer", "twice")], [(SURROGATE, "x")], [("", "")], []):
        assert send(world.browsers["ana"], f"{path}/draft", pairs).status_code == 303
        assert world.browsers["ana"].get(path).status_code == 200
    before = world.browsers["ana"].get(path).text
    for kind, body in NO_FORMS:
        assert world.browsers["ana"].post(f"{path}/draft", data=body, content_type=kind or None).status_code == 400
    assert world.browsers["ana"].get(path).text == before


# Scripts


def test_a_script_in_any_field_comes_back_as_words(world):
    for case in CASES:
        names = [name for name, kind in case.fields.items() if isinstance(kind, Words) and name != "held"]
        path = world.named(case.path)
        plain = None
        for told in ("x" * exercises.SHORT, *chunks()) if names else ("x", *TAGS[:1]):
            sent = {**world.body(case), **dict.fromkeys(names, told)}
            answer = world.send(
                case, [*sent.items(), ("stranger", told), *((name, told) for name in case.fields if name != "held")]
            )
            assert answer.status_code == 422
            back = Back(answer.text, path)
            plain = plain or back.skeleton()
            assert back.skeleton() == plain, (case, told)
            assert all(back.typed(name) in {None, showable(told)} for name in names), case


def test_each_script_stays_words_where_words_are_typed(world):
    """One by one, since what stands before it could have shielded another: between tags, and in an attribute."""
    area, line = (next(case for case in CASES if case.form is form) for form in (exercises.LoveMapForm, DeletionForm))
    plain: dict[str, Counter[tuple[str, str]]] = {}
    quick = world.unchecked()
    for told in ["x", *PAYLOADS]:
        for case, name, other in ((area, "answer", {"guess": ""}), (line, "word", {})):
            sender = world if told == "x" else quick
            answer = sender.send(case, [(name, told), *other.items()])
            back = Back(answer.text, world.named(case.path))
            assert answer.status_code == 422
            assert back.typed(name) == told
            assert back.skeleton() == plain.setdefault(name, back.skeleton()), told


def test_a_script_in_words_that_were_given_is_read_as_words_everywhere(save, as_user):
    """In every kind of words, on every page of both; beside the same pages with harmless words."""
    plain = None
    for number, told in enumerate(["word " * 50, *chunks()]):
        found: Counter[tuple[str, str]] = Counter()
        pages = list(given_and_read(save, as_user, number, told))
        for shown in pages:
            found += Back(shown, "").skeleton()
        plain = plain or found
        assert found == plain
        assert sum(" ".join(told.split()) in text(parse(shown)) for shown in pages) > 8


def given_and_read(save, as_user, number: int, told: str) -> Iterator[str]:
    """Two new people give these words wherever words can be given; then every page on which they read them."""
    people = [save(make_person(name, login=f"{name}{number}")) for name in ("Ana", "Ben")]
    couple = save(make_couple(*people))
    browsers = [as_user(person) if number == 0 else unchecked(as_user(person)) for person in people]
    exercise = {"check_in": None, "love_map": "home-smell", "appreciation": "a-nudge", "mirroring": "a-topic"}
    prompts = {name: save(make_prompt(couple, name, item=item)) for name, item in exercise.items()}
    sealed, begun = (save(make_prompt(couple, "love_map", YESTERDAY - timedelta(n), "safe-sound")) for n in range(2))
    for browser in browsers:
        respond(browser, prompts["check_in"], high=told, low=told, challenge=told)
        respond(browser, prompts["love_map"], answer=told, guess=told)
        respond(browser, prompts["appreciation"], text=told)
    for browser in browsers:
        for name, written in (("check_in", "high"), ("love_map", "answer"), ("appreciation", "text")):
            assert act(browser, prompts[name], "amendment", field=written, text=told).status_code == 303
        assert act(browser, prompts["appreciation"], "mark", landed="5", thanks=told).status_code == 303
        act(browser, begun, "draft", answer=told, guess=told)
    respond(browsers[0], sealed, answer=told, guess=told)
    typed = ({"text": told}, {"text": told}, {"heard": "4", "verdict": "missing", "text": told}, {"text": told})
    for turn, browser in zip(typed, browsers * 2, strict=True):
        assert act(browser, prompts["mirroring"], "turn", **turn).status_code == 303
    paths = [f"/prompts/{prompt.id}" for prompt in (*prompts.values(), sealed, begun)]
    paths += ["/today", "/history", "/history/jar", "/history/map", *(f"/history/{name}" for name in exercise)]
    for browser, path in product(browsers, paths):
        yield browser.get(path).text
    browsers[0].post("/leaving")
    yield browsers[0].get("/history/earlier").text


def test_a_script_in_a_name_is_read_as_a_name_everywhere(world):
    ben, gift = world.unchecked().browsers["ben"], f"/prompts/{world.names['APPRECIATION']}"
    world.browsers["ana"].post(f"{gift}/response", data={"text": "You sang"})
    paths = (
        "/today",
        gift,
        f"/prompts/{world.names['CHECK_IN']}",
        f"/prompts/{world.names['HEARD']}",
        "/couple",
        "/history",
    )
    plain = [Back(world.browsers["ben"].get(path).text, "").skeleton() for path in paths]
    for name in [*TAGS, *(place.format(TAGS[0]) for place in PLACES if "\n" not in place)]:
        sent = world.browsers["ana"].post("/settings/account", data={"name": name, "zone": "UTC", "theme": "auto"})
        assert sent.status_code == 303
        backs = [Back(ben.get(path).text, "") for path in paths]
        assert [back.skeleton() for back in backs] == plain, name
        assert all(" ".join(name.split()) in text(back.page) for back in backs), name


# Addresses


QUERIES = ("before", "draw", "country", "next", "edit", "answer", "together", "back")


@pytest.mark.parametrize("who", ["nobody", "ana", "carol"])
def test_whatever_stands_behind_the_question_mark_breaks_no_page(world, who):
    browser = world.browsers[who]
    rules = [rule for rule in world.app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint != "pwa.static"]
    for rule, value in product(
        rules, (NUL, SURROGATE, BIDI, "9" * 5_000, "-1", "0001-01-01", '"><script>alert(1)</script>')
    ):
        path = rule.rule.replace("<prompt_id>", world.names["OPENED"]).replace("<exercise>", "check_in")
        path = path.replace("<occasion_id>", world.names["REVEALING"])
        answer = browser.get(f"{path}?" + "&".join(f"{name}={quoted(value)}" for name in QUERIES))
        # A program that nobody is signed in for is told so, and sent to no page.
        told = 401 if who == "nobody" and path.startswith(API) else 404
        assert answer.status_code in {200, 303, told}, path
        assert "<script>alert" not in answer.text
        assert "\n" not in (answer.location or "")


STRANGE = ["A" * 22, "x", "A" * 21, "A" * 23, "a" * 5_000, "%00", "%EF%BF%BF", "%ED%A0%80", "%E2%80%AE",
           "'%20OR%201=1--", "-1", "None", "%F0%9F%8C%A7", "..", "{{7*7}}", "<script>"]  # fmt: skip


def test_what_is_not_there_and_what_is_not_mine_look_the_same(app, world, save):
    """On every route with an id: 404, with the same page, whatever stands for the id."""
    ben, dina, eli = (world.people[name] for name in ("ben", "dina", "eli"))
    alone = save(make_couple(eli))
    theirs = save(make_prompt(alone, "love_map", item="home-smell"))
    elsewhere = save(make_occasion(alone, (eli, dina))[0])
    sat = save(make_sitting(world.couple, ben))
    with app.app_context():
        sessions = db.session.scalars(select(AuthSession.id).where(AuthSession.person_id == ben.id))
        foreign = {
            "occasion_id": [elsewhere.id],
            "prompt_id": [theirs.id, world.names["ALONE_LOVE_MAP"]],
            "session_id": [sessions.first()],
            "sitting_id": [sat.id],
            "invitation_id": [db.session.scalars(select(Invitation.id)).one()],
        }
    missing = {"couples.create_confirmation": 409}
    checked = []
    for rule in app.url_map.iter_rules():
        for name in rule.arguments & set(foreign):
            for method in rule.methods & {"GET", "POST"}:
                ends = set()
                for ident in [*STRANGE, *foreign[name]]:
                    path = rule.rule.replace(f"<{name}>", ident).replace("<int:number>", "1")
                    answer = world.browsers["ana"].open(
                        path, method=method, data={"text": "x", "answer": "x"} if method == "POST" else None
                    )
                    ends.add((answer.status_code, answer.text, str(answer.headers)))
                assert len(ends) == 1, (rule.rule, method, [end[0] for end in ends])
                assert next(iter(ends))[0] == missing.get(rule.endpoint, 404), rule.rule
                checked.append(rule.rule)
    assert len(checked) > 10


def test_what_is_no_form_and_more_than_fits_find_nothing_either(world):
    heavy = b"text=" + b"x" * world.app.config["MAX_CONTENT_LENGTH"]
    for what in ("response", "draft", "turn", "mark", "amendment", "keeping", "release", "discarding", "setting-aside"):
        path = f"/prompts/{'A' * 22}/{what}"
        for kind, body in (*NO_FORMS, ("application/x-www-form-urlencoded", heavy)):
            answer = world.browsers["ana"].post(path, data=body, content_type=kind or None)
            assert answer.status_code == 404, (what, kind)


def test_a_page_of_an_exercise_that_there_is_not_is_not_there(world):
    for name in ("knitting", "%00", "%ED%A0%80", "a" * 5_000, "<script>"):
        assert world.browsers["ana"].get(f"/history/{name}").status_code == 404
