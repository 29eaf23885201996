"""Which passwords are refused, and why."""

import re

import pytest

from app.accounts.passwords import COMMON, PATTERN, SHORT, fault, suggestion
from app.core.wordlist import word_list

NAMES = ("Ana", "ana.lopez@example.org")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", SHORT),
        ("fourteen chars", SHORT),
        ("a" * 40, PATTERN),
        ("aaaaaaaaaaaaaab", PATTERN),
        ("abcdefghijklmnop", PATTERN),
        ("zyxwvutsrqponmlkj", PATTERN),
        ("123456789012345678", PATTERN),
        ("qwertyuiopasdfghjkl", PATTERN),
        ("1qaz2wsx3edc4rfv5tgb", PATTERN),
        ("QwErTyUiOpAsDfGhJkL", PATTERN),
        ("121212121212121212", PATTERN),
        ("harmonica harmonica", PATTERN),
        ("HarmonicaharmonicaHar", PATTERN),
        ("Password123456789!", COMMON),
        ("correct horse battery staple", COMMON),
        ("iloveyouforever2024", COMMON),
        ("may the fourth be with you", COMMON),
        ("attune-attune-love-2026", COMMON),
        ("ana 2026 attune ana", COMMON),
        ("ana.lopez@example.org", COMMON),
        ("Ana.Lopez@Example.org 1234", COMMON),
    ],
)
def test_what_others_would_try_is_refused(password, why):
    assert fault(password, NAMES) == why


@pytest.mark.parametrize(
    "password",
    [
        "seven quiet herons at dusk",
        "fifteen letters",
        "kqzvwpxjmrtbnds",
        "ana met a heron by the lake",
        "Пять тихих цапель вечером",
        "五羽の静かな鷺が夕暮れに飛んで行った",
        "🦢 🌒 🪵 🧭 🫖 🪴 🧺 🪁",
    ],
)
def test_what_is_hard_to_guess_is_good(password):
    assert fault(password, NAMES) == ""


def test_only_own_names_count():
    assert fault("zebedee zebedee", ["Zebedee"]) == PATTERN
    assert fault("zebedee 1987 07 31", ["Zebedee"]) == COMMON
    assert fault("zebedee 1987 07 31", ["Ana"]) == ""


def test_a_long_password_is_judged_in_no_time():
    assert fault("love" * 63 + "!!x!", ["l", "lo", "lov", "love", "ve"]) in {PATTERN, COMMON, ""}


def test_the_words_are_many_plain_and_different():
    words = word_list()
    assert len(words) >= 1296
    assert len(set(words)) == len(words)
    assert all(re.fullmatch(r"[a-z]{3,8}", word) for word in words)


def test_a_suggestion_is_five_words_and_good():
    made = [suggestion() for _ in range(300)]
    assert len(set(made)) == 300
    assert all(len(each.split()) == 5 and fault(each) == "" for each in made)
