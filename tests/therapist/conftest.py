"""What the tests of homework begin with: Thea, who may give, and Ana and Ben at their phones."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Person
from app.core.db import db, transaction
from app.couples.models import Couple
from app.therapist.models import Homework
from app.therapist.service import Author, Wish, give
from tests.factories import NOW, TODAY

EVERY_DAY = 0b1111111


@pytest.fixture
def given(app: Flask, couple: Couple, thea: Person) -> Callable[..., Homework]:
    """`given("check_in", weekdays=1, whom=ana.id, note="Slowly.")`: homework of Thea's for Ana and Ben from today on."""

    def begin(exercise: str = "check_in", **wish: Any) -> Homework:
        days = {} if "dates" in wish else {"weekdays": EVERY_DAY}
        with app.app_context(), transaction():
            asked = Wish(exercise=exercise, **{"first": TODAY, **days, **wish})
            row = give(Author(thea.id, thea.key.wrapped), couple.id, asked, now=NOW, today=TODAY)
            db.session.flush()
            db.session.expunge_all()
        return row

    return begin
