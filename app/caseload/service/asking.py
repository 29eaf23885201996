"""What a caseload is made of, in two statements, whatever the number of couples. For one couple the same two.

Consent is part of each of them: what is not shown at that instant is never read.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.caseload.models import Care, Session
from app.caseload.service.doors import open_couples, opened_doors, showing
from app.core.gathered import gathered
from app.couples.models import QUINCE, SLOE, Couple, Membership
from app.exercises.models import MIRRORING, Prompt, Response
from app.exercises.service import took_their_turn
from app.scores.models import WeeklyScore
from app.therapist.models import SCORES, Homework, HomeworkDay

GIVEN, DID, SKIPPED, WEEK = range(4)
"""What a row of `facts` tells."""

_First, _Second = aliased(Membership), aliased(Membership)
_FirstPerson, _SecondPerson = aliased(Person), aliased(Person)


@lru_cache(maxsize=2)
def cases(*, one: bool) -> Select[*tuple[Any, ...]]:
    """The couples of :therapist with what is set for them; `one`: of :couple alone."""
    met = and_(Session.therapist_id == bindparam("therapist"), Session.couple_id == Couple.id)
    ahead = select(func.min(Session.day)).where(met, Session.day >= bindparam("today"))
    behind = select(func.max(Session.day)).where(met, Session.day < bindparam("today"))
    doors = opened_doors().subquery()
    query = (
        select(
            Couple.id, Couple.zone,
            _First.person_id.label("first"), _FirstPerson.name.label("first_name"),
            _Second.person_id.label("second"), _SecondPerson.name.label("second_name"),
            doors.c.opened_at,
            doors.c.changed_at,
            Couple.id.in_(showing(SCORES)).label("shows_scores"),
            Care.in_a_row, Care.archived_at,
            ahead.correlate(Couple).scalar_subquery().label("session"),
            behind.correlate(Couple).scalar_subquery().label("last_session"),
        )
        .select_from(doors)
        .join(Couple, Couple.id == doors.c.couple_id)
        .join(_First, and_(_First.couple_id == Couple.id, _First.side == QUINCE, _First.left_at.is_(None)))
        .join(_Second, and_(_Second.couple_id == Couple.id, _Second.side == SLOE, _Second.left_at.is_(None)))
        .join(_FirstPerson, _FirstPerson.id == _First.person_id)
        .join(_SecondPerson, _SecondPerson.id == _Second.person_id)
        .outerjoin(Care, and_(Care.couple_id == Couple.id, Care.therapist_id == bindparam("therapist")))
    )  # fmt: skip
    return query.where(Couple.id == bindparam("couple")) if one else query


@lru_cache(maxsize=2)
def facts(*, one: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """What was given from :since on, what was done of it, and the weeks from :monday on. See GIVEN and so on.

    One shape for all: kind, couple, person, day, last day, and four that mean something else in each.
    """

    def of_one(query: Any, column: Any) -> Any:
        return query.where(column == bindparam("couple")) if one else query

    within = (Prompt.day >= bindparam("since"), Prompt.day <= bindparam("today"))
    given = select(
        _kind(GIVEN), Homework.couple_id, Homework.whom.label("person_id"), Homework.first.label("day"),
        Homework.last.label("last"), Homework.exercise.label("text"), Homework.id.label("of"),
        cast(Homework.dates, Text).label("dates"), cast(Homework.pauses, Text).label("pauses"),
        Homework.weekdays.label("number"),
    ).where(
        Homework.couple_id.in_(open_couples()),
        Homework.therapist_id == bindparam("therapist"),
        Homework.first <= bindparam("today"),
        or_(Homework.last.is_(None), Homework.last >= bindparam("since")),
    )  # fmt: skip
    asked = (
        select(Homework.id)
        .where(Homework.couple_id == Prompt.couple_id, Homework.exercise == Prompt.exercise)
        .correlate(Prompt)
        .exists()
    )
    did = (
        select(*_row(DID, Prompt.couple_id, Response.author_id, _no_day(), Prompt.exercise, dates=_days(Prompt.day)))
        .join_from(Prompt, Response, Response.prompt_id == Prompt.id)
        .where(Prompt.couple_id.in_(open_couples()), asked, *within)
        .group_by(Prompt.couple_id, Response.author_id, Prompt.exercise)
    )
    turned = of_one(took_their_turn(Prompt.couple_id, Prompt.day), Prompt.couple_id)
    turned = turned.where(Prompt.couple_id.in_(open_couples()), asked, *within).subquery()
    took = select(
        *_row(DID, turned.c.couple_id, turned.c.author_id, _no_day(), literal(MIRRORING), dates=_days(turned.c.day))
    ).group_by(turned.c.couple_id, turned.c.author_id)
    skipped = (
        select(*_row(SKIPPED, Homework.couple_id, HomeworkDay.person_id, HomeworkDay.day, HomeworkDay.homework_id))
        .join_from(HomeworkDay, Homework, Homework.id == HomeworkDay.homework_id)
        .where(Homework.couple_id.in_(open_couples()), Homework.therapist_id == bindparam("therapist"))
        .where(HomeworkDay.skipped_at.is_not(None), HomeworkDay.day >= bindparam("since"))
    )
    shown = select(Membership.couple_id, Membership.person_id).where(
        Membership.left_at.is_(None), Membership.couple_id.in_(showing(SCORES))
    )
    weeks = (
        select(
            *_row(
                WEEK,
                WeeklyScore.couple_id,
                WeeklyScore.person_id,
                WeeklyScore.week,
                WeeklyScore.state,
                number=WeeklyScore.formula,
            )
        )
        # The weeks of a person lie side by side, so that only those asked for are read.
        .where(tuple_(WeeklyScore.couple_id, WeeklyScore.person_id).in_(shown))
        .where(WeeklyScore.week >= bindparam("monday"), WeeklyScore.scored_at.is_not(None))
    )
    parts = (
        of_one(given, Homework.couple_id),
        of_one(did, Prompt.couple_id),
        took,
        of_one(skipped, Homework.couple_id),
        of_one(weeks, WeeklyScore.couple_id),
    )
    return union_all(*parts)


def _kind(kind: int) -> Any:
    return literal_column(str(kind), Integer).label("kind")


def _nobody() -> Any:
    return cast(null(), String(22))


def _no_day() -> Any:
    return cast(null(), Date)


def _days(day: Any) -> Any:
    """Days as one text: one row instead of dozens."""
    return gathered(cast(day, Text))


def _row(
    kind: int, couple: Any, person: Any, day: Any, text: Any, *, dates: Any = None, number: Any = None
) -> tuple[Any, ...]:
    """A row in the shape of the first part of the union."""
    empty = cast(null(), Text)
    return (
        _kind(kind), couple, person, day, _no_day(), text, _nobody(), empty if dates is None else dates, empty,
        cast(null(), Integer) if number is None else number,
    )  # fmt: skip
