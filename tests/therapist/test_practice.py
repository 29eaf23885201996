"""A therapist's own pages, and that they are nobody else's."""

import re

import pytest

from app.therapist.models import NONE, OWN
from tests.exercises.acts import unchecked

pytestmark = pytest.mark.only_on("sqlite")


def test_a_practice_is_kept_and_shown(as_user, thea):
    browser = as_user(thea)
    assert "Set up your practice" in browser.get("/caseload").text
    said = {"name": "The Green Door", "policy": OWN, "own": "I keep nothing that would hurt us."}
    assert browser.post("/practice", data=said).location == "/caseload"
    page = browser.get("/practice").text
    assert "The Green Door" in page
    assert said["own"] in page
    assert "Set up your practice" not in browser.get("/caseload").text
    browser.post("/practice", data={"policy": NONE})
    assert "The Green Door" not in browser.get("/practice").text


def test_a_policy_in_own_words_needs_some(as_user, thea):
    page = as_user(thea).post("/practice", data={"policy": OWN, "own": "  "})
    assert page.status_code == 422
    assert "Please write how you handle secrets." in page.text


def test_partners_find_nothing_at_a_therapists_and_therapists_nothing_at_a_couples(as_user, thea, ana, couple):
    for path in ("/caseload", "/practice"):
        assert as_user(ana).get(path).status_code == 404, path
    therapist = unchecked(as_user(thea))
    for path in ("/today", "/history", "/weeks", "/couple", "/plan", "/reminders", "/invitation", "/leaving"):
        assert therapist.get(path).status_code == 404, path


def test_no_page_of_a_therapist_leads_to_what_is_not_there_for_them(as_user, thea):
    browser, seen, ahead = as_user(thea), set(), {"/"}
    while ahead:
        path = ahead.pop()
        seen.add(path)
        page = browser.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        ahead |= {link for link in links(page.text) if not link.startswith("/static")} - seen
    assert {"/caseload", "/practice", "/settings", "/settings/second-factor", "/settings/deletion"} <= seen


def links(page):
    return {found.split("#")[0] for found in re.findall(r'<a [^>]*href="(/[^"]*)"', page)}
