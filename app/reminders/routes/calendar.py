"""One's reminders as a calendar, for phones that cannot be pushed to."""

from flask import Response, current_app, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.guards import fresh_required, person_required
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.policy import public
from app.reminders import service
from app.reminders.routes.pages import bp


@bp.get("/calendar")
@person_required
def show_feed(visitor: Visitor) -> ResponseReturnValue:
    """Whether there is an address, and how to make or take back one."""
    has_feed = service.settings_of(visitor.person_id).feed_hash is not None
    return render_template("reminders/calendar.html", has_feed=has_feed, address="")


@bp.post("/calendar")
@person_required
@fresh_required
def create_feed(visitor: Visitor) -> ResponseReturnValue:
    """A fresh address, shown this once. The one before no longer works."""
    with transaction():
        token = service.open_feed(visitor.person_id)
    address = f"{current_app.extensions['attune'].base_url}/reminders/calendar/{token}.ics"
    return render_template("reminders/calendar.html", has_feed=True, address=address)


@bp.post("/calendar/withdrawal")
@person_required
def create_feed_withdrawal(visitor: Visitor) -> ResponseReturnValue:
    """The address no longer works."""
    with transaction():
        service.close_feed(visitor.person_id)
    flash(gettext("The address of your calendar no longer works."))
    return redirect("/reminders/calendar", 303)


@bp.get("/calendar/<token>.ics")
@public
def show_calendar(token: str) -> Response:
    """The calendar itself, for whoever has its address: a calendar program signs in nowhere."""
    calendar = service.calendar_of(token, now=clock.now())
    return Response(calendar, content_type="text/calendar; charset=utf-8")
