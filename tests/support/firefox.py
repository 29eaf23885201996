"""A Firefox for the tests: found here, and proven by starting it with `python -m tests.support.firefox`.

Its preferences let it be pushed to over loopback, ask nobody for leave, and reach no other machine. In place of what
shows alerts on a desktop stands a lock screen that can be read and touched. It is driven by Marionette.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.marionette import DriverError, Marionette

NAMES = ("firefox-esr", "firefox")
APPS = ("/Applications/Firefox.app/Contents/MacOS/firefox",)
OLDEST = 153
"""The oldest whose way of talking to a push service, and of showing alerts, is known to be this one."""

WORDS = ("--marionette", "--headless", "--no-remote", "--remote-allow-system-access")
READY = "Listening on port "
PATIENCE = 60
"""Seconds for it to start."""

PREFERENCES: dict[str, str | int | bool] = {
    "marionette.port": 0,
    "dom.push.testing.allowInsecureServerURL": True,
    "dom.push.connection.enabled": True,
    "dom.push.retryBaseInterval": 300,
    "permissions.default.desktop-notification": 1,
    "alerts.useSystemBackend": False,
    # Whatever is not on this machine is asked of a proxy that there is none of.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}

LOCK_SCREEN = """
globalThis.screen = new Map();
globalThis.rung = [];
globalThis.waiting = [];
const service = {
  QueryInterface: ChromeUtils.generateQI(['nsIAlertsService', 'nsIFactory']),
  createInstance(kind) { return this.QueryInterface(kind); },
  showAlert(alert, listener) {
    screen.set(alert.name, { alert, listener });
    rung.push(alert.name);
    listener.observe(null, 'alertshow', alert.cookie);
    waiting.splice(0).forEach((go) => go());
  },
  closeAlert(name) {
    const gone = screen.get(name);
    if (screen.delete(name)) gone.listener.observe(null, 'alertfinished', gone.alert.cookie);
  },
  async getHistory() { return [...screen.keys()]; },
  teardown() {},
  pbmTeardown() {},
};
globalThis.told = ({ alert }) => ({
  name: alert.name,
  title: alert.title,
  text: alert.text,
  buttons: Object.fromEntries(alert.actions.map(({ action, title }) => [action, title])),
  picture: alert.imageURL,
});
const registrar = Components.manager.QueryInterface(Ci.nsIComponentRegistrar);
registrar.registerFactory(Services.uuid.generateUUID(), 'lock screen', '@mozilla.org/alerts-service;1', service);
"""
"""In place of what shows alerts on a desktop: what rings is kept, by its name, until it is touched or closed."""

RING = """
while (!rung.length) await new Promise((go) => waiting.push(go));
return told(screen.get(rung.shift()));
"""
TOUCH = """
const { alert, listener } = screen.get(words[0]);
const button = words[1] && alert.actions.find(({ action }) => action === words[1]);
if (button === undefined) throw new Error(`there is no button ${words[1]}`);
listener.observe(button, 'alertclickcallback', alert.cookie);
"""
IN_FRONT = """
const front = ({ currentURI, webProgress }) => currentURI.spec === words[0] && !webProgress.isLoadingDocument;
await new Promise((done) => {
  const look = () => {
    if (!front(gBrowser.selectedBrowser)) return;
    gBrowser.tabContainer.removeEventListener('TabSelect', look);
    gBrowser.removeTabsProgressListener(listener);
    done();
  };
  const listener = { onStateChange: look, onLocationChange: look };
  gBrowser.tabContainer.addEventListener('TabSelect', look);
  gBrowser.addTabsProgressListener(listener);
  look();
});
"""
AFRESH = """
gBrowser.removeAllTabsBut(gBrowser.tabs[0], { animate: false, skipWarnAboutClosingTabs: true });
Services.cookies.removeAll();
Services.console.reset();
[...screen.keys()].forEach((name) => screen.delete(name));
rung.length = 0;
"""
COOKIE = """
const [host, name, value] = words;
const { SAMESITE_LAX: lax, SCHEME_HTTP: http } = Ci.nsICookie;
Services.cookies.add(host, '/', name, value, false, true, true, Number.MAX_SAFE_INTEGER, {}, lax, http);
"""
FAULTS = """
const { nsIScriptError: fault } = Ci;
return Services.console.getMessageArray()
  .filter((each) => each instanceof fault && !(each.flags & fault.warningFlag) && each.sourceName.startsWith(words[0]))
  .map((each) => `${each.errorMessage} ${each.sourceName}`)
  // What a page still wanted when it was left.
  .filter((told) => !told.includes('A ServiceWorker intercepted the request'));
"""


class NoFirefox(LookupError):
    """None is to be had; the message says what was looked for."""


@dataclass(frozen=True)
class Alert:
    """What a lock screen shows of a notification. Another with the same name takes its place."""

    name: str
    title: str
    text: str
    buttons: dict[str, str]
    """What each says, by the action that it stands for."""
    picture: str


class Firefox:
    """One window, and the lock screen of the device it is on."""

    def __init__(self, driver: Marionette) -> None:
        self.driver = driver
        driver.run(LOCK_SCREEN, inside=True)

    def afresh(self) -> None:
        """Nobody is signed in, nothing is shown, and nothing has gone wrong."""
        self.driver.ask("WebDriver:Navigate", url="about:blank")
        self.driver.run(AFRESH, inside=True)

    def goto(self, url: str) -> None:
        """Open a page, and wait until it is whole."""
        self.driver.ask("WebDriver:Navigate", url=url)

    def run(self, script: str, *words: Any) -> Any:
        """What the body of an async function gives in the page, where `words` are `words`. Raises DriverError."""
        return self.driver.run(script, *words)

    def take_cookie(self, host: str, name: str, value: str) -> None:
        """Hold a cookie that no script can read, until the next `afresh`."""
        self.driver.run(COOKIE, host, name, value, inside=True)

    def fill(self, selector: str, text: str) -> None:
        """Type into a field, once there is one."""
        self.driver.ask("WebDriver:ElementSendKeys", id=self.driver.find(selector), text=text)

    def tap(self, selector: str) -> None:
        """Click what the selector finds first, once there is such a thing."""
        self.driver.ask("WebDriver:ElementClick", id=self.driver.find(selector))

    def text(self, selector: str) -> str:
        """What a person reads there, once there is such a thing."""
        read: str = self.driver.ask("WebDriver:GetElementText", id=self.driver.find(selector))
        return read

    def next_ring(self) -> Alert:
        """The next notification that rings, waited for if need be; each is given once."""
        return Alert(**self.driver.run(RING, inside=True))

    def lock_screen(self) -> list[Alert]:
        """All that stands on it now."""
        return [Alert(**each) for each in self.driver.run("return [...screen.values()].map(told);", inside=True)]

    def touch(self, alert: Alert, action: str = "") -> None:
        """Tap a notification that stands there, or the button for an action of it."""
        self.driver.run(TOUCH, alert.name, action or None, inside=True)

    def comes_to_front(self, url: str) -> None:
        """This page is, or soon will be, the one that a person sees."""
        self.driver.run(IN_FRONT, url, inside=True)

    def faults(self, origin: str) -> list[str]:
        """What went wrong in the pages and workers of a site, as the console tells it."""
        found: list[str] = self.driver.run(FAULTS, origin, inside=True)
        return found


@contextmanager
def firefox(push_service: str) -> Iterator[Firefox]:
    """A Firefox of a new profile, gone afterwards, that has its pushes from there. Raises NoFirefox."""
    path = find_firefox()
    if path is None:
        raise NoFirefox("no Firefox was found: install one, or name it in TEST_FIREFOX")
    with tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as home:
        chosen = {**PREFERENCES, "dom.push.serverURL": push_service}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items()]
        (Path(home) / "user.js").write_text("".join(lines))
        with _process(path, home) as process:
            driver = Marionette(_port(process))
            if int(driver.version.split(".")[0]) < OLDEST:
                raise NoFirefox(f"Firefox {driver.version} is older than {OLDEST}")
            yield Firefox(driver)
            driver.close()


def find_firefox() -> str | None:
    """The path of a Firefox: TEST_FIREFOX, else one on PATH, or a Mac's application."""
    if chosen := os.environ.get("TEST_FIREFOX"):
        return chosen
    candidates = (*filter(None, map(shutil.which, NAMES)), *APPS)
    return next((path for path in candidates if Path(path).exists()), None)


@contextmanager
def _process(path: str, home: str) -> Iterator["subprocess.Popen[str]"]:
    """Firefox as it runs. Nothing in its profile is worth a graceful end."""
    env = {**os.environ, "HOME": home, "MOZ_HEADLESS": "1", "MOZ_CRASHREPORTER_DISABLE": "1"}
    command, out = [path, *WORDS, "--profile", home], subprocess.PIPE
    with subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
            process.wait(PATIENCE)


def _port(process: "subprocess.Popen[str]") -> int:
    """Where its driver listens, as soon as it does. What it says from then on is read by nobody."""
    assert process.stdout is not None
    said = []
    # One that may not read its profile, for being shut into a sandbox of its own, says nothing and never ends.
    ends = threading.Timer(PATIENCE, process.kill)
    ends.start()
    for line in process.stdout:
        said.append(line)
        if READY in line:
            ends.cancel()
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return int(line.rpartition(" ")[2])
    ends.cancel()
    raise NoFirefox(f"Firefox did not start: {''.join(said)}")


if __name__ == "__main__":
    try:
        with firefox("ws://127.0.0.1:9/") as found:
            print(f"{find_firefox()} {found.driver.version}")  # noqa: T201 - the answer of a command
    except (DriverError, NoFirefox) as error:
        sys.exit(str(error).strip())
