"""The browsers a person is signed in on, and the end of each."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service
from app.accounts.guards import person_required
from app.accounts.models import THERAPIST
from app.accounts.routes.door import let_out
from app.accounts.routes.pages import bp
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.events import Event, tell


@bp.get("/settings/devices")
@person_required
def index_devices(visitor: Visitor) -> ResponseReturnValue:
    """All of them, this one first, by the day alone."""
    sessions = service.sessions_of(visitor, now=clock.now())
    resets = service.resets_of(visitor.person_id) if visitor.role == THERAPIST else []
    return render_template("accounts/devices.html", sessions=sessions, this=visitor.session_id, resets=resets)


@bp.post("/settings/devices/<session_id>/end")
@person_required
def end_device(visitor: Visitor, session_id: str) -> ResponseReturnValue:
    """Sign out on one. On this one it is the same as signing out."""
    with transaction():
        service.end_session(visitor, session_id, now=clock.now())
    tell(Event.SESSIONS_ENDED)
    if session_id == visitor.session_id:
        return let_out()
    flash(gettext("Signed out there."))
    return redirect("/settings/devices", 303)


@bp.post("/settings/devices/others/end")
@person_required
def end_other_devices(visitor: Visitor) -> ResponseReturnValue:
    """Sign out everywhere but here."""
    with transaction():
        service.end_sessions(visitor.person_id, now=clock.now(), but=visitor.session_id)
    tell(Event.SESSIONS_ENDED)
    flash(gettext("Signed out everywhere else."))
    return redirect("/settings/devices", 303)
