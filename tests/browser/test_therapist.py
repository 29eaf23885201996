"""Three people in a real Chromium: a therapist is asked in, let in by one, by both, seen to work, and shown out."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest

from app.accounts.models import THERAPIST
from app.caseload.forms import FORMATS, WHOSE
from app.core.api import ADDRESS
from app.core.policy import policy_table
from tests.factories import TODAY

pytestmark = [pytest.mark.only_on("sqlite"), pytest.mark.timeout(300)]

ASK = """async ([path, method, sent]) => {
  const body = method === "POST" ? new URLSearchParams(sent) : undefined;
  return (await fetch(path, { method, body, redirect: "manual" })).status;
}"""


def test_a_therapist_is_let_in_by_both_and_shown_out_by_one(app, phone, ana, ben, thea, couple):
    doctor, one, two = (phone(each, reduced_motion="reduce") for each in (thea, ana, ben))
    for each in (doctor, one, two):
        each.expected |= {"404"}
    say_yes_to(one, invite(doctor))
    home = f"/caseload/{couple.id}"
    assert doctor.goto(home).get_by_role("heading", name="Nothing here.").is_visible()
    doctor.goto("/caseload")
    doctor.arrives("No couple yet.")
    say_yes_too(two)
    open_it(doctor)
    give(doctor, home)
    work(doctor, one, two, home)
    show_an_answer(one)
    doctor.goto(home)
    doctor.sees("You sang in the kitchen.")
    ways = [*ways_in(app, couple_id=couple.id, **write(doctor, home))]
    tabs = look(doctor, [path for path, method, _ in ways if method == "GET" and not path.endswith(".pdf")])
    exports = [(f"{home}/export", "POST", {"whose": whose, "format": each}) for whose, each in product(WHOSE, FORMATS)]
    assert asked(doctor.page, exports) == [200] * len(exports)
    end(one)
    act_in(tabs)
    assert set(asked(tabs[home], [*ways, *exports, (f"{ADDRESS}/weeks", "GET", {})])) == {404}
    ended(doctor)
    two.goto("/today")
    assert not two.page.get_by_text("From Thea").count()


def asked(page, ways):
    """What each of these is answered by, asked from within a page."""
    return [page.evaluate(ASK, [*way]) for way in ways]


def ended(doctor):
    """No page of the therapist knows the two any more."""
    for path in ("/digest", "/caseload"):
        page = doctor.goto(path).content()
        assert "Ana" not in page
        assert "Ben" not in page
    doctor.sees("Access ended.")


def ways_in(app, **known) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(path, method, what is sent) of every route that is a therapist's and says which couple, as the table has it."""
    table, urls = policy_table(app), app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if table[rule.endpoint] == THERAPIST and "couple_id" in rule.arguments:
            for method in rule.methods & {"GET", "POST"}:
                yield urls.build(rule.endpoint, {name: known[name] for name in rule.arguments}), method, {}


def invite(doctor):
    """Set up a practice, and make a code: the path of its link."""
    page = doctor.goto("/caseload")
    doctor.tap("Set up your practice", "link")
    page.get_by_label("The name of your practice").fill("The Green Door")
    page.get_by_label("When one partner tells you something alone").select_option("limited")
    doctor.tap("Keep it")
    doctor.tap("Invite a couple", "link")
    doctor.tap("Make a code for one couple")
    return page.get_by_text("/therapist-invited#").inner_text().replace("http://localhost:8000", "")


def say_yes_to(one, link):
    """Follow the link, read, and say yes, to weekly scores and to chosen answers, too."""
    one.goto(link)
    one.sees("Ben then sees that this therapist asks.")
    one.tap("Go on")
    one.arrives("Thea asks to be your guest.")
    one.sees("Limited secrets.")
    one.page.get_by_label("My weekly scores").check()
    one.page.get_by_label("Answers that I choose").check()
    one.tap("I say yes")
    one.sees("Nothing is shown unless both of you do.")


def say_yes_too(two):
    """Find out by oneself that somebody asks, and say yes to chosen answers alone."""
    two.goto("/today")
    two.page.get_by_role("link", name="Thea asks to be your guest.").click()
    two.arrives("Thea asks to be your guest.")
    two.page.get_by_label("Answers that I choose").check()
    two.tap("I say yes")
    two.arrives("Thea is your guest.")


def open_it(doctor):
    """The couple is there, with what both said yes to and no more."""
    doctor.goto("/caseload")
    doctor.page.get_by_role("link", name="Ana & Ben").click()
    doctor.arrives("Ana & Ben")
    doctor.page.get_by_text("What both have said yes to").click()
    doctor.sees("whether exercises were done")
    assert not doctor.page.get_by_text("their weekly scores").count()


def give(doctor, home):
    """Give a kind word a day to both, and set a session for today."""
    page = doctor.goto(f"{home}/homework")
    doctor.tap("Give something", "link")
    page.get_by_label("Exercise", exact=True).select_option(label="Shared appreciation")
    for day in page.locator(".weekdays label").all():
        day.click()
    page.get_by_label("A note").fill("One small thing a day.")
    doctor.tap("Give it")
    doctor.sees("Given. It is part of their day now.")
    page = doctor.goto(home)
    page.get_by_text("Next session, and what I am told").click()
    page.get_by_label("Day of the next session").fill((TODAY + timedelta(days=1)).isoformat())
    page.locator("details[open] button[type=submit]").first.click()
    doctor.sees("Next session: tomorrow.")


def work(doctor, one, two, home):
    """One does what was given, then the other; the therapist sees it each time, and both that the therapist looked."""
    for who, you, text, done in (
        (one, "Ben", "You sang in the kitchen.", "0 of 1"),
        (two, "Ana", "You laughed.", "1 of 1"),
    ):
        who.goto("/today")
        who.page.get_by_role("link", name=re.compile("^(Say it|See and answer)")).first.click()
        who.page.get_by_label("did or said").fill(text)
        who.tap(f"Give it to {you}")
        who.page.locator("h1:has-text('Both are open.'), h1:has-text('can read it.')").wait_for()
        doctor.goto(f"{home}/homework")
        doctor.sees("1 of 1 done")
        together = doctor.page.get_by_role("listitem").filter(has_text="Both on the same day")
        assert done in together.inner_text()
    two.goto("/homework")
    two.sees("One small thing a day.")
    two.sees("You: 1 of 1 so far.")
    two.goto("/therapist-visits")
    two.sees("Thea looked at your homework.")
    for who in (one, two):
        who.goto("/today")
        who.page.get_by_role("link", name="Session with Thea").click()
        who.arrives("What Thea will read.")


def show_an_answer(one):
    """Choose one answer to be read."""
    guest_of(one)
    one.tap("Choose answers to show", "link")
    one.page.get_by_role("button", name="Show it to Thea").first.click()
    one.sees("Shown.")


def write(doctor, home):
    """Write a note, and keep the homework as a set: the ids of all three."""
    page = doctor.goto(f"{home}/notes")
    page.get_by_label("A note").fill("Ask about the letter.")
    doctor.tap("Keep")
    doctor.sees("Ask about the letter.")
    note = re.search(r"/notes/([\w-]+)/erasure", page.content())[1]
    page = doctor.goto(f"{home}/homework-sets")
    page.get_by_label("What do you call it?").fill("A kind word")
    doctor.tap("Keep it")
    # Asked of the element, which is waited for, and not of a page that may not have come.
    erasure = page.locator("form[action*='/homework-sets/'][action$='/end']").first.get_attribute("action")
    kept = re.search(r"/homework-sets/([\w-]+)/end", erasure)[1]
    given = re.search(r"/homework/([\w-]{22})", doctor.goto(f"{home}/homework").content())[1]
    return {"note_id": note, "set_id": kept, "homework_id": given}


def look(doctor, paths):
    """Look at every page of the couple, each in a tab of its own: path → its tab."""
    tabs = {path: doctor.context.new_page() for path in paths}
    for path, tab in tabs.items():
        assert tab.goto(doctor.address + path).status == 200, path
    return tabs


def guest_of(one):
    """The page on which one has said what may be seen."""
    one.goto("/therapist-access")
    one.page.get_by_role("link", name="Thea").click()
    one.arrives("Thea is your guest.")


def end(one):
    """Take a yes back."""
    guest_of(one)
    one.tap("End this now")
    one.sees("Nobody is told.")


def act_in(tabs):
    """Go on where one was in every tab: with its form, where it has one, else with its first link or anew."""
    for path, tab in tabs.items():
        form = tab.locator("main form[method=post] button[type=submit]")
        tab.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        if form.count() and form.last.is_visible():
            form.last.click()
        else:
            tab.reload()
        tab.get_by_role("heading", name="Nothing here.").wait_for()
        assert tab.reload().status in {404, 405}, path
