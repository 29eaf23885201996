"""Recovery codes: 24 characters of Crockford's alphabet, 120 random bits, read back however they were copied."""

import secrets

COUNT, LENGTH, GROUP = 8, 24, 4
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def new_code() -> str:
    """A fresh code in groups of four."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def plain(typed: str) -> str:
    """A code without its groups, forgiving of case, spaces, dashes, and of letters that look like digits.

    "" when it cannot be a code.
    """
    letters = "".join(each for each in typed.upper() if each.isalnum()).translate(_ALIKE)
    return letters if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else ""
