"""What comes out of a form: clean values, a sentence for each field, and nothing lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core.forms import At, Choice, Choices, Day, Form, Line, Rating, Secret, Words, Yes


class Sample(Form):
    words = Words(longest=20)
    needed = Words(required=True)
    line = Line()
    secret = Secret()
    mood = Rating()
    day = Day()
    at = At()
    need = Choice(("space", "advice"))
    asked = Choice(lambda: ("a", "b"), required=True)
    feelings = Choices(("calm", "sad", "proud"), most=2)
    ticked = Yes()


def read(*pairs, **typed):
    base = {"needed": "x", "asked": "a"}
    return Sample.read(MultiDict([*(base | typed).items(), *pairs]))


@pytest.fixture(autouse=True)
def _language(apps):
    """Sentences need a language; one database is enough for that."""
    with apps("sqlite").test_request_context():
        yield


def test_what_is_right_comes_out_clean():
    form = read(
        words="  a\r\nb \r c ",
        line=" Ana ",
        mood="10",
        need="",
        ticked="on",
        secret=" as is ",
        day="2028-02-29",
        at="8.05",
    )
    assert form.sound
    assert form.data["words"] == "a\nb \n c"
    assert form.data["line"] == "Ana"
    assert (form.data["mood"], form.data["need"], form.data["ticked"]) == (10, "", True)
    assert form.data["secret"] == " as is "
    assert (form.data["day"], form.data["at"]) == (date(2028, 2, 29), 8 * 60 + 5)


def test_what_is_left_out_is_left_out():
    form = read()
    assert form.sound
    assert form.data == {"needed": "x", "asked": "a", "ticked": False}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("words", "x" * 21, "This is 21 characters long; 20 fit."),
        ("words", "a\x00b", "Some characters did not arrive whole. Please write them again."),
        ("words", "a\ufffdb", "Some characters did not arrive whole. Please write them again."),
        ("words", "a\u202eb", "This holds hidden marks that turn text round. Please remove them."),
        ("needed", "", "This needs a few words."),
        ("needed", " \n\t ", "This needs a few words."),
        ("line", "a\nb", "Some characters did not arrive whole. Please write them again."),
        ("line", "a\u200bb", "This holds hidden marks that turn text round. Please remove them."),
        ("line", "a\u061cb", "This holds hidden marks that turn text round. Please remove them."),
        ("line", "\u3164", "This holds hidden marks that turn text round. Please remove them."),
        ("secret", "x" * 257, "A password may have at most 256 characters."),
        ("mood", "11", "Please choose a number from 0 to 10."),
        ("mood", "-1", "Please choose a number from 0 to 10."),
        ("mood", "5.0", "Please choose a number from 0 to 10."),
        ("mood", "1e1", "Please choose a number from 0 to 10."),
        ("mood", "NaN", "Please choose a number from 0 to 10."),
        ("mood", "٣", "Please choose a number from 0 to 10."),
        ("mood", "", "Please choose a number from 0 to 10."),
        *(
            ("day", each, "This is no day. Please choose one.")
            for each in ("2026-02-29", "20261112", "2026-W46-4", "x")
        ),
        *(("at", each, "Please give a time, such as 20:30.") for each in ("24:00", "8:5", "٨:٠٥", "x")),
        ("need", "gold", "Please choose one of those shown."),
        ("asked", "", "Please choose one of those shown."),
        ("feelings", "gold", "Please choose among those shown."),
        ("ticked", "maybe", "Please choose one of those shown."),
        ("stranger", "x", "Attune does not know this field."),
        ("__class__", "x", "Attune does not know this field."),
    ],
)
def test_each_fault_has_a_whole_sentence(field, value, sentence):
    form = read(**{field: value})
    assert form.errors == {field: sentence}
    assert form.data.get("asked", "a") == "a"


def test_a_field_that_is_missing_is_told():
    form = Sample.read(MultiDict())
    assert form.errors == {"needed": "This needs a few words.", "asked": "Please choose one."}


def test_a_field_sent_twice_is_told_but_not_one_of_many():
    assert read(("words", "a"), ("words", "b")).errors == {"words": "This was sent twice. Please send it once."}
    form = read(("feelings", "calm"), ("feelings", "sad"))
    assert form.sound
    assert form.data["feelings"] == ["calm", "sad"]
    assert read(("feelings", "calm"), ("feelings", "calm")).errors == {"feelings": "Please choose among those shown."}
    many = read(("feelings", "calm"), ("feelings", "sad"), ("feelings", "proud"))
    assert many.errors == {"feelings": "That is more than 2. Please leave some out."}


def test_what_was_typed_stays_even_when_it_was_wrong():
    form = read(("feelings", "calm"), ("feelings", "gold"), words="x" * 30, mood="11")
    assert form.value("words") == "x" * 30
    assert form.value("mood") == "11"
    assert form.values("feelings") == ["calm", "gold"]
    assert form.value("nothing", "default") == "default"


def test_what_no_page_can_show_is_not_shown_again():
    form = read(("feelings", "ca\x00lm"), words="a\x00b\x0bc")
    assert form.value("words") == "abc"
    assert form.values("feelings") == ["calm"]


def test_composed_and_decomposed_words_are_the_same():
    assert read(words="u\u0308ber").data["words"] == read(words="über").data["words"] == "über"
    assert read(secret="u\u0308ber").data["secret"] == "über"


@given(st.dictionaries(st.sampled_from([*Sample().fields, "stranger"]), st.text(max_size=40)))
def test_no_input_breaks_a_form(typed):
    form = Sample.read(MultiDict(typed))
    assert form.sound or all(isinstance(each, str) and each for each in form.errors.values())
    assert set(form.data) <= set(Sample().fields)
    for value in (form.data.get("words", ""), form.data.get("line", "")):
        value.encode()
        assert value == value.strip()
        assert "\x00" not in value
