"""Two people, or two taps, in the same instant: on both databases, the same as one after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.accounts.models import PersonKey
from app.accounts.service import Visitor
from app.assessments.models import Hint
from app.caseload.models import Shown
from app.core.db import db, transaction
from app.couples.service import pair_of
from app.exercises import service
from app.exercises.models import DayTogether, Draft, PlanEntry, Response, Turn
from app.guided.models import StepDraft
from app.reminders.models import Reminder, ReminderSettings
from app.scores.models import Opening
from app.therapist.models import CLASSES, Consent, Guest
from tests.exercises.acts import LOVE_MAP, act, page, respond, unchecked
from tests.factories import NOW, TODAY, make_prompt
from tests.guided.rows import make_occasion

pytestmark = pytest.mark.each_value

ROUNDS = 20


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each gives, begun in the same instant in a thread of its own."""
    ready = Barrier(len(acts))

    def begin(each: Callable[[], Any]) -> Any:
        ready.wait(10)
        return each()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result() for future in [threads.submit(begin, each) for each in acts]]


@pytest.fixture
def give(couple, save):
    """Prompts of one day, one after the other."""
    numbers = iter(range(1, 1000))

    def give_next(exercise, item=None):
        prompt = make_prompt(couple, exercise, item=item)
        prompt.take = next(numbers)
        return save(prompt)

    return give_next


@pytest.fixture
def submit(app):
    """`submit(ana, prompt)`: what gives Ana's response in a transaction of its own, and whether it opens both."""

    def of(person, prompt):
        with app.app_context():
            key = db.session.get_one(PersonKey, person.id).wrapped
        visitor = Visitor(person.id, person.name, person.role, "UTC", "en", "auto", key, "", TODAY, NOW)

        def give() -> bool:
            with app.app_context(), transaction():
                pair = pair_of(visitor)
                mine = service.prompt_for(pair, prompt.id)
                return service.submit_response(pair, mine, {}, {"answer": person.name}, now=NOW)

        return give

    return of


def rows(app, table):
    with app.app_context():
        return list(db.session.scalars(select(table)))


def clear(app, *tables):
    with app.app_context(), transaction():
        for table in tables:
            db.session.execute(delete(table))


def test_of_two_who_answer_at_once_exactly_one_opens_both(app, give, submit, ana, ben, as_user):
    browsers = [(as_user(ana), "Ben"), (as_user(ben), "Ana")]
    for _ in range(ROUNDS):
        prompt = give("love_map", "home-smell")
        opened = at_once(submit(ana, prompt), submit(ben, prompt))
        assert sorted(opened) == [False, True]
        assert [row.day for row in rows(app, DayTogether)] == [TODAY]
        for browser, other in browsers:
            assert (
                f'<p class="who">{other}</p><p class="lines">{other}</p>'
                in unchecked(browser).get(f"/prompts/{prompt.id}").text
            )
        clear(app, DayTogether)


def test_two_prompts_of_a_day_that_open_at_once_both_do(app, give, submit, ana, ben):
    for _ in range(ROUNDS // 4):
        one, two = give("love_map", "home-smell"), give("love_map", "home-smell")
        submit(ben, one)()
        submit(ana, two)()
        assert at_once(submit(ana, one), submit(ben, two)) == [True, True]
        assert [row.day for row in rows(app, DayTogether)] == [TODAY]
        clear(app, DayTogether)


@pytest.mark.parametrize("before", ["nobody", "ben"])
@pytest.mark.parametrize("exercise", ["check_in", "love_map", "appreciation"])
def test_one_who_taps_twice_at_once_answers_once(app, give, as_user, ana, ben, exercise, before):
    """Whether it stays sealed, opens both, or is read at once; and both taps lead to the same page."""
    taps, bens = [unchecked(as_user(ana)) for _ in range(2)], unchecked(as_user(ben))
    for _ in range(ROUNDS // 4):
        prompt = give(exercise, "home-smell" if exercise == "love_map" else None)
        if before == "ben":
            respond(bens, prompt)
        answers = at_once(*(partial(respond, tap, prompt) for tap in taps))
        assert [(answer.status_code, answer.location) for answer in answers] == [(303, f"/prompts/{prompt.id}")] * 2
        given = [row for row in rows(app, Response) if row.prompt_id == prompt.id]
        assert len(given) == (2 if before == "ben" else 1)
        assert rows(app, Draft) == []


def test_one_who_sends_two_answers_at_once_has_given_one_of_them_whole(app, give, as_user, ana):
    taps = [unchecked(as_user(ana)) for _ in range(2)]
    first, second = {**LOVE_MAP, "answer": "one", "guess": "one"}, {**LOVE_MAP, "answer": "two", "guess": "two"}
    for _ in range(ROUNDS // 4):
        prompt = give("love_map", "home-smell")
        at_once(partial(respond, taps[0], prompt, **first), partial(respond, taps[1], prompt, **second))
        shown = page(taps[0], prompt)
        assert (shown.count(">one<"), shown.count(">two<")) in {(2, 0), (0, 2)}


@pytest.mark.parametrize("choice", ["discarding", "release", "keeping"])
def test_a_choice_and_the_others_answer_at_once_end_as_one_after_the_other(app, give, as_user, ana, ben, choice):
    anas, bens = unchecked(as_user(ana)), unchecked(as_user(ben))
    ends = set()
    for _ in range(ROUNDS // 2):
        prompt = give("check_in")
        respond(anas, prompt)
        answers = at_once(partial(act, anas, prompt, choice), partial(respond, bens, prompt))
        authors = {row.author_id for row in rows(app, Response) if row.prompt_id == prompt.id}
        together = bool(rows(app, DayTogether))
        ends.add((*(answer.status_code for answer in answers), authors == {ana.id, ben.id}, together))
        clear(app, DayTogether)
    first = (303, 303, choice != "discarding", choice != "discarding")
    assert ends <= {first, (409, 303, True, True)}


def test_of_two_who_speak_at_once_one_is_heard_and_the_other_keeps_their_words(app, give, as_user, ana, ben):
    browsers = {ana.id: unchecked(as_user(ana)), ben.id: unchecked(as_user(ben))}
    for _ in range(ROUNDS // 2):
        prompt = give("mirroring", "a-topic")
        speaking = (partial(act, each, prompt, "turn", step="speak-1-1", text="Me first") for each in browsers.values())
        assert sorted(answer.status_code for answer in at_once(*speaking)) == [303, 409]
        (turn,) = [row for row in rows(app, Turn) if row.prompt_id == prompt.id]
        (draft,) = [row for row in rows(app, Draft) if row.prompt_id == prompt.id]
        assert {turn.author_id, draft.author_id} == set(browsers)
        assert turn.kind == "speak"


KEPT = {
    "/plan": ({"check_in": ["1"]}, PlanEntry),
    "/prompts/{prompt}/draft": ({"high": "bread"}, Draft),
    "/occasions/{occasion}/draft": ({"step": "own-words", "text": "bread"}, StepDraft),
    "/reminders": ({"at": "20:30", "weekdays": "1", "window": "60", "if_then": "after supper"}, Reminder),
    "/therapist-access/{guest}/answers": ({"prompt": "{open}", "shown": "yes"}, Shown),
    "/reminders/settings": ({"quiet_from": "22:00", "quiet_to": "07:00", "level": "plain"}, ReminderSettings),
    "/weeks/together/opening": ({}, Opening),
    "/assessments/hint/end": ({}, Hint),
}
"""What keeps one row for somebody: where it is sent to, what is sent, and what is kept."""


@pytest.mark.only_on("postgresql")
def test_what_is_there_once_is_kept_by_either_of_two_taps_at_once(app, give, save, as_user, couple, ana, ben, thea):
    taps, opened = [unchecked(as_user(ana)) for _ in range(2)], give("love_map", "home-smell")
    for each in (taps[0], unchecked(as_user(ben))):
        respond(each, opened)
    occasion, guest = make_occasion(couple, (ana, ben))[0], Guest(therapist_id=thea.id, couple_id=couple.id)
    guest.asked_at = guest.opened_at = NOW
    save(occasion, guest)
    yes = {"said_at": NOW, "given": True, **dict.fromkeys(CLASSES, True)}
    save(*(Consent(guest_id=guest.id, person_id=each.id, **yes) for each in (ana, ben)))
    ids = {"prompt": give("check_in").id, "occasion": occasion.id, "guest": guest.id, "open": opened.id}
    for path, (typed, table) in KEPT.items():
        sent = {name: value.format(**ids) if isinstance(value, str) else value for name, value in typed.items()}
        for _ in range(ROUNDS // 4):
            answers = at_once(*(partial(tap.post, path.format(**ids), data=sent) for tap in taps))
            assert [answer.status_code for answer in answers] == [303, 303], path
            assert rows(app, table)
            clear(app, table)
