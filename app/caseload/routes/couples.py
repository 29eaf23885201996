"""All couples of a therapist: what needs attention first; and the week in one list."""

import unicodedata
from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.guards import person
from app.accounts.service import Visitor
from app.caseload import drawing, service
from app.caseload.attention import FLAGS
from app.caseload.routes import wording
from app.caseload.routes.pages import bp, today_here
from app.caseload.service import Case
from app.core import clock
from app.reminders import service as reminders
from app.therapist import service as therapist
from app.therapist.guards import therapist_required

ACTIVE, FLAGGED, SOON, ARCHIVED = WHICH = ("active", "flagged", "soon", "archived")
"""What a list can be narrowed to."""
LATELY = timedelta(days=7)
"""How long the list says that a couple has left it."""
LONGEST = 60
"""Characters of what is searched for."""


@bp.get("/caseload")
@therapist_required
def index(visitor: Visitor) -> ResponseReturnValue:
    """The couples whose door is open now."""
    now = clock.now()
    today = today_here(now)
    cases = service.caseload_of(visitor.person_id, today=today, now=now)
    which = request.args.get("show", ACTIVE)
    sought = request.args.get("q", "").strip()[:LONGEST]
    shown = [case for case in cases if _wanted(case, which if which in WHICH else ACTIVE) and _found(case, sought)]
    # What is only of interest where there is little to look at is not asked for in a long list.
    bare, ended = not cases, therapist.ended_of(visitor)
    return render_template(
        "caseload/index.html",
        cases=shown,
        count=sum(not case.archived for case in cases),
        archived=sum(case.archived for case in cases),
        soon=sum(not case.archived and service.is_soon(case) for case in cases),
        which=which if which in WHICH else ACTIVE,
        sought=sought,
        today=today,
        draw=drawing,
        words=wording,
        practice=therapist.practice_of(person(visitor)) if bare else None,
        ended=ended,
        lately=[each for each in ended if each.until > today - LATELY],
    )


@bp.get("/digest")
@therapist_required
def show_digest(visitor: Visitor) -> ResponseReturnValue:
    """What is worth a look this week, in one list. Nothing that stands in it is ever sent."""
    now = clock.now()
    today = today_here(now)
    cases = [each for each in service.caseload_of(visitor.person_id, today=today, now=now) if not each.archived]
    groups = [(kind, [case for case in cases if any(flag.kind == kind for flag in case.flags)]) for kind in FLAGS]
    return render_template(
        "caseload/digest.html",
        groups=[(kind, each) for kind, each in groups if each],
        quiet=[case for case in cases if not case.flags],
        sessions=sorted(filter(service.is_soon, cases), key=lambda case: (case.session or today, case.name)),
        today=today,
        words=wording,
        told=reminders.weekly_of(visitor) is not None,
    )


def _wanted(case: Case, which: str) -> bool:
    if which == ARCHIVED:
        return case.archived
    narrower = {FLAGGED: bool(case.flags), SOON: service.is_soon(case)}
    return not case.archived and narrower.get(which, True)


def _found(case: Case, sought: str) -> bool:
    name = _plain(case.name)
    return all(word in name for word in _plain(sought).split())


def _plain(text: str) -> str:
    """Without case, accents and what is neither letter nor digit: as somebody types a name in haste."""
    parts = (each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return "".join(each if each.isalnum() else " " for each in parts)
