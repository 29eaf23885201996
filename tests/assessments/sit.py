"""What people do with a sitting, step by step as in a browser."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.assessments.instrument import Instrument
from app.assessments.paging import pages_of
from app.assessments.shelf import PLAIN, builtin

BALANCE, SATISFACTION = (builtin()[ident, PLAIN] for ident in ("balance", "satisfaction"))
ASIDE = "skip"

Chosen = Mapping[str, int | str]


def begun(browser: FlaskClient, instrument: Instrument = BALANCE) -> str:
    """Begin a sitting, or go on with one: its address."""
    answer = browser.post(f"/assessments/{instrument.id}/sittings")
    assert (answer.status_code, answer.location.count("/sittings/")) == (303, 1), answer.text
    return str(answer.location)


def every(instrument: Instrument, value: int | str, *, private: bool = False) -> dict[str, int | str]:
    """The same given to each question, open or private."""
    return {item.id: value for item in instrument.items if item.private == private}


def send_page(browser: FlaskClient, here: str, number: int, go: str = "next", **chosen: Any) -> TestResponse:
    """Send one page."""
    return browser.post(f"{here}/pages/{number}", data={**chosen, "go": go})


def fill(browser: FlaskClient, here: str, instrument: Instrument, chosen: Chosen) -> None:
    """Fill in every page that has a question that is chosen for."""
    for page in pages_of(instrument):
        given = {item.id: chosen[item.id] for item in page.items if item.id in chosen}
        if given:
            answer = send_page(browser, here, page.number, **given)
            assert answer.status_code == 303, answer.text


def sat(browser: FlaskClient, instrument: Instrument = BALANCE, chosen: Chosen | None = None) -> str:
    """A whole sitting: its address."""
    here = begun(browser, instrument)
    fill(browser, here, instrument, every(instrument, 1) if chosen is None else chosen)
    assert browser.post(f"{here}/finish").status_code == 303
    return here


def open_(
    browser: FlaskClient, here: str, part: str = "answers", audience: str = "partner", **more: str
) -> TestResponse:
    """Open a part of a sitting."""
    return browser.post(f"{here}/release", data={"part": part, "audience": audience, **more})


def shut(browser: FlaskClient, here: str, part: str = "answers", audience: str = "partner") -> TestResponse:
    """Shut it again."""
    return browser.post(f"{here}/release/withdrawal", data={"part": part, "audience": audience})


def both(one: FlaskClient, other: FlaskClient, act: Callable[[FlaskClient], str] = sat) -> tuple[str, str]:
    """Both sit it and open it: the addresses of the two sittings."""
    mine, yours = act(one), act(other)
    for browser, here in ((one, mine), (other, yours)):
        assert open_(browser, here).status_code == 303
    return mine, yours


def label(item: str, value: int, you: str) -> str:
    """What an answer of the balance is called by somebody whose partner is `you`."""
    return BALANCE.item(item).label(value).replace("{you}", you)


def words_of(page: str) -> str:
    """The text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
