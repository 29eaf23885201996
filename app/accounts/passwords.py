"""Which passwords are too easy to guess, and a way to make good ones.

Fifteen characters shut out nearly every list of common passwords, so a few rules say more than a long list: nothing
repeated, no walk along the keyboard or the alphabet, nothing made up of the words that are tried first, the
person's own names and digits alone.
"""

import secrets
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from app.core.wordlist import word_list

SHORTEST, LONGEST = 15, 256
SHORT, PATTERN, COMMON = "short", "pattern", "common"

_PIECES, _LETTERS = 6, 5
_TRACKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik",
    "9ol",
    "!@#$%^&*()",
    '!"§$%&/()=',
)
_STEPS = frozenset(pair for track in _TRACKS for line in (track, track[::-1]) for pair in pairwise(line))
_FIRST_TRIED = """
    abc admin administrator always amor and angel attune azerty baby babygirl baseball batman be best birthday boy
    brother butterfly cat charlie cheese chocolate computer correct battery horse staple cookie dad dog daddy darling
    dragon family flower football for forever four fourth freedom friend friends fuck fuckyou fox brown quick jumps
    over lazy the girl god guest happy hate heart hello home honey hunter i iloveu iloveyou internet in is it jesus
    jordan kiss letmein life login love loveme lovely lover loves loveyou lucky marriage married master may me michael
    mom monkey mother music mustang my myspace name never new nothing of password passphrase passwort pass passw0rd
    p@ssword p4ssword pokemon prince princess pussy qwert qwerty qwertz root secret sex sexy shadow sister soccer
    summer sunshine super superman system sweet sweetheart test the thing this to together together trust
    trustno us user welcome what whatever wife husband winter with world you your yours
"""


def fault(password: str, names: Iterable[str] = ()) -> str:
    """Why a password is too weak: SHORT, PATTERN or COMMON; "" when it is good. `names`: what the person is called."""
    if len(password) < SHORTEST:
        return SHORT
    low = password.casefold()
    if _pieces(low) < _PIECES or len(set(low)) < _LETTERS or _repeats(low):
        return PATTERN
    own = {part for name in names for part in (_bare(name), *map(_bare, name.replace("@", " ").split()))}
    return COMMON if _made_of(_bare(low), first_tried() | own) else ""


def suggestion(words: int = 5) -> str:
    """Five words drawn by chance: more than fifty bits, and easy to keep in mind."""
    return " ".join(secrets.choice(word_list()) for _ in range(words))


@lru_cache(maxsize=1)
def first_tried() -> frozenset[str]:
    """Words that stand in the passwords that are tried first."""
    return frozenset(map(_bare, _FIRST_TRIED.split()))


def _pieces(text: str) -> int:
    """Into how many pieces the text falls where it leaves the tracks of alphabet, digits and keyboard."""
    return 1 + sum(a != b and (a, b) not in _STEPS for a, b in pairwise(text))


def _repeats(text: str) -> bool:
    """Whether it is one thing said over and over, cut off or not."""
    text = "".join(text.split())
    return any(text[size:] == text[:-size] for size in range(1, len(text) // 2 + 1))


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _made_of(text: str, parts: Iterable[str]) -> bool:
    """Whether digits and `parts`, in any order, are all there is to the text."""
    known = [part for part in parts if len(part) > 1 or part == "i"]
    reached = {0}
    for at in range(len(text)):
        if at in reached:
            reached |= {at + 1} if text[at].isdigit() else set()
            reached |= {at + len(part) for part in known if text.startswith(part, at)}
    return text != "" and len(text) in reached
