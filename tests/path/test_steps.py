"""The content of the path is whole, or nothing starts, and it is said what is not."""

import re
from pathlib import Path

import pytest

from app import create_app
from app.path import steps
from app.path.steps import CONTENT, PathError, load, read

AS_IT_IS = CONTENT.read_text()


def test_the_path_has_eleven_steps_and_six_aims_and_goes_through_every_exercise_once() -> None:
    way = load()
    assert (len(way.steps), len(way.aims)) == (11, 6)
    assert len({step.exercise for step in way.steps.values()}) == len(way.steps)
    assert [way.number(ident) for ident in way.steps] == list(range(1, 12))


def test_each_step_knows_the_one_before_and_the_one_after() -> None:
    way, ids = load(), list(load().steps)
    before, after = way.beside(ids[4])
    assert (before and before.id, after and after.id) == (ids[3], ids[5])
    assert way.beside(ids[0])[0] is None
    assert way.beside(ids[-1])[1] is None


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('id = "listen-first"', 'id = "Listen"', "[[steps]] Listen id must be of small letters, digits and dashes."),
        ('id = "listen-first"', 'id = "say-it-back"', "[[steps]] say-it-back id stands there twice."),
        ('id = "listen-first"', 'id = "aims"', "[[steps]] aims id is the name of a page."),
        ('title = "Listen first"', 'heading = "Listen first"', "[[steps]] listen-first heading is not known."),
        ('title = "Listen first"\n', "", "[[steps]] listen-first title is missing."),
        ('title = "Listen first"', 'title = " Listen"', "[[steps]] listen-first title must be a text without space"),
        ('title = "Listen first"', f'title = "{"x" * 61}"', "listen-first title is 61 characters long; 60 fit."),
        ('exercise = "mindful_listening"', 'exercise = "no exercise"', "exercise must be the id of an exercise."),
        ("Try to do less. Look up, put the phone away", "x " * 61, "text must have 60 to 110 words."),
        ('[[aims]]\nid = "joy"', '[[wishes]]\nid = "joy"', "wishes is not known."),
        ("[[steps]]", "[[steps", "cannot be read"),
    ],
)
def test_what_is_not_whole_is_named(tmp_path: Path, was: str, becomes: str, told: str) -> None:
    assert was in AS_IT_IS
    file = tmp_path / "path.toml"
    file.write_text(AS_IT_IS.replace(was, becomes, 1))
    with pytest.raises(PathError, match=re.escape(told)):
        read(file)


def test_a_path_without_steps_is_none(tmp_path: Path) -> None:
    file = tmp_path / "path.toml"
    file.write_text(AS_IT_IS.partition("[[steps]]")[0])
    with pytest.raises(PathError, match=r"\[\[steps\]\] must be a list of at least one table"):
        read(file)


@pytest.mark.only_on("sqlite")
def test_nothing_starts_over_a_path_that_is_not_whole(app, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "path.toml"
    file.write_text("")
    monkeypatch.setattr(steps, "CONTENT", file)
    load.cache_clear()
    with pytest.raises(PathError):
        create_app(app.extensions["attune"])
    monkeypatch.undo()
    load.cache_clear()
