"""What Ana types in the course of using Attune, through the same forms as everybody: into each field a word of its own.

The words are drawn by chance and begin alike, so that wherever one turns up, it came from her.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.test import TestResponse

from app.accounts.models import Person
from app.accounts.service import invite_therapist
from app.assessments.paging import pages_of
from app.assessments.shelf import PLAIN, builtin
from app.core import clock
from app.core.db import db, transaction
from app.couples.models import Couple, Membership
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING, Prompt
from app.push import service as push
from tests.accounts.authenticator import Authenticator
from tests.guided.play import own
from tests.guided.rows import HEART, TALK, make_occasion
from tests.push.devices import Browser

SEALED, OPEN, LEFT = "before anything has opened", "after both have answered", "after Ana has left"
EVERY_DAY = {name: list("1234567") for name in (CHECK_IN, APPRECIATION, LOVE_MAP, MIRRORING)}
RATINGS = dict.fromkeys(("mood", "stress", "understood", "valued", "supported", "guess_mood", "guess_stress"), "7")
CHOSEN = {"need": "space", "guess_need": "help", "feelings": ["heartbroken"]}
PUBLIC = {"NewPerson.login", "NewPerson.name", "Account.name", "NewTherapist.login", "NewTherapist.name"}
"""What lies in the database as it was typed, and is what an account is found and shown by."""

STEP = "listen-first"
"""The step of the path that she writes at."""

BEN = "Ben"
"""Before the fields of what Ben types, so that it is told from Ana's."""

GIVEN = {"AppreciationForm.text", "TurnForm.text", "LineForm.text", "WordingForm.wording"}
"""What Ben may read as soon as it is given."""


@dataclass
class Story:
    """Ana, Ben and what they type. `words` has each of Ana's by the form and field it was typed into."""

    app: Flask
    after_each: Callable[[str, TestResponse], None] = lambda _path, _answer: None
    words: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    """What the app itself gave Ana alone: her tokens and codes."""

    def __post_init__(self) -> None:
        self.sign = f"zq{secrets.token_hex(5)}"
        self.ana, self.ben, self.thea = self._browser(), self._browser(), self._browser()
        self.prompts: dict[str, str] = {}
        self.alone: dict[str, str] = {}
        self.sat: list[str] = []
        self.occasions: dict[str, str] = {}
        self.homework: dict[str, list[str]] = {"ana": [], "thea": []}

    def word(self, where: str) -> str:
        """A word of Ana's own for a field; a second one for the same field is another."""
        while where in self.words:
            where += "'"
        self.words[where] = self.sign + secrets.token_hex(4)
        return self.words[where]

    def tell(self) -> Iterator[str]:
        """Let it happen, halting at SEALED, OPEN and LEFT."""
        self._register()
        self._write_alone()
        self._pair()
        self._ask_to_be_told()
        self._write_for_two()
        self._sit()
        self._go_through_steps()
        self._ask_as_a_guest()
        yield SEALED
        self._open()
        yield OPEN
        self._post(self.ana, "/leaving", {})
        yield LEFT

    def _register(self) -> None:
        login, self.password = self.word("NewPerson.login"), f"{self.word('NewPerson.password')} of pale bread"
        account = {"login": login, "name": self.word("NewPerson.name"), "zone": "UTC", "adult": "yes"}
        codes = self._post(self.ana, "/register", {**account, "password": "short", "code": self.word("NewPerson.code")})
        assert codes.status_code == 422
        codes = self._post(
            self.ana,
            "/register",
            {**account, "password": self.password, "next": f"/today?{self.word('NewPerson.next')}"},
        )
        given = set(re.findall(r"<code>([\w-]+)</code>", codes.text))
        assert len(given) == 8
        self.secrets |= given
        ben = {"login": "ben", "name": "Ben", "zone": "UTC", "adult": "yes", "password": "nine owls in a pale barn"}
        self._post(self.ben, "/register", ben)
        wrong = {
            "login": self.word("SignIn.login"),
            "password": self.word("SignIn.password"),
            "held": self.word("SignIn.held"),
        }
        self._post(self._browser(), "/sign-in", {**wrong, "next": f"/today?{self.word('SignIn.next')}"})
        lost = {
            "login": self.word("Recovery.login"),
            "code": self.word("Recovery.code"),
            "password": f"{self.word('Recovery.password')} of stone",
        }
        self._post(self._browser(), "/recovery", lost)
        self._post(self.ana, "/settings/account", {"name": self.word("Account.name"), "zone": "UTC", "theme": "dark"})
        self._post(
            self.ana,
            "/confirm",
            {"password": self.word("Confirmation.password"), "next": f"/?{self.word('Confirmation.next')}"},
        )
        other = f"{self.word('NewPassword.password')} by the sea"
        for current in (self.word("NewPassword.current_password"), self.password):
            self._post(self.ana, "/settings/password", {"current_password": current, "password": other})
        self.password = other
        self._show_more()
        self._meet_a_therapist()
        self._post(self.ana, "/settings/deletion", {"word": self.word("DeletionForm.word")})
        self._post(self.ana, "/joining", {"code": self.word("JoinForm.code")})

    def _show_more(self) -> None:
        """Ana makes a passkey, and tries what people show besides a password."""
        phone = Authenticator(self.app.extensions["attune"].base_url)
        made = {"answer": phone.make(self._post(self.ana, "/settings/passkeys/options", {}).get_json())}
        self._post(self.ana, "/settings/passkeys", {**made, **self._words("NewPasskey", "name")})
        self._post(self.ana, "/settings/passkeys", self._words("NewPasskey", "name", "answer"))
        self._post(self.ana, "/settings/authenticator", {})
        shown = re.search(r"<code>([A-Z2-7 ]+)</code>", self._get(self.ana, "/settings/authenticator").text)
        assert shown is not None
        self.secrets |= {shown[1], shown[1].replace(" ", "")}
        self._post(self.ana, "/settings/authenticator/confirmation", self._words("Digits", "digits"))
        self._post(self.ana, "/confirm/passkey", self._words("PasskeyProof", "answer", "next"))
        elsewhere = self._browser()
        self._post(elsewhere, "/sign-in/passkey", self._words("PasskeyEntry", "answer", "next", "held"))
        self._post(elsewhere, "/sign-in/second", self._words("SecondStep", "code", "next", "held"))

    def _meet_a_therapist(self) -> None:
        """Somebody becomes a therapist. What they type begins as Ana's does: it is looked for in the same places."""
        with self.app.app_context(), transaction():
            code = invite_therapist("Thea", None, now=clock.now())
        self.secrets |= {code, code.replace("-", "")}
        self._post(self.thea, "/therapists/invited", self._words("TherapistCode", "code"))
        self._post(self.thea, "/therapists/invited", {"code": code})
        account = {"zone": "UTC", "bound": "yes", **self._words("NewTherapist", "name", "login")}
        password = f"{self.word('NewTherapist.password')} of warm wool"
        page = self._post(self.thea, "/therapists/new", {**account, "password": password})
        self.secrets |= set(re.findall(r"<code>([\w-]+)</code>", page.text))
        phone = Authenticator(self.app.extensions["attune"].base_url)
        made = {"answer": phone.make(self._post(self.thea, "/settings/passkeys/options", {}).get_json())}
        self._post(self.thea, "/settings/passkeys", {**made, **self._words("NewPasskey", "name")})
        self._post(self.thea, "/practice", {"policy": "own", **self._words("PracticeForm", "name", "own")})

    def _ask_as_a_guest(self) -> None:
        """The therapist is let in by both."""
        self._post(self.thea, "/caseload/codes", {})
        code = re.search(r'class="token">([\w-]+)<', self._get(self.thea, "/caseload/codes").text)
        assert code is not None
        self.secrets |= {code[1], code[1].replace("-", "")}
        self._post(self.ana, "/therapist-access", self._words("GuestCodeForm", "code"))
        guest = self._post(self.ana, "/therapist-access", {"code": code[1]}).location
        for browser in (self.ana, self.ben):
            assert self._post(browser, guest, dict.fromkeys(("scores", "assessments", "responses"), "yes")).location
        self.guest = guest
        (self.couple,) = re.findall(r'href="(/caseload/[\w-]{22})"', self._get(self.thea, "/caseload").text)
        self._meet()
        self._give_homework()

    def _meet(self) -> None:
        """The therapist sets a session and notes something; Ana adds a line to its brief."""
        self.notes = f"{self.couple}/notes"
        self._post(self.thea, self.couple, {"session": f"{clock.now():%Y-%m-%d}", "in_a_row": "3"})
        self._post(self.thea, self.notes, self._words("NoteForm", "words"))
        self._post(self.ana, f"{self.guest}/brief", self._words("BriefLineForm", "line"))

    def _give_homework(self) -> None:
        """The therapist gives something, keeps it as a set, and writes an exercise; Ana lets it be, and says why."""
        self._post(self.thea, f"{self.couple}/homework", self._words("HomeworkForm", "exercise", "whom", "note"))
        wish = {"exercise": "heart_to_heart", "weekdays": list("1234567"), "whom": "both"}
        self._post(self.thea, f"{self.couple}/homework", {**wish, **self._words("HomeworkForm", "note")})
        self._post(self.thea, f"{self.couple}/homework-sets", self._words("KeepSetForm", "name"))
        own = self._post(self.thea, "/own-exercises", self._words("NewOwnForm", "name")).location
        told = self._words("OwnForm", "name", "summary", "why", "landing", "closing")
        self._post(self.thea, own, {"minutes": "20", "intensity": "warm", **told})
        steps = {
            "read": ("ReadStep", "title", "text"),
            "listen": ("ListenStep", "title", "text"),
            "speak": ("SpeakStep", "title", "text", "other"),
            "reveal": ("WriteStep", "title", "text", "label"),
            "choose": ("ChooseStep", "title", "text"),
        }
        others = {"listen": {"seconds": "60"}, "speak": {"seconds": "60", "who": "first"}}
        others["choose"] = {"options": f"{self.word('ChooseStep.options')}\nneither"}
        for kind, words in steps.items():
            step = {"kind": kind, **others.get(kind, {}), **self._words(*words)}
            assert self._post(self.thea, f"{own}/steps", step).location
        day = re.search(r'"(/homework/[\w-]{22}/[\d-]+)"', self._get(self.ana, "/homework").text)
        assert day is not None
        self._post(self.ana, f"{day[1]}/skipping", {"share": "yes", **self._words("SkipForm", "because")})
        self.homework["ana"] = [day[1], "/homework"]
        self.homework["thea"] = [f"{self.couple}/homework", f"{self.couple}/homework-sets", own]

    def _write_alone(self) -> None:
        self._post(self.ana, "/plan", EVERY_DAY)
        self.alone = self._prompts_of(self.ana)
        mine = {name: RATINGS[name] for name in ("mood", "stress")} | {"need": "space"}
        words = self._words("CheckInAloneForm", "high", "low", "challenge")
        self._post(self.ana, f"/prompts/{self.alone[CHECK_IN]}/response", {**mine, **words})
        self._post(self.ana, f"/prompts/{self.alone[LOVE_MAP]}/response", self._words("LoveMapAloneForm", "answer"))

    def _pair(self) -> None:
        self._post(self.ana, "/invitation", {})
        code = re.search(r'class="token">([\w-]+)<', self._get(self.ana, "/invitation").text)
        assert code is not None
        self.secrets |= {code[1], code[1].replace("-", "")}
        self._post(self.ben, "/joining", {"code": code[1]})
        asked = re.search(r'action="(/invitation/[\w-]+/confirmation)', self._get(self.ana, "/invitation").text)
        assert asked is not None
        self._post(self.ana, asked[1], {})

    def _ask_to_be_told(self) -> None:
        time = {"at": "20:30", "weekdays": ["5"], "window": "60", **self._words("ReminderForm", "if_then")}
        self._post(self.ana, "/reminders", time)
        address = f"{self.word('MailForm.address')}@example.org"
        assert self._post(self.ana, "/reminders/mail", {"address": address}).status_code == 303
        with self.app.app_context(), transaction():
            key = (push.current_key() or push.rotate_keys(now=clock.now())).public
        device = Browser(f"https://fcm.googleapis.com/fcm/send/{self.word('DeviceForm.endpoint')}").told(key)
        self.secrets |= {device["p256dh"], device["auth"]}
        assert self._post(self.ana, "/push/subscription", device).status_code == 204
        self._post(self.ana, "/push/subscription", self._words("DeviceForm", "endpoint", "p256dh", "auth", "key"))
        for path in ("/push/shown", "/push/later"):
            self._post(self.ana, path, self._words("ShownForm", "id"))

    def _write_for_two(self) -> None:
        self._post(self.ana, "/plan", EVERY_DAY)
        self.prompts = self._prompts_of(self.ana)
        self._be_interrupted()
        check_in, love_map, appreciation, mirroring = (
            f"/prompts/{self.prompts[name]}" for name in (CHECK_IN, LOVE_MAP, APPRECIATION, MIRRORING)
        )
        self._post(self.ana, f"{check_in}/draft", self._words("Draft", "high", "low", "challenge"))
        self._post(self.ana, f"{check_in}/response", self._words("Unfinished", "high", "low", "challenge"))
        for _ in range(2):
            words = self._words("CheckInForm", "high", "low", "challenge")
            self._post(self.ana, f"{check_in}/response", {**RATINGS, **CHOSEN, **words})
        self._post(self.ana, f"{love_map}/response", self._words("LoveMapForm", "answer", "guess"))
        self._post(self.ana, f"{appreciation}/response", self._words("AppreciationForm", "text"))
        self._post(self.ana, f"{mirroring}/turn", self._words("TurnForm", "text"))
        self._post(self.ana, f"{mirroring}/draft", self._words("Draft", "text"))
        self._post(self.ana, f"/path/{STEP}/line", self._words("LineForm", "text"))
        self._post(self.ana, "/path/recommitment", self._words("WordingForm", "wording"))
        self._post(self.ana, f"/path/{STEP}/line", {"text": "for others", **self._words("LineForm", "to")})
        self._post(self.ana, "/path/recommitment", {"wording": "for others", **self._words("WordingForm", "to")})
        self._post(self.ana, "/path/aims", {"aims": ["fears", "worth"]})

    def _sit(self) -> None:
        """One sitting to its end, with private answers; one that is begun."""
        for instrument in ("balance", "satisfaction"):
            here = self._post(self.ana, f"/assessments/{instrument}/sittings", {}).location
            self.sat.append(here.rsplit("/", 1)[-1])
            for page in pages_of(builtin()[instrument, PLAIN]):
                self._post(self.ana, f"{here}/pages/{page.number}", {item.id: "1" for item in page.items})
        self._post(self.ana, f"/sittings/{self.sat[0]}/finish", {})

    def _go_through_steps(self) -> None:
        """Longer exercises, each come to a step in which Ana gives something; in the last she only types."""
        with self.app.app_context():
            people = {
                person.login: person for person in db.session.scalars(select(Person).options(joinedload(Person.key)))
            }
            ana, ben = people[self.words["NewPerson.login"]], people["ben"]
            here = select(Couple).join(Membership).where(Membership.person_id == ben.id, Membership.left_at.is_(None))
            couple = db.session.scalars(here.order_by(Couple.created_at)).unique().first()
            db.session.expunge_all()
        for name, exercise, kind in (
            ("WriteForm", TALK, "write"), ("RevealForm", HEART, "reveal"), ("ClosingForm", TALK, "rate"),
            ("Draft", HEART, "reveal"),
        ):  # fmt: skip
            first, *moves = make_occasion(couple, (ana, ben), exercise, until=kind)
            self.occasions[name] = first.id
            with self.app.app_context(), transaction():
                db.session.add(first)
                db.session.flush()
                db.session.add_all(moves)
            self._give_step(self.ana, name, name)

    def _give_step(self, browser: FlaskClient, name: str, form: str) -> None:
        here = f"/occasions/{self.occasions[name]}"
        offer = own(self._get(browser, here).text)
        assert offer is not None
        fields = {**offer.fields, **({"rating": "7"} if "rating" in offer.names else {})}
        fields |= self._words(form, "text") if form else {"passing": "yes"} if "passing" in offer.names else {}
        assert self._post(browser, f"{here}/draft" if form == "Draft" else offer.path, fields).status_code in {204, 303}

    def _be_interrupted(self) -> None:
        """The session ends while Ana writes; what she wrote comes back when she has signed in again."""
        elsewhere = self._browser()
        login = {"login": self.words["NewPerson.login"], "password": self.password}
        self._post(elsewhere, "/sign-in", login)
        self._post(elsewhere, "/settings/devices/others/end", {})
        page = self._post(
            self.ana, f"/prompts/{self.prompts[LOVE_MAP]}/response", self._words("Held", "answer", "guess")
        )
        held = re.search(r'name="held" value="([^"]+)"', page.text)
        assert held is not None
        self._post(self.ana, "/sign-in", {**login, "held": held[1]})

    def _open(self) -> None:
        check_in, love_map, appreciation, mirroring = (
            f"/prompts/{self.prompts[name]}" for name in (CHECK_IN, LOVE_MAP, APPRECIATION, MIRRORING)
        )
        self._post(self.ben, f"{check_in}/response", {**RATINGS, **CHOSEN, **self._words(BEN, "high")})
        self._post(self.ben, f"{love_map}/response", self._words(BEN, "answer", "guess"))
        self._post(self.ben, f"{appreciation}/response", self._words(BEN, "text"))
        self._post(self.ben, f"{mirroring}/turn", self._words(BEN, "text"))
        verdict = {"heard": "4", "verdict": "missing", **self._words("VerdictForm", "text")}
        self._post(self.ana, f"{mirroring}/turn", verdict)
        self._post(self.ana, f"{appreciation}/mark", {"landed": "9", **self._words("LandingForm", "thanks")})
        self._post(self.ana, f"{love_map}/amendment", {"field": "answer", **self._words("AmendmentForm", "text")})

        for name in ("RevealForm", "ClosingForm"):
            self._give_step(self.ben, name, "")
        another = self._post(self.ana, f"{appreciation}/setting-aside", {}).location
        self.prompts["another"] = another.rsplit("/", 1)[-1]
        for browser, name in ((self.ana, "Draft"), (self.ben, BEN)):
            self._post(browser, f"{another}/draft", self._words(name, "text"))

    def _words(self, form: str, *names: str) -> dict[str, str]:
        return {name: self.word(f"{form}.{name}") for name in names}

    def _prompts_of(self, browser: FlaskClient) -> dict[str, str]:
        """The exercise → the prompt, of the day that this browser's partner looks at first."""
        with self.app.app_context():
            before = set(db.session.scalars(select(Prompt.id)))
        self._get(browser, "/today")
        with self.app.app_context():
            return {row.exercise: row.id for row in db.session.scalars(select(Prompt)) if row.id not in before}

    def _browser(self) -> FlaskClient:
        browser = FlaskClient(self.app, self.app.response_class)
        browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return browser

    def _get(self, browser: FlaskClient, path: str) -> TestResponse:
        return self._ask(browser, path, "GET", None)

    def _post(self, browser: FlaskClient, path: str, form: dict[str, object]) -> TestResponse:
        return self._ask(browser, path, "POST", form)

    def _ask(self, browser: FlaskClient, path: str, method: str, form: dict[str, object] | None) -> TestResponse:
        answer = browser.open(path, method=method, data=form)
        assert answer.status_code < 500, (path, answer.text)
        if cookie := self.ana.get_cookie("attune"):
            self.secrets.add(cookie.value)
        self.after_each(path, answer)
        return answer
