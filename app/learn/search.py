"""Finding topics by everyday words, however they are spelt. The index is made once and holds nothing of who asks."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, log

from app.learn.guessing import Vocabulary
from app.learn.topic import Shelf, Topic
from app.learn.words import WORD, WORDS_MOST, clean, distance, grams, plain, stem, words_of

TITLE, ALSO, SUMMARY, TEXT = 8.0, 6.0, 3.0, 1.0
"""What a word counts for by where it stands."""

PHRASE = 12.0
"""What it counts for when all that was typed stands in the title, or in what a topic is also called."""

MOST, LEAST = 12, 0.2
"""How many topics are shown, and how much of the best one's count a topic must have."""

NEAR_MOST, NEAR_LEAST = 3, 0.12
"""Where nothing is found: how many topics are named, and how like they must look."""

SMALL = frozenset(
    """a about after all am an and any are as at be because been but by can could did do does doesn't don't else even
    ever for from get gets getting go goes got had has have he her him his how i if im in into is isn't it its just
    like me more much my no not of off on or our out over really she should so some take takes than that the their
    them then there these they thing this those to too up us very was we were what when where which while who why
    will with would you your""".replace("'", "").split()
)
"""Words that say nothing of what somebody is looking for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; `met` if it is a word that was looked for."""

    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic that was found, and the line of it that says most of what was typed, where that is not its head."""

    topic: Topic
    line: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a search. `near` only where there are no hits. `urgent`: help lines come first."""

    asked: str
    hits: tuple[Hit, ...] = ()
    near: tuple[Topic, ...] = ()
    urgent: bool = False


class Index:
    """Every word of a shelf, and what it counts for in which topic."""

    def __init__(self, shelf: Shelf) -> None:
        """Read the whole shelf once."""
        self._shelf = shelf
        self._weights: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for topic in shelf.topics.values():
            fields = (
                (TITLE, (topic.title,)),
                (ALSO, topic.also_called),
                (SUMMARY, (topic.summary,)),
                (TEXT, topic.text),
            )
            for weight, texts in fields:
                for word in words_of(" ".join(texts)):
                    self._weights[word].setdefault(topic.id, weight)
        self._rarity = {word: log(1 + len(shelf.topics) / len(found)) for word, found in self._weights.items()}
        heads = (word for word, found in self._weights.items() if max(found.values()) > TEXT)
        self._vocabulary = Vocabulary(self._weights, heads)
        self._heads = {
            topic.id: [(" ".join(words_of(head)), _likeness(head)) for head in (topic.title, *topic.also_called)]
            for topic in shelf.topics.values()
        }
        self._lines = {topic.id: _lines_of(topic) for topic in shelf.topics.values()}
        self._urgent = {plain(word) for word in shelf.urgent_words}
        self._urgent_stems = {stem(word) for word in self._urgent}
        self._urgent_phrases = [f" {' '.join(words_of(phrase))} " for phrase in shelf.urgent_phrases]

    def find(self, asked: str) -> Found:
        """The topics that are about what was typed, best first; with words of danger, help before them."""
        asked = clean(asked)
        spoken = words_of(asked)
        telling = ([word for word in spoken if word not in SMALL] or spoken)[:WORDS_MOST]
        if not telling:
            return Found(asked)
        counts, met = self._counted([*telling, *self._joined(spoken)])
        whole = " ".join(spoken)
        for ident, heads in self._heads.items():
            if any(f" {whole} " in f" {head} " for head, _ in heads):
                counts[ident] += PHRASE
        best = max(counts.values(), default=0)
        enough = (ident for ident in self._shelf.topics if ident in counts and counts[ident] >= LEAST * best)
        ranked = sorted(enough, key=lambda each: -counts[each])
        topics = [self._shelf.topics[ident] for ident in ranked[:MOST]]
        hits = tuple(Hit(topic, self._line(topic.id, met)) for topic in topics)
        return Found(asked, hits, () if hits else self._near(asked), self._is_urgent(spoken))

    def _counted(self, telling: list[str]) -> tuple[defaultdict[str, float], set[str]]:
        """What each topic counts for, and the words of the shelf that were met."""
        sums: defaultdict[str, float] = defaultdict(float)
        said: Counter[str] = Counter()
        met: set[str] = set()
        for word in dict.fromkeys(telling):
            best: dict[str, float] = {}
            for known, nearness in self._vocabulary.meant(word).items():
                met.add(known)
                for ident, weight in self._weights[known].items():
                    best[ident] = max(best.get(ident, 0), nearness * weight * self._rarity[known])
            for ident, count in best.items():
                sums[ident] += count
                said[ident] += 1
        for ident, number in said.items():
            sums[ident] *= number
        return sums, met

    def _joined(self, spoken: list[str]) -> list[str]:
        """Words of the shelf that were typed as two, such as *gas lighting*."""
        pairs = list(pairwise(spoken[: 2 * WORDS_MOST]))
        exact = [one + other for one, other in pairs if one + other in self._weights]
        strange = [one + other for one, other in pairs if not {one, other} <= self._weights.keys()]
        return [*exact, *(pair for pair in strange if self._vocabulary.alike(pair))]

    def _line(self, ident: str, met: set[str]) -> tuple[Piece, ...]:
        """The line of a topic that holds most of the words met, in pieces; nothing if its head holds as much."""
        counted = [(fsum(self._rarity[word] for word in met & words), line) for line, words in self._lines[ident]]
        most, line = max(counted, key=lambda each: each[0])
        return tuple(_pieces(line, met)) if most > counted[0][0] else ()

    def _near(self, asked: str) -> tuple[Topic, ...]:
        """Topics whose heads look most like what was typed."""
        typed = _likeness(asked)
        likeness = {
            ident: max(2 * len(typed & own) / (len(typed) + len(own)) for _, own in heads if own)
            for ident, heads in self._heads.items()
        }
        ranked = sorted(
            (ident for ident in likeness if likeness[ident] >= NEAR_LEAST), key=lambda each: -likeness[each]
        )
        return tuple(self._shelf.topics[ident] for ident in ranked[:NEAR_MOST])

    def _is_urgent(self, spoken: list[str]) -> bool:
        """Whether somebody may be in danger, by others or by their own hand. Rather once too often."""
        if any(
            word in self._urgent or stem(word) in self._urgent_stems or self._nearly_urgent(word) for word in spoken
        ):
            return True
        whole = f" {' '.join(spoken)} "
        return any(phrase in whole for phrase in self._urgent_phrases)

    def _nearly_urgent(self, word: str) -> bool:
        # Short words have too many neighbours: *anger* is one slip from *danger*, *fight* from *fright*.
        return len(word) > 5 and any(len(each) > 5 and distance(word, each, 1) == 1 for each in self._urgent)


def _likeness(text: str) -> set[str]:
    return {gram for word in words_of(text) for gram in grams(word, 3)}


def _lines_of(topic: Topic) -> list[tuple[str, set[str]]]:
    """The head of a topic and its sentences, each with its words. What else it is called is shown nowhere."""
    sentences = [sentence for text in topic.text for sentence in re.split(r"(?<=[.?!]) +", text)]
    lines = (f"{topic.title} {topic.summary}", *sentences)
    return [(line, set(words_of(line))) for line in lines]


def _pieces(line: str, met: set[str]) -> list[Piece]:
    pieces, at = [], 0
    for found in WORD.finditer(line):
        if plain(found[0]) in met:
            pieces += [Piece(line[at : found.start()], met=False), Piece(found[0], met=True)]
            at = found.end()
    return [piece for piece in (*pieces, Piece(line[at:], met=False)) if piece.text]
