"""Exercises in a therapist's own words: written step by step, looked at as the two will see them, copied, put away."""

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, NotFound
from app.core.forms import Filled
from app.therapist import service
from app.therapist.forms import NewOwnForm, OwnForm, step_form
from app.therapist.guards import therapist_required
from app.therapist.own_guide import (
    KINDS,
    LENGTHS,
    READ,
    SECONDS,
    Table,
    with_step,
    with_step_changed,
    with_step_earlier,
    without_step,
)
from app.therapist.routes.pages import bp
from app.therapist.service import Author, Own

AT = "/own-exercises"


@bp.get(AT)
@therapist_required
def index_own(visitor: Visitor) -> ResponseReturnValue:
    """All of them, and the field to begin another."""
    return _index(visitor, None)


@bp.post(AT)
@therapist_required
def create_own(visitor: Visitor) -> ResponseReturnValue:
    """Begin another."""
    form = NewOwnForm.read(request.form)
    if not form.sound:
        return _index(visitor, form), 422
    try:
        with transaction():
            ident = service.begin_own(Author.of(visitor), form.data["name"], now=clock.now())
    except service.TooManyOwn as error:
        return _index(visitor, form, str(error.message)), int(error.status)
    return redirect(f"{AT}/{ident}", 303)


@bp.get(f"{AT}/<own_id>")
@therapist_required
def show_own(visitor: Visitor, own_id: str) -> ResponseReturnValue:
    """How it stands: what the two will see, and what it still needs."""
    return _page(service.own_for(Author.of(visitor), own_id), None)


@bp.post(f"{AT}/<own_id>")
@therapist_required
def update_own(visitor: Visitor, own_id: str) -> ResponseReturnValue:
    """Keep what is told of it."""
    own, form = service.own_for(Author.of(visitor), own_id), OwnForm.read(request.form)
    if not form.sound:
        return _page(own, form), 422
    return _write(visitor, own, {**own.table, **form.data}, partial(_page, own, form))


@bp.post(f"{AT}/<own_id>/copy")
@therapist_required
def create_own_copy(visitor: Visitor, own_id: str) -> ResponseReturnValue:
    """The same once more, to be changed."""
    author = Author.of(visitor)
    with transaction():
        ident = service.begin_own(author, service.own_for(author, own_id).table, now=clock.now())
    flash(gettext("This is the copy."))
    return redirect(f"{AT}/{ident}", 303)


@bp.post(f"{AT}/<own_id>/end")
@therapist_required
def destroy_own(visitor: Visitor, own_id: str) -> ResponseReturnValue:
    """Put it away."""
    with transaction():
        service.put_away(Author.of(visitor), own_id, now=clock.now())
    flash(gettext("Put away. Where it was given, it goes on."))
    return redirect(AT, 303)


@bp.get(f"{AT}/<own_id>/new-step")
@therapist_required
def new_own_step(visitor: Visitor, own_id: str) -> ResponseReturnValue:
    """The form for another step of a kind."""
    kind = request.args.get("kind", READ)
    return _step_page(service.own_for(Author.of(visitor), own_id), None, kind if kind in KINDS else READ, None)


@bp.post(f"{AT}/<own_id>/steps")
@therapist_required
def create_own_step(visitor: Visitor, own_id: str) -> ResponseReturnValue:
    """Add it at the end."""
    own, form = service.own_for(Author.of(visitor), own_id), step_form(request.form.get("kind", "")).read(request.form)
    if not form.sound:
        return _step_page(own, None, form.value("kind"), form), 422
    again = partial(_step_page, own, None, form.data["kind"], form)
    return _write(visitor, own, with_step(own.table, form.data), again)


@bp.get(f"{AT}/<own_id>/steps/<step_id>")
@therapist_required
def edit_own_step(visitor: Visitor, own_id: str, step_id: str) -> ResponseReturnValue:
    """The form to change one."""
    own = service.own_for(Author.of(visitor), own_id)
    step = _step(own, step_id)
    return _step_page(own, step_id, step["kind"], Filled(typed=_typed_again(step)))


@bp.post(f"{AT}/<own_id>/steps/<step_id>")
@therapist_required
def update_own_step(visitor: Visitor, own_id: str, step_id: str) -> ResponseReturnValue:
    """Change it."""
    own, form = service.own_for(Author.of(visitor), own_id), step_form(request.form.get("kind", "")).read(request.form)
    _step(own, step_id)
    if not form.sound:
        return _step_page(own, step_id, form.value("kind"), form), 422
    again = partial(_step_page, own, step_id, form.data["kind"], form)
    return _write(visitor, own, with_step_changed(own.table, step_id, form.data), again)


@bp.post(f"{AT}/<own_id>/steps/<step_id>/earlier")
@therapist_required
def update_own_step_earlier(visitor: Visitor, own_id: str, step_id: str) -> ResponseReturnValue:
    """Let it come one step earlier."""
    own = service.own_for(Author.of(visitor), own_id)
    _step(own, step_id)
    return _write(visitor, own, with_step_earlier(own.table, step_id), partial(_page, own, None))


@bp.post(f"{AT}/<own_id>/steps/<step_id>/end")
@therapist_required
def destroy_own_step(visitor: Visitor, own_id: str, step_id: str) -> ResponseReturnValue:
    """Take it out."""
    own = service.own_for(Author.of(visitor), own_id)
    _step(own, step_id)
    return _write(visitor, own, without_step(own.table, step_id), partial(_page, own, None))


def _write(visitor: Visitor, own: Own, table: Table, again: Callable[[str], str]) -> ResponseReturnValue:
    try:
        with transaction():
            service.write_own(Author.of(visitor), own.id, table)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return again(str(error.message)), int(error.status)
    flash(gettext("Kept."))
    return redirect(f"{AT}/{own.id}", 303)


def _step(own: Own, step_id: str) -> Table:
    found: Table | None = next((each for each in own.table["steps"] if each["id"] == step_id), None)
    if found is None:
        raise NotFound
    return found


def _typed_again(table: Table) -> MultiDict[str, str]:
    again: MultiDict[str, str] = MultiDict()
    for name, value in table.items():
        if name not in {"id", "steps", "number"}:
            again.add(name, "\n".join(value) if isinstance(value, list) else str(value))
    return again


def _index(visitor: Visitor, form: Filled | None, trouble: str = "") -> str:
    owns = service.owns_of(Author.of(visitor))
    return render_template("therapist/own.html", owns=owns, form=form, trouble=trouble)


def _page(own: Own, form: Filled | None, trouble: str = "") -> str:
    shown = form or Filled(typed=_typed_again(own.table))
    return render_template("therapist/own_one.html", own=own, form=shown, kinds=KINDS, trouble=trouble)


def _step_page(own: Own, step_id: str | None, kind: str, form: Filled | None, trouble: str = "") -> str:
    typed = form.value("seconds") if form else ""
    now = int(typed) if typed.isascii() and typed.isdigit() else LENGTHS[0]
    lengths = sorted({*LENGTHS, now} & {*SECONDS})
    shared = {"own": own, "step_id": step_id, "kind": kind, "lengths": lengths}
    return render_template("therapist/own_step.html", form=form, trouble=trouble, **shared)
