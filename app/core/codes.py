"""Codes for people to copy: Crockford's alphabet in groups of four, read back however they were typed."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS, GROUP = 5, 4
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def spelled(number: int, length: int) -> str:
    """The last `length` × 5 bits of `number` as a code of `length` characters in groups."""
    letters = "".join(ALPHABET[number >> BITS * at & 31] for at in reversed(range(length)))
    return "-".join(letters[at : at + GROUP] for at in range(0, length, GROUP))


def plain(typed: str, length: int) -> str:
    """A code without its groups, forgiving of case, spaces, dashes, and of letters that look like digits.

    "" when it cannot be a code of `length` characters.
    """
    letters = "".join(each for each in typed.upper() if each.isalnum()).translate(_ALIKE)
    return letters if len(letters) == length and set(letters) <= set(ALPHABET) else ""
