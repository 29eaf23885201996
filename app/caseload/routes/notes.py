"""A therapist's own notes on a couple. For them alone."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.service import Visitor
from app.caseload import forms, service
from app.caseload.routes.pages import bp
from app.core import clock
from app.core.db import transaction
from app.core.forms import Filled
from app.therapist import service as therapist
from app.therapist.guards import author, therapist_required
from app.therapist.service import Opened

AT = "/caseload/<couple_id>/notes"


@bp.get(AT)
@therapist_required
def index_notes(visitor: Visitor, couple_id: str) -> ResponseReturnValue:
    """All of them, the newest first. A look at one's own notes is no visit to the couple."""
    return _page(therapist.couple_of_therapist(visitor, couple_id), None)


@bp.post(AT)
@therapist_required
def create_note(visitor: Visitor, couple_id: str) -> ResponseReturnValue:
    """Keep one."""
    door, form = therapist.couple_of_therapist(visitor, couple_id), forms.NoteForm.read(request.form)
    if not form.sound:
        return _page(door, form), 422
    with transaction():
        therapist.couple_of_therapist(visitor, couple_id)
        service.note_down(author(), couple_id, form.data["words"], now=clock.now())
    flash(gettext("Kept, for you alone."))
    return redirect(f"/caseload/{couple_id}/notes", 303)


@bp.post(f"{AT}/<note_id>/erasure")
@therapist_required
def destroy_note(visitor: Visitor, couple_id: str, note_id: str) -> ResponseReturnValue:
    """Delete one, for good."""
    therapist.couple_of_therapist(visitor, couple_id)
    with transaction():
        service.erase_note(author(), couple_id, note_id)
    flash(gettext("Deleted."))
    return redirect(f"/caseload/{couple_id}/notes", 303)


def _page(door: Opened, form: Filled | None) -> str:
    notes = service.notes_of(author(), door.couple.id)
    return render_template("caseload/notes.html", door=door, notes=notes, form=form)
