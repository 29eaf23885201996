"""Two worlds that differ only in what Ben has not opened look the same to Ana, to the last byte of every answer.

See `schedules.py` for what happens in them. `TWO_WORLDS=20000` asks for more weeks than the usual ones.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app, schema
from app.assessments import service as assessments
from app.config import Config
from app.core.db import db
from app.couples.service import Pair
from app.exercises import service
from app.exercises.exchange import Exchange
from app.exercises.models import LOVE_MAP, Prompt, Response
from app.exercises.service import responses
from app.scores import service as scores
from tests.factories import MASTER, SECRET
from tests.support.databases import create_database, hurried
from tests.trust.schedules import ANA, BEN, Chance, Stage, Week, played_again

WEEKS = int(os.environ.get("TWO_WORLDS") or 40)
"""How many weeks are told on SQLite; on PostgreSQL it is a tenth."""

TOLD, LEAST = 10, 8
"""How many weeks one test tells, and how many things happen in one at the least."""


@pytest.fixture(scope="module")
def worlds(database: str, addresses: Callable[[str], str], tmp_path_factory) -> Iterator[tuple[Stage, Stage]]:
    """Two apps, each on a database of its own, that draw their ids from the same stream."""
    made = [_world(database, addresses, tmp_path_factory.mktemp("world")) for _ in range(2)]
    with Chance().instead() as chance:
        yield Stage(made[0], chance), Stage(made[1], chance)
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("part", range(-(-WEEKS // TOLD)))
def test_nothing_tells_ana_what_ben_has_not_opened(worlds: tuple[Stage, Stage], database: str, part: int) -> None:
    told = TOLD if database == "sqlite" else TOLD // 10
    assert compare_many(range(part * TOLD, part * TOLD + told), *worlds) > 10 * told


@pytest.mark.only_on("sqlite")
def test_the_weeks_hold_much_that_is_secret_and_much_that_opens(worlds: tuple[Stage, Stage]) -> None:
    weeks = [happened(seed, worlds[0]) for seed in range(TOLD)]
    told = [(act, answer.status_code) for week in weeks for act, answer in zip(week.acts, week.answers, strict=True)]
    assert sum(week.secrets for week in weeks) > len(weeks)
    assert any(act.other is None for act, _status in told)
    assert any(act.other is not None and act.other != act.form for act, _status in told)
    done = {(act.who, act.path.rsplit("/", 1)[-1]) for act, status in told if act.method == "POST" and status == 303}
    assert {(ANA, "response"), (BEN, "response")} <= done
    assert {"couple", "draft", "mark", "setting-aside", "turn"} <= {kind for _who, kind in done}


# That it would be seen: each of these lets a little slip, and the same weeks tell of it


def _readable(patch: pytest.MonkeyPatch) -> None:
    """The gate stands open for one exercise."""
    gate = Exchange.yours.fget
    open_gate = property(lambda seen: seen.theirs if seen.exercise == LOVE_MAP else gate(seen))
    patch.setattr(Exchange, "yours", open_gate)


def _told_that_it_is_in(patch: pytest.MonkeyPatch) -> None:
    """The setting that hides whether somebody has answered is not looked at."""
    patch.setattr(Exchange, "shown_in", property(lambda seen: seen.theirs is not None))


def _listed_in_the_journal(patch: pytest.MonkeyPatch) -> None:
    """The journal lists a day on which only the other has answered."""
    exchanges_of = service.exchanges_of

    def all_of(pair: Pair, *, now: datetime, before: date) -> tuple[list[Exchange], date | None]:
        shown, older = exchanges_of(pair, now=now, before=before)
        theirs = select(Response.prompt_id).join(Prompt).where(Prompt.couple_id == pair.couple_id)
        seen = [service.exchange_for(pair, ident, now=now) for ident in db.session.scalars(theirs.order_by(Prompt.id))]
        return [*shown, *(each for each in seen if each.mine is None and each.yours is None)], older

    patch.setattr(service, "exchanges_of", all_of)


def _long(patch: pytest.MonkeyPatch) -> None:
    """A page is another one when what is sealed is long."""
    fillable = Exchange.fillable.fget
    short = property(lambda seen: fillable(seen) and (seen.theirs is None or len(seen.theirs.sealed) < 800))
    patch.setattr(Exchange, "fillable", short)


def _counted(patch: pytest.MonkeyPatch) -> None:
    """A day counts as one together when the first of the two has answered."""
    submit = service.submit_response

    def submit_and_count(pair: Pair, prompt: Prompt, *given: Any, now: datetime) -> None:
        submit(pair, prompt, *given, now=now)
        responses.note_day_together(prompt)

    patch.setattr(service, "submit_response", submit_and_count)


def _not_set_aside(patch: pytest.MonkeyPatch) -> None:
    """A question that somebody has answered cannot be set aside any more."""
    set_aside = service.set_aside

    def refuse(pair: Pair, prompt: Prompt, *, now: datetime) -> Prompt:
        if prompt.responses:
            raise service.SetAsideTooOften
        return set_aside(pair, prompt, now=now)

    patch.setattr(service, "set_aside", refuse)


def _opened_from_the_other_side(patch: pytest.MonkeyPatch) -> None:
    """The page of both lines looks otherwise when the other has opened theirs."""
    opened_at = scores.opened_at
    patch.setattr(scores, "opened_at", lambda pair: opened_at(replace(pair, me=pair.you, you=pair.me)))


def _rated_by_the_other(patch: pytest.MonkeyPatch) -> None:
    """The week of one holds what the other rated, too."""
    weeks_of = scores.weeks_of
    patch.setattr(scores, "weeks_of", lambda pair, **how: weeks_of(replace(pair, me=pair.you, you=pair.me), **how))


def _map_from_the_other_side(patch: pytest.MonkeyPatch) -> None:
    """The page of the map looks otherwise when the other has opened a sitting."""
    mine_open = assessments.mine_open
    swapped = lambda pair, instrument: mine_open(replace(pair, me=pair.you, you=pair.me), instrument)  # noqa: E731
    patch.setattr(assessments, "mine_open", swapped)


def _sat_by_the_other(patch: pytest.MonkeyPatch) -> None:
    """What can be sat again hangs on what the other has sat, too."""
    sittings_of = assessments.sittings_of
    both = lambda pair: [*sittings_of(pair), *sittings_of(replace(pair, me=pair.you, you=pair.me))]  # noqa: E731
    patch.setattr(assessments, "sittings_of", both)


LEAKS = (
    _readable,
    _told_that_it_is_in,
    _listed_in_the_journal,
    _long,
    _counted,
    _not_set_aside,
    _opened_from_the_other_side,
    _rated_by_the_other,
    _map_from_the_other_side,
    _sat_by_the_other,
)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__.strip("_").replace("_", " "))
def test_a_leak_would_be_seen(worlds: tuple[Stage, Stage], monkeypatch, leak: Callable[..., None]) -> None:
    leak(monkeypatch)
    # In every other week what is secret is not there at all in the other world, so that it has no length.
    seeds = range(0 if leak is _long else 1, WEEKS, 2)
    with pytest.raises(AssertionError, match=r"seed \d+: (GET|POST) /"):
        compare_many(seeds, *worlds)


def compare_many(seeds: Iterable[int], first: Stage, second: Stage) -> int:
    """How many answers came to Ana, the same in both worlds. Raises AssertionError over the first that differs."""
    return sum(compare(seed, first, second) for seed in seeds)


def compare(seed: int, first: Stage, second: Stage) -> int:
    """The same for one week."""
    answers = 0
    for act, here, there in played_again(happened(seed, first), second):
        assert everything(here) == everything(there), f"seed {seed}: {act.method} {act.path} at {act.at}"
        answers += 1
    return answers


def happened(seed: int, stage: Stage) -> Week:
    """The week of a seed."""
    return Week(seed, stage).happen(LEAST + seed % 5)


def everything(answer: TestResponse) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body."""
    return answer.status, list(answer.headers), answer.data


def _world(database: str, addresses: Callable[[str], str], home: Path) -> Flask:
    url = f"sqlite:///{home / 'world.sqlite3'}" if database == "sqlite" else create_database(addresses(database))
    config = Config(data=home, database_url=url, secret_key=SECRET, master_key=MASTER, password_cost=(8, 1))
    app = hurried(create_app(config))
    with app.app_context():
        schema.upgrade()
    return app
