"""/path/earlier: my own words of the path from before, to read and to delete."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.guards import fresh_required
from app.core.db import transaction
from app.couples.guards import pair_required
from app.couples.service import Pair
from app.path import service
from app.path.routes.pages import bp


@bp.get("/earlier")
@pair_required
def show_earlier(pair: Pair) -> ResponseReturnValue:
    """What I wrote in a couple that has ended, or when I was alone."""
    return render_template("path/earlier.html", pair=pair, shown=service.former_words(pair))


@bp.post("/earlier/deletion")
@pair_required
@fresh_required
def create_deletion(pair: Pair) -> ResponseReturnValue:
    """Delete it for good."""
    with transaction():
        service.forget_former(pair)
    flash(gettext("Your words from before are deleted."))
    return redirect("/path/earlier", 303)
