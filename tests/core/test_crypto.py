"""Words at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.crypto import Undecipherable, Vault, seal, unseal

KEY, OTHER = b"k" * 32, b"o" * 32
ABOUT = "responses|words|prompt|author"


@given(st.text())
def test_what_is_sealed_opens_again(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert unseal(KEY, seal(KEY, text, ABOUT), ABOUT) == text


def test_the_same_words_never_look_the_same():
    assert len({seal(KEY, "yes", ABOUT) for _ in range(200)}) == 200


def test_length_tells_little():
    lengths = {len(seal(KEY, "x" * size, ABOUT)) for size in range(256)}
    assert len(lengths) == 1
    assert len(seal(KEY, "x" * 256, ABOUT)) - lengths.pop() == 256


@pytest.mark.parametrize("text", ["", "\x01", "a\x01", "\x00", "a\x00\x01\x00", "x" * 255, "x" * 256, "ü" * 300])
def test_padding_is_told_from_words(text):
    assert unseal(KEY, seal(KEY, text, ABOUT), ABOUT) == text


def test_sealed_words_hold_no_words():
    assert b"heron" not in seal(KEY, "heron", ABOUT)


@pytest.mark.parametrize("about", ["responses|words|prompt|other", "", ABOUT + " ", "drafts|words|prompt|author"])
def test_words_cannot_be_moved_to_another_row(about):
    with pytest.raises(Undecipherable):
        unseal(KEY, seal(KEY, "x", ABOUT), about)


def test_words_open_with_their_own_key_alone():
    with pytest.raises(Undecipherable):
        unseal(OTHER, seal(KEY, "x", ABOUT), ABOUT)


def test_every_byte_counts():
    sealed = seal(KEY, "x", ABOUT)
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(Undecipherable):
            unseal(KEY, bytes(changed), ABOUT)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"0" * 11, b"\x02" + b"0" * 60, b"plain words"])
def test_what_was_never_sealed_does_not_open(sealed):
    with pytest.raises(Undecipherable):
        unseal(KEY, sealed, ABOUT)


def test_a_fault_says_nothing_about_why():
    with pytest.raises(Undecipherable) as fault:
        unseal(OTHER, seal(KEY, "heron", ABOUT), ABOUT)
    assert str(fault.value) == ""


def test_a_person_s_key_is_wrapped_for_that_person_under_that_master():
    vault = Vault(b"m" * 32)
    wrapped = vault.new_key("ana")
    key = vault.unwrap(wrapped, "ana")
    assert len(key) == 32
    assert key not in wrapped
    assert vault.unwrap(vault.new_key("ana"), "ana") != key
    for other, person in ((vault, "ben"), (Vault(b"n" * 32), "ana")):
        with pytest.raises(Undecipherable):
            other.unwrap(wrapped, person)


def test_a_fingerprint_is_keyed_and_for_one_purpose():
    vault = Vault(b"m" * 32)
    assert vault.fingerprint("code", "recovery") == vault.fingerprint("code", "recovery")
    others = {vault.fingerprint("code", "invitation"), Vault(b"n" * 32).fingerprint("code", "recovery")}
    assert vault.fingerprint("code", "recovery") not in others
    assert len(vault.fingerprint("code", "recovery")) == 64


@pytest.mark.parametrize("master", [b"", b"x" * 31, b"x" * 33])
def test_a_master_key_has_32_bytes(master):
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(master)
