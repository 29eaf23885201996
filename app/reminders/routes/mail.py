"""/reminders/mail: an e-mail address for a phone that cannot be rung, where the operator has set up mail."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.accounts.guards import is_fresh, person_required
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound
from app.core.forms import Filled
from app.reminders import forms, service
from app.reminders.routes.pages import bp, has_mail, home_of

FREE_LETTERS = 3
"""Addresses in an hour that cost no wait: they may be those of others."""

TYPED = "mail-typed-by"
"""Where the signed notes of a browser carry who typed which address past the page that asks for a password."""


@bp.get("/mail")
@person_required
def edit_mail(visitor: Visitor) -> ResponseReturnValue:
    """The address, whether it is confirmed, and a form for another."""
    return _page(visitor, None)


@bp.post("/mail")
@person_required
def update_mail(visitor: Visitor) -> ResponseReturnValue:
    """Take down an address, and write to it: for somebody who has just shown that it is them."""
    form = forms.MailForm.read(request.form)
    if not form.sound:
        return _page(visitor, form), 422
    _offered()
    if not is_fresh():
        session[TYPED] = [visitor.person_id, form.data["address"]]
        return redirect(url_for("accounts.new_confirmation", next="/reminders/mail"), 303)
    with transaction():
        accounts.claim_try(f"mail|{visitor.person_id}", free=FREE_LETTERS, now=clock.now())
        service.edit_mail(visitor, form.data["address"], now=clock.now())
    return redirect("/reminders/mail", 303)


@bp.get("/mail/confirmation/<code>")
@person_required
def new_confirmation(visitor: Visitor, code: str) -> ResponseReturnValue:
    """From the letter: a button, since some mail programs follow every link by themselves."""
    mail = service.mail_of(visitor)
    if mail is None or mail.code != code:
        raise NotFound
    return redirect("/reminders/mail") if mail.confirmed else _page(visitor, None, code=code)


@bp.post("/mail/confirmation/<code>")
@person_required
def create_confirmation(visitor: Visitor, code: str) -> ResponseReturnValue:
    """It is mine."""
    with transaction():
        service.confirm_mail(visitor, code, now=clock.now())
    flash(gettext("Confirmed."))
    return redirect("/reminders/mail", 303)


@bp.post("/mail/withdrawal")
@person_required
def create_mail_withdrawal(visitor: Visitor) -> ResponseReturnValue:
    """Write there no more."""
    with transaction():
        service.drop_mail(visitor.person_id)
    flash(gettext("Attune has forgotten that address."))
    return redirect(home_of(visitor), 303)


def _page(visitor: Visitor, form: Filled | None, *, code: str = "") -> str:
    _offered()
    # Also by whom: somebody else may have signed in on this browser since.
    by, typed = (session.pop(TYPED, None) if is_fresh() else None) or ["", ""]
    typed = typed if by == visitor.person_id else ""
    return render_template("reminders/mail.html", form=form, mail=service.mail_of(visitor), code=code, typed=typed)


def _offered() -> None:
    if not has_mail():
        raise NotFound
