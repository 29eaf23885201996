"""What the pages of reminders share: times and weekdays in words."""

from babel.lists import format_list
from flask import Blueprint, current_app
from flask_babel import get_locale, gettext

from app.accounts.models import PARTNER
from app.accounts.service import Visitor
from app.reminders.forms import clock_of
from app.reminders.models import EVERY_DAY

WORKDAYS, WEEKEND = 0b0011111, 0b1100000

bp = Blueprint("reminders", __name__, url_prefix="/reminders")
bp.add_app_template_filter(clock_of, "clock")


@bp.app_template_global("has_mail")
def has_mail() -> bool:
    """Whether this Attune can send e-mail."""
    return bool(current_app.extensions["mailer"])


@bp.app_template_global("reminders_of")
def home_of(visitor: Visitor) -> str:
    """The page on which somebody says when they are told."""
    return "/reminders" if visitor.role == PARTNER else "/digest/notice"


@bp.app_template_filter("weekdays")
def weekdays_in_words(weekdays: int) -> str:
    """The weekdays of a reminder: bit 0 is Monday."""
    if weekdays == EVERY_DAY:
        return str(gettext("every day"))
    if weekdays == WORKDAYS:
        return str(gettext("Monday to Friday"))
    if weekdays == WEEKEND:
        return str(gettext("at the weekend"))
    locale = get_locale()
    names = locale.days["stand-alone"]["wide"]
    return format_list([names[day] for day in range(7) if weekdays >> day & 1], locale=locale)


def weekday_names() -> list[tuple[str, str]]:
    """(one letter, the whole name) of each weekday, Monday first."""
    days = get_locale().days["stand-alone"]
    return [(days["narrow"][day], days["wide"][day]) for day in range(7)]
