"""A therapist who has lost all but their name: in again by whoever runs the server, with every word they wrote."""

import json
import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from app.accounts import service
from app.accounts.models import AccountReset, Person
from app.caseload.service import note_down, notes_of
from app.core.db import db, transaction
from app.therapist.service import Author
from tests.accounts.authenticator import Authenticator, make_passkey, use_passkey
from tests.accounts.test_recovery import NO, recover
from tests.accounts.test_sign_in import sign_in
from tests.factories import NOW, make_person

MADE = "made a link by which your account can be set up anew"


@pytest.fixture
def phone(as_user, thea):
    """Thea's browser, and a passkey that she can sign by."""
    browser, keeper = as_user(thea), Authenticator()
    assert "next" in make_passkey(browser, keeper).json
    return browser, keeper


def reset(app, login="thea"):
    """The code of a link that whoever runs the server makes."""
    told = app.test_cli_runner().invoke(args=["reset-factors", login])
    assert told.exit_code == 0, told.output
    return re.search(r"http://localhost:8000/recovery#([\w-]{29})\n", told.output)[1]


def test_a_link_lets_a_therapist_set_up_all_anew_and_keeps_what_they_wrote(app, phone, thea, couple):
    with app.app_context(), transaction():
        codes = service.renew_codes(db.session.get_one(Person, thea.id))
        note_down(Author(thea.id, thea.key.wrapped), couple.id, "She smiled.", now=NOW)
    browser, keeper = phone
    code, anew = reset(app), app.test_client()
    assert browser.get("/caseload").location.startswith("/sign-in"), "all sessions end with the command"
    page = recover(anew, code.lower(), "thea")
    assert len(re.findall("<code>", page.text)) == 8
    assert 'href="/settings/second-factor"' in page.text
    assert anew.get("/caseload").location == "/settings/second-factor"
    assert "None yet." in anew.get("/settings/second-factor").text
    assert use_passkey(app.test_client(), keeper).status_code >= 400
    assert sign_in(app.test_client(), "thea").status_code == 422, "the old password"
    assert NO in recover(app.test_client(), codes[0], "thea").text, "an old code"
    assert NO in recover(app.test_client(), code, "thea").text, "the link, again"
    make_passkey(anew, Authenticator())
    assert anew.get("/caseload").status_code == 200
    assert MADE not in anew.get("/settings").text
    with app.app_context():
        assert [each.words for each in notes_of(Author(thea.id, thea.key.wrapped))] == ["She smiled."]


@pytest.mark.only_on("sqlite")
def test_a_link_that_is_not_used_changes_nothing_and_is_told_at_the_next_sign_in(app, phone, at):
    _, keeper = phone
    codes = [reset(app), reset(app)]
    again = app.test_client()
    assert NO in recover(app.test_client(), codes[0], "thea").text, "only the last one works"
    assert NO in recover(app.test_client(), codes[1], "ana").text
    assert use_passkey(again, keeper).json == {"next": "/caseload"}
    assert f"On 12 November 2026 whoever runs this server {MADE}" in again.get("/caseload").text
    assert MADE not in again.get("/caseload").text
    other = app.test_client()
    use_passkey(other, keeper)
    assert MADE not in other.get("/caseload").text
    page = other.get("/settings/devices").text
    assert page.count("Made on 12 November 2026.") == page.count("Not used.") == 2
    with zipfile.ZipFile(BytesIO(other.post("/export").data)) as packed:
        links = json.loads(packed.read("export.json"))["links_to_begin_anew"]
    assert [each["used_at"] for each in links] == [None, None]
    at(NOW + timedelta(hours=72))
    assert NO in recover(app.test_client(), codes[1], "thea").text, "three days are over"


@pytest.mark.only_on("sqlite")
def test_nobody_else_is_let_in_by_it(app, ana, thea, save):
    save(make_person("Otto", role="therapist", disabled_at=NOW))
    for login, said in (("ana", "Nobody else opens the account of a partner."), ("nobody", "LOGIN"), ("otto", "LOGIN")):
        told = app.test_cli_runner().invoke(args=["reset-factors", login])
        assert (told.exit_code, said in told.output) == (1, True), told.output
    with app.app_context():
        assert db.session.scalars(db.select(AccountReset)).all() == []


@pytest.mark.only_on("sqlite")
def test_the_code_of_it_is_not_kept(app, thea):
    code = reset(app)
    with app.app_context():
        (row,) = db.session.scalars(db.select(AccountReset)).all()
    assert code not in repr(vars(row))
    assert code.replace("-", "") not in repr(vars(row))
