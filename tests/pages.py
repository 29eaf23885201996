"""What every page must be. The test client asks this of each page that any test fetches."""

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

SPACE = "{http://www.w3.org/1999/xhtml}"
UNLABELLED = {"hidden", "submit", "button"}


def bones(html: str) -> int:
    """What pages have in common that differ by no more than texts, ids, numbers, and what stands in fields."""
    told = re.sub(r">(?!\s*<)[^<>]*<", ">.<", html) if "&lt;Macro " not in html else html
    return hash(re.sub(r'[\w-]{22}|\d+|(?<= value=")[^"<>&]*(?=")', ".", told))


def faults(html: str) -> Iterator[str]:
    """What is wrong with a page, one sentence each."""
    parser = html5lib.HTMLParser(strict=False)
    page = parser.parse(html)
    for (line, column), code, facts in parser.errors:
        yield f"line {line}, column {column}: {code} {facts or ''}".rstrip()
    elements = [each for each in page.iter() if isinstance(each.tag, str)]
    for each in elements:
        each.tag = each.tag.removeprefix(SPACE)
    yield from _head_faults(page, elements)
    yield from _id_faults(elements)
    yield from _inline_faults(elements)
    yield from _form_faults(elements)


def _head_faults(page: Element, elements: list[Element]) -> Iterator[str]:
    if not page.get("lang"):
        yield "html has no lang"
    title = " ".join("".join(each.itertext()) for each in elements if each.tag == "title").strip()
    if not title.removesuffix("· Attune").strip():
        yield f"the title says nothing: {title!r}"
    heads = ["".join(each.itertext()).strip() for each in elements if each.tag == "h1"]
    if len(heads) != 1 or not heads[0]:
        yield f"one h1 with words is needed, not {heads}"
    if sum(each.tag == "main" for each in elements) != 1:
        yield "one main is needed"
    if any("<Macro " in text for text in page.itertext()):
        yield "a macro stands in place of what it says"
    if not any(each.tag == "a" and each.get("href") == "/help-lines" for each in elements):
        yield "help is more than a tap away"


def _id_faults(elements: list[Element]) -> Iterator[str]:
    ids = Counter(each.get("id") for each in elements if each.get("id") is not None)
    yield from (f"the id {ident!r} stands {count} times" for ident, count in ids.items() if count > 1)
    for each in elements:
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for ident in (each.get(name) or "").split():
                if ident not in ids:
                    yield f"{each.tag} points by {name} to {ident!r}, which is not there"


def _inline_faults(elements: list[Element]) -> Iterator[str]:
    for each in elements:
        if each.tag == "style" or each.get("style") is not None:
            yield f"{each.tag} brings a style of its own"
        if each.tag == "script" and not each.get("src") and each.get("type") != "application/json":
            yield "a script stands in the page"
        handlers = [name for name in each.attrib if isinstance(name, str) and name.startswith("on")]
        if handlers:
            yield f"{each.tag} brings a script of its own: {handlers}"
        for name in ("src", "href", "action"):
            address = each.get(name) or ""
            if address.startswith(("http:", "https:", "//", "javascript:")) and not _is_way_out(each, address):
                yield f"{each.tag} leads out of the app: {address}"


def _is_way_out(each: Element, address: str) -> bool:
    """Whether it is a link that a person may follow, which then tells nobody where they came from."""
    return each.tag == "a" and address.startswith("http") and "noreferrer" in (each.get("rel") or "").split()


def _form_faults(elements: list[Element]) -> Iterator[str]:
    named = {each.get("for") for each in elements if each.tag == "label"}
    wrapped = {id(each) for label in elements if label.tag == "label" for each in label.iter()}
    for each in elements:
        if each.tag == "form" and (not each.get("action") or each.get("method") not in {"get", "post", "dialog"}):
            yield f"a form needs an action and a method: {each.attrib}"
        if (
            each.tag in {"input", "select", "textarea"}
            and each.get("type") not in UNLABELLED
            and each.get("hidden") is None
        ):
            labelled = each.get("id") in named or id(each) in wrapped or each.get("aria-label")
            if not labelled and not each.get("aria-labelledby"):
                yield f"{each.tag} {each.get('name')!r} has no label"
        if each.tag == "button" and not each.get("type"):
            yield "a button must say its type"
        if each.tag == "fieldset" and not any(child.tag == "legend" for child in each):
            yield "a fieldset has no legend"
