"""Sets of homework: give one to a couple, keep one's own, delete it again."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, NotFound
from app.core.forms import Filled
from app.therapist import service
from app.therapist.forms import KeepSetForm, UseSetForm
from app.therapist.guards import author, open_couple_required, therapist_required
from app.therapist.routes.assigning import AT
from app.therapist.routes.giving_form import today_of
from app.therapist.routes.pages import HOMEWORK, bp
from app.therapist.service import Opened


@bp.get(f"{AT}-sets")
@open_couple_required(HOMEWORK)
def index_sets(door: Opened) -> ResponseReturnValue:
    """The sets that there are, and the field to keep another."""
    return render(door, None)


@bp.post(f"{AT}-sets/<set_id>")
@therapist_required
def create_homework_of_set(visitor: Visitor, couple_id: str, set_id: str) -> ResponseReturnValue:
    """Give all of a set."""
    door, now = service.couple_of_therapist(visitor, couple_id), clock.now()
    today = today_of(door)
    chosen, form = service.set_for(author(), set_id), UseSetForm.read(request.form, today=today)
    if not form.sound:
        return render(door, form, chosen=set_id), 422
    try:
        with transaction():
            service.couple_of_therapist(visitor, couple_id)
            given = service.use_set(author(), couple_id, chosen, form.data["first"] or today, now=now, today=today)
    except DomainError as error:
        return refused(door, form, error, chosen=set_id)
    flash(
        gettext("Given. It is part of their day now.")
        if len(given) == len(chosen.entries)
        else gettext("Given. What they had of it already stays as it was.")
    )
    return redirect(f"/caseload/{couple_id}/homework", 303)


@bp.post(f"{AT}-sets")
@therapist_required
def create_set(visitor: Visitor, couple_id: str) -> ResponseReturnValue:
    """Keep what the couple has as a set of one's own."""
    door, now = service.couple_of_therapist(visitor, couple_id), clock.now()
    form, today = KeepSetForm.read(request.form), today_of(door)
    if not form.sound:
        return render(door, form), 422
    try:
        with transaction():
            service.couple_of_therapist(visitor, couple_id)
            rows = service.homework_of([couple_id], today, None)[couple_id]
            service.keep_set(
                author(), form.data["name"], [row for row in rows if row.therapist_id == author().id], now=now
            )
    except DomainError as error:
        return refused(door, form, error)
    flash(gettext("Kept. You can give it to other couples, too."))
    return redirect(f"/caseload/{couple_id}/homework-sets", 303)


@bp.post(f"{AT}-sets/<set_id>/end")
@therapist_required
def destroy_set(visitor: Visitor, couple_id: str, set_id: str) -> ResponseReturnValue:
    """Delete one of one's own."""
    service.couple_of_therapist(visitor, couple_id)
    with transaction():
        service.drop_set(author(), set_id)
    flash(gettext("Deleted. What was given from it stays."))
    return redirect(f"/caseload/{couple_id}/homework-sets", 303)


def refused(door: Opened, form: Filled, error: DomainError, *, chosen: str = "") -> ResponseReturnValue:
    """The page with the sentence that says why."""
    if isinstance(error, NotFound):
        raise error
    return render(door, form, chosen=chosen, trouble=str(error.message)), int(error.status)


def render(door: Opened, form: Filled | None, *, chosen: str = "", trouble: str = "") -> str:
    """The page of sets; `chosen` is the one whose form came back, "" for that of a new one."""
    common, own = service.sets_of(author())
    names = dict(service.exercises_of(author()))
    return render_template(
        "therapist/sets.html",
        door=door,
        today=today_of(door),
        common=common,
        own=own,
        names=names,
        form=form,
        chosen=chosen,
        trouble=trouble,
    )
