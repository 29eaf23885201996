"""/reminders/health: whether reminders can arrive, on which devices they do, and what to do where they do not."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.accounts.guards import device_label, person_required
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.push import service as push
from app.push.models import FAILED, MAIL, OCCASION, OPENED, REMINDER, TEST, TURN, WEEK, PushSubscription
from app.reminders import service
from app.reminders.models import ReminderSettings
from app.reminders.routes.pages import bp, has_mail
from app.reminders.routes.reminders import rings_here
from app.reminders.schedule import quiet_until

FREE_TESTS = 5
"""Tests in an hour that cost no wait."""

SYSTEMS = {"iPhone": "iphone", "iPad": "iphone", "Android": "android"}


@bp.get("/health")
@person_required
def show_health(visitor: Visitor) -> ResponseReturnValue:
    """Each device, what is next, and what was lost."""
    now = clock.now()
    settings, devices = service.settings_of(visitor.person_id), push.devices_of(visitor.person_id)
    return render_template(
        "reminders/health.html",
        devices=[(device, trouble_of(device)) for device in devices],
        this=visitor.session_id,
        reminded=service.has_reminders(visitor.person_id),
        rings_here=rings_here(visitor, devices),
        reach=service.reach_of(visitor, rings=bool(devices), mails=has_mail()),
        next_ring=service.next_ring(visitor, now=now),
        today=now.astimezone(ZoneInfo(visitor.zone)).date(),
        paused=settings.paused_until if settings.paused_until and settings.paused_until > now else None,
        quiet=quiet_now(settings, visitor.zone, now),
        lost=[(each.day, kind_in_words(each.kind), each.outcome == FAILED) for each in _lost(visitor, now)],
        mail=mail_of(visitor),
        system=next((name for sign, name in SYSTEMS.items() if sign in device_label()), "desktop"),
    )


@bp.post("/test")
@person_required
def create_test(visitor: Visitor) -> ResponseReturnValue:
    """Ring once, now, on all of them."""
    if not push.devices_of(visitor.person_id) and not mail_of(visitor):
        flash(gettext("No device rings yet, so nothing was sent."))
        return redirect("/reminders/health", 303)
    with transaction():
        accounts.claim_try(f"push-test|{visitor.person_id}", free=FREE_TESTS, now=clock.now())
        service.send_test(visitor.person_id, now=clock.now())
    flash(gettext("Sent. It should arrive within half a minute."))
    return redirect("/reminders/health", 303)


@bp.post("/devices/<subscription_id>/end")
@person_required
def end_device(visitor: Visitor, subscription_id: str) -> ResponseReturnValue:
    """Ring there no more."""
    with transaction():
        push.drop_device(visitor.person_id, subscription_id, now=clock.now())
    flash(gettext("That device rings no more."))
    return redirect("/reminders/health", 303)


def trouble_of(device: PushSubscription) -> str:
    """What went wrong the last time something was sent to a device, for a person to read; "" when nothing did."""
    code = device.failure or ""
    if not code:
        return ""
    if code == "429":
        return str(gettext("Its push service asked Attune to wait. It is tried again by itself."))
    if code in {"timeout", "network", "408", "425"} or code.startswith("5"):
        return str(gettext("Its push service could not be reached. It is tried again by itself."))
    if code == "413":
        return str(gettext("Its push service found the message too large. Please tell whoever keeps this server."))
    if code == "unsendable":
        return str(gettext("What this browser gave cannot be used. Remove it here, and let it ring anew there."))
    return str(
        gettext("Its push service turned Attune away (%(code)s). Please tell whoever keeps this server.", code=code)
    )


def kind_in_words(kind: str) -> str:
    """What a notification was about."""
    kinds: dict[str, str] = {
        REMINDER: gettext("A reminder"),
        OPENED: gettext("“Both answers are open”"),
        TURN: gettext("“Your turn”"),
        WEEK: gettext("“Your week is ready”"),
        OCCASION: gettext("“Your time together is now”"),
        TEST: gettext("A test"),
        MAIL: gettext("The letter that confirms your address"),
    }
    return kinds[kind]


def mail_of(visitor: Visitor) -> str:
    """The address that Attune writes to where no device rings; "" for none."""
    mail = service.mail_of(visitor) if has_mail() else None
    return mail.address if mail and mail.confirmed else ""


def quiet_now(settings: ReminderSettings, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours end, if it is quiet now."""
    return quiet_until(now, zone, settings.quiet_from, settings.quiet_to)


def _lost(visitor: Visitor, now: datetime) -> list[service.Lost]:
    return service.lost_lately(visitor.person_id, visitor.zone, now=now)
