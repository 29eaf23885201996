"""How long a session lasts, who holds it, and how it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import service
from app.accounts.models import AuthSession
from app.core.db import db, transaction
from app.core.errors import NotFound
from tests.factories import NOW


def token_of(browser):
    return browser.get_cookie("attune").value


def visitor(app, browser, now):
    return service.visitor_of(token_of(browser), now=now)


def test_a_session_ends_a_fortnight_after_the_last_visit(as_user, ana, at, now):
    browser = as_user(ana)
    at(now + timedelta(days=13))
    assert browser.get("/settings").status_code == 200
    at(now + timedelta(days=26))
    assert browser.get("/settings").status_code == 200
    quiet = as_user(ana)
    at(now + timedelta(days=26 + 14))
    assert quiet.get("/settings").status_code == 303


def test_a_session_ends_after_thirty_days_in_any_case(as_user, ana, at, now):
    browser = as_user(ana)
    for day in range(30):
        at(now + timedelta(days=day, hours=1))
        assert browser.get("/settings").status_code == 200, day
    at(now + timedelta(days=30))
    assert browser.get("/settings").status_code == 303


def test_a_visit_is_noted_once_a_day(as_user, ana, statements, at, now):
    browser = as_user(ana)
    counts = []
    for when in (now, now + timedelta(days=1), now + timedelta(days=1, hours=2)):
        at(when)
        with statements() as seen:
            browser.get("/settings")
        counts.append(len([each for each in seen if each.startswith("UPDATE")]))
        assert len(seen) <= 3
    assert counts == [0, 1, 0]


def test_a_visitor_costs_one_statement(as_user, ana, statements):
    browser = as_user(ana)
    with statements() as seen:
        browser.get("/settings")
    assert len(seen) == 1


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "ü", "\x00"])
def test_a_made_up_token_is_nobody(app, ana, token):
    with app.app_context():
        assert service.visitor_of(token, now=NOW) is None


def test_only_the_hash_of_a_token_is_kept(app, as_user, ana):
    token = token_of(as_user(ana))
    with app.app_context():
        session = db.session.scalars(select(AuthSession)).one()
        assert token not in repr(vars(session))
        assert len(session.token_hash) == 64


def test_ending_everywhere_spares_the_one_that_is_named(app, as_user, ana, ben, now):
    here, there, bens = as_user(ana), as_user(ana), as_user(ben)
    with app.app_context(), transaction():
        service.end_sessions(ana.id, now=now, but=visitor(app, here, now).session_id)
    assert [each.get("/settings").status_code for each in (here, there, bens)] == [200, 303, 200]


def test_nobody_ends_the_session_of_another(app, as_user, ana, ben, now):
    anas, bens = as_user(ana), as_user(ben)
    with app.app_context():
        me, other = visitor(app, anas, now), visitor(app, bens, now)
        with pytest.raises(NotFound), transaction():
            service.end_session(me, other.session_id, now=now)
    assert bens.get("/settings").status_code == 200


def test_sessions_long_over_are_swept_and_others_stay(app, as_user, ana, at, now):
    as_user(ana)
    at(now + timedelta(days=44, seconds=1))
    living = as_user(ana)
    ended = as_user(ana)
    ended.post("/sign-out")
    with app.app_context(), transaction():
        service.sweep_sessions(now=now + timedelta(days=44, seconds=1))
    with app.app_context():
        assert len(list(db.session.scalars(select(AuthSession)))) == 2
    assert living.get("/settings").status_code == 200
