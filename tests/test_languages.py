"""Another language can be added: no sentence stands past gettext in a template, and all that goes there is found."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from app.accounts import guards

APP = Path("app")
TEMPLATES = sorted(APP.glob("templates/**/*.html"))
PHRASES = {"_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}
READ = {"title", "alt", "placeholder", "aria-label", "aria-description"}
"""Attributes that people see or hear. Those of our elements are read, too, where they hold more than one word."""

NAME = "Attune"
NO_WORDS = re.compile(r'[\w-]+="[^"]*"|/[\w/-]*')
"""What a block may put inside a tag or an address, which a template that fills it shows on its own."""


class Words(HTMLParser):
    """Collects what a page says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag in {"script", "style"}
        self.said += [value for name, value in attrs if value and (name in READ or is_told(name, value))]

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(NO_WORDS.sub("", data))


def is_told(name: str, value: str) -> bool:
    """Whether an attribute of an element of ours holds a sentence and not the names of its states."""
    return name.startswith("data-") and name != "data-state" and " " in value.strip()


def written(node: nodes.Node) -> Iterator[str]:
    """The parts of a template that go out as they stand."""
    yield from (each.data for each in node.find_all(nodes.TemplateData))


def parsed(template: Path) -> nodes.Template:
    return Environment(autoescape=True).parse(template.read_text())


def test_no_word_stands_in_a_template_past_gettext():
    loose = {}
    for template in TEMPLATES:
        page = Words()
        page.feed("".join(written(parsed(template))))
        if said := [each.strip() for each in page.said if re.search(r"[^\W\d_]{2}", each.replace(NAME, ""))]:
            loose[str(template)] = said
    assert not loose


def phrases(path: Path) -> Iterator[tuple[int, bool]]:
    """(line, whether its text stands there as it is) of everything in a file that is to be said in other languages."""
    if path.suffix == ".html":
        for call in parsed(path).find_all(nodes.Call):
            if getattr(call.node, "name", "") in PHRASES:
                texts = call.args[:2] if call.node.name.startswith("n") else call.args[:1]
                yield call.lineno, all(isinstance(each, nodes.Const) for each in texts)
    else:
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and (name := getattr(call.func, "id", "")) in PHRASES:
                texts = call.args[:2] if "ngettext" in name else call.args[:1]
                yield call.lineno, all(isinstance(each, ast.Constant) for each in texts)


@pytest.mark.parametrize("kind", ["html", "py"])
def test_what_is_to_be_translated_stands_there_word_by_word(kind):
    found = {(path, line): plain for path in APP.glob(f"**/*.{kind}") for line, plain in phrases(path)}
    assert len(found) > len(TEMPLATES) / 2
    assert not [where for where, plain in found.items() if not plain]


@pytest.mark.only_on("sqlite")
def test_a_page_says_which_language_it_is_in_also_to_a_stranger(client, monkeypatch):
    monkeypatch.setattr(guards, "LOCALES", ("en", "es"))
    for language in guards.LOCALES:
        assert f'<html lang="{language}"' in client.get("/", headers={"Accept-Language": language}).text
