"""What somebody opens of a sitting and shuts again; and the map, which is there while both have opened one."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.assessments import service
from app.assessments.between import between
from app.assessments.forms import OpenForm, ShutForm
from app.assessments.instrument import Instrument
from app.assessments.models import ANSWERS, PARTNER, PRIVATE
from app.assessments.routes import both as views
from app.assessments.routes import wording
from app.assessments.routes.pages import asked, bp, mine, sat
from app.assessments.service import Both
from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound
from app.couples.guards import pair_required, two_required
from app.couples.service import Pair


@sat.post("/<sitting_id>/release")
@pair_required
def create_release(pair: Pair, sitting_id: str) -> ResponseReturnValue:
    """Open a part of a sitting to somebody, from my side."""
    sitting, words = mine(pair, sitting_id)
    form = OpenForm.read(request.form)
    part, audience = form.data.get("part", ""), form.data.get("audience", "")
    if form.sound and (part, audience) == (PRIVATE, PARTNER) and not form.data["sure"]:
        form.errors["sure"] = gettext("Please tick this first. There is no hurry.")
    if not form.sound:
        page = render_template("assessments/release.html", pair=pair, instrument=words, sitting=sitting, form=form)
        return page, 422
    with transaction():
        service.open_part(pair, sitting, words, part, audience, now=clock.now())
    return redirect(_back(sitting_id, words, part, audience), 303)


@sat.post("/<sitting_id>/release/withdrawal")
@pair_required
def create_withdrawal(pair: Pair, sitting_id: str) -> ResponseReturnValue:
    """Shut it again, at once."""
    sitting, words = mine(pair, sitting_id)
    form = ShutForm.read(request.form)
    if not form.sound:
        page = render_template("assessments/release.html", pair=pair, instrument=words, sitting=sitting, form=form)
        return page, 422
    part, audience = form.data["part"], form.data["audience"]
    with transaction():
        service.shut_part(pair, sitting_id, part, audience, now=clock.now())
    return redirect(_back(sitting_id, words, part, audience), 303)


@bp.get("/<instrument>/map")
@two_required
def show_map(pair: Pair, instrument: str) -> ResponseReturnValue:
    """Both views of each part of life; or how they come to be there.

    Whether the other has opened theirs is not even looked up before I have opened mine: what is not asked cannot show.
    """
    found = asked(instrument)
    if not found.compared:
        raise NotFound
    both = service.both_open(pair, found)
    finished = [
        each for each in service.sittings_of(pair)
        if each.instrument == found.id and each.finished_at and each.couple_id == pair.couple_id
    ]  # fmt: skip
    return render_template(
        "assessments/map.html",
        pair=pair,
        instrument=found,
        mine=both.mine if both else service.mine_open(pair, found),
        latest=finished[-1] if finished else None,
        may_open=bool(finished) and service.may_open(pair, finished[-1], found, ANSWERS, PARTNER),
        both=both,
        seen=_seen(pair, found, both) if both else None,
        words=wording,
    )


def _seen(pair: Pair, instrument: Instrument, both: Both) -> views.Seen | None:
    """What lies between the two; None where their words were not the same."""
    mine, yours = both.mine, both.yours
    same = mine.version == yours.version and (mine.wording_hash == yours.wording_hash or instrument.built_in)
    if not (same and mine.version == instrument.version):
        return None
    return views.seen_by_both(pair, instrument, both, between(instrument, mine.answers, yours.answers))


def _back(sitting_id: str, words: Instrument, part: str, audience: str) -> str:
    if part == PRIVATE:
        return f"/sittings/{sitting_id}/private"
    return f"/assessments/{words.id}/map" if audience == PARTNER and words.compared else f"/sittings/{sitting_id}"
