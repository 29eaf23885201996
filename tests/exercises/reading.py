"""A page as somebody reads it: what was said by whom, what stands beside what, and what a form holds."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from lxml.html import HTMLParser, document_fromstring

READER = HTMLParser(remove_comments=True)


def parse(html: str) -> Element:
    """The page as elements with plain names, read twenty times as fast as by what looks for faults in it."""
    page: Element = document_fromstring(html, parser=READER)
    for each in page.iter("textarea"):
        # A browser drops the first line break of a field.
        each.text = (each.text or "").removeprefix("\n")
    return page


def having(page: Element, name: str) -> Iterator[Element]:
    """The elements with this class, in order."""
    return (each for each in page.iter() if name in (each.get("class") or "").split())


def text(element: Element) -> str:
    """What an element says, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def said(html: str) -> list[tuple[str, str]]:
    """(who, words) of every box with words that somebody wrote; the words with their line breaks."""
    found = []
    for box in having(parse(html), "said"):
        who = next((text(each) for each in having(box, "who")), "")
        words = ["".join(each.itertext()) for each in having(box, "lines")]
        found.append((who, "\n".join(words)))
    return found


def seam(html: str) -> dict[str, tuple[str, str]]:
    """Title → (mine, yours) of what stands on both sides of an opened check-in."""
    cells = list(next(having(parse(html), "seam")))
    found = {}
    for title, mine, yours in zip(cells[::3], cells[1::3], cells[2::3], strict=True):
        found[text(title)] = (text(mine), text(yours))
    return found


def fields(html: str, action: str) -> list[tuple[str, str]]:
    """What a browser would send if the form with this action were sent as it stands, without its buttons."""
    form = next(each for each in parse(html).iter("form") if each.get("action") == action)
    found = []
    for each in form.iter():
        if each.tag == "textarea":
            found.append((each.get("name", ""), each.text or ""))
        elif each.tag == "select":
            chosen = [option for option in each.iter("option") if option.get("selected") is not None]
            found += [(each.get("name", ""), option.get("value", "")) for option in chosen]
        elif each.tag == "input" and each.get("type") in {"radio", "checkbox"}:
            found += [(each.get("name", ""), each.get("value", ""))] if each.get("checked") is not None else []
        elif each.tag == "input":
            found.append((each.get("name", ""), each.get("value", "")))
    return found
