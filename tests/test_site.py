"""The front of the house."""

import re

import pytest
import sqlalchemy
from sqlalchemy.exc import OperationalError

from app import BODY_MAX, schema
from app.core.sqlite import WRITE, driver
from tests.conftest import _engine as engine


def test_a_stranger_is_welcomed(client):
    page = client.get("/").text
    assert "not therapy, and not for emergencies" in page
    for path in ("/register", "/sign-in", "/help-lines", "/privacy"):
        assert f'href="{path}"' in page


def test_who_is_signed_in_goes_on_to_the_day(as_user, ana):
    answer = as_user(ana).get("/")
    assert (answer.status_code, answer.location) == (303, "/today")


def test_privacy_is_told_to_everybody(client, as_user, ana):
    for browser in (client, as_user(ana)):
        page = browser.get("/privacy").text
        assert "Whoever runs this server could read what is kept on it" in page
        assert "Ratings and marks, names, days and your plan are stored as they are" in page
        assert 'href="/help-lines"' in page
    assert 'href="/settings"' in as_user(ana).get("/privacy").text
    assert 'href="/settings"' not in client.get("/privacy").text


def test_the_app_is_alive_and_ready(client):
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ok\n")
    assert client.get("/readyz").mimetype == "text/plain"


def test_an_older_database_is_not_ready(app, client):
    with engine(app).connect().execution_options(**{WRITE: True}) as connection, connection.begin() as change:
        kept = connection.scalar(sqlalchemy.text("SELECT version_num FROM alembic_version"))
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        change.commit()
    try:
        assert (client.get("/readyz").status_code, client.get("/readyz").text) == (503, "not ready\n")
    finally:
        with engine(app).connect().execution_options(**{WRITE: True}) as connection, connection.begin() as change:
            connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = :kept"), {"kept": kept})
            change.commit()
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("error", [OperationalError("secret.example", {}, Exception()), schema.TooNew(), LookupError()])
def test_a_database_that_does_not_answer_is_told_without_a_detail(client, monkeypatch, error):
    def broken():
        raise error

    monkeypatch.setattr(schema, "pending", broken)
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (503, "not ready\n")
    assert client.get("/healthz").status_code == 200


def test_password_managers_find_the_form(client):
    assert client.get("/.well-known/change-password").location == "/settings/password"


@pytest.mark.parametrize("path", ["/nothing", "/settings/nothing", "/.git/config", "/static/x/../../config.py"])
def test_what_is_not_there_gets_a_page_with_a_way_back(client, as_user, ana, path):
    page = client.get(path)
    assert page.status_code == 404
    assert "There is no page at this address, or it is not yours to see." in page.text
    assert 'href="/"' in page.text
    assert path not in page.text


def test_what_is_too_long_is_told_so(client):
    page = client.post("/register", data={"name": "x" * (BODY_MAX + 1)})
    assert page.status_code == 413
    assert "more than fits" in page.text


def test_a_fault_of_ours_shows_a_number_and_nothing_else(app, client, monkeypatch, caplog):
    def broken(*_args, **_kwargs):
        full = driver().OperationalError("what somebody wrote")
        full.sqlite_errorname = "SQLITE_FULL"
        raise OperationalError("what somebody wrote", {}, full)

    monkeypatch.setattr("app.site.render_template", broken)
    page = client.get("/")
    assert page.status_code == 500
    assert "somebody wrote" not in page.text
    assert "somebody wrote" not in caplog.text
    assert re.search(r"unforeseen OperationalError \(SQLITE_FULL\) at \S+/app/site\.py:\d+\b", caplog.text)
    [record] = [each for each in caplog.records if hasattr(each, "incident")]
    assert record.incident in page.text


def test_a_page_of_an_error_asks_no_database(app, client, statements):
    with statements() as seen:
        client.get("/nothing", headers={"Accept-Language": "es, en;q=0.5"})
    assert seen == []
