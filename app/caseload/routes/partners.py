"""What partners see: what their therapist sees of them, the brief before the therapist, and which answers they show."""

from dataclasses import replace
from datetime import date, timedelta

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.service import Visitor
from app.caseload import forms, service
from app.caseload.routes.couple import rendered, seen_by_partner
from app.caseload.routes.pages import bp
from app.caseload.service import Awaited
from app.caseload.service.guests import Hosted, hosted, own_line
from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound
from app.core.forms import Filled
from app.core.security import asked_ahead
from app.couples.guards import two_required
from app.couples.service import Pair
from app.therapist.models import ASSESSMENTS, RESPONSES, SCORES

AT = "/therapist-access/<guest_id>"
LATELY = timedelta(days=14)
"""How long an answer stands before those from before."""


@bp.get(f"{AT}/view")
@two_required
def show_view(pair: Pair, guest_id: str) -> ResponseReturnValue:
    """The therapist's page of me, read-only: by the same function, without what is my partner's."""
    return _seen(pair, hosted(pair, guest_id, now=clock.now()), "caseload/view.html")


@bp.get(f"{AT}/brief")
@two_required
def show_my_brief(pair: Pair, guest_id: str) -> ResponseReturnValue:
    """The brief, before the therapist sees it."""
    now = clock.now()
    host = hosted(pair, guest_id, now=now)
    if host.session is not None and not service.has_looked(host.session, pair.me.id) and not asked_ahead():
        with transaction():
            host = hosted(pair, guest_id, now=now)
            if host.session is not None:
                service.look_at(host.session, pair.me.id, today=pair.today(now))
        host = hosted(pair, guest_id, now=now)
    return _brief(pair, host, None)


@bp.post(f"{AT}/brief")
@two_required
def update_my_line(pair: Pair, guest_id: str) -> ResponseReturnValue:
    """Add a line that all three read."""
    form, now = forms.BriefLineForm.read(request.form), clock.now()
    host = hosted(pair, guest_id, now=now)
    if host.session is None:
        raise NotFound
    if not form.sound:
        return _brief(pair, host, form), 422
    with transaction():
        session = hosted(pair, guest_id, now=now).session
        if session is None:
            raise NotFound
        service.add_line(session, pair.me, form.data["line"], now=now)
    flash(gettext("Kept. All three of you read it."))
    return redirect(f"/therapist-access/{guest_id}/brief", 303)


@bp.get(f"{AT}/answers")
@two_required
def index_answers(pair: Pair, guest_id: str) -> ResponseReturnValue:
    """My own answers that both of us can read, and which of them I show."""
    return _answers(pair, hosted(pair, guest_id, now=clock.now()), None)


@bp.post(f"{AT}/answers")
@two_required
def update_answer(pair: Pair, guest_id: str) -> ResponseReturnValue:
    """Show one of them, or show it no longer."""
    now = clock.now()
    host = hosted(pair, guest_id, now=now)
    known = {own.prompt_id for own in service.own_of(pair, host.therapist.id, now=now)}
    form = forms.ShowAnswerForm.read(request.form, known=known)
    if not form.sound:
        return _answers(pair, host, form), 422
    with transaction():
        host = hosted(pair, guest_id, now=now)
        if form.data["shown"]:
            service.show(pair, host.therapist.id, form.data["prompt"], now=now)
        else:
            service.take_back(pair, host.therapist.id, form.data["prompt"])
    flash(gettext("Shown.") if form.data["shown"] else gettext("Not shown any more."))
    return redirect(f"/therapist-access/{guest_id}/answers", 303)


@bp.app_template_filter("awaited_by_guests")
def awaited_by_guests(visitor: Visitor, today: date) -> list[Awaited]:
    """What the first page tells somebody of their therapist."""
    return service.awaited(visitor.facts, today)


def _seen(pair: Pair, host: Hosted, template: str, **others: object) -> str:
    """A page of what the therapist sees of me. Of what my partner says yes to nothing follows from it."""
    now = clock.now()
    who = host.two.index(pair.me)
    whole = service.case_of(host.therapist.id, pair.couple_id, today=pair.today(now), now=now)
    line = own_line(pair, now=now) if SCORES in host.mine else None
    lines = (line, None) if who == 0 else (None, line)
    whole = replace(whole, facts=replace(whole.facts, lines=lines))
    chosen = service.shown_by(pair, host.therapist.id, now=now) if RESPONSES in host.mine else []
    sat = service.told_of(pair.couple_id, host.two[who], host.two[1 - who].name) if ASSESSMENTS in host.mine else []
    seen = seen_by_partner(whole, host.author, host.two, who, chosen, sat)
    return rendered(template, seen, host=host, me=pair.me, you=pair.you, **others)


def _brief(pair: Pair, host: Hosted, form: Filled | None) -> str:
    lines = service.lines_of(host.session, host.two) if host.session else []
    return _seen(pair, host, "caseload/my_brief.html", lines=lines, form=form, session=host.session)


def _answers(pair: Pair, host: Hosted, form: Filled | None) -> str:
    now = clock.now()
    own, recent = service.own_of(pair, host.therapist.id, now=now), pair.today(now) - LATELY
    facts = {"own": own, "recent": recent, "allowed": RESPONSES in host.mine, "form": form}
    return render_template("caseload/answers.html", host=host, you=pair.you, **facts)
