"""The caseload of the demo: eleven couples, no two of which are alike to look at."""

import time

import pytest

from app.caseload.service import caseload_of
from app.core.db import transaction
from app.demo_caseload import STATES, give_caseload
from app.demo_rows import Calendar
from app.scores import service as scores
from tests.factories import NOW, TODAY


@pytest.mark.only_on("sqlite")
def test_a_therapist_of_the_demo_has_eleven_couples_in_states_of_their_own(app, thea) -> None:
    began = time.process_time()
    with app.app_context(), transaction():
        give_caseload(thea, Calendar("UTC", NOW))
        scores.rebuild("", now=NOW)
    took = time.process_time() - began
    with app.app_context():
        cases = caseload_of(thea.id, today=TODAY, now=NOW)
    assert len(cases) == len(STATES) == 11
    flags = {flag.kind for case in cases for flag in case.flags}
    assert {"drop", "stopped", "row", "gap"} <= flags
    assert {"up", "steady", "hidden", "too_early"} <= {case.trend for case in cases}
    assert [case.name for case in cases if case.archived] == ["Pia & Leon"]
    assert [case.name for case in cases if case.resting] == [cases[-1].name] == ["Vera & Nils"]
    assert took < 5
