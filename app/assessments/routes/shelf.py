"""/assessments: what there is and when, one instrument with what came of it, and how the first page tells of it."""

from datetime import date

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from app.accounts.guards import current_visitor
from app.accounts.service import Visitor
from app.assessments import service
from app.assessments.instrument import Instrument
from app.assessments.keys import Key, keys
from app.assessments.routes import wording
from app.assessments.routes.pages import asked, bp, shelf
from app.assessments.service import Sitting
from app.core import clock
from app.core.db import transaction
from app.couples.guards import pair_required
from app.couples.service import Pair


@bp.get("")
@pair_required
def index(pair: Pair) -> ResponseReturnValue:
    """All instruments, those that are due first to see, and where to say how that is told."""
    today, sittings, there = pair.today(clock.now()), service.sittings_of(pair), shelf()
    latest = service.latest(sittings, pair.couple_id)
    return render_template(
        "assessments/index.html",
        pair=pair,
        today=today,
        instruments=there,
        gone=[(each, keys()[each.instrument].name) for each in sittings if each.finished_at and off_shelf(each, there)],
        latest=latest,
        due_on=lambda each: service.due_on(each, latest),
        sat=lambda each: any(sitting.instrument == each.id and sitting.finished_at for sitting in sittings),
        told=bool(service.told_by_partner(pair)),
        hinted=service.hints_at_all(visitor.facts["hinted"]) if (visitor := current_visitor()) else False,
        filled=wording.filled,
    )


def off_shelf(sitting: Sitting, there: tuple[Instrument, ...]) -> bool:
    """Whether the instrument of a sitting is not on this server any more."""
    return all(sitting.instrument != each.id for each in there)


@bp.get("/<instrument>")
@pair_required
def show(pair: Pair, instrument: str) -> ResponseReturnValue:
    """One instrument: what it is, what came of it so far, and the way into the next sitting."""
    return _shown(pair, asked(instrument))


@bp.post("/<instrument>/sittings")
@pair_required
def create_sitting(pair: Pair, instrument: str) -> ResponseReturnValue:
    """Begin a sitting, or go on with the one that is begun."""
    found = asked(instrument)
    with transaction():
        sitting_id = service.begin(pair, found, now=clock.now())
    return redirect(f"/sittings/{sitting_id}", 303)


@bp.post("/hint/delay")
@pair_required
def create_delay(pair: Pair) -> ResponseReturnValue:
    """Tell me nothing on the first page for a week."""
    with transaction():
        service.put_off(pair, now=clock.now())
    return redirect("/today", 303)


@bp.post("/hint/end")
@pair_required
def end_hint(pair: Pair) -> ResponseReturnValue:
    """Tell me nothing there any more."""
    with transaction():
        service.stop_telling(pair, now=clock.now())
    return redirect("/assessments", 303)


@bp.post("/hint/again")
@pair_required
def create_hint(pair: Pair) -> ResponseReturnValue:
    """Tell me again."""
    with transaction():
        service.tell_again(pair)
    return redirect("/assessments", 303)


@bp.app_template_filter("assessment_due")
def assessment_due(visitor: Visitor, today: date) -> tuple[Key | None, bool]:
    """What the first page may tell somebody of: the first that they could sit now, if they want that; is it begun?"""
    facts = visitor.facts
    if not service.hints(facts["hinted"], today):
        return None, False
    return service.first_due(facts["sat"], facts["packs"], today)


def _shown(pair: Pair, instrument: Instrument) -> str:
    all_mine = [each for each in service.sittings_of(pair) if each.instrument == instrument.id]
    here = [each for each in all_mine if each.couple_id == pair.couple_id]
    finished = [each for each in here if each.finished_at is not None]
    begun = next((each for each in here if each.finished_at is None), None)
    today = pair.today(clock.now())
    due_on = service.due_on(instrument, service.latest(here, pair.couple_id))
    return render_template(
        "assessments/show.html",
        pair=pair,
        today=today,
        instrument=instrument,
        begun=begun,
        finished=finished[::-1],
        former=[each for each in all_mine if each.couple_id != pair.couple_id and each.finished_at is not None][::-1],
        due_on=due_on if due_on and due_on > today else None,
        results=_results(instrument, finished),
        words=wording,
    )


def _results(instrument: Instrument, finished: list[Sitting]) -> list[service.Results]:
    """A line for each scale that gives one person a number."""
    return service.results_of(instrument, finished) if finished else []
