"""A browser subscribes, and its worker reports what it has shown, or asks to be rung again."""

from datetime import timedelta
from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue

from app.accounts.guards import device_label, person_required
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound
from app.push import service
from app.push.endpoints import HOSTS
from app.push.forms import DeviceForm, ShownForm
from app.push.routes.pages import bp

SNOOZE = timedelta(hours=1)


@bp.get("/key")
@person_required
def show_key(_visitor: Visitor) -> ResponseReturnValue:
    """The public key to subscribe with."""
    key = service.current_key()
    if key is None:
        raise NotFound
    return {"key": key.public}


@bp.post("/subscription")
@person_required
def create_subscription(visitor: Visitor) -> ResponseReturnValue:
    """Ring on this browser, or go on doing so. Sent again as the person looks at pages, so that nothing is lost."""
    form = DeviceForm.read(request.form)
    if not form.sound:
        return {"errors": form.errors}, 422
    config: Any = current_app.extensions["attune"]
    asked, hosts = form.data.pop("asked"), (*HOSTS, *config.push_hosts)
    device = service.Device(**form.data, label=device_label())
    with transaction():
        service.subscribe(visitor, device, hosts, asked=asked, loopback=config.push_loopback, now=clock.now())
    return "", 204


@bp.post("/shown")
@person_required
def create_shown(visitor: Visitor) -> ResponseReturnValue:
    """The worker has shown a notification."""
    form = ShownForm.read(request.form)
    if not form.sound:
        return {"errors": form.errors}, 422
    with transaction():
        service.note_shown(visitor.person_id, form.data["id"], now=clock.now())
    return "", 204


@bp.post("/later")
@person_required
def create_later(visitor: Visitor) -> ResponseReturnValue:
    """In an hour, please: from the notification itself."""
    form = ShownForm.read(request.form)
    if not form.sound:
        return {"errors": form.errors}, 422
    notification_id = form.data["id"].partition(".")[0]
    with transaction():
        if not service.postpone(visitor.person_id, notification_id, now=clock.now(), by=SNOOZE):
            raise NotFound
    return "", 204
