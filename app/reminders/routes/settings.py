"""/reminders/settings: when nothing rings, how much the lock screen says, and of what else I am told."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.guards import partner_required
from app.accounts.service import Visitor
from app.core.db import transaction
from app.core.forms import Filled
from app.push.models import REMINDER
from app.reminders import forms, service
from app.reminders.routes.pages import bp


@bp.get("/settings")
@partner_required
def edit_settings(visitor: Visitor) -> ResponseReturnValue:
    """How I want to be told."""
    return _page(visitor, None)


@bp.post("/settings")
@partner_required
def update_settings(visitor: Visitor) -> ResponseReturnValue:
    """Keep that."""
    times = [wish.at for wish in service.wishes_of(visitor)]
    form = forms.SettingsForm.read(request.form, times=times)
    if not form.sound:
        return _page(visitor, form), 422
    with transaction():
        service.edit_settings(visitor.person_id, **form.data)
    flash(gettext("Kept."))
    return redirect("/reminders", 303)


def _page(visitor: Visitor, form: Filled | None) -> str:
    return render_template(
        "reminders/settings.html",
        form=form,
        settings=service.settings_of(visitor.person_id),
        lines=service.lines_of(visitor.locale)[REMINDER],
    )
