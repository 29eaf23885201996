"""The door: cookies given and taken back, devices known again, tries counted."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, make_response, redirect, render_template, request, session
from flask_babel import format_date, gettext
from werkzeug.wrappers import Response

from app.accounts import service
from app.accounts.guards import cookie_name, device_label, https, network, way_on
from app.accounts.models import ABSOLUTE, THERAPIST, Person
from app.accounts.service import GivenBack
from app.core import clock
from app.core.crypto import vault
from app.core.db import transaction
from app.core.events import Event, tell

DEVICE_FOR = 400 * 24 * 60 * 60
DEVICE_PEOPLE = 4
"""How many people one device is known for; partners do share a tablet."""


HALF = "half"
"""Where the signed notes of a browser carry who has given a password and is to show a second factor."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who may come in: by this token, to this path. `shared`: others use the device, too.

    `back`: words of theirs that nobody has kept, to be sent once more.
    """

    person_id: str
    token: str
    after: str
    shared: bool
    back: GivenBack | None = None

    def on(self) -> Response:
        """Let them in, to the path, or first to their words."""
        if self.back is None:
            return self.give(redirect(self.after, 303))
        return self.give(make_response(render_template("accounts/given_back.html", back=self.back)))

    def give(self, response: Response) -> Response:
        """Let this answer sign them in."""
        tell(Event.SIGNED_IN)
        session.pop(HALF, None)
        let_in(response, self.token, shared=self.shared)
        if not self.shared:
            know_device(response, self.person_id)
        return response


def enter(person: Person, after: str, *, held: str = "", shared: bool = False, now: datetime) -> Entry:
    """Sign somebody in who has shown all that is asked of them, and keep the words they held. In a transaction."""
    service.end_token(request.cookies.get(cookie_name(), ""), now=now)
    service.forget_challenges(person.id)
    # A therapist's session ends with the browser: it is a short one in any case.
    shared = shared or person.role == THERAPIST
    token = service.open_session(person, device_label(), now=now, shared=shared)
    if person.role == THERAPIST:
        _tell_of_resets(person, now=now)
    kept = service.held_by(person, held) if held else None
    found = service.held_words.look_after(person, *kept, now=now) if kept else None
    back = found if isinstance(found, GivenBack) else None
    where = found if isinstance(found, str) else way_on(person.role, after)
    return Entry(person.id, token, where, shared, back)


def _tell_of_resets(person: Person, *, now: datetime) -> None:
    """Say so where whoever runs the server has made a link since by which the account can be set up anew."""
    made_at = service.tell_resets(person.id, now=now)
    if made_at is not None:
        told = gettext(
            "On %(day)s whoever runs this server made a link by which your account can be set up anew. "
            "If you did not ask for it, ask them why. All such links stand under Devices.",
            day=format_date(made_at.astimezone(ZoneInfo(person.zone)).date(), "d MMMM yyyy"),
        )
        flash(told)


def let_in(response: Response, token: str, *, shared: bool = False) -> None:
    """Give the browser its session. On a shared device it forgets when it is closed."""
    age = None if shared else int(ABSOLUTE.total_seconds())
    response.set_cookie(cookie_name(), token, max_age=age, path="/", secure=https(), httponly=True, samesite="Lax")


def let_out() -> Response:
    """To the front page, with nothing left in the browser but that it is known."""
    session.clear()
    response = redirect("/", 303)
    response.delete_cookie(cookie_name(), path="/", secure=https(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def know_device(response: Response, person_id: str) -> None:
    """Let this device be known again as one that the person has signed in on. It opens nothing by itself."""
    mark, *people = request.cookies.get(_device_cookie(), "").split(".")
    mark = mark or secrets.token_urlsafe(16)
    known = [each for each in people if each != _seal(mark, person_id)]
    value = ".".join((mark, *known[1 - DEVICE_PEOPLE :], _seal(mark, person_id)))
    response.set_cookie(
        _device_cookie(), value, max_age=DEVICE_FOR, path="/", secure=https(), httponly=True, samesite="Lax"
    )


@dataclass(frozen=True)
class Tries:
    """What is counted when somebody tries `act` for an account: by device where it is known, else by network.

    Strangers who try a name wear out their own networks alone, so that they cannot shut out its owner.
    """

    act: str
    login: str
    person_id: str

    def claim(self) -> None:
        """Count a try before it is made. Raises TooMany."""
        with transaction():
            for what, free in self._counted().items():
                service.claim_try(what, free=free, now=clock.now())

    def forgive(self) -> None:
        """It was the right one. Inside a transaction."""
        own, *others = self._counted()
        service.forget_tries(own)
        for what in others:
            service.take_back(what)

    def _counted(self) -> dict[str, int]:
        if device := _known_device(self.person_id):
            return {f"{self.act}|device|{device}": 10}
        return {f"{self.act}|{self.login}|{network()}": 5, f"{self.act}|{network()}": 30}


def _known_device(person_id: str) -> str:
    """The seal by which this device is known for the person, or ""."""
    mark, *people = request.cookies.get(_device_cookie(), "").split(".")
    seal = _seal(mark, person_id)
    return seal if any(hmac.compare_digest(seal.encode(), each.encode()) for each in people) else ""


def _seal(mark: str, person_id: str) -> str:
    return vault().fingerprint(f"{mark}|{person_id}", "device")


def _device_cookie() -> str:
    return "__Host-attune-device" if https() else "attune-device"
