"""The outer fence: headers on every response, no unsafe request from another site, no form out of what is none."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Request, abort, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.datastructures import ImmutableMultiDict

from app.core.events import Event, tell

WSGI = Callable[..., Iterable[bytes]]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Where browsers say that they ask for a page before anybody wants to see it."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app-sw"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=(), "
        "browsing-topics=(), display-capture=()"
    ),
}
HSTS = "max-age=31536000; includeSubDomains"
FIELDS, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"


class FormRequest(Request):
    """A request that has a form only if one was sent: to some routes an empty form means something."""

    @property
    def form(self) -> ImmutableMultiDict[str, str]:
        """What was sent as a form; bytes that are no text come as U+FFFD. Answers 400 to what is no form, or broken."""
        if not self.content_length:
            return ImmutableMultiDict()
        if self.mimetype == FIELDS:
            sent = self.get_data().decode(errors="replace")
            return ImmutableMultiDict(parse_qsl(sent, keep_blank_values=True, errors="replace"))
        if self.mimetype != PARTS or not (super().form or self.files):
            abort(400)
        return super().form


class Notes(SecureCookieSessionInterface):
    """Flask's session, the notes that a browser keeps for us. Its signer is made once, instead of at every request."""

    def __init__(self) -> None:
        """Nothing is signed yet."""
        self._signer: Any = None

    def get_signing_serializer(self, app: Flask) -> Any:
        """What signs and reads the notes."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def save_session(self, app: Flask, session: Any, response: Any) -> None:
        """Send the notes back, if there are any or were."""
        # Flask would have each answer vary by cookie, once anybody has looked whether there are notes.
        if session or session.modified:
            super().save_session(app, session, response)


def asked_ahead() -> bool:
    """Whether a browser asks for a page ahead, which somebody may look at later or never; or for its head alone."""
    purposes = (request.headers.get(name, "") for name in AHEAD)
    return request.method != "GET" or any(purpose.startswith(("prefetch", "preview")) for purpose in purposes)


def init_app(app: Flask, *, https: bool) -> None:
    """Stand before and after every request of `app`. `https`: whether it is served over TLS."""
    app.request_class = FormRequest
    app.session_interface = Notes()
    app.before_request(refuse_other_sites)
    headers = {**HEADERS, "Strict-Transport-Security": HSTS} if https else HEADERS
    app.wsgi_app = fenced(app.wsgi_app, list(headers.items()))  # type: ignore[method-assign]


def fenced(app: WSGI, fence: list[tuple[str, str]]) -> WSGI:
    """The same app, with these headers on whatever it answers. On the way out, where it costs next to nothing."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            # Personal unless a route says otherwise: nothing of it stays on a shared device.
            kept = [] if any(name == "Cache-Control" for name, _ in headers) else [("Cache-Control", "no-store")]
            return start_response(status, [*headers, *fence, *kept], *error)

        return app(environ, start)

    return answer


def refuse_other_sites() -> None:
    """Answer 403 to an unsafe request that does not come from a page of ours, and to TRACE.

    The browser says where a request comes from in Sec-Fetch-Site; where it is too old for that, Origin must be ours.
    """
    if request.method in SAFE:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = origin == f"{request.scheme}://{request.host}" if site is None else site == "same-origin"
    if not ours:
        tell(Event.OTHER_SITE_REFUSED)
        abort(403)
