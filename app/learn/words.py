"""Words as they are compared: without case, accents and endings, and how far apart two of them are."""

import re
import unicodedata

ASKED_MOST, WORDS_MOST = 100, 8
"""How much of a query is looked at: characters, and words that say something."""

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ENDS = (
    "isations", "izations", "isation", "ization", "ements", "nesses", "ments", "ising", "izing", "ings", "ised", "ized",
    "ises", "izes", "ment", "ness", "edly", "ing", "ies", "ied", "ise", "ize", "ers", "ed", "es", "er", "ly", "y", "e",
)  # fmt: skip
_STEM_LEAST = 3


def clean(asked: str) -> str:
    """What was typed, on one line, at most ASKED_MOST long, without what cannot be seen or turns the writing round."""
    seen = "".join(each if each.isprintable() else " " for each in asked[: 10 * ASKED_MOST])
    return " ".join(seen.split())[:ASKED_MOST].strip()


def plain(word: str) -> str:
    """A word without case, accents and apostrophes."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in parts if each.isalnum())


def words_of(text: str) -> list[str]:
    """The plain words of a text, in order."""
    return [word for word in map(plain, WORD.findall(text)) if word]


def stem(word: str) -> str:
    """A plain word without its ending: the same for *apology*, *apologies* and *apologising*. English only."""
    end = next((end for end in _ENDS if word.endswith(end) and len(word) - len(end) >= _STEM_LEAST), "")
    if not end and word.endswith("s") and len(word) > _STEM_LEAST and word[-2] not in "siu":
        end = "s"
    short = word[: len(word) - len(end)]
    doubled = end.startswith(("ing", "ed", "er")) and len(short) > _STEM_LEAST and short[-1] == short[-2]
    return short[:-1] if doubled and short[-1] not in "ls" else short


def heard(word: str) -> str:
    """A plain word as it sounds: with an f for each ph."""
    return word.replace("ph", "f")


def slips(word: str) -> int:
    """How many slips of the finger a word of this length may hold and still be meant."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def distance(one: str, other: str, most: int) -> int:
    """Slips between two words: letters left out, put in, changed, or swapped with the next. `most` + 1 where more.

    Optimal string alignment (Damerau 1964, with each place changed once), row by row.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last = row, before
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def grams(word: str, size: int = 2) -> set[str]:
    """The runs of letters of a word, its two ends marked."""
    marked = f"^{word}$"
    return {marked[at : at + size] for at in range(len(marked) - size + 1)}
