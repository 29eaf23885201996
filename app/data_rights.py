"""Everybody's own words, to take away or to erase for good, gathered from every feature."""

from flask import Blueprint, Flask, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import erased, export, research
from app.accounts import service as accounts
from app.accounts.guards import cookie_name, fresh_required, https, is_fresh, person, person_required
from app.accounts.models import THERAPIST
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.events import Event, tell
from app.core.forms import Filled, Form, Line
from app.core.taps import word_typed
from app.couples import service as couples
from app.guided import service as guided

bp = Blueprint("data_rights", __name__)


class DeletionForm(Form):
    """The word that says one means it."""

    word = Line(required=True)


def init_app(app: Flask) -> None:
    """Add the pages of export and deletion."""
    app.register_blueprint(bp)


@bp.get("/export")
@person_required
def show_export(_visitor: Visitor) -> ResponseReturnValue:
    """What an export holds, and the button."""
    return render_template("data_rights/export.html")


@bp.post("/export")
@person_required
@fresh_required
def create_export(visitor: Visitor) -> ResponseReturnValue:
    """The export itself, made as it is sent."""
    now = clock.now()
    tell(Event.EXPORT_MADE)
    return _download(export.archive(person(visitor), now=now), f"attune-{now:%Y-%m-%d}.zip")


@bp.post("/export/research")
@person_required
@fresh_required
def create_research(visitor: Visitor) -> ResponseReturnValue:
    """The numbers alone, in tables to work with."""
    now = clock.now()
    pair = couples.pair_of(visitor)
    tell(Event.EXPORT_MADE)
    return _download(research.archive(person(visitor), pair, now=now), f"attune-numbers-{now:%Y-%m-%d}.zip")


@bp.get("/settings/deletion")
@person_required
def new_deletion(visitor: Visitor) -> ResponseReturnValue:
    """What deletion means, and the word to type."""
    typed = word_typed(visitor.person_id)
    return _deletion_page(visitor, None, typed=typed if is_fresh() else "")


@bp.post("/settings/deletion")
@person_required
@fresh_required
def create_deletion(visitor: Visitor) -> ResponseReturnValue:
    """Leave the couple, erase the person with all that is theirs, and say goodbye."""
    form = DeletionForm.read(request.form)
    if form.sound and form.data["word"].casefold() != word_to_type().casefold():
        form.errors["word"] = gettext("Please type the word as it stands there.")
    if not form.sound:
        return _deletion_page(visitor, form), 422
    now, config = clock.now(), current_app.extensions["attune"]
    with transaction():
        pair = couples.pair_of(visitor)
        if pair is not None:
            couples.leave_couple(pair, now=now)
        accounts.end_sessions(visitor.person_id, now=now)
        accounts.erase_person(person(visitor))
        couples.erase_deserted()
        if visitor.role == THERAPIST:
            # The exercises that they wrote are gone with their key.
            guided.end_without_exercise(now=now)
    tell(Event.ACCOUNT_ERASED)
    erased.remember(config, visitor.person_id, now.date())
    erased.empty_journal()
    return _goodbye()


def word_to_type() -> str:
    """The word that must be typed before anything is erased."""
    return str(gettext("erase"))


def _download(archive: bytes, name: str) -> Response:
    response = Response(archive, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _deletion_page(visitor: Visitor, form: Filled | None, *, typed: str = "") -> str:
    together = (pair := couples.pair_of(visitor)) is not None and pair.you is not None
    return render_template("data_rights/deletion.html", form=form, word=word_to_type(), together=together, typed=typed)


def _goodbye() -> Response:
    g.visitor = None
    response = make_response(render_template("data_rights/goodbye.html"))
    response.delete_cookie(cookie_name(), secure=https(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
