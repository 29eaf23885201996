"""A couple's homework as their therapist sees it: what runs, what is ahead, what is done, with counts of what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.couples.service import Partner
from app.therapist.days import DONE, Tally, both_done, tally
from app.therapist.models import Homework
from app.therapist.service.author import Author
from app.therapist.service.doing import Did, Said, days_said, did_of, states_for
from app.therapist.service.giving import homework_of, note_of
from app.therapist.service.names import name_of
from app.therapist.service.own import own_name, own_rows
from app.therapist.service.saying import because_of

AHEAD, RUNNING, OVER = "ahead", "running", "over"

LATEST = 5
"""How many of the last ratings are told."""

BACK = timedelta(days=3 * 366)
"""How far back is counted."""

MONTH = timedelta(days=30)


@dataclass(slots=True)
class PartnerDid:
    """How much of it one partner did, how it went (the last few, the newest first), and why not, where they let on.

    `left_open`: how many of its days they opened and have not done.
    """

    partner: Partner
    tally: Tally = field(default_factory=Tally)
    left_open: int = 0
    went: list[int] = field(default_factory=list)
    reasons: list[tuple[date, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Series:
    """Homework with all the changes that it has been through: `row` is how it is now."""

    row: Homework
    name: str
    note: str
    state: str
    resting: bool
    whom: Partner | None
    did: list[PartnerDid]
    both: int | None
    changed: int


def overview_of(
    author: Author, couple_id: str, partners: Sequence[Partner], *, today: date, reasons: bool
) -> dict[str, list[Series]]:
    """State → the couple's homework from this therapist, the newest first. `reasons`: both let answers be read.

    Four statements.
    """
    span = (today - BACK, today + MONTH)
    rows = [row for row in homework_of([couple_id], span[0], None)[couple_id] if row.therapist_id == author.id]
    did, said = did_of([couple_id], *span), days_said([couple_id], *span)
    own = own_rows({row.exercise for row in rows})
    by_series: dict[str, list[Homework]] = {}
    for row in rows:
        by_series.setdefault(row.series_id, []).append(row)
    found: dict[str, list[Series]] = {RUNNING: [], AHEAD: [], OVER: []}
    for series in sorted(by_series.values(), key=lambda each: each[-1].first, reverse=True):
        row, for_both = series[-1], series[-1].whom is None
        each_did = [_did(partner, series, span, today, did, said, reasons=reasons) for partner in partners]
        seen = Series(
            row=row,
            name=own_name(own.get(row.exercise), author.id, author.key) or name_of(row.exercise),
            note=note_of(author, row),
            state=state_of(row, today),
            resting=row.schedule.paused_on(today),
            whom=next((each for each in partners if each.id == row.whom), None),
            did=[each for each in each_did if for_both or each.tally.given or each.partner.id == row.whom],
            both=_both(partners, series, span, today, did) if for_both else None,
            changed=len(series) - 1,
        )
        found[seen.state].append(seen)
    return found


def month_of(
    author: Author, couple_id: str, partners: Sequence[Partner], *, today: date
) -> list[tuple[date, list[tuple[str, Partner | None]]]]:
    """(day, what is given on it and to whom, None for both) for the days ahead that have something. One statement."""
    rows = homework_of([couple_id], today, today + MONTH)[couple_id]
    own = own_rows({row.exercise for row in rows})
    known = {partner.id: partner for partner in partners}
    days: dict[date, list[tuple[str, Partner | None]]] = {}
    for row in rows:
        name = own_name(own.get(row.exercise), author.id, author.key) or name_of(row.exercise)
        for day in row.schedule.days(today, today + MONTH) if row.therapist_id == author.id else ():
            days.setdefault(day, []).append((name, known.get(row.whom or "")))
    return sorted(days.items())


def state_of(row: Homework, today: date) -> str:
    """Whether its days are ahead, on, or over."""
    if row.last is not None and row.last < today:
        return OVER
    return AHEAD if row.first > today else RUNNING


def _did(
    partner: Partner,
    series: Sequence[Homework],
    span: tuple[date, date],
    today: date,
    did: Did,
    said: Said,
    *,
    reasons: bool,
) -> PartnerDid:
    found = PartnerDid(partner)
    for row in series:
        if row.schedule.is_for(partner.id):
            states = states_for(row, partner.id, span, today=today, did=did, said=said)
            found.tally += tally(states.values())
            words = (said.get((row.id, partner.id, day)) for day, state in states.items() if state not in {DONE, AHEAD})
            found.left_open += sum(word is not None and word.opened_on is not None for word in words)
    ids = {row.id for row in series}
    own = [each for (row_id, person_id, _), each in said.items() if row_id in ids and person_id == partner.id]
    own.sort(key=lambda each: each.day, reverse=True)
    found.went = [each.went for each in own if each.went is not None][:LATEST]
    if reasons:
        told = [each for each in own if each.shared_at is not None and each.because is not None]
        found.reasons = [(each.day, because_of(each, partner.key)) for each in told]
    return found


def _both(
    partners: Sequence[Partner], series: Sequence[Homework], span: tuple[date, date], today: date, did: Did
) -> int:
    count = 0
    for row in series:
        if row.whom is None:
            one, two = (states_for(row, each.id, span, today=today, did=did, said={}) for each in partners)
            count += both_done(one, two)
    return count
