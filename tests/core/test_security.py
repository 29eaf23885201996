"""The outer fence, on every route there is."""

import pytest

from app.core.errors import API
from app.core.security import HEADERS, SAFE

CSP = HEADERS["Content-Security-Policy"]


def paths(app, methods):
    for rule in app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, "1")
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted(rule.methods & methods):
            yield method, path


def test_every_answer_has_every_header(app, client):
    for method, path in {*paths(app, {"GET"}), ("GET", "/nothing"), ("POST", "/register"), ("TRACE", "/")}:
        answer = client.open(path, method=method)
        for name, value in HEADERS.items():
            assert answer.headers.getlist(name) == [value], (method, path, name)
        assert answer.headers.get("Cache-Control"), (method, path)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Strict-Transport-Security" not in answer.headers
        assert "charset=utf-8" in answer.content_type or not answer.content_type.startswith("text/")


def test_what_is_the_same_for_everybody_does_not_vary_by_cookie(app, as_user, ana):
    browser = as_user(ana)
    for path in (app.extensions["pwa"].address("css/tokens.css"), "/sw.js", "/healthz"):
        assert "Cookie" not in browser.get(path).headers.get("Vary", ""), path


def test_with_tls_the_browser_is_told_to_stay_with_it(make_app):
    client = make_app(base_url="https://attune.example.org").test_client()
    answer = client.get("/healthz", base_url="https://attune.example.org")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_pages_may_run_and_load_only_what_is_ours():
    policy = dict(each.split(" ", 1) for each in CSP.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in CSP
    assert "http" not in CSP


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "http://localhost:8000"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Referer": "http://localhost/"}, False),
        ({}, False),
    ],
)
def test_no_other_site_changes_anything_by_any_route(app, headers, allowed):
    client = app.test_client()
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    unsafe = set(paths(app, {"POST", "PUT", "PATCH", "DELETE"}))
    assert len(unsafe) >= 10
    for method, path in unsafe:
        answer = client.open(path, method=method, headers=headers)
        assert (answer.status_code != 403) == allowed, (method, path)


def test_no_route_answers_to_more_than_it_declares(app, client):
    declared = {rule.endpoint: rule.methods for rule in app.url_map.iter_rules()}
    assert all(methods <= SAFE | {"POST"} for methods in declared.values())
    for _method, path in set(paths(app, {"GET"})):
        assert client.open(path, method="DELETE").status_code == 405
        assert client.open(path, method="TRACE").status_code in {403, 405}


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost:x"])
def test_only_our_own_hosts_are_answered(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 400


def test_every_route_says_who_may_use_it(app):
    policies = app.extensions["policies"]
    assert set(policies) == set(app.view_functions)
    assert set(policies.values()) <= {"public", "person", "partner", "pair", "two", "therapist", "operator"}
    assert {name for name, who in policies.items() if who == "public" and name.startswith(("accounts.", "site."))} == {
        "accounts.new_person",
        "accounts.create_person",
        "accounts.new_session",
        "accounts.create_session",
        "accounts.destroy_session",
        "accounts.new_recovery",
        "accounts.create_recovery",
        "accounts.create_sign_in_options",
        "accounts.create_passkey_session",
        "accounts.create_second",
        "accounts.show_welcome",
        "accounts.create_welcome",
        "accounts.new_therapist",
        "accounts.create_therapist",
        "site.show_welcome",
        "site.show_privacy",
        "site.show_health",
        "site.show_readiness",
        "site.show_change_password",
    }


def test_a_stranger_gets_into_no_page_that_is_not_public(app, client):
    public = {endpoint for endpoint, who in app.extensions["policies"].items() if who == "public"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in public:
            continue
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, "1"))
        for method in rule.methods & {"GET", "POST"}:
            answer = client.open(path, method=method)
            if path.startswith(API):
                assert (answer.status_code, answer.mimetype) == (401, "application/json"), path
            elif method == "GET":
                assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in"), path
            else:
                assert answer.status_code == 401, path
