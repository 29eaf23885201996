"""The templates of pages. What is the same for everybody is worked out once, when a template is compiled.

That is what is called with constants: a phrase, the address of a static file, a drawing of `parts/marks.html`. What it
gives stands in the compiled template. Phrases differ by language, and so each language has templates of its own.
"""

from collections.abc import Callable, MutableMapping
from datetime import date
from functools import lru_cache, partial
from typing import Any, cast
from unicodedata import bidirectional

from babel import Locale, dates
from babel.support import NullTranslations
from flask import current_app
from flask.templating import Environment
from flask_babel import force_locale, format_date, get_translations
from jinja2 import Template, nodes
from jinja2.runtime import Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

DRAWINGS, KEPT = "parts/marks.html", ("halves", "mark")
"""The drawings, and those of them that are kept once drawn: they differ by two colours and a few yes and no."""


class Pages(Environment):
    """Flask's environment, with one below it for each language."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """The one that Flask asks for templates."""
        super().__init__(*args, **options)
        self._languages: dict[str, Pages] = {}
        self._fixed: dict[str, Callable[..., str]] = {}

    def get_or_select_template(
        self,
        template_name_or_list: str | Template | list[str | Template],
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's names
    ) -> Template:
        """The template in the language of whoever looks."""
        language = current_app.extensions["babel"].locale_selector()
        if language not in self._languages:
            self._languages[language] = self._speaking(language)
        return super(Pages, self._languages[language]).get_or_select_template(template_name_or_list, parent, globals)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One mapping instead of Jinja's chain of two, which every page would copy name by name."""
        return {**self.globals, **(d or {})}

    def _speaking(self, language: str) -> "Pages":
        pages: Pages = self.overlay()
        with force_locale(language):
            phrase, counted = phrases(get_translations())
        pages.filters = {**self.filters, "dateformat": partial(told_day, locale=Locale.parse(language))}
        pages.globals = {**self.globals, "_": phrase, "gettext": phrase, "ngettext": counted}
        drawings = pages.get_template(DRAWINGS).module
        drawn = {name: each for name, each in vars(drawings).items() if isinstance(each, Macro)}
        pages.globals |= drawn | {name: lru_cache(maxsize=256)(drawn[name]) for name in KEPT}
        pages._fixed = {"_": phrase, "asset": cast("Callable[..., str]", self.globals["asset"]), **drawn}
        return pages

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        return _Fixing(self._fixed).visit(template) if self._fixed else template


class _Fixing(NodeTransformer):
    """Puts what a call gives in the place of the call."""

    def __init__(self, fixed: dict[str, Callable[..., str]]) -> None:
        self._fixed = fixed

    def visit_FromImport(self, line: nodes.FromImport) -> nodes.Node | None:  # noqa: N802 - Jinja's name
        """Drawings are there without, and an import would cost each page more than what it draws."""
        return None if getattr(line.template, "value", "") == DRAWINGS else line

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        """What only names, numbers and texts go into is the same each time. Else the call stays."""
        self.generic_visit(call)
        name = getattr(call.node, "name", "")
        if name not in self._fixed or call.dyn_args or call.dyn_kwargs:
            return call
        try:
            given = [each.as_const() for each in call.args]
            named = {each.key: each.value.as_const() for each in call.kwargs}
        except nodes.Impossible:
            return call
        return nodes.Const(self._fixed[name](*given, **named), lineno=call.lineno)


def phrases(translations: NullTranslations) -> tuple[Callable[..., str], Callable[..., str]]:
    """(`_`, `ngettext`) of a language. What stands in for `%(name)s` is escaped, as Jinja itself would."""

    def phrase(text: str, **values: object) -> str:
        return _filled(translations.ugettext(text), values)

    def counted(one: str, many: str, num: int, **values: object) -> str:
        return _filled(translations.ungettext(one, many, num), {"num": num, **values})

    return phrase, counted


def _filled(text: str, values: dict[str, object]) -> str:
    return Markup(text % {name: _apart(escape(value)) for name, value in values.items()})  # noqa: S704 - the text is ours


def _apart(value: str) -> str:
    """The same; what runs from right to left within Unicode's isolates, or a number after it would change places."""
    turned = not value.isascii() and any(bidirectional(each) in {"R", "AL"} for each in value)
    return f"\u2068{value}\u2069" if turned else value


def told_day(day: date, pattern: str | None = None, *, locale: Locale) -> str:
    """The `dateformat` of templates: a day, or the day of an instant where the visitor is, in their language."""
    # An instant is a date as well, but which day it falls on depends on the visitor.
    return _told(day, pattern, locale) if type(day) is date else format_date(day, pattern)


@lru_cache(maxsize=4096)
def _told(day: date, pattern: str | None, locale: Locale) -> str:
    return dates.format_date(day, pattern or "medium", locale)
