"""A therapist's practice, and a colleague to invite."""

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from app.accounts import service as accounts
from app.accounts.guards import fresh_required, person
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.forms import Filled
from app.therapist import service
from app.therapist.forms import PracticeForm
from app.therapist.guards import therapist_required
from app.therapist.routes.pages import bp


class NotWelcome(DomainError):
    """Here only whoever runs the server makes therapists."""

    message = lazy_gettext("On this Attune, whoever runs the server makes therapists.")


FREE = 10
"""Colleagues that one therapist may invite in an hour at no wait."""


@bp.get("/practice")
@therapist_required
def edit_practice(visitor: Visitor) -> ResponseReturnValue:
    """What couples are to know first."""
    return _page(visitor, None)


@bp.post("/practice")
@therapist_required
def update_practice(visitor: Visitor) -> ResponseReturnValue:
    """Keep it. Couples read it as it is now."""
    form = PracticeForm.read(request.form)
    if not form.sound:
        return _page(visitor, form), 422
    with transaction():
        service.edit_practice(person(visitor), **form.data)
    flash(gettext("Kept."))
    return redirect("/caseload", 303)


@bp.post("/practice/colleague")
@therapist_required
@fresh_required
def create_colleague(visitor: Visitor) -> ResponseReturnValue:
    """A link for a colleague, shown this once. Raises NotWelcome."""
    if not colleagues_welcome():
        raise NotWelcome
    now = clock.now()
    with transaction():
        accounts.claim_try(f"colleague|{visitor.person_id}", free=FREE, now=now)
        code = accounts.invite_therapist("", person(visitor), now=now)
    link = f"{current_app.extensions['attune'].base_url}/therapists/invited#{code}"
    return render_template("therapist/colleague.html", link=link, code=code, until=now + accounts.WELCOME)


def colleagues_welcome() -> bool:
    """Whether therapists may invite others to become one."""
    return bool(current_app.extensions["attune"].therapists == "invited")


def _page(visitor: Visitor, form: Filled | None) -> str:
    practice, welcome = service.practice_of(person(visitor)), colleagues_welcome()
    return render_template("therapist/practice.html", form=form, practice=practice, welcome=welcome)
