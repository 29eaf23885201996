"""One couple: the same page for the therapist and, as far as it is one's own, for each of the two."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.service import Visitor
from app.assessments.service import Told
from app.caseload import drawing, forms, service
from app.caseload.routes import wording
from app.caseload.routes.pages import LOOK, bp, case_at, today_here
from app.caseload.service import Case, Own, Strand
from app.core import clock
from app.core.db import transaction
from app.core.forms import Filled
from app.couples.service import Partner
from app.therapist import service as therapist
from app.therapist.guards import author, couple_of_therapist, open_couple_required, therapist_required
from app.therapist.models import ASSESSMENTS, RESPONSES, SHORT
from app.therapist.service import Author, Opened

BACK = timedelta(days=55)
"""How far back homework is drawn, where the last session was not longer ago."""


@dataclass(frozen=True)
class Seen:
    """All that a page of a couple shows, and to whom: `whose` is None for the therapist, else the partner's place."""

    case: Case
    strands: list[Strand]
    chosen: tuple[list[Own], list[Own]]
    sat: tuple[list[Told], list[Told]]
    span: drawing.Span
    whose: int | None = None


@bp.get("/caseload/<couple_id>")
@open_couple_required(LOOK)
def show(door: Opened) -> ResponseReturnValue:
    """The couple as both of them let it be seen."""
    return _page(door, None)


@bp.post("/caseload/<couple_id>")
@therapist_required
def update_care(visitor: Visitor, couple_id: str) -> ResponseReturnValue:
    """Set the next session, what is flagged, and whether the couple is put away."""
    therapist.couple_of_therapist(visitor, couple_id)
    now = clock.now()
    form = forms.CareForm.read(request.form, today=today_here(now))
    if not form.sound:
        return _page(couple_of_therapist(visitor, couple_id, LOOK), form), 422
    data = form.data
    with transaction():
        therapist.couple_of_therapist(visitor, couple_id)
        service.set_care(
            author(),
            couple_id,
            session=data["session"],
            in_a_row=int(data["in_a_row"]),
            archived=data["archived"],
            today=today_here(now),
            now=now,
        )
    flash(gettext("Kept."))
    return redirect(f"/caseload/{couple_id}", 303)


@bp.post("/caseload/<couple_id>/talked-over")
@therapist_required
def create_talked_over(visitor: Visitor, couple_id: str) -> ResponseReturnValue:
    """Note that homework was talked over today."""
    door, now = therapist.couple_of_therapist(visitor, couple_id), clock.now()
    known = {strand.homework_id for strand in seen_by_therapist(door, now=now).strands}
    form = forms.TalkedForm.read(request.form, known=known)
    if not form.sound:
        return _page(couple_of_therapist(visitor, couple_id, LOOK), form), 422
    with transaction():
        therapist.couple_of_therapist(visitor, couple_id)
        service.talk_over(author(), couple_id, form.data["homework"], today=case_at(door, now=now).today)
    flash(gettext("Noted as talked over. Both of them see it."))
    return redirect(f"/caseload/{couple_id}", 303)


def seen_by_therapist(door: Opened, *, now: datetime) -> Seen:
    """What the therapist sees at this moment."""
    case = case_at(door, now=now)
    reasons = RESPONSES in door.classes
    strands = strands_in(author(), case, door.couple.partners, reasons=reasons)
    chosen = tuple(
        service.shown_by(
            service.pair_for(door.couple.id, door.couple.zone, me, you, door.couple.since), author().id, now=now
        )
        if reasons
        else []
        for me, you in (door.couple.partners, door.couple.partners[::-1])
    )
    one, two = door.couple.partners
    shows = ASSESSMENTS in door.classes
    both = ((one, two.name), (two, one.name))
    sat = [service.told_of(door.couple.id, *each) if shows else [] for each in both]
    return Seen(case, strands, (chosen[0], chosen[1]), (sat[0], sat[1]), _drawn(case, strands))


def seen_by_partner(
    whole: Case, author_: Author, two: tuple[Partner, Partner], who: int, chosen: list[Own], sat: list[Told]
) -> Seen:
    """What the therapist sees of one partner, for that partner to look at."""
    case = whole.of(who)
    strands = [each.of(who) for each in strands_in(author_, case, two, reasons=True)]
    mine = (chosen, []) if who == 0 else ([], chosen)
    told: tuple[list[Told], list[Told]] = (sat, []) if who == 0 else ([], sat)
    own = [each for each in strands if each.pieces]
    return Seen(case, own, mine, told, _drawn(case, own), who)


def strands_in(author_: Author, case: Case, two: tuple[Partner, Partner], *, reasons: bool) -> list[Strand]:
    """What was given since the last session, or in the last weeks."""
    first = _span(case).first
    return service.strands_of(author_, case.couple_id, two, first=first, today=case.today, reasons=reasons)


def rendered(template: str, seen: Seen, **others: Any) -> str:
    """A page of what is seen: one way for all three."""
    case = seen.case
    return render_template(
        template,
        seen=seen,
        case=case,
        strands=seen.strands,
        lanes=[
            [
                drawing.lane(each.day, _parts(strand, each), each.talked_on is not None, seen.span)
                for each in strand.pieces
            ]
            for strand in seen.strands
        ],
        fortnight=drawing.fortnight(case.facts.given, case.today),
        sparks=drawing.sparks(case.facts.lines, drawing.LARGE),
        rated=[service.qualities(seen.strands, who) for who in (0, 1)],
        reasons=[service.skipped_because(seen.strands, who) for who in (0, 1)],
        whose=(0, 1) if seen.whose is None else (seen.whose,),
        plain=lambda rated: [(day, value) for day, _name, value in rated],
        draw=drawing,
        words=wording,
        **others,
    )


def _page(door: Opened, form: Filled | None) -> str:
    seen = seen_by_therapist(door, now=clock.now())
    return rendered("caseload/couple.html", seen, door=door, form=form, in_a_row=forms.IN_A_ROW)


def _parts(strand: Strand, piece: service.Piece) -> tuple[drawing.Part, drawing.Part]:
    # What is for a day is drawn on that day, also where it was filled in or opened later.
    first, second = (
        (piece.day if part.opened_before and strand.exercise in SHORT else part.opened_before, part.done_on)
        for part in piece.parts
    )
    return first, second


def _drawn(case: Case, strands: list[Strand]) -> drawing.Span:
    """The days that are drawn: since the last session, or no longer than there is something in them."""
    whole = _span(case)
    if case.last_session is not None:
        return whole
    first = min((piece.day for strand in strands for piece in strand.pieces), default=case.today)
    return drawing.Span(max(whole.first, min(first, case.today - timedelta(days=13))), case.today)


def _span(case: Case) -> drawing.Span:
    first = case.today - BACK
    if case.last_session is not None:
        first = max(first, case.last_session)
    return drawing.Span(max(min(first, case.today - timedelta(days=13)), date.min), case.today)
