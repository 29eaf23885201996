"""The phrases and days of a page. Flask-Babel looks for the language anew at every phrase; here a page looks once."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from babel import Locale, dates
from flask import Flask
from flask_babel import format_date, get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


def init_app(app: Flask) -> None:
    """Give each page `_` and `ngettext` in its language. Macros of another file keep those of Flask-Babel."""
    app.context_processor(phrases)
    app.jinja_env.filters["dateformat"] = told_day


def phrases() -> dict[str, Callable[..., str]]:
    """What a page calls its phrases by. What stands in for `%(name)s` is escaped, as Jinja itself would."""
    translations = get_translations()

    @pass_eval_context
    def phrase(page: EvalContext, text: str, **values: object) -> str:
        found = translations.ugettext(text)
        return (Markup(found) if page.autoescape else found) % values  # noqa: S704 - it is ours

    @pass_eval_context
    def counted(page: EvalContext, one: str, many: str, num: int, **values: object) -> str:
        found = translations.ungettext(one, many, num)
        return (Markup(found) if page.autoescape else found) % {"num": num, **values}  # noqa: S704 - it is ours

    return {"_": phrase, "gettext": phrase, "ngettext": counted}


def told_day(day: date, pattern: str | None = None) -> str:
    """The `dateformat` of templates: a day, or the day of an instant where the visitor is, in their language."""
    locale = get_locale()
    # An instant is a date as well, but which day it falls on depends on the visitor.
    return format_date(day, pattern) if type(day) is not date or locale is None else _told(day, pattern, locale)


@lru_cache(maxsize=4096)
def _told(day: date, pattern: str | None, locale: Locale) -> str:
    return dates.format_date(day, pattern or "medium", locale)
