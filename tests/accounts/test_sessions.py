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


def test_whoever_runs_the_server_signs_out_one_or_everybody(app, as_user, ana, ben, thea, now):
    """Also who has given a password and is to show more; and what has run out no longer rings, either."""
    with app.app_context(), transaction():
        service.open_session(ben, "Firefox", now=now - timedelta(days=15))
        half = [service.pose_second(each.id, service.PASSWORD_GIVEN, now=now)[0] for each in (ana, ben)]
    browsers = [as_user(each) for each in (ana, ana, ben, thea)]

    def told(*words, typed=None):
        answer = app.test_cli_runner().invoke(args=["sign-out", *words], input=typed)
        inside = [browser.get("/settings").status_code == 200 for browser in browsers]
        with app.app_context():
            return answer.exit_code, answer.output, inside, [bool(service.half_way(each, now=now)) for each in half]

    assert told("nobody")[:2] == (1, "Error: LOGIN: nobody signs in as nobody.\n")
    asked = "Sign everybody out, in every browser? [y/N]: "
    assert told(typed="n\n") == (1, f"{asked}n\nAborted!\n", [True] * 4, [True, True])
    out = "Whoever signs in as Ana is signed out. Browsers that were signed in: 2.\n"
    assert told("Ana") == (0, out, [False, False, True, True], [False, True])
    out = "Everybody is signed out. Browsers that were signed in: 2.\n"
    assert told("--yes") == (0, out, [False] * 4, [False, False])
    with app.app_context():
        assert db.session.scalars(select(AuthSession).where(AuthSession.ended_at.is_(None))).all() == []


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
