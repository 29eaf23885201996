"""Every page in every state: for everybody to use, on every glass, by day and by night."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from app.accounts.models import Person
from tests.browser.conftest import GLASS, LOOKS, RULES, Phone, axe_faults
from tests.browser.gallery import Gallery, View
from tests.factories import make_couple


@dataclass(frozen=True)
class Kind:
    """A way to look at a page: by which colours, on which glass, in letters of which size, and what axe asks of it."""

    colours: str = "light"
    forced: str = "none"
    glass: dict[str, int] | None = None
    letters: str = ""
    touched: bool = False
    axe: tuple[str, ...] = ()


KINDS = {
    "day": Kind(touched=True, axe=RULES),
    "night": Kind("dark", axe=LOOKS),
    "narrow": Kind(glass={"width": 320, "height": 568}, touched=True),
    "large": Kind("dark", letters="200%", axe=tuple(rule for rule in LOOKS if rule != "color-contrast")),
}
"""What does not hang on the look of a page, its structure, axe looks at by day alone. Contrast it asks less of in large
letters, so that they are no further look at it."""

TO_LOOK_AT = {"wide": Kind(glass={"width": 1280, "height": 800}), "forced": Kind(forced="active")}
"""Ways that only a picture tells something of."""

if SHOTS := "SHOTS" in os.environ:
    KINDS |= TO_LOOK_AT

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
PLACES = """() => {
    const told = (each) => `${each.localName}.${each.getAttribute('class')}.${each.getAttribute('role')}`;
    return [...document.querySelectorAll('body *')].map((each) => `${told(each.parentElement)} ${told(each)}`);
}"""
TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
    .filter((each) => each.checkVisibility() && !each.closest('p, .unseen, .scale, .steps, noscript'))
    .filter((each) => {
        const { width, height } = (each.closest('label') ?? each).getBoundingClientRect();
        return width && (width < 44 || height < 44);
    })
    .map((each) => each.outerHTML.slice(0, 120))"""


PARTS: dict[str, Callable[..., Iterator[View]]] = {
    "of strangers": lambda gallery, **_: gallery.of_strangers(),
    "of one alone": lambda gallery, carol, dina, **_: gallery.of_one_alone(carol, dina),
    "of settings": lambda gallery, ana, **_: gallery.of_settings(ana),
    "of reminders": lambda gallery, ana, **_: gallery.of_reminders(ana),
    "of days": lambda gallery, ana, ben, **_: gallery.of_days(ana, ben),
    "of the path": lambda gallery, ana, ben, carol, **_: gallery.of_the_path(ana, ben, carol),
    "of assessments": lambda gallery, ana, ben, **_: gallery.of_assessments(ana, ben),
    "of exercises": lambda gallery, ana, ben, carol, **_: gallery.of_exercises(ana, ben, carol),
    "of therapists": lambda gallery, ana, ben, thea, **_: gallery.of_therapists(ana, ben, thea),
    "of homework": lambda gallery, ana, ben, thea, **_: gallery.of_homework(ana, ben, thea),
    "of weeks": lambda gallery, ana, ben, **_: gallery.of_weeks(ana, ben),
}


@pytest.mark.only_on("sqlite")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS)
def test_every_page_is_for_everybody(phone, as_user, at, save, ana, ben, couple, carol, dina, thea, part) -> None:
    at("2026-11-16T19:00")
    save(make_couple(dina))
    cast: dict[str, Person] = {"ana": ana, "ben": ben, "carol": carol, "dina": dina, "thea": thea}
    phones: dict[str | None, Phone] = {}
    found, seen = {}, 0
    places: set[str] = set()
    for view in PARTS[part](Gallery(as_user, at), **cast):
        owner = view.who.id if view.who else None
        if owner not in phones:
            phones[owner] = phone(view.who, reduced_motion="reduce", bypass_csp=True)
            phones[owner].expected |= {"404", "409", "422"}
        open_(phones[owner], view)
        # axe takes most of the time: it looks where something stands that it has not yet seen stand there.
        fresh = {*phones[owner].page.evaluate(PLACES)} - places
        places |= fresh
        for kind in KINDS:
            seen += 1
            if faults := list(look(phones[owner], view, kind, axe=bool(fresh))):
                found[view.name, kind] = faults
    assert found == {}
    assert seen > 10 * len(KINDS)


def open_(phone: Phone, view: View) -> None:
    """Go to the page."""
    page = phone.goto(view.path if view.sent is None else "/offline")
    if view.sent is not None:
        with page.expect_navigation():
            page.evaluate(SENDS, [view.path, view.sent])


def look(phone: Phone, view: View, name: str, *, axe: bool = True) -> Iterator[str]:
    """Look at the page that is open in one way, with axe or without, and say what is wrong with it."""
    page, kind = phone.page, KINDS[name]
    glass = kind.glass or GLASS
    page.emulate_media(color_scheme=kind.colours, forced_colors=kind.forced)
    page.set_viewport_size(glass)
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", kind.letters)
    phone.shoot(f"{name} {view.name.replace('/', '-')}")
    # Not innerWidth: a phone shows a page that is too wide from further away, and counts that as its width.
    if (width := page.evaluate("document.documentElement.scrollWidth")) > glass["width"]:
        yield f"is wider than the glass: {width} px"
    if kind.touched:
        yield from (f"too small to touch: {each}" for each in page.evaluate(TOO_SMALL))
    if axe and kind.axe:
        yield from axe_faults(page, kind.axe)
    if SHOTS:
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        phone.shoot(f"{name} {view.name.replace('/', '-')} unfolded")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = false; })")
