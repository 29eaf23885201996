"""What goes out with every answer, whoever asks and whatever comes of it; and what never goes out."""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import BODY_MAX
from app.core.security import HEADERS, HSTS
from app.couples.help_lines import help_lines
from tests.factories import PASSWORD
from tests.trust.rows import Kept
from tests.trust.world import World

PLAIN, TLS = "http://127.0.0.1:8000", "https://attune.example.org"
KEPT = {"pwa.static": "public, max-age=31536000, immutable", "pwa.worker": "no-cache", "pwa.manifest": "no-cache"}
"""What a browser may keep: the three that are the same for everybody."""

DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "app-sw",
}
DENIED = {
    "camera",
    "microphone",
    "geolocation",
    "payment",
    "usb",
    "serial",
    "midi",
    "display-capture",
    "browsing-topics",
}
LEAKY = ("ETag", "Last-Modified", "Content-Encoding", "Access-Control-Allow-Origin", "Server", "X-Powered-By")
"""What no personal answer carries: marks of its content, sizes that a compressor changes, and doors to others."""

FAILURES = {403, 404, 405, 413, 422, 429, 500}
COOKIES = {"attune", "attune-device", "attune-notes"}
ADDRESS = re.compile(r"(?:https?:)?//[^\s\"'<>()]+")

WRONG = {"login": "ana", "password": "not this one at all"}
GIVERS = {
    "/sign-in": {"login": "ana", "password": PASSWORD},
    "/register": {"login": "kim", "name": "Kim", "password": "nine owls in a pale barn", "zone": "UTC", "adult": "yes"},
    "/invited": {"code": "0000-0000-0000-0"},
}
TAKERS = {"/confirm": {"password": PASSWORD}, "/settings/deletion": {"word": "erase"}}
"""Acts that leave something in the browser, or take it away: of a stranger, and of a partner."""

pytestmark = pytest.mark.only_on("sqlite")
Answers = Callable[[str], list[tuple[str, TestResponse]]]


@pytest.fixture(scope="module")
def heard() -> dict[str, list[tuple[str, TestResponse]]]:
    """What came under each address, as soon as a test has asked for all of it."""
    return {}


@pytest.fixture
def answers(heard: dict[str, Any], world: World, make_app: Callable[..., Flask], monkeypatch) -> Answers:
    """`answers(base_url)`: (which it is, what came) for every route, to a stranger and a partner, and every failure."""

    def all_of(base_url: str) -> list[tuple[str, TestResponse]]:
        if base_url not in heard:
            house = House(world, make_app(base_url=base_url), base_url)
            asked = (house.routes("nobody"), house.routes("partner"), house.failures(monkeypatch), house.givers())
            heard[base_url] = list(chain(*asked))
        return heard[base_url]

    return all_of


@pytest.mark.parametrize("base_url", [PLAIN, TLS])
def test_every_answer_is_fenced(answers: Answers, base_url: str) -> None:
    seen = set()
    for which, answer in answers(base_url):
        for name, value in HEADERS.items():
            assert answer.headers.getlist(name) == [value], (which, name)
        assert answer.headers.getlist("Strict-Transport-Security") == ([HSTS] if base_url == TLS else []), which
        if which in {"today.show partner GET", "accounts.show_settings partner GET"}:
            assert answer.status_code == 200, "nobody is signed in, so this says nothing of their pages"
        if which.startswith("failure"):
            assert answer.status_code == int(which.split()[1]), which
            seen.add(answer.status_code)
    assert seen == FAILURES


def test_the_fence_lets_nothing_run_and_nothing_load_that_is_not_ours() -> None:
    policy = dict(each.split(" ", 1) for each in HEADERS["Content-Security-Policy"].split("; "))
    assert policy == DIRECTIVES
    assert HEADERS["X-Content-Type-Options"] == "nosniff"
    assert HEADERS["Referrer-Policy"] == "no-referrer"
    assert HEADERS["Cross-Origin-Opener-Policy"] == HEADERS["Cross-Origin-Resource-Policy"] == "same-origin"
    denied = {each.strip().removesuffix("=()") for each in HEADERS["Permissions-Policy"].split(",")}
    assert denied == DENIED
    assert f"max-age={365 * 24 * 60 * 60}; includeSubDomains" == HSTS


def test_only_what_is_the_same_for_everybody_may_be_kept(answers: Answers, app: Flask) -> None:
    for which, answer in answers(PLAIN):
        if which.split()[0] in KEPT and which.split()[-1] != "OPTIONS":
            continue
        assert answer.headers["Cache-Control"] == "no-store", which
        assert not {name for name in LEAKY if name in answer.headers}, which
    digest = app.extensions["pwa"].digest
    for path, endpoint in ((f"/static/{digest}/css/tokens.css", "pwa.static"), ("/sw.js", "pwa.worker")):
        assert app.test_client().get(path).headers["Cache-Control"] == KEPT[endpoint]
    assert app.test_client().get("/manifest.json").headers["Cache-Control"] == KEPT["pwa.manifest"]


@pytest.mark.parametrize("base_url", [PLAIN, TLS])
def test_every_cookie_is_for_this_host_alone(answers: Answers, base_url: str) -> None:
    prefix, names = ("__Host-" if base_url == TLS else ""), set()
    for which, answer in answers(base_url):
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, *facts = [each.strip() for each in cookie.split(";")]
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(facts), (which, cookie)
            assert ("Secure" in facts) == (base_url == TLS), (which, cookie)
            assert not any(fact.lower().startswith("domain") for fact in facts), (which, cookie)
            assert len(cookie) < 4096, which
            names.add(name.split("=")[0])
        if which.startswith("giver"):
            assert "Set-Cookie" in answer.headers, which
    assert names == {prefix + each for each in COOKIES}


def test_a_stranger_who_only_looks_takes_nothing_away(world: World) -> None:
    for rule in world.rules():
        path = world.path(rule, "nobody")
        for method in rule.methods & {"GET", "HEAD", "OPTIONS"}:
            answer = world.browser("nobody").open(path, method=method)
            assert "Set-Cookie" not in answer.headers, (method, path)


def test_no_page_leads_to_another_host_but_to_help_lines(answers: Answers, world: World) -> None:
    pages = 0
    for which, answer in answers(PLAIN):
        if answer.mimetype == "text/html":
            assert not {each for each in ADDRESS.findall(answer.text) if not each.startswith(f"{PLAIN}/")}, which
            pages += 1
        assert (answer.location or "/").startswith("/"), which
        assert not (answer.location or "").startswith("//"), which
    assert pages > 80
    for country in help_lines().countries:
        page = world.browser("nobody").get(f"/help-lines?country={country.code}").text
        assert set(ADDRESS.findall(page)) == {line.site for line in country.lines if line.site}, country.code


def test_no_static_file_leads_to_another_host(app: Flask) -> None:
    files = {name: file.body for name, file in app.extensions["pwa"].files.items() if not name.startswith("fonts/")}
    files["sw.js"] = app.extensions["pwa"].worker.encode()
    for name, body in files.items():
        # The name of SVG looks like an address, and is none.
        assert set(re.findall(rb"https?://[^\"')\s]+", body)) <= {b"http://www.w3.org/2000/svg"}, name


class House:
    """The app under one address, and all that can be asked of it there."""

    def __init__(self, world: World, app: Flask, base_url: str) -> None:
        self.world, self.app, self.base_url, self.kept = world, app, base_url, Kept(app)

    def routes(self, kind: str) -> Iterator[tuple[str, TestResponse]]:
        """Every route, by every method it has."""
        for rule in self.world.rules():
            path = self.world.path(rule, kind)
            for method in sorted(rule.methods & {"GET", "HEAD", "POST", "OPTIONS"}):
                yield f"{rule.endpoint} {kind} {method}", self.ask(kind, path, method=method)
            if "POST" in rule.methods and kind in self.world.tokens:
                self.kept.put_back()

    def failures(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, TestResponse]]:
        """Every kind of answer that is not what was asked for."""
        draft = next(self.world.path(rule, "partner") for rule in self.world.rules() if rule.rule.endswith("/draft"))
        yield "failure 403", self.ask("partner", "/plan", method="POST", headers={"Sec-Fetch-Site": "cross-site"})
        yield "failure 404", self.ask("partner", "/nothing")
        yield "failure 405", self.ask("partner", "/today", method="DELETE")
        yield "failure 413", self.ask("partner", draft, method="POST", data={"answer": "a" * (BODY_MAX + 1)})
        yield "failure 422", self.ask("partner", "/plan", method="POST", data={"check_in": "8"})
        tries = [self.ask("nobody", "/sign-in", method="POST", data=WRONG) for _ in range(7)]
        yield "failure 429", tries[-1]
        with monkeypatch.context() as patch:
            patch.setitem(self.app.view_functions, "accounts.show_settings", _fail)
            yield "failure 500", self.ask("partner", "/settings")
        self.kept.put_back()

    def givers(self) -> Iterator[tuple[str, TestResponse]]:
        """The acts that leave something in the browser, or take it away."""
        for kind, acts in (("nobody", GIVERS), ("partner", TAKERS)):
            for path, data in acts.items():
                yield f"giver {path}", self.ask(kind, path, method="POST", data=data)
                self.kept.put_back()

    def ask(self, kind: str, path: str, **asked: Any) -> TestResponse:
        """The answer to one request."""
        browser = self.world.browser(kind, self.app)
        if kind in self.world.tokens:
            name, host = ("__Host-attune", "attune.example.org") if self.base_url == TLS else ("attune", "127.0.0.1")
            browser.set_cookie(name, self.world.tokens[kind], domain=host)
        return browser.open(path, base_url=self.base_url, buffered=True, **asked)


def _fail(**_values: Any) -> None:
    raise RuntimeError("as nobody foresaw")
