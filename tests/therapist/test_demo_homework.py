"""The demo's homework: believable to whoever looks at it."""

import pytest

from app.core.db import db, transaction
from app.couples.service import pair_of
from app.demo_homework import give_homework
from app.demo_rows import Calendar
from tests.factories import NOW
from tests.reminders.people import visitor_of


@pytest.mark.only_on("sqlite")
def test_a_couple_of_the_demo_has_homework_of_some_weeks(app, as_user, ana, couple, thea, guest) -> None:
    with app.app_context(), transaction():
        give_homework(db.session.merge(thea), pair_of(visitor_of(ana)), Calendar("UTC", NOW))
    page = as_user(thea).get(f"/caseload/{couple.id}/homework").text
    assert f"0 of {7 * 3} done" in page
    assert "Heart to heart" in as_user(ana).get("/homework").text
