"""What two find at an occasion whose exercise is not there any more: their own words, each of them."""

from flask import g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.db import transaction
from app.guided import service
from app.guided.routes.occasions import two_wrote, typed
from app.guided.routes.pages import beside, side_by_side
from app.guided.routes.pages import occasions as bp


@bp.errorhandler(service.ExerciseGone)
def tell_of_gone(_error: service.ExerciseGone) -> ResponseReturnValue:
    """Its exercise went with whoever wrote it: their own words are still here, and what was being typed is kept."""
    occasion_id = (request.view_args or {})["occasion_id"]
    pair, path = g.pair, f"/occasions/{occasion_id}"
    occasion = service.occasion_of_pair(pair, occasion_id)
    if request.method == "POST":
        if request.form.get("text") and not two_wrote() and request.form.get("lane", pair.me.side) == pair.me.side:
            with transaction():
                service.save_draft(pair, occasion, typed(request.form), now=clock.now())
        return redirect(beside(path, together=two_wrote()), 303)
    if request.path.endswith("/state"):
        # The page of it is another now, whatever it was.
        return jsonify(version="", left=None, ticking=False)
    if request.path != path:
        return redirect(beside(path, together=True), 303)
    remains = None if side_by_side() else service.remains_of(pair, occasion)
    shelved = service.was_shelved(occasion)
    return render_template("guided/gone.html", pair=pair, remains=remains, shelved=shelved)
