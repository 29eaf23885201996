"""What an invitation shows of itself: a code to hand over, and four words to compare.

Neither is kept: both follow from the ids of the row, and from a key outside the database.
"""

from app.core import codes
from app.core.crypto import vault
from app.core.wordlist import word_list

LENGTH = 13
"""Characters of a code: 65 bits."""

WORDS = 4


def code_of(invitation_id: str) -> str:
    """The code of an invitation, in groups of four characters."""
    return codes.spelled(int(vault().fingerprint(invitation_id, "invitation-code"), 16), LENGTH)


def hash_of(typed: str) -> str:
    """What a code is looked up by, however it was typed."""
    return vault().fingerprint(codes.plain(typed, LENGTH), "invitation")


def words_of(invitation_id: str, inviter_id: str, claimant_id: str) -> tuple[str, ...]:
    """Four words that both phones show, and that nobody else's claim would bring."""
    number = int(vault().fingerprint(f"{invitation_id}|{inviter_id}|{claimant_id}", "four-words"), 16)
    known = word_list()
    return tuple(known[(number >> 16 * at) % len(known)] for at in range(WORDS))
