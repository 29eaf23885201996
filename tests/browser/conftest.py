"""A real Chromium in front of the app: phones of 360 × 740, each of somebody, that notice whatever goes wrong."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from waitress import wasyncore
from waitress.server import create_server

from app.accounts.models import Person
from app.accounts.service import open_session
from app.core import clock
from app.core.db import transaction
from tests.support import missing
from tests.support.browser import find_browser, launch_args

GLASS = {"width": 360, "height": 740}
PATIENCE = 30_000
"""Milliseconds that a page may take; the machine of a test may be busy."""

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_COLOURS = ("color-contrast", "link-in-text-block")
OF_SIZES = ("scrollable-region-focusable", "target-size")
"""The rules of axe by their tags, and those of them that a page may keep in some colours and break in others, or in
letters of some size."""


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = find_browser(playwright)
    if path is None:
        missing("browser", "no Chromium was found")
    browser = playwright.chromium.launch(executable_path=path, args=launch_args())
    yield browser
    browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the app is served, by the server that it is served by in earnest."""
    server: Any = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join(5)
    assert not thread.is_alive()
    server.task_dispatcher.shutdown()


class Phone:
    """One browser with one page. `faults` is what went wrong in it: it must be empty when the test ends."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.faults: list[str] = []
        self.expected: set[str] = set()
        self.colours = ("light", "none")
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", self._threw)
        self.page.on("console", self._heard)
        context.on("request", self._asked)
        context.on("response", self._answered)

    def goto(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def tap(self, name: str, role: str = "button") -> None:
        """Tap the one thing with this name, exactly."""
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def sees(self, text: str) -> None:
        """The page shows this text, now or in a moment, and all of it has come."""
        self.page.get_by_text(text).first.wait_for()
        self.page.wait_for_load_state("domcontentloaded")

    def until(self, expression: str) -> None:
        """This holds in the page, now or in a moment.

        Playwright's own way to wait compiles the words again at each look, which our Content-Security-Policy forbids.
        """
        late = "performance.now() > end ? fail(new Error('never came, on ' + location.pathname)) : setTimeout(look, 20)"
        look = f"const look = () => ({expression}) ? done() : {late};"
        end = f"const end = performance.now() + {PATIENCE};"
        self.page.evaluate(f"() => new Promise((done, fail) => {{ {end} {look} look(); }})")

    def arrives(self, heading: str) -> None:
        """The page has this heading, now or in a moment, and all of it has come."""
        expect(self.page.locator("h1")).to_have_text(heading, timeout=PATIENCE)
        self.page.wait_for_load_state("domcontentloaded")

    def path(self) -> str:
        return urlsplit(self.page.url).path

    def shoot(self, name: str) -> None:
        """Keep a picture, where SHOTS names a folder to look at them."""
        if folder := os.environ.get("SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def _threw(self, error: Any) -> None:
        # Chromium itself says so where a page is left before it has grown out of the one before.
        if "Transition was" not in str(error):
            self.faults.append(f"script: {error}")

    def _heard(self, message: Any) -> None:
        known = re.search(r"the server responded with a status of (\d+)", message.text)
        if message.type in {"error", "warning"} and not (known and known[1] in self.expected):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"asked another host: {request.url}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and str(response.status) not in self.expected:
            self.faults.append(f"{response.status} for {response.url}")


@pytest.fixture
def phone(app: Flask, browser: Browser, address: str) -> Iterator[Callable[..., Phone]]:
    """`phone(ana)`: a phone that Ana is signed in on; `phone()` is nobody's. Others: whatever a context may have."""
    with ExitStack() as stack:

        def get(person: Person | None = None, **others: Any) -> Phone:
            held = stack.enter_context(_phone(browser, address, others))
            if person is not None:
                with app.app_context(), transaction():
                    token = open_session(person, "Chrome on Android", now=clock.now())
                held.context.add_cookies([{"name": "attune", "value": token, "url": address}])
            return held

        yield get


@contextmanager
def _phone(browser: Browser, address: str, others: dict[str, Any]) -> Iterator[Phone]:
    still = "reduce" if "SHOTS" in os.environ else "no-preference"
    options = {
        "viewport": GLASS,
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
        "locale": "en-GB",
        "reduced_motion": still,
    }
    context = browser.new_context(**{**options, **others})
    phone = Phone(context, address)
    yield phone
    context.close()
    assert phone.faults == []


AXE = Axe().axe_script
SAID_BY_AXE = """async ([letters, options]) => {
    document.documentElement.style.fontSize = letters;
    return (await axe.run(options)).violations.flatMap(
        ({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 140)}`));
}"""


def axe_faults(page: Page, rules: tuple[str, ...], letters: str = "") -> list[str]:
    """What axe finds on a page that has it, a line for each element. The glass must be as high as the page."""
    return page.evaluate(SAID_BY_AXE, [letters, {"runOnly": [*rules], "resultTypes": ["violations"]}])


@pytest.fixture(scope="session")
def places() -> set[str]:
    """Where something stands, on any page, that axe has looked at."""
    return set()
