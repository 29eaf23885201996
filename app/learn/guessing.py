"""What a typed word may stand for: the words that are known, by how near each is. Made once from a shelf's words."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from app.learn.words import distance, grams, heard, slips, stem

SAME, FORM, BEGUN, SLIP, SLIPS = 1.0, 0.9, 0.7, 0.6, 0.4
"""How near a word is to one that was typed: the same, another form of it, begun so, one slip away, further away."""


class Vocabulary:
    """All words that are known. Slips are forgiven towards some of them alone: among all, too much is one slip away."""

    def __init__(self, words: Iterable[str], forgiving: Iterable[str]) -> None:
        """`words`: all, plain. `forgiving`: those of them that a misspelt word may stand for."""
        self.words = frozenset(words)
        self._sorted = sorted(self.words)
        self._forms: defaultdict[str, set[str]] = defaultdict(set)
        self._grams: defaultdict[str, set[str]] = defaultdict(set)
        for word in self.words:
            for form in forms(word):
                self._forms[form].add(word)
        for form in {form for word in forgiving for form in forms(word)}:
            for gram in grams(form):
                self._grams[gram].add(form)

    def meant(self, word: str) -> dict[str, float]:
        """The known words that a typed one may stand for, with how near each is."""
        found: dict[str, float] = {}
        for known, nearness in self._guesses(word):
            found[known] = max(found.get(known, 0), nearness)
        if not found:
            found = {known: SLIPS for form in self._begun_alike(word) for known in self._forms[form]}
        return found

    def _guesses(self, word: str) -> Iterator[tuple[str, float]]:
        for form in forms(word):
            yield from ((known, SAME if known == word else FORM) for known in self._forms.get(form, ()))
        if len(word) >= 3:
            yield from ((known, BEGUN) for known in self._begun(word))
        for typed in {word, stem(word)}:
            for form, apart in self.alike(typed):
                yield from ((known, SLIP if apart == 1 else SLIPS) for known in self._forms[form])

    def _begun(self, word: str) -> Iterator[str]:
        at = bisect_left(self._sorted, word)
        return takewhile(lambda known: known.startswith(word), islice(self._sorted, at, None))

    def alike(self, typed: str) -> list[tuple[str, int]]:
        """Forms that are no more slips away than a word of this length may hold, with how many."""
        most = slips(typed)
        if not most:
            return []
        apart = [(form, distance(typed, form, most)) for form in self._likely(typed, 3 * most)]
        return [(form, slip) for form, slip in apart if 0 < slip <= most]

    def _begun_alike(self, typed: str) -> list[str]:
        """Forms that begin as this, but for one slip: of a word that is not yet typed to its end."""
        if slips(typed) < 1:
            return []
        size = len(typed)
        return [
            form
            for form in self._likely(typed, 4)
            if any(distance(typed, form[:end], 1) == 1 for end in (size - 1, size, size + 1))
        ]

    def _likely(self, typed: str, broken: int) -> list[str]:
        """Forms in which all but `broken` of its runs of two letters are: one slip breaks three of them at the most."""
        own = grams(typed)
        shared = Counter(form for gram in own for form in self._grams.get(gram, ()))
        return [form for form, count in shared.items() if count >= len(own) - broken]


def forms(word: str) -> set[str]:
    """A word, its stem, and how it is heard."""
    return {word, stem(word), heard(word)}
