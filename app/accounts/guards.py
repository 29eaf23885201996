"""Who is asking. A guard hands the view its visitor, and marks the view with who may use it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, current_app, g, has_request_context, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from app.accounts import service
from app.accounts.models import PARTNER, THERAPIST, Person
from app.accounts.places import label_of, network_of
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound, NotSignedIn, asks_for_json
from app.core.policy import declare
from app.core.security import SAFE
from app.core.taps import note_request

PERSON = "person"
INVITATION = "invitation"
"""Where the signed notes of a browser carry an invitation's code, over registration, to the page that uses it."""

HOMES = {PARTNER: "/today", THERAPIST: "/caseload"}
"""Where each begins."""

FACTORS = "/settings/second-factor"
"""Where a therapist has to go first."""

LOCALES = ("en",)
"""The languages that pages can be in; the first is for everybody who reads none of them."""


class Visitors(LoginManager):  # type: ignore[misc]
    """Flask-Login, with the visitor from our own session cookie."""

    def _load_user(self) -> None:
        # In place of a hash of the browser's name, for a protection that is off, and a look for cookies of its own.
        self._update_request_context_with_user(load_visitor())


def init_app(app: Flask) -> None:
    """Let Flask-Login find the visitor. Its own `init_app` would add what it does for a cookie that we have not."""
    app.login_manager = Visitors()  # type: ignore[attr-defined]
    app.before_request(refuse_somebody_else)
    app.context_processor(lambda: {"visitor": g.get("visitor"), "pair": g.get("pair")})


def refuse_somebody_else() -> ResponseReturnValue | None:
    """What a phone kept for one person never goes out in the name of another who has signed in on it since."""
    meant = request.headers.get("Attune-Person")
    if meant is None:
        return None
    visitor = current_visitor()
    return None if visitor and visitor.person_id == meant else ("", 401)


def load_visitor() -> Visitor | None:
    """The signed-in visitor of this request, from the cookie, or None. One statement."""
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    now = clock.now()
    visitor = service.visitor_of(token, now=now)
    if visitor and not visitor.noted(now):
        with transaction():
            service.note_visit(visitor, now=now)
    return visitor


def cookie_name() -> str:
    """The name of the session cookie: bound to this host wherever there is TLS."""
    return "__Host-attune" if https() else "attune"


def https() -> bool:
    """Whether people reach this instance over TLS."""
    over_tls: bool = current_app.extensions["attune"].https
    return over_tls


def locale() -> str:
    """The language of this page: the visitor's, else the browser's. Asks no database, so that errors can use it."""
    if not has_request_context():
        return LOCALES[0]
    visitor: Visitor | None = g.get("visitor")
    return visitor.locale if visitor else request.accept_languages.best_match(LOCALES, LOCALES[0])


def zone() -> str | None:
    """The time zone in which this page tells a time of day: the visitor's, or None for UTC."""
    visitor: Visitor | None = g.get("visitor") if has_request_context() else None
    return visitor.zone if visitor else None


def current_visitor() -> Visitor | None:
    """The visitor, or None when nobody is signed in. Loaded once per request."""
    if "visitor" not in g:
        # Flask-Login hands out a proxy; keep the thing itself, so that nothing outlives the request.
        user = current_user._get_current_object()
        g.visitor = user if user.is_authenticated else None
    found: Visitor | None = g.visitor
    return found


def person_required(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Open to everybody who is signed in. The view gets the Visitor first."""

    @wraps(view)
    def guarded(visitor: Visitor, *args: Any, **kwargs: Any) -> ResponseReturnValue:
        return view(visitor, *args, **kwargs) if visitor.secured else redirect(FACTORS, 303)

    return newcomer_required(guarded)


def newcomer_required(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """As `person_required`, but also open to a therapist who has nothing to show besides a password yet."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        visitor = current_visitor()
        if visitor is None:
            return ask_to_sign_in()
        return view(visitor, *args, **kwargs)

    return declare(guarded, PERSON)


def partner_required(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Open to every partner, for what is theirs alone. The view gets the Visitor first; a therapist finds nothing."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        visitor = partner_of_request()
        if visitor is None:
            return ask_to_sign_in()
        return view(visitor, *args, **kwargs)

    return declare(guarded, PARTNER)


def partner_of_request() -> Visitor | None:
    """The visitor if that is a partner. A therapist has no couple's pages: raises NotFound for one."""
    visitor = current_visitor()
    if visitor is not None and visitor.role != PARTNER:
        raise NotFound
    return visitor


def fresh_required(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Ask for password or passkey again unless one was given in the last five minutes. Stands below another guard."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if (visitor := current_visitor()) and not is_fresh():
            return redirect(url_for("accounts.new_confirmation", next=note_request(visitor.person_id)), 303)
        return view(*args, **kwargs)

    return guarded


def is_fresh() -> bool:
    """Whether the visitor has given their password in the last five minutes."""
    visitor = current_visitor()
    return visitor is not None and visitor.fresh_until > clock.now()


def way_on(role: str, after: str) -> str:
    """Where somebody of this role goes on: `after`, or their own beginning in place of the one of partners."""
    return HOMES[role] if after == HOMES[PARTNER] else after


def network() -> str:
    """The network this request comes from, as coarse as one household."""
    return network_of(request.remote_addr)


def device_label() -> str:
    """What this browser is called in a list of devices."""
    return label_of(request.user_agent.string)


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a stranger to the sign-in page; keep what they were writing when their session had ended.

    Raises NotSignedIn where a program asks.
    """
    if asks_for_json():
        raise NotSignedIn
    if request.method in SAFE:
        return redirect(url_for("accounts.new_session", next=request.full_path.rstrip("?")), 303)
    held = service.hold(request.cookies.get(cookie_name(), ""), request.path, request.form.items(multi=True))
    return render_template("accounts/sign_in.html", form=None, after="/today", held=held, interrupted=True), 401


def person(visitor: Visitor) -> Person:
    """The row of the visitor, for services that change it."""
    return service.person_by_id(visitor.person_id)
