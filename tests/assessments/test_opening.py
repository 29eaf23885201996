"""What is opened of a sitting: by its own person alone, part by part; the map only while both want it."""

import pytest

from app.assessments import service
from app.assessments.service import therapists
from tests.assessments.sit import BALANCE, SATISFACTION, both, every, label, open_, sat, shut, words_of
from tests.exercises.acts import unchecked

AFRAID = every(BALANCE, 1) | every(BALANCE, 0, private=True)
FREE = every(BALANCE, 1) | every(BALANCE, 3, private=True)
MAP = "/assessments/balance/map"
WATCHED = (
    "/today",
    "/assessments",
    "/assessments/balance",
    MAP,
    "/assessments/told",
    "/settings",
    "/couple",
    "/history",
)


@pytest.fixture
def therapist():
    """A register in which every couple has a therapist."""

    def there(_couple_id: str) -> bool:
        return True

    therapists.ask(there)
    yield
    therapists.forget(there)


def seen_by(browser) -> dict[str, str]:
    """All pages on which something could show."""
    plain = unchecked(browser)
    return {path: plain.get(path).text for path in WATCHED}


# The map


@pytest.mark.only_on("sqlite")
def test_the_map_is_there_for_both_once_both_have_opened_a_sitting(two) -> None:
    mine, yours = sat(two.ana, BALANCE, every(BALANCE, 2)), sat(two.ben, BALANCE, every(BALANCE, 2))
    open_(two.ana, mine)
    assert "Seen differently" not in two.ana.get(MAP).text
    open_(two.ben, yours)
    for browser, name in ((two.ana, "Ben"), (two.ben, "Ana")):
        page = browser.get(MAP).text
        assert "Seen differently" in page
        assert label("money-who", 2, name) in page


def test_whoever_takes_it_back_closes_it_for_both_at_once(two) -> None:
    for closing in (0, 1):
        mine = both(two.ana, two.ben)
        browser = (two.ana, two.ben)[closing]
        assert "Take my answers back" in browser.get(MAP).text
        assert shut(browser, mine[closing]).location == MAP
        for each in (two.ana, two.ben):
            assert "Between" not in each.get(MAP).text
        shut((two.ben, two.ana)[closing], mine[1 - closing])


@pytest.mark.only_on("sqlite")
def test_until_one_has_opened_ones_own_nothing_shows_what_the_other_did(two) -> None:
    yours = sat(two.ben, BALANCE, AFRAID)
    mine = sat(two.ana)
    before = seen_by(two.ana)
    open_(two.ben, yours)
    assert seen_by(two.ana) == before
    shut(two.ben, yours)
    open_(two.ben, yours)
    two.ben.post(f"{yours}/deletion")
    sat(two.ben)
    assert seen_by(two.ana) == before
    open_(two.ana, mine)
    assert seen_by(two.ana) != before, "what is looked at can change"


@pytest.mark.only_on("sqlite")
def test_who_has_not_opened_their_own_does_not_even_make_the_app_look(two, statements) -> None:
    open_(two.ben, sat(two.ben))
    sat(two.ana)
    two.ana.get(MAP)
    with statements() as seen:
        two.ana.get(MAP)
    assert sum("assessment_releases" in each for each in seen) == 2, "my own sittings, once for the map, once for me"


def test_one_sitting_is_open_at_a_time_and_a_newer_one_takes_its_place(two, app, ana) -> None:
    first, second = sat(two.ana, BALANCE, every(BALANCE, 0)), sat(two.ana, BALANCE, every(BALANCE, 2))
    open_(two.ana, first)
    open_(two.ana, second)
    open_(two.ben, sat(two.ben))
    assert label("money-who", 2, "Ben") in two.ana.get(MAP).text
    shut(two.ana, second)
    assert "Between" not in two.ben.get(MAP).text, "the older one does not come back by itself"


@pytest.mark.only_on("sqlite")
def test_the_map_says_the_same_in_a_table_from_either_side(two) -> None:
    many = every(BALANCE, 0) | {"time-much": 0, "household-who": -2, "money-much": 4}
    other = every(BALANCE, 0) | {"time-much": 1, "household-who": -2, "money-much": 4, "care-who": "skip"}
    for browser, chosen in ((two.ana, many), (two.ben, other)):
        open_(browser, sat(browser, BALANCE, chosen))
    alike = " ".join((label("household-who", -2, ""), label("household-much", 0, "")))
    for page in (words_of(two.ana.get(MAP).text), words_of(two.ben.get(MAP).text)):
        assert f"Household {alike} {alike} 4 steps alike" in page
        assert "Seen differently Household" in page
        assert "left out" in page
        assert "Even, and little of it" in page


# In private


@pytest.mark.only_on("sqlite")
def test_no_private_answer_is_on_the_map_or_with_the_partner_until_it_is_opened_by_itself(two) -> None:
    here = sat(two.ana, BALANCE, AFRAID)
    open_(two.ana, here)
    open_(two.ben, sat(two.ben))
    shown = "".join(seen_by(two.ben).values())
    assert "Hardly ever" not in shown
    assert BALANCE.item("power-no").text.replace("{you}", "Ben") not in shown
    open_(two.ana, here, "private", sure="yes")
    assert "Hardly ever" in two.ben.get("/assessments/told").text
    assert label("money-who", 1, "Ben") not in two.ben.get("/assessments/told").text
    shut(two.ana, here, "private")
    assert "Hardly ever" not in "".join(seen_by(two.ben).values())


@pytest.mark.only_on("sqlite")
def test_before_private_answers_are_opened_a_warning_must_have_been_read(two) -> None:
    here = sat(two.ana, BALANCE, AFRAID)
    warning = two.ana.get(f"{here}/release").text
    assert "Not if you are afraid" in warning
    assert "/help-lines" in warning
    assert open_(two.ana, here, "private").status_code == 422
    assert "Hardly ever" not in two.ben.get("/assessments/told").text


@pytest.mark.only_on("sqlite")
def test_answers_that_show_fear_bring_a_calm_line_and_change_nothing_anywhere(two, statements) -> None:
    here = sat(two.ana, BALANCE, FREE)
    free, others = two.ana.get(f"{here}/private").text, seen_by(two.ben)
    afraid_at = sat(two.ana, BALANCE, AFRAID)
    with statements() as seen:
        afraid = two.ana.get(f"{afraid_at}/private").text
    assert all(each.lstrip().startswith("SELECT") for each in seen)
    assert "does not sound free" in afraid
    assert "does not sound free" not in free
    assert afraid.count("/help-lines") == free.count("/help-lines")
    assert seen_by(two.ben) == others


@pytest.mark.only_on("sqlite")
def test_the_partner_does_not_learn_whether_there_are_private_answers(two) -> None:
    seen = []
    for chosen in (every(BALANCE, 1), AFRAID):
        here = sat(two.ana, BALANCE, chosen)
        open_(two.ana, here)
        mine = sat(two.ben)
        open_(two.ben, mine)
        seen.append(seen_by(two.ben)[MAP].replace(mine, "HERE"))
        shut(two.ben, mine)
        two.ben.post(f"{mine}/deletion")
    assert seen[0] == seen[1]


# To a therapist


@pytest.mark.only_on("sqlite")
def test_no_page_offers_a_therapist_where_there_is_none(two) -> None:
    here = sat(two.ana, BALANCE, AFRAID)
    for path in (here, f"{here}/private"):
        assert "herapist" not in two.ana.get(path).text
    assert open_(two.ana, here, "private", "therapist").status_code == 409


def test_a_therapist_reads_what_was_opened_to_them_and_no_more(two, app, ana, ben, couple, therapist) -> None:
    here = sat(two.ana, BALANCE, AFRAID)
    others = seen_by(two.ben)
    assert shared(app, ana, couple) == []
    open_(two.ana, here, "private", "therapist")
    ((answers, private),) = shared(app, ana, couple)
    assert (answers, set(private.values())) == ({}, {0})
    open_(two.ana, here, "answers", "therapist")
    ((answers, private),) = shared(app, ana, couple)
    assert set(answers.values()) == {1}
    assert set(private.values()) == {0}
    assert shared(app, ben, couple) == []
    assert seen_by(two.ben) == others, "the partner is told nothing"
    shut(two.ana, here, "private", "therapist")
    ((answers, private),) = shared(app, ana, couple)
    assert private == {}
    two.ben.post("/leaving")
    assert shared(app, ana, couple) == []


def shared(app, person, couple) -> list[tuple[dict, dict]]:
    """What a therapist of a couple may read of somebody: (answers, private answers) of each sitting."""
    with app.app_context():
        found = service.shared_with_therapist(person.id, couple.id)
        return [(dict(each.given), dict(each.private)) for each in found]


@pytest.mark.only_on("sqlite")
def test_a_score_is_never_opened_to_the_partner(two) -> None:
    here = sat(two.ana, SATISFACTION, every(SATISFACTION, 4))
    assert open_(two.ana, here).status_code == 409
    assert "release" not in two.ana.get(here).text
