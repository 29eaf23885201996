"""Every page in every state it can be in, made as people make them: by sending forms."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.accounts.models import Person
from app.accounts.one_time import STEP, code_at
from app.accounts.service import app_to_confirm, confirm_app, hold, invite_therapist
from app.core import clock
from app.core.db import db, transaction
from app.couples.models import Couple, Membership
from app.push.models import FAILED, REMINDER, Notification, PushSubscription
from app.reminders.models import ReminderSettings
from app.reminders.service.mail import mails_of
from app.scores.models import WeeklyScore
from tests.accounts.authenticator import PRESENT, SYNCABLE, VERIFIED, Authenticator, make_passkey
from tests.assessments.sit import BALANCE, SATISFACTION, begun, every, fill, open_, sat
from tests.factories import PASSWORD
from tests.guided.play import begin, filled, go_until, own, shared
from tests.push.devices import subscribe
from tests.scores.histories import Steps, live_weeks

CHECK_IN = {
    "mood": "6", "stress": "3", "feelings": ["hopeful", "rested"], "need": "listening", "understood": "7",
    "valued": "8", "supported": "6", "guess_mood": "5", "guess_stress": "3", "guess_need": "space",
    "high": "A walk in the rain, and nobody wanted anything of me.", "low": "The letter.",
}  # fmt: skip
ALONE = {name: CHECK_IN[name] for name in ("mood", "stress", "feelings", "need", "high")}
DOMAINS = [scale.id for scale in BALANCE.compared]
LONG = "Donaudampfschifffahrtsgesellschaft " * 9 + "👩‍👩‍👧 " * 30 + "شكرا لك " * 20
STRANGER = (
    "/", "/register", "/sign-in", "/recovery", "/privacy", "/help-lines", "/help-lines?country=IE", "/invited",
    "/learn", "/learn?q=afraid to say sorry", "/learn?q=rhubarb compote", "/learn/how-long", "/learn/what-abuse-is",
)  # fmt: skip
SEEN_BY_ANA, SEEN_BY_BEN = (
    {f"{domain}-who": who for domain, who in zip(DOMAINS, whose, strict=True)}
    | {f"{domain}-much": much for domain, much in zip(DOMAINS, how, strict=True)}
    for whose, how in (
        ((0, -1, 0, 0, 1, 0, 0, 1, -1, 0), (3, 2, 1, 3, 2, 3, 4, 2, 2, 1)),
        ((0, 1, 0, -2, -1, 0, -2, -1, -1, 0), (3, 2, 1, 4, 3, 2, 4, 2, 2, 1)),
    )
)
"""How two see the ten domains: some alike, some not, some even with little of it."""
SETTINGS = (
    "/settings", "/settings/account", "/settings/password", "/settings/recovery-codes", "/settings/devices", "/export",
    "/settings/deletion", "/plan", "/couple", "/leaving", "/confirm",
)  # fmt: skip
JOURNAL = ("", "/check_in", "/appreciation", "/mirroring", "/love_map", "/jar", "/map", "/earlier")


@dataclass(frozen=True)
class View:
    """A page to look at: its name, who looks, where; or what they send there to see it."""

    name: str
    who: Person | None
    path: str
    sent: dict[str, Any] | None = None


class Gallery:
    """Walks through a couple's days and yields each page while it is as it should be looked at."""

    def __init__(self, as_user: Callable[[Person], FlaskClient], at: Callable[..., Any]) -> None:
        self._as_user, self._at = as_user, at

    def of_strangers(self) -> Iterator[View]:
        """Pages of nobody, and forms that came back to them."""
        yield from (View(f"stranger {path}", None, path) for path in (*STRANGER, "/nothing-here", "/offline"))
        yield View("register, wrong", None, "/register", {"login": "a b", "name": "", "password": "short", "zone": ""})
        yield View("sign in, wrong", None, "/sign-in", {"login": "ana", "password": "not this one at all"})
        yield View("recover, wrong", None, "/recovery", {"login": "ana", "code": "x", "password": "x"})
        yield View("invited, wrong", None, "/invited", {"code": ""})

    def of_one_alone(self, carol: Person, dina: Person) -> Iterator[View]:
        """Carol on her own: her day, an invitation, and the claim on it by somebody who is alone, too."""
        browser = self._as_user(carol)
        yield View("alone, today", carol, "/today")
        for exercise in ("check_in", "appreciation", "love_map"):
            yield View(f"alone, {exercise}", carol, self._prompt(browser, exercise))
        here = self._prompt(browser, "check_in")
        browser.post(f"{here}/response", data=ALONE)
        yield View("alone, kept", carol, here)
        yield from (
            View(f"alone {path}", carol, path) for path in ("/before-pairing", "/joining", "/couple", "/leaving")
        )
        yield View("joining, wrong", carol, "/joining", {"code": "nothing"})
        browser.post("/invitation")
        yield View("invitation", carol, "/invitation")
        code = re.search(r'class="token">([^<]+)', browser.get("/invitation").text)
        assert code is not None
        self._as_user(dina).post("/joining", data={"code": code[1]})
        yield View("invitation, claimed", carol, "/invitation")
        yield View("joining, waiting", dina, "/joining")

    def of_settings(self, ana: Person) -> Iterator[View]:
        """All that can be set, and what comes back when it was wrong."""
        yield from (View(f"settings {path}", ana, path) for path in SETTINGS)
        yield View("account, wrong", ana, "/settings/account", {"name": "", "zone": "Mars", "theme": "auto"})
        yield View("password, wrong", ana, "/settings/password", {"current_password": "x", "password": "y"})
        yield View("deletion, wrong", ana, "/settings/deletion", {"word": "perhaps"})
        yield View("plan, wrong", ana, "/plan", {"check_in": "9"})
        browser = self._as_user(ana)
        yield View("second factor, none", ana, "/settings/second-factor")
        make_passkey(browser, Authenticator(flags=PRESENT | VERIFIED | SYNCABLE))
        browser.post("/settings/authenticator")
        yield View("authenticator, wrong", ana, "/settings/authenticator/confirmation", {"digits": "1"})
        with browser.application.app_context(), transaction():
            person = db.session.get_one(Person, ana.id)
            confirm_app(
                person, code_at(app_to_confirm(person) or "", int(clock.now().timestamp()) // STEP), now=clock.now()
            )
        yield View("second factor, two", ana, "/settings/second-factor")
        yield View("confirm by a passkey", ana, "/confirm")
        yield View("second step", None, "/sign-in", {"login": "ana", "password": PASSWORD})
        yield View("second step, wrong", None, "/sign-in/second", {"code": "000000"})

    def of_reminders(self, ana: Person) -> Iterator[View]:
        """Reminders: none, wrong, several; devices that ring and one that does not; what was lost; a week off."""
        browser = self._as_user(ana)
        wish = {"at": "20:30", "weekdays": list("1234567"), "window": "180", "if_then": ""}
        for path in ("", "/new", "/settings", "/health", "/calendar", "/mail"):
            yield View(f"reminders {path}, none", ana, f"/reminders{path}")
        yield View("reminder, wrong", ana, "/reminders", {"at": "23:00", "window": "3", "if_then": LONG})
        browser.post("/reminders", data={**wish, "if_then": "After we clear the table, we open it."})
        yield View("reminders, one", ana, "/reminders")
        browser.post("/reminders", data={**wish, "at": "08:00", "weekdays": list("135"), "if_then": LONG[:110]})
        browser.post(
            "/settings/account", data={"name": "Ana", "zone": "America/Argentina/Rio_Gallegos", "theme": "auto"}
        )
        yield View("reminders, crowded", ana, "/reminders")
        yield View("reminder settings, wrong", ana, "/reminders/settings", {"quiet_from": "20:00", "quiet_to": ""})
        self._subscribe(browser, ana)
        yield View("reminder health", ana, "/reminders/health")
        browser.post("/reminders/test")
        yield View("reminder test, sent", ana, "/reminders/health")
        browser.post("/settings/account", data={"name": "Ana", "zone": "UTC", "theme": "auto"})
        yield View("reminders as a calendar", ana, "/reminders/calendar", {})
        yield View("reminders by mail, wrong", ana, "/reminders/mail", {"address": LONG[:60]})
        browser.post("/reminders/mail", data={"address": "ana.maria.with.a.long.name@mail.example.org"})
        yield View("reminders by mail, on its way", ana, "/reminders/mail")
        with browser.application.app_context():
            settings = db.session.get_one(ReminderSettings, ana.id)
            code = mails_of([settings])[ana.id].code
        yield View("reminders by mail, is it yours", ana, f"/reminders/mail/confirmation/{code}")
        browser.post(f"/reminders/mail/confirmation/{code}")
        yield View("reminders by mail, confirmed", ana, "/reminders/mail")
        browser.post("/reminders/pause")
        yield View("reminders, a week off", ana, "/reminders")

    def of_days(self, ana: Person, ben: Person) -> Iterator[View]:
        """A day of two, the day after, and what is left of them in the journal."""
        yield from self.of_a_day(ana, ben)
        yield from self.of_mirroring(ana, ben)
        yield from self.of_waiting(ana)

    def of_a_day(self, ana: Person, ben: Person) -> Iterator[View]:
        """A Monday of two: each exercise before, while, and after."""
        one, two = self._as_user(ana), self._as_user(ben)
        yield View("today, open", ana, "/today")
        check_in, kind, map_ = (self._prompt(one, name) for name in ("check_in", "appreciation", "love_map"))
        yield from (View(f"open {name}", ana, path) for name, path in zip("abc", (check_in, kind, map_), strict=True))
        yield View("check-in, wrong", ana, f"{check_in}/response", {**CHECK_IN, "mood": "11", "need": ""})
        one.post(f"{check_in}/response", data=CHECK_IN)
        yield View("check-in, sealed", ana, check_in)
        yield View("check-in, edited", ana, f"{check_in}?edit")
        two.post(f"{check_in}/response", data={**CHECK_IN, "mood": "8", "need": "space", "low": LONG})
        yield View("check-in, opened", ana, check_in)
        two.post(f"{kind}/response", data={"text": "You made soup when I could not think any more."})
        yield View("appreciation, received", ana, kind)
        yield View("today, received", ana, "/today")
        one.post(f"{kind}/response", data={"text": LONG})
        one.post(f"{kind}/mark", data={"landed": "9", "thanks": "That warmed me."})
        yield View("appreciation, opened", ana, kind)
        yield View("appreciation, landed", ben, kind)
        one.post(f"{map_}/response", data={"answer": "Rain on leaves.", "guess": "Coffee"})
        two.post(f"{map_}/response", data={"answer": LONG, "guess": "Rain"})
        one.post(f"{map_}/mark", data={"closeness": "close"})
        one.post(f"{map_}/amendment", data={"field": "answer", "text": "Rain on leaves, in June."})
        yield View("love map, opened", ana, map_)
        yield View("love map, opened, other", ben, map_)
        yield View("today, done", ana, "/today")

    def of_mirroring(self, ana: Person, ben: Person) -> Iterator[View]:
        """The Tuesday after: each step of a mirroring, as both see it."""
        self._at(clock.now() + timedelta(days=1))
        browsers = {person.id: self._as_user(person) for person in (ana, ben)}
        here = self._prompt(browsers[ana.id], "mirroring")
        yield View("mirroring, open", ana, here)
        yield View("mirroring, side by side", ana, f"{here}?together=1")
        turns: tuple[tuple[Person, dict[str, str]], ...] = (
            (ana, {"text": "I miss our slow mornings."}),
            (ben, {"text": "You want to sleep longer."}),
            (ana, {"heard": "5", "verdict": "missing", "text": "It is not about sleep."}),
            (ben, {"text": "You miss the two of us, unhurried."}),
            (ana, {"heard": "9", "verdict": "heard", "text": ""}),
            (ben, {"text": "It makes sense: these weeks were loud."}),
            (ben, {"text": LONG}),
            (ana, {"text": "Your sister is on your mind."}),
            (ben, {"heard": "8", "verdict": "heard", "text": ""}),
            (ana, {"text": "Of course."}),
        )
        for number, (person, sent) in enumerate(turns, 1):
            browsers[person.id].post(f"{here}/turn", data=sent)
            if number in {1, 2, 3, 5, 6, 10}:
                yield View(f"mirroring, after turn {number}, Ana", ana, here)
                yield View(f"mirroring, after turn {number}, Ben", ben, here)
            if number == 1:
                yield View("handover", ana, f"{here}/handover")
                yield View("turn, wrong", ben, f"{here}/turn", {"text": ""})

    def of_waiting(self, ana: Person) -> Iterator[View]:
        """What has waited two days, what was let go, and a day that has gone by."""
        browser = self._as_user(ana)
        here, missed = self._prompt(browser, "check_in"), self._prompt(browser, "appreciation")
        browser.post(f"{here}/response", data=CHECK_IN)
        self._at(clock.now() + timedelta(days=2, hours=1))
        yield View("today, waiting", ana, "/today")
        yield View("waiting", ana, here)
        browser.post(f"{here}/release")
        yield View("released", ana, here)
        self._at(clock.now() + timedelta(days=4))
        yield View("missed", ana, missed)
        yield from (View(f"journal {path}", ana, f"/history{path}") for path in JOURNAL)

    def of_weeks(self, ana: Person, ben: Person) -> Iterator[View]:
        """Weeks: too early; two hundred of them, of two who live them differently; low; to print; one and both open."""
        app, today = self._as_user(ana).application, clock.now().date()
        this = today - timedelta(days=today.weekday())
        with app.app_context():
            theirs = select(Couple).join(Membership).where(Membership.person_id == ana.id)
            couple = db.session.scalars(theirs).unique().one()

        def live(who: Person, rated: Callable[[int], Steps], number: int) -> None:
            last = this - timedelta(weeks=2)
            with app.app_context(), transaction():
                db.session.execute(delete(WeeklyScore).where(WeeklyScore.person_id == who.id))
            live_weeks(app, couple, who, rated, last=last, number=number, now=clock.now())

        yield View("week, too early", ana, "/weeks")
        yield View("weeks, none", ben, "/weeks/years")
        yield View("together, shut", ana, "/weeks/together")
        self._as_user(ana).post("/weeks/together/opening")
        yield View("together, mine open", ana, "/weeks/together")
        self._as_user(ben).post("/weeks/together/opening")
        yield View("together, nothing yet", ana, "/weeks/together")
        live(ana, lambda number: (6 + number % 40 // 16, 7, 5 + number % 40 // 8, 8), 200)
        live(ben, lambda _number: (3, 5, 4, 6), 60)
        yield View("week, rising", ana, "/weeks")
        yield View("week, low", ben, "/weeks")
        for name, path in (("so far", ""), ("before", ""), ("to print", "/recap")):
            week = this - timedelta(weeks={"so far": 0, "before": 40, "to print": 2}[name])
            yield View(f"week, {name}", ana, f"/weeks/{week:%G-W%V}{path}")
        yield View("weeks, two hundred", ana, "/weeks/years")
        yield View("weeks, a year", ana, f"/weeks/year/{today.year - 1}")
        yield View("together, apart", ana, "/weeks/together")
        yield View("together, apart, other", ben, "/weeks/together")

    def of_the_path(self, ana: Person, ben: Person, carol: Person) -> Iterator[View]:
        """The path: alone; aims sealed and open; words at a step; a wording offered, agreed to, anew; after leaving."""
        one, two = self._as_user(ana), self._as_user(ben)
        yield View("path, alone", carol, "/path")
        yield View("path, step, alone", carol, "/path/both-have-a-say")
        yield View("path, aims", ana, "/path/aims")
        yield View("path, aims, wrong", ana, "/path/aims", {"aims": ["joy", "worth", "fears", "again"]})
        one.post("/path/aims", data={"aims": ["worth", "understanding"]})
        yield View("path, aims, sealed", ana, "/path/aims")
        two.post("/path/aims", data={"aims": ["understanding", "fears"]})
        yield View("path, aims, open", ana, "/path/aims")
        yield View("path, wording, first", ana, "/path/recommitment")
        two.post("/path/recommitment", data={"wording": LONG[:400]})
        yield View("path, wording, received", ana, "/path/recommitment")
        to = re.search(r'name="to" value="([^"]+)"', one.get("/path/recommitment").text)
        one.post("/path/recommitment/1/agreement", data={"to": to and to[1]})
        for browser, step in ((one, "where-we-are"), (two, "where-we-are"), (one, "small-signs")):
            browser.post(
                f"/path/{step}/line", data={"text": LONG if browser is two else "More evenings without a list."}
            )
        one.post("/path/where-we-are/done")
        yield View("path, step, done", ana, "/path/where-we-are")
        one.post("/path/recommitment", data={"wording": "We say when we will be back, and we come back."})
        yield View("path, wording, anew", ana, "/path/recommitment")
        yield View("path, on its way", ana, "/path")
        one.post("/leaving")
        yield View("path, from before", ana, "/path/earlier")

    def of_assessments(self, ana: Person, ben: Person) -> Iterator[View]:
        """Assessments: what there is, a page of each kind, what is private, results over months, the map."""
        now = clock.now()
        for number, value in enumerate((3, 4, 2, 2, 5, 6)):
            self._at(now - timedelta(weeks=24 - 4 * number))
            sat(self._as_user(ana), SATISFACTION, every(SATISFACTION, value))
        self._at(now)
        one, two = self._as_user(ana), self._as_user(ben)
        yield View("assessments", ana, "/assessments")
        yield View("assessment, results", ana, "/assessments/satisfaction")
        yield View("assessment, wrong", ana, f"{begun(one, SATISFACTION)}/pages/1", {"days": "3", "year": "skip"})
        yield View("assessment, map shut", ana, "/assessments/balance/map")
        here = begun(one)
        yield View("assessment, page", ana, f"{here}/pages/1")
        yield View("assessment, in private", ana, f"{here}/private")
        yield View("assessment, end", ana, f"{here}/end")
        fill(one, here, BALANCE, SEEN_BY_ANA | every(BALANCE, 1, private=True))
        one.post(f"{here}/finish")
        yield View("assessment, answered", ana, here)
        yield View("assessment, answered in private", ana, f"{here}/private")
        yield View("assessment, release wrong", ana, f"{here}/release", {"part": "private", "audience": "partner"})
        open_(one, here)
        open_(one, here, "private", sure="yes")
        open_(two, sat(two, BALANCE, SEEN_BY_BEN))
        yield View("assessment, map", ana, "/assessments/balance/map")
        yield View("assessment, told", ben, "/assessments/told")

    def of_exercises(self, ana: Person, ben: Person, carol: Person) -> Iterator[View]:
        """Longer exercises: to choose, planned, each kind of step as both see it, side by side, the end."""
        one, two = self._as_user(ana), self._as_user(ben)
        yield View("exercises, alone", carol, "/exercises")
        yield View("exercise of every day", carol, "/exercises/love_map")
        late = {"when": "later", "day": "2026-11-21", "at": "09:00"}
        yield View("exercise, wrong", ana, "/exercises/happy_memories/occasions", {**late, "day": "", "variant": "x"})
        planned = one.post("/exercises/happy_memories/occasions", data=late).location
        yield View("occasion, planned", ana, planned)
        yield View("today, planned", ben, "/today")
        here = begin(one, "doing_together")
        yield View("exercises, ahead", ana, "/exercises")
        yield from self._steps(one, two, ana, ben, here)
        yield View("landed", ana, here)
        yield from self._in_time(one, two, ana, ben)
        yield View("journal, longer", ana, "/history")

    def _steps(self, one: FlaskClient, two: FlaskClient, ana: Person, ben: Person, here: str) -> Iterator[View]:
        """Each kind of step, before and after somebody has given something."""
        seen: set[str] = set()
        for number in range(80):
            browser, person = ((one, ana), (two, ben))[number % 2]
            offer = own(browser.get(here).text)
            if offer is None:
                continue
            kind = next((name for name in ("rating", "passing", "text", "pick") if name in offer.names), "tap")
            first, both = kind not in seen, kind == "pick" and person is ben and "two picks" not in seen
            if first:
                yield View(f"step, {kind}", person, here)
            if first and kind == "passing":
                yield View("step, wrong", person, offer.path, {**offer.fields, "text": ""})
            text = (LONG if person is ben else "Pancakes, and nobody looks at a phone.")[:290]
            browser.post(offer.path, data=filled(offer, text, pick="1" if both else "0"))
            if both:
                yield View("step, two picks", ben, here)
            if first and kind in {"passing", "rating"}:
                yield View(f"step, {kind} in", person, here)
            seen |= {kind, "two picks"} if both else {kind}

    def _in_time(self, one: FlaskClient, two: FlaskClient, ana: Person, ben: Person) -> Iterator[View]:
        here = begin(one, "heart_to_heart")
        go_until((one, two), here, "passing", stop="I have said it")
        yield View("step, speak", ana, here)
        timer = shared(one.get(here).text, "timer")
        one.post(timer.path, data=timer.fields)
        yield View("step, time runs", ben, here)
        pause = shared(one.get(here).text, "pause")
        one.post(pause.path, data=pause.fields)
        yield View("step, paused", ben, here)
        one.post(pause.path, data={**pause.fields, "number": "2"})
        go_until((one, two), here, "passing")
        yield View("step, together, mine", ana, f"{here}?together=1")
        offer = own(one.get(f"{here}?together=1").text)
        assert offer is not None
        one.post(offer.path, data=filled(offer))
        yield View("occasion, handover", ana, f"{here}/handover")
        yield View("step, moved on", ana, offer.path, filled(offer, "and something else"))
        stop = shared(one.get(here).text, "stop")
        one.post(stop.path, data=stop.fields)
        yield View("stopped", ben, here)

    def of_therapists(self, ana: Person, ben: Person, thea: Person) -> Iterator[View]:
        """To become a therapist; a practice; codes; how a couple is asked, opens the door, and shuts it."""
        doctor, one, two = (self._as_user(each) for each in (thea, ana, ben))
        yield View("therapist, invited", None, "/therapists/invited")
        with doctor.application.app_context(), transaction():
            code = invite_therapist("Cleo Marsh", None, now=clock.now())
        yield View("therapist, code", None, "/therapists/invited", {"code": code})
        yield View("caseload, none", thea, "/caseload")
        yield View("practice, wrong", thea, "/practice", {"name": LONG[:70], "policy": "own", "own": ""})
        yield View("colleague", thea, "/practice/colleague", {})
        yield View("settings of a therapist", thea, "/settings")
        doctor.post("/practice", data={"name": "The Green Door", "policy": "own", "own": LONG})
        for path in ("/caseload/codes/own", "/caseload/codes"):
            doctor.post(path)
        yield View("codes", thea, "/caseload/codes")
        yield View("therapist-invited", None, "/therapist-invited")
        yield View("access, none", ana, "/therapist-access")
        typed = re.findall(r'class="token">([\w-]+)<', doctor.get("/caseload/codes").text)[0]
        guest = one.post("/therapist-access", data={"code": typed}).location
        yield View("guest, asks", ana, guest)
        one.post(guest, data={"scores": "yes"})
        yield View("access, waiting", ana, "/therapist-access")
        two.post(guest, data={})
        yield View("guest, open", ana, guest)
        (couple,) = re.findall(r'"(/caseload/[\w-]{22})"', doctor.get("/caseload").text)
        yield View("couple of a therapist", thea, couple)
        yield View("visits", ana, "/therapist-visits")
        yield View("caseload, one", thea, "/caseload")
        two.post(f"{guest}/refusal")
        yield View("guest, ended", ana, guest)
        yield View("caseload, ended", thea, "/caseload")
        yield from self._too_late(thea, f"{couple}/notes", ana, f"{guest}/brief")

    def _too_late(self, thea: Person, notes: str, ana: Person, brief: str) -> Iterator[View]:
        """Words that come after the door was shut, and some that were sent when their author's session had ended."""
        yield View("note, too late", thea, notes, {"words": LONG})
        browser = self._as_user(ana)
        with browser.application.app_context():
            held = hold(browser.get_cookie("attune").value, brief, [("line", LONG)])
        yield View("words given back", None, "/sign-in", {"login": ana.login, "password": PASSWORD, "held": held})

    def of_homework(self, ana: Person, ben: Person, thea: Person) -> Iterator[View]:
        """What a therapist whom both let in gives, and writes."""
        desk, one, two = (self._as_user(each) for each in (thea, ana, ben))
        desk.post("/practice", data={"policy": "none"})
        desk.post("/caseload/codes")
        typed = re.findall(r'class="token">([\w-]+)<', desk.get("/caseload/codes").text)[0]
        guest = one.post("/therapist-access", data={"code": typed}).location
        for browser in (one, two):
            browser.post(guest, data={"responses": "yes"})
        yield from self._own_exercises(thea)
        (couple,) = re.findall(r'"(/caseload/[\w-]{22})"', desk.get("/caseload").text)
        yield from self._homework(ana, thea, couple)

    def _own_exercises(self, thea: Person) -> Iterator[View]:
        """An exercise of a therapist's own, while it is being written."""
        desk = self._as_user(thea)
        own = desk.post("/own-exercises", data={"name": "Doors and windows"}).location
        step = {"kind": "speak", "title": "A door", "text": LONG[:380], "other": "Listen.", "who": "first"}
        desk.post(f"{own}/steps", data={**step, "seconds": "90"})
        desk.post(
            f"{own}/steps", data={"kind": "choose", "title": "Which?", "text": "Choose.", "options": "Door\nSill"}
        )
        yield View("own exercise", thea, own)
        yield View("exercise, to read", thea, "/exercises/heart_to_heart")
        yield View("own step, wrong", thea, f"{own}/steps", {**step, "title": "", "seconds": "5"})

    def _homework(self, ana: Person, thea: Person, couple: str) -> Iterator[View]:
        """What a therapist gives, and what it looks like on the day of those it is for."""
        desk, one, path = self._as_user(thea), self._as_user(ana), f"{couple}/homework"
        every = {"weekdays": list("1234567"), "whom": "both"}
        yield View("homework, wrong", thea, path, {**every, "exercise": "x", "dates": ["2020-01-01"], "note": LONG})
        desk.post(path, data={**every, "exercise": "check_in", "note": "A minute each, before supper."})
        desk.post(path, data={**every, "exercise": "appreciation", "whom": ana.id, "note": LONG[:300]})
        desk.post(path, data={**every, "exercise": "heart_to_heart", "weekdays": ["6"]})
        here = self._prompt(one, "check_in")
        yield View("today with homework", ana, "/today")
        yield View("homework of partners", ana, "/homework")
        day = re.findall(r'"(/homework/[\w-]{22}/[\d-]+)"', one.get(here).text)[0]
        one.post(f"{day}/skipping", data={"because": "The baby was ill.", "share": "yes"})
        yield View("homework, let be", ana, day)
        one.post(f"{here}/response", data=CHECK_IN)
        one.post(f"{day}/rating", data={"went": "8"})
        yield View("homework, done", ana, day)
        yield View("homework of a couple", thea, path)
        first = re.findall(rf'"({path}/[\w-]{{22}})"', desk.get(path).text)[-1]
        desk.post(f"{first}/pause", data={"since": clock.now().date().isoformat()})
        yield View("homework, change", thea, first)
        desk.post(f"{path}-sets", data={"name": "A beginning"})
        yield View("homework, sets", thea, f"{path}-sets")
        yield View("homework, month", thea, f"{path}-month")

    def _subscribe(self, browser: FlaskClient, person: Person) -> None:
        """Two devices, one of which a push service has turned away, and a reminder that no device took."""
        app, now = browser.application, clock.now()
        subscribe(app, browser)
        subscribe(app, self._as_user(person))
        with app.app_context(), transaction():
            device = db.session.scalars(select(PushSubscription).limit(1)).one()
            device.sent_at = device.shown_at = device.failed_at = now
            device.failure = "403"
            row = Notification(person_id=person.id, kind=REMINDER, subject="2026-11-15", created_at=now, expires_at=now)
            row.outcome, row.finished_at = FAILED, now
            db.session.add(row)

    def _prompt(self, browser: FlaskClient, exercise: str) -> str:
        """Where today's prompt of an exercise is, by the words on its link."""
        found = re.findall(
            r'<a class="act[^"]*" href="(/prompts/[^"]+)">.*?: ([^<]+)</span>', browser.get("/today").text, re.DOTALL
        )
        names = {"check_in": "Daily check-in", "appreciation": "Shared appreciation"}
        wanted = names.get(exercise, exercise.replace("_", " ").capitalize())
        return next(path for path, name in found if name == wanted)
