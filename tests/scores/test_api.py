"""One's own weeks as JSON: the same as on one's pages, for oneself alone, as the document says."""

import json
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine.events import FatalError, Interrupted, NonFatalError, ScenarioFinished
from schemathesis.transport.wsgi import WSGITransport

from app.config import ROOT
from app.core import api
from app.scores import service as scores
from tests.factories import ISO_WEEK, NOW, TODAY
from tests.scores.conftest import MONDAY, a_week

pytestmark = pytest.mark.only_on("sqlite")
DAY, WEEK = timedelta(days=1), timedelta(days=7)
V1 = "/api/v1"
OF_A_NETWORK = {"max_redirects", "verify", "cert", "proxies"}
EXAMPLES = 15
"""Requests that chance makes up for each address."""
MEAN = (4 * 80 + 90) / 5


@pytest.fixture
def lived(life, ana, ben) -> Any:
    """Three weeks of both, with a talk and a question in the second. The third is running; both are yet to answer."""
    for number, steps in ((2, 7), (1, 8), (0, 9)):
        a_week(life, ana, ben, MONDAY - number * WEEK - DAY * (not number), steps)
    life.known(ben, ana, MONDAY - 6 * DAY, 60)
    life.mirrored(ana, ben, MONDAY - 5 * DAY, [4, 9], [8])
    life.close(NOW)
    return life


def asked(browser: Any, path: str) -> Any:
    """What is at a path below /api/v1."""
    answer = browser.get(V1 + path)
    assert (answer.status_code, answer.mimetype) == (200, "application/json"), answer.text
    return answer.json


def test_the_committed_document_describes_the_api_as_it_is(app) -> None:
    assert (ROOT / "docs" / "openapi.json").read_text() == api.document(app)


def test_the_command_prints_that_document(app) -> None:
    done = app.test_cli_runner().invoke(args=["openapi"])
    assert (done.exit_code, done.output) == (0, (ROOT / "docs" / "openapi.json").read_text())


@pytest.mark.only_on("sqlite", "postgresql")
def test_a_program_reads_the_same_weeks_as_the_pages_show(lived, as_user, ana) -> None:
    told = asked(as_user(ana), "/weeks")["weeks"]
    known = lived.weeks(ana, NOW)
    assert [each["monday"] for each in told] == [f"{week.week}" for week in known]
    assert len(told) == 3
    for each, week in zip(told, known, strict=True):
        assert each["level"] == pytest.approx(week.score.level, abs=0.005)
        assert (each["low"] < each["level"] < each["high"], each["change"]) == (True, week.change)
        assert each["ratings"] == sum(week.ratings.counts)
    assert [(each["over"], each["settled"]) for each in told] == [(True, True), (True, True), (False, False)]
    assert [asked(as_user(ana), f"/weeks/{each['week']}") for each in told] == told


def test_the_parts_say_what_each_did_to_the_level_and_add_up(lived, as_user, ana) -> None:
    browser = as_user(ana)
    before, week = asked(browser, "/weeks")["weeks"][:2]
    parts = asked(browser, f"/weeks/{week['week']}/parts")["parts"]
    assert [(part["name"], part["count"], part["mean"]) for part in parts] == [
        ("felt", 5, MEAN), ("heard", 1, 90), ("appreciated", 5, MEAN), ("known", 1, 60)
    ]  # fmt: skip
    assert sum(part["pull"]["moved"] for part in parts) == pytest.approx(week["level"] - before["level"], abs=0.02)
    untouched = asked(browser, f"/weeks/{ISO_WEEK}/parts")["parts"][3]
    assert (untouched["count"], untouched["mean"], untouched["pull"]) == (0, None, None)


def test_too_early_says_what_is_missing(life, as_user, ana, ben, couple) -> None:
    life.check_in(ana, MONDAY, (7, 7, 7))
    week = asked(as_user(ana), f"/weeks/{ISO_WEEK}")
    assert (week["level"], week["low"], week["high"], week["change"]) == (None, None, None, "too_early")
    assert week["missing"] == {"days": 3, "wide": True}


def test_practice_and_reading_stand_beside_it(lived, as_user, ana) -> None:
    browser = as_user(ana)
    practice = asked(browser, f"/weeks/{ISO_WEEK}/practice")
    with lived.app.app_context():
        pair = lived.pair(ana)
        known = scores.practice_of(pair, MONDAY, MONDAY + 6 * DAY, now=NOW)
        days = scores.reading_of(pair).days
    assert practice == {"given": known.given, "mine": known.mine, "together": known.together}
    assert practice["mine"] > 0
    assert asked(browser, "/reading")["days"] == days > 7


def test_somebody_alone_has_a_running_week_and_nothing_in_it(as_user, carol) -> None:
    browser = as_user(carol)
    (week,) = asked(browser, "/weeks")["weeks"]
    assert (week["week"], week["ratings"], week["level"]) == (ISO_WEEK, 0, None)
    assert asked(browser, "/reading") == {"skill": None, "days": 0}


def test_a_week_that_is_not_there_is_told_in_json(as_user, ana, couple) -> None:
    browser = as_user(ana)
    for week in ("2026-W45", "2026-W47", "2026-W60", "0000-W01", "9999-W53", "2026-11-09", "2026-w46", "٢٠٢٦-W46"):
        for below in ("", "/parts", "/practice"):
            answer = browser.get(f"{V1}/weeks/{week}{below}")
            assert (answer.status_code, answer.json["status"]) == (404, 404), week
            assert answer.json["message"].endswith("."), week


def test_whoever_is_not_signed_in_is_told_so_and_sent_nowhere(client) -> None:
    answer = client.get(f"{V1}/weeks")
    assert (answer.status_code, answer.json["status"], answer.location) == (401, 401, None)
    assert answer.json["message"].endswith(".")


def test_a_therapist_and_an_address_that_is_none_find_the_same_nothing(client, as_user, ana, thea) -> None:
    answers = [as_user(thea).get(f"{V1}/weeks"), client.get(f"{V1}/nothing"), as_user(ana).get("/api/v2/weeks")]
    assert {(each.status_code, each.text, each.mimetype) for each in answers} == {
        (404, answers[0].text, "application/json")
    }


def test_nothing_is_kept_by_anybody_and_nothing_can_be_changed(lived, as_user, ana) -> None:
    browser = as_user(ana)
    answer = browser.get(f"{V1}/weeks")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        refused = browser.open(f"{V1}/weeks", method=method)
        assert (refused.status_code, refused.json["status"]) == (405, 405)
        assert "GET" in refused.headers["Allow"]


def test_an_accident_is_told_in_json_too(app, as_user, ana, couple, monkeypatch) -> None:
    def fail(**_values: Any) -> None:
        raise RuntimeError("as nobody foresaw")

    monkeypatch.setitem(app.view_functions, "scores.index_weeks", fail)
    answer = as_user(ana).get(f"{V1}/weeks")
    assert (answer.status_code, answer.json["status"], "foresaw" in answer.text) == (500, 500, False)


def test_what_the_partner_keeps_sealed_changes_no_byte(lived, as_user, ana, ben) -> None:
    browser = as_user(ana)
    paths = ["/weeks", "/reading", *(f"/weeks/{ISO_WEEK}{below}" for below in ("", "/parts", "/practice"))]

    def everything() -> list[Any]:
        answers = [browser.get(V1 + path) for path in paths]
        return [(answer.status, list(answer.headers), answer.data) for answer in answers]

    before = everything()
    lived.open(ben)
    for felt in ((0, 0, 0), (10, 10, 10)):
        lived.check_in(ben, TODAY, felt)
        assert everything() == before


@pytest.fixture
def in_process(monkeypatch) -> None:
    """Schemathesis asks once without a session, and then hands options of a network to the app that it calls itself."""
    send = WSGITransport.send

    def send_without(self: WSGITransport, case: Any, **options: Any) -> Any:
        return send(self, case, **{name: each for name, each in options.items() if name not in OF_A_NETWORK})

    monkeypatch.setattr(WSGITransport, "send", send_without)


@pytest.mark.only_on("sqlite")
def test_a_stranger_to_the_code_finds_nothing_wrong_with_it(lived, app, as_user, ana, in_process) -> None:
    """Schemathesis asks for whatever the document allows, and for much that it does not."""
    document = json.loads(api.document(app))
    # As it is called without https.
    document["components"]["securitySchemes"]["session"]["name"] = "attune"
    config = SchemathesisConfig.from_dict(
        {
            "headers": {"Sec-Fetch-Site": "same-origin"},
            "auth": {"openapi": {"session": {"api_key": as_user(ana).get_cookie("attune").value}}},
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
        }
    )
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = app
    events = list(schemathesis.engine.from_schema(schema).execute())
    wrong = [event for event in events if isinstance(event, NonFatalError | FatalError | Interrupted)]
    answered = set()
    for scenario in (event for event in events if isinstance(event, ScenarioFinished)):
        seen = scenario.recorder
        wrong += [check.failure_info.failure for each in seen.checks.values() for check in each if check.failure_info]
        answers = [each for each in seen.interactions.values() if each.response]
        answered |= {(seen.label, each.request.method, each.response.status_code) for each in answers}
    assert wrong == []
    operations = {f"GET {path}" for path in schema.raw_schema["paths"]}
    assert {label for label, method, status in answered if (method, status) == ("GET", 200)} >= operations
    assert {status for _label, _method, status in answered} >= {200, 401, 404, 405}
