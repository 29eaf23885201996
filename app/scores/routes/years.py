"""/weeks/years and /weeks/year/<year>: all my weeks, by years and by months, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import NotFound
from app.couples.guards import two_required
from app.couples.service import Pair
from app.scores import service
from app.scores.routes.pages import bp, line_of, month_of, year_of
from app.scores.service import Week


@dataclass(frozen=True)
class Stretch:
    """Some weeks in a row, and the last one of them that could be told."""

    name: date
    weeks: Sequence[Week]

    @property
    def first(self) -> Week | None:
        """The first week that could be told."""
        return next((week for week in self.weeks if week.score.level is not None), None)

    @property
    def last(self) -> Week | None:
        """The last week that could be told."""
        return next((week for week in reversed(self.weeks) if week.score.level is not None), None)


@bp.get("/years")
@two_required
def years(pair: Pair) -> ResponseReturnValue:
    """The whole line, and what each year began and ended with."""
    weeks = _over(pair)
    by_year = [Stretch(date(year, 1, 1), list(some)) for year, some in groupby(weeks, lambda each: year_of(each.week))]
    return render_template(
        "scores/years.html", pair=pair, weeks=weeks, years=by_year, months=_months(weeks), chart=line_of(weeks)
    )


@bp.get("/year/<int:year>")
@two_required
def year(pair: Pair, year: int) -> ResponseReturnValue:
    """The weeks of a year, month by month. A year without any is not there, but for the running one."""
    weeks = _over(pair)
    known = {year_of(each.week) for each in weeks} | {year_of(service.monday_of(pair.today(clock.now())))}
    if year not in known:
        raise NotFound
    shown = [each for each in weeks if year_of(each.week) == year]
    return render_template(
        "scores/year.html",
        pair=pair,
        year=year,
        years=sorted(known),
        months=_months(shown),
        weeks=shown,
        chart=line_of(shown),
    )


def _over(pair: Pair) -> list[Week]:
    return [week for week in service.weeks_of(pair, now=clock.now()) if week.over]


def _months(weeks: Sequence[Week]) -> list[Stretch]:
    return [Stretch(month, list(some)) for month, some in groupby(weeks, lambda each: month_of(each.week))]
