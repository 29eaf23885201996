"""What the tests of homework begin with: Thea is the guest of Ana and Ben, and gives them something to do."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Person
from app.core.db import db, transaction
from app.core.ids import new_id
from app.couples.models import Couple
from app.therapist.models import CLASSES, Consent, Guest, Homework
from app.therapist.service import Author, Wish, give
from tests.factories import NOW, TODAY

EVERY_DAY = 0b1111111


@pytest.fixture
def guest(save: Callable[..., Any], couple: Couple, ana: Person, ben: Person, thea: Person) -> Guest:
    """Thea, to whom both have said yes, to everything."""
    row = Guest(id=new_id(), therapist_id=thea.id, couple_id=couple.id, asked_at=NOW, opened_at=NOW)
    save(row)
    yes = {"said_at": NOW, "given": True, **dict.fromkeys(CLASSES, True)}
    save(*(Consent(guest_id=row.id, person_id=each.id, **yes) for each in (ana, ben)))
    return row


@pytest.fixture
def given(app: Flask, guest: Guest, couple: Couple, thea: Person) -> Callable[..., Homework]:
    """`given("check_in", weekdays=1, whom=ana.id, note="Slowly.")`: homework of Thea's from today on."""

    def begin(exercise: str = "check_in", **wish: Any) -> Homework:
        days = {} if "dates" in wish else {"weekdays": EVERY_DAY}
        with app.app_context(), transaction():
            asked = Wish(exercise=exercise, **{"first": TODAY, **days, **wish})
            row = give(Author(thea.id, thea.key.wrapped), couple.id, asked, now=NOW, today=TODAY)
            db.session.flush()
            db.session.expunge_all()
        return row

    return begin
