"""Every page in every state: for everybody to use, on every glass, by day and by night."""

import itertools
import os
from collections.abc import Iterator

import pytest

from app.accounts.models import Person
from tests.browser.conftest import GLASS, Phone, axe_faults
from tests.browser.gallery import Gallery, View
from tests.factories import make_couple

KINDS = {
    "day": {"color_scheme": "light"},
    "night": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 568}},
    "large": {"color_scheme": "dark"},
    "wide": {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False},
    "forced": {"forced_colors": "active"},
}
SENDS = """([path, sent]) => {
    const form = document.createElement('form');
    Object.assign(form, { method: 'post', action: path });
    for (const [name, value] of Object.entries(sent)) {
        for (const each of [value].flat()) {
            const field = document.createElement('input');
            Object.assign(field, { type: 'hidden', name, value: each });
            form.append(field);
        }
    }
    document.body.append(form);
    form.submit();
}"""
TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
    .filter((each) => each.checkVisibility() && !each.closest('p, .unseen, .scale, noscript'))
    .filter((each) => {
        const { width, height } = (each.closest('label') ?? each).getBoundingClientRect();
        return width && (width < 44 || height < 44);
    })
    .map((each) => each.outerHTML.slice(0, 120))"""


@pytest.mark.only_on("sqlite")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", KINDS)
def test_every_page_is_for_everybody(phone, as_user, at, save, ana, ben, couple, carol, dina, kind) -> None:
    at("2026-11-16T19:00")
    save(make_couple(dina))
    phones: dict[str | None, Phone] = {}
    found, seen = {}, 0
    for view in views(Gallery(as_user, at), ana, ben, carol, dina):
        owner = view.who.id if view.who else None
        if owner not in phones:
            phones[owner] = phone(view.who, reduced_motion="reduce", bypass_csp=True, **KINDS[kind])
            phones[owner].expected |= {"404", "409", "422"}
        faults = list(look(phones[owner], view, kind))
        seen += 1
        if faults:
            found[view.name] = faults
    assert found == {}
    assert seen > 60


def views(gallery: Gallery, ana: Person, ben: Person, carol: Person, dina: Person) -> Iterator[View]:
    """All of them, in the order in which they come to be."""
    yield from itertools.chain(
        gallery.of_strangers(),
        gallery.of_one_alone(carol, dina),
        gallery.of_settings(ana),
        gallery.of_reminders(ana),
        gallery.of_a_day(ana, ben),
        gallery.of_mirroring(ana, ben),
        gallery.of_waiting(ana),
    )


def look(phone: Phone, view: View, kind: str) -> Iterator[str]:
    """Open the page and say what is wrong with it."""
    page = phone.goto(view.path if view.sent is None else "/offline")
    if view.sent is not None:
        with page.expect_navigation():
            page.evaluate(SENDS, [view.path, view.sent])
    if kind == "large":
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    phone.shoot(f"{kind} {view.name.replace('/', '-')}")
    # Not innerWidth: a phone shows a page that is too wide from further away, and counts that as its width.
    if (width := page.evaluate("document.documentElement.scrollWidth")) > (page.viewport_size or GLASS)["width"]:
        yield f"is wider than the glass: {width} px"
    if kind in {"day", "narrow"}:
        yield from (f"too small to touch: {each}" for each in page.evaluate(TOO_SMALL))
    if kind in {"day", "night", "large"}:
        yield from axe_faults(page)
    if os.environ.get("SHOTS"):
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        phone.shoot(f"{kind} {view.name.replace('/', '-')} unfolded")
