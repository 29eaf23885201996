"""Taking a record along. Each download is kept for the couple as a visit, whatever is in it."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.service import Visitor
from app.caseload import forms, service, writers
from app.caseload.routes.pages import EXPORT, LOOK, bp, case_at
from app.caseload.service import Wanted
from app.core import clock
from app.core.events import Event, tell
from app.core.forms import Filled
from app.therapist import service as therapist
from app.therapist.guards import author, couple_of_therapist, open_couple_required, therapist_required
from app.therapist.service import Opened

SHAPES = {
    "pdf": (writers.paper, "application/pdf", "pdf"),
    "csv": (writers.as_csv, "application/zip", "csv.zip"),
    "xlsx": (writers.as_sheet, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "json": (writers.as_json, "application/json", "json"),
    "fhir": (writers.bundle, "application/fhir+json", "fhir.json"),
}


@bp.get("/caseload/<couple_id>/export")
@open_couple_required(LOOK)
def new_export(door: Opened) -> ResponseReturnValue:
    """What can be taken along, and how."""
    return _page(door, None)


@bp.post("/caseload/<couple_id>/export")
@therapist_required
def create_export(visitor: Visitor, couple_id: str) -> ResponseReturnValue:
    """A record, made at this moment and laid down nowhere."""
    form = forms.ExportForm.read(request.form)
    if not form.sound:
        return _page(therapist.couple_of_therapist(visitor, couple_id), form), 422
    door = couple_of_therapist(visitor, couple_id, EXPORT)
    now, data = clock.now(), form.data
    wanted = Wanted(data["whose"], named=data["named"], words=data["words"])
    tell(Event.RECORD_TAKEN)
    record = service.record_of(author(), door, case_at(door, now=now), wanted, now=now)
    write, mimetype, ending = SHAPES[data["format"]]
    name = f"attune-{record.pseudonym}-{record.made_on.isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write(record, service.texts_of_records()), mimetype=mimetype, headers=headers)


def _page(door: Opened, form: Filled | None) -> str:
    ident = service.pseudonym_of(author(), door.couple.id, "C")
    return render_template("caseload/export.html", door=door, form=form, pseudonym=ident)
