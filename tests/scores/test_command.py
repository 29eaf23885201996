"""`./run scores rebuild`: what an operator types once, after an update from an Attune without scores."""

from datetime import timedelta

from sqlalchemy import delete

from app.core.db import db, transaction
from app.scores.models import WeeklyScore
from tests.factories import NOW
from tests.scores.conftest import MONDAY, a_week

WEEK = timedelta(days=7)


def test_it_works_out_what_was_rated_before_there_were_scores(life, other_life, ana, ben, dina, eli) -> None:
    a_week(life, ana, ben, MONDAY - 2 * WEEK, 8)
    a_week(other_life, dina, eli, MONDAY - WEEK, 6)
    life.close(NOW)
    rows = life.rows()
    with life.app.app_context(), transaction():
        db.session.execute(delete(WeeklyScore))
    for _ in range(2):
        told = life.app.test_cli_runner().invoke(args=["scores", "rebuild"])
        assert (told.exit_code, told.output) == (0, "The weeks are worked out. Couples: 2.\n")
        assert life.rows() == rows
