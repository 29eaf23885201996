"""What the log tells an operator of the doors: each thing by its name, and nothing of whom."""

import logging
import re
from dataclasses import replace

import pytest

from app.accounts import service
from app.accounts.models import Person
from app.accounts.one_time import STEP, code_at
from app.config import ROOT
from app.core import logs
from app.core.db import db, transaction
from app.core.events import REFUSED, Event
from app.core.ids import new_id
from app.therapist.models import CLASSES, Consent, Guest
from tests.accounts.authenticator import Authenticator, make_passkey, use_passkey
from tests.accounts.test_recovery import recover
from tests.accounts.test_sign_in import sign_in
from tests.factories import NOW, PASSWORD

NEW = "nine bright lanterns by the sea"


@pytest.fixture
def heard(app, monkeypatch, caplog):
    """`heard()`: (event, level, route, status, command) of each line about one since it was last asked."""
    monkeypatch.setitem(app.extensions, "attune", replace(app.extensions["attune"], log_format="json"))
    monkeypatch.setitem(app.after_request_funcs, None, [*app.after_request_funcs.get(None, []), logs._finish])
    caplog.set_level(logging.INFO, "attune")

    def since():
        lines = [each for each in caplog.records if hasattr(each, "event")]
        caplog.clear()
        return [
            tuple(getattr(each, name, None) for name in ("event", "levelname", "route", "status", "command"))
            for each in lines
        ]

    return since


@pytest.mark.only_on("sqlite")
def test_each_event_is_told_once_where_it_happens(app, heard, as_user, save, couple, ana, ben, thea):
    door = Guest(id=new_id(), therapist_id=thea.id, couple_id=couple.id, asked_at=NOW, opened_at=NOW)
    yes = {"said_at": NOW, "given": True, **dict.fromkeys(CLASSES, True)}
    save(door)
    save(*(Consent(guest_id=door.id, person_id=each.id, **yes) for each in (ana, ben)))
    seen = set()

    def events(*_done):
        told = heard()
        seen.update(told)
        return [each[0] for each in told]

    record = {"whose": "couple", "format": "json"}
    assert events(as_user(thea).post(f"/caseload/{couple.id}/export", data=record)) == ["record-taken"]
    _come_in(events, app, ana, thea)
    _show_more(events, app, as_user(ana), ana, ben)
    _change(events, as_user(ana), f"/therapist-access/{door.id}")
    assert events(app.test_cli_runner().invoke(args=["sign-out", "ben"])) == ["command"]
    assert ("command", "INFO", None, None, "sign-out") in seen
    assert ("held-back", "WARNING", "/sign-in", 429, None) in seen
    assert {each[0] for each in seen if each[1] == "WARNING"} == {each.value for each in REFUSED}
    assert {each[0] for each in seen} == {each.value for each in Event}


def _come_in(events, app, ana, thea):
    with app.app_context(), transaction():
        code = service.renew_codes(db.session.get_one(Person, ana.id))[0]
        link = service.let_begin_anew(db.session.get_one(Person, thea.id), now=NOW)
    account = {"login": "eda", "name": "Eda", "zone": "UTC", "adult": "yes", "password": NEW}
    assert events(app.test_client().post("/register", data=account)) == ["registered"]
    assert events(sign_in(app.test_client())) == ["signed-in"]
    assert events(recover(app.test_client(), "0" * 24)) == ["recovery-failed"]
    assert events(recover(app.test_client(), code)) == ["recovery-code-used", "password-changed", "signed-in"]
    assert events(recover(app.test_client(), link, "thea")) == ["reset-link-used", "password-changed", "signed-in"]
    for _ in range(5):
        assert events(sign_in(app.test_client(), "nobody")) == ["sign-in-failed"]
    assert events(sign_in(app.test_client(), "nobody")) == ["held-back"]


def _show_more(events, app, phone, ana, ben):
    keeper, stranger = Authenticator(), app.test_client()
    assert events(make_passkey(phone, keeper)) == ["passkey-added"]
    assert events(use_passkey(app.test_client(), keeper)) == ["signed-in"]
    assert events(use_passkey(phone, Authenticator(owner=ben.id), "/confirm/passkey")) == ["proof-failed"]
    assert events(use_passkey(stranger, Authenticator(owner=ana.id))) == ["sign-in-failed"]
    kept = re.search(r'"(/settings/passkeys/[\w-]+/removal)', phone.get("/settings/second-factor").text)
    assert events(phone.post(kept[1])) == ["passkey-removed"]
    phone.post("/settings/authenticator")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", phone.get("/settings/authenticator").text)[1].replace(" ", "")
    digits = {"digits": code_at(secret, int(NOW.timestamp()) // STEP)}
    assert events(phone.post("/settings/authenticator/confirmation", data=digits)) == ["app-added"]
    sign_in(stranger, password=NEW)
    assert events(stranger.post("/sign-in/second", data={"code": "000000"})) == ["proof-failed"]
    assert events(phone.post("/settings/authenticator/removal")) == ["app-removed"]


def _change(events, phone, guest):
    assert events(phone.post("/confirm", data={"password": PASSWORD})) == ["proof-failed"]
    assert events(phone.post("/settings/recovery-codes")) == ["recovery-codes-renewed"]
    assert events(phone.post("/settings/devices/others/end")) == ["sessions-ended"]
    passwords = {"current_password": NEW, "password": PASSWORD}
    assert events(phone.post("/settings/password", data=passwords)) == ["password-changed"]
    assert events(phone.post("/export")) == events(phone.post("/export/research")) == ["export-made"]
    assert events(phone.post(guest)) == events(phone.post(f"{guest}/refusal")) == ["consent-changed"]
    assert events(phone.get(guest[:-1])) == ["not-theirs"]
    assert events(phone.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})) == ["other-site-refused"]
    assert events(phone.get("/nothing")) == []
    assert events(phone.post("/settings/deletion", data={"word": "erase"})) == ["account-erased"]


def test_each_event_is_explained_to_whoever_runs_the_server():
    page = (ROOT / "docs" / "running.md").read_text()
    told = page.partition("### What happens at the doors")[2].partition("\n\nA few a day")[0]
    rows = [row.split("|")[1:3] for row in told.splitlines() if row.startswith("| `") and "`event`" not in row]
    levels = {name: level.strip() for names, level in rows for name in re.findall(r"`([a-z-]+)`", names)}
    assert levels == {each.value: "warning" if each in REFUSED else "info" for each in Event}
