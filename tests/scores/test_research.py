"""One's numbers to work with: tidy, without a word, one's own alone, and enough to work out a week anew."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from app import research
from app.accounts.models import Person
from app.config import ROOT
from app.core.db import transaction
from app.couples import service as couples
from app.scores import service as scores
from tests.factories import NOW, TODAY, make_couple
from tests.scores.conftest import MONDAY, Life, a_week

pytestmark = pytest.mark.only_on("sqlite")
DAY, WEEK = timedelta(days=1), timedelta(days=7)
FIRST = MONDAY - 5 * WEEK


@pytest.fixture
def lived(life, ana, ben) -> Life:
    """Three weeks of both, one off, with a talk, a question, and a mark that came too late; and the running one."""
    for number, steps in ((0, 7), (1, 8), (3, 9)):
        a_week(life, ana, ben, FIRST + number * WEEK, steps)
    life.known(ben, ana, FIRST + DAY, 60)
    life.mirrored(ana, ben, FIRST + 2 * DAY, [4, 9], [8])
    life.appreciated(ben, ana, FIRST + 5 * DAY, 0, at=NOW - DAY)
    life.check_in(ana, MONDAY, (6, 5, 4))
    life.close(NOW)
    return life


def taken(browser: Any, path: str = "/export/research") -> dict[str, str]:
    """The files in a download, by name."""
    answer = browser.post(path)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.only_on("sqlite", "postgresql")
def test_every_rating_and_guess_is_a_row_that_says_what_it_is(lived, as_user, ana) -> None:
    found = rows(taken(as_user(ana))["ratings.csv"])
    assert {(row["exercise"], row["rating"], row["kind"], row["about"]) for row in found} == {
        ("check_in", "mood", "state", "me"),
        ("check_in", "stress", "state", "me"),
        ("check_in", "guess_mood", "guess", "partner"),
        ("check_in", "guess_stress", "guess", "partner"),
        ("check_in", "understood", "received", "partner"),
        ("check_in", "valued", "received", "partner"),
        ("check_in", "supported", "received", "partner"),
        ("mirroring", "heard", "received", "partner"),
        ("appreciation", "landed", "received", "partner"),
        ("love_map", "closeness", "received", "partner"),
    }
    tries = [(row["attempt"], row["value"]) for row in found if row["rating"] == "heard"]
    assert tries == [("1", "4"), ("2", "9")]
    late = [(row["day"], row["rating"]) for row in found if row["in_time"] == "no"]
    assert late == [(f"{FIRST + 5 * DAY}", "landed")]
    assert {row["week"] for row in found} == {f"{FIRST + number * WEEK}" for number in (0, 1, 3, 5)}


@pytest.mark.only_on("sqlite", "postgresql")
def test_the_weeks_are_those_of_ones_page_with_their_parts(lived, as_user, ana) -> None:
    found = rows(taken(as_user(ana))["weeks.csv"])
    known = lived.weeks(ana, NOW)
    wholes = [row for row in found if row["part"] == "attunement"]
    assert [(row["week"], row["state"]) for row in wholes] == [
        (f"{week.week}", "closed" if week.settled else "running") for week in known
    ]
    assert [float(row["level"]) for row in wholes] == pytest.approx([week.score.level for week in known], abs=1e-4)
    assert all(float(row["low"]) < float(row["level"]) < float(row["high"]) for row in wholes)
    felt = [(row["ratings"], row["mean"]) for row in found if row["part"] == "felt"]
    assert felt == [("4", "70.0"), ("4", "80.0"), ("0", ""), ("4", "90.0"), ("0", ""), ("1", "50.0")]
    assert len(found) == 5 * len(wholes)


def test_the_dictionary_tells_every_column_of_every_file_and_no_other(lived, as_user, ana, ben) -> None:
    for who in (ana, ben):
        lived.open(who)
    files = taken(as_user(ana))
    told = [(row["file"], row["column"]) for row in rows(files.pop("dictionary.csv"))]
    assert told == [
        (name, column) for name, text in files.items() for column in next(csv.reader(io.StringIO(text, newline="")))
    ]
    assert set(files) == {"ratings.csv", "weeks.csv", "together.csv"}


def test_the_dictionary_names_every_value_that_is_one_of_a_few(lived, as_user, ana) -> None:
    files = taken(as_user(ana))
    few = {"exercise", "rating", "kind", "about", "in_time", "state", "change", "part"}
    checked = set()
    for meaning in rows(files["dictionary.csv"]):
        if meaning["column"] in few:
            there = {row[meaning["column"]] for row in rows(files[meaning["file"]])}
            assert there <= set(meaning["values"].split(", ")), meaning
            checked.add(meaning["column"])
    assert checked == few


def test_no_cell_is_a_formula_and_none_holds_a_word_or_a_name(lived, as_user, ana, ben, couple) -> None:
    for who in (ana, ben):
        lived.open(who)
    files = taken(as_user(ana))
    for text in files.values():
        cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    for secret in ("soup", "bread", "rain", "Ana", "Ben", "ana", ben.id, ana.id, couple.id, *lived.prompts.values()):
        assert not any(re.search(rf"\b{re.escape(secret)}\b", text) for text in files.values()), secret


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_a_cell_that_looks_like_a_formula_is_made_harmless(lived, as_user, ana, monkeypatch, cell) -> None:
    monkeypatch.setattr(research, "STATE", cell)
    assert {f"'{cell}", "received", "guess"} == {row["kind"] for row in rows(taken(as_user(ana))["ratings.csv"])}


def test_the_partners_weeks_are_there_only_while_both_have_opened_theirs(lived, as_user, ana, ben) -> None:
    browser = as_user(ana)
    alone = taken(browser)
    assert "together.csv" not in alone
    lived.open(ben)
    assert taken(browser) == alone
    lived.open(ana)
    found = rows(taken(browser)["together.csv"])
    both = lived.together(ana, NOW)
    for who, side in (("me", "mine"), ("partner", "yours")):
        told = [row["level"] for row in found if (row["who"], row["part"]) == (who, "attunement")]
        levels = [getattr(week, side).level for week in both.weeks]
        assert [float(level) for level in told if level] == pytest.approx([each for each in levels if each], abs=1e-4)
        assert len(told) == len(both.weeks) > 3
    with lived.app.app_context(), transaction():
        scores.shut_weeks(lived.pair(ben))
    assert taken(browser) == alone


@pytest.mark.parametrize("opened", [False, True])
def test_what_the_partner_keeps_sealed_changes_no_byte(lived, as_user, ana, ben, opened) -> None:
    browser = as_user(ana)

    def everything() -> list[bytes]:
        return [browser.post(path).data for path in ("/export", "/export/research")]

    if opened:
        lived.open(ana)
    shut = everything()
    lived.open(ben)
    before = everything()
    assert (before != shut) == opened
    for felt in ((0, 0, 0), (10, 10, 10)):
        for day in (FIRST + 6 * DAY, TODAY):
            lived.check_in(ben, day, felt)
        lived.close(NOW)
        assert everything() == before


def test_somebody_who_has_left_takes_their_weeks_along_and_nothing_of_the_other(
    lived, app, save, as_user, ana, ben
) -> None:
    for who in (ana, ben):
        lived.open(who)
    before = rows(taken(as_user(ana))["weeks.csv"])
    with app.app_context(), transaction():
        couples.leave_couple(lived.pair(ana), now=NOW)
    save(make_couple(ana, since=TODAY))
    files = taken(as_user(ana))
    assert "together.csv" not in files
    assert rows(files["weeks.csv"]) == before
    assert {row["couple"] for row in rows(files["ratings.csv"])} == {"1"}
    assert json.loads(taken(as_user(ana), "/export")["export.json"])["scores"]["open_since"] is None


def test_the_export_of_all_holds_the_same_weeks_and_since_when_they_are_open(lived, as_user, ana, ben) -> None:
    lived.open(ana, NOW - DAY)
    lived.open(ben)
    browser = as_user(ana)
    found = json.loads(taken(browser, "/export")["export.json"])["scores"]
    assert found["open_since"] == (NOW - DAY).isoformat(timespec="seconds")
    told = [
        (f"{week['couple']}", week["week"], f"{level['level'] or ''}", level["name"])
        for week in found["weeks"]
        for level in week["levels"]
    ]
    known = rows(taken(browser)["weeks.csv"])
    assert told == [(row["couple"], row["week"], row["level"], row["part"]) for row in known]


def test_it_asks_for_the_password_once_more_and_is_kept_by_nobody(as_user, ana, at) -> None:
    browser = as_user(ana)
    answer = browser.post("/export/research")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/zip", "no-store")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="attune-numbers-{TODAY}.zip"'
    at(NOW + timedelta(minutes=6))
    answer = browser.post("/export/research?back=/export")
    assert (answer.status_code, answer.location) == (303, "/confirm?next=/export")


def test_somebody_alone_and_a_therapist_take_empty_tables(as_user, carol, thea) -> None:
    for person in (carol, thea):
        files = taken(as_user(person))
        assert (rows(files["ratings.csv"]), rows(files["weeks.csv"])) == ([], [])


def test_the_lines_in_the_paper_work_out_every_week_as_it_is_stored(lived, as_user, ana, ben, tmp_path) -> None:
    for person in (ana, ben):
        worked_out = score_of(person, taken(as_user(person)), tmp_path)
        stored = {f"{row['week']}": row for row in lived.rows() if row["person_id"] == person.id and row["scored_at"]}
        assert len(stored) == 3
        for week, row in stored.items():
            assert worked_out[week] == pytest.approx((row["level"], row["band"]), abs=6e-4), week


def score_of(person: Person, files: dict[str, str], folder: Any) -> dict[str, tuple[float, float]]:
    """What the code in docs/research.md prints when it is run beside somebody's files: week → (level, band)."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/research.md").read_text(), re.MULTILINE | re.DOTALL)
    here = folder / person.name
    here.mkdir()
    (here / "score.py").write_text(code)
    for name, text in files.items():
        (here / name).write_text(text, newline="")
    done = subprocess.run([sys.executable, "-I", "score.py", "1"], cwd=here, capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    return {week: (float(level), float(band)) for week, level, _, band in lines}
