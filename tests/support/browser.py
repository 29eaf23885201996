"""A Chromium for the tests: found here, and proven by opening a page with `python -m tests.support.browser`."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, Playwright, sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "brave-browser",
    "microsoft-edge-stable",
    "msedge",
)
APPS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
WITHOUT = (
    # What Chromium makes ready in each window beside the page, for somebody who types an address or opens a tab.
    "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
    # This list takes the place of Playwright's own; these are what of it changes pages, or asks other hosts.
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(WITHOUT)}",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)


def find_browser(playwright: Playwright) -> str | None:
    """The path of a Chromium: TEST_BROWSER, else one on PATH, a Mac's application, or Playwright's own."""
    if chosen := os.environ.get("TEST_BROWSER"):
        return chosen
    candidates = (*filter(None, map(shutil.which, NAMES)), *APPS, playwright.chromium.executable_path)
    return next((path for path in candidates if Path(path).exists()), None)


def launch_args() -> list[str]:
    """What Chromium is started with. Root has no sandbox to offer it."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*QUIET, "--no-sandbox"] if root else [*QUIET]


def prove() -> str:
    """Open a page, and tell in a line which browser did. Raises LookupError or playwright's Error."""
    with sync_playwright() as playwright:
        path = find_browser(playwright)
        if path is None:
            raise LookupError("no Chromium found: install one, or name it in TEST_BROWSER")
        browser = playwright.chromium.launch(executable_path=path, args=launch_args())
        browser.new_page().goto("about:blank")
        version = browser.version
        browser.close()
    return f"{path} {version}"


if __name__ == "__main__":
    try:
        print(prove())  # noqa: T201 - the answer of a command
    except (Error, LookupError) as error:
        sys.exit(str(error).strip())
