"""Two go through a guided exercise as a browser would without script: by the forms that their pages have."""

import html
import re
from dataclasses import dataclass

from flask.testing import FlaskClient

FORM = re.compile(r'<form[^>]*action="(/occasions/[^"]+/moves)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
SHARED = {"timer", "pause", "stop"}


@dataclass(frozen=True)
class Offer:
    """A form of a page: where it goes, the fields that are in it already, and the names of those to fill in."""

    path: str
    fields: dict[str, str]
    names: frozenset[str]

    @property
    def lane(self) -> str:
        return self.fields["lane"]


def offers(page: str) -> list[Offer]:
    """The moves that a page lets one make."""
    found = []
    for path, inside in FORM.findall(page):
        names = frozenset(re.findall(r'name="(\w+)"', inside))
        found.append(Offer(path, {name: html.unescape(value) for name, value in HIDDEN.findall(inside)}, names))
    return found


def own(page: str) -> Offer | None:
    """What the page lets one give, if it is one's turn."""
    return next((each for each in offers(page) if each.lane not in SHARED), None)


def shared(page: str, lane: str) -> Offer:
    """The form of the timer, the pause or the early end."""
    return next(each for each in offers(page) if each.lane == lane)


def filled(offer: Offer, text: str = "so it is", pick: str = "0", rating: str = "7") -> dict[str, str]:
    """The fields as somebody fills them in."""
    given = {"text": text, "pick": pick, "rating": rating}
    return offer.fields | {name: given[name] for name in offer.names & set(given)}


def begin(browser: FlaskClient, exercise: str, **fields: str) -> str:
    """Begin an exercise: the path of the occasion."""
    answer = browser.post(f"/exercises/{exercise}/occasions", data={"when": "now", **fields})
    assert answer.status_code == 303, answer.text
    return answer.location.partition("?")[0]


def go(browser: FlaskClient, here: str, text: str = "so it is", *, together: bool = False) -> bool:
    """Do what the page asks for now, if it asks for anything."""
    offer = own(browser.get(f"{here}?together=1" if together else here).text)
    if offer is None:
        return False
    answer = browser.post(offer.path, data=filled(offer, text))
    assert answer.status_code == 303, answer.text
    return True


def go_until(browsers: tuple[FlaskClient, ...], here: str, name: str, *, stop: str = "-", most: int = 60) -> None:
    """Go on, with as many browsers as there are, until the page of the first offers a field of this name, or `stop`."""
    for turn in range(most):
        page = browsers[0].get(here).text
        offer = own(page)
        if (offer and name in offer.names) or f">{stop}<" in page:
            return
        go(browsers[turn % len(browsers)], here)
    raise AssertionError(f"there was nothing of {name}")


def finish(browsers: tuple[FlaskClient, ...], here: str, text: str = "so it is", most: int = 80) -> None:
    """Go on to the end."""
    for turn in range(most):
        go(browsers[turn % len(browsers)], here, text)
        if "come to the end" in browsers[0].get(here).text:
            return
    raise AssertionError("it does not end")
