"""What goes into whose week, as it comes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import select

from app.core.db import db, transaction
from app.couples.models import Couple
from app.couples.service.pairs import end_couple
from app.exercises import service as exercises
from app.exercises.mirroring import HEARD, MIRROR, MISSING, SPEAK
from app.exercises.models import DayTogether, Mark, Prompt, Response
from app.exercises.words import open_words
from app.scores.models import WeeklyScore
from tests.factories import TODAY, make_couple, make_person
from tests.scores.conftest import MONDAY, Life, a_week, evening, lived_week

DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY


def test_a_rating_goes_into_the_week_of_the_one_who_felt_it(life, ana, ben) -> None:
    life.check_in(ana, MONDAY, (6, 8, 5))
    life.appreciated(ben, ana, MONDAY, 9)
    life.known(ben, ana, MONDAY, 60)
    life.mirrored(ana, ben, TUESDAY, heard=[8], then=[3])
    own = {"felt_count": 1, "felt_sum": 19, "appreciated_count": 1, "appreciated_sum": 9, "known_count": 1}
    assert life.sums(ana) == {**own, "known_sum": 60, "heard_count": 1, "heard_sum": 8}
    assert life.sums(ben) == {"heard_count": 1, "heard_sum": 3}


def test_a_week_that_is_laid_down_is_as_if_it_had_been_lived(life, other_life, ana, ben, dina, eli) -> None:
    # From a Sunday on, so that it lies in two weeks.
    a_week(life, ana, ben, MONDAY - DAY, 8, gap=3)
    lived_week(other_life, dina, eli, MONDAY - DAY, 8, gap=3)
    laid, lived = _told(life, ana, ben), _told(other_life, dina, eli)
    assert laid == lived
    assert [len(rows) for rows in laid] == [8, 16, 8, 4, 4]


def test_what_somebody_gives_never_enters_their_partners_felt_understood(life, ana, ben) -> None:
    life.check_in(ben, MONDAY, (5, 5, 5))
    before = life.sums(ben)
    for number, steps in enumerate((0, 10)):
        life.check_in(ana, MONDAY + number * DAY, (steps,) * 3, mood=steps, guess_mood=steps, guess_stress=steps)
    life.appreciated(ben, ana, MONDAY, 0)
    after = life.sums(ben)
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {"open_count", "open_sum"}


def test_partners_who_swap_all_that_they_rated_swap_their_scores(life, other_life, ana, ben, dina, eli) -> None:
    for lived, first, second in ((life, ana, ben), (other_life, eli, dina)):
        for number in range(5):
            lived.check_in(first, MONDAY + number * DAY, (9, 8, number))
            lived.check_in(second, MONDAY + number * DAY, (2, number, 5))
        lived.appreciated(second, first, MONDAY, 10)
        lived.known(first, second, MONDAY, 20)
        lived.mirrored(first, second, TUESDAY, heard=[3, 7], then=[9])
    found = {who.name: _score(lived, who) for lived, who in ((life, ana), (life, ben), (other_life, dina))}
    assert found["Ana"] != found["Ben"] == found["Dina"]
    assert _score(other_life, eli) == found["Ana"]


def test_a_sealed_check_in_counts_at_once_for_its_author_and_for_nobody_else(life, ana, ben) -> None:
    life.check_in(ana, MONDAY, (6, 6, 6))
    assert life.sums(ana) == {"felt_count": 1, "felt_sum": 18}
    assert life.sums(ben) is None
    life.check_in(ben, MONDAY, (3, 3, 3))
    assert life.sums(ana) == {"felt_count": 1, "felt_sum": 18, "open_count": 1, "open_sum": 18}
    assert life.sums(ben) == {"felt_count": 1, "felt_sum": 9, "open_count": 1, "open_sum": 9}


def test_a_check_in_that_is_released_is_open_from_then_on(life, ana) -> None:
    life.check_in(ana, MONDAY, (6, 6, 6))
    life.do(ana, exercises.release, "check_in", MONDAY, at=evening(MONDAY + 2 * DAY))
    assert life.sums(ana) == {"felt_count": 1, "felt_sum": 18, "open_count": 1, "open_sum": 18}


def test_a_check_in_that_is_changed_or_taken_back_is_as_if_it_had_been_so_from_the_start(life, ana) -> None:
    life.check_in(ana, MONDAY, (6, 6, 6))
    life.check_in(ana, TUESDAY, (1, 1, 1))
    life.check_in(ana, MONDAY, (2, 3, 4))
    assert life.sums(ana) == {"felt_count": 2, "felt_sum": 12}
    life.do(ana, exercises.discard, "check_in", MONDAY)
    assert life.sums(ana) == {"felt_count": 1, "felt_sum": 3}
    life.do(ana, exercises.discard, "check_in", TUESDAY)
    assert life.sums(ana) is None


def test_a_mark_may_be_changed(life, ana, ben) -> None:
    life.appreciated(ben, ana, MONDAY, 9)
    life.appreciated(ben, ana, MONDAY, 4)
    assert life.sums(ana) == {"appreciated_count": 1, "appreciated_sum": 4}


def test_how_well_it_was_heard_is_what_the_last_try_was(life, ana, ben) -> None:
    life.turn(ana, TUESDAY, SPEAK)
    life.turn(ben, TUESDAY, MIRROR)
    life.turn(ana, TUESDAY, MISSING, 2)
    assert life.sums(ana) == {"heard_count": 1, "heard_sum": 2}
    life.turn(ben, TUESDAY, MIRROR)
    life.turn(ana, TUESDAY, HEARD, 9)
    assert life.sums(ana) == {"heard_count": 1, "heard_sum": 9}


def test_sunday_and_monday_lie_in_two_weeks(life, ana) -> None:
    life.check_in(ana, MONDAY - DAY, (1, 1, 1))
    life.check_in(ana, MONDAY, (2, 2, 2))
    assert life.sums(ana, MONDAY - 7 * DAY) == {"felt_count": 1, "felt_sum": 3}
    assert life.sums(ana) == {"felt_count": 1, "felt_sum": 6}


def test_somebody_on_their_own_has_no_week(app, save) -> None:
    alone = save(make_person("Carol"))
    life = Life(app, save(make_couple(alone)))
    life.do(alone, exercises.submit_response, "check_in", TODAY, {"mood": 5, "stress": 5}, {})
    assert life.rows() == []


def test_who_erases_what_they_wrote_before_erases_its_weeks_and_nobody_elses(app, save, ana, ben) -> None:
    over = make_couple(ana, ben)
    former = Life(app, save(over))
    former.check_in(ana, MONDAY, (6, 6, 6))
    former.check_in(ben, MONDAY, (6, 6, 6))
    with app.app_context():
        pair = former.pair(ana)
    _leave(app, over)
    now = Life(app, save(make_couple(ana, save(make_person("Finn")))))
    now.check_in(ana, TUESDAY, (1, 1, 1))
    _erase(app, pair)
    assert [(row["couple_id"], row["person_id"]) for row in now.rows()] == sorted(
        [(over.id, ben.id), (now.couple.id, ana.id)]
    )


def test_two_ratings_at_the_same_instant_are_both_counted(life, ana, ben) -> None:
    days = [MONDAY, TUESDAY]
    for day in days:
        life.appreciated(ben, ana, day, 1)
    for steps in range(2, 10):
        ready = Barrier(2)

        def mark(day, steps=steps, ready=ready) -> None:
            ready.wait(10)
            life.appreciated(ben, ana, day, steps)

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(mark, days))
        assert life.sums(ana) == {"appreciated_count": 2, "appreciated_sum": 2 * steps}


# Below


def _score(life, who):
    return [week.score for week in life.weeks(who, evening(TODAY))]


def _leave(app, couple) -> None:
    from_then = evening(TODAY)
    with app.app_context(), transaction():
        end_couple(db.session.get_one(Couple, couple.id), now=from_then)


def _erase(app, pair) -> None:
    with app.app_context(), transaction():
        exercises.erase_former(pair)


def _told(life, first, second):
    """What was given, opened, and what was made of it, with names in place of ids."""
    names = {first.id: "first", second.id: "second", life.couple.id: "couple"}
    names |= {ident: f"{exercise} {day}" for (exercise, day), ident in life.prompts.items()}
    with life.app.app_context():
        pair = life.pair(first)
        keys = {each.id: each.key for each in (pair.me, pair.you)}

        def named(row, name):
            if name == "words" and row[name]:
                return open_words(keys[row["author_id"]], "responses", row["prompt_id"], row["author_id"], row[name])
            return names.get(row[name], row[name]) if isinstance(row[name], str) else row[name]

        every = [
            db.session.execute(select(table.__table__)).mappings().all()
            for table in (Prompt, Response, Mark, DayTogether, WeeklyScore)
        ]
        ours = [[row for row in rows if {row.get("couple_id"), row.get("prompt_id")} & names.keys()] for rows in every]
        return [sorted(({name: named(row, name) for name in row} for row in rows), key=str) for rows in ours]
