"""What a therapist sees, what partners see of it, and what neither may read off."""

import pytest

from tests.caseload.care import days_back
from tests.scores.histories import steady

pytestmark = pytest.mark.only_on("sqlite")


def test_try(app, care, guest, couple, ana, ben, as_user, thea) -> None:
    row = care.homework(couple)
    care.did(couple, days_back(*range(1, 20)), ana, words=lambda who, day: f"A walk {day}")
    care.did(couple, days_back(20, 21, 22), ana, ben, words=lambda who, day: f"{who.name} walked {day}")
    care.weeks(couple, ana, steady(7, 7, 7, 7))
    care.weeks(couple, ben, lambda n: (8 - n // 3,) * 4)
    care.said(row, ana, days_back(3)[0], went=7)
    care.session(couple, days_back(-1)[0])
    browser = as_user(thea)
    for path in (
        "/caseload",
        "/caseload/digest",
        *(f"/caseload/{couple.id}{each}" for each in ("", "/notes", "/brief", "/export")),
    ):
        page = browser.get(path)
        print(path, page.status_code, len(page.text))
        open(f"/tmp/caseload-{path.replace('/', '_')}.html", "w").write(page.text)
        assert page.status_code == 200
    mine = as_user(ana)
    for path in ("view", "brief", "answers"):
        page = mine.get(f"/therapist-access/{guest}/{path}")
        print(path, page.status_code)
        assert page.status_code == 200
        open(f"/tmp/caseload-{path}.html", "w").write(page.text)
    for form in ("pdf", "csv", "xlsx", "json", "fhir"):
        for whose in ("couple", "first", "second"):
            answer = browser.post(
                f"/caseload/{couple.id}/export", data={"whose": whose, "format": form, "words": "yes"}
            )
            assert answer.status_code == 200, answer.text
    print(browser.get("/caseload?q=ana").text[3000:6000])
