"""Recovery codes as they are made, and as they are typed back."""

import re

import pytest

from app.accounts.codes import new_code, plain
from app.core.codes import ALPHABET


def test_a_code_has_120_random_bits_in_groups_of_four():
    made = {new_code() for _ in range(200)}
    assert len(made) == 200
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert all(re.fullmatch(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{5}}", code) for code in made)


@pytest.mark.parametrize(
    "typed",
    [
        "01V0-1ABC-DEFG-HJKM-NPQR-STVW",
        "01v01abcdefghjkmnpqrstvw",
        " oiuo labc defg hjkm npqr stvw ",
        "OIVO_LABC/DEFG.HJKM–NPQR—STVW",
    ],
)
def test_a_code_is_read_however_it_was_copied(typed):
    assert plain(typed) == "01V01ABCDEFGHJKMNPQRSTVW"


@pytest.mark.parametrize("typed", ["", "0000", "0" * 23, "0" * 25, "é" * 24, "*" * 24])
def test_what_cannot_be_a_code_is_none(typed):
    assert plain(typed) == ""
