"""The pages of weeks: one's own, all of them by years, and both together while both want to."""

import re
from datetime import date, timedelta

import pytest

from app.scores.attunement import Part, Score
from app.scores.charts import DOTTED, chart
from app.scores.formula import APPRECIATED, FELT, HEARD, KNOWN, PARTS
from app.scores.routes.pages import iso_week
from app.scores.service.together import APART
from app.scores.suggesting import KEEP, PRESENCE, SUPPORT, suggestion
from tests.exercises.reading import parse, text
from tests.factories import ISO_WEEK, NOW
from tests.scores.conftest import MONDAY
from tests.scores.histories import WEEK, live_weeks, steady

DAY = timedelta(days=1)
LAST = MONDAY - WEEK
"""The last week that is over."""


@pytest.fixture
def lived(app, couple):
    """`lived(ana, steady(7, 7, 7, 7), 8)`: so many weeks of somebody, up to the last one that is over."""
    return lambda who, rated, number, last=LAST: live_weeks(app, couple, who, rated, last=last, number=number, now=NOW)


def heading(page: str) -> str:
    return text(next(parse(page).iter("h1")))


def words(page: str) -> str:
    """All that a page says, without the marks of the language it is written in."""
    return " ".join(text(next(parse(page).iter("main"))).split())


# One's own week


def test_too_early_says_what_exactly_is_missing_and_no_number(life, ana, ben, as_user) -> None:
    life.check_in(ana, MONDAY, (7, 7, 7))
    page = as_user(ana).get("/weeks").text
    assert heading(page) == "Too early to say."
    assert "3 more days with a check-in." in words(page)
    assert 'class="score"' not in page
    assert "The sum" not in page


def test_days_enough_and_too_few_ratings_is_told_as_just_that(life, ana, ben, as_user) -> None:
    for number in range(4):
        life.check_in(ana, MONDAY + number * DAY, (7, 7, 7))
    browser = as_user(ana)
    page = words(browser.get("/weeks").text)
    assert "more day" not in page
    assert "Ratings enough to know the number to less than 12 points either way" in page
    for number in range(4):
        life.appreciated(ben, ana, MONDAY + number * DAY, 7)
    assert re.fullmatch(r"Around \d+\.", heading(browser.get("/weeks").text))


def test_the_number_stands_in_words_first_and_always_with_its_band(lived, ana, as_user) -> None:
    lived(ana, steady(7, 7, 7, 7), 8)
    page = as_user(ana).get("/weeks").text
    assert re.fullmatch(r"Fairly steady, around 70\.", heading(page))
    figure = words(page).partition("very likely between ")[2]
    low, high = map(int, re.match(r"(\d+) and (\d+)", figure).groups())
    assert low < 70 < high


@pytest.mark.parametrize(
    ("rated", "said"),
    [(lambda n: (4 + n // 2,) * 4, "Higher than a month ago"), (lambda n: (9 - n // 2,) * 4, "Lower")],
)
def test_up_and_down_are_said_without_a_cheer_or_an_alarm(lived, ana, as_user, rated, said) -> None:
    lived(ana, rated, 10)
    page = as_user(ana).get("/weeks").text
    assert heading(page).startswith(said)
    assert not {"haw", "wrong", "grave", "error"} & set(
        re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', page)))
    )


def test_the_latest_week_is_the_last_one_that_is_over(lived, life, ana, as_user) -> None:
    lived(ana, steady(7, 7, 7, 7), 3)
    life.check_in(ana, MONDAY, (0, 0, 0))
    browser = as_user(ana)
    assert f"Week {LAST.isocalendar().week} ·" in words(browser.get("/weeks").text)
    assert "so far" in words(browser.get(f"/weeks/{iso_week(MONDAY)}").text)


def test_each_week_can_be_looked_at_again_and_says_the_same(lived, ana, as_user) -> None:
    lived(ana, lambda number: (5 + number % 3,) * 4, 6)
    browser = as_user(ana)
    known = [heading(browser.get(f"/weeks/{iso_week(LAST - number * WEEK)}").text) for number in range(6)]
    assert len(set(known)) > 3
    lived(ana, steady(2, 2, 2, 2), 1, last=MONDAY)
    assert [heading(browser.get(f"/weeks/{iso_week(LAST - number * WEEK)}").text) for number in range(6)] == known


@pytest.mark.parametrize(
    "week",
    ["2026-W54", "2026-W00", "2026-46", "1969-W01", "9999-W01", "0000-W01", "2026-W٤٦", "x", "2026-W60", "2020-W10"],
)
def test_what_is_no_week_of_mine_is_not_there(lived, ana, as_user, week) -> None:
    lived(ana, steady(7, 7, 7, 7), 2)
    browser = as_user(ana)
    assert browser.get(f"/weeks/{week}").status_code == browser.get(f"/weeks/{week}/recap").status_code == 404


def test_the_whole_sum_adds_up_on_the_page(lived, ana, as_user) -> None:
    lived(ana, steady(8, 5, 7, 6), 4)
    page = parse(as_user(ana).get("/weeks").text)
    tables = {text(next(table.iter("caption"))): table for table in page.iter("table")}
    rows = [[text(cell) for cell in row] for row in tables["The sum"].iter("tr")][1:]
    *parts, (_level, _, _, whole) = rows
    assert len(parts) == len(PARTS)
    for _name, mean, weight, gives in parts:
        assert float(mean) * float(weight) == pytest.approx(float(gives), abs=0.08)
    assert sum(float(row[3]) for row in parts) == pytest.approx(float(whole), abs=0.21)


def test_what_moved_it_is_told_most_first(lived, ana, as_user) -> None:
    lived(ana, lambda number: (5, 5, 5, 5) if number < 3 else (9, 5, 6, 5), 4)
    moved = words(as_user(ana).get("/weeks").text).partition("What moved it")[2]
    assert moved.strip().startswith("Felt understood lifted it by")
    assert "Heard left it about where it was" in moved or "Heard drew it down" in moved


def test_a_week_off_leaves_it_where_it_was(lived, ana, as_user) -> None:
    lived(ana, steady(7, 7, 7, 7), 4, last=LAST - WEEK)
    page = words(as_user(ana).get("/weeks").text)
    assert "Nothing was rated this week, so nothing moved it." in page
    assert "around 70" in page


def test_a_week_to_print_folds_nothing_away(lived, ana, as_user) -> None:
    lived(ana, steady(7, 7, 7, 7), 4)
    page = as_user(ana).get(f"/weeks/{iso_week(LAST)}/recap").text
    assert "The sum" in page
    assert "<details" not in page


@pytest.mark.only_on("sqlite")
def test_a_week_over_new_year_ends_in_the_new_one(lived, ana, as_user, at) -> None:
    at("2027-01-06T20:00")
    lived(ana, steady(7, 7, 7, 7), 1, last=date(2026, 12, 28))
    browser = as_user(ana)
    for path in ("2026-W53", "2026-W53/recap"):
        assert "28 December to 3 January 2027" in browser.get(f"/weeks/{path}").text


def test_who_is_alone_has_no_weeks_yet(carol, as_user) -> None:
    browser = as_user(carol)
    assert heading(browser.get("/weeks").text) == "Your weeks begin when there are two of you."
    for path in (ISO_WEEK, f"{ISO_WEEK}/recap", "years", f"year/{NOW.year}", "together"):
        assert browser.get(f"/weeks/{path}").status_code == 404


# One thing to try


def parts(**levels: float | None) -> list[Part]:
    return [Part(name, levels.get(name), 5.0, 3, levels.get(name)) for name in PARTS]


@pytest.mark.parametrize(
    ("levels", "suggested"),
    [
        ({FELT: 70, HEARD: 50, APPRECIATED: 70, KNOWN: 70}, HEARD),
        ({FELT: 70, HEARD: 70, APPRECIATED: 50, KNOWN: 70}, APPRECIATED),
        ({FELT: 70, HEARD: 70, APPRECIATED: 70, KNOWN: 50}, KNOWN),
        ({FELT: 60, HEARD: 80, APPRECIATED: 80, KNOWN: 80}, PRESENCE),
        ({FELT: 40, HEARD: 70, APPRECIATED: 10, KNOWN: 70}, SUPPORT),
        ({FELT: 70, HEARD: 71, APPRECIATED: 69, KNOWN: 70}, KEEP),
        ({HEARD: 40}, KEEP),
        ({}, None),
    ],
)
def test_the_suggestion_follows_from_the_parts(levels, suggested) -> None:
    assert suggestion(parts(**levels)) == suggested


def test_who_feels_little_understood_is_offered_presence_and_never_asked_for_kind_words(lived, ana, as_user) -> None:
    lived(ana, steady(3, 7, 1, 7), 4)
    tried = words(as_user(ana).get("/weeks").text).partition("One thing to try")[2].partition("Beside it")[0]
    assert "listens" in tried
    assert "kind word" not in tried
    assert "Help lines" in tried


def test_little_heard_leads_to_mirroring(lived, ana, as_user) -> None:
    lived(ana, steady(8, 3, 8, 8), 4)
    tried = words(as_user(ana).get("/weeks").text).partition("One thing to try")[2]
    assert tried.strip().startswith("Mirroring")


# Years and months


def test_two_hundred_weeks_stay_readable(lived, ana, as_user) -> None:
    lived(ana, lambda number: (6 + number % 3,) * 4, 200)
    browser = as_user(ana)
    years = browser.get("/weeks/years").text
    assert years.count("<circle") == 1
    first = LAST - 199 * WEEK
    for year in range(first.isocalendar().year, LAST.isocalendar().year + 1):
        assert f"/weeks/year/{year}" in years
        page = browser.get(f"/weeks/year/{year}").text
        listed = re.findall(r'href="/weeks/(\d{4}-W\d\d)"', page)
        assert listed == [
            iso_week(LAST - number * WEEK) for number in range(200) if (LAST - number * WEEK).isocalendar().year == year
        ]
    assert browser.get(f"/weeks/year/{first.isocalendar().year - 1}").status_code == 404
    assert len(years) < 60_000


def test_a_week_belongs_to_the_month_of_its_thursday(lived, ana, as_user) -> None:
    lived(ana, steady(7, 7, 7, 7), 7)
    page = parse(as_user(ana).get("/weeks/year/2026").text)
    months = {text(next(fold.iter("summary"))).split()[0]: text(fold) for fold in page.iter("details")}
    # 28 September to 4 October: four of its days, the Thursday among them, are in October.
    assert "28 September to 4 October" in months["October"]


@pytest.mark.parametrize("year", ["1969", "2025", "2027", "99999999999"])
def test_a_year_without_weeks_is_not_there(lived, ana, as_user, year) -> None:
    lived(ana, steady(7, 7, 7, 7), 2)
    assert as_user(ana).get(f"/weeks/year/{year}").status_code == 404


@pytest.mark.parametrize("path", ["", "/years", f"/year/{NOW.year}", f"/{ISO_WEEK}", f"/{ISO_WEEK}/recap", "/together"])
def test_a_page_costs_as_many_statements_after_200_weeks_as_after_one(
    lived, life, ana, ben, as_user, statements, path
) -> None:
    browser, counts = as_user(ana), []
    life.open(ana)
    life.open(ben)
    for number, last in ((1, LAST), (199, LAST - WEEK)):
        for who in (ana, ben):
            lived(who, steady(7, 7, 7, 7), number, last=last)
        browser.get(f"/weeks{path}")
        with statements() as seen:
            browser.get(f"/weeks{path}")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 7


# The chart


def told(level: float | None, band: float = 5.0) -> Score:
    low, high = (None, None) if level is None else (max(level - band, 0.0), min(level + band, 100.0))
    return Score(level, low, high, (), None)


@pytest.mark.parametrize("levels", [[50], [0, 100], [100] * 30, [98, 99], [1, 0], [None, 50, None, 60], [None], []])
def test_a_chart_keeps_everything_inside_it_and_draws_no_week_that_cannot_be_told(levels) -> None:
    drawn = chart([told(level) for level in levels])
    points = [
        (float(x), float(y))
        for path in (drawn.lines[0].run, drawn.lines[0].band)
        for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)
    ]
    assert all(0 <= x <= 320 and 0 <= y <= drawn.height for x, y in points)
    assert all(0 <= points <= 100 for _, points in drawn.rules)
    known = sum(level is not None for level in levels)
    dots = len(drawn.lines[0].dots) + (drawn.lines[0].last is not None)
    assert dots == (known if len(levels) <= DOTTED else min(known, 1))


# Together


def both_open(browsers) -> None:
    for browser in browsers:
        assert browser.post("/weeks/together/opening").location == "/weeks/together"


def test_both_lines_stand_there_while_both_want_it_and_either_shuts_it_at_once(lived, ana, ben, as_user) -> None:
    lived(ana, steady(8, 8, 8, 8), 4)
    lived(ben, steady(6, 6, 6, 6), 4)
    one, two = as_user(ana), as_user(ben)
    both_open((one, two))
    for browser in (one, two):
        page = words(browser.get("/weeks/together").text)
        assert "about 20 points lie between you, give or take" in page
        assert ("Ana" in page, "Ben" in page) == (True, True)
    two.post("/weeks/together/opening/withdrawal")
    assert heading(one.get("/weeks/together").text) == "Your weeks are open from your side."
    assert heading(two.get("/weeks/together").text) == "Both lines, if both of you want that."


def test_the_two_lines_are_told_apart_without_colour(lived, ana, ben, as_user) -> None:
    lived(ana, steady(8, 8, 8, 8), 4)
    lived(ben, steady(6, 6, 6, 6), 4)
    one, two = as_user(ana), as_user(ben)
    both_open((one, two))
    for page in (one.get("/weeks/together").text, two.get("/weeks/together").text):
        assert re.search(r'class="quince"><path class="run" d=', page)
        assert re.search(r'class="sloe"><path class="run" stroke-dasharray=', page)
        assert "Ana is the solid line with round dots, Ben the dashed one with half discs." in page


def test_living_two_weeks_far_apart_opens_a_talk_that_names_nobody(lived, ana, ben, as_user) -> None:
    far = int(APART / 10) + 2
    lived(ana, steady(9, 9, 9, 9), 4)
    lived(ben, steady(*(9 - far,) * 4), 4)
    one, two = as_user(ana), as_user(ben)
    both_open((one, two))
    talks = []
    for browser in (one, two):
        page = browser.get("/weeks/together").text
        assert heading(page) == "You are living these weeks differently."
        (talk,) = [each for each in parse(page).iter("section") if each.get("class") == "starter"]
        talks.append(text(talk))
    assert talks[0] == talks[1]
    assert not {"Ana", "Ben"} & set(re.findall(r"\w+", talks[0]))


def test_two_who_live_alike_get_no_talk(lived, ana, ben, as_user) -> None:
    for who in (ana, ben):
        lived(who, steady(7, 7, 7, 7), 4)
    browsers = as_user(ana), as_user(ben)
    both_open(browsers)
    assert 'class="starter"' not in browsers[0].get("/weeks/together").text


PATHS = (
    "/weeks", "/weeks/years", f"/weeks/year/{NOW.year}", f"/weeks/{iso_week(LAST)}", f"/weeks/{iso_week(LAST)}/recap",
    "/weeks/together", "/today", "/settings", "/history",
)  # fmt: skip


def look_round(browser) -> list[tuple[str, list[tuple[str, str]], bytes]]:
    """All that somebody may see, to the last byte."""
    return [(answer.status, list(answer.headers), answer.data) for answer in map(browser.get, PATHS)]


def opened_by(who: str, one, two):
    """Let them, or one of them, or nobody open their weeks; then both browsers."""
    for name, browser in (("ana", one), ("ben", two)):
        if who in (name, "both"):
            browser.post("/weeks/together/opening")
    return one, two


def test_before_one_has_opened_ones_weeks_nothing_tells_whether_the_other_has(
    lived, ana, ben, as_user, statements
) -> None:
    for who in (ana, ben):
        lived(who, steady(7, 7, 7, 7), 4)
    one, two = as_user(ana), as_user(ben)
    seen = []
    for path in PATHS:
        one.get(path)
    for act in (None, "/weeks/together/opening", "/weeks/together/opening/withdrawal"):
        if act:
            two.post(act)
        with statements() as asked:
            pages = look_round(one)
        seen.append((pages, asked))
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("opened", ["nobody", "ana", "ben", "both"])
@pytest.mark.parametrize("more", [False, True], ids=["all sealed", "and something open"])
def test_what_the_other_rated_and_has_not_opened_changes_no_byte_of_my_pages(
    life, lived, ana, ben, as_user, opened, more
) -> None:
    for who in (ana, ben):
        lived(who, steady(7, 7, 7, 7), 4, last=LAST - WEEK)
    days = [LAST + number * DAY for number in range(5)]
    for day in days:
        life.prompt("check_in", day)
        if more:
            life.appreciated(ana, ben, day, 7)
            life.appreciated(ben, ana, day, 7)
    one, two = opened_by(opened, as_user(ana), as_user(ben))
    pages, own = [look_round(one)], [heading(two.get("/weeks").text)]
    for steps in (0, 10):
        for day in days:
            life.check_in(ben, day, (steps, steps, steps))
        life.close(NOW)
        pages.append(look_round(one))
        own.append(heading(two.get("/weeks").text))
    assert len(set(own)) == len(own)
    assert pages[0] == pages[1] == pages[2]


@pytest.mark.parametrize("opened", ["nobody", "ana", "ben"])
def test_while_not_both_want_it_no_rating_at_all_of_the_other_is_in_my_pages(lived, ana, ben, as_user, opened) -> None:
    lived(ana, steady(7, 7, 7, 7), 4)
    one, _two = opened_by(opened, as_user(ana), as_user(ben))
    before = look_round(one)
    lived(ben, lambda number: (number, 10 - number, 3, 9), 4)
    assert look_round(one) == before


def test_another_couple_has_pages_of_its_own(lived, ana, ben, dina, other_couple, as_user) -> None:
    lived(ana, steady(7, 7, 7, 7), 4)
    both_open((as_user(ana), as_user(ben)))
    browser = as_user(dina)
    assert browser.get(f"/weeks/{iso_week(LAST)}").status_code == 404
    assert heading(browser.get("/weeks").text) == "Too early to say."
    assert "Ana" not in browser.get("/weeks/together").text
