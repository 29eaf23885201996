"""What a first visit to /today weighs, and how soon it is there, in Chromium with nothing in its cache.

Bytes are those of the bodies as the server sends them, in gzip where it does that; header lines are not counted. The
font is left out: a page is read in the system's face until it is there. Time is that of the largest paint, with a CPU
four times slower than this one, over the loopback: so it holds no network.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app.core import clock
from benchmarks.support.house import SQLITE, couples, house
from benchmarks.support.report import Report, bar
from benchmarks.support.server import Server, served
from benchmarks.support.wire import Wire, get
from tests.support.browser import find_browser, launch_args

BYTES_MOST, SCRIPT_MOST, PAINT_MOST = 25 * 1024, 10 * 1024, 1000
SLOWER = 4
LARGEST_PAINT = """() => new Promise((tell) => new PerformanceObserver((list) =>
  tell(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }))"""


@dataclass(frozen=True)
class Sent:
    """One body that went out, and what it was wanted for, in the words of Sec-Fetch-Dest."""

    path: str
    wanted_for: str
    encoding: str
    size: int

    @property
    def name(self) -> str:
        """The path without the digest in it."""
        return "/".join(part for part in self.path.split("/") if len(part) != 16 or not part.isalnum())

    @property
    def by_worker(self) -> bool:
        """Whether the service worker asked for it, or it is the worker: not before the page is there."""
        return self.wanted_for in {"empty", "serviceworker"}


def main(words: Sequence[str] | None = None) -> int:
    """Visit, weigh, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=7)
    chosen = parser.parse_args(words)
    report = Report()
    with house(SQLITE) as home:
        with home.loading() as connection:
            ((ana, _),) = couples(home, connection, 1, now=clock.now())
            connection.commit()
        with served(home, app="benchmarks.support.apps:counted") as server:
            # The first request of a server's life compiles its templates, and makes the couple's day.
            Wire(server.port).ask(get("/today", ana.token))
            paints, hosts, visits = visit(server, home.config.data / "sent", ana.token, chosen.visits)
    tell(visits, report)
    print(f"Largest paint: {', '.join(f'{paint:.0f}' for paint in paints)} ms\n")
    ask(visits[0], paints, hosts, report)
    return report.end()


def visit(server: Server, log: Path, token: str, count: int) -> tuple[list[float], set[str], list[list[Sent]]]:
    """(milliseconds to the largest paint, hosts that were asked, what was sent) of some first visits."""
    paints, hosts, visits = [], set(), []
    with sync_playwright() as playwright, bar("Visiting", count) as step:
        browser = playwright.chromium.launch(executable_path=find_browser(playwright), args=launch_args())
        for _ in range(count):
            log.write_text("")
            paint, asked = first_visit(browser, f"http://127.0.0.1:{server.port}", token)
            paints.append(paint)
            hosts |= asked
            visits.append(read(log))
            step()
        browser.close()
    return paints, hosts, visits


def first_visit(browser: Browser, home: str, token: str) -> tuple[float, set[str]]:
    """(milliseconds to the largest paint, hosts that were asked) of a browser that knows nothing yet."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "attune", "value": token, "url": home}])
    asked: set[str] = set()
    context.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{home}/today", wait_until="load")
    paint = page.evaluate(LARGEST_PAINT)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    context.close()
    return paint, asked - {home.split("/")[2]}


def read(log: Path) -> list[Sent]:
    """What the server has told of."""
    lines = [line.split() for line in log.read_text().splitlines()]
    return [Sent(path, wanted_for, encoding, int(size)) for path, wanted_for, encoding, size in lines]


def tell(visits: list[list[Sent]], report: Report) -> None:
    """Print what the first of the visits was sent, by file."""
    order = sorted(visits[0], key=lambda sent: (sent.by_worker, -sent.size))
    whose = {False: "the page", True: "the worker, later"}
    report.table(
        ["bytes", "encoding", "for", "file"],
        [[sent.size, sent.encoding, f"{whose[sent.by_worker]}: {sent.wanted_for}", sent.name] for sent in order],
    )


def ask(sent: list[Sent], paints: list[float], hosts: set[str], report: Report) -> None:
    """Hold the figures against what they are to be."""
    ours = [each for each in sent if each.wanted_for != "font" and not each.path.endswith(".woff2")]
    page = sum(each.size for each in ours if not each.by_worker)
    script = sum(each.size for each in ours if each.wanted_for == "script")
    paint = statistics.median(paints)
    report.ask(f"the page and all it loads weigh at most {BYTES_MOST:,} bytes", page, met=page <= BYTES_MOST)
    report.ask(f"its scripts weigh at most {SCRIPT_MOST:,} bytes", script, met=script <= SCRIPT_MOST)
    report.ask(f"the largest paint is there within {PAINT_MOST} ms", paint, met=paint <= PAINT_MOST)
    report.ask("no other host is asked for anything", len(hosts), met=not hosts)


if __name__ == "__main__":
    sys.exit(main())
