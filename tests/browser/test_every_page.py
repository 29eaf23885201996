"""Every page in every state: for everybody to use, on every glass, by day and by night."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import ViewportSize

from app.accounts.models import Person
from tests.browser.conftest import AXE, GLASS, OF_COLOURS, OF_SIZES, RULES, Phone, axe_faults
from tests.browser.gallery import Gallery, View
from tests.factories import make_couple, make_person


@dataclass(frozen=True)
class Kind:
    """A way to look at a page: by which colours, on which glass, in letters of which size, and what axe asks of it."""

    colours: str = "light"
    forced: str = "none"
    glass: ViewportSize | None = None
    letters: str = ""
    touched: bool = False
    axe: tuple[str, ...] = ()


KINDS = {
    "narrow": Kind(glass={"width": 320, "height": 568}, touched=True),
    "day": Kind(touched=True, axe=RULES),
    "night": Kind("dark", axe=OF_COLOURS),
    "large": Kind("dark", letters="200%", axe=OF_SIZES),
}
"""What does not hang on the look of a page, its structure, axe looks at by day alone; by night at what hangs on colours
and in large letters at what hangs on sizes (contrast it asks less of there). In this order as little as may be
changes from one to the next."""

TO_LOOK_AT = {"wide": Kind(glass={"width": 1280, "height": 800}), "forced": Kind(forced="active")}
"""Ways that only a picture tells something of."""

if SHOTS := "SHOTS" in os.environ:
    KINDS = TO_LOOK_AT | KINDS

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
# A worker would keep all files anew for each person. What it does has stories of its own.
NO_WORKER = "ServiceWorkerContainer.prototype.register = async () => {};"
PLACES = """() => {
    const told = (each) => `${each.localName}.${each.getAttribute('class')}.${each.getAttribute('role')}`;
    const places = [...document.querySelectorAll('body *')].map((each) => `${told(each.parentElement)} ${told(each)}`);
    return [document.documentElement.scrollHeight, [...new Set(places)]];
}"""
"""How high a page is, and what stands where on it."""

# Not innerWidth: a phone shows a page that is too wide from further away, and counts that as its width.
MEASURES = """([letters, touched]) => {
    const page = document.documentElement;
    page.style.fontSize = letters;
    const tapped = touched ? 'a, button, summary, select, input:not([type=hidden])' : 'none';
    const small = [...document.querySelectorAll(tapped)]
        .filter((each) => each.checkVisibility() && !each.closest('p, .unseen, .scale, .steps, noscript'))
        .filter((each) => {
            const { width, height } = (each.closest('label') ?? each).getBoundingClientRect();
            return width && (width < 44 || height < 44);
        });
    const choices = 'button, label:has([type=radio])';
    const ends = [...document.querySelectorAll('fieldset')]
        .map((each) => [...each.querySelectorAll(choices)].map((one) => one.textContent.trim()))
        .filter((each) => each.some((one) => /^\\d/.test(one)))
        .flatMap((each) => [each.find((one) => /^\\d/.test(one)), each.findLast((one) => /^\\d/.test(one))]);
    const shown = (named) => [...document.querySelectorAll(named)].filter((each) => each.checkVisibility());
    const acts = shown('main .act:not(.quiet, .grave)').filter((each) => !each.closest('.starter'));
    const trouble = document.querySelector('.trouble:has(input, select, textarea)');
    return [
        page.scrollWidth,
        small.map((each) => each.outerHTML.slice(0, 120)),
        ends.filter((each) => !/^\\d+: ./.test(each)),
        acts.length,
        new Set(shown('.error').map((each) => getComputedStyle(each).color)).size,
        !trouble || trouble.contains(document.activeElement),
    ];
}"""
"""How wide a page is; what on it is too small to touch; which ends of a row of numbers do not say what they mean; how
many acts it has, in how many colours it tells what is wrong, and whether it leads there."""
LONG_NAME = "Bartholomaeusalexanderchristophersebastianfredericktheodorus"
"""As long as a name may be, and nowhere a place to break it. A picture shows more with a common one."""


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


@pytest.fixture
def ben(save: Callable[..., Person]) -> Person:
    return save(make_person("Ben" if SHOTS else LONG_NAME, login="ben"))


@pytest.mark.only_on("sqlite")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS)
def test_every_page_is_for_everybody(
    phone, as_user, at, save, ana, ben, couple, carol, dina, thea, part, places
) -> None:
    at("2026-11-16T19:00")
    save(make_couple(dina))
    cast: dict[str, Person] = {"ana": ana, "ben": ben, "carol": carol, "dina": dina, "thea": thea}
    phones: dict[str | None, Phone] = {}
    found: dict[tuple[str, str], list[str]] = {}
    seen = 0
    for view in PARTS[part](Gallery(as_user, at), **cast):
        owner = view.who.id if view.who else None
        if owner not in phones:
            phones[owner] = looked_at(phone, view.who)
            phones[owner].expected |= {"404", "409", "422"}
        open_(phones[owner], view)
        seen += 1
        found |= look(phones[owner], view, places)
    assert found == {}
    assert seen > 10


def looked_at(phone: Callable[..., Phone], who: Person | None) -> Phone:
    """A phone whose pages axe may look at, and which keeps no files for when there is no connection."""
    held = phone(who, reduced_motion="reduce", bypass_csp=True)
    for script in (AXE, NO_WORKER):
        held.context.add_init_script(script)
    return held


def open_(phone: Phone, view: View) -> None:
    """Go to the page."""
    page = phone.goto(view.path if view.sent is None else "/offline")
    if view.sent is not None:
        with page.expect_navigation():
            page.evaluate(SENDS, [view.path, view.sent])


def look(phone: Phone, view: View, places: set[str]) -> dict[tuple[str, str], list[str]]:
    """What is wrong with the page that is open, each way one may look at it; `places` are those that axe has seen."""
    page = phone.page
    found = {(view.name, name): list(_measured(phone, view, name, kind)) for name, kind in KINDS.items()}
    height, stand = page.evaluate(PLACES)
    # axe takes most of the time: it looks where something stands that it has not yet seen stand there.
    if not places.issuperset(stand):
        places.update(stand)
        # As high as the page: else what happens to lie under the bar at the foot counts as hidden.
        page.set_viewport_size({**GLASS, "height": height})
        # The other way round, since what was looked at last is on the glass already.
        for name, kind in reversed(KINDS.items()):
            if kind.axe:
                _colour(phone, kind)
                found[view.name, name] += axe_faults(page, kind.axe, kind.letters)
    return {where: faults for where, faults in found.items() if faults}


def _measured(phone: Phone, view: View, name: str, kind: Kind) -> Iterator[str]:
    """What does not fit in one way to look at a page."""
    page, glass = phone.page, kind.glass or GLASS
    if page.viewport_size != glass:
        page.set_viewport_size(glass)
    _colour(phone, kind)
    width, small, dumb, acts, hues, led = page.evaluate(MEASURES, [kind.letters, kind.touched])
    if width > glass["width"]:
        yield f"is wider than the glass: {width} px"
    yield from (f"too small to touch: {each}" for each in small)
    yield from (f"does not say what it means: {each}" for each in dumb)
    if acts > 1:
        yield f"has {acts} acts of the first order"
    if not led:
        yield "leaves whoever types at its top, and not where something is wrong"
    if hues > 1:
        yield f"tells what is wrong in {hues} colours"
    if SHOTS:
        shot = f"{name} {view.name.replace('/', '-')}"
        phone.shoot(shot)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        phone.shoot(f"{shot} unfolded")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = false; })")


def _colour(phone: Phone, kind: Kind) -> None:
    """Show a page in the colours of a way to look at it, if it is not."""
    if phone.colours != (wanted := (kind.colours, kind.forced)):
        phone.page.emulate_media(color_scheme=kind.colours, forced_colors=kind.forced)
        phone.colours = wanted
