"""/weeks/together: both lines, while both want that. Until I have opened mine, nothing tells what the other did."""

import math

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.db import transaction
from app.couples.guards import two_required
from app.couples.service import Pair
from app.scores import service
from app.scores.attunement import Score
from app.scores.charts import chart
from app.scores.routes.pages import bp

SHOWN = 26
"""The newest weeks of both that are drawn: half a year."""


@bp.get("/together")
@two_required
def show_together(pair: Pair) -> ResponseReturnValue:
    """Both lines and the gap; or how they come to be there.

    Whether the other has opened theirs is not even looked up before I have opened mine: what is not asked cannot show.
    """
    opened = service.opened_at(pair) is not None
    found = service.together(pair, now=clock.now()) if opened else None
    weeks = found.weeks[-SHOWN:] if found else ()
    while weeks and weeks[0].mine.level is None and weeks[0].yours.level is None:
        weeks = weeks[1:]
    last = next((week for week in reversed(weeks) if week.gap is not None), None)
    return render_template(
        "scores/together.html",
        pair=pair,
        opened=opened,
        found=found,
        weeks=weeks,
        chart=chart([week.mine for week in weeks], [week.yours for week in weeks]),
        last=last,
        give_or_take=math.hypot(_band(last.mine), _band(last.yours)) if last else None,
    )


def _band(score: Score) -> float:
    """Points to either side of the level; the band itself may be cut at an end of the scale."""
    level, low, high = score.level or 0.0, score.low or 0.0, score.high or 0.0
    return max(level - low, high - level)


@bp.post("/together/opening")
@two_required
def create_opening(pair: Pair) -> ResponseReturnValue:
    """Open my weeks to my partner, from my side."""
    with transaction():
        service.open_weeks(pair, now=clock.now())
    return redirect("/weeks/together", 303)


@bp.post("/together/opening/withdrawal")
@two_required
def create_withdrawal(pair: Pair) -> ResponseReturnValue:
    """Shut them again, at once and for both."""
    with transaction():
        service.shut_weeks(pair)
    return redirect("/weeks/together", 303)
