"""Who gets what: every route, every method, every kind of visitor, and whatever ids they put into the address.

Both axes come from the app: a new route is in here by itself, and a new policy, or a new part of an address, fails
until somebody says what it means.
"""

from itertools import product

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app, site
from app.core.errors import API
from app.core.policy import UndeclaredRoute
from tests.trust.rows import Kept
from tests.trust.world import ALONE, KINDS, STRANGERS, TWO, World

IN, SIGN_IN, NOTHING = "is let in", "is asked to sign in", "finds nothing"

POLICIES = {
    "public": dict.fromkeys(KINDS, IN),
    "person": {**dict.fromkeys(KINDS, IN), **dict.fromkeys(STRANGERS, SIGN_IN)},
    "partner": {**dict.fromkeys((*TWO, *ALONE), IN), **dict.fromkeys(STRANGERS, SIGN_IN), "therapist": NOTHING},
    "pair": {**dict.fromkeys((*TWO, *ALONE), IN), **dict.fromkeys(STRANGERS, SIGN_IN), "therapist": NOTHING},
    "two": {
        **dict.fromkeys(TWO, IN),
        **dict.fromkeys(STRANGERS, SIGN_IN),
        **dict.fromkeys((*ALONE, "therapist"), NOTHING),
    },
    "therapist": {
        **dict.fromkeys((*TWO, *ALONE), NOTHING),
        **dict.fromkeys(STRANGERS, SIGN_IN),
        "therapist": IN,
    },
}
"""What each policy means to each kind of visitor, as long as they ask for what is theirs."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
LET_IN = {200, 204, 303, 409, 422}
"""An act that finds nothing to do, or a form that holds nothing, is still not the door's doing."""

FOREIGN: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://attune.example.net"},
    {"Origin": "null"},
)


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_gets_what_the_policy_says_and_no_more(world: World, kept: Kept, kind: str) -> None:
    for rule in world.rules():
        meant = POLICIES[world.app.extensions["policies"][rule.endpoint]][kind]
        for method in sorted(rule.methods & {"GET", "HEAD", "POST"}):
            ways = list(world.paths(rule))
            let_in = {path for path, _never, known in ways if meant == IN and kind in known.owners}
            never = {
                path: world.browser(kind).open(path, method=method)
                for path in {never for _path, never, _ in ways if never}
            }
            for path, nowhere, _known in ways:
                if path not in let_in and not kept_for_former(world, kind, method, path):
                    answer = world.browser(kind).open(path, method=method)
                    how = NOTHING if meant == IN else meant
                    assert is_refused(answer, rule.endpoint, how, method), told(kind, method, path, answer)
                    if how == NOTHING and nowhere:
                        assert everything(answer) == everything(never[nowhere]), path
            assert kept.same(), f"{kind}: {method} {rule.rule} was refused and changed something"
            for path in let_in:
                answer = world.browser(kind).open(path, method=method)
                assert is_let_in(answer), told(kind, method, path, answer)
                if method == "POST":
                    kept.put_back()
            kept.put_back()


def test_words_for_a_couple_that_has_ended_are_kept_among_those_from_before(world: World, kept: Kept) -> None:
    told_to = set()
    for rule in world.rules():
        for path, _never, _known in world.paths(rule):
            if "POST" in rule.methods and kept_for_former(world, "former", "POST", path):
                answer = world.browser("former").post(path, data={"answer": "half a sent"})
                assert (answer.status_code, answer.location) == (303, "/history/earlier"), path
                assert "half a sent" in world.browser("former").get("/history/earlier").text, path
                told_to.add(rule.endpoint)
                kept.put_back()
    assert "prompts.create_response" in told_to


@pytest.mark.only_on("sqlite")
def test_a_route_answers_to_no_method_that_it_does_not_declare(world: World, kept: Kept) -> None:
    for rule in world.rules():
        path = world.path(rule, "partner")
        declared = set().union(*(each.methods for each in world.rules() if each.rule == rule.rule))
        for kind in ("nobody", "partner", "therapist"):
            for method in set(METHODS) - declared:
                answer = world.browser(kind).open(path, method=method)
                assert answer.status_code == 405, told(kind, method, path, answer)
            answer = world.browser(kind).open(path, method="OPTIONS")
            assert (answer.status_code, answer.data) == (200, b""), told(kind, "OPTIONS", path, answer)
            assert {each.strip() for each in answer.headers["Allow"].split(",")} == declared, path
    assert kept.same()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("kind", ["nobody", "partner", "therapist"])
def test_what_comes_from_elsewhere_is_refused_before_anybody_looks(
    world: World, kept: Kept, statements, kind: str
) -> None:
    pages = set()
    unsafe = [rule for rule in world.rules() if "POST" in rule.methods]
    with statements() as seen:
        for rule in unsafe:
            ways = next((path, never) for path, never, known in world.paths(rule) if not known.value or known.owners)
            for path, headers in product(filter(None, ways), FOREIGN):
                browser = world.browser(kind)
                del browser.environ_base["HTTP_SEC_FETCH_SITE"]
                answer = browser.post(path, headers=headers)
                assert answer.status_code == 403, (headers, told(kind, "POST", path, answer))
                pages.add(answer.data)
    assert seen == []
    assert len(pages) == 1
    assert kept.same()
    assert len(unsafe) > 20


@pytest.mark.only_on("sqlite")
def test_every_route_has_a_policy_with_a_meaning_and_only_parts_that_are_known(world: World) -> None:
    policies = world.app.extensions["policies"]
    assert {rule.endpoint for rule in world.rules()} == set(policies)
    assert set(policies.values()) <= set(POLICIES), "say in POLICIES what the new policy means"
    assert all(set(meant) == set(KINDS) for meant in POLICIES.values())
    parts = {part for rule in world.rules() for part in rule.arguments}
    assert parts <= set(world.values), "a new part of an address: say in world.py whose its values are"
    assert all(sum(map(world.tells, rule.arguments)) <= 1 for rule in world.rules())


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_app_does_not_start_over_a_route_that_says_nothing(app: Flask, monkeypatch, method: str) -> None:
    declared = site.init_app

    def one_more(app: Flask) -> None:
        declared(app)
        app.add_url_rule("/hidden", "site.hidden", lambda: "", methods=[method])

    monkeypatch.setattr(site, "init_app", one_more)
    with pytest.raises(UndeclaredRoute, match=r"site\.hidden"):
        create_app(app.extensions["attune"])


@pytest.mark.only_on("sqlite")
def test_what_matters_most_asks_for_the_password_once_more(world: World, kept: Kept, at, now) -> None:
    asked = set()
    at(now.replace(minute=6))
    for kind in ("partner", "inviter"):
        for rule in world.rules():
            path = world.path(rule, kind)
            for method in rule.methods & {"GET", "POST"}:
                answer = world.browser(kind).open(path, method=method, data=ACTS.get(rule.endpoint))
                if (answer.location or "").startswith("/confirm?"):
                    asked.add(rule.endpoint)
                else:
                    kept.put_back()
    assert asked == {
        "accounts.create_authenticator",
        "accounts.create_authenticator_confirmation",
        "accounts.create_codes",
        "accounts.create_passkey",
        "accounts.create_passkey_options",
        "accounts.destroy_authenticator",
        "accounts.destroy_passkey",
        "accounts.show_authenticator",
        "accounts.show_codes",
        "couples.create_confirmation",
        "couples.create_invitation",
        "couples.create_joining",
        "couples.create_leaving",
        "data_rights.create_deletion",
        "data_rights.create_export",
        "data_rights.create_research",
        "history.create_deletion",
        "path.create_deletion",
        "reminders.create_feed",
        "reminders.update_mail",
        "therapist.update_guest",
    }


ACTS = {
    "couples.create_joining": {"code": "0000-0000-0000-0"},
    "reminders.update_mail": {"address": "ana@example.org"},
    # More than they have said yes to.
    "therapist.update_guest": {"assessments": "yes", "responses": "yes", "scores": "yes"},
}
"""What a form must hold before it asks for the password."""


def is_let_in(answer: TestResponse) -> bool:
    """Whether the door is not in the way."""
    return answer.status_code in LET_IN and not (answer.location or "").startswith(("/sign-in", "/confirm"))


def is_refused(answer: TestResponse, endpoint: str, how: str, method: str) -> bool:
    """Whether the visitor is refused in this way."""
    if how == SIGN_IN and answer.request.path.startswith(API):
        return answer.status_code == 401 and answer.mimetype == "application/json"
    if how == SIGN_IN and method == "POST":
        return answer.status_code == 401 and 'action="/sign-in"' in answer.text
    if how == SIGN_IN:
        return answer.status_code == 303 and answer.location.startswith("/sign-in?next=")
    # An invitation is taken back by one while the other confirms it: that is told in words of its own.
    gone = 409 if endpoint == "couples.create_confirmation" else 404
    return answer.status_code in ({404, gone} if how == NOTHING else set())


def kept_for_former(world: World, kind: str, method: str, path: str) -> bool:
    """Whether somebody sends what they were writing when their couple ended."""
    return kind == "former" and method == "POST" and path.startswith(f"/prompts/{world.left}/")


def everything(answer: TestResponse) -> tuple[str, list[tuple[str, str]], bytes]:
    """All that somebody could tell one answer from another by."""
    return answer.status, list(answer.headers), answer.data


def told(kind: str, method: str, path: str, answer: TestResponse) -> str:
    """What happened, for whoever reads that it should not have."""
    return f"{kind}: {method} {path} got {answer.status} {answer.location or ''}"
