"""What is worked out once for everybody: in each language its own, escaped, and the same as if worked out each time."""

from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import render_template
from flask_babel import Babel
from jinja2 import DictLoader

from app import Attune
from app.core.pages import DRAWINGS

DRAWN = (
    "{% macro icon(name, big=False) %}<svg class='{{ name }}{{ ' big' if big }}'/>{% endmacro %}"
    "{% macro halves(me, you) %}<path class='{{ me }} {{ you }}'/>{% endmacro %}"
    "{% macro mark(me, you) %}<g>{{ halves(me, you) }}</g>{% endmacro %}"
)
FIXED = "{% set word = _('Today') %}{{ _('Today') }} {{ word }} {{ asset('a.css') }}{{ icon('x', big=True) }}"
LOOSE = "{{ _('Hello %(name)s', name=name) }} {{ ngettext('%(num)s day', '%(num)s days', num) }} {{ icon(name) }}"
PAGES = {
    "below.html": "<title>{% block title %}{% endblock %}</title>{{ _('Today') }}",
    "fixed.html": "{% extends 'below.html' %}{% from 'parts/marks.html' import icon %}"
    "{% block title %}" + FIXED + "{% endblock %}",
    "loose.html": "{% from 'parts/marks.html' import icon, mark %}" + LOOSE + "{{ mark(name, 'you') }}",
    "helped.html": "{% from 'macros.html' import greet %}{{ greet(name) }}",
    "macros.html": "{% from 'parts/marks.html' import icon %}{% macro greet(name) %}"
    "{{ icon('x') }}{{ _('Hello %(name)s', name=name) }}{{ _('Today') }}{% endmacro %}",
    DRAWINGS: DRAWN,
}
SPANISH = {
    "Today": "Hoy <b>",
    "Hello %(name)s": "Hola %(name)s",
    ("%(num)s day", "%(num)s days"): ("%(num)s día", "%(num)s días"),
}


@pytest.fixture
def shown(tmp_path):
    """`shown("es", "fixed.html", name="Ana")`: the page as somebody who speaks Spanish gets it."""
    catalog = Catalog(locale="es")
    for text, told in SPANISH.items():
        catalog.add(text, told)
    home = tmp_path / "es" / "LC_MESSAGES"
    home.mkdir(parents=True)
    packed = BytesIO()
    write_mo(packed, catalog)
    (home / "messages.mo").write_bytes(packed.getvalue())
    speaks = []
    app = Attune("pages")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    app.jinja_options = {"loader": DictLoader(PAGES)}
    Babel(app, locale_selector=lambda: speaks[-1])
    app.jinja_env.globals["asset"] = lambda name: f"/static/{name}"

    def show(language, page, **values):
        speaks.append(language)
        with app.test_request_context():
            return render_template(page, **values)

    return show


def test_each_gets_the_page_in_their_language_whoever_came_first(shown):
    english = "<title>Today Today /static/a.css<svg class='x big'/></title>Today"
    for _ in range(2):
        assert shown("en", "fixed.html") == english
        # What a translator writes is ours, and no less trusted than a template.
        assert shown("es", "fixed.html") == english.replace("Today", "Hoy <b>")


def test_what_a_person_is_called_is_escaped_wherever_it_goes(shown):
    told = shown("es", "loose.html", name="<i>", num=2)
    assert told == "Hola &lt;i&gt; 2 días <svg class='&lt;i&gt;'/><g><path class='&lt;i&gt; you'/></g>"
    assert shown("es", "loose.html", name="Ana", num=1).startswith("Hola Ana 1 día <svg class='Ana'/><g>")


def test_a_number_beside_a_name_from_right_to_left_stays_where_it_is(shown):
    """Without isolates, "Hello %(name)s: 9 of 10" would be shown as "Hello 9 :…ת of 10"."""
    assert shown("en", "loose.html", name="ענת", num=2).startswith("Hello \u2068ענת\u2069 2 days")


def test_a_macro_of_another_file_speaks_the_language_of_its_page(shown):
    assert shown("en", "helped.html", name="<i>") == "<svg class='x'/>Hello &lt;i&gt;Today"
    assert shown("es", "helped.html", name="<i>") == "<svg class='x'/>Hola &lt;i&gt;Hoy <b>"
