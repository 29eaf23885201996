"""/reminders: when I want to be told. Each is one time on the wall on some weekdays."""

from datetime import timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.guards import partner_required
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.forms import Filled
from app.push import service as push
from app.push.models import PushSubscription
from app.reminders import forms, service
from app.reminders.models import WINDOW
from app.reminders.routes.pages import bp, has_mail, weekday_names
from app.reminders.service import Wish

PAUSE = timedelta(days=7)


@bp.get("")
@partner_required
def index(visitor: Visitor) -> ResponseReturnValue:
    """All of mine, when the next rings, and whether this browser does."""
    return page_of(visitor)


@bp.get("/new")
@partner_required
def new(_visitor: Visitor) -> ResponseReturnValue:
    """A form for one more."""
    return _form(None)


@bp.post("")
@partner_required
def create(visitor: Visitor) -> ResponseReturnValue:
    """Ring then, too."""
    settings = service.settings_of(visitor.person_id)
    form = forms.ReminderForm.read(request.form, quiet=(settings.quiet_from, settings.quiet_to))
    if not form.sound:
        return _form(form), 422
    wanted = {
        **form.data,
        "weekdays": sum(1 << int(day) - 1 for day in form.data["weekdays"]),
        "window": int(form.data["window"]),
    }
    try:
        with transaction():
            service.add_reminder(visitor, **wanted, now=clock.now())
    except service.TooManyReminders as error:
        form.errors["_schema"] = str(error.message)
        return _form(form), error.status
    flash(gettext("Kept."))
    return redirect("/reminders", 303)


@bp.post("/<slot_id>/end")
@partner_required
def destroy(visitor: Visitor, slot_id: str) -> ResponseReturnValue:
    """Ring then no more."""
    with transaction():
        service.drop_reminder(visitor, slot_id)
    flash(gettext("Deleted."))
    return redirect("/reminders", 303)


@bp.post("/pause")
@partner_required
def create_pause(visitor: Visitor) -> ResponseReturnValue:
    """A week off."""
    with transaction():
        service.pause(visitor.person_id, until=clock.now() + PAUSE)
    return redirect("/reminders", 303)


@bp.post("/pause/end")
@partner_required
def end_pause(visitor: Visitor) -> ResponseReturnValue:
    """Ring again."""
    with transaction():
        service.resume(visitor.person_id)
    flash(gettext("The week off is over."))
    return redirect("/reminders", 303)


@bp.post("/zone")
@partner_required
def update_zone(visitor: Visitor) -> ResponseReturnValue:
    """I am somewhere else now: the same times on the wall, there."""
    form = forms.ZoneForm.read(request.form)
    if not form.sound:
        return page_of(visitor, form), 422
    with transaction():
        service.move_to_zone(visitor, form.data["zone"], now=clock.now())
    flash(gettext("Your reminders follow you: the same times, by the clock there."))
    return redirect("/reminders", 303)


def page_of(visitor: Visitor, zone: Filled | None = None) -> str:
    """The page of my reminders. `zone`: what was sent to have them follow, and was no zone."""
    now, wishes = clock.now(), service.wishes_of(visitor)
    settings, devices = service.settings_of(visitor.person_id), push.devices_of(visitor.person_id)
    return render_template(
        "reminders/index.html",
        wishes=wishes,
        elsewhere=sorted({wish.zone for wish in wishes} - {visitor.zone}),
        crowded=not settings.several and crowded(wishes),
        next_ring=service.next_ring(visitor, now=now),
        today=now.astimezone(ZoneInfo(visitor.zone)).date(),
        paused=settings.paused_until if settings.paused_until and settings.paused_until > now else None,
        rings_here=rings_here(visitor, devices),
        reach=service.reach_of(visitor, rings=bool(devices), mails=has_mail()),
        form=zone,
        weekdays=weekday_names(),
        window=WINDOW,
    )


def crowded(wishes: list[Wish]) -> bool:
    """Whether there is a day on which more than one wants to ring."""
    return any(one.weekdays & other.weekdays for one, other in combinations(wishes, 2))


def rings_here(visitor: Visitor, devices: list[PushSubscription]) -> bool:
    """Whether the browser that asks is one of the devices that ring."""
    return any(device.session_id == visitor.session_id for device in devices)


def _form(form: Filled | None) -> str:
    return render_template("reminders/new.html", form=form, weekdays=weekday_names(), window=WINDOW)
