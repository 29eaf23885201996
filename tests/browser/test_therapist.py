"""Three people in a real Chromium: a therapist is asked in, let in by one, by both, and shown out."""

import pytest

pytestmark = pytest.mark.only_on("sqlite")


def test_a_therapist_is_let_in_by_both_and_shown_out_by_one(phone, ana, ben, thea, couple):
    doctor, one, two = phone(thea), phone(ana), phone(ben)
    doctor.expected |= {"404"}
    say_yes_to(one, invite(doctor))
    doctor.goto("/caseload")
    doctor.arrives("No couple yet.")
    say_yes_too(two)
    tabs = look(doctor)
    two.goto("/therapist-visits")
    two.sees("Thea looked at your page.")
    one.goto("/therapist-access")
    one.page.get_by_role("link", name="Thea").click()
    one.tap("End this now")
    one.sees("Nobody is told.")
    for tab in tabs:
        tab.reload()
        assert tab.get_by_role("heading", name="Nothing here.").is_visible()
    doctor.goto("/caseload")
    doctor.sees("Access ended.")
    assert not doctor.page.get_by_text("Ana").count()


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
    """Follow the link, read, and say yes, to weekly scores, too."""
    one.goto(link)
    one.tap("Go on")
    one.arrives("Your therapist, as a guest.")
    one.tap("Go on")
    one.arrives("Thea asks to be your guest.")
    one.sees("Limited secrets.")
    one.page.get_by_label("My weekly scores").check()
    one.tap("I say yes")
    one.sees("Nothing is shown unless both of you do.")


def say_yes_too(two):
    """Find out by oneself that somebody asks, and say yes to no more than has to be."""
    two.goto("/settings")
    two.page.get_by_role("link", name="Your therapist").click()
    two.page.get_by_role("link", name="Thea").click()
    two.arrives("Thea asks to be your guest.")
    two.tap("I say yes")
    two.arrives("Thea is your guest.")


def look(doctor):
    """Look at the couple in two tabs: both."""
    doctor.goto("/caseload")
    doctor.page.get_by_role("link", name="Ana & Ben").click()
    doctor.arrives("Ana & Ben")
    doctor.page.get_by_text("What both have said yes to").click()
    doctor.sees("whether exercises were done")
    assert not doctor.page.get_by_text("their weekly scores").count()
    other = doctor.context.new_page()
    other.goto(doctor.page.url)
    assert other.get_by_role("heading", name="Ana & Ben").is_visible()
    return doctor.page, other
