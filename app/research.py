"""One person's numbers in tidy tables, to work with: what they rated and guessed, and their weeks. Not a word.

Their own alone; of the partner there is what both look at together, while both want to, and nothing else.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, select

from app.accounts.models import Person
from app.core.db import db
from app.core.tables import table
from app.couples.models import Couple, Membership
from app.couples.service import Pair
from app.exercises.models import LOVE_MAP, Mark, Prompt, Response, Turn
from app.exercises.service.ratings import FELT
from app.scores import service as scores

RATINGS = ("couple", "week", "day", "exercise", "take", "rating", "attempt", "kind", "about", "value", "in_time")
LEVELS = ("part", "level", "low", "high", "ratings", "mean")
WEEKS = ("couple", "week", "state", "formula", "change", *LEVELS)
TOGETHER = ("week", "who", *LEVELS)

STATE, RECEIVED, GUESS = "state", "received", "guess"
ME, PARTNER = "me", "partner"


def archive(person: Person, pair: Pair | None, *, now: datetime) -> bytes:
    """A zip of ratings.csv, weeks.csv and dictionary.csv, with together.csv while both have opened their weeks."""
    parts = {"ratings.csv": ratings(person), "weeks.csv": weeks(person, now=now)}
    if pair is not None and (both := scores.together(pair, now=now)) is not None:
        parts["together.csv"] = together(both)
    parts["dictionary.csv"] = dictionary(parts)
    return packed(parts, now)


def packed(parts: dict[str, str], now: datetime) -> bytes:
    """These files in a zip, which is never laid down anywhere."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), text, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def numbers_of(person: Person) -> dict[str, int]:
    """The couples somebody has been in, numbered from 1 in the order in which they joined."""
    return {couple: number for number, (couple, _zone) in enumerate(_couples(person), 1)}


def ratings(person: Person) -> str:
    """Every rating and guess, one to a row."""
    numbers, zones, closings = numbers_of(person), dict(_couples(person)), scores.closings_of(person.id)
    rows = []
    for prompt, at, given in _given(person):
        couple, day = numbers[prompt.couple_id], prompt.day
        week = scores.monday_of(day)
        timely = scores.in_time(closings, prompt.couple_id, zones[prompt.couple_id], day, at)
        for name, attempt, value in given:
            kind, about = _meaning(name)
            where = (couple, week, day, prompt.exercise, prompt.take, name, attempt)
            rows.append((*where, kind, about, value, "yes" if timely else "no"))
    return table(RATINGS, sorted(rows))


def weeks(person: Person, *, now: datetime) -> str:
    """Every week, one row for the whole and one for each part."""
    numbers, found = numbers_of(person), scores.all_weeks_of(person.id, now=now)
    return table(
        WEEKS,
        (
            (numbers[couple], week.week, _state(week), week.formula.version, week.change, *levels)
            for couple in sorted(found, key=numbers.__getitem__)
            for week in found[couple]
            for levels in scores.levels_of(week.score)
        ),
    )


def together(both: scores.Together) -> str:
    """The closed weeks of both, made of what both could read."""
    return table(
        TOGETHER,
        (
            (week.week, who, *levels)
            for week in both.weeks
            for who, score in ((ME, week.mine), (PARTNER, week.yours))
            for levels in scores.levels_of(score)
        ),
    )


def dictionary(files: Iterable[str]) -> str:
    """What each column of these files means, and which values it has."""
    columns = {"ratings.csv": RATINGS, "weeks.csv": WEEKS, "together.csv": TOGETHER}
    meanings = _meanings()
    return table(
        ("file", "column", "values", "meaning"),
        ((file, column, *meanings[column]) for file in files for column in columns[file]),
    )


def _couples(person: Person) -> list[tuple[str, str]]:
    """(id, zone) of each, in the order in which they joined."""
    query = select(Couple.id, Couple.zone).join(Membership, Membership.couple_id == Couple.id)
    mine = query.where(Membership.person_id == person.id)
    return [(row.id, row.zone) for row in db.session.execute(mine.order_by(Membership.joined_on, Couple.created_at))]


def _given(person: Person) -> Iterator[tuple[Any, datetime, list[tuple[str, int, int]]]]:
    """(the prompt, when, (what was rated, which try it was, the value) for each number that somebody gave to it)."""
    for row in db.session.execute(_of(person, Response, Response.ratings, Response.submitted_at.label("at"))):
        yield row, row.at, [(name, 1, value) for name, value in row.ratings.items()]
    for row in db.session.execute(_of(person, Mark, Mark.value, Mark.marked_at.label("at"))):
        yield row, row.at, [("closeness" if row.exercise == LOVE_MAP else "landed", 1, row.value)]
    for row in db.session.execute(_of(person, Turn, Turn.attempt, Turn.rating, Turn.taken_at.label("at"))):
        if row.rating is not None:
            yield row, row.at, [("heard", row.attempt, row.rating)]


def _of(person: Person, table: Any, *columns: Any) -> Select[Any]:
    query = select(Prompt.couple_id, Prompt.day, Prompt.exercise, Prompt.take, *columns)
    return query.join_from(Prompt, table, table.prompt_id == Prompt.id).where(table.author_id == person.id)


def _meaning(rating: str) -> tuple[str, str]:
    """(the kind of a rating, who is rated)."""
    if rating.startswith("guess_"):
        return GUESS, PARTNER
    return (RECEIVED, PARTNER) if rating in {*FELT, "closeness", "landed", "heard"} else (STATE, ME)


def _state(week: scores.Week) -> str:
    return "closed" if week.settled else "over" if week.over else "running"


def _meanings() -> dict[str, tuple[str, str]]:
    """Column → (its values, what it means)."""
    points = gettext("0 to 100, or empty")
    return {
        "couple": (gettext("from 1"), gettext("Your couples, in the order in which you joined them.")),
        "week": (gettext("date"), gettext("The Monday of the week.")),
        "day": (gettext("date"), gettext("The couple's day, which begins at 04:00. Not the day it was answered on.")),
        "exercise": ("check_in, mirroring, appreciation, love_map", gettext("Which exercise.")),
        "take": (gettext("from 1"), gettext("Counts the questions of a day in an exercise: one can be set aside.")),
        "rating": (
            "mood, stress, understood, valued, supported, guess_mood, guess_stress, landed, closeness, heard",
            gettext("What was rated."),
        ),
        "attempt": (gettext("from 1"), gettext("Which try at saying back was rated; the last one counts.")),
        "kind": (
            f"{STATE}, {RECEIVED}, {GUESS}",
            gettext("Your own state, what you received from your partner, or a guess of your partner's state."),
        ),
        "about": (f"{ME}, {PARTNER}", gettext("Who is rated.")),
        "value": (gettext("0 to 10; closeness: 20, 60, 100"), gettext("The rating, as chosen.")),
        "in_time": ("yes, no", gettext("Whether it came before its week was closed, on Tuesday at 04:00.")),
        "state": ("running, over, closed", gettext("A closed week does not change any more.")),
        "formula": (gettext("from 1"), gettext("The version of the formula.")),
        "change": ("up, steady, down, too_early", gettext("Over four weeks.")),
        "who": (f"{ME}, {PARTNER}", gettext("Whose week it is, made of what both could read.")),
        "part": (
            "attunement, felt, heard, appreciated, known",
            gettext("The score, or one of its four parts."),
        ),
        "level": (points, gettext("Where it stands after the week. Empty is too early to say.")),
        "low": (points, gettext("The lower end of the band that holds it with 90 %.")),
        "high": (points, gettext("The upper end.")),
        "ratings": (gettext("from 0"), gettext("How many ratings the week has.")),
        "mean": (points, gettext("The mean of the week's ratings alone.")),
    }
