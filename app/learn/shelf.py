"""The shelf: every topic, read once from Markdown and checked to the last link.

`content/groups.toml` lists the groups in order: `[[groups]]` with id, title, summary, and `paired = false` where no
exercise for two may follow. `content/<topic>.md` holds a head in TOML between two lines of `+++`, then the text:

    title, summary, group, place (1 is first in the group), exercise (not where the group is not paired)
    neighbours = [two to four ids]       also_called = [words by which people would look for it]
    sources = [{ who = "…", what = "…", year = 1988 }]       where the text claims a fact

The text is paragraphs, lists, emphasis, and links within the app. `content/urgent.toml` holds the words and phrases
that, when somebody searches by them, bring the help lines first.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.learn.topic import EXERCISES, Group, Shelf, Source, Topic

CONTENT = Path(__file__).parent / "content"
WORDS_LEAST, WORDS_MOST = 130, 190
"""How many words make a minute."""

_FENCE = "+++\n"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HEAD = {"title", "group", "place", "summary", "exercise", "neighbours", "sources", "also_called"}
_INSIDE = re.compile(r"/(?:learn/[a-z0-9-]+|exercises/[a-z_]+|exercises|learn|help-lines|privacy)")
_PLAIN = frozenset(
    f"{name}_{end}"
    for name in ("paragraph", "bullet_list", "ordered_list", "list_item", "em", "strong", "link")
    for end in ("open", "close")
) | {"inline", "text", "softbreak"}
"""What Markdown may say here, by the names of the tokens."""

_markdown = MarkdownIt("commonmark", {"html": False})


class ShelfError(ValueError):
    """The content is not whole. The message names file and field."""


@lru_cache(maxsize=1)
def load() -> Shelf:
    """The shelf of this Attune. Raises ShelfError."""
    return read(CONTENT)


def read(folder: Path) -> Shelf:
    """The shelf in a folder. Raises ShelfError."""
    topics = [_topic(path) for path in sorted(folder.glob("*.md"))]
    urgent = _toml("urgent.toml", _read(folder / "urgent.toml"))
    shelf = Shelf(
        {topic.id: topic for topic in topics},
        _groups(folder / "groups.toml", topics),
        *(_texts("urgent.toml", urgent, name, 1, 200) for name in ("words", "phrases")),
    )
    for fault in _faults(shelf):
        raise ShelfError(fault)
    return shelf


def _groups(path: Path, topics: list[Topic]) -> tuple[Group, ...]:
    tables = _toml(path.name, _read(path)).get("groups")
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise ShelfError(f"{path.name}: groups must be tables, at least one")
    return tuple(_group(path.name, table, topics) for table in tables)


def _group(file: str, table: dict[str, Any], topics: list[Topic]) -> Group:
    ident, title, summary = (
        _text(file, table, name, most) for name, most in (("id", 40), ("title", 60), ("summary", 140))
    )
    within = sorted((topic for topic in topics if topic.group == ident), key=lambda topic: topic.place)
    paired = table.get("paired", True)
    if type(paired) is not bool:
        raise ShelfError(f"{file} {ident}: paired must be true or false")
    return Group(ident, title, summary, paired, tuple(within))


def _topic(path: Path) -> Topic:
    file, whole = path.name, _read(path)
    _before, *parts = whole.split(_FENCE, 2)
    if _before or len(parts) != 2:
        raise ShelfError(f"{file} must begin with a head between two lines of +++")
    head = _toml(file, parts[0])
    for surplus in sorted(set(head) - _HEAD):
        raise ShelfError(f"{file}: {surplus} is not known")
    place = head.get("place")
    if type(place) is not int or place < 1:
        raise ShelfError(f"{file}: place must be a whole number from 1")
    if not _ID.fullmatch(path.stem):
        raise ShelfError(f"{file}: a name is small letters, digits and dashes")
    tokens = _markdown.parse(parts[1])
    return Topic(
        id=path.stem,
        title=_text(file, head, "title", 60),
        group=_text(file, head, "group", 40),
        place=place,
        summary=_text(file, head, "summary", 140),
        exercise=_text(file, head, "exercise", 40) if "exercise" in head else "",
        neighbours=_texts(file, head, "neighbours", 2, 4),
        sources=_sources(file, head.get("sources", [])),
        also_called=_texts(file, head, "also_called", 1, 16),
        text=tuple(_said(file, tokens)),
        html=_markdown.renderer.render(tokens, _markdown.options, {}),
    )


def _said(file: str, tokens: list[Token]) -> Iterator[str]:
    """The text without its marks, block by block. Raises ShelfError for what may not stand there."""
    for token in tokens:
        for each in (token, *(token.children or ())):
            if each.type not in _PLAIN or "<" in each.content:
                raise ShelfError(f"{file}: {each.type} {each.content} is more than a text here may hold")
            if each.type == "link_open" and not _INSIDE.fullmatch(str(each.attrGet("href"))):
                raise ShelfError(f"{file}: {each.attrGet('href')} does not lead within the app")
        if token.type == "inline":
            yield "".join(" " if each.type == "softbreak" else each.content for each in token.children or ())


def _sources(file: str, tables: object) -> tuple[Source, ...]:
    found = []
    for table in tables if isinstance(tables, list) else [None]:
        if not isinstance(table, dict) or set(table) != {"who", "what", "year"}:
            raise ShelfError(f"{file}: each of sources needs who, what and year, and nothing else")
        if type(table["year"]) is not int or not 1900 <= table["year"] <= 2100:
            raise ShelfError(f"{file}: the year of a source must be a year")
        found.append(Source(_text(file, table, "who", 100), _text(file, table, "what", 200), table["year"]))
    return tuple(found)


def _faults(shelf: Shelf) -> Iterator[str]:
    """What is wrong between topics, one sentence each."""
    groups: Mapping[str, Group] = {group.id: group for group in shelf.groups}
    named = {name for topic in shelf.topics.values() for name in topic.neighbours}
    if len(groups) < len(shelf.groups):
        yield "groups.toml: an id stands there twice"
    yield from (f"groups.toml {group.id}: there is no topic in it" for group in shelf.groups if not group.topics)
    for topic in shelf.topics.values():
        if topic.group not in groups:
            yield f"{topic.id}.md: there is no group {topic.group}"
            continue
        yield from _faults_of(topic, groups[topic.group])
        linked = re.findall(r'href="/learn/([^"]+)"', topic.html)
        for name in (*topic.neighbours, *linked):
            if name not in shelf.topics or name == topic.id:
                yield f"{topic.id}.md: {name} is no other topic"
        if topic.id not in named:
            yield f"{topic.id}.md is no other topic's neighbour, so nobody would come by"
    titles = [topic.title.casefold() for topic in shelf.topics.values()]
    yield from (f"the title {each} stands there twice" for each in titles if titles.count(each) > 1)


def _faults_of(topic: Topic, group: Group) -> Iterator[str]:
    file, words = f"{topic.id}.md", len(" ".join(topic.text).split())
    if not WORDS_LEAST <= words <= WORDS_MOST:
        yield f"{file} has {words} words; a minute is {WORDS_LEAST} to {WORDS_MOST}"
    if group.paired and topic.exercise not in EXERCISES:
        yield f"{file}: exercise must be one of {', '.join(EXERCISES)}"
    if not group.paired and topic.exercise:
        yield f"{file}: no exercise for two may follow in this group"
    if sum(each.place == topic.place for each in group.topics) > 1:
        yield f"{file}: place {topic.place} is taken twice"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ShelfError(f"{path.name} cannot be read ({error})") from error


def _toml(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ShelfError(f"{file}: the head cannot be read ({error})") from error


def _text(file: str, table: dict[str, Any], name: str, most: int) -> str:
    return _sound(file, name, table.get(name), most)


def _texts(file: str, table: dict[str, Any], name: str, least: int, most: int) -> tuple[str, ...]:
    texts = table.get(name)
    if not isinstance(texts, list) or not least <= len(texts) <= most or len(set(map(str, texts))) < len(texts):
        raise ShelfError(f"{file}: {name} must be {least} to {most} different texts")
    return tuple(_sound(file, name, each, 60) for each in texts)


def _sound(file: str, name: str, text: object, most: int) -> str:
    if not isinstance(text, str) or not text or text != text.strip() or len(text) > most:
        raise ShelfError(f"{file}: {name} must be a text of at most {most} characters, without space around it")
    return text
