"""What the pages of weeks share: how a week is named in an address and in words."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint
from flask_babel import format_date, gettext

from app.core.errors import NotFound
from app.scores.charts import Chart, chart
from app.scores.service import Week

bp = Blueprint("weeks", __name__, url_prefix="/weeks")

FIRST_YEAR = 1970
"""No couple has a week before this one."""
TREND = 12
"""Weeks of the line on the page of one week."""


@bp.app_template_filter("iso_week")
def iso_week(monday: date) -> str:
    """A week as it stands in an address: 2026-W46."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


@bp.app_template_filter("week_number")
def week_number(monday: date) -> int:
    """Its number in the year."""
    return monday.isocalendar().week


@bp.app_template_filter("week_days")
def days_in_words(monday: date, *, dated: bool = False) -> str:
    """From when to when: 9 to 15 November. With `dated` the last day is told with its year."""
    sunday = monday + timedelta(days=6)
    first = format_date(monday, "d" if monday.month == sunday.month else "d MMMM")
    last = format_date(sunday, "d MMMM yyyy" if dated else "d MMMM")
    return str(gettext("%(first)s to %(last)s", first=first, last=last))


def monday_asked(week: str) -> date:
    """The Monday of a week in an address. Raises NotFound for what is no week."""
    found = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", week)
    if found is None or int(found[1]) < FIRST_YEAR:
        raise NotFound
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise NotFound from None


def year_of(monday: date) -> int:
    """The year that a week belongs to: that of its Thursday."""
    return monday.isocalendar().year


def month_of(monday: date) -> date:
    """The first day of the month that a week belongs to: that of its Thursday."""
    return (monday + timedelta(days=3)).replace(day=1)


def line_of(weeks: Sequence[Week]) -> Chart:
    """The chart of one's own weeks."""
    return chart([week.score for week in weeks])
