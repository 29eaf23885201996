"""/digest/notice: whether a therapist is told once a week that there is something to look at, when, and on what."""

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from app.accounts.service import Visitor
from app.caseload.forms import HOURS, NoticeForm
from app.caseload.routes.pages import bp
from app.core import clock
from app.core.db import transaction
from app.core.forms import Filled
from app.push import service as push
from app.reminders import service as reminders
from app.therapist.guards import therapist_required

MONDAY_AT_EIGHT = ("1", "8")
"""What stands in the form of somebody who has not chosen."""


@bp.get("/digest/notice")
@therapist_required
def edit_notice(visitor: Visitor) -> ResponseReturnValue:
    """The choice, and whether this device rings."""
    return _page(visitor, None)


@bp.post("/digest/notice")
@therapist_required
def update_notice(visitor: Visitor) -> ResponseReturnValue:
    """Tell me then, in the zone of my account."""
    form = NoticeForm.read(request.form)
    if not form.sound:
        return _page(visitor, form), 422
    weekday, at = int(form.data["weekday"]) - 1, int(form.data["hour"]) * 60
    with transaction():
        reminders.tell_weekly(visitor, weekday=weekday, at=at, now=clock.now())
    flash(gettext("Kept."))
    return redirect("/digest/notice", 303)


@bp.post("/digest/notice/end")
@therapist_required
def end_notice(visitor: Visitor) -> ResponseReturnValue:
    """Tell me no more."""
    with transaction():
        reminders.stop_weekly(visitor)
    flash(gettext("Attune sends you nothing any more."))
    return redirect("/digest/notice", 303)


def _page(visitor: Visitor, form: Filled | None) -> str:
    wish, devices = reminders.weekly_of(visitor), push.devices_of(visitor.person_id)
    days = get_locale().days["stand-alone"]["wide"]
    return render_template(
        "caseload/notice.html",
        form=form,
        wish=wish,
        chosen=(str(wish.weekdays.bit_length()), str(wish.at // 60)) if wish else MONDAY_AT_EIGHT,
        days=[(str(day + 1), days[day]) for day in range(7)],
        hours=[(hour, f"{int(hour):02}:00") for hour in HOURS],
        rings_here=any(each.session_id == visitor.session_id for each in devices),
        reach=reminders.reach_of(visitor, rings=bool(devices), mails=bool(current_app.extensions["mailer"])),
    )
