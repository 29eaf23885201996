"""Keeping each week's sums as ratings come, so that nothing has to be looked through when the week is over."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, select, text

from app.core.db import Instant, db
from app.couples.models import Membership
from app.couples.service import Pair, start_of
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING, Prompt
from app.exercises.service import Rated, ratings_of
from app.scores.models import Opening, WeeklyScore

COLUMNS = {CHECK_IN: "felt", MIRRORING: "heard", APPRECIATION: "appreciated", LOVE_MAP: "known"}
"""Exercise → the part that its ratings go into."""

SUMS = tuple(f"{part}_{of}" for part in (*COLUMNS.values(), "open") for of in ("count", "sum"))
"""The columns that hold sums."""

Key = tuple[str, str, date]
"""A couple, a person and a week."""

Sums = dict[str, int]
"""Column → its value, those of SUMS that are not 0."""

_HOLD = text(
    f"INSERT INTO weekly_scores (couple_id, person_id, week, ends_at, closes_at, {', '.join(SUMS)})"  # noqa: S608
    f" VALUES (:couple, :person, :week, :ends, :closes, {', '.join('0' for _ in SUMS)})"
    " ON CONFLICT (couple_id, person_id, week) DO UPDATE SET week = excluded.week"
).bindparams(*(bindparam(name, type_=Instant()) for name in ("ends", "closes")))


def monday_of(day: date) -> date:
    """The Monday of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def ends_of(week: date, zone: str) -> tuple[datetime, datetime]:
    """(when a week is over, and until when late ratings count): 04:00 of Monday and of Tuesday, in a zone."""
    return start_of(week + timedelta(days=7), zone), start_of(week + timedelta(days=8), zone)


def keep_current(pair: Pair, prompt: Prompt, now: datetime) -> None:
    """Bring the sums of a prompt's week up to date, of both partners. A week that is closed stays as it is."""
    if pair.you is None or prompt.exercise not in COLUMNS:
        return
    week = monday_of(prompt.day)
    rows = _held(pair, week)
    closes_at = min(row.closes_at for row in rows)
    found = sums_of(
        ratings_of(
            [pair.couple_id],
            until=lambda _couple, _day: closes_at,
            exercises=[prompt.exercise],
            first=week,
            last=week + timedelta(days=6),
        )
    )
    for row in rows:
        _renew(row, found.get((row.couple_id, row.person_id, week), {}), prompt.exercise, now)
    db.session.flush()


def sums_of(ratings: Iterable[Rated]) -> dict[Key, Sums]:
    """The sums of each person's weeks."""
    found: dict[Key, Counter[str]] = defaultdict(Counter)
    for rated in ratings:
        columns = found[rated.couple_id, rated.person_id, monday_of(rated.day)]
        for part in _parts(rated.exercise, opened=rated.open):
            columns[f"{part}_count"] += 1
            columns[f"{part}_sum"] += rated.steps
    return {key: dict(sums) for key, sums in found.items()}


def forget_former(pair: Pair) -> None:
    """Delete the weeks of the one who looks, in couples that have ended."""
    mine = (Membership.person_id == pair.me.id, Membership.left_at.is_not(None))
    left = select(Membership.couple_id).where(*mine)
    for table in (WeeklyScore, Opening):
        db.session.execute(delete(table).where(table.person_id == pair.me.id, table.couple_id.in_(left)))


def _held(pair: Pair, week: date) -> list[WeeklyScore]:
    """The rows of both, made if need be, and held until the transaction ends: two acts may come at the same instant."""
    ends, closes = ends_of(week, pair.zone)
    two = sorted(each.id for each in (pair.me, pair.you) if each)
    same = {"couple": pair.couple_id, "week": week, "ends": ends, "closes": closes}
    # Always in the same order: two who do so at once must not wait for one another.
    for person in two:
        db.session.execute(_HOLD, {**same, "person": person})
    query = select(WeeklyScore).where(WeeklyScore.couple_id == pair.couple_id, WeeklyScore.week == week)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return [row for row in rows if row.person_id in two]


def _renew(row: WeeklyScore, found: Mapping[str, int], exercise: str, now: datetime) -> None:
    names = [f"{part}_{of}" for part in _parts(exercise, opened=True) for of in ("count", "sum")]
    changed = {name: found.get(name, 0) for name in names if getattr(row, name) != found.get(name, 0)}
    if now < row.closes_at:
        for name, value in changed.items():
            setattr(row, name, value)
        if any(not name.startswith("open_") for name in changed):
            row.scored_at = None
    elif changed and not _is_empty(row):
        row.kept_at = row.kept_at or now
    if _is_empty(row):
        db.session.delete(row)


def _is_empty(row: WeeklyScore) -> bool:
    return not any(getattr(row, name) for name in SUMS)


def _parts(exercise: str, *, opened: bool) -> tuple[str, ...]:
    part = COLUMNS[exercise]
    return (part, "open") if exercise == CHECK_IN and opened else (part,)
