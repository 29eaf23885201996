"""All that the content of Attune says, in one place: plain, for any two people, nothing twice, and leading somewhere.

Content is whatever lies in `app/*/content`, so that what a new feature brings is held to the same.

**Grade.** Flesch-Kincaid grows with the words of a sentence and the syllables of a word, and says little of a few words
alone. A text of ENOUGH words or more is measured by itself. Shorter ones are put one after the other, each as a
sentence of its own, as they stand in their section of the file, until a portion has ENOUGH words; what is left at the
end of a section joins the portion before it, or is measured with what is left of the whole file. Names and single
words, such as those for a feeling, are not read in a row by anybody, and have no grade.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import textstat

APP = Path(__file__).resolve().parent.parent / "app"

ELSEWHERE = {
    "assessments/content/keys/": "how published scales are scored, under the names that they have",
    "caseload/content/fonts/": "a typeface, and its licence",
    "caseload/content/paper.typ": "how a paper is set",
    "core/content/words.txt": "words for codes, which nobody reads as a text",
    "couples/content/help_lines.toml": "names of help lines, in the languages of their countries",
}
"""What is in a folder of content and is no text of ours: a file, or all files of a folder."""

NO_TEXT = {
    "also_called",
    "exercise",
    "exercises",
    "family",
    "id",
    "intensity",
    "kind",
    "near",
    "opens",
    "options",
    "who",
}
"""Entries that hold a name for the code, or words that one may search by."""
FACTS = {
    "aliases",
    "also_called",
    "authors",
    "doi",
    "hash",
    "licence",
    "permission",
    "source",
    "sources",
    "terms",
    "url",
}
"""Entries that hold what others said, as it stands there, or what somebody may type to find it."""
UNASKED = {"retired"}
"""Tables of what is not asked any more."""

ENOUGH, GRADE = 25, 7.0
"""Words of a portion at the least, and the grade that no portion passes."""
ALIKE, TELLING = 0.8, 4
"""From how much in common on two texts say the same, and how many words of weight a text needs to be compared."""

BANNED = {
    "a role of one gender": r"husbands?|wife|wives|boyfriends?|girlfriends?|bride|groom|spouses?|ladies|gentlemen",
    "a gender": r"he|she|him|his|her|hers|himself|herself",
    "a marriage taken for granted": r"your marriage|married couples?|marital|better half",
    "blame": r"your fault|their fault|to blame|blame (?:him|her|them|you)|guilty|toxic|narcissis\w+|abuser|crazy|"
    r"selfish|overreact\w*|too sensitive|you are (?:so |too )?(?:lazy|cold|needy)",
    "a law": r"must always|must never again|always have to|never ever|you should have|real couples|good couples",
    "jargon": r"validat\w+|attachment style|co-regulat\w+|trigger\w*|boundar(?:y|ies)|trauma\w*|dysfunction\w*|"
    r"codepend\w+|psychoeducation|empathic|empathize|non-?verbal",
}
"""What no text says, with the reason."""
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
LIGHT = frozenset(
    WORD.findall(
        "a about again all also an and any are as at be been before but by can could day did do does each even "
        "ever for from get gets go had has have how i if in into is it its just last less like made make makes me "
        "more most much my no not of off on once one ones only or other others our out own same say so some "
        "somebody something still such take than that the their them then there these they thing things this those "
        "to today too two up us very was way we were what when where which while who whom whose why will with "
        "without would you your yours yourself "
    )
)


@dataclass(frozen=True)
class Text:
    """A text of the content: in which file, under which names, and what it says."""

    file: str
    path: tuple[str, ...]
    says: str

    @property
    def section(self) -> str:
        """The table at the head of the file that it stands in."""
        return self.path[0] if len(self.path) > 1 else ""

    @property
    def kind(self) -> str:
        """The feature that it is of: what is asked there may not be asked there twice."""
        return self.file.partition("/")[0]

    def __str__(self) -> str:
        return f"{self.file} {'.'.join(self.path)}: {self.says}"


@lru_cache(maxsize=1)
def content() -> dict[str, Any]:
    """What lies in each file, by its name below app: the table of a TOML, or {"": text} of a Markdown file."""
    files = sorted(path for path in APP.glob("*/content/**/*") if path.is_file())
    found: dict[str, Any] = {}
    for path in files:
        name = path.relative_to(APP).as_posix()
        if name.startswith(tuple(ELSEWHERE)):
            continue
        text = path.read_text(encoding="utf-8")
        assert path.suffix in {".toml", ".md"}, f"{name} is of no kind that this test can read"
        found[name] = tomllib.loads(text) if path.suffix == ".toml" else _markdown(text)
    return found


def _markdown(text: str) -> dict[str, Any]:
    """Its facts, which may stand between two lines of `+++` at the head, and its paragraphs."""
    _, fence, rest = text.partition("+++\n") if text.startswith("+++\n") else ("", "", text)
    facts, _, body = rest.partition("\n+++\n") if fence else ("", "", rest)
    return {**tomllib.loads(facts), "body": [part for part in body.split("\n\n") if part.strip()]}


@lru_cache(maxsize=1)
def texts() -> tuple[Text, ...]:
    """All that is said, in the order of the files."""
    return tuple(text for name, table in content().items() for text in _texts(name, (), table))


def _texts(file: str, path: tuple[str, ...], value: Any) -> Iterator[Text]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name not in NO_TEXT | FACTS and not (name == "id" and isinstance(each, str)):
                yield from _texts(file, (*path, name), each)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            label = each.get("id", str(number)) if isinstance(each, dict) else str(number)
            yield from _texts(file, (*path, str(label)), each)
    elif isinstance(value, str) and WORD.search(value):
        yield Text(file, path, value)


def portions() -> Iterator[tuple[str, str]]:
    """(where, text): what is measured, as the head of this file says."""
    by_file: dict[str, list[Text]] = defaultdict(list)
    for text in texts():
        by_file[text.file].append(text)
    for file, inside in by_file.items():
        left: list[str] = []
        by_section: dict[str, list[str]] = defaultdict(list)
        for text in inside:
            said = _sentence(text.says)
            if _length(said) >= ENOUGH:
                yield str(text), said
            elif _length(said) > 2:
                by_section[text.section].append(said)
        for section, short in by_section.items():
            full = _filled(short)
            if full:
                yield from ((f"{file} {section}: {portion}", portion) for portion in full)
            else:
                left.extend(short)
        yield from ((f"{file}: {portion}", portion) for portion in _filled(left))


def _filled(short: list[str]) -> list[str]:
    """The texts in portions of ENOUGH words; none if all of them together have less."""
    full: list[str] = []
    portion = ""
    for said in short:
        portion = f"{portion} {said}".strip()
        if _length(portion) >= ENOUGH:
            full.append(portion)
            portion = ""
    if full and portion:
        full[-1] = f"{full[-1]} {portion}"
    return full


def _sentence(text: str) -> str:
    """As somebody would read it: a link by its words, a name where one is put in, and an end."""
    plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    plain = re.sub(r"\{(?:you|me|first|second)\}", "Kim", plain)
    plain = re.sub(r"“|”|\{\w+\}", "", plain).replace("…", ".").replace("’", "'")
    plain = "\n".join(
        line if line.rstrip().endswith((".", "?", "!", ":")) else f"{line}." for line in plain.split("\n")
    )
    return " ".join(plain.replace(":", ".").replace(";", ".").split()) if plain.strip(". ") else ""


def _length(text: str) -> int:
    return len(WORD.findall(text))


def grade(text: str) -> float:
    """The school years in which one reads it with ease, by Flesch and Kincaid (1975), as textstat counts.

    A word that textstat's lexicon lacks, where that raises, is counted by its groups of vowels.
    """
    words, sentences = textstat.lexicon_count(text), textstat.sentence_count(text)
    return float(0.39 * words / sentences + 11.8 * sum(map(_syllables, WORD.findall(text))) / words - 15.59)


@cache
def _syllables(word: str) -> int:
    try:
        return int(textstat.syllable_count(word))
    except KeyError:
        return len(re.findall(r"[aeiouy]+", word.casefold().removesuffix("e"))) or 1


def weighty(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, without their endings."""
    words = {word.casefold().replace("’", "'").partition("'")[0] for word in WORD.findall(re.sub(r"\{\w+\}", "", text))}
    return frozenset(re.sub(r"(?:ing|ed|es|e|s|ly)$", "", word) for word in words - LIGHT)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the words of two texts is common to both, from 0 to 1 (Jaccard)."""
    return len(one & other) / len(one | other) if one | other else 0.0


def alike(asked: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Which of (where, text) say the same as another, or nearly so. A text with few words of weight is not compared.

    Two that are ALIKE share a word among the rarest of each, so that only those which do need to be looked at.
    """
    known = [(where, words) for where, text in asked if len(words := weighty(text)) >= TELLING]
    often: dict[str, int] = defaultdict(int)
    for _, words in known:
        for word in words:
            often[word] += 1
    sharing: dict[str, list[int]] = defaultdict(list)
    for number, (_, words) in enumerate(known):
        rarest = sorted(words, key=lambda word: (often[word], word))
        for word in rarest[: len(words) - int(ALIKE * len(words) + 0.999) + 1]:
            sharing[word].append(number)
    pairs = {pair for numbers in sharing.values() for pair in combinations(numbers, 2)}
    return sorted(
        (known[one][0], known[other][0]) for one, other in pairs if likeness(known[one][1], known[other][1]) >= ALIKE
    )


def test_every_file_of_texts_is_looked_at() -> None:
    """But for what tells of a folder, and what the made-up people of the demo say."""
    texts_of_ours = [path for path in APP.rglob("*") if path.suffix in {".md", ".toml"} and path.name != "README.md"]
    names = {path.relative_to(APP).as_posix() for path in texts_of_ours} - {"content/demo.toml"}
    assert {name for name in names if not name.startswith(tuple(ELSEWHERE))} == set(content())
    assert len(texts()) > 1_000


def test_every_text_reads_at_grade_seven_or_below() -> None:
    hard = [(level, where) for where, text in portions() if (level := grade(text)) > GRADE]
    assert not hard, "\n".join(f"{level:.1f} {where}" for level, where in sorted(hard, reverse=True))


@pytest.mark.parametrize(("reason", "words"), BANNED.items(), ids=list(BANNED))
def test_no_text_assumes_or_blames(reason: str, words: str) -> None:
    pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    assert [f"{found[0]!r} in {text}" for text in texts() if (found := pattern.search(text.says))] == []


def test_nothing_is_asked_twice_nor_nearly_so() -> None:
    by_kind: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for text in texts():
        if text.section not in UNASKED:
            by_kind[text.kind].append((str(text), text.says))
    # What a variant is called may be its theme, too.
    found = [pair for asked in by_kind.values() for pair in alike(asked) if _place(pair[0]) != _place(pair[1])]
    assert not found, "\n\n".join("\n".join(pair) for pair in found)


def _place(where: str) -> str:
    return where.partition(": ")[0].rpartition(".")[0]


def test_ids_are_said_once_in_each_file() -> None:
    for file, table in content().items():
        for ids in _ids(table):
            assert len(set(ids)) == len(ids), f"{file}: {sorted(ids)}"


def _ids(value: Any) -> Iterator[list[str]]:
    inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if isinstance(value, list) and any(isinstance(each, dict) and "id" in each for each in value):
        yield [each["id"] for each in value]
    for each in inside:
        yield from _ids(each)


def test_every_exercise_that_a_text_leads_to_is_there() -> None:
    there = {path.stem for feature in ("exercises", "guided") for path in APP.glob(f"{feature}/content/*.toml")}
    assert len(there) == 11
    for file, table in content().items():
        for name in _led_to(table):
            assert name in there, f"{file} leads to {name!r}"


def _led_to(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name in {"exercise", "exercises"}:
                yield from [each] if isinstance(each, str) else each
            else:
                yield from _led_to(each)
    elif isinstance(value, list):
        for each in value:
            yield from _led_to(each)
    elif isinstance(value, str):
        yield from re.findall(r"/exercises/([a-z_]+)", value)


def test_no_text_is_longer_than_a_small_screen_takes() -> None:
    """A title in two lines, a line of a list in three, a text without scrolling far."""
    longest = {"title": 60, "name": 40, "label": 80, "summary": 140, "why": 200, "landing": 200, "items": 200}
    for text in texts():
        limit = next((longest[name] for name in text.path if name in longest), 1_000)
        assert len(text.says) <= limit, f"{len(text.says)} characters of {limit}: {text}"


def test_the_measures_tell_plain_from_hard_and_the_same_from_another() -> None:
    plain = (
        "You sat down. You had some tea. It was late, and the house was still. I was glad that you were there with me."
    )
    hard = "Participants internalising maladaptive communicative expectations necessarily deteriorate interpersonally."
    assert grade(plain) < 3 < GRADE < grade(hard)
    one, nearly = (
        "Which smell takes you straight back to a place you love?",
        "What smell takes you back straight to loved places?",
    )
    other = "Which sound takes you straight out of a bad mood?"
    assert alike([("one", one), ("nearly", nearly), ("other", other)]) == [("one", "nearly")]
    assert alike([("one", one), ("again", one.upper())]) == [("one", "again")]
